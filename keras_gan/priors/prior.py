"""The distributions that the generator is fed with."""

from abc import ABC, abstractmethod
from typing import Self

import tensorflow as tf

from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_number


class Prior(ABC):
    """The distribution p(z) of the latents, as the transform that takes uniform numbers to them.

    So a prior holds no randomness of its own: the same uniform numbers give the same latents, everywhere, and
    the latents of a seed with truncation resemble those without.
    """

    @abstractmethod
    def transform(self, uniform: Tensor, truncation: float | None = None) -> Tensor:
        """Return latents `(n, latent_dim)` float32 from numbers in the open interval (0, 1) of the same shape.

        Args:
            uniform: float32, `(n, latent_dim)`.
            truncation: the largest magnitude that a latent may have, above 0; `None` for no bound.

        Raises:
            InputError: this prior knows no truncation, and one was asked for.
        """

    def check(self, latent_dim: int) -> None:
        """Raise unless the prior can fill latents of `latent_dim` columns; most can fill any."""
        check_integer("latent_dim", latent_dim)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return the prior that `get_config` described."""
        return cls(**config)


@register
class Normal(Prior):
    """The standard normal distribution, by its inverse distribution function.

    With `truncation=t` each latent follows the normal distribution confined to [-t, t] (the truncation trick: Brock
    et al. 2019, arXiv:1809.11096, section 3.1): less variety, more typical samples.

    Example:
    ```python
    gan = keras_gan.GAN(generator, discriminator, prior="normal")
    gan.sample(64, truncation=1.0)
    ```
    """

    def transform(self, uniform: Tensor, truncation: float | None = None) -> Tensor:
        """Return `sqrt(2) erfinv((2u - 1) erf(t / sqrt(2)))`; without truncation the last factor is 1."""
        inside = 2.0 * uniform - 1.0
        if truncation is not None:
            bound = check_number("truncation", truncation, minimum=1e-3)
            inside *= tf.math.erf(tf.constant(bound * 0.5**0.5, tf.float32))
        return 2.0**0.5 * tf.math.erfinv(inside)


@register
class Uniform(Prior):
    """The uniform distribution on [-1, 1], as in the first GANs.

    Radford et al. 2015, arXiv:1511.06434, section 4.

    Example:
    ```python
    gan = keras_gan.GAN(generator, discriminator, prior="uniform")
    ```
    """

    def transform(self, uniform: Tensor, truncation: float | None = None) -> Tensor:
        """Return `2u - 1`."""
        if truncation is not None:
            raise InputError(f"`truncation` has no meaning for the uniform prior. Received: truncation={truncation}")
        return 2.0 * uniform - 1.0
