import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError, losses, recipes
from keras_gan.data import GaussianMixture, ImageData
from keras_gan.ops import platform

NAMES = ["sngan", "sagan", "biggan", "biggan_deep"]


def made(name, shape=(8, 8, 1), count=16, images=800, **changes):
    data = ImageData(np.random.default_rng(0).integers(0, 256, (count, *shape), dtype=np.uint8), batch_size=8)
    recipe = recipes.get(name).but(batch_size=8, images=images, width=1, **changes)
    return recipe.make(data, seed=1), recipe.plan(data)


def rate(optimizer, step=0):
    optimizer.iterations.assign(step)
    return float(optimizer.learning_rate)


def test_sngan_is_the_papers():
    """Miyato et al. 2018, table 1, setting A to F: five updates, Adam (0, 0.9), 2e-4, falling as a line."""
    gan, plan = made("sngan", images=160_000)
    assert isinstance(gan.loss, losses.Hinge)
    assert gan.discriminator_steps == 5
    assert gan.terms == []
    for optimizer, steps in [(gan.generator_optimizer, plan.steps), (gan.discriminator_optimizer, 5 * plan.steps)]:
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, 0.9)
        assert_allclose([rate(optimizer, at) for at in (0, steps // 2, steps)], [2e-4, 1.01e-4, 2e-6], rtol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "beta_2", "updates", "terms"),
    [("sagan", 0.9, 1, []), ("biggan", 0.999, 2, [("orthogonal_regularization", 1e-4)])],
)
def test_two_rates_and_what_is_added(name, beta_2, updates, terms):
    gan, _ = made(name, images=160_000)
    assert isinstance(gan.loss, losses.Hinge)
    assert gan.discriminator_steps == updates
    assert [(term.name, term.weight) for term in gan.terms] == terms
    for optimizer, first in [(gan.generator_optimizer, 1e-4), (gan.discriminator_optimizer, 4e-4)]:
        assert (optimizer.beta_1, optimizer.beta_2) == (0.0, beta_2)
        assert_allclose(rate(optimizer), first, rtol=1e-6)


@pytest.mark.parametrize(
    ("name", "on_cpu", "on_gpu"), [("sagan", 16, 64), ("biggan", 32, 128), ("biggan_deep", 32, 128)]
)
def test_short_trainings_on_cpus_have_more_and_larger_steps(name, on_cpu, on_gpu, monkeypatch):
    """By docs/results.md, rates of short trainings."""
    for gpu, batch, images, rate in [
        (False, on_cpu, 10_000, 2.5e-4),
        (False, on_cpu, 10**7, 1e-4),
        (True, on_gpu, 10_000, 1e-4),
    ]:
        monkeypatch.setattr(platform, "has_gpu", lambda gpu=gpu: gpu)
        plan = recipes.get(name).but(images=images)._chosen(recipes.Facts(60_000, (32, 32, 1)), {})
        assert (plan["batch_size"], plan["learning_rate"]) == (batch, rate)


@pytest.mark.long
def test_biggan_without_its_term():
    assert made("biggan", orthogonal=0.0)[0].terms == []


@pytest.mark.parametrize("name", NAMES)
def test_the_width_follows_from_the_number_and_the_machine(name, monkeypatch):
    def chosen(count, gpu):
        monkeypatch.setattr(platform, "has_gpu", lambda: gpu)
        return recipes.get(name)._chosen(recipes.Facts(count, (32, 32, 3)), {})["width"]

    small, paper = chosen(262, True), chosen(262_000, True)
    assert chosen(262_000, False) == small
    assert (small, paper) == {"sngan": (16, 64), "sagan": (16, 64), "biggan": (24, 96), "biggan_deep": (32, 128)}[name]


@pytest.mark.parametrize("name", NAMES)
def test_points_are_refused(name):
    points = GaussianMixture([[0.0, 1.0], [0.0, -1.0]], 0.01, num_samples=64, batch_size=8)
    with pytest.raises(InputError, match=r"This recipe is for images\. Received: samples of shape \(2,\)"):
        recipes.get(name).make(points)


@pytest.mark.long
def test_attention_is_a_setting():
    gan, _ = made("sagan", shape=(16, 8, 2), attention=12)
    (seen,) = [layer for layer in gan.generator.layers if "attention" in layer.name]
    assert seen.output.shape[1:3] == (16, 8)
    with pytest.raises(InputError, match=r"`attention` must be an integer.* Received: attention=-1"):
        recipes.get("sagan").but(attention=-1)
    assert keras.tree.flatten(gan.signature.sample_shape) == [16, 8, 2]
