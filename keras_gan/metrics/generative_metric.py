"""The base of the metrics of generated against real samples."""

import os
from pathlib import Path
from typing import Any, TypedDict

import keras
import numpy as np
from numpy.typing import ArrayLike

from keras_gan.metrics.cache import read_arrays, write_arrays
from keras_gan.metrics.features.model_features import ExtractorLike, as_extractor
from keras_gan.metrics.real_side import Memory, RealSide, Stage, Value
from keras_gan.metrics.samples import as_samples, check_count, check_features, check_labels, check_needed
from keras_gan.metrics.statistics.accumulators import State
from keras_gan.types import Config
from keras_gan.utils.keras_private import set_direction
from keras_gan.utils.registry import snake_case
from keras_gan.utils.validation import InputError, check_integer

_NO_SETTINGS = ("extractor", "cache_dir", "name")  # where numbers come from and go to, not what is computed


class Arguments(TypedDict, total=False):
    """What the members hand on to `GenerativeMetric` as it is."""

    num_real: int | None
    num_fake: int | None
    cache_dir: str | os.PathLike[str] | None
    name: str | None


class GenerativeMetric(keras.metrics.Metric):
    """Something measured of generated samples against real ones.

    `update_real` and `update_fake` take batches one after another, in host memory and eagerly: they run the extractor,
    compiled, and add to what the metric remembers. `result()` computes the number once and keeps it until more comes.
    `details()` adds what makes the number comparable: the counts, the extractor, the settings. `reset_state()` forgets
    the generated side, and the real one unless it was finished under a key.

    Images are uint8 in 0..255 or floats in [-1, 1], channels last. Floats are rounded to 8 bits first, as if the images
    had been saved, so both kinds give the same numbers as images read from files. Vectors are `(n, d)`, any range;
    sequences and volumes are vectors to a metric without an extractor. A member defines `new_state` and `compute`.

    Args:
        extractor: a `FeatureExtractor`, a Keras model, the path of one or a function; `None` compares the samples as
            they are, which only some metrics do with images.
        num_real: how many real samples are taken; further ones are passed over, fewer are an error of `result`.
            `None` for all that come.
        num_fake: the same of generated samples.
        cache_dir: a directory in which the real side is kept under the digest of the data, the extractor and the
            settings; `None` to keep it in memory only.
        name: in the logs; by default the class's name in snake case.

    Attributes:
        head: which of the extractor's heads is read.
        least: the fewest samples of a side that there is a result for.
        needs_real: whether there must be real samples.
        needs_labels: `"classes"` or `"vectors"`: what generated samples must come with; `None` for either or none.
        takes_images: whether images can do without an extractor.
        result_names: the names of the numbers that `result` returns, if there are several.
        improves: `"down"` or `"up"`: which way is better, for callbacks with `mode="auto"`.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    metric = keras_gan.metrics.FrechetDistance(num_fake=500)
    data = keras_gan.data.gaussian_mixture("ring", num_samples=1000)
    for epoch in range(3):
        metric.reset_state()
        if metric.start_real(data.digest):  # not where these data are remembered
            metric.update_real(data.examples)
            metric.finish_real()
        metric.update_fake(np.random.default_rng(epoch).normal(size=(500, 2)))
        print(metric.details())
    ```
    """

    head: str = "features"
    least: int = 1
    needs_real: bool = True
    needs_labels: str | None = None
    takes_images: bool = False
    improves: str | None = None
    result_names: tuple[str, ...] = ()

    def __init__(
        self,
        extractor: ExtractorLike | None = None,
        *,
        num_real: int | None = None,
        num_fake: int | None = None,
        cache_dir: str | os.PathLike[str] | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(name=name or snake_case(type(self).__name__), dtype="float64")
        self.extractor = as_extractor(extractor)
        self.num_real = num_real if num_real is None else check_integer("num_real", num_real, minimum=2)
        self.num_fake = num_fake if num_fake is None else check_integer("num_fake", num_fake, minimum=2)
        self.cache_dir = None if cache_dir is None else os.fspath(cache_dir)
        if self.improves is not None:
            set_direction(self, self.improves)
        self._memory = Memory()

    @property
    def log_names(self) -> tuple[str, ...]:
        """The names under which `result` is logged: those of its parts, or else the metric's."""
        return self.result_names or (self.name,)

    def new_state(self, side: str) -> State:
        """Return an empty state for the `"real"` or the `"fake"` side."""
        raise NotImplementedError

    def compute(self, real: Any, fake: Any) -> tuple[Value, dict[str, Any]]:  # of the kind that `new_state` returns
        """Return the result, a number or several by name, and what `details` says beside it."""
        raise NotImplementedError

    # Feeding.

    def update_real(self, samples: ArrayLike, labels: ArrayLike | None = None) -> None:
        """Take in real samples, `(n, h, w, c)` or `(n, d)`, and optionally their labels, `(n,)` or vectors `(n, k)`."""
        self._update("real", samples, labels)

    def update_fake(self, samples: ArrayLike, labels: ArrayLike | None = None) -> None:
        """Take in generated samples, and the labels that they were asked for."""
        self._update("fake", samples, labels)

    def update_state(
        self,
        real: ArrayLike,
        fake: ArrayLike,
        real_labels: ArrayLike | None = None,
        fake_labels: ArrayLike | None = None,
    ) -> None:
        """Take in samples of both sides."""
        self.update_real(real, real_labels)
        self.update_fake(fake, fake_labels)

    def _update(self, side: str, samples: ArrayLike, labels: ArrayLike | None) -> None:
        checked = as_samples(side, samples)
        integers = None if labels is None else check_labels(labels, len(checked))
        self.add(side, self.extract(checked[: self.remaining(side)]), integers)

    def extract(self, samples: np.ndarray) -> np.ndarray:
        """Return what `add` takes, the features of uint8 images `(n, h, w, c)` or float vectors `(n, d)`."""
        if self.extractor is not None:
            return self.extractor(samples, self.head)
        if samples.ndim == 4 and not self.takes_images:
            raise InputError(
                "`extractor` must be given for images: distances of pixels do not follow the eye. "
                f"Received: {type(self).__name__}(extractor=None) and images of shape {samples.shape}"
            )
        return samples.reshape(len(samples), -1) if samples.ndim in (3, 5) else samples

    def add(self, side: str, rows: np.ndarray, labels: np.ndarray | None = None) -> None:
        """Take in what `extract` returned, `(n, ...)`, and the labels of the samples, at most `remaining` of them.

        `feed` calls this with what one extractor gave for several metrics.
        """
        memory, wanted = self._memory, self.remaining(side)
        if side == "real" and memory.real.stage is not Stage.OPEN:
            raise InputError("`update_real` must not follow `finish_real`: call `start_real` or `reset_real` first.")
        check_needed(type(self).__name__, self.needs_labels, side, labels)
        check_features(side, rows, memory.shape)
        rows, labels = rows[:wanted], labels if labels is None else labels[:wanted]
        if not len(rows):
            return
        self._state(side).add(rows, labels)
        memory.shape, memory.outcome = rows.shape[1:], None

    def remaining(self, side: str) -> int | None:
        """Return how many more samples a side takes; `None` if that has no bound."""
        limit = self.num_real if side == "real" else self.num_fake
        return None if limit is None else limit - self._state(side).count

    def _require(self, least: int) -> None:
        """Let there be no result for fewer samples than these, which a member's arguments ask for."""
        self.least = least
        for name in ("num_real", "num_fake"):
            if getattr(self, name) is not None:
                check_integer(name, getattr(self, name), minimum=least)

    def _state(self, side: str) -> State:
        """Return what is remembered of a side; made when first asked for, since a member's arguments decide it."""
        if side not in self._memory.sides:
            self._memory.sides[side] = self.new_state(side)
        return self._memory.sides[side]

    # The real side.

    def start_real(self, key: str | None = None) -> bool:
        """Begin a real side and return whether it has to be fed.

        Args:
            key: what identifies the data, such as `data.digest`; `None` if nothing does: they are then never kept.
                Nor are they where the extractor's digest is another by now.
        """
        memory = self._memory
        if memory.real.stands_for(key, self._extractor_digest()):
            return False
        self.reset_real()
        memory.real = RealSide(key)
        file = self._cache_file()
        arrays = None if file is None else read_arrays(file)
        if arrays is None:
            return True
        memory.shape = tuple(int(size) for size in arrays.pop("feature_shape"))
        self._state("real").restore(arrays)
        memory.real.finish(self._extractor_digest())
        return False

    def finish_real(self) -> None:
        """Keep the real side over `reset_state`, and on disk where there is a `cache_dir`, if it has a key."""
        memory, file = self._memory, self._cache_file()
        if memory.real.key is None:
            return
        memory.real.finish(self._extractor_digest())
        if file is not None and memory.shape is not None:
            write_arrays(file, {**self._state("real").arrays(), "feature_shape": np.array(memory.shape)})

    def hold_real(self, samples: ArrayLike, labels: ArrayLike | None = None) -> None:
        """Compare with these samples from now on, whatever data come later: `start_real` then returns `False`.

        For a real side that is not the validation data, such as the training images that `Novelty` looks for.
        It is not saved with the metric.
        """
        self.reset_real()
        self.update_real(samples, labels)
        self._memory.real.hold()

    def reset_real(self) -> None:
        """Forget the real side, finished or not."""
        self._memory.sides.pop("real", None)
        self._memory.real, self._memory.outcome = RealSide(), None

    def reset_state(self) -> None:
        """Forget the generated side, and the real one unless it is finished."""
        self._memory.sides.pop("fake", None)
        self._memory.outcome = None
        if self._memory.real.stage is Stage.OPEN:
            self.reset_real()
            self._memory.shape = None

    def _extractor_digest(self) -> str | None:
        return None if self.extractor is None else self.extractor.digest

    def _cache_file(self) -> Path | None:
        """Return where the real side is on disk, or `None` if it has no name or no place there."""
        if self.cache_dir is None:
            return None
        settings = {name: value for name, value in self._settings().items() if name != "num_fake"}
        kind = snake_case(type(self).__name__)
        return self._memory.real.file(self.cache_dir, kind, self.extractor, settings, self.head)

    # Results.

    def result(self) -> Value:
        """Return the number, or several by name; computed once for what was fed."""
        value, _ = self._outcome()
        return dict(value) if isinstance(value, dict) else value

    def details(self) -> dict[str, Any]:
        """Return the result with all that makes it comparable: counts, extractor, dimension, settings."""
        value, more = self._outcome()
        return {
            "metric": snake_case(type(self).__name__),
            "name": self.name,
            "value": value,
            **self._settings(),
            "num_real": self._state("real").count,
            "num_fake": self._state("fake").count,
            "extractor": None if self.extractor is None else self.extractor.name,
            "extractor_digest": self._extractor_digest(),
            "feature_shape": None if self._memory.shape is None else list(self._memory.shape),
            **more,
        }

    def check_counts(self, real: int, fake: int) -> None:
        """Raise unless so many real and generated samples are enough for a result."""
        check_count(self.name, "real", real, self.least if self.needs_real else 0, self.num_real)
        check_count(self.name, "fake", fake, self.least, self.num_fake)

    def _outcome(self) -> tuple[Value, dict[str, Any]]:
        if self._memory.outcome is None:
            self.check_counts(self._state("real").count, self._state("fake").count)
            self._memory.outcome = self.compute(self._state("real"), self._state("fake"))
        return self._memory.outcome

    def _settings(self) -> Config:
        """Return the constructor's arguments that say what is computed."""
        return {name: value for name, value in self.get_config().items() if name not in _NO_SETTINGS}

    def get_config(self) -> Config:
        """Return the constructor's arguments, the extractor by its config."""
        extractor = None if self.extractor is None else keras.saving.serialize_keras_object(self.extractor)
        names = ("num_real", "num_fake", "cache_dir", "name")
        return {"extractor": extractor, **{name: getattr(self, name) for name in names}}
