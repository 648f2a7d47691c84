"""The norm of the discriminator's gradient at a point, as penalties use it."""

from keras import ops

from keras_gan.critic import Evaluation
from keras_gan.types import Tensor

_EPSILON = 1e-12  # inside the root: its derivative stays finite where the gradient is zero


def squared_norm(evaluation: Evaluation) -> Tensor:
    """Return `||grad D(x)||^2` for each sample, float32 `(batch,)`."""
    gradient = evaluation.input_gradient()
    return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))


def norm(evaluation: Evaluation) -> Tensor:
    """Return `||grad D(x)||` for each sample, float32 `(batch,)`; its own gradient is finite everywhere."""
    return ops.sqrt(squared_norm(evaluation) + _EPSILON)
