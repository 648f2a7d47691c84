"""The losses that are linear in the logits, for the generator at least: Wasserstein and hinge."""

from keras import ops

from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.types import Tensor
from keras_gan.utils.registry import register


class _LinearGenerator(AdversarialLoss):
    """The generator of both: it raises the critic's mean."""

    generator_sees_real = False

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `-D(G(z))`."""
        return -fake_logits


@register
class Wasserstein(_LinearGenerator):
    """The critic's estimate of the earth mover's distance, by Kantorovich's dual.

    `D(G(z)) - D(x)`, minimised by the critic; it bounds the distance only where the critic is Lipschitz, so add
    `penalties.GradientPenalty`, or clip the weights as the paper did. Arjovsky et al. 2017, arXiv:1701.07875,
    equation 2 and algorithm 1.

    Example:
    ```python
    gan.compile("adam", "adam", loss="wasserstein", terms=["gradient_penalty"], discriminator_steps=5)
    ```
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `fake - real`."""
        return fake_logits - real_logits


@register
class Hinge(_LinearGenerator):
    """The margin loss of the geometric GAN: samples beyond the margin of 1 on their own side no longer count.

    Lim and Ye 2017, arXiv:1705.02894, section 3.2; Miyato et al. 2018, arXiv:1802.05957, equations 16 and 17.

    Example:
    ```python
    gan.compile("adam", "adam", loss="hinge")
    ```
    """

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `max(0, 1 - real) + max(0, 1 + fake)`."""
        return ops.relu(1.0 - real_logits) + ops.relu(1.0 + fake_logits)
