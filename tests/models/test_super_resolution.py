import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.models import rrdb, srresnet
from tests.models.test_unet import moved, trainable


@pytest.mark.parametrize("build", [srresnet, rrdb])
@pytest.mark.parametrize("scale", [2, 4])
def test_shapes(build, scale):
    model = build(1, 3, scale=scale, width=4, blocks=1)
    images = np.asarray(model(np.random.default_rng(0).normal(size=(2, 5, 8, 3)).astype("float32")))
    assert images.shape == (2, 5 * scale, 8 * scale, 1)
    assert np.abs(images).max() <= 1


def test_only_dense_blocks_begin_small():
    model = rrdb(scale=4, width=32, growth=16, blocks=3)
    small, others = [], []
    for layer in model.layers:
        if "conv2d" in layer.name:
            fan_in = np.prod(layer.kernel.shape[:3])
            (small if np.std(layer.kernel) * np.sqrt(fan_in) < 0.5 else others).append(layer)
    assert len(small) == 3 * 3 * 5
    assert_allclose(
        [np.std(layer.kernel) * np.sqrt(np.prod(layer.kernel.shape[:3]) / 2) for layer in small], 0.1, rtol=0.1
    )
    assert_allclose(
        [np.std(layer.kernel) * np.sqrt(np.prod(layer.kernel.shape[:3]) / 2) for layer in others], 1, rtol=0.1
    )
    images = np.random.default_rng(0).uniform(-1, 1, (1, 16, 16, 3)).astype("float32")
    assert np.std(model(images)) > 0.1


@pytest.mark.long
def test_counts(monkeypatch):
    # The released RRDBNet has 16,697,987, with two convolutions of 64 channels to enlarge; sub-pixel ones have 256.
    monkeypatch.setattr(keras.initializers, "VarianceScaling", lambda *_, **__: keras.initializers.Zeros())
    assert trainable(rrdb()) == 16_697_987 + 2 * (9 * 64 + 1) * (256 - 64)
    # Two convolutions of 9x9, 33 of 64 channels without bias and with batch normalization, two sub-pixel ones, PReLUs.
    blocks = 33 * (9 * 64 * 64 + 2 * 64) + 16 * 64
    ends = (81 * 3 * 64 + 64 + 64) + (81 * 64 * 3 + 3)
    assert trainable(srresnet()) == blocks + ends + 2 * (9 * 64 * 256 + 256 + 64)


def test_pixels_come_from_channels():
    """Of a sub-pixel convolution the four channels of a place become its four pixels."""
    model = moved(srresnet(1, 1, scale=2, width=1, blocks=1), 0.5)
    (shuffled,) = [layer for layer in model.operations if "depth_to_space" in layer.name]
    small, large = keras.Model(model.input, [shuffled.input, shuffled.output])(np.ones((1, 3, 3, 1), "float32"))
    assert_allclose(large[0, 2:4, 4:6, 0], np.reshape(small[0, 1, 2], (2, 2)))


def test_comes_back_from_a_file(tmp_path):
    model = moved(srresnet(width=2, blocks=1))
    model.save(tmp_path / "model.keras")
    x = np.ones((1, 4, 4, 3), "float32")
    assert_allclose(keras.models.load_model(tmp_path / "model.keras")(x), model(x))


@pytest.mark.parametrize(
    ("build", "arguments", "message"),
    [
        (srresnet, {"scale": 3}, "`scale`"),
        (rrdb, {"blocks": 0}, "`blocks`"),
        (rrdb, {"growth": 0}, "`growth`"),
        (srresnet, {"width": 0}, "`width`"),
    ],
)
def test_bad_arguments(build, arguments, message):
    with pytest.raises(InputError, match=message):
        build(**arguments)
