"""Spectral normalization, as in the paper."""

import threading
from typing import Unpack

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_gan.layers.inputs import WrapperOptions
from keras_gan.types import Config, Shape, Tensor, Variable
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer

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
        InputError: `layer` is not such a layer, or its kernel has no such axis, which is found when it is built.

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
        # Without autocast, so that sigma is of the weights in float32 under mixed precision; the wrapped layer casts.
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
        axes = len(self._kernel().shape)
        default = -2 if isinstance(self.layer, _TRANSPOSED) else -1
        axis = default if self.axis is None else check_integer("axis", self.axis, -axes, axes - 1)
        self._outputs = axis % axes
        matrix = np.asarray(ops.convert_to_numpy(self._matrix(self._weights())))
        matrix = matrix.T if self._outputs_are_last else matrix
        start = np.random.default_rng(0).normal(size=len(matrix)).astype("float32")
        self.u = self.add_weight(
            shape=start.shape, initializer="zeros", trainable=False, dtype="float32", name="singular_vector"
        )
        u = start / np.linalg.norm(start)
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

    @property
    def _outputs_are_last(self) -> bool:
        return self._outputs == len(self._kernel().shape) - 1

    def _weights(self) -> Tensor:
        """Return the kernel in float32, or float64: in half precision sigma would be too coarse, and its bound 0."""
        kernel = self._kernel()
        # Where no model computes in half precision, Keras casts the weights of a layer that does, autocast or not.
        return kernel.value if kernel.dtype == "float64" else tf.cast(kernel.value, "float32")

    def _matrix(self, weights: Tensor) -> Tensor:
        """Return the paper's W, `(outputs, everything else)`; where outputs are last its transpose: nothing moves."""
        if self._outputs_are_last:
            return tf.reshape(weights, (-1, weights.shape[-1]))
        others = [axis for axis in range(len(weights.shape)) if axis != self._outputs]
        return tf.reshape(tf.transpose(weights, [self._outputs, *others]), (weights.shape[self._outputs], -1))

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return the wrapped layer's outputs for the normalized kernel."""
        weights, last = self._weights(), self._outputs_are_last
        matrix = self._matrix(weights)
        u = _unit(tf.cast(self.u.value, matrix.dtype))  # that of an average is a mean of unit vectors: shorter
        # `matvec`, since Keras multiplies vectors by `tensordot`: many operations, and a transposition of the matrix.
        if training and not self.held:
            v = _unit(tf.linalg.matvec(matrix, u, transpose_a=not last))
            moved = _unit(tf.linalg.matvec(matrix, v, transpose_a=last))
            # Of a kernel that is zero for now the vector stays: from zero it would never move again.
            u = tf.where(tf.reduce_any(moved != 0), moved, u)
            self.u.assign(tf.stop_gradient(u))
        product = tf.linalg.matvec(matrix, tf.stop_gradient(u), transpose_a=not last)
        sigma = tf.reduce_sum(product * tf.stop_gradient(_unit(product)))  # u and v are constants in equation 12
        sigma = tf.maximum(sigma, _EPSILON)  # of a kernel that is zero
        with keras.StatelessScope(state_mapping=[(self._kernel(), weights / sigma)]):
            return self.layer(inputs)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the wrapped layer's."""
        return self.layer.compute_output_shape(input_shape)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "axis": self.axis}


def _unit(vector: Tensor) -> Tensor:
    return tf.math.l2_normalize(vector, epsilon=_EPSILON**2)
