import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, RandomStream, Round
from keras_gan.critic import Critic
from keras_gan.terms import Reconstruction, TotalVariation

FAKE = np.array([[[[0.0], [1.0]], [[-1.0], [0.5]]]], "float32")  # (1, 2, 2, 1)
TARGET = np.array([[[[0.0], [0.5]], [[1.0], [0.5]]]], "float32")


def round_of(fake=FAKE, target=TARGET):
    x = keras.Input((*fake.shape[1:],))
    critic = Critic(keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(x))))
    judged, step = critic(tf.constant(fake)), tf.constant(0, tf.int64)
    target = None if target is None else tf.constant(target)
    return Round(critic, None, judged, None, None, None, step, RandomStream(0), None, target, target)


@pytest.mark.parametrize(
    ("norm", "expected"),
    [
        ("l1", (0 + 0.5 + 2 + 0) / 4),
        ("l2", (0 + 0.25 + 4 + 0) / 4),
        ("charbonnier", (2 * 0.1 + np.sqrt(0.26) + np.sqrt(4.01)) / 4),
    ],
)
def test_by_hand(norm, expected):
    value = Reconstruction(norm=norm, epsilon=0.1).generator_term(round_of())
    assert value.shape == (1,)
    assert_allclose(value, [expected], rtol=1e-6)


@pytest.mark.parametrize("norm", ["l1", "l2", "charbonnier"])
def test_the_gradient(norm):
    fake = tf.constant(FAKE)
    with tf.GradientTape() as tape:
        tape.watch(fake)
        round = round_of()
        round = Round(**{**vars(round), "fake": type("Judged", (), {"images": fake})})
        value = tf.reduce_sum(Reconstruction(norm=norm, epsilon=0.1).generator_term(round))
    d = (FAKE - TARGET).astype("float64")
    expected = {"l1": np.sign(d), "l2": 2 * d, "charbonnier": d / np.sqrt(d**2 + 0.01)}[norm] / 4
    assert_allclose(tape.gradient(value, fake), expected, rtol=1e-5)


def test_total_variation_by_hand():
    # Down: |-1 - 0| + |0.5 - 1|; right: |1 - 0| + |0.5 + 1|.
    assert_allclose(TotalVariation().generator_term(round_of()), [(1 + 0.5 + 1 + 1.5) / 4], rtol=1e-6)
    assert_allclose(TotalVariation().generator_term(round_of(0 * FAKE + 0.3)), [0.0])


def test_they_cost_no_pass_over_the_reals():
    for term in (Reconstruction(), TotalVariation()):
        assert not term.generator_sees_real
        assert term.of("discriminator") is None


def test_what_they_refuse():
    with pytest.raises(InputError, match="`norm`"):
        Reconstruction(norm="l3")
    with pytest.raises(InputError, match="`epsilon`"):
        Reconstruction(epsilon=0.0)
    with pytest.raises(InputError, match="games of pairs"):
        Reconstruction().generator_term(round_of(target=None))
    with pytest.raises(InputError, match=r"is for images. Received: samples of shape \(3,\)"):
        TotalVariation().generator_term(round_of(np.zeros((2, 3), "float32"), None))
