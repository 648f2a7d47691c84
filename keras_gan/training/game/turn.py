"""A player's turn."""

from typing import NamedTuple

from keras_gan.training.game.fakes import Made
from keras_gan.training.game.gradients import Gradients
from keras_gan.types import Tensor


class Turn(NamedTuple):
    """What a player's turn with a micro-batch leaves; no more, so that its activations are not kept for the next one.

    Attributes:
        gradients: of its loss, for its update.
        real_logits: of the discriminator's turn, `(batch,)`.
        made: the fakes that it saw, where they are used again.
    """

    gradients: Gradients
    real_logits: Tensor | None = None
    made: Made | None = None
