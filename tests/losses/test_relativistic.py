import numpy as np
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.losses import NonSaturating, Relativistic, RelativisticAverage


def test_numbers_by_hand():
    real, fake = tf.constant([1.0, 0.0]), tf.constant([1.0, np.log(3.0)])
    assert_allclose(Relativistic().discriminator_loss(real, fake), [np.log(2), np.log(4)], rtol=1e-6)
    assert_allclose(Relativistic().generator_loss(real, fake), [np.log(2), np.log(4 / 3)], rtol=1e-6)


def test_a_common_shift_changes_nothing():
    real, fake = tf.constant([1.0, -2.0, 0.5]), tf.constant([0.3, 0.7, -4.0])
    for loss in (Relativistic(), RelativisticAverage()):
        assert_allclose(loss.discriminator_loss(real + 5, fake + 5), loss.discriminator_loss(real, fake), rtol=1e-5)
        assert_allclose(loss.generator_loss(real + 5, fake + 5), loss.generator_loss(real, fake), rtol=1e-5)


def test_pairs_and_averages_coincide_where_all_logits_are_equal():
    real, fake = tf.fill([4], 1.5), tf.fill([4], -0.5)
    pairs, averages = Relativistic(), RelativisticAverage()
    assert_allclose(averages.discriminator_loss(real, fake), 2 * pairs.discriminator_loss(real, fake), rtol=1e-6)
    assert_allclose(averages.generator_loss(real, fake), 2 * pairs.generator_loss(real, fake), rtol=1e-6)


def test_against_zero_the_pairing_is_half_of_the_plain_game():
    real, zero = tf.constant([0.7, -1.2]), tf.zeros(2)
    plain = NonSaturating().discriminator_loss(real, zero) - np.log(2)
    assert_allclose(Relativistic().discriminator_loss(real, zero), plain, rtol=1e-6)


def test_the_average_is_over_the_global_batch(two_replicas):
    """Value and gradient on two replicas, each with half of the batch, are those of the whole batch on one."""
    real, fake = np.array([1.0, -2.0, 0.5, 3.0], "float32"), np.array([0.3, 0.7, -4.0, 1.0], "float32")
    whole_real = tf.Variable(real)
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(RelativisticAverage().discriminator_loss(whole_real, fake))
    expected = tape.gradient(value, whole_real).numpy()

    @tf.function
    def step(real, fake):
        with tf.GradientTape() as tape:
            tape.watch(real)
            value = tf.reduce_mean(RelativisticAverage().discriminator_loss(real, fake)) / 2
        return value, tape.gradient(value, real)

    halves = iter(
        two_replicas.experimental_distribute_dataset(tf.data.Dataset.from_tensors((real, fake)).unbatch().batch(4))
    )
    values, gradients = two_replicas.run(step, args=next(halves))
    local = two_replicas.experimental_local_results
    assert_allclose(sum(v.numpy() for v in local(values)), value, rtol=1e-6)
    assert_allclose(np.concatenate([g.numpy() for g in local(gradients)]), expected, rtol=1e-5)
