"""A player's turn."""

from typing import NamedTuple

from keras_gan.round import Round
from keras_gan.training.game.fakes import Made
from keras_gan.training.game.gradients import Gradients


class Turn(NamedTuple):
    """What a player's turn with a micro-batch leaves.

    Attributes:
        gradients: of its loss, for its update.
        round: what the loss was computed of.
        made: the fakes that it saw.
    """

    gradients: Gradients
    round: Round
    made: Made
