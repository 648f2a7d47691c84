"""The regularizer of the discriminator's predictions towards their own averages."""

from keras import ops

from keras_gan import distribution
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor, Variable
from keras_gan.utils.registry import register
from keras_gan.utils.validation import check_number


@register
class LeCam(Term):
    """Pulls the logits of each side towards the moving average of the other's: for training with few data.

    `(D(x) - a_F)^2 + (D(G(z)) - a_R)^2`, where `a_R` and `a_F` are exponential moving averages of the mean logits of
    the global batch, which are saved with the GAN. They begin at the first batch's means. Tseng et al. 2021,
    arXiv:2104.03310, equation 5.

    Args:
        weight: lambda, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        decay: of the moving averages, in [0, 1).
        name: its name in the logs.

    Example:
    ```python
    gan.compile("adam", "adam", loss="hinge", terms=[keras_gan.penalties.LeCam(weight=0.3)])
    ```
    """

    is_global = True
    runs = ()

    def __init__(self, weight: Weight = 0.3, interval: int = 1, decay: float = 0.99, name: str | None = None) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.decay = check_number("decay", decay, minimum=0.0, maximum=1.0, open_maximum=True)
        self.started = self._state("started")
        self.real_average = self._state("real_average")
        self.fake_average = self._state("fake_average")

    def _state(self, name: str) -> Variable:
        return self.add_weight(shape=(), dtype="float32", initializer="zeros", trainable=False, name=name)

    def discriminator_term(self, round: Round) -> Tensor:
        """Return `(D(x) - a_F)^2 + (D(G(z)) - a_R)^2`, float32 `(batch,)`, and move the averages."""
        real, fake = round.real.logits, round.fake.logits
        self._move(self.real_average, real)
        self._move(self.fake_average, fake)
        self.started.assign(1.0)
        return ops.square(real - self.fake_average.value) + ops.square(fake - self.real_average.value)

    def _move(self, average: Variable, logits: Tensor) -> None:
        """Move an average to `decay` of itself and the rest of the batch's mean; all of it at the first batch."""
        mean = ops.stop_gradient(distribution.global_mean(logits))
        share = 1.0 - self.decay * self.started.value
        average.assign(average.value + share * (mean - average.value))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "decay": self.decay}
