"""From a picture back to the point that a generator makes it of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike
from scipy.spatial.distance import cdist

from keras_gan.exploration.latent_space import LatentSpace, Points
from keras_gan.types import Tensor
from keras_gan.utils.progress import Progress
from keras_gan.utils.samples import check_samples
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import MAX_SEED, InputError, check_integer, check_number, check_seed

_CANDIDATES = 1024  # points among which a search begins
_NUMBERS = 2**24  # of the images that are made at once
_AT_ONCE = 10  # steps of one call of the graph
_LEAST = 0.01  # of the rate, at the end


@dataclass(frozen=True)
class Projection:
    """Where pictures were found.

    Attributes:
        points: one a picture.
        images: what the generator makes of them, float32 `(n, height, width, channels)`.
        errors: the mean squared error of each, of values in [-1, 1], float64 `(n,)`.

    Example:
    ```python
    space = keras_gan.exploration.ZSpace(gan)
    found = keras_gan.exploration.project(space, gan.sample(1, seed=5), steps=10, starts=1, verbose=0)
    print(found.points.values.shape, found.images.shape, found.errors)
    ```
    """

    points: Points
    images: np.ndarray
    errors: np.ndarray


def project(
    space: LatentSpace,
    images: ArrayLike,
    labels: ArrayLike | None = None,
    steps: int = 500,
    starts: int = 8,
    learning_rate: float = 0.1,
    seed: int = 0,
    verbose: int | str = "auto",
) -> Projection:
    """Search the points whose images are nearest to pictures, in mean squared error, by Adam.

    Of 1,024 random points the `starts` whose images are nearest begin, each on its own, and the best of their ends is
    taken. The rate falls to a hundredth by a cosine. A picture that the generator can't make ends at the nearest that
    it can. Not restricted to likely points: `points.values` of Z that are far longer than `sqrt(latent_dim)` tell of a
    picture that it does not know.

    As projection in Karras et al. 2020, arXiv:1912.04958, section 5 and appendix D, by pixels in place of features, and
    without its noise: a search from several points does what that is for.

    Args:
        space: `ZSpace`, or `WSpace`, where a point has one style for all places.
        images: `(n, height, width, channels)`, uint8, or floating point in [-1, 1].
        labels: what the generator is told, as in `GAN.sample`; required of one that is told anything.
        steps: of each search.
        starts: searches a picture.
        learning_rate: of Adam, in deviations of the space's points.
        seed: of the random points.
        verbose: how to show how far it is: 0, 1, 2 or `"auto"`, as in Keras.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    from keras_gan import exploration

    space = exploration.ZSpace(gan)
    found = exploration.project(space, gan.sample(2, seed=5), steps=20, starts=2)
    print(found.errors)  # two mean squared errors
    ```
    """
    check_integer("steps", steps)
    check_integer("starts", starts, maximum=_CANDIDATES)
    check_number("learning_rate", learning_rate, minimum=1e-6)
    wanted = _checked(space, images)
    begun = _begun(space, wanted, _labels(space, labels, len(wanted)), starts, check_seed("seed", seed))
    groups = _blocks(len(wanted), starts * wanted[0].size)
    progress = Progress(verbose, unit="steps", doing="projecting")
    progress.expect(steps * len(groups))
    ends = []
    for group in groups:
        own = slice(group.start * starts, group.stop * starts)
        search = _Search(space, np.repeat(wanted[group], starts, axis=0), begun[own], learning_rate, steps)
        for first in range(0, steps, _AT_ONCE):
            count = min(_AT_ONCE, steps - first)
            search.run(tf.constant(count))
            progress.add(count)
        ends.append(search.ends(starts))
    points = Points.joined(ends)
    made = space.images(points)
    errors = np.mean((made.astype(np.float64) - wanted) ** 2, axis=tuple(range(1, made.ndim)))
    progress.finish({"mean squared error": float(errors.mean())})
    return Projection(points, made, errors)


class _Search:
    """Points that move so that their images come nearer to others, each on its own, and the best that each has been.

    Args:
        space: whose points they are.
        wanted: the images, `(n, ...)`.
        start: as many points.
        rate: of Adam at the beginning, in deviations.
        steps: after which it has fallen.
    """

    def __init__(self, space: LatentSpace, wanted: np.ndarray, start: Points, rate: float, steps: int) -> None:
        self._space, self._told, self._conditions = space, space.told(start.conditions), start.conditions
        self._wanted = tf.constant(wanted, tf.float32)
        self._deviation = space.spread[1]
        self._start = tf.constant(start.values)
        self._moved = keras.Variable(np.zeros_like(start.values), dtype="float32", name="moved")
        self.best = tf.Variable(start.values)
        self.errors = tf.Variable(np.full(len(start), np.inf), dtype=tf.float32)
        schedule = keras.optimizers.schedules.CosineDecay(rate, steps, alpha=_LEAST)
        self._adam = keras.optimizers.Adam(schedule, beta_1=0.9, beta_2=0.999)
        self._adam.build([self._moved])
        self.run: Callable[[Tensor], None] = tf.function(self._run, autograph=False)

    def ends(self, starts: int) -> Points:
        """Return of each `starts` neighbours the point that came nearest."""
        errors = self.errors.numpy().reshape(-1, starts)
        rows = np.arange(len(errors)) * starts + errors.argmin(axis=1)
        return Points(self.best.numpy(), self._conditions)[rows]

    def _run(self, steps: Tensor) -> None:
        tf.while_loop(lambda done: done < steps, self._step, [0])

    def _step(self, done: Tensor) -> list[Tensor]:
        with tf.GradientTape() as tape:
            values = self._start + self._deviation * tf.convert_to_tensor(self._moved)
            made = self._space.generate(values, self._told)
            errors = tf.reduce_mean(tf.square(made - self._wanted), axis=[*range(1, made.shape.rank)])
            loss = tf.reduce_sum(errors)  # of rows that have nothing to do with each other
        better = errors < self.errors
        self.best.assign(tf.where(tf.reshape(better, [-1, *[1] * (values.shape.rank - 1)]), values, self.best))
        self.errors.assign(tf.minimum(errors, self.errors))
        self._adam.apply([tape.gradient(loss, self._moved.value)], [self._moved])
        return [done + 1]


def _checked(space: LatentSpace, images: ArrayLike) -> np.ndarray:
    given = np.asarray(images)
    check_samples("`images`", given, space.gan.sample_shape, space.gan.signature.is_image, generated=True)
    return np.asarray(normalize(given))


def _labels(space: LatentSpace, labels: ArrayLike | None, count: int) -> np.ndarray | None:
    condition = space.gan.signature.condition
    if condition is not None and labels is None:
        raise InputError(f"`labels` must say what the pictures are, {count} or one for all. Received: labels=None")
    return space.labels_of(range(count), labels)


def _begun(space: LatentSpace, wanted: np.ndarray, labels: np.ndarray | None, starts: int, seed: int) -> Points:
    """Return the points where the searches begin, `starts` for each picture, one picture after another."""
    seeds = np.random.default_rng(seed).integers(0, MAX_SEED, _CANDIDATES).tolist()
    kinds: Sequence[ArrayLike | None] = [None]
    kind_of = np.zeros(len(wanted), np.int64)
    if labels is not None:
        different, kind_of = np.unique(labels, axis=0, return_inverse=True)
        kinds = [*different]
    found: list[Points] = [Points(np.zeros(0))] * len(wanted)
    for number, kind in enumerate(kinds):
        candidates = space.points(seeds, kind)
        rows = np.flatnonzero(kind_of.reshape(-1) == number)
        flat = wanted[rows].reshape(len(rows), -1)
        parts = (candidates[block] for block in _blocks(_CANDIDATES, wanted[0].size))
        far = [cdist(flat, space.images(part).reshape(len(part), -1), "sqeuclidean") for part in parts]
        for row, distances in zip(rows, np.concatenate(far, axis=1), strict=True):
            found[row] = candidates[distances.argsort(kind="stable")[:starts]]
    return Points.joined(found)


def _blocks(count: int, numbers: int) -> list[slice]:
    """Return the parts of so many rows that are made at once, of which each has so many numbers."""
    size = max(_NUMBERS // numbers, 1)
    return [slice(first, min(first + size, count)) for first in range(0, count, size)]
