"""The statistics of batch normalization that belong to the weights that an averaged network has now."""

import contextlib
import functools
import math
from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np

from keras_gan.random import RandomStream
from keras_gan.training.sampling.sampler import Sampler
from keras_gan.types import Tensor, Variable
from keras_gan.utils.networks import walk

# Samples. As many cost a third of a training step of a DCGAN of 64 pixels, and make the mean of a channel that is alike
# in all places of a map exact to 6 % of its deviation; the more places differ, the better. Of large ones, with many
# places, there are 64 to 128: 12 %.
_SAMPLES, _ROWS, _SEED = 256, 64, 0
_KNOWN = 8  # truncations whose statistics are kept
_LARGE = 2**21  # numbers in a batch of samples: of larger samples there are fewer at once, and fewer in all


class StandingStatistics:
    """Computes the batch statistics of an averaged generator from its own activations.

    A moving average of weights has other activations than any generator that was trained, and moving statistics that
    are averaged too belong to none of them: samples come out flat. So the average's statistics are not averaged: they
    are computed from batches of its own samples when somebody is about to use it and its weights have moved, and are
    a function of the weights alone, and of the truncation where samples are truncated: these have other activations,
    too. Brock et al. 2019, arXiv:1809.11096, section 3.1 ("standing statistics").

    Args:
        sampler: of the averaged generator.
        generator: whose average it is: what is frozen there keeps its statistics here.

    Attributes:
        variables: the statistics; none of a generator without batch normalization, which costs nothing.
    """

    def __init__(self, sampler: Sampler, generator: keras.Model) -> None:
        self._sampler = sampler
        pairs = zip(walk(generator), walk(sampler.generator), strict=True)
        self._pairs = [pair for pair in pairs if isinstance(pair[1], keras.layers.BatchNormalization)]
        self.variables = [variable for _, copy in self._pairs for variable in _statistics(copy)]
        self._step: int | None = None  # whose weights they belong to
        self._truncation: float | None = None  # whose they are now
        self._known: dict[float | None, list[np.ndarray]] = {}  # those of the same weights and other truncations
        numbers = math.prod(sampler.signature.sample_shape)
        self._rows = min(max(_LARGE // numbers, 4), _ROWS)
        self._batches = -(-_SAMPLES // _ROWS) if self._rows == _ROWS else -(-_ROWS // self._rows)

    def update(self, step: Variable, truncation: float | None = None) -> None:
        """Let them be those of the weights after `step`, and of samples with this truncation."""
        if not self.variables:
            return
        if int(step.numpy()) != self._step:
            self.forget()
        elif truncation == self._truncation:
            return
        else:
            if len(self._known) >= _KNOWN:
                self._known = {None: self._known[None]} if None in self._known else {}
            self._known[self._truncation] = [keras.ops.convert_to_numpy(variable) for variable in self.variables]
        if truncation in self._known:
            for variable, value in zip(self.variables, self._known[truncation], strict=True):
                variable.assign(value)
        else:
            self._compute(truncation)
        self._step, self._truncation = int(step.numpy()), truncation

    def _compute(self, truncation: float | None) -> None:
        # A frozen layer normalizes by the statistics that it has, in training too: they are its weights.
        for frozen, copy in self._pairs:
            if not frozen.trainable:
                for variable, value in zip(_statistics(copy), _statistics(frozen), strict=True):
                    variable.assign(value)
        moving = [copy for layer, copy in self._pairs if layer.trainable]
        # All layers in the same pass: each gets what the layers before it make when they normalize by the batch, as in
        # training.
        with _following_each_batch(moving):
            seen = [self._after(batch, moving, truncation) for batch in range(self._batches if moving else 0)]
        for index, layer in enumerate(moving):
            means, variances = np.stack([batch[index] for batch in seen], axis=1)
            layer.moving_mean.assign(means.mean(axis=0))
            # Of all samples: within the batches and between their means.
            layer.moving_variance.assign(variances.mean(axis=0) + means.var(axis=0))

    def keep(self, step: Variable) -> None:
        """Trust the statistics that were loaded: they belong to the weights after `step`, without truncation."""
        self.forget()
        self._step, self._truncation = int(step.numpy()), None

    def forget(self) -> None:
        """Compute them anew at their next use: the weights have changed between two steps."""
        self._step = None
        self._known.clear()

    def _after(
        self, batch: int, layers: Sequence[keras.layers.BatchNormalization], truncation: float | None
    ) -> list[np.ndarray]:
        """Return what the statistics of some layers are after a batch of samples, float64, and change nothing."""
        sampler = self._sampler
        stream = RandomStream(_SEED, batch)
        uniform = stream.uniform("standing_statistics", (self._rows, sampler.signature.latent_dim))
        condition = sampler.signature.condition
        labels = None if condition is None else condition.spread(batch * self._rows, self._rows)
        # What layers assign stays in the scope, and is averaged over batches by us.
        with keras.StatelessScope() as scope:
            sampler.generate(uniform, labels, truncation)
        return [
            np.asarray([scope.get_current_value(variable) for variable in _statistics(layer)], np.float64)
            for layer in layers
        ]


def _statistics(layer: keras.layers.BatchNormalization) -> tuple[Variable, Variable]:
    return layer.moving_mean, layer.moving_variance


@contextlib.contextmanager
def _following_each_batch(layers: Sequence[keras.layers.BatchNormalization]) -> Iterator[None]:
    """Let layers normalize by their batch; their moving statistics are then those of the last batch.

    Only they do: all other layers compute as they do for samples, without dropout.
    """
    before = [(layer.momentum, layer.trainable) for layer in layers]
    try:
        for layer in layers:
            # A momentum of 0 keeps nothing of the batch before; layers that are not trainable would not move at all.
            layer.momentum, layer.trainable = 0.0, True
            # Not the whole network in training mode: dropout would make activations of which no sample is made.
            layer.call = functools.partial(_in_training, layer.call)
        yield
    finally:
        for layer, (momentum, trainable) in zip(layers, before, strict=True):
            vars(layer).pop("call", None)  # the class has its own
            layer.momentum, layer.trainable = momentum, trainable


def _in_training(call: Callable[..., Tensor], *args: object, **kwargs: object) -> Tensor:
    return call(*args, **{**kwargs, "training": True})
