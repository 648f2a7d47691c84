"""The mutual information between codes and samples."""

import math

import numpy as np
import tensorflow as tf
from keras import ops

from keras_gan.priors import Codes
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight, head
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_class_logits, check_number

_LEAST_LOG_DEVIATION = math.log(1e-3)  # a certain guess must not make the likelihood infinite


@register
class MutualInformation(Term):
    """Both players want the codes in the latents to be read off the generated samples.

    `-log Q(c | G(z, c))` in nats, whose negative is, up to the constant entropy of the codes, a lower bound of the
    mutual information. Q is a head of the discriminator: for each categorical code its logits, then the means of the
    continuous codes, then, if the head is wide enough for them, the logarithms of their standard deviations, which
    are 1 otherwise and never less than 0.001. The prior is `priors.Codes`. Chen et al. 2016, arXiv:1606.03657,
    equations 5 and 6.

    Args:
        weight: lambda, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        continuous_weight: of the continuous codes against the categorical ones.
        head: the name of the discriminator's head, `(batch, width)`.
        name: its name in the logs.

    Example:
    ```python
    outputs = {"logits": keras.layers.Dense(1)(features), "codes": keras.layers.Dense(12)(features)}
    prior = keras_gan.priors.Codes(categorical=[10], continuous=2)
    gan = keras_gan.GAN(generator, keras.Model(images, outputs), prior=prior)
    gan.compile("adam", "adam", terms=["mutual_information"])
    ```
    """

    generator_sees_real = False
    runs = ()

    def __init__(
        self,
        weight: Weight = 1.0,
        interval: int = 1,
        continuous_weight: float = 0.1,
        head: str = "codes",
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.continuous_weight = check_number("continuous_weight", continuous_weight, minimum=0.0)
        self.head = head

    def discriminator_term(self, round: Round) -> Tensor:
        """Return `-log Q(c | G(z, c))`, float32 `(batch,)`."""
        return self._surprise(round)

    def generator_term(self, round: Round) -> Tensor:
        """Return `-log Q(c | G(z, c))`, float32 `(batch,)`."""
        return self._surprise(round)

    def _surprise(self, round: Round) -> Tensor:
        categorical, continuous = self._codes(round)
        read = head(round.fake, self.head, type(self).__name__)
        classes, n = sum(code.shape[1] for code in categorical), continuous.shape[1]
        if tuple(read.shape[1:]) not in ((classes + n,), (classes + 2 * n,)):
            raise InputError(
                f"The head {self.head!r} must have {classes + n} columns, or {classes + 2 * n} with standard "
                f"deviations. Received: shape {read.shape}"
            )
        total = tf.zeros(tf.shape(read)[:1])
        first = 0
        for code in categorical:
            logits = read[:, first : first + code.shape[1]]
            if tf.executing_eagerly():  # before the first step
                wanted = f"`{type(self).__name__}` needs logits of the codes in the head {self.head!r}"
                check_class_logits(wanted, np.asarray(logits))
            total += ops.categorical_crossentropy(code, logits, from_logits=True)
            first += code.shape[1]
        means, log_deviations = read[:, classes : classes + n], read[:, classes + n :]
        log_deviations = tf.maximum(log_deviations, _LEAST_LOG_DEVIATION) if read.shape[1] > classes + n else 0.0
        squares = tf.square((continuous - means) * tf.exp(-log_deviations))
        surprise = 0.5 * (squares + math.log(2 * math.pi)) + log_deviations
        return total + self.continuous_weight * tf.reduce_sum(surprise, axis=1)

    def _codes(self, round: Round) -> tuple[list[Tensor], Tensor]:
        if not isinstance(round.prior, Codes):
            raise InputError(f"`{type(self).__name__}` needs the prior `Codes`. Received: prior={round.prior!r}")
        if round.critic.pack > 1:
            raise InputError(f"`{type(self).__name__}` needs pack=1. Received: pack={round.critic.pack}")
        return round.prior.split(round.latents)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "continuous_weight": self.continuous_weight, "head": self.head}
