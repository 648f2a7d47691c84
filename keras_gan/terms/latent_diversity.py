"""The generator's part of latent consistency regularization."""

import tensorflow as tf
from keras import ops

from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_number


def move_latents(round: Round, deviation: float, purpose: str) -> Tensor:
    """Return the latents of the round plus normal noise of a standard deviation.

    Raises:
        InputError: there are none.
    """
    if round.latents is None:
        raise InputError(f"`{purpose}` is for generators of latents; this one makes images of others. Received: none")
    shape = (tf.shape(round.latents)[0], round.latents.shape[1])
    return round.latents + deviation * round.random.normal(f"{purpose}/noise", shape)


@register
class LatentDiversity(Term):
    """The generator makes different samples from neighbouring latents.

    `-||G(z) - G(z + d)||^2` with normal `d`, as the mean over the entries of a sample, so that the weight means the
    same for every size. It is the generator's part of zCR, whose other part is `penalties.LatentConsistency`. Zhao et
    al. 2020, arXiv:2002.04724, section 3.2 and algorithm 2.

    Args:
        weight: lambda_gen, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        deviation: the standard deviation of `d`.
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", loss="hinge", terms=["latent_consistency", "latent_diversity"])
    ```
    """

    generator_sees_real = False
    runs = ("generator",)

    def __init__(
        self, weight: Weight = 0.5, interval: int = 1, deviation: float = 0.07, name: str | None = None
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.deviation = check_number("deviation", deviation, minimum=0.0)

    def generator_term(self, round: Round) -> Tensor:
        """Return minus the mean squared difference of the samples, float32 `(batch,)`."""
        moved = round.generator(move_latents(round, self.deviation, self.name), round.labels)
        squares = ops.square(round.fake.images - moved)
        return -ops.mean(squares, axis=tuple(range(1, len(squares.shape))))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "deviation": self.deviation}
