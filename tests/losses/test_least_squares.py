import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.losses import LeastSquares


def test_numbers_by_hand():
    loss = LeastSquares(fake_target=-1.0, real_target=1.0, generator_target=0.0)
    real, fake = tf.constant([3.0, 1.0]), tf.constant([1.0, -1.0])
    assert_allclose(loss.discriminator_loss(real, fake), [(4 + 4) / 2, 0.0])
    assert_allclose(loss.generator_loss(None, fake), [0.5, 0.5])


def test_targets_survive_the_config():
    loss = LeastSquares(fake_target=-1.0, generator_target=0.5)
    assert LeastSquares.from_config(loss.get_config()).get_config() == {
        "fake_target": -1.0,
        "real_target": 1.0,
        "generator_target": 0.5,
    }


@pytest.mark.parametrize("name", ["fake_target", "real_target", "generator_target"])
def test_bad_targets(name):
    with pytest.raises(InputError, match=f"`{name}` must be a finite number"):
        LeastSquares(**{name: np.inf})
