"""Drawing from a generator: sample number i of a seed depends on the seed and on i alone."""

import contextlib
import functools
import random
from collections.abc import Callable, Iterator, Sequence
from numbers import Real

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.layers import MappingNetwork
from keras_gan.priors import Prior
from keras_gan.random import RandomStream
from keras_gan.training.game.signature import Signature, apply_generator
from keras_gan.types import Tensor
from keras_gan.utils.networks import walk
from keras_gan.utils.validation import MAX_SEED, InputError, check_integer, check_seed, check_seeds


class Sampler:
    """Draws samples from a generator and its prior, in the graph (`draw`) and outside of it (`sample`).

    Args:
        generator: the network that samples are drawn from.
        prior: the distribution of its latents.
        signature: what the networks take.
        before: is called with the truncation, or `None`, before samples are drawn outside of a graph: it makes the
            network ready.
    """

    def __init__(
        self,
        generator: keras.Model,
        prior: Prior,
        signature: Signature,
        before: Callable[[float | None], None] = lambda _: None,
    ) -> None:
        self.generator = generator
        self.prior = prior
        self.signature = signature
        self._before = before
        self._functions: dict[tuple[float | None, bool], Callable[..., Tensor]] = {}

    def prepare(self) -> None:
        """Make the network ready, outside of a graph: its batch statistics are those of the weights that it has now."""
        self._before(None)

    @contextlib.contextmanager
    def truncated(self, truncation: float | None) -> Iterator[None]:
        """Make the network ready for truncated samples, whose statistics its batch normalization has meanwhile.

        Raises:
            InputError: `truncation` is no number.
        """
        if not isinstance(truncation, Real | None):
            raise InputError(f"`truncation` must be a number, or None. Received: truncation={truncation!r}")
        self._before(truncation)
        try:
            yield
        finally:
            if truncation is not None:
                self._before(None)

    def generate(self, uniform: Tensor, labels: Tensor | None, truncation: float | None) -> Tensor:
        """Return the samples of uniform numbers `(n, latent_dim)`."""
        mapping = next((layer for layer in walk(self.generator) if isinstance(layer, MappingNetwork)), None)
        if mapping is None or truncation is None:
            return apply_generator(self.generator, self.prior.transform(uniform, truncation), labels)
        with mapping.truncated(truncation):  # styles, and not the latents, of which they know the direction alone
            return apply_generator(self.generator, self.prior.transform(uniform), labels)

    def draw(
        self, seed: Tensor, first: Tensor, rows: Tensor, labels: Tensor | None, truncation: float | None = None
    ) -> Tensor:
        """Return the samples number `first` to `first + rows - 1` of `seed`, in the graph."""
        # By position, not by batch: so the batch size changes nothing.
        return self.generate(self._uniform(seed, first, rows), labels, truncation)

    def draw_each(self, seeds: Tensor, labels: Tensor | None, truncation: float | None = None) -> Tensor:
        """Return sample number 0 of each of the seeds `(n,)`, in the graph."""
        return self.generate(self._uniform_of(seeds), labels, truncation)

    def latents(self, seeds: Sequence[int], truncation: float | None = None) -> np.ndarray:
        """Return the latents of sample number 0 of each of the seeds, float32 `(n, latent_dim)`."""
        uniform = self._compiled_uniform(tf.constant(check_seeds(seeds), tf.int64))
        return self.prior.transform(uniform, truncation).numpy()

    @functools.cached_property
    def _compiled_uniform(self) -> Callable[[Tensor], Tensor]:
        return tf.function(self._uniform_of, input_signature=[tf.TensorSpec((None,), tf.int64)], autograph=False)

    def _uniform(self, seed: Tensor, first: Tensor | int, rows: Tensor | int) -> Tensor:
        return RandomStream(seed, 0, first).uniform("sample/latents", (rows, self.signature.latent_dim))

    def _uniform_of(self, seeds: Tensor) -> Tensor:
        return tf.map_fn(lambda seed: self._uniform(seed, 0, 1)[0], seeds, fn_output_signature=tf.float32)

    def sample(
        self, n: int, labels: ArrayLike | None, seed: int | None, truncation: float | None, batch_size: int
    ) -> np.ndarray:
        """Return `n` samples; see `GAN.sample`."""
        samples = np.empty((check_integer("n", n), *self.signature.sample_shape), np.float32)
        for first, drawn in self.batches(n, labels, seed, truncation, batch_size):
            samples[first : first + len(drawn)] = drawn
        return samples

    def of_seeds(
        self, seeds: Sequence[int], labels: ArrayLike | None, truncation: float | None, batch_size: int
    ) -> np.ndarray:
        """Return sample number 0 of each of the seeds; see `GAN.sample`."""
        check_integer("batch_size", batch_size)
        given = check_seeds(seeds)
        told = self._labels(len(given), labels, given)
        samples = np.empty((len(given), *self.signature.sample_shape), np.float32)
        with self.truncated(truncation):
            draw = self._function(truncation, each=True)
            for first in range(0, len(given), batch_size):
                part = slice(first, first + batch_size)
                samples[part] = draw(
                    tf.constant(given[part], tf.int64), *([] if told is None else [tf.constant(told[part])])
                ).numpy()
        return samples

    def of_latents(self, latents: ArrayLike, n: int | None, labels: ArrayLike | None, batch_size: int) -> np.ndarray:
        """Return the samples of given latents; see `GAN.sample`."""
        given = self._checked(latents, n)
        check_integer("batch_size", batch_size)
        told = self._labels(len(given), labels)
        self.prepare()
        samples = np.empty((len(given), *self.signature.sample_shape), np.float32)
        for first in range(0, len(given), batch_size):
            part = slice(first, first + batch_size)
            y = None if told is None else tf.constant(told[part])
            samples[part] = self._apply(tf.constant(given[part]), y).numpy()
        return samples

    def _checked(self, latents: ArrayLike, n: int | None) -> np.ndarray:
        """Return latents as float32, or raise."""
        given, wanted = np.asarray(latents), self.signature.latent_dim
        if given.ndim != 2 or given.shape[1] != wanted or not len(given):
            raise InputError(f"`latents` must be of shape (n, {wanted}), n >= 1. Received: shape {given.shape}")
        if n is not None and check_integer("n", n) != len(given):
            raise InputError(f"`n` must be the number of `latents`, {len(given)}, or None. Received: n={n}")
        if not (np.issubdtype(given.dtype, np.floating) or given.dtype == tf.bfloat16.as_numpy_dtype):
            raise InputError(f"`latents` must be floating point. Received: dtype {given.dtype}")
        with np.errstate(over="ignore"):  # what float32 can't hold is found below
            given = given.astype(np.float32)
        if not np.isfinite(given).all():
            raise InputError("`latents` must be finite. Received: NaN or infinity among the values")
        return given

    @functools.cached_property
    def _apply(self) -> Callable[[Tensor, Tensor | None], Tensor]:
        """Return the generator as a graph function of latents and labels."""
        return tf.function(
            lambda latents, labels: apply_generator(self.generator, latents, labels),
            reduce_retracing=True,
            autograph=False,
        )

    @property
    def takes_labels(self) -> bool:
        """Whether the generator is told labels."""
        return self.signature.condition is not None

    def batches(
        self, n: int, labels: ArrayLike | None, seed: int | None, truncation: float | None, batch_size: int
    ) -> Iterator[tuple[int, np.ndarray]]:
        """Yield the samples of `sample` in batches, each with the number of its first one."""
        check_integer("n", n)
        check_integer("batch_size", batch_size)
        seed = random.randint(0, MAX_SEED) if seed is None else check_seed("seed", seed)
        told = self._labels(n, labels)
        for first in range(0, n, batch_size):
            rows = min(batch_size, n - first)
            labels_of = [] if told is None else [tf.constant(told[first : first + rows])]
            with self.truncated(truncation):
                samples = self._function(truncation)(seed, first, rows, *labels_of).numpy()
            yield first, samples

    def _function(self, truncation: float | None, each: bool = False) -> Callable[..., Tensor]:
        """Return `draw` or `draw_each` as a graph function, traced once for each truncation.

        Of 8 all are forgotten for a ninth.
        """
        # A bound is a number of Python, which the prior checks, and so a part of the trace.
        if (truncation, each) not in self._functions:
            if len(self._functions) >= 8:
                self._functions.clear()
            scalars = [tf.TensorSpec((), dtype) for dtype in (tf.int64, tf.int64, tf.int32)]
            numbers = [tf.TensorSpec((None,), tf.int64)] if each else scalars
            draw: Callable[..., Tensor] = self.draw_each if each else self.draw
            condition = self.signature.condition
            told = [None] if condition is None else []
            self._functions[truncation, each] = tf.function(
                lambda *given: draw(*given, *told, truncation),
                input_signature=numbers if condition is None else [*numbers, condition.spec],
                autograph=False,  # it would dress our errors in others
            )
        return self._functions[truncation, each]

    def _labels(self, n: int, labels: ArrayLike | None, turns: Sequence[int] | None = None) -> np.ndarray | None:
        condition = self.signature.condition
        if condition is not None:
            return condition.asked(n, labels, turns)
        if labels is not None:
            raise InputError("`labels` are for networks that take labels; these take none. Received: labels")
        return None
