"""Keras's trainer, with what it lacks for several players and several replicas."""

import contextlib
import os
import weakref
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.training.game.logs import Means, Sums
from keras_gan.training.game.optimizers import OptimizerGroup
from keras_gan.training.inputs import fit_arguments, ignored_arguments
from keras_gan.training.loop.execution import Execution
from keras_gan.training.loop.fit_loop import FitLoop
from keras_gan.training.loop.progress_line import EvaluationLine
from keras_gan.training.loop.stateful_model import StatefulModel
from keras_gan.training.loop.steps_per_execution import StepsPerExecution
from keras_gan.training.loop.worker_consensus import WorkerConsensus
from keras_gan.types import Batch, Data, Logs, Tensor
from keras_gan.utils.keras_private import OF_FIT, StepsOfEpoch
from keras_gan.utils.validation import InputError, warn


class KerasTrainer(StatefulModel):
    """`fit`, `evaluate` and the calls of single batches, on one device or many.

    Keras's loops are kept: what they call for each step, each epoch and each callback is here. A subclass has
    `train_step` and `test_step`, is built when it is made, and hands to `set_logs` what they log.
    """

    consensus: WorkerConsensus
    optimizer: OptimizerGroup
    log_names: Sequence[str] = ()
    evaluation_log_names: Sequence[str] = ()
    train_function: Execution | None
    test_function: Execution | None
    _training_means: Means
    _evaluation_means: Means
    _evaluated: keras.metrics.Metric
    _training: Execution
    _testing: Execution
    _evaluating: bool = False
    _steps_per_execution: int | str

    def check_unchanged(self) -> None:
        """Raise if networks or optimizers are no longer what `compile` and the traced step saw."""
        raise NotImplementedError

    def check_compiled(self, method: str) -> None:
        """Raise before `compile`."""
        if not self.compiled:
            raise InputError(f"`compile` must be called before `{method}`. Received: a model without rules")

    def set_logs(self) -> None:
        """Make the means of what a step logs, after `log_names` are known; in the scope of the strategy."""
        self._training_means = Means(self.log_names)
        self._evaluation_means = Means(self.evaluation_log_names)
        self._evaluated = keras.metrics.Sum(name="evaluated", dtype="float64")

    # Whole data sets.

    def fit(
        self, x: Data = None, y: Data = None, *, resume: str | os.PathLike[str] | None = None, **kwargs: Any
    ) -> keras.callbacks.History:
        """Train, as `keras.Model.fit`.

        Args:
            x: data.
            y: labels of an array.
            resume: a directory of checkpoints (see `keras_gan.callbacks.Checkpoint`): training goes on from the newest,
                or begins where there is none yet; or one checkpoint.
            **kwargs: what `keras.Model.fit` takes besides.

        Returns:
            Keras's `History`.

        Raises:
            InputError: there is nothing at `resume`, or a checkpoint of another configuration.
            NonFiniteError: a step whose loss or gradients were not finite, as `on_nonfinite` says.
            WorkerLostError: another of several workers has ended.
        """
        self.check_compiled("fit")
        self.check_unchanged()
        self.known_weights.warn_of_others(self)
        distribution.check_scope(self)
        loop = FitLoop(self, x, {**kwargs, "y": y})
        # Before `resume`, which may bring back how many steps of the run were skipped.
        self.guard.reset()
        self.consensus.reset()
        with distribution.together(self.distribute_strategy), loop.opened():
            if resume is not None:
                loop.resume(resume)
            for data, options in loop.fits():
                with self._letting_go("_training", "_testing"):
                    history = super().fit(data, **options)
        if self.guard.skipped:
            warn(f"{self.guard.skipped} steps were not finite, and changed nothing.")
        return history

    def evaluate(self, *args: Any, **kwargs: Any) -> Any:
        """Run `test_step` over the data, as in Keras; the list comes in the order of `evaluation_log_names`."""
        as_dictionary = kwargs.pop("return_dict", False)
        callbacks = kwargs.get("callbacks")
        # In a `fit` Keras itself holds the iterator of a validation until the next one: it would wait.
        letting_go = contextlib.nullcontext() if kwargs.get(OF_FIT) else self._letting_go("_testing")
        # Our line in place of Keras's bar; `fit` gives a `CallbackList`, which has one.
        if not isinstance(callbacks, keras.callbacks.CallbackList):
            given = [one for one in tf.nest.flatten(callbacks) if one is not None]
            kwargs |= {"callbacks": [*given, EvaluationLine(kwargs.get("verbose", "auto"))], "verbose": 0}
        with distribution.together(self.distribute_strategy), self._evaluation(), letting_go:
            logs = super().evaluate(*args, return_dict=True, **kwargs)
        return logs if as_dictionary else [logs[name] for name in self.evaluation_log_names]

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the model makes of inputs, as `keras.Model.predict`."""
        ignored_arguments.refuse_ignored(args[0] if args else kwargs.get("x"), None, kwargs)
        with distribution.together(self.distribute_strategy):
            return super().predict(*args, **kwargs)

    # Single batches.

    def train_on_batch(
        self,
        x: Batch,
        y: Tensor | None = None,
        sample_weight: object = None,
        class_weight: object = None,
        return_dict: bool = False,
    ) -> dict[str, float] | list[float]:
        """Play one step, as `keras.Model.train_on_batch`; on one replica. The list is in the order of `log_names`."""
        distribution.check_one_replica("train_on_batch", self.distribute_strategy)
        fit_arguments.refuse_weights({"sample_weight": sample_weight, "class_weight": class_weight})
        self.check_compiled("train_on_batch")
        self.check_unchanged()
        logs = super().train_on_batch(x, y, sample_weight, class_weight, return_dict=True)
        return logs if return_dict else [logs[name] for name in self.log_names]

    def test_on_batch(
        self, x: Batch, y: Tensor | None = None, sample_weight: object = None, return_dict: bool = False
    ) -> dict[str, float] | list[float]:
        """Evaluate one batch, as `keras.Model.test_on_batch`; on one replica. The list is ordered as `evaluate`'s."""
        distribution.check_one_replica("test_on_batch", self.distribute_strategy)
        fit_arguments.refuse_weights({"sample_weight": sample_weight})
        with self._evaluation():
            logs = super().test_on_batch(x, y, sample_weight, return_dict=True)
        return logs if return_dict else [logs[name] for name in self.evaluation_log_names]

    # What Keras calls for each epoch and each execution.

    def on_epochs(self, iterator: object) -> None:
        """Group the steps of an epoch into executions, of which Keras would let the last run past the epoch's end."""
        # The iterator gets a function that holds it. Such a circle outlives `fit`, with its data.
        held = weakref.ref(iterator)
        self.regroup(iterator, lambda: self.execution.epoch(StepsOfEpoch(held())))

    def make_train_function(self, force: bool = False) -> None:
        """Make what Keras calls for each execution, which then looks whether training has to end."""
        if self.train_function is None or force:
            # The host looks at the guard and at the other workers where it reads the logs: at other times it would have
            # to wait for the device.
            means, of_host = self._training_means, (self.guard.record, self.consensus.ours)

            def note(logs: np.ndarray, record: np.ndarray, heard: np.ndarray) -> Logs:
                self.guard.look(record)
                self.consensus.look(heard)
                return means.named(logs)

            read = lambda: (means.vector(), *(tf.convert_to_tensor(variable.value) for variable in of_host))  # noqa: E731
            self._training = self.train_function = self._execution_of(self.train_step, means, read, note)

    def make_test_function(self, force: bool = False) -> None:
        """Make what Keras calls for each execution of an evaluation."""
        if self.test_function is None or force:
            means = self._evaluation_means
            read = lambda: (means.vector(),)  # noqa: E731
            self._testing = self.test_function = self._execution_of(self.test_step, means, read, means.named)

    def _execution_of(
        self,
        step: Callable[[Batch], Logs],
        means: Means,
        read: Callable[[], tuple[Tensor, ...]],
        note: Callable[..., Logs],
    ) -> Execution:
        pace = self._steps_per_execution
        if pace == "auto" and distribution.num_workers(self.distribute_strategy) > 1:
            pace = 1  # several have to step together
        return Execution(self, step, means.quantities, read, note, StepsPerExecution(pace))

    @property
    def execution(self) -> Execution:
        """What executes the steps of the mode that runs."""
        return self._testing if self._evaluating else self._training

    # Logs. Training and evaluation have means of their own: validation must not reset an epoch's.

    @property
    def metrics(self) -> list[keras.metrics.Metric]:
        """The metrics that Keras resets: those of the mode that runs."""
        # What is not listed is never reset; and where names in the logs are not those of the metrics, Keras takes the
        # logs of the last step for the epoch's.
        if not self.compiled:
            return []
        return [self._evaluation_means, self._evaluated] if self._evaluating else [self._training_means]

    def get_metrics_result(self) -> Logs:
        """Return the means of the mode that runs."""
        return (self._evaluation_means if self._evaluating else self._training_means).result()

    def finish_evaluation_step(self, sums: Sums, rows: Tensor) -> Logs:
        """Log, count the rows and return the logs. A `test_step` ends with this."""
        self._evaluation_means.update_state(sums)
        self._evaluated.update_state(tf.cast(distribution.global_sum(rows), tf.float64))  # each replica counts all rows
        return self._evaluation_means.result()

    @property
    def evaluation_names(self) -> list[str]:
        """What `evaluate` returns, by name."""
        return [*self.evaluation_log_names]

    def epoch_log_names(self, validated: bool) -> list[str]:
        """Return the names of what the epochs of a `fit` log, with or without validation."""
        return [*self.log_names, *(f"val_{name}" for name in self.evaluation_names if validated)]

    @property
    def metrics_names(self) -> list[str]:
        """What `evaluate` returns, by name, as in Keras."""
        return self.evaluation_names

    @contextlib.contextmanager
    def _evaluation(self) -> Iterator[None]:
        """Use the means and the execution of an evaluation meanwhile."""
        self._evaluating = True
        try:
            yield
        finally:
            self._evaluating = False

    @contextlib.contextmanager
    def _letting_go(self, *executions: str) -> Iterator[None]:
        """Let go of the iterators of executions afterwards, when Keras's loops hold them no more."""
        try:
            yield
        finally:
            for name in executions:
                if (execution := getattr(self, name, None)) is not None:
                    execution.let_go()
