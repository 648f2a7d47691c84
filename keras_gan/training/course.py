"""The course of one `fit`: its callbacks, where it stands, and how it goes on from a checkpoint."""

import contextlib
import functools
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import checkpoint
from keras_gan.training import configuration, position
from keras_gan.types import Config, Logs
from keras_gan.utils.validation import InputError, warn

# What Keras's callbacks remember between epochs, and do not save.
_REMEMBERED = {
    keras.callbacks.History: ("epoch", "history"),
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.ModelCheckpoint: ("best", "epochs_since_last_save"),
}


class Course(keras.callbacks.CallbackList):
    """The callbacks of one `fit`, in the order in which they are called, and the position of training.

    A `fit` that goes on from the middle of an epoch is two of Keras's: the rest of that epoch, then the others. To
    the callbacks it is one.

    A callback may have a method `open(course)`, called before anything else, and `close()`, called whatever happens;
    `state()`, which returns what JSON can hold, and `restore(state)`; and an attribute `comes_last`.

    Args:
        model: what is trained.
        x: the data, as `fit` was given them.
        options: the other arguments of `fit`; `callbacks` is taken out.
    """

    def __init__(self, model: Any, x: Any, options: Config) -> None:
        given = options.pop("callbacks", None)
        given = [one for one in tf.nest.flatten(getattr(given, "callbacks", given)) if one is not None]
        verbose, epochs = options.get("verbose", "auto"), options.get("epochs", 1)
        steps = position.batches_per_epoch(x, options)
        defaults = {"add_history": True, "add_progbar": verbose != 0}
        super().__init__(given, **defaults, model=model, verbose=verbose, epochs=epochs, steps=steps)
        self.callbacks.sort(key=lambda callback: getattr(callback, "comes_last", False))
        self._given = given
        self._data, self._options = x, options
        self._resumed: Config | None = None
        self._means: list[np.ndarray] = []
        self._best: dict[str, list[np.ndarray]] = {}
        self._begun = self._last = False
        self._offset = self._before = 0
        self._epoch_step = self.step = int(model.step.numpy())
        self.epoch, self.done = options.get("initial_epoch", 0), 0

    # Where training stands.

    def record(self) -> Config:
        """Return what a checkpoint has to say besides the arrays: the position, and what the callbacks remember."""
        states: Config = {}
        for name, callback in self._named():
            state = getattr(callback, "state", None)
            states[name] = state() if callable(state) else _remembered(callback)
        return {
            "step": self.step,
            "epoch": self.epoch,
            "batches_of_epoch": self.done,
            "batches": self._before + self.done,
            "callbacks": {name: state for name, state in states.items() if state},
            "configuration": self._configuration,
            "versions": configuration.versions(),
        }

    def arrays(self) -> dict[str, Any]:
        """Return the arrays that callbacks remember: the best weights of `EarlyStopping`."""
        return {
            f"{name} {index:04d}": weight
            for name, callback in self._named()
            for index, weight in enumerate(getattr(callback, "best_weights", None) or [])
        }

    def resume(self, directory: str | os.PathLike[str]) -> None:
        """Put the model where the newest checkpoint of `directory`, or the one at `directory`, says.

        Raises:
            InputError: it is damaged, or of another configuration; or there is no such directory.
        """
        path = self._find(Path(directory))
        if path is None:
            return  # nothing was written yet: this is the beginning
        record = checkpoint.read_record(path)
        configuration.check_equal(record["configuration"], self._configuration)
        if record["versions"] != configuration.versions():
            warn(
                "Training goes on with other versions; it may go on otherwise than it would have. "
                f"It was begun with {record['versions']}"
            )
        shapes = {name: tuple(variable.shape) for name, variable in self.model.named_state().items()}
        self.model.load_state(checkpoint.read_arrays(path, shapes))
        self._resumed = record
        self._best = _best_weights(path, record, [weight.shape for weight in self.model.weights])
        self._means = [np.array(variable) for metric in self.model.metrics for variable in metric.variables]
        self.step = record["step"]
        self.epoch, self.done = record["epoch"], record["batches_of_epoch"]
        self._before = record["batches"] - self.done
        if record["batches"]:
            position.warn_of_order(self._data)

    @functools.cached_property
    def _configuration(self) -> Config:
        return configuration.of(self.model, self._data, self._options)

    @property
    def resumed_step(self) -> int | None:
        """The step of the checkpoint that training goes on from."""
        return None if self._resumed is None else int(self._resumed["step"])

    def _find(self, path: Path) -> Path | None:
        if (path / "record.json").exists() or path.name.startswith("step_"):
            checkpoint.verify(path)
            return path
        if not path.is_dir() and path not in [getattr(callback, "directory", None) for callback in self._given]:
            raise InputError(f"`resume` must be a directory of checkpoints, or one of them. Received: resume={path}")
        found = checkpoint.newest(path)
        if found is None and checkpoint.paths(path):
            raise InputError(f"`resume` must hold a checkpoint that is undamaged. Received: resume={path}")
        return found

    def parts(self) -> Iterator[tuple[Any, Config]]:
        """Yield the data and the options of each of Keras's `fit`s."""
        epochs = self._options.get("epochs", 1)
        if self.done and self.epoch < epochs:
            self._offset = self.done
            yield self._part(self.epoch + 1, skip=self.done)
            if self.model.stop_training or self.epoch >= epochs:
                return
        yield self._part(epochs, skip=0)

    def _part(self, epochs: int, skip: int) -> tuple[Any, Config]:
        self._last = epochs == self._options.get("epochs", 1)
        options = {**self._options, "initial_epoch": self.epoch, "epochs": epochs, "callbacks": self}
        if options.get("steps_per_epoch"):
            options["steps_per_epoch"] -= skip
            skip += self._before  # an endless stream, of which epochs are parts
        elif skip and not isinstance(self._data, (tf.data.Dataset, Iterator)):
            options["steps_per_epoch"] = (position.batches_per_epoch(self._data, options) or skip + 1) - skip
        return position.from_position(self._data, int(self.model.step.numpy()), skip), options

    # What Keras calls.

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin once, and give the callbacks back what they had remembered."""
        if self._begun:
            return
        self._begun = True
        super().on_train_begin(logs)
        for name, callback in self._named():
            state = (self._resumed or {}).get("callbacks", {}).get(name)
            if state is not None:
                _restore(callback, state)
            if name in self._best:
                callback.best_weights = self._best[name]

    def on_train_end(self, logs: Logs | None = None) -> None:
        """End once."""
        if self._last or self.model.stop_training:
            super().on_train_end(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note where the epoch begins."""
        self.epoch, self.done = epoch, self._offset
        self._epoch_step = self.step = int(self.model.step.numpy())
        if self._offset:  # Keras has just reset what the epoch had summed up
            variables = [variable for metric in self.model.metrics for variable in metric.variables]
            for variable, value in zip(variables, self._means, strict=True):
                variable.assign(value)
        super().on_epoch_begin(epoch, logs)

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note that the epoch has ended before those callbacks hear of it that come last."""
        self.step = int(self.model.step.numpy())
        self.epoch, self._before = epoch + 1, self._before + self.done
        self.done = self._offset = 0
        super().on_epoch_end(epoch, logs)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Count the batches of the epoch from its beginning."""
        self._count(batch)
        super().on_train_batch_begin(self.done, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Count the batches of the epoch from its beginning."""
        self._count(batch + 1)
        super().on_train_batch_end(batch + self._offset, logs)

    def _count(self, batches: int) -> None:
        # Not read from the device, which may be steps behind.
        self.done, self.step = batches + self._offset, self._epoch_step + batches

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Open what the callbacks hold, and close it whatever happens."""
        with contextlib.ExitStack() as stack:
            for callback in self._given:
                if hasattr(callback, "open"):
                    stack.callback(callback.close)
                    callback.open(self)
            yield

    def _named(self) -> Iterator[tuple[str, Any]]:
        counts: dict[str, int] = {}
        for callback in self.callbacks:
            kind = type(callback).__name__
            counts[kind] = counts.get(kind, -1) + 1
            yield f"{kind} {counts[kind]}", callback


def _best_weights(path: Path, record: Config, shapes: list[Any]) -> dict[str, list[np.ndarray]]:
    best = {}
    for callback in record["callbacks"]:
        names = [f"{callback} {index:04d}" for index in range(len(shapes))]
        if names[0] in record["arrays"]:
            read = checkpoint.read_arrays(path, dict(zip(names, shapes, strict=True)))
            best[callback] = [read[name] for name in names]
    return best


def _remembered(callback: Any) -> Config:
    names = [name for kind, names in _REMEMBERED.items() if isinstance(callback, kind) for name in names]
    return {name: _plain(getattr(callback, name, None)) for name in names}


def _restore(callback: Any, state: Any) -> None:
    if callable(getattr(callback, "restore", None)):
        callback.restore(state)
        return
    for name, value in state.items():
        setattr(callback, name, value)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, (np.generic, np.ndarray)) else value
