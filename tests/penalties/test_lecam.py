import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.penalties import LeCam
from tests.critics import linear, round_of

CRITIC = linear([1.0])


def at(real, fake):
    reals, fakes = (np.reshape(values, (-1, 1)).astype("float32") for values in (real, fake))
    return round_of(CRITIC, reals, fakes=fakes)


def test_three_steps_by_hand():
    term = LeCam(decay=0.9)
    # The averages begin at the first batch's means: 2 and -1.
    assert_allclose(term.discriminator_term(at([1.0, 3.0], [-1.0, -1.0])), [4 + 9, 16 + 9], rtol=1e-6)
    # They move by a tenth: 2 + 0.1 (4 - 2) = 2.2, and -1 + 0.1 (0 + 1) = -0.9.
    assert_allclose(term.discriminator_term(at([4.0], [0.0])), [4.9**2 + 2.2**2], rtol=1e-6)
    assert_allclose([float(term.real_average), float(term.fake_average)], [2.2, -0.9], rtol=1e-6)


def test_the_averages_are_constants_to_the_gradient():
    term = LeCam(decay=0.9)
    term.discriminator_term(at([2.0], [-1.0]))
    kernel = CRITIC.layers[-1].kernel.value
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(term.discriminator_term(at([3.0], [-2.0])))
    real, fake = float(term.real_average), float(term.fake_average)
    assert_allclose(tape.gradient(value, kernel)[0], [2 * (3 - fake) * 3 + 2 * (-2 - real) * -2], rtol=1e-5)


def test_arguments():
    assert LeCam.from_config(LeCam(decay=0.5).get_config()).decay == 0.5
    with pytest.raises(InputError, match=r"`decay` must be a finite number in \[0, 1\)"):
        LeCam(decay=1.0)
