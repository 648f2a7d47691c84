"""The gradient penalty on real data."""

from keras import ops

from keras_gan.round import Round
from keras_gan.terms.term import Term
from keras_gan.types import Tensor
from keras_gan.utils.registry import register


@register
class R1(Term):
    """The squared gradient norm of the discriminator at the real data.

    `R1 = E[||grad D(x)||^2]`, where `D` is the logit and `x` is in [-1, 1]. It makes the game converge locally where
    the unregularized one circles. `weight` is gamma/2 of Mescheder, Geiger and Nowozin 2018, arXiv:1801.04406,
    equation 9: their gamma of 10 is `weight=5`.

    It shares the forward pass of the adversarial loss: the discriminator sees the reals once.

    Args:
        weight: gamma/2: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", terms=[keras_gan.penalties.R1(weight=0.5)])
    ```
    """

    def discriminator_term(self, round: Round) -> Tensor:
        """Return `||grad D(x)||^2` for each real sample, float32 `(batch,)`."""
        gradient = round.real.input_gradient()
        return ops.sum(ops.square(gradient), axis=tuple(range(1, len(gradient.shape))))
