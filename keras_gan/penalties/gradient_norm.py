"""The norm of the discriminator's gradient at a point, as penalties use it."""

from keras import ops

from keras_gan.critic import Judgement
from keras_gan.types import Tensor

_EPSILON = 1e-12  # inside the root: its derivative stays finite where the gradient is zero


def squared_norm(evaluation: Judgement) -> Tensor:
    """Return `||grad D(x)||^2` for each logit, float32 `(batch,)`; what is judged together counts as one x."""
    gradient = ops.reshape(evaluation.input_gradient(), (ops.shape(evaluation.logits)[0], -1))
    return ops.sum(ops.square(gradient), axis=1)


def norm(evaluation: Judgement) -> Tensor:
    """Return `||grad D(x)||` for each logit, float32 `(batch,)`; its own gradient is finite everywhere."""
    return ops.sqrt(squared_norm(evaluation) + _EPSILON)
