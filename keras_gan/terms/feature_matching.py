"""Feature matching."""

from keras import ops

from keras_gan import distribution
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight, head
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register


@register
class FeatureMatching(Term):
    """The generator matches the mean features that the discriminator sees in the reals.

    `||E f(x) - E f(G(z))||^2` for a head `f` of the discriminator, over the global batch; the same value for every
    sample. Salimans et al. 2016, arXiv:1606.03498, section 3.1.

    Args:
        weight: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        head: the name of the discriminator's head of features, `(batch, ...)`.
        name: its name in the logs.

    Example:
    ```python
    outputs = {"logits": keras.layers.Dense(1)(features), "features": features}
    gan = keras_gan.GAN(generator, keras.Model(images, outputs))
    gan.compile("adam", "adam", terms=[keras_gan.terms.FeatureMatching(weight=0.1)])
    ```
    """

    is_global = True
    runs = ()

    def __init__(
        self, weight: Weight = 1.0, interval: int = 1, head: str = "features", name: str | None = None
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.head = head

    def generator_term(self, round: Round) -> Tensor:
        """Return the squared distance of the mean features, float32 `(batch,)`."""
        real, fake = (
            distribution.global_mean(head(evaluation, self.head, type(self).__name__), axis=0)
            for evaluation in (round.real, round.fake)
        )
        return ops.sum(ops.square(real - fake)) * ops.ones_like(round.fake.logits)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "head": self.head}
