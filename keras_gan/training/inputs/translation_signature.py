"""What the networks of a translation agree on, read from the networks themselves."""

from dataclasses import dataclass
from typing import Self

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.conditions import Condition
from keras_gan.training.game.signature import NOT_NEGATIVE, check_apart, check_logits, not_dark, symbolic_output
from keras_gan.training.inputs.batches import check_samples, fits
from keras_gan.types import Shape, Tensor
from keras_gan.utils.networks import check_sizes, last_function
from keras_gan.utils.pixel_range import MOST, normalize
from keras_gan.utils.validation import InputError

SIDE = 64  # pixels of what networks for any side are tried with


class Targets(Condition):
    """What goes with a source: the image that it should become.

    Args:
        shape: of one, `(height, width, channels)`; `None` for a side that may be any.
    """

    dtype, argument, kind = "float32", "targets", "images"
    missing = "A translation needs pairs: `fit(sources, targets)`. Received: sources without targets"

    def __init__(self, shape: Shape) -> None:
        self.shape = shape

    @property
    def label_shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """The shape of one; sides that may be any are those of a trial."""
        return tuple(side or SIDE for side in self.shape)

    def takes(self, shape: Shape) -> bool:
        """Return whether images of this shape are such."""
        return fits(shape[1:], self.shape)

    def cast(self, labels: Tensor) -> Tensor:
        """Return a batch as float32 in [-1, 1]."""
        return normalize(labels)

    def check(self, argument: str, labels: ArrayLike, count: int) -> np.ndarray:
        """Return the images of `count` pairs as they are."""
        images = np.asarray(labels)
        sides = ", ".join("any" if side is None else str(side) for side in self.shape)
        if len(images) != count:
            raise InputError(f"Targets must be as many as sources, {count}. Received: {len(images)}")
        wanted = f"Targets must have the shape that the generator makes, (batch, {sides}). Received: shape"
        check_samples(images, self.shape, True, "Targets", wanted)
        return images

    def judge(self, labels: Tensor) -> tuple[Tensor, str, tuple[str | Tensor, ...]]:
        """Judge their range."""
        values = normalize(labels)
        received = (tf.reduce_min(values), "to", tf.reduce_max(values))
        right = tf.reduce_all(tf.abs(values) <= MOST)
        return right, "Targets must be finite and in [-1, 1]. Received: values from", received

    def in_turn(self, first: int | Tensor, rows: int | Tensor) -> Tensor:
        """Return noise."""
        noise = np.random.default_rng(int(first)).uniform(-1.0, 1.0, (int(rows), *self.label_shape))
        return tf.constant(noise, tf.float32)

    def shown(self, rows: int | None) -> list[np.ndarray]:
        """Return noise."""
        return [*np.asarray(self.in_turn(0, rows or 1))]


@dataclass(frozen=True)
class TranslationSignature:
    """What the two networks of a translation agree on.

    Attributes:
        data_shape: of a source, `(height, width, channels)`; `None` for a side that may be any.
        sample_shape: of a target, likewise.
        discriminator_takes_source: whether it judges pairs, or targets alone.
    """

    data_shape: Shape
    sample_shape: Shape
    discriminator_takes_source: bool

    @property
    def condition(self) -> Targets:
        """What goes with a source: its target."""
        return Targets(self.sample_shape)

    num_classes = None
    is_image = True

    @classmethod
    def of(cls, generator: keras.Model, discriminator: keras.Model) -> Self:
        """Read the signature from the networks.

        Raises:
            InputError: a network is not a built Keras model, or the two do not fit.
        """
        (source,) = _images_of("generator", generator, 1)
        *given, judged = _images_of("discriminator", discriminator, 2)
        check_sizes("generator", generator)
        check_sizes("discriminator", discriminator)
        check_apart(generator, discriminator)
        output = symbolic_output(generator)
        made = tuple(getattr(output, "shape", ()))
        if len(made) != 4 or not _meet(made, judged):
            raise InputError(
                "What the generator makes must be images, (batch, height, width, channels), which the discriminator "
                f"takes. Received: a generator that makes {made or None} and a discriminator that takes {judged}"
            )
        if given and not _meet(given[0], source):
            raise InputError(
                "The discriminator's first input must be the sources that the generator takes, where it has two. "
                f"Received: a generator that takes {source} and a discriminator that takes {given[0]}"
            )
        check_logits(discriminator)
        if last_function(output) in NOT_NEGATIVE:
            raise InputError(not_dark(f"activation={last_function(output)!r}"))
        sides = tuple(a or b for a, b in zip(made[1:], judged[1:], strict=True))
        return cls(source[1:], sides, bool(given))


def _images_of(argument: str, network: object, most: int) -> list[Shape]:
    inputs = getattr(network, "inputs", None)
    shapes = [tuple(tensor.shape) for tensor in inputs or ()]
    if not isinstance(network, keras.Model) or not 1 <= len(shapes) <= most or {len(s) for s in shapes} != {4}:
        kind = "images" if most == 1 else "images, or [sources, images]"
        raise InputError(
            f"`{argument}` must be a functional Keras model of {kind}, each (batch, height, width, channels). "
            f"Received: {argument}={network!r} with inputs {shapes}"
        )
    return shapes


def _meet(one: Shape, other: Shape) -> bool:
    """Return whether two shapes are the same where both are known."""
    return all(None in (a, b) or a == b for a, b in zip(one, other, strict=True))
