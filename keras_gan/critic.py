"""A discriminator with everything but the images bound, and one pass of it."""

import contextlib
from collections.abc import Iterator
from typing import TypedDict

import keras
import tensorflow as tf
from keras import ops

from keras_gan import distribution
from keras_gan.augmentation import Augmentation
from keras_gan.random import RandomStream
from keras_gan.types import Tensor
from keras_gan.utils.networks import computes_in_float16, walk
from keras_gan.utils.validation import InputError

_HALF_PRECISION_SCALE = 2.0**12  # keeps dD/dx of some 1e-8 per pixel above float16's smallest number


class Judgement:
    """One forward pass of the discriminator.

    Attributes:
        images: what was judged, `(batch, ...)`, float32, as it was before augmentation.
        logits: float32, `(batch,)`; `(batch / pack,)` of a discriminator that judges `pack` neighbours together;
            `(batch, ...)` of one that gives a map of them, in which each place is a judgement.
        outputs: all heads of the discriminator by name; `logits` is among them.
        seen: the images as the discriminator saw them: augmented, and packed.

    Example:
    ```python
    samples = ops.zeros((8, 8, 8, 1))
    judged = keras_gan.Critic(discriminator)(samples)  # a Judgement
    slopes = judged.input_gradient()  # (8, 8, 8, 1)
    ```
    """

    def __init__(
        self, images: Tensor, outputs: dict[str, Tensor], tape: tf.GradientTape, scale: float, seen: Tensor
    ) -> None:
        self.images = images
        self.seen = seen
        self.logits = outputs["logits"]
        self.outputs = outputs
        self._tape = tape
        self._scale = scale
        self._input_gradients: dict[tf.Graph | None, Tensor] = {}

    def input_gradient(self) -> Tensor:
        """Return the gradient of the summed logits with respect to `images`, of the shape of `images`, float32.

        Of a map it is that of the mean over its places, which is the D(x) of a sample. Augmentation is part of the
        function that is differentiated. The gradient comes from this very forward pass and is itself differentiable. It
        is computed on demand and once (once for each branch of a `tf.cond`, whose tensors can't leave it).
        """
        where = None if tf.executing_eagerly() else tf.compat.v1.get_default_graph()
        if where not in self._input_gradients:
            gradient = self._scaled_gradient(self._scale)
            if self._scale != 1.0:  # a steep discriminator overflows float16 where a flat one would underflow
                finite = tf.reduce_all(tf.math.is_finite(gradient))
                if distribution.can_branch():
                    gradient = tf.cond(finite, lambda: gradient, lambda: self._scaled_gradient(1.0))
                else:  # a layer may reduce over replicas
                    gradient = self._scaled_gradient(tf.where(finite, self._scale, 1.0))
            self._input_gradients[where] = gradient
        return self._input_gradients[where]

    def _scaled_gradient(self, scale: float | Tensor) -> Tensor:
        upstream = tf.fill(tf.shape(self.logits), scale)
        if self.logits.shape.rank > 1:
            upstream /= tf.cast(tf.reduce_prod(tf.shape(self.logits)[1:]), tf.float32)
        gradient = self._tape.gradient(self.logits, self.images, output_gradients=upstream)
        if gradient is None:
            raise LookupError("the logits have no gradient with respect to the images")
        return gradient / scale


class CriticOptions(TypedDict, total=False):
    """What a pass of the discriminator is told besides what it sees; see `Critic`."""

    augmentation: Augmentation | None
    random: RandomStream
    training: bool
    moves: bool


class Critic:
    """The discriminator as a function of images alone.

    Args:
        discriminator: a Keras model from images or `[images, labels]` to logits or a dictionary of heads.
        labels: int32 classes `(batch,)` or float32 vectors `(batch, condition_dim)`, where they are taken.
        source: images `(batch, height, width, channels)` that those which are judged were made from, where they are
            taken, as the first input.
        augmentation: what images go through on their way to the discriminator, each with its source. The passes draw
            independently.
        random: the random numbers of the round, for the augmentation.
        pack: how many neighbours in the batch the discriminator judges together, joined along the last axis
            (PacGAN: Lin et al. 2018, arXiv:1712.04086, section 3).
        training: whether its layers run in training mode.
        moves: whether the first call moves the state of layers that move once an update (those with `held`, such as
            `layers.SpectralNormalization`). All other calls leave it. A term that runs a part of the discriminator by
            itself runs it under `held` where this is not so.

    Example:
    ```python
    critic = keras_gan.Critic(discriminator)
    real = critic(ops.zeros((8, 8, 8, 1)))
    r1 = ops.sum(real.input_gradient() ** 2, axis=(1, 2, 3))
    ```
    """

    def __init__(
        self,
        discriminator: keras.Model,
        labels: Tensor | None = None,
        *,
        source: Tensor | None = None,
        augmentation: Augmentation | None = None,
        random: RandomStream | None = None,
        pack: int = 1,
        training: bool = True,
        moves: bool = False,
    ) -> None:
        if augmentation is not None and random is None:
            raise InputError("`random` must be given with `augmentation`, which draws from it. Received: random=None")
        self.discriminator = discriminator
        self.labels = labels
        self.source = source
        self.augmentation = augmentation
        self.random = random
        self.pack = pack
        self.training = training
        self.moves = self._moves = moves
        self._passes = 0

    def __call__(self, images: Tensor) -> Judgement:
        """Judge `images` of shape `(batch, ...)` in one pass."""
        # Persistent: two terms under `tf.cond` may both ask for the gradient of this pass.
        with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
            tape.watch(images)
            self._passes += 1
            seen = self._packed(self._augmented(images))
            source = [] if self.source is None else [self._augmented(self.source)]
            with contextlib.nullcontext() if self._moves else held(self.discriminator):
                inputs = [*source, seen, *([] if self.labels is None else [self.labels])]
                outputs = self.discriminator(inputs if len(inputs) > 1 else seen, training=self.training)
            self._moves = False
            heads = dict(outputs) if isinstance(outputs, dict) else {"logits": outputs}
            half = computes_in_float16(self.discriminator)
            heads["logits"] = _judgements(ops.cast(heads["logits"], "float32"))
        return Judgement(images, heads, tape, _HALF_PRECISION_SCALE if half else 1.0, seen)

    def _augmented(self, images: Tensor) -> Tensor:
        if self.augmentation is None or self.random is None:
            return images
        # An image and its source draw the same numbers, which are functions of the pass and the position in the batch.
        return self.augmentation.augment(images, self.random.within(f"augmentation/{self._passes}"))

    def _packed(self, images: Tensor) -> Tensor:
        """Return `(batch / pack, ..., pack * channels)`: each row joins neighbours."""
        if self.pack == 1:
            return images
        # Not a transpose: XLA fails on its gradient inside a `tf.cond`.
        return tf.concat([images[i :: self.pack] for i in range(self.pack)], axis=-1)


def _judgements(logits: Tensor) -> Tensor:
    """Return logits without the axis of their one channel: `(batch,)`, or a map `(batch, ...)`."""
    return ops.squeeze(logits, -1) if len(logits.shape) > 1 and logits.shape[-1] == 1 else logits


@contextlib.contextmanager
def held(network: keras.Model) -> Iterator[None]:
    """Keep the layers that move once an update from moving."""
    layers = [layer for layer in walk(network) if hasattr(layer, "held")]
    for layer in layers:
        layer.held = True
    try:
        yield
    finally:
        for layer in layers:
            layer.held = False
