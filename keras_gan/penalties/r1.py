"""The zero-centred gradient penalties, on real and on generated samples."""

from keras_gan.penalties.gradient_norm import squared_norm
from keras_gan.round import Round
from keras_gan.terms.term import Term
from keras_gan.types import Tensor
from keras_gan.utils.registry import register


@register
class R1(Term):
    """The squared gradient norm of the discriminator at the real samples.

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

    differentiates = True
    runs = ("discriminator",)

    def discriminator_term(self, round: Round) -> Tensor:
        """Return `||grad D(x)||^2` for each real sample, float32 `(batch,)`."""
        return squared_norm(round.real)


@register
class R2(Term):
    """The squared gradient norm of the discriminator at the generated samples.

    `R2 = E[||grad D(G(z))||^2]`: Mescheder et al. 2018, arXiv:1801.04406, equation 10 (there weighted by gamma/2);
    Roth et al. 2017, arXiv:1705.09367, for the regularizer on both sides. With R1 and the relativistic loss it is
    what R3GAN trains with (Huang et al. 2024, arXiv:2501.05441). It shares the forward pass of the adversarial loss.

    Args:
        weight: gamma/2: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", loss="relativistic", terms=["r1", "r2"])
    ```
    """

    differentiates = True
    runs = ("discriminator",)

    def discriminator_term(self, round: Round) -> Tensor:
        """Return `||grad D(G(z))||^2` for each generated sample, float32 `(batch,)`."""
        return squared_norm(round.fake)
