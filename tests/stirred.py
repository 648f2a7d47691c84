"""A GAN whose every weight matters: for tests of what is made of one that was not trained."""

import numpy as np

import keras_gan


def stirred(networks, by, **told):
    """Return a GAN of the networks whose tables and biases are random too, by so much; `told` is what they take."""
    gan = keras_gan.GAN(*networks, **told)
    random = np.random.default_rng(0)
    for weight in gan.generator.trainable_weights:
        weight.assign(weight + by * random.normal(size=weight.shape))
    gan.step.assign(1)
    return gan
