"""The game of the first GAN: samples from latents."""

from typing import Unpack

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.conditions import condition
from keras_gan.critic import Critic, CriticOptions
from keras_gan.priors import Prior
from keras_gan.training.game.minibatch import Minibatch
from keras_gan.training.game.moving_average import AverageLike
from keras_gan.training.game.player import Player
from keras_gan.training.game.signature import Signature, apply_generator
from keras_gan.training.inputs import fit_arguments
from keras_gan.training.inputs.batches import divisible, unpack
from keras_gan.training.sampling_model import SamplingModel
from keras_gan.training.two_player_game import TwoPlayerGame
from keras_gan.types import Batch, Labels, Tensor
from keras_gan.utils.registry import Identifier, register
from keras_gan.utils.validation import InputError, check_integer


@register
class GAN(TwoPlayerGame, SamplingModel):
    """A generative adversarial network whose `fit` plays the two-player game.

    Everything that varies between papers is an object: the networks here, the rules of the game in `compile`. Train by
    `fit`, `evaluate` on held-out data, draw by `sample`, judge by `discriminate`, `save`, `export` to a SavedModel.
    Called, or in `predict`, it is its sampling generator: the moving average, where there is one.

    Goodfellow et al. 2014, arXiv:1406.2661; `train_step` is its Algorithm 1.

    Args:
        generator: a Keras model that knows its inputs, from latents `(batch, latent_dim)`, or `[latents, labels]`, to
            samples: images `(batch, height, width, channels)` in [-1, 1]; or, of any range, vectors
            `(batch, features)`, sequences `(batch, time, features)`, volumes `(batch, depth, height, width, channels)`.
        discriminator: from samples, or `[samples, labels]`, to one logit a sample, or to a dictionary of heads with
            `logits` among them.
        num_classes: labels are classes, in `[0, num_classes)`. Where the networks take labels, this or the next is
            required.
        condition_dim: labels are vectors, float32 `(batch, condition_dim)`: several tags, an angle, an embedding.
        prior: the distribution of the latents: a name, an instance or a config; the default is `"normal"`.
        ema: the moving average of the generator's weights from which samples are drawn: a decay in [0, 1), an
            `ExponentialMovingAverage` or a `PowerFunctionAverage`, its config, or `None` for none; or a list of some,
            which are all kept. After `generator.load_weights(...)` it still has the old weights: `restart_average()`.
        sampled_average: which of several averages samples are drawn from, from 0. It may be set at any time, and is
            saved: `gan.sampled_average = 1`.
        pack: how many samples the discriminator judges together, joined along the last axis (PacGAN: Lin et al. 2018,
            arXiv:1712.04086); neighbours in the batch are packed. For networks without labels.
        seed: of all random numbers of training and evaluation, in `[0, 2^31)`.
        name: the model's name.

    Raises:
        InputError: a network is no built Keras model, or the parts do not fit each other.

    Example:
    ```python
    generator, discriminator = keras_gan.models.mlp((2,), latent_dim=8)
    gan = keras_gan.GAN(generator, discriminator, ema=0.99)
    gan.compile("adam", "adam")
    gan.fit(keras_gan.data.gaussian_mixture("ring"), epochs=1)
    points = gan.sample(1000, seed=0)  # (1000, 2)
    ```

    To change the game, subclass and override one of the seams, which `train_step` calls in this order:
    `sample_latents`, `generate`, `compute_discriminator_loss`, `compute_generator_loss`, `update_average`. What else is
    logged, `log_names` declares. `compile` plays a round too, to look at its gradients.
    """

    signature: Signature
    prior: Prior

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        num_classes: int | None = None,
        condition_dim: int | None = None,
        prior: Identifier[Prior] | None = None,
        ema: AverageLike = None,
        sampled_average: int = 0,
        pack: int = 1,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        if keras.config.backend() != "tensorflow":
            raise InputError(f"keras_gan needs Keras's TensorFlow backend. Received: {keras.config.backend()!r}")
        signature = Signature.of(generator, discriminator, condition(num_classes, condition_dim), pack)
        players = [Player("discriminator", [discriminator])]
        prior = "normal" if prior is None else prior
        super().__init__(players, generator, signature, prior, ema, sampled_average, seed=seed, name=name)
        self.discriminator = discriminator
        self.pack = pack

    # What the game is played with.

    def read(self, data: Batch, parts: int) -> Minibatch:
        """Return the samples and labels of a batch of the data, with latents for as many fakes."""
        # Each part of a divided batch holds whole packs, and all parts are equal: their mean is that of the batch.
        return self.minibatch("discriminator", *divisible(parts * self.pack, *unpack(data, self.signature)))

    def for_generator(self, batch: Minibatch, keep: bool) -> Minibatch:
        """Return the same samples and labels for the generator's update: with the same latents, or with others."""
        return self.minibatch("generator", batch.samples, batch.labels, batch.latents if keep else None)

    def minibatch(
        self, player: str, samples: Tensor, labels: Tensor | None, latents: Tensor | None = None
    ) -> Minibatch:
        """Return what a player's update is computed from: the reals, and latents, drawn where none are given."""
        rows = tf.shape(samples)[0]
        latents = self.sample_latents(player, rows) if latents is None else latents
        return Minibatch(samples, latents, labels, self.random(rows, f"{player}/"))

    def fake(self, batch: Minibatch, training: bool = True) -> Tensor:
        """Return float32 samples from the latents and labels: in training mode, or by the sampling generator."""
        if training:
            return self.generate(batch.latents, batch.labels)
        return apply_generator(self.sampling_generator, batch.latents, batch.labels)

    def critic(self, batch: Minibatch, **options: Unpack[CriticOptions]) -> Critic:
        """Return the discriminator with the labels of a batch, where it takes them."""
        return self._critic(batch.labels, **options)

    def rehearsal(self, rows: int) -> Minibatch:
        """Return random samples: images of noise, or what the generator makes."""
        signature, rows = self.signature, rows * self.pack
        labels = None if signature.condition is None else signature.condition.in_turn(0, rows)
        if signature.is_image:
            noise = np.random.default_rng(0).uniform(-1.0, 1.0, (rows, *signature.sample_shape))
            samples = tf.constant(noise, tf.float32)
        else:  # vectors may be in any range, and only the generator tells which
            samples = self.generate(self.sample_latents("rehearsal", rows), labels)
        return self.minibatch("discriminator", samples, labels)

    def evaluated(self, data: Batch) -> Minibatch:
        """Return a batch of an evaluation, with latents that are a function of its position there."""
        # By its place in the evaluation, not by the step: two evaluations of the same weights are equal.
        samples, labels = divisible(self.pack, *unpack(data, self.signature))
        rows = tf.shape(samples)[0]
        stream = self.evaluation_random(rows)
        latents = self.prior.transform(stream.uniform("evaluate/latents", (rows, self.signature.latent_dim)))
        return Minibatch(samples, latents, labels, stream)

    def _critic(self, labels: Tensor | None, **options: Unpack[CriticOptions]) -> Critic:
        labels = labels if self.signature.discriminator_takes_labels else None
        return Critic(self.discriminator, labels, pack=self.pack, **options)

    # Judgement.

    def discriminate(self, images: ArrayLike, labels: Labels | None = None, batch_size: int = 256) -> np.ndarray:
        """Return the discriminator's logits in inference mode; `sigmoid` of them is its D(x).

        Args:
            images: samples as `fit` takes them, `(n, ...)`.
            labels: integers `(n,)`, for networks that take labels.
            batch_size: samples that are judged at once.

        Returns:
            float32, `(n,)`; `(n / pack,)` where neighbours are judged together.
        """
        # Whole packs, or the last rows of a part would be judged with the first ones of the next.
        batch_size = self.pack * -(-check_integer("batch_size", batch_size) // self.pack)
        given, classes = fit_arguments.checked(np.asarray(images), labels, self.signature)
        if len(given) % self.pack:
            raise InputError(f"`images` must be a multiple of pack={self.pack}. Received: {len(given)} images")
        judged = []
        for first in range(0, len(given), batch_size):
            part = slice(first, first + batch_size)
            data = given[part] if classes is None else (given[part], classes[part])
            samples, y = unpack(data, self.signature)
            judged.append(self._critic(y, training=False)(samples).logits.numpy())
        return np.concatenate(judged)
