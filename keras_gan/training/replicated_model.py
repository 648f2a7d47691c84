"""What Keras's trainer lacks for several replicas."""

import contextlib
import weakref
from collections.abc import Iterator, Sequence
from typing import Any

from keras_gan import distribution
from keras_gan.training import inputs, options
from keras_gan.training.execution import Execution
from keras_gan.training.persistent_model import PersistentModel


class ReplicatedModel(PersistentModel):
    """A `keras.Model` that is built when it is made, and trains on one device or many."""

    _training: Execution
    _testing: Execution
    _evaluating: bool
    log_names: Sequence[str]
    evaluation_log_names: Sequence[str]

    def check_unchanged(self) -> None:
        """Raise if networks or optimizers are no longer what `compile` and the traced step saw."""
        raise NotImplementedError

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Group the steps of an epoch into executions, of which Keras would let the last run past the epoch's end.

        (All is built. Keras's own of this method fails with several workers: keras issue 20585.)
        """
        if iterator is not None and "_enumerate_iterator" not in vars(iterator):
            held = weakref.ref(iterator)  # what holds itself outlives `fit`, with its data
            iterator.steps_per_execution, iterator._enumerate_iterator = 1, lambda: self.execution.epoch(held())

    @property
    def evaluation_names(self) -> list[str]:
        """What `evaluate` returns, by name."""
        return [*self.evaluation_log_names]

    @property
    def metrics_names(self) -> list[str]:
        """What `evaluate` returns, by name, as in Keras."""
        return self.evaluation_names

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the model makes of inputs, as `keras.Model.predict`."""
        options.refuse_ignored(args[0] if args else kwargs.get("x"), None, kwargs)
        with distribution.together(self.distribute_strategy):
            return super().predict(*args, **kwargs)

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, return_dict: bool = False
    ) -> Any:
        """Play one step, as `keras.Model.train_on_batch`; on one replica. The list is in the order of `log_names`."""
        distribution.check_one_replica("train_on_batch", self.distribute_strategy)
        inputs.refuse_weights({"sample_weight": sample_weight, "class_weight": class_weight})
        self._assert_compile_called("train_on_batch")
        self.check_unchanged()
        logs = super().train_on_batch(x, y, sample_weight, class_weight, return_dict=True)
        return logs if return_dict else [logs[name] for name in self.log_names]

    def test_on_batch(self, x: Any, y: Any = None, sample_weight: Any = None, return_dict: bool = False) -> Any:
        """Evaluate one batch, as `keras.Model.test_on_batch`; on one replica. The list is ordered as `evaluate`'s."""
        distribution.check_one_replica("test_on_batch", self.distribute_strategy)
        inputs.refuse_weights({"sample_weight": sample_weight})
        with self._evaluation():
            logs = super().test_on_batch(x, y, sample_weight, return_dict=True)
        return logs if return_dict else [logs[name] for name in self.evaluation_log_names]

    @property
    def execution(self) -> Execution:
        """What executes the steps of the mode that runs."""
        return self._testing if self._evaluating else self._training

    @contextlib.contextmanager
    def _evaluation(self) -> Iterator[None]:
        """Take the means and the execution of an evaluation for those in use."""
        self._untracked(_evaluating=True)
        try:
            yield
        finally:
            self._untracked(_evaluating=False)
