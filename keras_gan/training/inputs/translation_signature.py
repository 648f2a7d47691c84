"""What the networks of a translation agree on, read from the networks themselves."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Self

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.conditions import Condition
from keras_gan.training.game.signature import NOT_NEGATIVE, check_apart, check_logits, not_dark, symbolic_output
from keras_gan.types import Shape, Tensor
from keras_gan.utils.networks import check_sizes, last_function
from keras_gan.utils.samples import check_samples, fits
from keras_gan.utils.uint8 import MOST, normalize
from keras_gan.utils.validation import InputError

_SIDES = (64, 128, 256, 512, 1024)  # pixels of what networks for any side are tried with: the first that they can take


class Targets(Condition):
    """What goes with a source: the image that it should become.

    Args:
        shape: of one, `(height, width, channels)`; `None` for a side that may be any.
        side: that such a side has in a trial.
    """

    dtype, argument, kind = "float32", "targets", "images"
    missing = "A translation needs pairs: `fit(sources, targets)`. Received: sources without targets"

    def __init__(self, shape: Shape, side: int = _SIDES[0]) -> None:
        self.shape = shape
        self._side = side

    @property
    def label_shape(self) -> tuple[int, ...]:  # type: ignore[override]
        """The shape of one; sides that may be any are those of a trial."""
        return tuple(side or self._side for side in self.shape)

    def takes(self, shape: Shape) -> bool:
        """Return whether images of this shape are such."""
        return fits(shape[1:], self.shape)

    def cast(self, labels: Tensor) -> Tensor:
        """Return a batch as float32 in [-1, 1]."""
        return normalize(labels)

    def check(self, argument: str, labels: ArrayLike, count: int) -> np.ndarray:
        """Return the images of `count` pairs as they are."""
        images = np.asarray(labels)
        if len(images) != count:
            raise InputError(f"Targets must be as many as sources, {count}. Received: {len(images)}")
        check_samples("Targets", images, self.shape, is_image=True, whose="the generator makes")
        return images

    def judge(self, labels: Tensor) -> tuple[Tensor, str, tuple[str | Tensor, ...]]:
        """Judge their range."""
        values = normalize(labels)
        received = (tf.reduce_min(values), "to", tf.reduce_max(values))
        right = tf.reduce_all(tf.abs(values) <= MOST)
        return right, "Targets must be finite and in [-1, 1]. Received: values from", received

    def at(self, turns: Tensor) -> Tensor:
        """Return noise."""
        noise = np.random.default_rng(int(turns[0])).uniform(-1.0, 1.0, (len(turns), *self.label_shape))
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
        made: from the shape of a batch of sources to that of what is made of it; `None` where the two are no pairs, and
            any may come together.
        side: that a side which may be any has in a trial.
    """

    data_shape: Shape
    sample_shape: Shape
    discriminator_takes_source: bool
    made: Callable[[Shape], Shape] | None = field(default=None, compare=False, repr=False)
    side: int = _SIDES[0]

    @property
    def condition(self) -> Targets:
        """What goes with a source: its target."""
        return Targets(self.sample_shape, self.side)

    def check_together(self, sources: Shape, targets: Shape) -> None:
        """Raise unless targets of a shape can be the partners of sources of another.

        Raises:
            InputError: the generator makes other sides of these sources; or there are no pairs, and sides differ.
        """
        if None in (*sources[1:], *targets[1:]):
            return
        if self.made is None:
            if sources[1:3] != targets[1:3]:
                raise InputError(
                    f"Images of both domains must have the same sides. Received: {sources[1:3]} and {targets[1:3]}"
                )
            return
        wanted = tuple(self.made(tuple(sources)))
        if not fits(tuple(targets[1:]), wanted[1:]):
            raise InputError(
                f"Targets must have the sides that the generator makes of the sources, {wanted[1:3]}. "
                f"Received: sources of {tuple(sources[1:])}, and targets of {tuple(targets[1:])}"
            )

    def images_among(self, inputs: Sequence[keras.KerasTensor]) -> list[keras.KerasTensor]:
        """Return what of a discriminator's inputs is judged: all, with the source where it takes it."""
        return [*inputs]

    num_classes = None
    is_image = True

    @property
    def domains(self) -> Collection[str]:
        """Which data of two domains it takes: without pairs, pairs too, taken apart."""
        return ("paired",) if self.made is not None else ("paired", "unpaired")

    @classmethod
    def of(cls, generator: keras.Model, discriminator: keras.Model, paired: bool = True) -> Self:
        """Read the signature from the networks, of pairs or of images that do not belong together.

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
        if given and not paired:
            raise InputError(
                "The discriminator must judge single images, as there are no pairs. "
                f"Received: {discriminator.name!r} of two inputs"
            )
        check_logits(discriminator)
        if last_function(output) in NOT_NEGATIVE:
            raise InputError(not_dark(f"activation={last_function(output)!r}"))
        sides = tuple(a or b for a, b in zip(made[1:], judged[1:], strict=True))
        made_of = generator.compute_output_shape if paired else None
        return cls(source[1:], sides, bool(given), made_of, _side(generator, discriminator))


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


def _side(generator: keras.Model, discriminator: keras.Model) -> int:
    """Return the pixels a side of images that both networks can take, where they may be any."""
    for side in _SIDES:
        source, *_ = ((1, *(known or side for known in tensor.shape[1:])) for tensor in generator.inputs)
        try:
            made = generator.compute_output_shape(source)
            judged = discriminator.compute_output_shape(made if len(discriminator.inputs) == 1 else [source, made])
        except ValueError:  # of a layer that is left with no pixels
            continue
        if all(0 not in shape for shape in _shapes(judged)):
            return side
    return _SIDES[0]


def _shapes(output: Shape | dict[str, Shape]) -> list[Shape]:
    return [*output.values()] if isinstance(output, dict) else [output]


def _meet(one: Shape, other: Shape) -> bool:
    """Return whether two shapes are the same where both are known."""
    return all(None in (a, b) or a == b for a, b in zip(one, other, strict=True))
