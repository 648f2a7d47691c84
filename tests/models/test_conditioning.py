import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan.layers import BatchNormalization, ConditionalBatchNormalization
from keras_gan.models import conditioning
from keras_gan.models.networks import layer_seeds
from keras_gan.models.residual import ResidualLayers


@pytest.mark.parametrize(
    ("told", "kind"),
    [((None, None), BatchNormalization), ((3, None), ConditionalBatchNormalization)],
)
def test_labels_decide_the_kind(told, kind):
    x = keras.Input((2, 2, 3))
    labels = keras.Input((), dtype="int32") if told[0] else None
    y = conditioning.conditional_normalization(labels, *told, momentum=0.7, epsilon=0.1)(x)
    layer = keras.Model(x if labels is None else [x, labels], y).layers[-1]
    assert type(layer) is kind
    assert (layer.momentum, layer.epsilon) == (0.7, 0.1)


def layers():
    return ResidualLayers(layer_seeds(0))


def test_the_embedding_is_a_row_or_a_product():
    labels, vectors = keras.Input((), dtype="int32"), keras.Input((2,))
    assert conditioning.shared_embedding(layers(), None, None, 4) == []
    (row,) = conditioning.shared_embedding(layers(), labels, 3, 4)
    model = keras.Model(labels, row)
    assert_array_equal(model(np.array([2, 0])), model.get_layer("shared_embedding").embeddings.numpy()[[2, 0]])
    (product,) = conditioning.shared_embedding(layers(), vectors, None, 4)
    model = keras.Model(vectors, product)
    assert_allclose(model(np.eye(2)), model.get_layer("shared_embedding").kernel, rtol=1e-6)


def test_the_normalization_is_the_papers():
    """(1 + c A) (x - mean) / sqrt(variance + epsilon) + c B."""
    x, condition = keras.Input((2, 3, 4)), keras.Input((5,))
    model = keras.Model(
        [x, condition], conditioning.told_normalization(layers(), condition, momentum=0.9, epsilon=0.1)(x)
    )
    gain, offset = (layer.kernel.numpy() for layer in model.layers if isinstance(layer, keras.layers.Dense))
    random = np.random.default_rng(0)
    x, c = random.normal(3, 2, (6, 2, 3, 4)).astype("float32"), random.normal(size=(6, 5)).astype("float32")
    normal = (x - x.mean((0, 1, 2))) / np.sqrt(x.var((0, 1, 2)) + 0.1)
    expected = (1 + c @ gain)[:, None, None] * normal + (c @ offset)[:, None, None]
    assert_allclose(model([x, c], training=True), expected, atol=1e-4)
