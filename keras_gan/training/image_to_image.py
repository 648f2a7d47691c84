"""The game of pairs: from one image to another."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Unpack

import keras
import numpy as np
import tensorflow as tf

from keras_gan.critic import Critic, CriticOptions
from keras_gan.metrics import GenerativeMetric
from keras_gan.training.game.averages import moving_averages
from keras_gan.training.game.logs import Sums
from keras_gan.training.game.minibatch import Minibatch
from keras_gan.training.game.moving_average import AverageLike
from keras_gan.training.game.player import Player
from keras_gan.training.inputs.batches import divisible, unpack
from keras_gan.training.inputs.translation_signature import TranslationSignature
from keras_gan.training.sampling.pair_evaluator import PairEvaluator
from keras_gan.training.translation_model import TranslationModel
from keras_gan.training.two_player_game import TwoPlayerGame
from keras_gan.types import Batch, Tensor
from keras_gan.utils.registry import Identifier, register
from keras_gan.utils.validation import InputError


@register
class ImageToImage(TwoPlayerGame, TranslationModel):
    """A generator that learns from pairs to make one image of another: colours of grey, large of small, maps of photos.

    It plays the game of `GAN`, with the same `compile`, `fit`, saving and checkpoints; its fakes are made from the
    sources of the pairs, and its reals are their targets. What else is asked of them is said by terms, such as
    `terms.Reconstruction`, which see `round.source` and `round.targets`. The generator takes no latents: what is random
    in it are its own layers, as the dropout of pix2pix.

    `fit(sources, targets)` takes two arrays of images, uint8 or floating point in [-1, 1], a `tf.data.Dataset` or
    another source of `(sources, targets)`, or `keras_gan.data.PairedData`. Called, or in `predict`, it is its sampling
    generator: the moving average, where there is one.

    Isola et al. 2017, arXiv:1611.07004; Ledig et al. 2017, arXiv:1609.04802, for targets of other sides.

    Args:
        generator: a functional Keras model from images `(batch, height, width, channels)` to images in [-1, 1], which
            may have other sides and channels; sides may be unknown.
        discriminator: from target images, or from `[sources, targets]`, to one logit a pair, or a map of logits
            `(batch, ..., 1)`; or to a dictionary of heads with `logits` among them.
        ema: the moving average of the generator's weights that translates, or several, as in `GAN`.
        sampled_average: which of several translates, as in `GAN`.
        seed: of all random numbers of training, in `[0, 2^31)`.
        name: the model's name.

    Raises:
        InputError: a network is no built Keras model of images, or the two do not fit each other.

    Example:
    ```python
    generator = keras_gan.models.unet(channels=3, source_channels=1, width=4, depth=3)
    discriminator = keras_gan.models.patch_discriminator(3, source_channels=1, receptive_field=16, width=4)
    game = keras_gan.ImageToImage(generator, discriminator)
    game.compile("adam", "adam", terms=[keras_gan.terms.Reconstruction(weight=100.0)])
    game.fit(ops.zeros((8, 16, 16, 1)), ops.ones((8, 16, 16, 3)), batch_size=4, epochs=1, verbose=0)
    ```
    """

    paired = True
    signature: TranslationSignature
    evaluator: PairEvaluator

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        ema: AverageLike = None,
        sampled_average: int = 0,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        signature = TranslationSignature.of(generator, discriminator, self.paired)
        players = [Player("discriminator", [discriminator]), Player("generator", [generator], moving_averages(ema))]
        super().__init__(players, seed=seed, name=name)
        self.generator, self.discriminator = generator, discriminator
        self.signature = signature
        self.set_average(ema, sampled_average)
        self.set_ways("generator", [signature.data_shape])

    def generate(self, source: Tensor) -> Tensor:
        """Return what the generator makes of images, float32, in training mode."""
        return tf.cast(self.generator(source, training=True), tf.float32)

    # What the game is played with.

    def read(self, data: Batch, parts: int) -> Minibatch:
        """Return the pairs of a batch of the data."""
        source, target = divisible(parts, *unpack(data, self.signature))
        return Minibatch(target, None, None, self.random(tf.shape(target)[0], "discriminator/"), source)

    def for_generator(self, batch: Minibatch, keep: bool) -> Minibatch:
        """Return the same pairs for the generator's update."""
        return replace(batch, random=self.random(tf.shape(batch.samples)[0], "generator/"))

    def fake(self, batch: Minibatch, training: bool = True) -> Tensor:
        """Return what is made of the sources: by the generator in training mode, or by the sampling generator."""
        made = self.generate(batch.source) if training else tf.cast(self(batch.source), tf.float32)
        if not made.shape.is_compatible_with(batch.samples.shape):
            raise InputError(
                "The generator must make images of the sides of the targets. "
                f"Received: {made.shape} made, and targets of {batch.samples.shape}"
            )
        return made

    def critic(self, batch: Minibatch, **options: Unpack[CriticOptions]) -> Critic:
        """Return the discriminator with the sources of a batch, where it takes them."""
        # The sources are no part of what is augmented or penalized: a critic knows them as it knows labels.
        source = batch.source if self.signature.discriminator_takes_source else None
        return Critic(self.discriminator, source=source, **options)

    def rehearsal(self, rows: int) -> Minibatch:
        """Return pairs of noise."""
        shape = [side or self.signature.side for side in self.signature.data_shape]
        source = tf.constant(np.random.default_rng(1).uniform(-1.0, 1.0, (rows, *shape)), tf.float32)
        # Only the generator tells the sides of the targets, where it takes images of any.
        made = tf.stop_gradient(self.generate(source))
        target = np.random.default_rng(0).uniform(-1.0, 1.0, made.shape)
        return Minibatch(tf.constant(target, tf.float32), None, None, self.random(rows, "rehearsal/"), source)

    def evaluated(self, data: Batch) -> Minibatch:
        """Return the pairs of a batch of an evaluation."""
        source, target = unpack(data, self.signature)
        return Minibatch(target, None, None, self.evaluation_random(tf.shape(target)[0]), source)

    def evaluator_of(self, metrics: Sequence[Identifier[GenerativeMetric]] | None) -> PairEvaluator:
        """Return what computes the metrics of an evaluation, members of `keras_gan.metrics.PairMetric`."""
        evaluator = PairEvaluator(metrics, reserved=type(self).evaluation_log_names)
        self.evaluation_log_names = (*type(self).evaluation_log_names, *evaluator.logged)
        return evaluator

    def compared(self, batch: Minibatch, made: Tensor) -> Sums:
        """Return how near what was made comes to the targets, as the metrics tell."""
        return self.evaluator.compared(batch.samples, made)
