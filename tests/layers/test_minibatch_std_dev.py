import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import MinibatchStdDev


def reference(x, group_size=4, num_features=1):
    """In float64: for each group of neighbours the deviation of each unit, averaged in each block of channels."""
    x = np.asarray(x, "float64")
    columns = np.empty((*x.shape[:-1], num_features))
    for start in range(0, len(x), group_size):
        deviation = np.sqrt(x[start : start + group_size].var(axis=0) + 1e-8)
        for feature, block in enumerate(np.split(deviation, num_features, axis=-1)):
            columns[start : start + group_size, ..., feature] = block.mean()
    return np.concatenate([x, columns], axis=-1)


def test_by_hand():
    """The groups are (1, 3), (10, 20) and 7 alone: deviations 1, 5 and 0."""
    x = np.array([[1.0], [3.0], [10.0], [20.0], [7.0]])
    assert_allclose(MinibatchStdDev(2)(x)[:, 0], x[:, 0])
    assert_allclose(MinibatchStdDev(2)(x)[:, 1], [1, 1, 5, 5, 1e-4], rtol=1e-5)


@pytest.mark.parametrize("rows", range(1, 10))
@pytest.mark.parametrize("arguments", [(), (3, 2), (1, 1), (100, 4)])
def test_against_numpy_for_every_batch(rows, arguments):
    generator = np.random.default_rng(rows)
    for shape in ((rows, 3, 5, 4), (rows, 8)):
        x = generator.normal(size=shape)
        assert_allclose(MinibatchStdDev(*arguments)(x), reference(x, *arguments), rtol=1e-5, atol=1e-6)


def test_it_is_the_code_of_stylegan2_with_neighbours_for_strides():
    """`minibatch_stddev_layer` of the official code, on the batch reordered so that its groups are ours."""
    group, features, rows = 4, 2, 12
    x = np.random.default_rng(0).normal(size=(rows, 6, 3, 5))  # channels first
    strided = x.reshape(rows // group, group, 6, 3, 5).swapaxes(0, 1).reshape(x.shape)
    y = strided.reshape(group, -1, features, 6 // features, 3, 5)
    y = np.sqrt(np.mean(np.square(y - y.mean(axis=0)), axis=0) + 1e-8).mean(axis=(2, 3, 4))  # (groups, features)
    ours = MinibatchStdDev(group, features)(np.moveaxis(x, 1, -1))
    assert_allclose(ours[:, 1, 2, 6:], np.repeat(y, group, axis=0), rtol=1e-5)


def test_contiguous_shares_have_the_same_groups():
    x = np.random.default_rng(0).normal(size=(16, 4, 4, 3)).astype("float32")
    layer = MinibatchStdDev()
    assert_array_equal(layer(x), np.concatenate([layer(x[:8]), layer(x[8:])]))


def test_the_deviation_grows_with_the_differences_and_is_blind_to_the_mean():
    x = np.random.default_rng(0).normal(size=(4, 6))
    deviation = MinibatchStdDev()(x)[0, -1]
    assert_allclose(MinibatchStdDev()(3 * x + 5)[0, -1], 3 * deviation, rtol=1e-4)


def test_the_gradient_by_hand():
    """The deviation of (1, 3) is half of their difference, and both rows show it."""
    x = tf.constant([[1.0], [3.0]])
    with tf.GradientTape() as tape:
        tape.watch(x)
        value = tf.reduce_sum(MinibatchStdDev(2)(x)[:, 1])
    assert_allclose(tape.gradient(value, x), [[-1], [1]], rtol=1e-5)


@pytest.mark.parametrize("rows", [1, 4, 6])
def test_equal_samples_have_derivatives(rows):
    x = tf.ones((rows, 2, 2, 4))
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            value = tf.reduce_sum(MinibatchStdDev()(x) ** 2)
        gradient = inner.gradient(value, x)
        penalty = tf.reduce_sum(gradient**2)
    assert_allclose(gradient, 2 * x)
    assert np.isfinite(outer.gradient(penalty, x)).all()


def test_the_statistic_is_not_rounded_to_half_precision():
    x = tf.constant([[30000.0], [-30000.0]], tf.float16)
    assert_allclose(MinibatchStdDev(2, dtype="mixed_float16")(x)[:, 1], [30000, 30000], rtol=1e-3)


@pytest.mark.parametrize(
    ("arguments", "name"), [((0,), "group_size"), ((2.0,), "group_size"), ((4, 0), "num_features")]
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        MinibatchStdDev(*arguments)


def test_bad_inputs():
    with pytest.raises(InputError, match=r"`num_features` must divide the 4 channels\. Received: num_features=3"):
        MinibatchStdDev(4, 3)(keras.Input((8, 8, 4)))
    with pytest.raises(InputError, match=r"`inputs` must be vectors .* or images .* Received: shape="):
        MinibatchStdDev()(keras.Input((8, 4)))
