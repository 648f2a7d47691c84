"""The two losses of the first GAN paper: the value function itself and its non-saturating heuristic."""

from keras import ops

from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.types import Tensor
from keras_gan.utils.registry import register


class _LogLikelihood(AdversarialLoss):
    """The discriminator of both: a classifier of real against generated, by maximum likelihood."""

    generator_sees_real = False

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `-log D(x) - log(1 - D(G(z)))` with `D = sigmoid(logits)`, by softplus: finite for all logits."""
        return ops.softplus(-real_logits) + ops.softplus(fake_logits)


@register
class Minimax(_LogLikelihood):
    """The value function of the two-player game, played literally by both.

    `V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))]`: the discriminator minimises `-V`, the generator minimises the part
    of `V` that depends on it. Its gradient vanishes where the discriminator is sure, so prefer `NonSaturating` for
    images; this one is for theory.

    Goodfellow et al. 2014, arXiv:1406.2661, equation 1.

    Example:
    ```python
    loss = keras_gan.losses.Minimax()
    loss.discriminator_loss(ops.zeros(4), ops.zeros(4))  # log 4, four times
    ```
    """

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `log(1 - D(G(z)))`, which is below 0 and unbounded."""
        return -ops.softplus(fake_logits)


@register
class NonSaturating(_LogLikelihood):
    """The generator maximises `log D(G(z))` instead: the same fixed point, strong gradients early on.

    Goodfellow et al. 2014, arXiv:1406.2661, section 3, last paragraph.

    Example:
    ```python
    gan.compile("adam", "adam", loss="non_saturating")
    ```
    """

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `-log D(G(z))`."""
        return ops.softplus(-fake_logits)
