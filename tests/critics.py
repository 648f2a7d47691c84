"""Discriminators with closed forms, and the round of a discriminator over some points."""

import keras
import numpy as np
import tensorflow as tf

from keras_gan.critic import Critic
from keras_gan.random import RandomStream
from keras_gan.round import Round

POINTS = np.random.default_rng(1).normal(size=(5, 3)).astype("float32")


def linear(slope, bias=0.0):
    """D(x) = a.x + b as a Keras model."""
    x = keras.Input((len(slope),))
    model = keras.Model(x, keras.layers.Dense(1)(x))
    model.layers[-1].set_weights([np.reshape(slope, (-1, 1)).astype("float32"), np.array([bias], "float32")])
    return model


def quadratic(matrix):
    """D(x) = x'Ax / 2 as a Keras model."""
    x = keras.Input((len(matrix),))
    ax = keras.layers.Dense(len(matrix), use_bias=False, name="a")(x)
    model = keras.Model(x, keras.layers.Dot(axes=1)([x, ax]))
    model.get_layer("a").set_weights([np.asarray(matrix, "float32") / 2])
    return model


def round_of(discriminator, points=POINTS, step=0, fakes=None):
    """The discriminator's round in which `points` are the reals, and the fakes too if none are given."""
    critic = Critic(discriminator)
    real = critic(tf.constant(points))
    fake = real if fakes is None else critic(tf.constant(fakes))
    return Round(critic, real, fake, real.images, None, lambda z, y: z, tf.cast(step, tf.int64), RandomStream(0))
