"""The two losses of the first GAN paper: the value function itself and its non-saturating heuristic."""

from keras import ops

from keras_gan.losses.adversarial_loss import AdversarialLoss
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number


class _LogLikelihood(AdversarialLoss):
    """The discriminator of both: a classifier of real against generated, by maximum likelihood.

    Args:
        label_smoothing: one-sided: the reals' target is `1 - label_smoothing`, in [0, 0.5). Salimans et al. 2016,
            arXiv:1606.03498, section 3.4.
    """

    generator_sees_real = False

    def __init__(self, label_smoothing: float = 0.0) -> None:
        self.label_smoothing = check_number("label_smoothing", label_smoothing, 0.0, 0.5, open_maximum=True)

    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `-log D(x) - log(1 - D(G(z)))` with `D = sigmoid(logits)`, by softplus: finite for all logits."""
        # Cross-entropy with the target 1 - s: (1 - s) softplus(-l) + s softplus(l) = softplus(-l) + s l.
        return ops.softplus(-real_logits) + self.label_smoothing * real_logits + ops.softplus(fake_logits)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"label_smoothing": self.label_smoothing}


@register
class Minimax(_LogLikelihood):
    """The value function of the two-player game, played literally by both.

    `V(D, G) = E[log D(x)] + E[log(1 - D(G(z)))]`: the discriminator minimises `-V`, the generator minimises the part
    of `V` that depends on it. Its gradient vanishes where the discriminator is sure, so prefer `NonSaturating` for
    images; this one is for theory.

    Args:
        label_smoothing: one-sided, in [0, 0.5): the reals' target is `1 - label_smoothing` (Salimans et al. 2016,
            arXiv:1606.03498, section 3.4).

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

    Args:
        label_smoothing: one-sided, in [0, 0.5): the reals' target is `1 - label_smoothing` (Salimans et al. 2016,
            arXiv:1606.03498, section 3.4).

    Goodfellow et al. 2014, arXiv:1406.2661, section 3, last paragraph.

    Example:
    ```python
    gan.compile("adam", "adam", loss="non_saturating")
    ```
    """

    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return `-log D(G(z))`."""
        return ops.softplus(-fake_logits)
