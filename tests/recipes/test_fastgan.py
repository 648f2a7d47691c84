import numpy as np
import pytest

from keras_gan import InputError, recipes
from keras_gan.data import GaussianMixture, ImageData
from keras_gan.losses import RandomMarginHinge
from keras_gan.ops import platform
from keras_gan.recipes import Facts
from keras_gan.terms import AutoEncoding


@pytest.mark.parametrize(("gpu", "width"), [(True, 64), (False, 16)])
def test_the_paper_s_numbers(gpu, width, monkeypatch):
    monkeypatch.setattr(platform, "has_gpu", lambda: gpu)
    plan = recipes.get("fastgan")._chosen(Facts(100, (256, 256, 3)), {})
    assert (plan["batch_size"], plan["latent_dim"], plan["width"]) == (8, 256, width)
    assert (plan["learning_rate"], plan["beta_1"], plan["beta_2"], plan["rate_ratio"]) == (2e-4, 0.5, 0.999, 1.0)
    assert (plan["loss"], plan["augmentation"]) == ("random_margin_hinge", "diff_augment")
    assert plan.images == 50_000 * 8
    assert abs(0.5 ** (8 / plan["half_life"]) - 0.999) < 1e-5


def test_what_is_built():
    data = ImageData(np.zeros((16, 8, 8, 3), np.uint8), batch_size=8)
    gan = recipes.get("fastgan").but(images=80, width=1, latent_dim=4, auto_encoding=0.5).make(data)
    assert isinstance(gan.loss, RandomMarginHinge)
    assert gan.augmentation.policy == ["color", "translation"]
    (term,) = gan.terms
    assert isinstance(term, AutoEncoding)
    assert (term.weight, term.network) == (0.5, None)
    assert gan.generator_optimizer.epsilon == gan.discriminator_optimizer.epsilon == 1e-8


def test_without_auto_encoding_there_are_no_decoders():
    data = ImageData(np.zeros((16, 8, 8, 3), np.uint8), batch_size=8)
    gan = recipes.get("fastgan").but(images=80, width=1, latent_dim=4, auto_encoding=0, augmentation="none").make(data)
    assert gan.terms == []
    assert gan.augmentation is None
    assert not isinstance(gan.discriminator.output, dict)


def test_it_is_for_images():
    points = GaussianMixture([[0.0, 1.0], [0.0, -1.0]], 0.01, num_samples=64, batch_size=8)
    with pytest.raises(InputError, match=r"This recipe is for images\."):
        recipes.get("fastgan").make(points)
