"""A callback that measures the samples of a training again and again, and keeps the best of it."""

import contextlib
import math
import os
import warnings
from collections.abc import Iterator, Sequence
from pathlib import Path

from keras_gan.callbacks.pace import Pace
from keras_gan.metrics import GenerativeMetric
from keras_gan.training import ResumableCallback
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Config, Data, Logs
from keras_gan.utils.files import atomic_write
from keras_gan.utils.progress import Display, make_room, numbered
from keras_gan.utils.registry import Identifier
from keras_gan.utils.validation import InputError, check_integer, check_seed, warn


class BestModel(ResumableCallback):
    """Measures samples against data at a pace of its own, keeps the model whose samples were best, and stops in time.

    A GAN has no loss that says how good its samples are, and its last step is seldom its best. What is measured is
    logged as that of a validation, `val_frechet_distance`, at the step at which it was measured. Of several moving
    averages each is measured, and the best of them counts: it is the `sampled_average` of the file, and its number is
    logged as `val_average`. The file appears complete or not at all; a run that goes on remembers what was best.
    Training itself is the same with and without.

    Keras's `ModelCheckpoint` and `EarlyStopping` do the same at the ends of epochs for the metrics of `compile`.

    Args:
        filepath: where the best is kept, a `.keras` file; `None` to keep none.
        metrics: as those of `GAN.compile`; the first number of the first one chooses.
        data: what samples are compared with, as `evaluate` takes them.
        every: a number of steps, or a list of steps. An execution of several steps ends where it is due.
        patience: how many times in a row nothing better is found before training ends; `None` for any.
        seed: of the samples.

    Attributes:
        metric: the name of the number that chooses.
        best: its best value so far; NaN before the first.
        best_step: the step at which that was; -1 before the first.
        best_average: the number of the moving average that it was of, from 0.
        warned: what the metrics have warned of.

    Raises:
        InputError: an argument is not as above; a metric that can't choose, since it doesn't know which way is better,
            or that can't be computed of the data.

    Example:
    ```python
    metric = keras_gan.metrics.SlicedWasserstein()
    best = keras_gan.callbacks.BestModel("best.keras", [metric], images, every=500, patience=5)
    gan.fit(images, epochs=20, callbacks=[best])
    print(best.metric, best.best, best.best_step)
    ```
    """

    only_writes = True
    async_safe = True  # it reads the weights where an execution ends for it

    def __init__(
        self,
        filepath: str | os.PathLike[str] | None,
        metrics: Sequence[Identifier[GenerativeMetric]],
        data: Data,
        every: int | Sequence[int],
        patience: int | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__()
        self.filepath = None if filepath is None else Path(filepath)
        if self.filepath is not None and self.filepath.suffix != ".keras":
            raise InputError(f"`filepath` must end in .keras. Received: filepath={filepath}")
        self.metrics, self.data = metrics, data
        self.patience = None if patience is None else check_integer("patience", patience)
        self.seed = check_seed("seed", seed)
        self._pace = Pace(every)
        self.metric, self.best, self.best_step, self.best_average = "", math.nan, -1, 0
        self.directions: dict[str, str] = {}
        self.warned: list[str] = []
        self._waited = self._last = 0
        self._values: dict[str, float] = {}

    def state(self) -> Config:
        """Return what was best, how often nothing better was found since, and what was measured last."""
        best = None if math.isnan(self.best) else self.best
        names = {"waited": self._waited, "last": self._last, "values": self._values, "warned": self.warned}
        return {"best": best, "best_step": self.best_step, "best_average": self.best_average, **names}

    def restore(self, state: Config) -> None:
        """Go on with what was best."""
        self.best = math.nan if state["best"] is None else state["best"]
        self.best_step, self.best_average, self._waited = state["best_step"], state["best_average"], state["waited"]
        self._last, self._values, self.warned = state["last"], state["values"], [*state["warned"]]

    def open(self, loop: RunningFit) -> None:
        """Take what knows the step without asking the device."""
        self._loop = loop

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Check what will be measured, and forget an earlier training."""
        if not hasattr(self.model, "sample"):
            kind = type(self.model).__name__
            raise InputError(f"`BestModel` is for games that sample, such as GAN. Received: a {kind}")
        self._evaluator = self.model.evaluator_of(self.metrics)
        self._real = self._evaluator.prepare(self.model.signature, self.data)
        self.directions = self._evaluator.directions
        self.metric = next(iter(self._evaluator.names), "")
        if self.metric not in self.directions:
            raise InputError(
                "`metrics` must begin with one that knows which way is better, such as frechet_distance. "
                f"Received: {self.metric or 'none'}"
            )
        self.best, self.best_step, self.best_average, self._waited = math.nan, -1, 0, 0
        self._last, self._values, self.warned = self._loop.step, {}, []

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Measure, if that is due, and log it."""
        if self._pace.is_due(self._loop.step, self._last):
            self._measure()
            _add(logs, self._values)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Log what was measured at this step as that of the epoch."""
        if self._values and self._last == self._loop.step:
            _add(logs, self._values)

    def next_step(self, step: int) -> int | None:
        """Return the step of the next measurement, at which an execution has to end."""
        return self._pace.next_step(step)

    def _measure(self) -> None:
        self._last = self._loop.step
        with self._noting_warnings():
            measured = [self._evaluator(sampler, self.seed, self._real) for sampler in self.model.samplers]
        average = min(range(len(measured)), key=lambda number: self._rank(float(measured[number][self.metric])))
        values, value = measured[average], float(measured[average][self.metric])
        self._values = {f"val_{name}": float(value) for name, value in values.items()}
        if len(measured) > 1:
            self._values["val_average"] = float(average)
        if self._rank(value) < self._rank(self.best):
            self.best, self.best_step, self.best_average, self._waited = value, self._last, average, 0
            self._keep()
        else:
            self._waited += 1
        ends = self.patience is not None and self._waited >= self.patience
        self._tell(values, ends)
        if ends:
            self.model.stop_training = True

    @contextlib.contextmanager
    def _noting_warnings(self) -> Iterator[None]:
        """Remember what is warned of, and warn of it all the same."""
        with warnings.catch_warnings(record=True) as found:
            warnings.simplefilter("always")
            yield
        for text in dict.fromkeys(str(each.message) for each in found):
            if text not in self.warned:
                self.warned.append(text)
                warn(text)

    def _rank(self, value: float) -> float:
        """Return a number that is the smaller the better the value is; the largest for one that is not finite."""
        if not math.isfinite(value):
            return math.inf
        return value if self.directions[self.metric] == "down" else -value

    def _keep(self) -> None:
        if self.filepath is None:
            return
        with self._sampled(self.best_average), atomic_write(self.filepath) as temporary:
            self.model.save(temporary)

    @contextlib.contextmanager
    def _sampled(self, average: int) -> Iterator[None]:
        """Let samples be those of another moving average."""
        before = self.model.sampled_average
        if average == before:  # to set it has a price: what `evaluate` runs is traced anew
            yield
            return
        self.model.sampled_average = average
        try:
            yield
        finally:
            self.model.sampled_average = before

    def _tell(self, values: Logs, ends: bool) -> None:
        make_room()
        shown = [numbered(name, float(value)) for name, value in values.items()]
        known = self.best_step >= 0
        best = f"the best is {self.best:.4g}, of step {self.best_step:,}" if known else "nothing finite yet"
        told = "the best so far" if self._waited == 0 else best
        told += ": training ends" * ends
        Display(self.params.get("verbose", 1)).keep(f"step {self._last:,}", told, then=shown)


def _add(logs: Logs | None, values: Logs) -> None:
    """Add numbers to the logs of an event, which the callbacks after this one see too."""
    if isinstance(logs, dict):
        logs.update(values)
