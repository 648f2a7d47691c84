import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.augmentation import DiffAugment
from keras_gan.critic import Critic
from keras_gan.random import RandomStream
from tests.critics import quadratic


@pytest.fixture
def matrix():
    square = np.random.default_rng(0).normal(size=(3, 3))
    return (square + square.T).astype("float32")


@pytest.fixture
def points():
    return tf.constant(np.random.default_rng(1).normal(size=(5, 3)), tf.float32)


def test_input_gradient_is_the_closed_form(matrix, points):
    evaluation = Critic(quadratic(matrix))(points)
    assert_allclose(evaluation.logits, 0.5 * np.sum(points @ matrix * points, axis=1), rtol=1e-5)
    assert_allclose(evaluation.input_gradient(), points @ matrix, rtol=1e-5)


def test_input_gradient_is_computed_once(matrix, points):
    evaluation = Critic(quadratic(matrix))(points)
    assert evaluation.input_gradient() is evaluation.input_gradient()


def test_input_gradient_is_differentiable(matrix, points):
    model = quadratic(matrix)
    kernel = model.get_layer("a").kernel.value
    with tf.GradientTape() as tape:
        penalty = tf.reduce_mean(tf.reduce_sum(Critic(model)(points).input_gradient() ** 2, axis=1))
    # K is the kernel, D = x'Kx, so the penalty is mean |(K + K')x|^2 and its gradient is 2 (S + S'), S = (K + K')xx'.
    outer = 2 * matrix / 2 @ (points.numpy().T @ points.numpy() / 5)
    assert_allclose(tape.gradient(penalty, kernel), 2 * (outer + outer.T), rtol=1e-4)


@pytest.mark.long
def test_two_branches_may_ask_for_the_gradient(matrix, points):
    model = quadratic(matrix)

    @tf.function
    def both(flag):
        evaluation = Critic(model)(points)
        first = tf.cond(flag, evaluation.input_gradient, lambda: tf.zeros_like(points))
        second = tf.cond(flag, evaluation.input_gradient, lambda: tf.zeros_like(points))
        return first, second

    for gradient in both(tf.constant(True)):
        assert_allclose(gradient, points @ matrix, rtol=1e-5)


def test_heads_are_kept_and_logits_flattened(points):
    x = keras.Input((3,))
    model = keras.Model(x, {"logits": keras.layers.Dense(1)(x), "features": keras.layers.Dense(4)(x)})
    evaluation = Critic(model)(points)
    assert evaluation.logits.shape == (5,)
    assert evaluation.outputs["features"].shape == (5, 4)


@pytest.mark.parametrize("slope", [29.0, 86.0])
def test_half_precision_keeps_large_gradients(points, slope):
    """Times the scale that keeps small ones they are beyond float16's largest number."""
    x = keras.Input((3,))
    dense = keras.layers.Dense(1, use_bias=False, dtype="mixed_float16")
    model = keras.Model(x, dense(x))
    dense.set_weights([np.full((3, 1), slope, "float32")])
    assert_allclose(Critic(model)(points).input_gradient(), np.full((5, 3), slope), rtol=1e-3)


def test_half_precision_keeps_small_gradients(points):
    x = keras.Input((3,))
    dense = keras.layers.Dense(1, use_bias=False, dtype="mixed_float16")
    model = keras.Model(x, keras.layers.Rescaling(1e-4, dtype="mixed_float16")(dense(x)))
    dense.set_weights([np.full((3, 1), 3e-4, "float32")])
    evaluation = Critic(model)(points)
    assert evaluation.logits.dtype == tf.float32
    # 3e-8 is half of float16's smallest number: without the scale it would be 0 or twice its value.
    assert_allclose(evaluation.input_gradient(), np.full((5, 3), 3e-8), rtol=2e-2)


def test_neighbours_are_packed_along_the_last_axis():
    images = tf.reshape(tf.range(6 * 2 * 2 * 2.0), (6, 2, 2, 2))
    x = keras.Input((2, 2, 6))
    seen = keras.Model(x, {"logits": keras.layers.Dense(1)(keras.layers.Flatten()(x)), "seen": keras.ops.copy(x)})
    judged = Critic(seen, pack=3)(images)
    assert judged.logits.shape == (2,)
    for row in range(2):
        expected = np.concatenate(list(images.numpy()[3 * row : 3 * row + 3]), axis=-1)
        assert_allclose(judged.outputs["seen"][row], expected)
    assert judged.images.shape == judged.input_gradient().shape == (6, 2, 2, 2)


def test_of_packed_vectors_the_gradient_is_that_of_the_pack():
    x = keras.Input((6,))
    model = keras.Model(x, keras.layers.Dense(1)(x))
    slope = np.arange(6.0).astype("float32")
    model.layers[-1].set_weights([slope[:, None], np.zeros(1, "float32")])
    judged = Critic(model, pack=2)(tf.ones((4, 3)))
    assert_allclose(judged.logits, [15.0, 15.0])
    assert_allclose(judged.input_gradient(), np.tile(slope.reshape(2, 3), (2, 1)))


def test_no_gradient_at_all_is_said(points):
    x = keras.Input((3,))
    model = keras.Model(x, keras.layers.Dense(1)(keras.ops.round(x)))
    with pytest.raises(LookupError, match="no gradient with respect to the images"):
        Critic(model)(points).input_gradient()


def test_augmentation_needs_random_numbers(points):
    with pytest.raises(InputError, match=r"`random` must be given with `augmentation`.*Received: random=None"):
        Critic(quadratic(np.eye(3)), augmentation=DiffAugment())


def test_what_was_seen_is_augmented_and_packed():
    x = keras.Input((4, 4, 2))
    critic = Critic(
        keras.Model(x, {"logits": keras.layers.Dense(1)(keras.layers.Flatten()(x)), "seen": keras.ops.copy(x)}),
        augmentation=DiffAugment(["translation"]),
        random=RandomStream(0),
        pack=2,
    )
    images = tf.random.uniform((16, 4, 4, 1), seed=0)
    judged = critic(images)
    assert judged.seen.shape == (8, 4, 4, 2)
    assert_allclose(judged.seen, judged.outputs["seen"])
    assert np.abs(judged.seen[..., :1] - images[::2]).max() > 0.1
