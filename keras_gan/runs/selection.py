"""Which moment of a run is the best: by which metric, how often it is measured, and when enough was tried."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_gan import evaluation
from keras_gan.callbacks import BestModel
from keras_gan.data import ArrayData
from keras_gan.metrics import GenerativeMetric
from keras_gan.metrics.protocols import is_protocol
from keras_gan.recipes import Plan
from keras_gan.report.record import compared
from keras_gan.training import GAN
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.types import Config
from keras_gan.utils.validation import InputError, check_choice, check_count, check_integer, warn

_TIMES = 10  # that a run is measured
_MOST, _LEAST = 5_000, 64  # samples of each side
_SHARE = 4  # images are trained on for each that is measured, at least: of a step's work that is a twentieth
_NUMBERS = 2**28  # that all real samples have at most, which are held in memory
KEPT = ("best,last", "last")


@dataclass(frozen=True)
class Selection:
    """How the best moment of a run is found.

    Samples are compared with as many of the training data, chosen at random: half of them, or 5,000, or a quarter of
    the images between two measurements, whichever is least. So the floor, which is found too, is that of equally many
    against equally many others. A protocol such as `fd10k` has counts of its own, and no floor.

    Args:
        metrics: names; see `keras_gan.metrics.get`. The first one chooses.
        every: images between two measurements, as 50000 or `"50k"`; `None` for a tenth of the run.
        patience: how many times in a row nothing better is found before the run ends; `None` for any.
        features: what images are compared by; see `keras_gan.evaluation.make_metrics`.
        keep: `"best,last"`, or `"last"` to keep no `best.keras`.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    selection = keras_gan.runs.Selection(["frechet_distance"], every="20k", patience=5)
    training = keras_gan.runs.start(keras_gan.recipes.get("digits").but(images="100k"), selection=selection)
    training.train()
    best = keras_gan.load(training.run.path, which="best")
    ```
    """

    metrics: Sequence[str]
    every: int | str | None = None
    patience: int | None = None
    features: str | None = None
    keep: str = KEPT[0]

    def __post_init__(self) -> None:
        if not self.metrics or isinstance(self.metrics, str):
            raise InputError(f"`metrics` must name one or more, in a list. Received: metrics={self.metrics!r}")
        if self.every is not None:
            check_count("every", self.every)
        if self.patience is not None:
            check_integer("patience", self.patience)
        check_choice("keep", self.keep, KEPT)

    def get_config(self) -> Config:
        """Return the arguments, as JSON holds them."""
        names = ("every", "patience", "features", "keep")
        return {"metrics": [*self.metrics], **{name: getattr(self, name) for name in names}}

    @classmethod
    def from_config(cls, config: Any) -> Self:
        """Return what `get_config` told of."""
        try:
            return cls(**{**config, "metrics": [*map(str, config["metrics"])]})
        except (KeyError, TypeError) as error:
            raise InputError(f"`selection` of options.json must be as it was written. Received: {config!r}") from error

    def during(self, plan: Plan) -> Self:
        """Return this with the images between two measurements of a run, which stay when it is made longer."""
        images = max(plan.images // _TIMES, 1) if self.every is None else check_count("every", self.every)
        return replace(self, every=images)

    def prepare(self, game: GenerativeModel, plan: Plan, data: ArrayData, seed: int, verbose: int = 0) -> "Prepared":
        """Return what is measured, after checks of all that can be known before anything is trained.

        Args:
            game: what is trained.
            plan: for how long.
            data: on what.
            seed: of the choice of the real samples.
            verbose: how to show a network that is trained for its features: 0, 1 or 2, as in Keras.

        Raises:
            InputError: the game draws no samples, there is no such metric, or it can't be computed of these data.
        """
        if not isinstance(game, GAN) or data.domains is not None:
            raise InputError(f"`metrics` choose among samples of a GAN. Received: a {type(game).__name__}")
        pinned = any(map(is_protocol, self.metrics))
        between = max(check_count("every", self.during(plan).every) // plan["batch_size"], 1)
        count = _count(between * plan["batch_size"], data)
        metrics = evaluation.make_metrics(self.metrics, data, self.features, None if pinned else count, verbose)
        both = None if pinned else _some(data, 2 * count, seed)
        real = data if both is None else _first(both, count)
        evaluator = game.evaluator_of(metrics)
        evaluator.prepare(game.signature, real)
        if evaluator.names[0] not in evaluator.directions:
            raise InputError(
                "`metrics` must begin with one that knows which way is better, such as frechet_distance. "
                f"Received: {self.metrics[0]}"
            )
        _warn_of_its_price(max(metric.num_fake or count for metric in metrics), between * plan["batch_size"])
        # The last one is that of the end, wherever it comes: another just before would tell nothing more.
        steps = (*range(between, plan.steps - between // 2, between), plan.steps)
        return Prepared(self, metrics, real, both, steps)


@dataclass(frozen=True)
class Prepared:
    """What is measured of a run, and when.

    Attributes:
        selection: what was asked for.
        metrics: by which.
        real: what samples are compared with.
        halves: the same and as many others, whose halves are compared for the floor; `None` for none.
        steps: at which it is measured.
    """

    selection: Selection
    metrics: Sequence[GenerativeMetric]
    real: ArrayData
    halves: ArrayData | None
    steps: tuple[int, ...]

    def callback(self, file: Path) -> BestModel:
        """Return what measures a run, and keeps the best of it in a file, if it is to be kept."""
        kept = file if self.selection.keep == KEPT[0] else None
        return BestModel(kept, self.metrics, self.real, self.steps, self.selection.patience)

    @property
    def compared(self) -> dict[str, str]:
        """How many of what is compared, and by which features, in words, by the name of each number."""
        told: dict[str, str] = {}
        for metric in self.metrics:
            real, fake = (count or len(self.real) for count in (metric.num_real, metric.num_fake))
            extractor = None if metric.extractor is None else metric.extractor.name
            counts = {"num_real": real, "num_fake": fake, "extractor": extractor}
            told |= dict.fromkeys(metric.log_names, compared(counts, is_floor=False))
        return told

    def floor(self) -> list[Config]:
        """Return what a perfect generator would have: each metric of one half of real samples against the other."""
        return [] if self.halves is None else evaluation.measure_floor(self.metrics, self.halves)


def _warn_of_its_price(count: int, between: int) -> None:
    """Warn where as many samples are measured as images are trained on between two measurements."""
    if count >= between:
        warn(
            f"{count:,} samples are measured after every {between:,} images, which may take longer than training: "
            f"with {_SHARE * count:,} images between two measurements or more it does not"
        )


def _count(between: int, data: ArrayData) -> int:
    """Return how many samples of each side are compared, with so many images between two measurements."""
    held = _NUMBERS // math.prod(data.sample_shape) // 2
    most = min(len(data) // 2, held, _MOST)
    return max(min(most, between // _SHARE), min(most, _LEAST), 2)


def _some(data: ArrayData, count: int, seed: int) -> ArrayData:
    """Return so many of the data, at random, in memory."""
    rows = np.random.default_rng(seed).permutation(len(data))[:count]
    return _rows(data, rows)


def _first(data: ArrayData, count: int) -> ArrayData:
    return _rows(data, np.arange(count))


def _rows(data: ArrayData, rows: np.ndarray) -> ArrayData:
    labels = None if data.labels is None else np.asarray(data.labels)[rows]
    conditions = None if data.conditions is None else np.asarray(data.conditions)[rows]
    return ArrayData(data.examples[rows], labels, conditions=conditions, batch_size=1, name=data.name)
