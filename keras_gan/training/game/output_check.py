"""A look at what networks can give, before the first step, where their graphs do not tell."""

from collections.abc import Callable, Sequence
from typing import Protocol, Unpack

import keras
import numpy as np
import tensorflow as tf

from keras_gan.critic import Critic, CriticOptions
from keras_gan.training.game.minibatch import Minibatch
from keras_gan.training.game.signature import DataSignature, not_dark, not_logits, symbolic_output
from keras_gan.types import Tensor, Variable
from keras_gan.utils.networks import last_function
from keras_gan.utils.validation import InputError

_ROWS = 4
_DRAWS = 5  # of weights: the chance that an output without bounds never leaves [0, 1] is below 1e-6
_SPREAD = 10.0  # of biases and gains, so that the last bias alone takes the outputs out of [0, 1]
_MOST = 2.0  # of a sum of two sigmoids; energies, which are never negative too, go on without end
_SIGNED = ("linear", "tanh", "leaky_relu", "elu", "selu", "gelu", "silu", "softsign", "hard_tanh")


class Tried(Protocol):
    """What is asked of a game: its networks, and a batch to run them with."""

    generator: keras.Model
    discriminator: keras.Model

    @property
    def signature(self) -> DataSignature:
        """What the networks agree on."""
        ...

    def rehearsal(self, rows: int) -> Minibatch:
        """Return a small random batch."""
        ...

    def fake(self, batch: Minibatch) -> Tensor:
        """Return samples."""
        ...

    def critic(self, batch: Minibatch, **options: Unpack[CriticOptions]) -> Critic:
        """Return the discriminator with all bound that goes with the samples of a batch."""
        ...


def check_outputs(game: Tried) -> None:
    """Raise where the logits are probabilities, or images can't be dark.

    The signature has looked at the last function of each network. Here the networks are run, with random weights: with
    their own they may stay within any bounds by chance. Nothing is changed.

    Args:
        game: with its networks.

    Raises:
        InputError: the logits never leave [0, 1], or the generator of images makes no negative value.
    """
    generator, discriminator = game.generator, game.discriminator
    try:
        with keras.StatelessScope():
            batch = game.rehearsal(_ROWS)
        judge = lambda: game.critic(batch, training=False)(batch.samples).logits  # noqa: E731
        if _unseen(discriminator) and _stays(0.0, _MOST, discriminator, judge):
            raise InputError(not_logits("logits between 0 and 1, or 2, whatever the weights"))
        generate = lambda: game.fake(batch)  # noqa: E731
        if game.signature.is_image and _unseen(generator) and _stays(0.0, np.inf, generator, generate):
            raise InputError(not_dark("no negative value, whatever the weights"))
    except tf.errors.ResourceExhaustedError:  # not of the batch, but of this machine
        raise
    except tf.errors.OpError:  # a network that such a small batch does not suit: nothing can be said
        return


def _unseen(network: keras.Model) -> bool:
    """Return whether the graph of a network does not show that its (main) output can have either sign."""
    output = symbolic_output(network)
    return last_function(output["logits"] if isinstance(output, dict) else output) not in _SIGNED


def _stays(low: float, high: float, network: keras.Model, output: Callable[[], Tensor]) -> bool:
    """Return whether a network's outputs are within `[low, high]` whatever its weights are, and not all of them 0."""
    weights = network.trainable_variables
    if not weights:
        return False  # nothing is known of what it could give
    random = np.random.default_rng(0)  # no seed of the user's, and none of Keras's, is used up by a look
    found = []
    for _ in range(_DRAWS):
        with keras.StatelessScope(state_mapping=_drawn(weights, random)):
            found.append(np.asarray(output(), np.float64).ravel())
    values = np.concatenate(found)
    return bool(np.all((values >= low) & (values <= high)) and np.any(values != 0.0))


def _drawn(weights: Sequence[Variable], random: np.random.Generator) -> list[tuple[Variable, Tensor]]:
    spread = [1.0 if len(weight.shape) > 1 else _SPREAD for weight in weights]
    return [
        (weight, keras.ops.convert_to_tensor(random.normal(0.0, deviation, weight.shape), weight.dtype))
        for weight, deviation in zip(weights, spread, strict=True)
    ]
