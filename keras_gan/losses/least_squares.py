"""The least-squares loss."""

from keras import ops

from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number


@register
class LeastSquares(AdversarialLoss):
    """Regression to a target for each side: samples that are far on the right side are pulled back too.

    `(D(x) - b)^2 / 2 + (D(G(z)) - a)^2 / 2` for the discriminator, `(D(G(z)) - c)^2 / 2` for the generator.
    Mao et al. 2017, arXiv:1611.04076, equation 2. `a=-1, b=1, c=0` minimises the Pearson divergence (its equation 8).

    Args:
        fake_target: a, what the discriminator gives generated samples.
        real_target: b, what it gives real ones.
        generator_target: c, what the generator wants its samples to be given.

    Example:
    ```python
    loss = keras_gan.losses.LeastSquares(fake_target=-1.0, real_target=1.0, generator_target=0.0)
    ```
    """

    generator_sees_real = False

    def __init__(self, fake_target: float = 0.0, real_target: float = 1.0, generator_target: float = 1.0) -> None:
        self.fake_target = check_number("fake_target", fake_target)
        self.real_target = check_number("real_target", real_target)
        self.generator_target = check_number("generator_target", generator_target)

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `((real - b)^2 + (fake - a)^2) / 2`."""
        return 0.5 * (ops.square(real_logits - self.real_target) + ops.square(fake_logits - self.fake_target))

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `(fake - c)^2 / 2`."""
        return 0.5 * ops.square(fake_logits - self.generator_target)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {
            "fake_target": self.fake_target,
            "real_target": self.real_target,
            "generator_target": self.generator_target,
        }
