"""The gradients of one update, micro-batch by micro-batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol, TypeVar

import tensorflow as tf

from keras_gan.training.game.logs import Sums
from keras_gan.training.game.player import Player
from keras_gan.types import Tensor, Variable


class Gradients(NamedTuple):
    """What a micro-batch gives to its player's update.

    Attributes:
        loss: what the player minimises, a float32 scalar: the mean over this replica's rows.
        logs: what is logged.
        values: for each of the player's variables this micro-batch's share of the gradient of the global mean, times
            the loss scale.
    """

    loss: Tensor
    logs: Sums
    values: Sequence[Tensor]

    @property
    def gradients(self) -> "Gradients":
        """These, as a turn has them."""
        return self


class HasGradients(Protocol):
    """Whatever holds the gradients of a micro-batch."""

    @property
    def gradients(self) -> Gradients:
        """These."""
        ...


Part = TypeVar("Part")
Played = TypeVar("Played", bound=HasGradients)


def watching(variables: Iterable[Variable]) -> tf.GradientTape:
    """Return a tape of some variables: what is computed of others alone is data, and is not recorded."""
    # A plain tape watches each variable that is read: in the discriminator's turn it would record the generator too,
    # and keep its activations. A tape takes variables only while it records; entered again, it still has them.
    with (tape := tf.GradientTape(watch_accessed_variables=False)):
        tape.watch([variable.value for variable in variables])
    return tape


def differentiate(tape: tf.GradientTape, loss: Tensor, variables: Iterable[Variable], share: Tensor) -> list[Tensor]:
    """Return the gradients of `share` times the loss, dense and 0 where the loss does not depend on a variable.

    The share, which holds the loss scale of float16, enters as the upstream gradient: so the loss stays what is logged.
    """
    # ZERO, not Keras's way of leaving `None` out: a penalty alone has no gradient for the discriminator's last bias,
    # and the sums over micro-batches and replicas need a tensor for each variable. (It raises for Keras's.)
    values = [variable.value for variable in variables]
    gradients = tape.gradient(loss, values, share, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    # An embedding's gradient is a list of rows, in which a label may come twice. Clipping, the norm and Adam square it:
    # that has to be the square of the sum, not the sum of the squares.
    return [tf.convert_to_tensor(gradient) for gradient in gradients]


def in_order(play: Callable[[Part], Played], microbatches: Iterable[Part]) -> list[Played]:
    """Play micro-batches one after another, so that an update takes the memory of one."""
    played: list[Played] = []
    for microbatch in microbatches:
        # Without it TensorFlow may run all micro-batches at once, and hold the activations of all: what accumulation is
        # meant to save. (XLA has an order of its own.)
        with tf.control_dependencies(played[-1].gradients.values if played else []):
            played.append(play(microbatch))
    return played


def accumulated(gradients: Sequence[Gradients]) -> tuple[list[Tensor], Tensor]:
    """Return the sums over micro-batches: of the gradients, and of the loss and what is logged in one vector."""
    first, *others = gradients
    values = [*first.values]
    for more in others:
        values = [a + b for a, b in zip(values, more.values, strict=True)]
    # One vector, so that all replicas' sums of it take one reduction, and not one a number.
    logged = [[loss, *(tf.cast(total, tf.float32) for total, _ in logs.values())] for loss, logs, _ in gradients]
    return values, tf.add_n([tf.stack(totals) for totals in logged])


def suspects(player: Player, totals: Mapping[str, Tensor], gradients: Sequence[Tensor]) -> list[tuple[str, Tensor]]:
    """Return by name what may be NaN or infinite in an update: what is logged, the loss, each gradient.

    Args:
        player: whose update it is.
        totals: what was logged, by name; the loss as `"total"`.
        gradients: of its variables.
    """
    found = [(f"{name} of the {player.name}", total) for name, total in totals.items() if name != "total"]
    # The parts come before their sum, and both before the gradients: the first of them that is not finite is named.
    found.append((f"the loss of the {player.name}", totals["total"]))
    for variable, gradient in zip(player.trainable_variables, gradients, strict=True):
        found.append((f"the gradient of {variable.path} of the {player.name}", gradient))
    return found
