"""Batch normalization whose scale and offset follow from a class or a vector."""

from collections.abc import Sequence
from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.batch_normalization import BatchNormalization
from keras_gan.layers.inputs import LayerOptions, check_integers, check_one_condition, check_with_labels, class_labels
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register


@register
class ConditionalBatchNormalization(keras.layers.Layer):
    """Batch normalization with a scale and an offset for each class: how a generator is told its labels.

    `gamma[y] * (x - mean) / sqrt(variance + epsilon) + beta[y]`, with the statistics over the whole batch, whatever
    the classes in it; see `BatchNormalization`. For vectors `y` they are `1 + y @ gamma` and `y @ beta`. At first they
    are 1 and 0, whatever the label. Called on `[x, labels]`: `x` is `(batch, ..., channels)`, labels are integers
    `(batch,)` or vectors `(batch, condition_dim)`; the output has the shape of `x`. Computed in float32.

    de Vries et al. 2017, arXiv:1707.00683, section 3; in GANs: Miyato and Koyama 2018, arXiv:1802.05637, section 5.

    Args:
        num_classes: labels are classes in `[0, num_classes)`; up to 2^20.
        momentum: of the moving statistics, as in `keras.layers.BatchNormalization`.
        epsilon: added to the variance.
        condition_dim: labels are vectors of so many numbers. This or `num_classes` is given.

    Raises:
        InputError: the inputs are not `[x, labels]`, or the labels are others.

    Example:
    ```python
    x, labels = keras.Input((4, 4, 32)), keras.Input((), dtype="int32")
    y = keras_gan.layers.ConditionalBatchNormalization(num_classes=10)([x, labels])
    ```
    """

    def __init__(
        self,
        num_classes: int | None = None,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        condition_dim: int | None = None,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_one_condition(num_classes, condition_dim)
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.condition_dim = condition_dim
        self.momentum = momentum
        self.epsilon = epsilon
        self.normalization = BatchNormalization(
            momentum=momentum,
            epsilon=epsilon,
            center=False,
            scale=False,
            dtype=keras.backend.result_type(self.compute_dtype, "float32"),
            name="normalization",
        )

    def build(self, input_shape: Sequence[Shape]) -> None:
        """Build the normalization, and a row of gamma and beta for each class, or for each number of a vector."""
        shape = check_with_labels(input_shape, self.condition_dim)
        self.normalization.build(shape)
        rows = (self.condition_dim or self.num_classes, shape[-1])
        first = "ones" if self.condition_dim is None else "zeros"  # a vector's gamma is a change of 1
        self.gamma = self.add_weight(shape=rows, initializer=first, name="gamma", autocast=False)
        self.beta = self.add_weight(shape=rows, initializer="zeros", name="beta", autocast=False)
        self.built = True

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return `x` normalized, with its class's scale and offset."""
        x, labels = inputs
        x = self.normalization(x, training=training)
        gamma, beta = (self._told(table, labels, x) for table in (self.gamma, self.beta))
        gamma = gamma if self.condition_dim is None else 1.0 + gamma
        return ops.cast(gamma * x + beta, self.compute_dtype)

    def _told(self, table: Tensor, labels: Tensor, x: Tensor) -> Tensor:
        """Return each sample's row of `table`, or its vector times that, of a shape that broadcasts to `x`."""
        if self.condition_dim is None:
            rows = ops.take(table, class_labels(labels), axis=0)
        else:
            rows = ops.matmul(ops.cast(labels, table.dtype), table)
        return ops.reshape(ops.cast(rows, x.dtype), (-1, *(1 for _ in x.shape[1:-1]), x.shape[-1]))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape of `x`."""
        return tuple(input_shape[0])

    def compute_output_spec(
        self, inputs: Sequence[keras.KerasTensor], training: bool | None = None
    ) -> keras.KerasTensor:
        """Return the symbolic output; labels that are no integers are found before there is data."""
        x, labels = inputs
        if self.condition_dim is None:
            check_integers(labels)
        return keras.KerasTensor(x.shape, self.compute_dtype)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "condition_dim": self.condition_dim,
        }
