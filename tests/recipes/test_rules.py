from dataclasses import replace

import keras
import pytest

import keras_gan
from keras_gan.ops import platform
from keras_gan.recipes import Facts, Plan, always, rules


def chosen(rule, facts, **before):
    plan = Plan(facts, {"batch_size": 64, **before}).with_choice(rule, {})
    name = rule.setting.name
    return plan[name], plan.reasons[name]


@pytest.mark.parametrize(("count", "batch"), [(1, 1), (12, 8), (63, 32), (64, 64), (262, 64), (60_000, 64)])
def test_few_samples_make_small_batches(count, batch):
    value, why = chosen(rules.batch_size(64), Facts(count, (32, 32, 3)))
    assert value == batch
    assert bool(why) == (batch < 64)


@pytest.mark.parametrize(("gpu", "count", "expected"), [(True, 100, 64), (False, 100, 16), (False, 12, 8)])
def test_cpus_have_batches_of_their_own(gpu, count, expected, monkeypatch):
    monkeypatch.setattr(platform, "has_gpu", lambda: gpu)
    rule = rules.batch_size(64, on_cpu=16)
    value, why = chosen(rule, Facts(count, (32, 32, 3)))
    assert value == expected
    assert why == {64: "", 16: "for CPUs", 8: "the largest power of two that 12 samples fill"}[expected]
    assert rule.default == "64 on a GPU, else 16, or the largest power of two that fewer samples fill"


def test_r1_is_that_of_stylegan2_ada():
    """Their `auto`: gamma = 0.0002 * resolution^2 / batch, and the loss has gamma / 2."""
    for side, batch in [(256, 32), (32, 64)]:
        value, _ = chosen(rules.r1_by_side(), Facts(100, (side, side, 3)), batch_size=batch)
        assert value == pytest.approx(0.0002 * side**2 / batch / 2)


@pytest.mark.parametrize(("count", "times"), [(19_999, 10.0), (20_000, 1.0)])
def test_r1_of_few_images_is_larger(count, times):
    value, why = chosen(rules.r1_by_side(times_for_few=10.0), Facts(count, (32, 16, 3)), batch_size=8)
    assert value == pytest.approx(times * 1e-4 * 32 * 16 / 8)
    assert ("fewer than 20,000 images" in why) == (times > 1.0)
    assert why.startswith(f"{1e-4 * times:g} x 512 pixels / batch_size 8")


@pytest.mark.parametrize(
    ("count", "channels", "expected"),
    [
        (262, 3, "ada"),
        (500, 1, "ada"),
        (262, 4, "ada"),
        (262, 5, "diff_augment"),
        (19_999, 1, "ada"),
        (20_000, 3, "none"),
    ],
)
def test_few_images_are_augmented(count, channels, expected):
    value, why = chosen(rules.augmentation_by_count(), Facts(count, (32, 32, channels)))
    assert value == expected
    assert "20,000" in why


@pytest.mark.parametrize(("count", "expected"), [(19_999, 0.0), (20_000, 0.5)])
def test_few_images_have_values_of_their_own(count, expected):
    rule = rules.by_count(rules.BETA_1, few=0.0, many=0.5)
    value, why = chosen(rule, Facts(count, (32, 32, 3)))
    assert value == expected
    assert "20,000" in why
    assert rule.default == "0 for fewer than 20,000 images, else 0.5"


@pytest.mark.parametrize(
    ("width", "steps", "expected", "told"),
    [
        (63, 19_999, 1e-3, "5 times the paper's, for fewer than 20,000 steps, of width below 64"),
        (63, 20_000, 2e-4, "the paper's, for 20,000 steps or more"),
        (64, 100, 2e-4, "the paper's, of width 64"),
    ],
)
def test_narrow_networks_learn_faster_in_short_trainings(width, steps, expected, told):
    rule = rules.rate_by_length(paper=2e-4, short=1e-3, paper_width=64)
    plan = Plan(Facts(100, (32, 32, 3)), {"batch_size": 8, "width": width}, epochs=1, steps_per_epoch=steps)
    plan = plan.with_choice(rule, {})
    assert plan["learning_rate"] == expected
    assert plan.reasons["learning_rate"] == told
    assert rule.default == "the paper's 0.0002, but 0.001 for fewer than 20,000 steps of width below 64"


def plan(**changes):
    facts = Facts(64, (8, 8, 1), None)
    values = {
        "batch_size": 8,
        "latent_dim": 4,
        "loss": "hinge",
        "r1": 0.5,
        "augmentation": "diff_augment",
        "discriminator_steps": 1,
        "learning_rate": 1e-3,
        "rate_ratio": 1.0,
        "schedule": "cosine",
        "beta_1": 0.0,
        "beta_2": 0.9,
        "final_rate": 0.1,
        "decay": 80,
        "half_life": 1000,
        "averages": 1,
    }
    return Plan(facts, {**values, **changes}, {}, 2, 10)


def made(**changes):
    return rules.compiled(keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)), plan(**changes), seed=3)


def test_the_gan_is_that_of_the_plan():
    gan = made()
    assert type(gan.loss) is keras_gan.losses.Hinge
    assert [(term.name, term.weight) for term in gan.terms] == [("r1", 0.5)]
    assert type(gan.augmentation) is keras_gan.augmentation.DiffAugment
    assert (gan.ema.half_life, gan.ema.warm_up, gan.seed) == (1000, True, 3)
    assert [each.half_life for each in made(averages=3).ema] == [1000, 250, 4000]
    for adam in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert (adam.beta_1, adam.beta_2) == (0.0, 0.9)
        schedule = adam.get_config()["learning_rate"]
        assert schedule["class_name"] == "Cosine"
        assert schedule["config"] == {"start": 1e-3, "end": pytest.approx(1e-4), "steps": 10}


def test_two_rates_that_fall_as_a_line():
    """With as many updates as each has: both end at the tenth step, at a tenth of their first rates."""
    gan = made(rate_ratio=4.0, schedule="linear", discriminator_steps=5)
    assert gan.discriminator_steps == 5
    for adam, first, updates in [(gan.generator_optimizer, 1e-3, 10), (gan.discriminator_optimizer, 4e-3, 50)]:
        for part, expected in [(0.0, 1.0), (0.5, 0.55), (1.0, 0.1)]:
            adam.iterations.assign(int(part * updates))
            assert float(adam.learning_rate) == pytest.approx(expected * first)


def test_rates_that_are_kept_for_the_first_half():
    """Of games that have no `discriminator_steps` too."""
    late = replace(plan(schedule="late_linear", final_rate=0.0), epochs=1)
    del late.values["discriminator_steps"]
    for player in ("generator", "discriminator"):
        adam = rules.adam(late, player)
        adam.build([])
        for step, expected in [(0, 1.0), (5, 1.0), (7, 0.6), (10, 0.0), (20, 0.0)]:
            adam.iterations.assign(step)
            assert float(adam.learning_rate) == pytest.approx(expected * 1e-3)


def test_without_what_is_none():
    gan = made(r1=0.0, augmentation="none", final_rate=1.0)
    assert not gan.terms
    assert gan.augmentation is None
    assert float(keras.ops.convert_to_numpy(gan.generator_optimizer.learning_rate)) == pytest.approx(1e-3)


def test_a_rule_that_is_always_the_same():
    assert chosen(always(rules.LATENT_DIM, 7), Facts(1, (1,))) == (7, "")
