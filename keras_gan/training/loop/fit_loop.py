"""The loop of one `fit`: its callbacks, where it stands, and how it goes on from a checkpoint."""

import contextlib
import functools
import os
import weakref
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.training.inputs import callback_targets, stream_position
from keras_gan.training.loop.execution import Execution
from keras_gan.training.loop.progress_line import ProgressLine
from keras_gan.training.loop.worker_consensus import WorkerConsensus
from keras_gan.training.resume import callback_state, checkpoint_files, fingerprint
from keras_gan.training.resume.resumable_callback import ResumableCallback
from keras_gan.types import Config, Data, Logs, Variable
from keras_gan.utils.progress import check_verbose
from keras_gan.utils.validation import InputError, warn

# Keras's callbacks know of no chief: all workers would write the same file at once.
_WRITERS = (keras.callbacks.ModelCheckpoint, keras.callbacks.CSVLogger, keras.callbacks.TensorBoard)


class TrainedModel(fingerprint.HasRules, Protocol):
    """What the loop asks of the model that it trains."""

    step: Variable
    stop_training: bool
    consensus: WorkerConsensus

    @property
    def execution(self) -> Execution:
        """What executes the steps of the mode that runs."""
        ...

    @property
    def distribute_strategy(self) -> tf.distribute.Strategy:
        """That of Keras."""
        ...

    @property
    def weights(self) -> Sequence[Variable]:
        """All that `set_weights` sets."""
        ...

    def named_state(self) -> Mapping[str, Variable]:
        """Return all that a checkpoint holds."""
        ...

    def load_state(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Assign what a checkpoint held."""
        ...

    def epoch_log_names(self, validated: bool) -> list[str]:
        """Return the names of what an epoch logs."""
        ...

    def get_metrics_result(self) -> Logs:
        """Return the means of the epoch so far."""
        ...


class FitLoop(keras.callbacks.CallbackList):
    """The callbacks of one `fit`, in the order in which they are called, and the position of training.

    A `fit` that goes on from the middle of an epoch is two of Keras's: the rest of that epoch, then the others. To
    the callbacks it is one, except that `on_epoch_begin` of that epoch is called again, as in every new process. What
    it changes in the model is undone.

    Args:
        model: what is trained.
        x: the data, as `fit` was given them.
        options: the other arguments of `fit`; `callbacks` is taken out.

    Attributes:
        epoch: the one that is played, from 0; after its end the next.
        done: the batches of it that were played.
        step: that of the model.
    """

    model: TrainedModel

    def __init__(self, model: TrainedModel, x: Data, options: Config) -> None:
        given = options.pop("callbacks", None)
        given = [one for one in tf.nest.flatten(getattr(given, "callbacks", given)) if one is not None]
        if not distribution.is_chief(model.distribute_strategy):
            given = [one for one in given if not _writes(one)]
        validated = options.get("validation_data") is not None or bool(options.get("validation_split"))
        workers = distribution.num_workers(model.distribute_strategy)
        callback_targets.check(given, model.epoch_log_names(validated), workers)
        verbose, epochs = check_verbose(options.get("verbose", "auto")), options.get("epochs", 1)
        steps = stream_position.batches_per_epoch(x, options)
        self._line = ProgressLine(stream_position.rows_per_batch(x, options), _unit(model))
        own = any(isinstance(one, keras.callbacks.ProgbarLogger) for one in given)
        shown = [self._line] if verbose and not own else []
        defaults = {"model": model, "verbose": verbose, "epochs": epochs, "steps": steps}
        super().__init__([*given, *shown], add_history=True, **defaults)
        # Stable: the others keep the user's order. `Checkpoint` has to see what they remember after the same event.
        self.callbacks.sort(key=lambda callback: getattr(callback, "comes_last", False))
        self._given = given
        self._data, self._options = x, options
        self._record: Config = {}
        self._arrays: dict[str, np.ndarray] = {}
        self._best: dict[str, list[np.ndarray]] = {}
        self._begun = self._last = False
        self._offset = self._before = 0
        self._epoch_step = self.step = int(model.step.numpy())
        self.epoch, self.done = options.get("initial_epoch", 0), 0
        self.resumed: Path | None = None

    # Where training stands.

    def record(self) -> Config:
        """Return what a checkpoint has to say besides the arrays: the position, and what the callbacks remember."""
        states = {name: callback_state.state_of(callback) for name, callback in callback_state.named(self.callbacks)}
        return {
            "step": self.step,
            "epoch": self.epoch,
            "batches_of_epoch": self.done,
            "batches": self._before + self.done,
            "stopped": bool(self.model.stop_training),
            "replicas": self.model.distribute_strategy.num_replicas_in_sync,
            "callbacks": {name: state for name, state in states.items() if state},
            "configuration": self._configuration,
            "versions": fingerprint.versions(),
        }

    @functools.cached_property
    def _configuration(self) -> Config:
        return fingerprint.of(self.model, self._data, self._options)

    def arrays(self) -> dict[str, np.ndarray]:
        """Return the arrays that callbacks remember: the best weights of `EarlyStopping`."""
        return callback_state.arrays_of(self.callbacks)

    def resume(self, given: str | os.PathLike[str]) -> None:
        """Restore the newest checkpoint of a directory, or the one that is given.

        Raises:
            InputError: it is damaged, or of another configuration; or there is no such directory.
        """
        if not isinstance(given, (str, os.PathLike)) or not os.fspath(given):
            raise InputError(f"`resume` must be a path. Received: resume={given!r}")
        if any(isinstance(callback, keras.callbacks.BackupAndRestore) for callback in self._given):
            raise InputError("`resume` does what `BackupAndRestore` does, and both can't. Received: both")
        # The checkpoint is read and compared as a whole before the first variable is assigned: one that is refused
        # leaves the model as it was.
        path = checkpoint_files.find(Path(given).absolute())
        if path is None:
            return  # nothing was written yet: this is the beginning
        record = checkpoint_files.read_record(path)
        fingerprint.check_equal(record["configuration"], self._configuration)
        if record["batches"]:
            stream_position.check(self._data, self._options, record["batches"])
        self._warn_of_changes(record)
        self._arrays = checkpoint_files.read_arrays(path, callback_state.described(self.model.named_state()))
        self._best = callback_state.read_best_weights(path, record, self.model.weights)
        self.model.load_state(self._arrays)
        self.resumed, self._record = path, record
        self.step, self.epoch, self.done = record["step"], record["epoch"], record["batches_of_epoch"]
        self._before = record["batches"] - self.done
        stream_position.forward(self._data, record["batches"])

    def _warn_of_changes(self, record: Config) -> None:
        replicas = self.model.distribute_strategy.num_replicas_in_sync
        if (begun := record["versions"]) != (now := fingerprint.versions()):
            warn(f"Training may not go on exactly: it was begun with other versions or kernels, {begun}, not {now}")
        if record["replicas"] != replicas:
            warn(f"Training goes on to rounding only: it was begun on {record['replicas']} replicas, not {replicas}")

    def fits(self) -> Iterator[tuple[Data, Config]]:
        """Yield the data and the options of each of Keras's `fit`s."""
        # Two, because `steps_per_epoch` is one number for all epochs of a `fit` of Keras, and the rest of an epoch has
        # fewer. Data can't skip by themselves within it: Keras calls `iter` on them twice an epoch.
        epochs = self._options.get("epochs", 1)
        if self._record.get("stopped"):  # a callback has ended it
            epochs = min(epochs, self.epoch)
        if self.done and self.epoch < epochs:
            self._offset = self.done
            yield self._fit(self.epoch + 1, self.epoch + 1 == epochs)
            if self.model.stop_training or self.epoch >= epochs:
                return
        yield self._fit(max(epochs, 1), True)

    def _fit(self, epochs: int, last: bool) -> tuple[Data, Config]:
        self._last = last
        options = {**self._options, "initial_epoch": self.epoch, "epochs": epochs, "callbacks": self}
        step, again = int(self.model.step.numpy()), bool(options.get("steps_per_epoch"))
        strategy = self.model.distribute_strategy
        # With `steps_per_epoch` the epochs are parts of one stream, which goes on where the last one ended. Without it
        # each epoch is a pass of its own, and what counts are the batches of this one.
        skip = self._offset
        if again:
            options["steps_per_epoch"] -= self._offset
            skip += self._before
        elif self._offset and stream_position.is_array(self._data):
            options["steps_per_epoch"] = (stream_position.batches_per_epoch(self._data, options) or 0) - self._offset
        return stream_position.from_position(self._data, step, skip, again, strategy), options

    # What Keras calls.

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Begin once, and give the callbacks back what they had remembered."""
        if self._begun:
            return
        self._begun = True
        # Executions of workers must be of the same length, or they would wait for each other in different steps. What a
        # callback wants is known to one of them alone.
        if distribution.num_workers(self.model.distribute_strategy) == 1:
            self.model.execution.wanted = weakref.WeakMethod(self._steps_until_wanted)  # it outlives this loop
        super().on_train_begin(logs)
        # Afterwards, since callbacks forget in `on_train_begin` what an earlier run has left in them.
        for name, callback in callback_state.named(self.callbacks):
            callback_state.restore(callback, self._record.get("callbacks", {}).get(name, {}))
            if name in self._best:
                callback.best_weights = self._best[name]

    def on_train_end(self, logs: Logs | None = None) -> None:
        """End once."""
        # Keras calls it after the first part too, which is the end only if something has stopped training.
        if self._last or self.model.stop_training:
            super().on_train_end(logs)

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note where the epoch begins."""
        self.epoch, self.done = epoch, self._offset
        self._epoch_step = self.step = int(self.model.step.numpy())
        super().on_epoch_begin(epoch, logs)
        if self._offset:  # Keras has reset what the epoch had summed up, and callbacks may have moved the rates again
            self.model.load_state(self._arrays)
        self._arrays = {}

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Note that the epoch has ended, before the callbacks hear of it."""
        # Nothing was left of it but its end: Keras has no logs.
        if self.done == self._offset:
            means = {name: float(value) for name, value in self.model.get_metrics_result().items()}
            logs = {**means, **(logs or {})}
        self.step = int(self.model.step.numpy())
        self.epoch, self._before = epoch + 1, self._before + self.done
        self.done = self._offset = 0
        # What a worker asked for after the last batch, no further step has told the others: a checkpoint has to know.
        self._agree_to_stop(self.model.stop_training or self.model.consensus.is_asked("stop"))
        super().on_epoch_end(epoch, logs)
        self._agree_to_stop(self.model.stop_training)

    def _agree_to_stop(self, wanted: bool) -> None:
        # A worker that ended alone would leave the others in a reduction for which it never comes.
        self.model.stop_training = distribution.on_any_worker(wanted, self.model.distribute_strategy)

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Count the batches of the epoch from its beginning."""
        self._count(batch)
        super().on_train_batch_begin(self.done, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Count the batches of the epoch from its beginning."""
        self._count(batch + 1 - self.model.execution.missing)
        super().on_train_batch_end(self.done - 1, logs)
        self.model.stop_training = self.model.consensus.reached("stop", self.model.stop_training)

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Pass on the number of the last batch that there was."""
        super().on_test_batch_end(batch - self.model.execution.missing, logs)

    def _steps_until_wanted(self) -> int | None:
        """Return after how many steps a callback wants to be called; `None` for any number."""
        steps = [callback.next_step(self.step) for callback in self._given if isinstance(callback, ResumableCallback)]
        return min((step - self.step for step in steps if step is not None), default=None)

    def _count(self, batches: int) -> None:
        # Not read from the device, which may be steps behind.
        self.done, self.step = batches + self._offset, self._epoch_step + batches

    @contextlib.contextmanager
    def opened(self) -> Iterator[None]:
        """Open what the callbacks hold, and close it whatever happens."""
        with contextlib.ExitStack() as stack:
            stack.callback(self._line.close)
            for callback in self._given:
                if isinstance(callback, ResumableCallback):
                    stack.callback(callback.close)
                    callback.open(self)
            yield


def _writes(callback: keras.callbacks.Callback) -> bool:
    """Return whether a callback does nothing but write files, which the first of several workers does alone."""
    return isinstance(callback, _WRITERS) or getattr(callback, "only_writes", False)


def _unit(model: object) -> str:
    signature = getattr(model, "signature", None)
    return "images" if signature is not None and signature.is_image else "samples"
