"""What the latent spaces of a generator share: points in them, and the images of points."""

import functools
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as FilePath
from typing import TypeAlias

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.conditions import Classes
from keras_gan.metrics.cache import read_arrays, write_arrays
from keras_gan.training.sampling_model import SamplingModel
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_integer

Path: TypeAlias = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""Points between two sets of points `(n, ...)`, at fractions that broadcast to `(n, 1, ...)`: `slerp` or `lerp`."""

_MEASURED = 4096  # points whose mean and deviation are those of the space


@dataclass(frozen=True)
class Points:
    """Points of a latent space, with what the generator is told at each of them.

    Attributes:
        values: float32, `(n, latent_dim)` of Z, `(n, 1, width)` or `(n, num_styles, width)` of W.
        conditions: float32 `(n, k)`: vectors, or the weights of classes, of which a class has one that is 1. `None`
            where the generator is told nothing, and in W, whose points have it in them.
        truncation: by which they were drawn; the batch normalization of a moving average has the statistics of such
            samples. `None` for none, and for points of several.

    Example:
    ```python
    points = keras_gan.exploration.ZSpace(gan).points(seeds=[3, 17, 25])
    print(points.values.shape, len(points[1:]))
    ```
    """

    values: np.ndarray
    conditions: np.ndarray | None = None
    truncation: float | None = None

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: slice | Sequence[int] | np.ndarray) -> "Points":
        told = None if self.conditions is None else self.conditions[rows]
        return replace(self, values=self.values[rows], conditions=told)

    @classmethod
    def joined(cls, parts: Sequence["Points"]) -> "Points":
        """Return the points of several parts, one after another."""
        told = [part.conditions for part in parts if part.conditions is not None]
        values = np.concatenate([part.values for part in parts])
        return cls(values, np.concatenate(told) if told else None, cls.common_truncation(parts))

    @staticmethod
    def common_truncation(parts: Sequence["Points"]) -> float | None:
        """Return the truncation that all parts have; `None` where they have several."""
        found = {part.truncation for part in parts}
        return found.pop() if len(found) == 1 else None

    def save(self, file: str | os.PathLike[str]) -> None:
        """Write them to an `.npz`, complete or not at all."""
        told = {} if self.conditions is None else {"conditions": self.conditions}
        if self.truncation is not None:
            told["truncation"] = np.asarray(self.truncation, np.float64)
        write_arrays(FilePath(file), {"values": self.values, **told})

    @classmethod
    def load(cls, file: str | os.PathLike[str]) -> "Points":
        """Return what `save` wrote.

        Raises:
            InputError: the file is no such, or its numbers are no points.
        """
        arrays = read_arrays(FilePath(file)) or {}
        values, told, truncation = (arrays.get(name) for name in ("values", "conditions", "truncation"))
        if values is None or any(each.dtype.kind != "f" for each in arrays.values()):
            raise InputError(f"`points` must be a file that `Points.save` wrote. Received: {file}")
        fits = told is None or (told.ndim == 2 and len(told) == len(values))
        fits = fits and (truncation is None or truncation.ndim == 0)
        if values.ndim not in (2, 3) or not len(values) or not fits:
            raise InputError(f"`points` must hold some, with as many conditions. Received: {file}")
        if not all(np.isfinite(each).all() for each in arrays.values()):
            raise InputError(f"`points` must be finite. Received: {file}")
        return cls(
            values.astype(np.float32),
            None if told is None else told.astype(np.float32),
            None if truncation is None else float(truncation),
        )

    def moved(self, direction: np.ndarray, by: float) -> "Points":
        """Return the points moved along a direction of their last axis."""
        return replace(self, values=(self.values + by * direction).astype(np.float32))


class LatentSpace(ABC):
    """A space whose points a generator makes images of: `ZSpace`, of the latents, or `WSpace`, of the styles.

    Args:
        gan: what samples.

    Attributes:
        gan: likewise.
        sampler: of the moving average that is sampled when the space is made.
        path: what leads from a point to another: `slerp` where the points lie on a sphere, else `lerp`.

    Example:
    ```python
    space = keras_gan.exploration.ZSpace(gan)
    images = space.images(space.points(seeds=[3, 17]))  # (2, 8, 8, 1)
    ```
    """

    path: Path

    def __init__(self, gan: SamplingModel) -> None:
        if not isinstance(gan, SamplingModel):
            raise InputError(f"`gan` must be one that samples, as keras_gan.GAN. Received: a {type(gan).__name__}")
        self.gan = gan
        self.sampler = gan.sampler  # of the average that is sampled now, whichever is later

    @abstractmethod
    def points(self, seeds: Sequence[int], labels: ArrayLike | None = None, truncation: float | None = None) -> Points:
        """Return the points of the images of `gan.sample(seed=seeds, labels=labels, truncation=truncation)`."""

    @abstractmethod
    def generate(self, values: Tensor, told: Tensor | None) -> Tensor:
        """Return float32 images of values, in the graph; `told` is what the generator takes for labels."""

    @abstractmethod
    def first_weights(self) -> np.ndarray:
        """Return the matrix of the layers that see the points first, `(columns of a point, outputs)`."""

    def images(self, points: Points, batch_size: int = 256) -> np.ndarray:
        """Return what the generator makes of points: float32 `(n, height, width, channels)` in [-1, 1]."""
        check_integer("batch_size", batch_size)
        made = np.empty((len(points), *self.gan.sample_shape), np.float32)
        with self.sampler.truncated(points.truncation):
            for first in range(0, len(points), batch_size):
                part = points[first : first + batch_size]
                made[first : first + len(part)] = self._made(part)
        return made

    def _made(self, points: Points) -> np.ndarray:
        told = self.told(points.conditions)
        images: np.ndarray = self._compiled(tf.constant(points.values), told).numpy()
        return images

    @functools.cached_property
    def _compiled(self) -> Callable[[Tensor, Tensor | None], Tensor]:
        return tf.function(self.generate, reduce_retracing=True, autograph=False)

    def told(self, conditions: np.ndarray | None) -> Tensor | None:
        """Return conditions as the generator takes them: vectors as they are, of classes their numbers."""
        if conditions is None:
            return None
        if isinstance(self.gan.signature.condition, Classes):
            return tf.constant(conditions.argmax(axis=1), tf.int32)
        return tf.constant(conditions, tf.float32)

    def labels_of(self, seeds: Sequence[int], labels: ArrayLike | None) -> np.ndarray | None:
        """Return the labels of the images of seeds: those that are given, or those whose turn it is."""
        condition = self.gan.signature.condition
        if condition is None:
            if labels is not None:
                raise InputError("`labels` are for networks that take labels; these take none. Received: labels")
            return None
        return condition.asked(len(seeds), labels, [*seeds])

    @functools.cached_property
    def spread(self) -> tuple[np.ndarray, float]:
        """The mean of the points, of the shape of one, and the deviation of a column."""
        values = self.points(range(_MEASURED)).values
        mean = values.mean(axis=0)
        return mean, float(np.sqrt(np.mean((values - mean) ** 2)))
