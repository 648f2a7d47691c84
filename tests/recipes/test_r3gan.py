import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError, recipes
from keras_gan.data import GaussianMixture, ImageData
from keras_gan.recipes import Facts


def planned(side=32, **settings):
    return recipes.get("r3gan").but(images="64k", **settings)._chosen(Facts(60_000, (side, side, 3)), {})


@pytest.mark.parametrize(("side", "gamma"), [(64, 2.0), (256, 150.0)])
def test_the_penalties_are_the_paper_s_at_its_sides(side, gamma):
    assert_allclose(2 * planned(side)["r1"], gamma, rtol=0.02)


def test_at_32_they_lie_between_those_of_cifar_and_imagenet():
    assert 0.05 < 2 * planned(32)["r1"] < 0.5


@pytest.mark.long
def test_everything_follows_the_cosine():
    data = ImageData(np.zeros((16, 8, 8, 3), np.uint8), batch_size=8)
    recipe = recipes.get("r3gan").but(images=160_000, width=8, blocks=1, r1=0.4, half_life=100, final_p=0.6)
    gan = recipe.make(data)
    first, last = 0, 20_000
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert_allclose([optimizer._learning_rate(t) for t in (first, last)], [2e-4, 5e-5], rtol=1e-5)
        assert_allclose([optimizer._beta_2(t) for t in (first, last)], [0.9, 0.99], rtol=1e-5)
    for term in gan.terms:
        assert_allclose([term.weight(t) for t in (first, last)], [0.4, 0.04], rtol=1e-5)
    assert [type(term).__name__ for term in gan.terms] == ["R1", "R2"]
    assert_allclose([gan.ema.half_life(t) for t in (first, last)], [0, 100])
    assert_allclose([gan.augmentation.p(t) for t in (first, last)], [0, 0.6], rtol=1e-6)


def test_it_is_for_images():
    points = GaussianMixture([[0.0, 1.0], [0.0, -1.0]], 0.01, num_samples=64, batch_size=8)
    with pytest.raises(InputError, match=r"This recipe is for images\."):
        recipes.get("r3gan").make(points)
