import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.conditions import Classes
from keras_gan.training.game.signature import Signature
from keras_gan.training.inputs import batches

IMAGES = Signature(latent_dim=4, sample_shape=(8, 8, 1), condition=None, discriminator_takes_labels=False)
LABELLED = Signature(latent_dim=4, sample_shape=(8, 8, 1), condition=Classes(3), discriminator_takes_labels=True)
VECTORS = Signature(latent_dim=4, sample_shape=(2,), condition=None, discriminator_takes_labels=False)
PIXELS = np.full((6, 8, 8, 1), 255, np.uint8)
ORDERED = np.array([0, 1, 2, 0, 1, 2])


def test_unpack_normalises_images_and_drops_labels_nobody_takes():
    samples, labels = batches.unpack((tf.constant(PIXELS), tf.constant(ORDERED)), IMAGES)
    assert samples.dtype == tf.float32
    assert_allclose(samples, np.ones((6, 8, 8, 1)))
    assert labels is None


def test_unpack_leaves_floats_and_vectors_as_they_are():
    assert_allclose(batches.unpack(tf.constant(PIXELS / 510.0), IMAGES)[0], np.full((6, 8, 8, 1), 0.5))
    assert_allclose(batches.unpack(tf.constant([[300.0, -4.0]], tf.float64), VECTORS)[0], [[300.0, -4.0]])


@pytest.mark.parametrize("labels", [ORDERED, ORDERED[:, None]])
def test_unpack_labels_become_int32_vectors(labels):
    _, unpacked = batches.unpack((tf.constant(PIXELS), tf.constant(labels)), LABELLED)
    assert unpacked.dtype == tf.int32
    assert_allclose(unpacked, ORDERED)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"image": PIXELS}, "not dictionaries"),
        ((PIXELS, ORDERED, np.ones(6)), "`sample_weight` is not supported"),
        (PIXELS, "need data with labels"),
    ],
)
def test_unpack_refuses(data, message):
    with pytest.raises(InputError, match=message):
        batches.unpack(tf.nest.map_structure(tf.constant, data), LABELLED)


def test_a_batch_is_filled_up_until_it_can_be_divided():
    samples, labels = batches.divisible(4, tf.range(6), tf.range(6) % 3)
    assert samples.numpy().tolist() == [0, 1, 2, 3, 4, 5, 0, 1]
    assert labels.numpy().tolist() == [0, 1, 2, 0, 1, 2, 0, 1]
    assert batches.divisible(4, tf.range(1), None)[0].numpy().tolist() == [0, 0, 0, 0]
    whole = tf.range(8)
    assert batches.divisible(4, whole, None) == (whole, None)


def test_a_batch_of_unknown_size_is_filled_up_in_the_graph():
    fill = tf.function(lambda rows: batches.divisible(3, rows, None)[0], input_signature=[tf.TensorSpec([None])])
    for size in (1, 3, 4, 6):
        filled = fill(tf.range(float(size))).numpy()
        assert_allclose(filled, np.arange(-(-size // 3) * 3) % size)
