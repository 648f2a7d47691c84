"""Batch normalization whose scale and offset are the class's."""

from collections.abc import Sequence
from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.batch_normalization import BatchNormalization
from keras_gan.layers.inputs import LayerOptions, check_integers, check_with_labels, class_labels
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import MAX_CLASSES, check_integer


@register
class ConditionalBatchNormalization(keras.layers.Layer):
    """Batch normalization with a scale and an offset for each class: how a generator is told its labels.

    `gamma[y] * (x - mean) / sqrt(variance + epsilon) + beta[y]`, with the statistics over the whole batch, whatever
    the classes in it; see `BatchNormalization`. At first gamma is 1 and beta 0, for all classes. Called on
    `[x, labels]`: `x` is `(batch, ..., channels)`, labels are integers `(batch,)`; the output has the shape of `x`.
    Computed in float32.

    de Vries et al. 2017, arXiv:1707.00683, section 3; in GANs: Miyato and Koyama 2018, arXiv:1802.05637, section 5.

    Args:
        num_classes: labels are in `[0, num_classes)`; up to 2^20.
        momentum: of the moving statistics, as in `keras.layers.BatchNormalization`.
        epsilon: added to the variance.

    Raises:
        InputError: the inputs are not `[x, labels]`, or the labels are no integers.

    Example:
    ```python
    x, labels = keras.Input((4, 4, 32)), keras.Input((), dtype="int32")
    y = keras_gan.layers.ConditionalBatchNormalization(num_classes=10)([x, labels])
    ```
    """

    def __init__(
        self,
        num_classes: int,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        **kwargs: Unpack[LayerOptions],
    ) -> None:
        check_integer("num_classes", num_classes, bound=MAX_CLASSES)
        super().__init__(**kwargs)
        self.num_classes = num_classes
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
        """Build the normalization, and a row of gamma and beta for each class."""
        shape = check_with_labels(input_shape)
        self.normalization.build(shape)
        rows = (self.num_classes, shape[-1])
        self.gamma = self.add_weight(shape=rows, initializer="ones", name="gamma", autocast=False)
        self.beta = self.add_weight(shape=rows, initializer="zeros", name="beta", autocast=False)
        self.built = True

    def call(self, inputs: Sequence[Tensor], training: bool | None = None) -> Tensor:
        """Return `x` normalized, with its class's scale and offset."""
        x, labels = inputs
        x = self.normalization(x, training=training)
        gamma, beta = (self._of_class(table, class_labels(labels), x) for table in (self.gamma, self.beta))
        return ops.cast(gamma * x + beta, self.compute_dtype)

    def _of_class(self, table: Tensor, labels: Tensor, x: Tensor) -> Tensor:
        """Return each sample's row of `table`, of a shape that broadcasts to `x`."""
        row = ops.cast(ops.take(table, labels, axis=0), x.dtype)
        return ops.reshape(row, (-1, *(1 for _ in x.shape[1:-1]), x.shape[-1]))

    def compute_output_shape(self, input_shape: Sequence[Shape]) -> Shape:
        """Return the shape of `x`."""
        return tuple(input_shape[0])

    def compute_output_spec(
        self, inputs: Sequence[keras.KerasTensor], training: bool | None = None
    ) -> keras.KerasTensor:
        """Return the symbolic output; labels that are no integers are found before there is data."""
        x, labels = inputs
        check_integers(labels)
        return keras.KerasTensor(x.shape, self.compute_dtype)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }
