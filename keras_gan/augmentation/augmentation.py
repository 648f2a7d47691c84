"""The base of what images go through before the discriminator sees them."""

from collections.abc import Mapping, Sequence
from typing import Self

import keras

from keras_gan.random import RandomStream
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import snake_case


class Augmentation(keras.layers.Layer):
    """Random transformations of all images, real and generated, on their way to the discriminator.

    The generator learns through them, so a member is differentiable in the images, twice (penalties differentiate
    gradients). It is a Keras layer, so that one with state makes it by `add_weight` and it is saved with the GAN.
    Augmentation is for training alone: `evaluate`, `discriminate` and `sample` know nothing of it.

    Args:
        name: goes before the names of what it logs; the default is the class's name in snake case.

    Attributes:
        is_global: whether `augment` computes something over the batches of all replicas together.

    Example:
    ```python
    @keras_gan.register
    class Flip(keras_gan.augmentation.Augmentation):
        def augment(self, images, random):
            u = random.uniform("flip", (ops.shape(images)[0], 1, 1, 1))
            return ops.where(u < 0.5, ops.flip(images, axis=2), images)


    gan.compile("adam", "adam", augmentation="flip")
    ```
    """

    log_names: Sequence[str] = ()
    is_global: bool = False

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name=name or snake_case(type(self).__name__), dtype="float32")
        self.built = True

    def augment(self, images: Tensor, random: RandomStream) -> Tensor:
        """Return the transformed images, of the same shape.

        Args:
            images: float32, `(batch, height, width, channels)` in [-1, 1].
            random: random numbers for this pass; `random.uniform(purpose, (batch, ...))` gives each image its own.
        """
        raise NotImplementedError

    def adapt(self, real_logits: Tensor, images: Tensor) -> None:
        """Learn from one discriminator update; most have nothing to learn.

        Args:
            real_logits: the logits of the reals, on this replica.
            images: the number of these reals; there are fewer logits where several are judged together.
        """

    def logs(self) -> Mapping[str, Tensor]:
        """Return the scalars that are logged, by the names in `log_names`."""
        return {}

    def carry_over(self, other: Self) -> str:
        """Begin where another of the same class has come to, for fine-tuning; arguments stay those of this one.

        Args:
            other: the one of the GAN that fine-tuning begins with.

        Returns:
            What was carried over, or was not, in words; nothing if there is nothing.
        """
        if [v.shape for v in self.variables] != [v.shape for v in other.variables]:
            return f"not the state of {type(self).__name__}, which has other shapes here"
        for ours, theirs in zip(self.variables, other.variables, strict=True):
            ours.assign(theirs)
        return f"the state of {type(self).__name__}" if self.variables else ""

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"name": self.name}
