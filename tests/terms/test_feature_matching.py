import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.critic import Critic
from keras_gan.random import RandomStream
from keras_gan.round import Round
from keras_gan.terms import FeatureMatching


def test_numbers_by_hand():
    x = keras.Input((2,))
    critic = Critic(keras.Model(x, {"logits": keras.layers.Dense(1)(x), "features": keras.layers.Rescaling(2.0)(x)}))
    real = critic(tf.constant([[1.0, 0.0], [3.0, 0.0]]))  # mean features (4, 0)
    fake = critic(tf.constant([[0.0, 1.0], [0.0, 0.0]]))  # (0, 1)
    round = Round(critic, real, fake, None, None, None, tf.constant(0, tf.int64), RandomStream(0))
    assert_allclose(FeatureMatching().generator_term(round), [17.0, 17.0])
    with pytest.raises(InputError, match=r"`FeatureMatching` needs .* a head 'other'.*\['features', 'logits'\]"):
        FeatureMatching(head="other").generator_term(round)


@pytest.mark.long
def test_the_generator_alone_is_trained_by_it():
    assert FeatureMatching().of("discriminator") is None
    generator, _ = keras_gan.models.mlp((2,), latent_dim=4, hidden=(16,))
    x = keras.Input((2,))
    features = keras.layers.Rescaling(1.0)(x)
    discriminator = keras.Model(x, {"logits": keras.layers.Dense(1)(x), "features": features})
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.SGD(0.0), terms=[FeatureMatching(weight=10.0)])
    points = np.random.default_rng(0).normal((2.0, -1.0), 0.3, (640, 2)).astype("float32")
    gan.fit(points, batch_size=64, epochs=20, verbose=0)
    assert_allclose(gan.sample(2000, seed=0).mean(0), [2.0, -1.0], atol=0.2)
