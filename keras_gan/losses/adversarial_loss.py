"""The base of the adversarial losses."""

from abc import ABC, abstractmethod
from typing import Self

from keras_gan.random import RandomStream
from keras_gan.types import Config, Tensor


class AdversarialLoss(ABC):
    """What the two players minimise, as a pure function of two sets of logits.

    Both players always see both sets, so that a relativistic game is a loss like any other. Nothing is reduced,
    weighted or logged here; the trainer does that, once.

    A loss is chosen by name (`loss="non_saturating"`), class, instance or config. To add one, subclass, register and
    return float32 of the shape of the logits from both methods: `(batch,)`, or `(batch, ...)` of maps of them, in which
    each place is a judgement of its own:

    ```python
    @keras_gan.register
    class EnergyMargin(keras_gan.losses.AdversarialLoss):  # Zhao et al. 2016, arXiv:1609.03126; energies are -logits
        generator_sees_real = False

        def discriminator_loss(self, real_logits, fake_logits):
            return keras.ops.relu(1.0 + fake_logits) - real_logits

        def generator_loss(self, real_logits, fake_logits):
            return -fake_logits
    ```

    Attributes:
        generator_sees_real: whether `generator_loss` reads `real_logits`. Where it does not, say so: the generator's
            step then saves a pass of the discriminator over the reals, and `real_logits` is `None` there.
    """

    generator_sees_real: bool = True

    @abstractmethod
    def discriminator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return what the discriminator minimises, from float32 logits to float32 of their shape."""

    @abstractmethod
    def generator_loss(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Return what the generator minimises, from float32 logits to float32 of their shape."""

    def drawn(self, random: RandomStream) -> "AdversarialLoss":
        """Return the loss with the random numbers of one round, for one that has some; others are themselves."""
        return self

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {}

    @classmethod
    def from_config(cls, config: Config) -> Self:
        """Return the loss that `get_config` described."""
        return cls(**config)
