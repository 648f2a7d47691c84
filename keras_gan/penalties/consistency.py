"""The consistency penalties: the discriminator's opinion may not depend on what does not matter."""

import keras
import tensorflow as tf
from keras import ops

from keras_gan import augmentation as augmentations
from keras_gan.augmentation import Augmentation, DiffAugment
from keras_gan.round import Round
from keras_gan.terms.latent_diversity import move_latents
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import Identifier, register
from keras_gan.utils.validation import InputError, check_number


@register
class BalancedConsistency(Term):
    """bCR: the discriminator says the same of an image and of its augmentation, for real and for generated ones.

    `(D(x) - D(T(x)))^2 + (D(G(z)) - D(T(G(z))))^2`, with equal weights for both sides as in the paper. Zhao et al.
    2020, arXiv:2002.04724, section 3.1 and algorithm 1.

    Args:
        weight: lambda, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        augmentation: T, as `compile` takes one; `None` is a shift by whole pixels. The p of an `ADA` stays where it is.
        name: its name in the logs.

    Raises:
        InputError: the samples are no images.

    Example:
    ```python
    gan.compile("adam", "adam", loss="hinge", terms=[keras_gan.penalties.BalancedConsistency(weight=10.0)])
    ```
    """

    runs = ("discriminator",)

    def __init__(
        self,
        weight: Weight = 10.0,
        interval: int = 1,
        augmentation: Identifier[Augmentation] | None = None,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        chosen = DiffAugment(["translation"]) if augmentation is None else augmentation
        self.augmentation = augmentations.get(chosen)

    def discriminator_term(self, round: Round) -> Tensor:
        """Return the squared differences of both sides, float32 `(batch,)`."""
        if round.critic.source is not None:  # which would stay where it is while its image moves
            raise InputError(f"`{type(self).__name__}` is for discriminators of images alone. Received: one of pairs")
        sides = {"real": round.real, "fake": round.fake}
        return sum(
            ops.square(judged.logits - round.critic(self._transformed(judged.images, round, side)).logits)
            for side, judged in sides.items()
        )

    def _transformed(self, images: Tensor, round: Round, side: str) -> Tensor:
        if images.shape.rank != 4:
            shape = tuple(images.shape[1:])
            raise InputError(f"`{type(self).__name__}` is for images. Received: samples of shape {shape}")
        return self.augmentation.augment(images, round.random.within(f"{self.name}/{side}"))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "augmentation": keras.saving.serialize_keras_object(self.augmentation)}


@register
class LatentConsistency(Term):
    """zCR: the discriminator says the same of samples from neighbouring latents.

    `(D(G(z)) - D(G(z + d)))^2` with normal `d`. The generator's part is `terms.LatentDiversity`. Zhao et al. 2020,
    arXiv:2002.04724, section 3.2 and algorithm 2.

    Args:
        weight: lambda_dis, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        deviation: the standard deviation of `d`.
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", loss="hinge", terms=["latent_consistency", "latent_diversity"])
    ```
    """

    def __init__(
        self, weight: Weight = 5.0, interval: int = 1, deviation: float = 0.07, name: str | None = None
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.deviation = check_number("deviation", deviation, minimum=0.0)

    def discriminator_term(self, round: Round) -> Tensor:
        """Return the squared difference of the logits, float32 `(batch,)`."""
        moved = round.generator(move_latents(round, self.deviation, self.name), round.labels)
        return ops.square(round.fake.logits - round.critic(tf.stop_gradient(moved)).logits)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "deviation": self.deviation}
