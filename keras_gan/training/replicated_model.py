"""What Keras's trainer lacks for several replicas."""

from typing import Any

from keras_gan import distribution
from keras_gan.training.persistent_model import PersistentModel


class ReplicatedModel(PersistentModel):
    """A `keras.Model` that is built when it is made, and trains on one device or many."""

    def _maybe_symbolic_build(self, iterator: Any = None, data_batch: Any = None) -> None:
        """Do nothing: all is built. Keras's own fails with several workers (keras issue 20585)."""

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
