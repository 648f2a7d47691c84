"""From a recipe to the directory of a run: how one begins, and how it goes on."""

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import keras
import numpy as np

from keras_gan import distribution
from keras_gan.data import ArrayData, ImageData, PairedData, UnpairedData
from keras_gan.data.stores.derived_store import DerivedStore
from keras_gan.loading import CarriedOver
from keras_gan.recipes import Plan, Recipe
from keras_gan.runs import resumption
from keras_gan.runs.forecast import Forecast
from keras_gan.runs.pace import drawn, paced
from keras_gan.runs.run_directory import Run
from keras_gan.runs.selection import Prepared, Selection
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.types import Config
from keras_gan.version import __version__

_LOOKED_AT, _NUMBERS = 256, 2**26  # real samples that say how flat is flat, and numbers that these have at most


@dataclass(frozen=True)
class TrainingRun:
    """A run that is ready to be trained. `start` and `resume` make it.

    Attributes:
        run: its directory.
        recipe: what it is trained by.
        plan: what the recipe has chosen for the data.
        data: what it is trained on.
        gan: what is trained.
        seed: of all random numbers.
        resumed: whether it goes on.
        carried: what it begins with of another, where the recipe has a `start`.
        selected: what is measured to find its best moment; `None` for nothing.
    """

    run: Run
    recipe: Recipe
    plan: Plan
    data: ArrayData
    gan: GenerativeModel
    seed: int
    resumed: bool = False
    carried: CarriedOver | None = None
    selected: Prepared | None = None

    def train(
        self, minutes: float = 5, verbose: int | str = "auto", callbacks: Sequence[keras.callbacks.Callback] = ()
    ) -> None:
        """Train to the length of the recipe.

        Args:
            minutes: between two checkpoints.
            verbose: as in Keras.
            callbacks: further ones, beside those that write the run's directory and look after its health.
        """
        callbacks = [Forecast(self.plan.steps, self.data.batch_size), *callbacks, *self.callbacks(minutes)]
        resume = self.run.checkpoints if self.resumed else None
        self.recipe.train(self.gan, self.data, callbacks, resume=resume, verbose=verbose)

    @property
    def rows(self) -> int:
        """How often a picture and a row of the log are written, up to the end of the plan."""
        return len(paced(self.plan.steps, drawn(self.gan, self.data.batch_size, self._pairs)))

    @property
    def _pairs(self) -> PairedData | UnpairedData | None:
        return self.data if isinstance(self.data, PairedData | UnpairedData) else None

    def callbacks(self, minutes: float, steps: int | None = None) -> list[keras.callbacks.Callback]:
        """Return what writes the run's directory and looks after its health.

        Args:
            minutes: between two checkpoints.
            steps: of the whole run; `None` for those of the plan.
        """
        options = _options(self.recipe, self.plan, self.data, self.seed, self.selected)
        real, pairs = _some(self.data), self._pairs
        told = (options, real, pairs, self.data.batch_size, self.selected, self.data.class_names)
        return self.run.callbacks(self.gan, timedelta(minutes=minutes), steps or self.plan.steps, *told)


def start(
    recipe: Recipe,
    seed: int = 0,
    root: str | os.PathLike[str] = "runs",
    in_memory: bool | str = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    selection: Selection | None = None,
    verbose: int = 0,
) -> TrainingRun:
    """Load the data of a recipe, make its GAN and the next numbered directory under `root`.

    To be called in the scope of a strategy, where there is one.

    Args:
        recipe: what is trained.
        seed: of all random numbers.
        root: where runs go.
        in_memory: where the data are kept: a matter of this machine, and not of the run; see `keras_gan.data.load`.
        cache_dir: likewise.
        selection: how its best moment is found; `None` for not at all.
        verbose: how to show a classifier that is trained for that: 0, 1 or 2, as in Keras.

    Raises:
        InputError: of the data, a setting or a metric; nothing was written.

    Example:
    ```python
    training = keras_gan.runs.start(keras_gan.recipes.get("digits").but(images="100k"), seed=1)
    print(training.plan)
    training.train()
    ```
    """
    data = recipe.load(seed, in_memory, cache_dir)
    plan = recipe.plan(data)
    gan = recipe.assemble(plan, seed)
    carried = recipe.begin(gan)
    selected = None if selection is None else selection.during(plan).prepare(gan, plan, data, seed, verbose)
    floor = [] if selected is None else selected.floor()
    run = Run.create(root, recipe.data, _options(recipe, plan, data, seed, selected))
    if floor and distribution.is_chief():
        run.write_floor(floor)
    return TrainingRun(run, recipe, plan, data, gan, seed, carried=carried, selected=selected)


def resume(
    path: str | os.PathLike[str],
    in_memory: bool | str = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
    selection: Selection | None = None,
    verbose: int = 0,
    **changes: Any,
) -> TrainingRun:
    """Open the run of a directory, which goes on where it stands: after an interruption, or beyond its end.

    With a falling learning rate, beyond the end it is what it was there; not beyond the end of one that falls to 0.

    Args:
        path: the directory.
        in_memory: as in `start`, and it may be another.
        cache_dir: likewise.
        selection: as it was, or `None`: the run goes on with the one that it was begun with.
        verbose: as in `start`.
        **changes: `images` or `epochs`, a longer length than it has gone; others may be told as they were.

    Raises:
        InputError: the directory is none of a run; something can't be changed, or the length is shorter than what
            was trained.

    Example:
    ```python
    training = keras_gan.runs.start(keras_gan.recipes.get("digits").but(images="100k"))
    training.train()
    keras_gan.runs.resume(training.run.path, images="200k").train()
    ```
    """
    run = Run.open(path)
    recipe, seed = resumption.begun(run.options)
    resumption.refuse_changes(recipe, seed, changes)
    length = {name: changes[name] for name in resumption.LENGTHS if changes.get(name) is not None}
    begun, recipe = recipe, recipe.but(**length)
    data = recipe.load(seed, in_memory, cache_dir)
    plan = recipe.plan(data).going_on()
    if recipe != begun:  # told as it was, it may be less than the whole epochs that it took
        resumption.check_length(run, plan, length)
        resumption.check_rate(plan, length)
    gan = recipe.assemble(plan, seed)
    chosen = resumption.begun_selection(run.options, selection, plan)
    selected = None if chosen is None else chosen.prepare(gan, plan, data, seed, verbose)
    return TrainingRun(run, recipe, plan, data, gan, seed, resumed=True, selected=selected)


def read_like(
    path: str | os.PathLike[str],
    data: str | os.PathLike[str],
    image_size: int | tuple[int, int] | None = None,
    **changes: Any,
) -> ArrayData:
    """Return other data, read in the way in which a run has read its own, whole where that cropped them.

    Args:
        path: the directory of the run.
        data: what is read, as its recipe reads it.
        image_size: of the images; `None` for that of the run.
        **changes: others of what the recipe was told, such as `split`, and where the data are kept: `in_memory` and
            `cache_dir`.

    Raises:
        InputError: the directory is none of a run; or of the data.

    Example:
    ```python
    training = keras_gan.runs.start(keras_gan.recipes.get("digits").but(images="100k"))
    print(len(keras_gan.runs.read_like(training.run.path, "digits", split="train[:10%]")))  # 179
    ```
    """
    recipe, seed = resumption.begun(Run.open(path).options)
    place = {name: changes.pop(name) for name in ("in_memory", "cache_dir") if name in changes}
    size = recipe.image_size if image_size is None else image_size
    sides = (size, size) if isinstance(size, int) else size  # of a side alone some recipes crop
    return recipe.but(data=data, image_size=sides, batch_size=1, **changes).load(seed, **place)


def _some(data: ArrayData) -> np.ndarray:
    """Return samples at equal distances: of all classes, where a folder has one after another."""
    count = max(2, min(_LOOKED_AT, len(data), _NUMBERS // math.prod(data.sample_shape)))
    return data.examples[np.linspace(0, len(data) - 1, count).round().astype(np.int64)]


def _options(recipe: Recipe, plan: Plan, data: ArrayData, seed: int, selected: Prepared | None) -> Config:
    """Return what a run is resumed with: not only what was set but all that was chosen, whatever rules become of it."""
    names = None if data.class_names is None else [*map(str, data.class_names)]
    told = {"recipe": recipe.name, **recipe.options, "steps_per_epoch": plan.steps_per_epoch, "settings": plan.values}
    told |= {"seed": seed, "keras_gan": __version__}
    # Of data that are made of others all rows would have to be made for it, at each start.
    if not any(isinstance(store, DerivedStore) for store in (data.store, data.targets)):
        told["data_digest"] = data.digest
    if selected is not None:
        told["selection"] = selected.selection.get_config()
    if isinstance(data, ImageData):
        told["depth"] = data.depth.get_config()
    return {**told, "class_names": names, "condition_names": data.condition_names and [*data.condition_names]}
