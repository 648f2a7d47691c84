"""Adaptive discriminator augmentation."""

import functools
import math
from collections.abc import Mapping, Sequence
from typing import Self

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.augmentation import color, frequencies, geometry
from keras_gan.augmentation.augmentation import Augmentation
from keras_gan.optimizers.cosine import Number, config_of, number_or_schedule
from keras_gan.random import RandomStream
from keras_gan.types import Config, Tensor, Variable
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_choice, check_number

_GROUPS = ("blit", "geometry", "color", "filter", "noise", "cutout")
MOST_COLORS = 4  # channels: red, green, blue, alpha
_INTERVAL = 4  # discriminator updates between two moves of p
_BAND_POWER = np.array([10.0, 1.0, 1.0, 1.0], np.float32) / 13  # of natural images, whose spectrum falls as 1/f


@register
class ADA(Augmentation):
    """Many transformations, each with probability p, and p moved so that the discriminator does not overfit.

    The sign of the overfitting is `r_t = E[sign(D(x))]` over four updates, with the logits of the (augmented) reals:
    above `target` p grows, below it p falls, by 1 in `speed` images, within [0, 1]. The groups, each image and each
    transformation by a draw of its own:

    - `blit`: mirror images, quarter turns, shifts by whole pixels up to 1/8 of the side;
    - `geometry`: scaling by 2^(0.2 N), rotation, stretching by 2^(0.2 N), shifts by 0.125 N of the side (N: a normal
      number);
    - `color`: brightness plus 0.2 N, contrast times 2^(0.5 N), mirrored lightness, hue, saturation times 2^N (the last
      two change colour images alone); of 2 and 4 channels the last is alpha, which stays;
    - `filter`: each of four bands of frequency times `2^N`; `noise`: of deviation `0.1 |N|`; `cutout`: a square of half
      the side is 0.

    Images go on beyond their edges as reflections. They are resampled bilinearly and once, where the authors' code
    doubles the resolution first. Karras et al. 2020, arXiv:2006.06676, sections 2 and 3, appendix B.

    Args:
        groups: which of the groups above; the first three are what the paper recommends. Or their shares of p, in [0,
            1], by name: `{"geometry": 1.0, "color": 0.5}` changes colours half as often.
        target: of r_t, in [-1, 1]; `None` keeps p where it is.
        speed: images in which p moves by 1, 1 or more; theirs is 500,000.
        p: the probability to begin with, in [0, 1]; with `target=None` also a Keras schedule of the discriminator's
            updates.
        name: goes before the names of what it logs: `ada_p`, `ada_target` and `ada_speed`.

    Attributes:
        current_p, current_target, current_speed: variables, saved with the GAN; a callback may assign to them.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    gan.compile("adam", "adam", augmentation=keras_gan.augmentation.ADA(speed=100_000))
    ```
    """

    def __init__(
        self,
        groups: Sequence[str] | Mapping[str, float] = ("blit", "geometry", "color"),
        target: float | None = 0.6,
        speed: float = 500_000.0,
        p: Number = 0.0,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name)
        self.shares = _shares(groups)
        self.groups = dict(self.shares) if isinstance(groups, Mapping) else list(self.shares)
        self.target = target if target is None else check_number("target", target, minimum=-1.0, maximum=1.0)
        self.speed = check_number("speed", speed, minimum=1.0)
        self.p = number_or_schedule("p", p, maximum=1.0)
        if callable(self.p) and target is not None:
            raise InputError(f"`target` must be None where `p` follows a schedule. Received: target={target!r}")
        self.current_p = self._state("current_p", float(self.p(0)) if callable(self.p) else self.p)
        self.current_target = self._state("current_target", 0.0 if target is None else target)
        self.current_speed = self._state("current_speed", speed)
        self.log_names = tuple(f"{self.name}_{quantity}" for quantity in ("p", "target", "speed"))
        # What was seen since p moved last: updates, the sum of their r_t, images.
        self.seen = self.add_weight(shape=(3,), dtype="float32", initializer="zeros", trainable=False, name="seen")

    def _state(self, name: str, value: float) -> Variable:
        initializer = keras.initializers.Constant(value)
        return self.add_weight(shape=(), dtype="float32", initializer=initializer, trainable=False, name=name)

    # The controller.

    def adapt(self, real_logits: Tensor, images: Tensor) -> None:
        """Count one discriminator update, and move p after every fourth; or after each, along its schedule."""
        if callable(self.p):
            self.seen.assign(self.seen.value + tf.constant([1.0, 0.0, 0.0]))
            self.current_p.assign(self.p(self.seen.value[0]))
        if self.target is None:
            return
        images = tf.cast(images * distribution.num_replicas(), tf.float32)
        seen = self.seen.value + tf.stack([1.0, distribution.global_mean(tf.sign(real_logits)), images])
        due = tf.cast(seen[0] >= _INTERVAL, tf.float32)
        step = tf.sign(seen[1] / seen[0] - self.current_target) * seen[2] / self.current_speed
        self.current_p.assign(tf.clip_by_value(self.current_p + due * step, 0.0, 1.0))
        self.seen.assign((1.0 - due) * seen)

    def logs(self) -> Mapping[str, Tensor]:
        """Return p, its target and its speed."""
        state = (self.current_p, self.current_target, self.current_speed)
        return {name: variable.value for name, variable in zip(self.log_names, state, strict=True)}

    def carry_over(self, other: Self) -> str:
        """Begin with the p of another, where p is moved; target, speed and schedule are those of this one."""
        if self.target is None:
            return "not the probability of ADA, which is fixed here, or follows a schedule"
        self.current_p.assign(other.current_p)
        return f"the probability of ADA, {float(self.current_p.numpy()):.2g}"

    # The pipeline.

    def augment(self, images: Tensor, random: RandomStream) -> Tensor:
        """Return the images after the transformations of the groups."""
        if "color" in self.shares and images.shape[3] > MOST_COLORS:
            raise InputError(
                "`groups` with 'color' needs 1 to 4 channels: grey, grey and alpha, RGB or RGBA. "
                f"Received: images of shape {images.shape}"
            )
        draws = {
            group: _Draw(random, tf.shape(images)[0], share * self.current_p.value)
            for group, share in self.shares.items()
        }
        if "blit" in draws or "geometry" in draws:
            height, width = images.shape[1:3]
            maps = _blits(draws["blit"], height, width) if "blit" in draws else []
            maps += _motions(draws["geometry"], height, width) if "geometry" in draws else []
            images = geometry.warp(images, functools.reduce(tf.matmul, maps))  # from the result back to the image
        if "color" in draws:
            images = color.recolor(images, _colors(draws["color"]))
        if "filter" in draws:
            images = frequencies.amplify(images, _gains(draws["filter"]))
        if "noise" in draws:
            deviation = 0.1 * tf.abs(draws["noise"].normal("noise"))[:, None, None, None]
            images += deviation * random.normal("grain", (tf.shape(images)[0], *images.shape[1:]))
        if "cutout" in draws:
            images *= _outside_of_cutout(draws["cutout"], *images.shape[1:3])
        return images

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        config = {"groups": self.groups, "target": self.target, "speed": self.speed, "p": config_of(self.p)}
        return {**super().get_config(), **config}


def _shares(groups: Sequence[str] | Mapping[str, float]) -> dict[str, float]:
    """Return the share of p by group."""
    if isinstance(groups, str) or not isinstance(groups, (Sequence, Mapping)) or not groups:
        raise InputError(f"`groups` must be a list out of {list(_GROUPS)}. Received: groups={groups!r}")
    given = groups if isinstance(groups, Mapping) else dict.fromkeys(groups, 1.0)
    return {
        check_choice("groups", group, list(_GROUPS)): check_number("groups", share, minimum=0.0, maximum=1.0)
        for group, share in given.items()
    }


class _Draw:
    """The random parameters of one pass, `(batch,)` each: drawn with probability p, neutral otherwise."""

    def __init__(self, random: RandomStream, rows: Tensor, p: Tensor) -> None:
        self.p = p
        self._random = random
        self._rows = rows

    def values(self, name: str, count: int, p: Tensor | None = None) -> tuple[Tensor, list[Tensor]]:
        """Return whether the transformation is applied, and `count` numbers in (0, 1)."""
        gate, *values = tf.unstack(self._random.uniform(name, (self._rows, 1 + count)), axis=1)
        return gate < (self.p if p is None else p), values

    def uniform(self, name: str, neutral: float, p: Tensor | None = None) -> Tensor:
        """Return a number in (0, 1), or `neutral`."""
        applied, (value,) = self.values(name, 1, p)
        return tf.where(applied, value, neutral)

    def normal(self, name: str) -> Tensor:
        """Return a standard normal number, or 0."""
        applied, (value,) = self.values(name, 1)
        return tf.where(applied, tf.math.ndtri(value), 0.0)

    def factor(self, name: str, octaves: float) -> Tensor:
        """Return 2^(octaves N), or 1."""
        return 2.0 ** (octaves * self.normal(name))


def _blits(draw: _Draw, height: int, width: int) -> list[Tensor]:
    mirror = 1.0 - 2.0 * tf.floor(2.0 * draw.uniform("mirror", 0.0))
    turns = tf.floor(4.0 * draw.uniform("quarter_turns", 0.0))
    right = tf.round((2.0 * draw.uniform("right", 0.5) - 1.0) * width / 8)
    down = tf.round((2.0 * draw.uniform("down", 0.5) - 1.0) * height / 8)
    return [
        geometry.scaling(mirror, tf.ones_like(mirror)),
        geometry.rotation(turns * math.pi / 2),
        geometry.translation(right, down),
    ]


def _motions(draw: _Draw, height: int, width: int) -> list[Tensor]:
    scale, stretch = draw.factor("scale", 0.2), draw.factor("stretch", 0.2)
    once = 1.0 - tf.sqrt(1.0 - draw.p)  # rotated before or after stretching with probability p in all
    before, after = (math.pi * (2.0 * draw.uniform(name, 0.5, once) - 1.0) for name in ("before", "after"))
    right, down = draw.normal("fraction_right"), draw.normal("fraction_down")
    return [
        geometry.scaling(scale, scale),
        geometry.rotation(before),
        geometry.scaling(stretch, 1.0 / stretch),
        geometry.rotation(after),
        geometry.translation(0.125 * width * right, 0.125 * height * down),
    ]


def _colors(draw: _Draw) -> Tensor:
    """Return the maps of colours, combined; what is applied last stands first."""
    return functools.reduce(
        tf.matmul,
        [
            color.saturation(draw.factor("saturation", 1.0)),
            color.hue(math.pi * (2.0 * draw.uniform("hue", 0.5) - 1.0)),
            color.luma_flip(tf.floor(2.0 * draw.uniform("luma", 0.0))),
            color.contrast(draw.factor("contrast", 0.5)),
            color.brightness(0.2 * draw.normal("brightness")),
        ],
    )


def _gains(draw: _Draw) -> Tensor:
    """Return the gain of each band: each in its turn amplified, and all scaled to keep the expected power."""
    gains = tf.ones([1, frequencies.BANDS])
    for band in range(frequencies.BANDS):
        amplified = tf.one_hot(band, frequencies.BANDS) * (draw.factor(f"band_{band}", 1.0)[:, None] - 1.0) + 1.0
        power = tf.reduce_sum(_BAND_POWER * tf.square(amplified), axis=1, keepdims=True)
        gains *= amplified / tf.sqrt(power)
    return gains


def _outside_of_cutout(draw: _Draw, height: int, width: int) -> Tensor:
    """Return 0 inside the hidden squares and 1 outside, `(batch, height, width, 1)`."""
    applied, (down, right) = draw.values("cutout", 2)
    rows, columns = (
        tf.abs((tf.range(side, dtype=tf.float32) + 0.5) / side - centre[:, None]) < 0.25
        for side, centre in ((height, down), (width, right))
    )
    hidden = applied[:, None, None, None] & rows[:, :, None, None] & columns[:, None, :, None]
    return tf.cast(~hidden, tf.float32)
