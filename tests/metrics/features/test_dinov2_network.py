from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose
from PIL import Image

from keras_gan.metrics.features.dinov2_network import dinov2_network
from keras_gan.metrics.features.torch_weights import set_weights, weight_shapes
from tests.metrics.features.dinov2_weights import BLOCKS, image, random_array, reduced

REFERENCE = dict(np.load(Path(__file__).parent / "data" / "dinov2_reference.npz"))


def random_arrays(network):
    return {name: random_array(name, shape) for name, shape in weight_shapes(network).items()}


@pytest.fixture(scope="module")
def network():
    network = dinov2_network()
    set_weights(network, random_arrays(network))
    return network


def pixels():
    """The image as Pillow resizes it, with ImageNet's mean and deviation."""
    resized = np.asarray(Image.fromarray(image()[0]).resize((224, 224), Image.Resampling.BICUBIC))
    return ((resized / 255.0 - [0.485, 0.456, 0.406]) / [0.229, 0.224, 0.225]).astype(np.float32)[None]


@pytest.mark.long
def test_every_block_is_timms(network):
    """The reference is of make_dinov2_reference.py, in float64."""
    blocks = {f"block_{number}": network.get_layer(f"blocks.{number}").output for number in BLOCKS}
    outputs = keras.Model(network.input, {**blocks, "features": network.output})(pixels(), training=False)
    for name in blocks:
        expected = REFERENCE[name]
        assert_allclose(reduced(outputs[name][0].numpy()), expected, atol=1e-4 * np.abs(expected).max(), err_msg=name)
    assert_allclose(outputs["features"][0], REFERENCE["features"], atol=1e-4 * np.abs(REFERENCE["features"]).max())


def test_places_are_interpolated_as_dinov2s_code_does(network):
    """Of patches that are 0, the tokens are what tells their places, and the class token."""
    tokens = network.get_layer("tokens")(np.zeros((2, 256, 384), np.float32)).numpy()
    tokens[:, 0] -= random_array("cls_token", (1, 1, 384))[0]
    for each in tokens:
        assert_allclose(reduced(each), REFERENCE["places"], atol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize(
    "change",
    [
        lambda arrays: {"blocks.5.ls1.gamma": np.ones(384, np.float32)},
        lambda arrays: {"pos_embed": arrays["pos_embed"][:, ::-1]},
        lambda arrays: {"blocks.11.attn.qkv.weight": np.roll(arrays["blocks.11.attn.qkv.weight"], 64, axis=0)},
    ],
    ids=["scale", "places", "heads"],
)
def test_the_reference_can_tell(change):
    network = dinov2_network()
    arrays = random_arrays(network)
    set_weights(network, {**arrays, **change(arrays)})
    difference = np.abs(network(pixels(), training=False)[0] - REFERENCE["features"])
    assert difference.max() > 1e-2 * np.abs(REFERENCE["features"]).max()


def test_weights_have_the_published_names_and_shapes(network):
    shapes = weight_shapes(network)
    assert len(shapes) == 4 + 12 * 14 + 2
    assert {*shapes, "mask_token"} == {*REFERENCE["names"].tolist()}
    assert sum(np.prod(shape) for shape in shapes.values()) == 22_056_192
    assert shapes["pos_embed"] == (1, 1370, 384)
    assert shapes["patch_embed.proj.weight"] == (384, 3, 14, 14)
    assert shapes["blocks.0.attn.qkv.weight"] == (1152, 384)
    assert shapes["blocks.11.mlp.fc2.weight"] == (384, 1536)
    assert shapes["blocks.11.ls2.gamma"] == shapes["norm.bias"] == (384,)
