"""StyleGAN's mapping network: from latents to the styles of all layers."""

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any, Unpack

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.layers.equalized import EqualizedDense
from keras_gan.layers.inputs import LayerOptions, at_least_float32
from keras_gan.layers.pixel_norm import normalized
from keras_gan.layers.scaled_leaky_relu import scaled_leaky_relu
from keras_gan.random import RandomStream
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_number, check_seed


@register
class MappingNetwork(keras.layers.Layer):
    """Dense layers from latents to styles, with style mixing in training and truncation in inference.

    Latents are put on a sphere, go through `depth` dense layers with leaky ReLU, and the result w is given to each of
    `num_styles` places: `(batch, latent_dim)` to `(batch, num_styles, width)`. With a condition it is called on
    `[latents, condition]`, the class one-hot or a vector, whose embedding is put beside the latents.

    In training a sample's styles are mixed with probability `mixing`: from a place on, drawn for each sample, they are
    those of other latents, normal ones, so that neighbouring places can't rely on each other. Draws are a function of
    the seed, the number of calls and the position in the global batch. In inference w is drawn towards the average of
    all w of the training, `average + truncation * (w - average)`: fewer kinds of samples, and better ones.

    Karras et al. 2019, arXiv:1812.04948, sections 2 and 3.1, appendix B; Karras et al. 2020, arXiv:2006.06676,
    appendix D, for the condition.

    Args:
        num_styles: places.
        width: of the dense layers and of w.
        depth: dense layers.
        mixing: the probability of mixed styles, in [0, 1].
        learning_rate_multiplier: of the dense layers.
        average_decay: of the average of w, in [0, 1), a call.
        seed: of the initial weights and of the draws, in `[0, 2^31)`.

    Attributes:
        truncation: a variable, 1 at first, which inference uses. To sample from a GAN with less, set that of the
            network which it samples from: `gan.sampling_generator.get_layer("mapping").truncation.assign(0.7)`.
        average: the average of w, `(width,)`.

    Raises:
        InputError: an argument is out of range, or the inputs are no vectors.

    Example:
    ```python
    styles = keras_gan.layers.MappingNetwork(num_styles=6, width=32, depth=2)(keras.Input((16,)))
    ```
    """

    is_global = True

    def __init__(
        self,
        num_styles: int,
        width: int = 512,
        depth: int = 8,
        mixing: float = 0.9,
        learning_rate_multiplier: float = 0.01,
        average_decay: float = 0.995,
        seed: int = 0,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_integer("num_styles", num_styles, bound=1024)
        check_integer("width", width, bound=2**16)
        check_integer("depth", depth, bound=1000)
        check_number("mixing", mixing, minimum=0.0, maximum=1.0)
        check_number("learning_rate_multiplier", learning_rate_multiplier, minimum=1e-6)
        check_number("average_decay", average_decay, minimum=0.0, maximum=1.0, open_maximum=True)
        super().__init__(**kwargs)
        self.num_styles = num_styles
        self.width = width
        self.depth = depth
        self.mixing = mixing
        self.learning_rate_multiplier = learning_rate_multiplier
        self.average_decay = average_decay
        self.seed = check_seed("seed", seed)
        self._psi: float | None = None  # of one draw
        self._given: Tensor | None = None  # styles in place of those that are mapped

    @property
    def draws_latents(self) -> bool:
        """Whether it draws latents of its own in training, normal ones: those of a GAN must be normal then, too."""
        return self.mixing > 0

    def build(self, input_shape: Any) -> None:
        """Make the dense layers, the average and the count of calls."""
        inputs, *condition = _columns(input_shape)
        seeds = iter(np.random.SeedSequence(self.seed).generate_state(self.depth + 1) >> 1)
        dtype = keras.backend.result_type(self.compute_dtype, "float32")
        self.embedding = None
        if condition:
            self.embedding = EqualizedDense(self.width, seed=int(next(seeds)), dtype=dtype, name="embedding")
            self.embedding.build((None, *condition))
            inputs += self.width
        self.dense = []
        for index in range(self.depth):
            layer = EqualizedDense(
                self.width,
                learning_rate_multiplier=self.learning_rate_multiplier,
                seed=int(next(seeds)),
                dtype=dtype,
                name=f"dense_{index}",
            )
            layer.build((None, inputs))
            self.dense.append(layer)
            inputs = self.width
        state = {"trainable": False, "autocast": False, "aggregation": "none"}  # all replicas move it alike
        self.average = self.add_weight(shape=(self.width,), initializer="zeros", name="average", dtype=dtype, **state)
        self.truncation = self.add_weight(shape=(), initializer="ones", name="truncation", dtype=dtype, **state)
        self.calls = self.add_weight(shape=(), initializer="zeros", dtype="int64", name="calls", **state)
        self.built = True

    def call(self, inputs: Tensor | Sequence[Tensor], training: bool = False) -> Tensor:
        """Return the styles, `(batch, num_styles, width)`."""
        if self._given is not None:
            return tf.cast(self._given, self.compute_dtype)
        latents, *condition = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        latents, condition = at_least_float32(latents), [at_least_float32(given) for given in condition]
        w = self._mapped(latents, condition)
        if not training:
            average = tf.convert_to_tensor(self.average.value)
            psi = self.truncation.value if self._psi is None else tf.cast(self._psi, average.dtype)
            w = average + psi * (w - average)
            return tf.cast(tf.repeat(w[:, None], self.num_styles, axis=1), self.compute_dtype)
        mean = distribution.global_mean(tf.stop_gradient(w), axis=0)
        self.average.assign(self.average.value + (1.0 - self.average_decay) * (mean - self.average.value))
        rows = tf.shape(latents)[0]
        stream = RandomStream(self.seed, self.calls.value, distribution.first_position(rows))
        other = w
        if self.mixing:
            others = tf.cast(stream.normal("latents", (rows, latents.shape[1])), latents.dtype)
            other = self._mapped(others, condition)
        own = tf.range(self.num_styles) < self._cutoffs(stream, rows)[:, None]
        self.calls.assign(self.calls.value + 1)
        return tf.cast(tf.where(own[:, :, None], w[:, None], other[:, None]), self.compute_dtype)

    @contextlib.contextmanager
    def truncated(self, psi: float) -> Iterator[None]:
        """Truncate by `psi`, 0 or more, within a block, whatever the variable says."""
        self._psi = check_number("truncation", psi, minimum=0.0)
        try:
            yield
        finally:
            self._psi = None

    @contextlib.contextmanager
    def replaced(self, styles: Tensor) -> Iterator[None]:
        """Give out other styles, `(batch, num_styles, width)`, within a block, whatever the latents are."""
        self._given = styles
        try:
            yield
        finally:
            self._given = None

    def _mapped(self, latents: Tensor, condition: Sequence[Tensor]) -> Tensor:
        x = normalized(latents)
        if self.embedding is not None:
            x = tf.concat([x, normalized(self.embedding(condition[0]))], axis=-1)
        for layer in self.dense:
            x = scaled_leaky_relu(layer(x))
        return x

    def _cutoffs(self, stream: RandomStream, rows: Tensor) -> Tensor:
        """Return the first place of the other styles, int32 `(batch,)`: 1 to the last, or past it for none."""
        mixed, place = tf.unstack(stream.uniform("mixing", (rows, 2)), axis=1)
        cutoff = 1 + tf.cast(place * float(self.num_styles - 1), tf.int32)
        return tf.where(mixed < self.mixing, cutoff, self.num_styles)

    def compute_output_shape(self, input_shape: Any) -> Shape:
        """Return `(batch, num_styles, width)`."""
        pair = len(_columns(input_shape)) == 2
        return ((input_shape[0][0] if pair else input_shape[0]), self.num_styles, self.width)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        names = ("num_styles", "width", "depth", "mixing", "learning_rate_multiplier", "average_decay", "seed")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def _columns(input_shape: Any) -> list[int]:
    """Return the columns of the latents, and of the condition, if any."""
    pair = len(input_shape) == 2 and all(isinstance(shape, (list, tuple)) for shape in input_shape)
    shapes = [tuple(shape) for shape in input_shape] if pair else [tuple(input_shape)]
    if not all(len(shape) == 2 and isinstance(shape[1], int) for shape in shapes):
        raise InputError(
            "`inputs` must be latents (batch, latent_dim), or [latents, condition (batch, k)]. "
            f"Received: shape={tuple(input_shape)}"
        )
    return [columns for _, columns in shapes]
