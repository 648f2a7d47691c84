"""The means that a step logs."""

from collections.abc import Mapping, Sequence

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Tensor

Sums = Mapping[str, tuple[Tensor, Tensor]]
"""Of each logged quantity the sum of its values and their number."""


def sums(**values: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Return what a step logs: of each quantity the sum of its values and their number.

    The mean over an epoch is then one over all samples of all batches and replicas.

    Args:
        **values: tensors of any shape, by the names in `log_names`.

    Example:
    ```python
    logs = keras_gan.sums(d_loss=ops.convert_to_tensor([0.5, 1.5]))  # {"d_loss": (2.0, 2.0)}
    ```
    """
    return {name: (tf.reduce_sum(value), tf.cast(tf.size(value), tf.float32)) for name, value in values.items()}


def sums_of_finite(**scalars: Tensor) -> dict[str, tuple[Tensor, Tensor]]:
    """Return each scalar as a sum of one value, or of none where it is not finite, as after a float16 overflow.

    All replicas together count as one.
    """
    # Each replica has the same scalar, and Keras adds the metric's variables over replicas.
    share = 1.0 / distribution.num_replicas()
    finite = {name: tf.math.is_finite(scalar) for name, scalar in scalars.items()}
    return {
        name: (tf.where(finite[name], scalar * share, 0.0), tf.where(finite[name], share, 0.0))
        for name, scalar in scalars.items()
    }


class Means(keras.metrics.Metric):
    """The means of several named quantities over an epoch, each over as many values as it was given.

    One metric with two vectors instead of a `keras.metrics.Mean` for each quantity: on a small network the latter
    costs as much as the step itself. The sums are float64, so a mean over millions of steps is exact.

    Args:
        quantities: the names, in the order of the logs.
    """

    def __init__(self, quantities: Sequence[str], name: str = "means") -> None:
        super().__init__(name=name, dtype="float64")
        self.quantities = tuple(quantities)
        shape = (len(self.quantities),)
        self.total = self.add_variable(shape, initializer="zeros", name="total", dtype="float64")
        self.count = self.add_variable(shape, initializer="zeros", name="count", dtype="float64")

    def update_state(self, sums: Sums) -> None:
        """Add the sums; quantities that are missing are left as they are.

        Raises:
            KeyError: a quantity that was not declared.
        """
        unknown = set(sums) - set(self.quantities)
        if unknown:
            raise KeyError(f"`log_names` must declare all that is logged. Received: {sorted(unknown)}")
        # Two additions of vectors, not two a quantity: on a small network each operation is felt.
        nothing = (tf.constant(0.0), tf.constant(0.0))
        rows = [sums.get(name, nothing) for name in self.quantities]
        self.total.assign_add(tf.cast(tf.stack([total for total, _ in rows]), tf.float64))
        self.count.assign_add(tf.cast(tf.stack([count for _, count in rows]), tf.float64))

    def result(self) -> dict[str, Tensor]:
        """Return each mean as float32; 0 for a quantity without values."""
        return dict(zip(self.quantities, tf.unstack(self.vector()), strict=True))

    def named(self, vector: np.ndarray) -> dict[str, float]:
        """Return what `vector` returned by name, as Python's numbers."""
        return dict(zip(self.quantities, vector.tolist(), strict=True))

    def vector(self) -> Tensor:
        """Return the means in one float32 tensor."""
        return tf.cast(tf.math.divide_no_nan(self.total.value, self.count.value), tf.float32)
