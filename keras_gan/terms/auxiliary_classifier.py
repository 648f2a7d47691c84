"""The class loss of AC-GAN."""

from keras import ops

from keras_gan.critic import Judgement
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight, class_logits
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


@register
class AuxiliaryClassifier(Term):
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

    generator_sees_real = False
    runs = ()

    def __init__(self, weight: Weight = 1.0, interval: int = 1, head: str = "classes", name: str | None = None) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.head = head

    def discriminator_term(self, round: Round) -> Tensor:
        """Return the cross-entropy on the reals plus that on the fakes, float32 `(batch,)`."""
        return self._cross_entropy(round.real, round) + self._cross_entropy(round.fake, round)

    def generator_term(self, round: Round) -> Tensor:
        """Return the cross-entropy on the fakes, float32 `(batch,)`."""
        return self._cross_entropy(round.fake, round)

    def _cross_entropy(self, evaluation: Judgement, round: Round) -> Tensor:
        if round.labels is None:
            raise InputError(f"`{type(self).__name__}` needs a generator that takes labels. Received: no labels")
        logits = class_logits(evaluation, self.head, type(self).__name__)
        return ops.sparse_categorical_crossentropy(round.labels, logits, from_logits=True)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "head": self.head}
