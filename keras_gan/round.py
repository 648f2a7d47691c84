"""What a term sees of the game: one player's round."""

from collections.abc import Callable
from dataclasses import dataclass

import keras

from keras_gan.critic import Critic, Judgement
from keras_gan.priors import Prior
from keras_gan.random import RandomStream
from keras_gan.types import Tensor


@dataclass(frozen=True)
class Round:
    """One update of one player.

    In the discriminator's round the fakes are not connected to the generator; in the generator's they are.

    Attributes:
        critic: the discriminator as it plays this round; `critic(images)` makes a further `Judgement`.
        judged_real: the pass over the real images, or `None`; read `real`.
        fake: the pass over the generated images.
        latents: what the fakes were made from, `(batch, latent_dim)`; `None` where they were made from images.
        labels: int32 classes `(batch,)` or float32 vectors `(batch, condition_dim)`; the same for reals and fakes.
            `None` if the networks take none.
        generator: maps `(latents, labels)`, or the source, to images, in training mode.
        step: `gan.step`, int64.
        random: the random numbers of this step.
        prior: the distribution of the latents, which gives meaning to their columns.
        source: the images that the fakes were made from, `(batch, height, width, channels)`, in [-1, 1], and of which
            the reals are the counterparts, where there are such pairs: see `keras_gan.ImageToImage`.
        targets: these counterparts; in the generator's round too, where `real` would cost a pass.
        network: the generator's network, for terms that need its parts.
        samples: the real images, in the generator's round too; with `source` and without `targets` they are no
            counterparts of the sources.

    Example:
    ```python
    class Small(keras_gan.terms.Term):
        def discriminator_term(self, round):
            return round.real.logits**2 + round.fake.logits**2  # (batch,)
    ```
    """

    critic: Critic
    judged_real: Judgement | None
    fake: Judgement
    latents: Tensor | None
    labels: Tensor | None
    generator: Callable[..., Tensor]
    step: Tensor
    random: RandomStream
    prior: Prior | None = None
    source: Tensor | None = None
    targets: Tensor | None = None
    network: keras.Model | None = None
    samples: Tensor | None = None

    @property
    def real(self) -> Judgement:
        """The pass over the real images.

        Raises:
            AttributeError: in the generator's round, where it costs a forward pass of its own, unless the loss or one
                of the generator's terms asks for it by `generator_sees_real`.
        """
        if self.judged_real is None:
            raise AttributeError("The generator's round has `real` only with `generator_sees_real = True`.")
        return self.judged_real
