"""Spectral normalization, as in the paper."""

import threading
from typing import Unpack

import keras
import numpy as np
from keras import ops

from keras_gan.layers.inputs import WrapperOptions
from keras_gan.types import Config, Shape, Tensor, Variable
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError

_EPSILON = 1e-12
_FIRST_ITERATIONS = 50  # at build, so that the first step already divides by the singular value
_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)


@register
class SpectralNormalization(keras.layers.Wrapper):
    """Divides a layer's kernel by its largest singular value, so that the layer is 1-Lipschitz.

    The kernel that is trained and saved is the raw one; the singular vector `u` is state, moved by one power iteration
    at each training call (in a `GAN`: once for each discriminator update, whatever the number of passes); sigma is part
    of the graph, so the gradient is the paper's equation 12. `keras.layers.SpectralNormalization` overwrites the kernel
    and takes sigma for a constant.

    Miyato et al. 2018, arXiv:1802.05957, section 2.1, equations 9 to 12 and algorithm 1.

    Args:
        layer: a Dense, convolution, transposed convolution or Embedding layer: one with a `kernel` or `embeddings`.
        axis: the kernel's axis of outputs; `None` is the last one, or the last but one of transposed convolutions.
        name: the layer's name.

    Raises:
        InputError: `layer` is not such a layer.

    Example:
    ```python
    x = keras.Input((8, 8, 1))
    y = keras_gan.layers.SpectralNormalization(keras.layers.Conv2D(16, 3))(x)
    ```
    """

    def __init__(
        self,
        layer: keras.layers.Layer,
        axis: int | None = None,
        name: str | None = None,
        **kwargs: Unpack[WrapperOptions],
    ) -> None:
        if not isinstance(layer, keras.layers.Layer):
            raise InputError(f"`layer` must be a Keras layer. Received: layer={layer!r}")
        # Without autocast, so that sigma is computed in float32 under mixed precision; the wrapped layer casts.
        super().__init__(layer, name=name or f"spectral_{layer.name}", autocast=False, **kwargs)
        self.axis = axis
        # Replicas are traced in threads that take turns at each reduction: a flag for all would be another's.
        self._of_thread = threading.local()

    @property
    def held(self) -> bool:
        """Whether a call in training leaves the singular vector as it is; each thread has its own word."""
        held: bool = getattr(self._of_thread, "held", False)
        return held

    @held.setter
    def held(self, held: bool) -> None:
        self._of_thread.held = held

    def build(self, input_shape: Shape) -> None:
        """Build the wrapped layer and find its first singular vector."""
        super().build(input_shape)
        kernel = self._kernel()
        start = np.random.default_rng(0).normal(size=self._matrix(kernel.value).shape[0]).astype("float32")
        self.u = self.add_weight(
            shape=start.shape, initializer="zeros", trainable=False, dtype="float32", name="singular_vector"
        )
        u, matrix = start / np.linalg.norm(start), np.asarray(ops.convert_to_numpy(self._matrix(kernel.value)))
        for _ in range(_FIRST_ITERATIONS if matrix.any() else 0):
            u = matrix @ (matrix.T @ u)
            u = u / max(float(np.linalg.norm(u)), _EPSILON)
        self.u.assign(u)

    def _kernel(self) -> Variable:
        for name in ("kernel", "embeddings"):
            if isinstance(getattr(self.layer, name, None), keras.Variable):
                return getattr(self.layer, name)
        raise InputError(
            f"`layer` must have a `kernel` or `embeddings`. Received: layer={self.layer.name!r}, a "
            f"{type(self.layer).__name__}"
        )

    def _matrix(self, kernel: Tensor) -> Tensor:
        """Return the kernel as a matrix `(outputs, everything else)`."""
        default = -2 if isinstance(self.layer, _TRANSPOSED) else -1
        axis = default if self.axis is None else self.axis
        axes = list(range(len(kernel.shape)))
        first = axes.pop(axis)
        return ops.reshape(ops.transpose(kernel, [first, *axes]), (kernel.shape[first], -1))

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return the wrapped layer's outputs for the normalized kernel."""
        kernel = self._kernel()
        matrix = self._matrix(kernel.value)
        u = self.u.value
        if training and not self.held:
            moved = _unit(ops.matmul(matrix, _unit(ops.matmul(u, matrix))))
            # Of a kernel that is zero for now the vector stays: from zero it would never move again.
            u = ops.where(ops.any(moved != 0), moved, _unit(u))
            self.u.assign(ops.stop_gradient(u))
        else:
            u = _unit(u)  # that of a moving average is a mean of unit vectors, which is shorter
        u = ops.stop_gradient(u)
        v = ops.stop_gradient(_unit(ops.matmul(u, matrix)))
        sigma = ops.sum(u * ops.matmul(matrix, v))
        sigma = ops.maximum(sigma, _EPSILON)  # of a kernel that is zero
        with keras.StatelessScope(state_mapping=[(kernel, kernel.value / sigma)]):
            return self.layer(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the wrapped layer's."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "axis": self.axis}


def _unit(vector: Tensor) -> Tensor:
    return vector / (ops.norm(vector) + _EPSILON)
