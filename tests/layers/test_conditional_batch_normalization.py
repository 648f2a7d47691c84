import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import ConditionalBatchNormalization

LABELS = np.array([2, 0, 0, 2, 1])


def built(shape, num_classes=3, **arguments):
    layer = ConditionalBatchNormalization(num_classes, **arguments)
    layer.build([(None, *shape[1:]), (None,)])
    generator = np.random.default_rng(1)
    for table in (layer.gamma, layer.beta):
        table.assign(generator.normal(size=table.shape))
    return layer, generator.normal(2.0, 3.0, size=shape)


def test_at_first_it_is_batch_normalization():
    x = np.random.default_rng(0).normal(2.0, 3.0, size=(5, 4, 4, 6)).astype("float32")
    ours, keras_own = ConditionalBatchNormalization(3), keras.layers.BatchNormalization()
    for training in (True, True, False):
        assert_allclose(ours([x, LABELS], training=training), keras_own(x, training=training), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [(5, 6), (5, 4, 6), (5, 4, 3, 6), (5, 2, 3, 2, 6)])
def test_against_numpy(shape):
    layer, x = built(shape, momentum=0.75, epsilon=0.1)
    axes = tuple(range(len(shape) - 1))
    mean, variance = x.mean(axes), x.var(axes)
    row = (slice(None), *(None for _ in shape[1:-1]))
    gamma, beta = layer.gamma.numpy()[LABELS][row], layer.beta.numpy()[LABELS][row]
    expected = gamma * (x - mean) / np.sqrt(variance + 0.1) + beta
    assert_allclose(layer([x, LABELS], training=True), expected, rtol=1e-4, atol=1e-5)
    mean, variance = 0.25 * mean, 0.75 + 0.25 * variance  # the moving statistics after one step
    expected = gamma * (x - mean) / np.sqrt(variance + 0.1) + beta
    assert_allclose(layer([x, LABELS], training=False), expected, rtol=1e-4, atol=1e-5)


def test_a_class_is_trained_by_its_own_samples():
    layer, x = built((5, 2, 2, 6))
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(layer([x, np.array([2, 0, 0, 2, 2])], training=True))
    for gradient in tape.gradient(value, [layer.gamma.value, layer.beta.value]):
        gradient = tf.convert_to_tensor(gradient).numpy()
        assert gradient[[0, 2]].all()
        assert not gradient[1].any()
    assert_allclose(gradient[:, 0], [2 * 4, 0, 3 * 4], err_msg="of beta: one for each pixel of the class")


def test_labels_may_be_a_column():
    layer, x = built((5, 6))
    assert_allclose(layer([x, LABELS[:, None]]), layer([x, LABELS]))


def test_statistics_over_replicas(two_replicas):
    with two_replicas.scope():
        layer = ConditionalBatchNormalization(3)
        layer.build([(None, 2), (None,)])
    x = np.array([[0.0, 1.0], [2.0, 5.0], [10.0, 1.0], [20.0, 3.0]], "float32")
    values = two_replicas.experimental_distribute_dataset(
        tf.data.Dataset.from_tensor_slices((x, np.array([0, 1, 2, 0]))).batch(4)
    )
    step = tf.function(lambda batch: two_replicas.run(lambda x, y: layer([x, y], training=True), args=batch))
    output = np.concatenate(
        [part.numpy() for part in two_replicas.experimental_local_results(step(next(iter(values))))]
    )
    assert_allclose(output, (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-3), atol=1e-4)


def test_the_scale_is_not_rounded_to_half_precision():
    """2049 is no number of float16: there it is 2048."""
    layer, _ = built((2, 1), dtype="mixed_float16", epsilon=1e-5)
    layer.gamma.assign(np.full((3, 1), 2049.0))
    layer.beta.assign(np.full((3, 1), -2048.0))
    output = layer([tf.constant([[1.0], [-1.0]], tf.float16), np.array([0, 1])], training=True)
    assert output.dtype == tf.float16
    assert_allclose(output, [[2049 / 1.00001**0.5 - 2048], [-4097]], rtol=2e-3)


def test_bad_arguments():
    with pytest.raises(InputError, match=r"`num_classes` must be an integer >= 1\. Received: num_classes=0"):
        ConditionalBatchNormalization(0)
    with pytest.raises(InputError, match=r"`inputs` must be \[features, labels\]"):
        ConditionalBatchNormalization(3)(keras.Input((6,)))
    with pytest.raises(InputError, match=r"The labels must be integers\. Received: dtype=float32"):
        ConditionalBatchNormalization(3)([keras.Input((6,)), keras.Input(())])


def test_of_a_vector_gamma_and_beta_are_its_products():
    layer = ConditionalBatchNormalization(condition_dim=2, epsilon=0.1)
    random = np.random.default_rng(0)
    x, vectors = random.normal(size=(5, 2, 3, 6)), random.normal(size=(5, 2))
    plain = keras.layers.BatchNormalization(epsilon=0.1)
    assert_allclose(layer([x, vectors], training=True), plain(x, training=True), rtol=1e-4, atol=1e-5)
    gamma, beta = random.normal(size=(2, 6)), random.normal(size=(2, 6))
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    expected = (1 + vectors @ gamma)[:, None, None] * np.asarray(plain(x, training=True)) + (vectors @ beta)[
        :, None, None
    ]
    assert_allclose(layer([x, vectors], training=True), expected, rtol=1e-4, atol=1e-5)


def test_one_kind_of_label():
    with pytest.raises(InputError, match="One of `num_classes` and `condition_dim` must be given"):
        ConditionalBatchNormalization()
