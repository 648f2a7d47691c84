"""The gradient penalties towards norm 1: WGAN-GP and DRAGAN."""

import tensorflow as tf
from keras import ops

from keras_gan import distribution
from keras_gan.penalties.gradient_norm import norm
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number


class _NormPenalty(Term):
    """The squared distance of the gradient's norm from a target, at points that a member chooses."""

    differentiates = True
    runs = ("discriminator",)

    def __init__(self, weight: Weight = 10.0, interval: int = 1, target: float = 1.0, name: str | None = None) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.target = check_number("target", target, minimum=0.0)

    def points(self, round: Round) -> Tensor:
        """Return where the gradient is taken, of the shape of the samples."""
        raise NotImplementedError

    def excess(self, norms: Tensor) -> Tensor:
        """Return how far the norms are from where they should be."""
        return norms - self.target

    def discriminator_term(self, round: Round) -> Tensor:
        """Return the squared excess of the gradient's norm, float32 `(batch,)`."""
        return ops.square(self.excess(norm(round.critic(self.points(round)))))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "target": self.target}


@register
class GradientPenalty(_NormPenalty):
    """The Lipschitz penalty of WGAN-GP, between real and generated samples.

    `E[(||grad D(x_hat)|| - target)^2]` at `x_hat = u x + (1 - u) G(z)`, `u` uniform in (0, 1) for each pair. Do not
    combine it with batch normalization in the discriminator, which makes samples depend on each other.
    Gulrajani et al. 2017, arXiv:1704.00028, equation 3 and algorithm 1.

    Args:
        weight: lambda, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        target: the norm that is aimed at.
        one_sided: punish norms above the target only (their section 4; Petzka et al. 2018, arXiv:1709.08894).
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", loss="wasserstein", terms=["gradient_penalty"], discriminator_steps=5)
    ```
    """

    def __init__(
        self,
        weight: Weight = 10.0,
        interval: int = 1,
        target: float = 1.0,
        one_sided: bool = False,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, target=target, name=name)
        self.one_sided = one_sided

    def points(self, round: Round) -> Tensor:
        """Return points on the lines from generated to real samples."""
        real, fake = round.real.images, round.fake.images
        return fake + _uniform_like(real, round, self.name) * (real - fake)

    def excess(self, norms: Tensor) -> Tensor:
        """Return how far the norms are from the target, or above it."""
        excess = super().excess(norms)
        return ops.relu(excess) if self.one_sided else excess

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "one_sided": self.one_sided}


@register
class DRAGAN(_NormPenalty):
    """The penalty around the real samples that keeps the discriminator from sharp gradients there.

    `E[(||grad D(x + d)|| - target)^2]` with `d = u s v`: `u` uniform in (0, 1) for each sample, `v` for each entry,
    and `s` `scale` times the standard deviation of the global batch, as in the authors' code. Kodali et al. 2017,
    arXiv:1705.07215, section 3.

    Args:
        weight: lambda, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        target: the norm that is aimed at, their k.
        scale: the size of the neighbourhood, in standard deviations of the data.
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", loss="minimax", terms=[keras_gan.penalties.DRAGAN(weight=10.0)])
    ```
    """

    is_global = True

    def __init__(
        self,
        weight: Weight = 10.0,
        interval: int = 1,
        target: float = 1.0,
        scale: float = 0.5,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, target=target, name=name)
        self.scale = check_number("scale", scale, minimum=0.0)

    def points(self, round: Round) -> Tensor:
        """Return points near the real samples."""
        real = round.real.images
        mean = distribution.global_mean(real)
        deviation = ops.sqrt(distribution.global_mean(ops.square(real - mean)))
        directions = round.random.uniform(f"{self.name}/directions", (tf.shape(real)[0], *real.shape[1:]))
        return real + _uniform_like(real, round, self.name) * self.scale * deviation * directions

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "scale": self.scale}


def _uniform_like(samples: Tensor, round: Round, purpose: str) -> Tensor:
    """Return one uniform number a logit, of a shape that broadcasts with `samples`."""
    ones = [1] * (len(samples.shape) - 1)
    numbers = round.random.uniform(f"{purpose}/mix", (tf.shape(samples)[0], *ones))
    pack = round.critic.pack  # what is judged together lies on one line
    return numbers if pack == 1 else tf.repeat(numbers[::pack], pack, axis=0)
