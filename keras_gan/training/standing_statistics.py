"""The statistics of batch normalization that belong to the weights that a network has now."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan.random import RandomStream
from keras_gan.training.sampler import Sampler, apply_generator
from keras_gan.types import Variable
from keras_gan.utils.networks import walk
from keras_gan.utils.validation import check_integer, check_seed


def set_standing_statistics(sampler: Sampler, batches: int, batch_size: int, seed: int) -> None:
    """Set the moving statistics of the sampler's generator to their means over batches of its own samples.

    Args:
        sampler: knows the generator and what it is fed with.
        batches: how many.
        batch_size: samples each.
        seed: of their latents.
    """
    check_integer("batches", batches)
    check_integer("batch_size", batch_size, minimum=2)
    check_seed("seed", seed)
    layers = [layer for layer in walk(sampler.generator) if isinstance(layer, keras.layers.BatchNormalization)]
    state = [variable for layer in layers for variable in (layer.moving_mean, layer.moving_variance)]
    with _following_each_batch(layers):
        seen = [_after(sampler, state, batch, batch_size, seed) for batch in range(batches)]
    for variable, values in zip(state, zip(*seen, strict=True), strict=True):
        variable.assign(np.mean(values, axis=0))


@contextlib.contextmanager
def _following_each_batch(layers: Sequence[Any]) -> Iterator[None]:
    """Let the moving statistics be those of the last batch; a frozen layer would keep its own."""
    before = [(layer.momentum, layer.trainable) for layer in layers]
    try:
        for layer in layers:
            layer.momentum, layer.trainable = 0.0, True
        yield
    finally:
        for layer, (momentum, trainable) in zip(layers, before, strict=True):
            layer.momentum, layer.trainable = momentum, trainable


def _after(sampler: Sampler, state: Sequence[Variable], batch: int, rows: int, seed: int) -> list[np.ndarray]:
    """Return what `state` would be after a batch in training mode, and change nothing."""
    stream = RandomStream(seed, batch)
    latents = sampler.prior.transform(stream.uniform("standing_statistics", (rows, sampler.signature.latent_dim)))
    classes = sampler.signature.num_classes
    labels = None if classes is None else (tf.range(rows) + batch * rows) % classes
    with keras.StatelessScope() as scope:
        apply_generator(sampler.generator, latents, labels, training=True)
    return [np.asarray(scope.get_current_value(variable)) for variable in state]
