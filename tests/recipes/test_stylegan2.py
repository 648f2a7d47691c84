import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError, layers, models, recipes
from keras_gan.data import GaussianMixture, ImageData
from keras_gan.ops import platform
from keras_gan.recipes import Facts


def test_the_rules_of_ada_s_auto(monkeypatch):
    monkeypatch.setattr(platform, "has_gpu", lambda: True)
    for side, batch_size, rate in ((64, 32, 0.0025), (256, 16, 0.0025), (512, 8, 0.0025), (1024, 4, 0.002)):
        plan = recipes.get("stylegan2").but(images="64k")._chosen(Facts(60_000, (side, side, 3)), {})
        assert_allclose(2 * plan["r1"], 0.0002 * side**2 / batch_size, rtol=1e-6)
        assert (plan["batch_size"], plan["half_life"]) == (batch_size, 10_000 * batch_size // 32)
        assert (plan["mapping_depth"], plan["channel_base"]) == (2, 32768 if side >= 512 else 16384)
        assert (plan["learning_rate"], plan["beta_1"], plan["beta_2"]) == (rate, 0.0, 0.99)
        assert plan["augmentation"] == "none"
    plan = recipes.get("stylegan2").but(images="64k")._chosen(Facts(60_000, (500, 1300, 3)), {})
    assert (plan["batch_size"], plan["learning_rate"]) == (2, 0.002)  # 4,096 / 1,300, as a power of two
    monkeypatch.setattr(platform, "has_gpu", lambda: False)
    plan = recipes.get("stylegan2").but(images="64k")._chosen(Facts(60_000, (256, 256, 3)), {})
    assert_allclose(2 * plan["r1"], 0.0002 * 256**2 / 8, rtol=1e-6)
    assert (plan["batch_size"], plan["half_life"]) == (8, 2_500)


@pytest.mark.long
def test_what_is_built():
    data = ImageData(np.zeros((16, 8, 8, 3), np.uint8), batch_size=8)
    gan = recipes.get("stylegan2").but(images=80, width=8, mapping_depth=3, mixing=0.5).make(data)
    mapping = gan.generator.get_layer("mapping")
    assert (mapping.depth, mapping.mixing, mapping.width, gan.latent_dim) == (3, 0.5, 8, 8)
    (deviation,) = [layer for layer in gan.discriminator.layers if isinstance(layer, layers.MinibatchStdDev)]
    assert deviation.group_size == 4
    assert [(term.name, term.interval) for term in gan.terms] == [("r1", 16), ("path_length", 4)]
    none = recipes.get("stylegan2").but(images=80, width=8, r1=0, path_length=0).make(data)
    assert none.terms == []


@pytest.mark.parametrize(("side", "channel_base"), [(256, 32 * 8), (512, 64 * 8)])
def test_from_512_pixels_on_there_are_twice_as_many_channels(side, channel_base, monkeypatch):
    def network(*_, **given):
        raise InputError(f"channel_base={given['channel_base']}")

    monkeypatch.setattr(models, "stylegan2", network)
    data = ImageData(np.zeros((8, side, side, 3), np.uint8), batch_size=8)
    with pytest.raises(InputError, match=f"channel_base={channel_base}$"):
        recipes.get("stylegan2").but(images=8, width=8).make(data)


def test_it_is_for_images():
    points = GaussianMixture([[0.0, 1.0], [0.0, -1.0]], 0.01, num_samples=64, batch_size=8)
    with pytest.raises(InputError, match=r"This recipe is for images\."):
        recipes.get("stylegan2").make(points)
