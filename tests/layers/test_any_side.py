import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.layers import CropLike, PadToMultiple, RepeatLike


def row(*values):
    return np.reshape(np.array(values, "float32"), (1, 1, -1, 1))


@pytest.mark.parametrize(
    ("given", "multiple", "expected"),
    [
        ([1, 2, 3], 8, [1, 2, 3, 2, 1, 2, 3, 2]),
        ([1, 2, 3, 4, 5], 4, [1, 2, 3, 4, 5, 4, 3, 2]),
        ([1, 2, 3, 4], 4, [1, 2, 3, 4]),
        ([7], 3, [7, 7, 7]),
    ],
)
def test_the_mirror(given, multiple, expected):
    padded = PadToMultiple(multiple)(row(*given))
    assert padded.shape[1] == multiple
    assert_array_equal(padded[0, 0, :, 0], expected)


def test_it_costs_nothing_where_sides_fit():
    graph = tf.function(PadToMultiple(4)).get_concrete_function(tf.TensorSpec((None, 8, 12, 3)))
    assert "GatherV2" not in {operation.type for operation in graph.graph.get_operations()}


@pytest.mark.parametrize("known", [True, False])
def test_there_and_back(known):
    x = np.random.default_rng(0).normal(size=(2, 5, 7, 3)).astype("float32")
    images = keras.Input((5, 7, 3) if known else (None, None, 3))
    padded = PadToMultiple(4)(images)
    model = keras.Model(images, [padded, CropLike()([padded, images])])
    assert model.output_shape[0] == ((None, 8, 8, 3) if known else (None, None, None, 3))
    larger, again = model(x)
    assert larger.shape == (2, 8, 8, 3)
    assert_array_equal(again, x)


def test_a_scale():
    large, small = np.zeros((1, 8, 12, 2), "float32"), np.zeros((1, 3, 5, 3), "float32")
    assert CropLike(scale=2)([large, small]).shape == (1, 6, 10, 2)


@pytest.mark.parametrize(
    ("given", "side", "expected"),
    [([1, 2], 4, [1, 1, 2, 2]), ([1, 2, 3], 3, [1, 2, 3]), ([1, 2], 5, [1, 1, 2, 2, 2]), ([1, 2, 3], 2, [1, 3])],
)
@pytest.mark.parametrize("known", [True, False])
def test_pixels_are_repeated(given, side, expected, known):
    others = np.zeros((1, 1, side, 2), "float32")
    repeated = RepeatLike()([row(*given), others])
    assert_array_equal(repeated[0, 0, :, 0], expected)
    inputs = [
        keras.Input((1, len(given), 1) if known else (None, None, 1)),
        keras.Input((1, side, 2) if known else (None, None, 2)),
    ]
    model = keras.Model(inputs, RepeatLike()(inputs))
    assert model.output_shape == ((None, 1, side, 1) if known else (None, None, None, 1))
    assert_array_equal(model([row(*given), others])[0, 0, :, 0], expected)


def test_bad_arguments():
    with pytest.raises(InputError, match="`multiple`"):
        PadToMultiple(0)
    with pytest.raises(InputError, match="`scale`"):
        CropLike(0)
    with pytest.raises(InputError, match="images, others"):
        CropLike().compute_output_shape([(1, 2, 3, 4)])
    with pytest.raises(InputError, match=r"no pixels to repeat: larger images are needed.* shape=\(1, 0, 3, 2\)"):
        RepeatLike()([np.zeros((1, 0, 3, 2), "float32"), np.zeros((1, 4, 4, 2), "float32")])
    with pytest.raises(InputError, match="images"):
        PadToMultiple(2)(keras.Input((4,)))
