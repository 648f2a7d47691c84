import json

import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.recipes import Plan
from keras_gan.runs import Selection, resumption

PLAN = Plan(keras_gan.recipes.Facts(100, (8, 8, 1)), {"batch_size": 10}, epochs=10, steps_per_epoch=10)


def test_what_a_run_was_begun_with():
    recipe = keras_gan.recipes.get("digits").but(images=1280, width=4)
    options = {"recipe": "digits", **recipe.options, "settings": {"width": 4}, "seed": 7}
    assert resumption.begun(json.loads(json.dumps(options)))[1] == 7
    assert resumption.begun(options)[0].settings == {"width": 4}
    with pytest.raises(InputError, match=r"`options.json` must have the entry 'seed'"):
        resumption.begun({name: value for name, value in options.items() if name != "seed"})
    with pytest.raises(InputError, match=r"`settings` of options\.json must be an object"):
        resumption.begun({**options, "settings": 3})


@pytest.mark.parametrize(
    ("asked", "match"),
    [
        (Selection(["kernel_distance"], every=50), "`metrics` can't be .* with fd. Received: kernel_distance"),
        (Selection(["fd"], every=60), "`every` can't be .* with 50. Received: 60"),
        (Selection(["fd"], patience=3), "`patience` can't be .* with none. Received: 3"),
        (Selection(["fd"], keep="last"), "`keep` can't be .* with best,last. Received: last"),
    ],
)
def test_what_is_measured_stays(asked, match):
    begun = {"selection": Selection(["fd"], every=50).get_config()}
    assert resumption.begun_selection(begun, None, PLAN) == Selection(["fd"], every=50)
    assert resumption.begun_selection(begun, Selection(["fd"]), PLAN) == Selection(["fd"], every=50)
    with pytest.raises(InputError, match=match):
        resumption.begun_selection(begun, asked, PLAN)
    with pytest.raises(InputError, match=r"`metrics` can't be .* with none\. Received: fd"):
        resumption.begun_selection({}, Selection(["fd"]), PLAN)
    assert resumption.begun_selection({}, None, PLAN) is None


def test_what_was_chosen_stays():
    recipe = keras_gan.recipes.get("digits").but(images=1280, width=4)
    resumption.refuse_changes(recipe, 3, {"images": 2560, "width": 4, "seed": 3, "recipe": "digits"})
    for changes, match in (
        ({"seed": 4}, "`seed` can't be changed .* with 3. Received: 4"),
        ({"width": 8}, "`width` can't be changed .* with 4. Received: 8"),
        ({"image_size": 32}, "`image_size` can't be changed .* with none. Received: 32"),
        ({"loss": "hinge"}, "`loss` can't be changed .* with its default. Received: hinge"),
    ):
        with pytest.raises(InputError, match=match):
            resumption.refuse_changes(recipe, 3, changes)
