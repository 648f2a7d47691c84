"""The optimizers of the players, and the face that they show to Keras's callbacks."""

import math
from collections.abc import Iterable
from typing import Any

import keras
import tensorflow as tf

from keras_gan.types import Variable
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


def take_whole(optimizer: Any) -> Any:
    """Return `optimizer`, which from now on takes gradients for those of the whole batch, on each replica.

    Keras clips and judges each replica's own gradients, and then sums: here that is done before, once.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    inner._all_reduce_sum_gradients = list
    return optimizer


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
