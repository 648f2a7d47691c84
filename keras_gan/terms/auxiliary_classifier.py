"""The class loss of AC-GAN, and its forms for tags and for numbers."""

from abc import abstractmethod
from typing import ClassVar

from keras import ops

from keras_gan.critic import Judgement
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight, class_logits
from keras_gan.terms.term import head as head_of
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


class _Auxiliary(Term):
    """The discriminator also says what it was told of a sample, and both players want it to be right."""

    generator_sees_real = False
    runs = ()
    argument: ClassVar[str]  # of the GAN whose labels these are

    def __init__(self, weight: Weight, interval: int, head: str, name: str | None) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.head = head

    def discriminator_term(self, round: Round) -> Tensor:
        """Return the loss on the reals plus that on the fakes, float32 `(batch,)`."""
        return self._loss(round.real, round) + self._loss(round.fake, round)

    def generator_term(self, round: Round) -> Tensor:
        """Return the loss on the fakes, float32 `(batch,)`."""
        return self._loss(round.fake, round)

    def _loss(self, judged: Judgement, round: Round) -> Tensor:
        if round.labels is None:
            raise InputError(f"`{type(self).__name__}` needs a generator that takes labels. Received: no labels")
        if len(round.labels.shape) != (1 if self.argument == "num_classes" else 2):
            raise InputError(
                f"`{type(self).__name__}` is for a GAN with `{self.argument}`. "
                f"Received: labels of shape {tuple(round.labels.shape)}"
            )
        return self.compare(round.labels, judged)

    @abstractmethod
    def compare(self, labels: Tensor, judged: Judgement) -> Tensor:
        """Return how wrong the head is, `(batch,)`."""

    def _of_each(self, labels: Tensor, judged: Judgement) -> Tensor:
        """Return the head, which must have a number for each of the labels'."""
        given = head_of(judged, self.head, type(self).__name__)
        if given.shape[1:] != labels.shape[1:]:
            raise InputError(
                f"`{type(self).__name__}` needs a head {self.head!r} of shape (batch, {labels.shape[1]}). "
                f"Received: shape {tuple(given.shape)}"
            )
        return given

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "head": self.head}


@register
class AuxiliaryClassifier(_Auxiliary):
    """The discriminator also says which class it sees, and both players want it to be right.

    The cross-entropy of the labels with a head of the discriminator: on real and generated samples for the
    discriminator, on generated ones for the generator. The generator takes labels; the discriminator takes none and
    gives a dictionary of `logits` and the head. Odena et al. 2017, arXiv:1610.09585, equation 3.

    Args:
        weight: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        head: the name of the discriminator's head of class logits, `(batch, num_classes)`.
        name: its name in the logs.

    Example:
    ```python
    outputs = {"logits": keras.layers.Dense(1)(features), "classes": keras.layers.Dense(10)(features)}
    gan = keras_gan.GAN(generator, keras.Model(images, outputs), num_classes=10)
    gan.compile("adam", "adam", terms=["auxiliary_classifier"])
    ```
    """

    argument = "num_classes"

    def __init__(self, weight: Weight = 1.0, interval: int = 1, head: str = "classes", name: str | None = None) -> None:
        super().__init__(weight, interval, head, name)

    def compare(self, labels: Tensor, judged: Judgement) -> Tensor:
        """Return the cross-entropy, `(batch,)`."""
        logits = class_logits(judged, self.head, type(self).__name__)
        return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)


@register
class AuxiliaryTags(_Auxiliary):
    """`AuxiliaryClassifier` for several tags at once: vectors of 0 and 1, of a GAN with `condition_dim`.

    The binary cross-entropy of each tag with its logit in a head of the discriminator, averaged over the tags.

    Args:
        weight: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        head: the name of the discriminator's head of logits, `(batch, condition_dim)`.
        name: its name in the logs.

    Example:
    ```python
    term = keras_gan.terms.AuxiliaryTags(weight=0.5)  # of a head "tags"
    ```
    """

    argument = "condition_dim"

    def __init__(self, weight: Weight = 1.0, interval: int = 1, head: str = "tags", name: str | None = None) -> None:
        super().__init__(weight, interval, head, name)

    def compare(self, labels: Tensor, judged: Judgement) -> Tensor:
        """Return the mean cross-entropy, `(batch,)`."""
        logits = self._of_each(labels, judged)
        return ops.mean(ops.binary_crossentropy(labels, logits, from_logits=True), axis=-1)


@register
class AuxiliaryRegressor(_Auxiliary):
    """`AuxiliaryClassifier` for numbers: an angle, an age, vectors of a GAN with `condition_dim`.

    The squared error of a head of the discriminator, averaged over the numbers.

    Args:
        weight: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        head: the name of the discriminator's head, `(batch, condition_dim)`.
        name: its name in the logs.

    Example:
    ```python
    term = keras_gan.terms.AuxiliaryRegressor(weight=10.0)  # of a head "numbers"
    ```
    """

    argument = "condition_dim"

    def __init__(self, weight: Weight = 1.0, interval: int = 1, head: str = "numbers", name: str | None = None) -> None:
        super().__init__(weight, interval, head, name)

    def compare(self, labels: Tensor, judged: Judgement) -> Tensor:
        """Return the mean squared error, `(batch,)`."""
        return ops.mean(ops.square(labels - self._of_each(labels, judged)), axis=-1)
