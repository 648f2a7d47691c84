"""The losses that are linear in the logits, for the generator at least: Wasserstein and hinge."""

from keras import ops

from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.random import RandomStream
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_number


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


@register
class RandomMarginHinge(_LinearGenerator):
    """The hinge whose margin is drawn anew for each logit of each side: the discriminator can't rest at one number.

    In training `max(0, m - D(x)) + max(0, m' + D(G(z)))`, with margins uniform in `[low, high]`. Where there are no
    random numbers, as in `evaluate`, it is the mean over all margins: a hinge whose corner is a parabola.

    Liu et al. 2021, arXiv:2101.04775, whose code has the margins; its equations have Lim and Ye's hinge of 1.

    Args:
        low: the least margin.
        high: the largest one, above `low`.

    Raises:
        InputError: `high` is not above `low`.

    Example:
    ```python
    gan.compile("adam", "adam", loss=keras_gan.losses.RandomMarginHinge(low=0.8, high=1.0))
    ```
    """

    def __init__(self, low: float = 0.8, high: float = 1.0) -> None:
        self.low, self.high = check_number("low", low), check_number("high", high)
        if not self.low < self.high:
            raise InputError(f"`high` must be above `low`, {low}. Received: high={high}")

    def drawn(self, random: RandomStream) -> AdversarialLoss:
        """Return the hinge with the margins of one round."""
        return _DrawnMargins(self.low, self.high, random)

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return the mean of `max(0, m - real) + max(0, m + fake)` over the margins m."""
        return self._mean(real_logits) + self._mean(-fake_logits)

    def _mean(self, right: Tensor) -> Tensor:
        between = self.high - ops.clip(right, self.low, self.high)
        return ops.square(between) / (2.0 * (self.high - self.low)) + ops.relu(self.low - right)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"low": self.low, "high": self.high}


class _DrawnMargins(_LinearGenerator):
    """The hinge of one round, with margins that are functions of the position in the global batch."""

    def __init__(self, low: float, high: float, random: RandomStream) -> None:
        self._low, self._high, self._random = low, high, random

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `max(0, m - real) + max(0, m' + fake)`."""
        return self._hinge(real_logits, "real") + self._hinge(-fake_logits, "fake")

    def _hinge(self, right: Tensor, side: str) -> Tensor:
        shape = (ops.shape(right)[0], *right.shape[1:])
        margins = self._low + (self._high - self._low) * self._random.uniform(f"margins/{side}", shape)
        return ops.relu(margins - right)
