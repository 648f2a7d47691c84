"""The relativistic losses: is a real sample more realistic than a generated one?"""

from keras import ops

from keras_gan import distribution
from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.types import Tensor
from keras_gan.utils.registry import register


@register
class Relativistic(AdversarialLoss):
    """The pairing game: each real logit against the generated one beside it.

    Both players minimise `softplus(-t)` of the difference: the discriminator with `t = D(x) - D(G(z))`, the generator
    with `t = D(G(z)) - D(x)`. Jolicoeur-Martineau 2018, arXiv:1807.00734, section 3.4 (RSGAN); with R1 and R2 it is
    R3GAN: Huang et al. 2024, arXiv:2501.05441, equation 2.

    Example:
    ```python
    gan.compile("adam", "adam", loss="relativistic", terms=["r1", "r2"])
    ```
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `softplus(fake - real)`."""
        return ops.softplus(fake_logits - real_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `softplus(real - fake)`."""
        return ops.softplus(real_logits - fake_logits)


@register
class RelativisticAverage(AdversarialLoss):
    """Each logit against the mean logit of the other side, over the global batch.

    With `r = D(x) - mean D(G(z))` and `f = D(G(z)) - mean D(x)` the discriminator minimises `softplus(-r) +
    softplus(f)` and the generator `softplus(r) + softplus(-f)`. Jolicoeur-Martineau 2018, arXiv:1807.00734, section
    4.2 and algorithm 2 (RaSGAN).

    Example:
    ```python
    gan.compile("adam", "adam", loss="relativistic_average")
    ```
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `softplus(-r) + softplus(f)`."""
        return _against_means(real_logits, fake_logits)

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `softplus(r) + softplus(-f)`: the discriminator's, with the two sides exchanged."""
        return _against_means(fake_logits, real_logits)


def _against_means(high: Tensor, low: Tensor) -> Tensor:
    """Return the loss that is small where `high` lies above the mean of `low`, and `low` below the mean of `high`."""
    above = high - distribution.global_mean(low)
    below = low - distribution.global_mean(high)
    return ops.softplus(-above) + ops.softplus(below)
