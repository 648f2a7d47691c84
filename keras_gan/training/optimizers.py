"""The optimizers of the players, and the face that they show to Keras's callbacks."""

import math
from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from keras_gan.types import Tensor, Variable
from keras_gan.utils.networks import computes_in_float16
from keras_gan.utils.validation import InputError


def get(identifier: Any, argument: str) -> Any:
    """Return a Keras optimizer from its name, config or instance; raise with the argument's name."""
    try:
        optimizer = keras.optimizers.get(identifier)
    except (ValueError, TypeError) as error:
        raise InputError(f"`{argument}` must be a Keras optimizer. Received: {argument}={identifier!r}") from error
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise InputError(f"`{argument}` must be a Keras optimizer. Received: {argument}={identifier!r}")
    rate = float(tf.convert_to_tensor(optimizer.learning_rate))
    if not 0.0 <= rate < math.inf:
        raise InputError(f"`{argument}` must have a finite learning rate of 0 or more. Received: learning_rate={rate}")
    return optimizer


def scale_loss_for(optimizer: Any, networks: Iterable[Any]) -> Any:
    """Wrap `optimizer` in a loss scale of its own if one of `networks` computes in float16."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    if any(computes_in_float16(network) for network in networks):
        return keras.optimizers.LossScaleOptimizer(optimizer, name=optimizer.name)
    return optimizer


def clip(optimizer: Any, gradients: list[Tensor], scale: Tensor) -> list[Tensor]:
    """Return the gradients clipped as the optimizer says, for a caller that divides them among replicas.

    Keras clips before it sums over the replicas: what it is then given is within its bounds, and passes.

    Args:
        optimizer: with or without a loss scale.
        gradients: those of the whole batch.
        scale: what they are multiplied by.
    """
    rule = getattr(optimizer, "inner_optimizer", optimizer)
    if rule.clipnorm is not None:
        return [tf.clip_by_norm(gradient, rule.clipnorm * scale) for gradient in gradients]
    if rule.global_clipnorm is not None:
        return tf.clip_by_global_norm(gradients, rule.global_clipnorm * scale)[0]
    if rule.clipvalue is not None:
        return [tf.clip_by_value(g, -rule.clipvalue * scale, rule.clipvalue * scale) for g in gradients]
    return gradients


class OptimizerGroup:
    """What stands at `model.optimizer`, so that Keras's callbacks find learning rates, iterations and variables.

    Keras's schedules, TensorBoard and summaries walk `optimizers`. It is neither a Keras optimizer nor saved: the
    model's own attributes hold the optimizers.
    """

    def __init__(self, optimizers: Iterable[Any]) -> None:
        self.optimizers = tuple(optimizers)

    @property
    def built(self) -> bool:
        """Whether all are built."""
        return all(optimizer.built for optimizer in self.optimizers)

    @property
    def iterations(self) -> Variable:
        """The iterations of the last player's optimizer."""
        return self.optimizers[-1].iterations

    @property
    def variables(self) -> list[Variable]:
        """The variables of all."""
        return [variable for optimizer in self.optimizers for variable in optimizer.variables]

    def build(self, variables: list[Variable]) -> None:
        """Do nothing: each optimizer was built with its player's variables."""
