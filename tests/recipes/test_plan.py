import numpy as np
import pytest

from keras_gan import InputError
from keras_gan.data import ImageData
from keras_gan.recipes import Facts, Integer, Plan, Rule, always

WIDTH = Integer("width", "channels", maximum=64)
BATCH = always(Integer("batch_size", "samples"), 8)


def test_facts():
    data = ImageData(np.ones((6, 8, 8, 3), np.uint8), np.arange(6) % 2, batch_size=2)
    facts = Facts.of(data)
    assert facts == Facts(6, (8, 8, 3), 2)
    assert facts.pixels == 64
    assert Facts(6, (8, 12, 3)).pixels == 96


def test_a_rule_sees_what_was_chosen_before():
    rule = Rule(WIDTH, "twice the batch", lambda plan: (2 * plan["batch_size"], "twice the batch"))
    plan = Plan(Facts(100, (8, 8, 1))).with_choice(BATCH, {}).with_choice(rule, {})
    assert plan.values == {"batch_size": 8, "width": 16}
    assert plan.reasons == {"batch_size": "", "width": "twice the batch"}


def test_what_is_set_takes_the_place_of_the_rule():
    plan = Plan(Facts(100, (8, 8, 1))).with_choice(always(WIDTH, 16), {"width": 4})
    assert (plan["width"], plan.reasons["width"]) == (4, "as set")


def test_what_a_rule_chooses_is_checked():
    with pytest.raises(InputError, match="`width` must be an integer from 1 to 64"):
        Plan(Facts(100, (8, 8, 1))).with_choice(always(WIDTH, 65), {})


def test_it_tells_what_it_chose_and_why():
    rule = Rule(WIDTH, "16", lambda plan: (16, "so small are they"))
    plan = Plan(Facts(100, (8, 8, 1))).with_choice(BATCH, {}).with_choice(rule, {}).lasting(50, 10)
    assert (plan.images, plan.epochs) == (400, 5)
    assert str(plan).splitlines() == [
        "length:        400 images, each about 4 times, in 50 steps",
        "width:         16: so small are they",
        "the others:    batch_size 8",
    ]
    assert plan.lasting(51, 10).steps == 60, "whole epochs"
    assert "48 images, 48% of them," in str(plan.lasting(6, 6)).splitlines()[0]


@pytest.mark.parametrize(("steps", "told"), [(999, False), (1000, "auto")])
def test_a_short_training_is_not_compiled_by_xla(steps, told):
    plan = Plan(Facts(100, (8, 8, 1))).with_choice(BATCH, {}).lasting(steps, 1)
    assert plan.jit_compile == told
