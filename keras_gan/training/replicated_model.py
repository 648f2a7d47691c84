"""What Keras's trainer lacks for several replicas."""

from collections.abc import Iterator
from typing import Any

from keras_gan import distribution
from keras_gan.training.persistent_model import PersistentModel


class ReplicatedModel(PersistentModel):
    """A `keras.Model` that is built when it is made, and trains on one device or many."""

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Group the steps of an epoch into executions, of which Keras would let the last run past the epoch's end.

        (All is built. Keras's own of this method fails with several workers: keras issue 20585.)
        """
        if iterator is None or "_enumerate_iterator" in vars(iterator):
            return
        single = iterator._enumerate_iterator

        def left(number: int) -> int | None:
            bounds = []
            if iterator.num_batches:
                bounds.append(iterator.num_batches - 1 - number)
            if iterator._num_batches:  # an epoch may begin within the data
                bounds.append(iterator._num_batches - iterator._steps_seen)
            return max(0, min(bounds)) if bounds else None

        def grouped() -> Iterator[Any]:
            execution = self.test_function if self._evaluating else self.train_function
            return execution.group(single(), left)

        iterator.steps_per_execution, iterator._enumerate_iterator = 1, grouped

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Return what the model makes of inputs, as `keras.Model.predict`."""
        with distribution.together(self.distribute_strategy):
            return super().predict(*args, **kwargs)

    def train_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        """Play one step, as `keras.Model.train_on_batch`; on one replica."""
        distribution.check_one_replica("train_on_batch", self.distribute_strategy)
        return super().train_on_batch(*args, **kwargs)

    def test_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        """Evaluate one batch, as `keras.Model.test_on_batch`; on one replica."""
        distribution.check_one_replica("test_on_batch", self.distribute_strategy)
        return super().test_on_batch(*args, **kwargs)
