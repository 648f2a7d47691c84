from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan.metrics.features.inception_network import inception_network
from keras_gan.metrics.features.resize import resize
from keras_gan.metrics.features.torch_weights import set_weights, weight_shapes
from tests.metrics.features.inception_weights import BLOCKS, image, random_array, reduced

REFERENCE = dict(np.load(Path(__file__).parent / "data" / "inception_reference.npz"))


@pytest.fixture(scope="module")
def network():
    network = inception_network()
    set_weights(network, {name: random_array(name, shape) for name, shape in weight_shapes(network).items()})
    return network


@pytest.mark.long
def test_every_block_is_torch_fidelitys(network):
    """The reference is of make_inception_reference.py, in float64: from the same 40x56 image by the legacy resizing."""
    blocks = keras.Model(network.input, {**network.output, **{name: network.get_layer(name).output for name in BLOCKS}})
    outputs = blocks(resize(image(), 299, "legacy") / 128 - 1, training=False)
    for name in BLOCKS:
        expected = REFERENCE[name]
        assert_allclose(reduced(outputs[name][0].numpy()), expected, atol=1e-4 * np.abs(expected).max(), err_msg=name)
    for head in ("features", "logits"):
        expected = REFERENCE[head]
        assert_allclose(outputs[head][0], expected, atol=1e-4 * np.abs(expected).max(), err_msg=head)


@pytest.mark.long
def test_the_reference_can_tell(network):
    """What the usual Inception network does otherwise moves the outputs past the tolerance."""
    last = REFERENCE["Mixed_7c"]
    inputs = network.get_layer("Mixed_7b").output
    pooled = keras.layers.AveragePooling2D(3, 1, "same")(inputs)
    for layer in ("conv", "bn"):
        pooled = network.get_layer(f"Mixed_7c.branch_pool.{layer}")(pooled)
    average = keras.Model(network.input, keras.ops.relu(pooled))
    output = average(resize(image(), 299, "legacy") / 128 - 1, training=False)[0].numpy()
    assert np.abs(reduced(output) - last[:, -192:]).max() > 1e-2 * np.abs(last).max()


@pytest.mark.long
def test_weights_have_torch_fidelitys_names_and_shapes(network):
    shapes = weight_shapes(network)
    assert len(shapes) == 94 * 5 + 1
    assert shapes["Mixed_5b.branch5x5_2.conv.weight"] == (64, 48, 5, 5)
    assert shapes["Mixed_6b.branch7x7_2.conv.weight"] == (128, 128, 1, 7)
    assert shapes["fc.weight"] == (1008, 2048)
