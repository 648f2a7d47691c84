"""The two-player game between a generator and a discriminator."""

import functools
from collections.abc import Sequence
from typing import Unpack

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.augmentation import Augmentation
from keras_gan.conditions import condition
from keras_gan.critic import Critic, CriticOptions, Judgement
from keras_gan.losses import AdversarialLoss
from keras_gan.metrics import GenerativeMetric
from keras_gan.priors import Prior
from keras_gan.round import Round
from keras_gan.terms import Term
from keras_gan.training.game.exponential_moving_average import AverageLike
from keras_gan.training.game.fakes import Fakes, FreshFakes, ReusedFakes
from keras_gan.training.game.gradient_check import GradientCheck
from keras_gan.training.game.gradients import in_order
from keras_gan.training.game.logs import Sums, sums, sums_of_finite
from keras_gan.training.game.minibatch import Minibatch
from keras_gan.training.game.objective import Objective
from keras_gan.training.game.output_check import check_outputs
from keras_gan.training.game.player import Player
from keras_gan.training.game.signature import Signature, apply_generator
from keras_gan.training.game.top_k import Share
from keras_gan.training.game.turn import Turn
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.inputs import fit_arguments
from keras_gan.training.inputs.batches import divisible, unpack
from keras_gan.training.sampling.evaluator import Evaluator
from keras_gan.types import Batch, Labels, Logs, OptimizerLike, Tensor
from keras_gan.utils.registry import Identifier, register
from keras_gan.utils.validation import InputError, check_bool, check_integer

_LOG_NAMES = (
    *("d_loss", "g_loss", "d_real", "d_fake", "d_accuracy", "r_t"),
    *("d_gradient_norm", "g_gradient_norm", "d_total", "g_total"),
)

MAX_PARTS = 1024  # of a batch


@register
class GAN(GenerativeModel):
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
        ema: the exponential moving average of the generator's weights from which samples are drawn: a decay in
            [0, 1), an `ExponentialMovingAverage`, its config, or `None` for none. After `generator.load_weights(...)`
            it still has the old weights: `restart_average()`.
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

    evaluation_log_names = ("d_loss", "g_loss", "d_real", "d_fake")

    loss: AdversarialLoss
    terms: Sequence[Term]
    augmentation: Augmentation | None
    objective: Objective
    discriminator_steps: int
    accumulation_steps: int
    reuse_fakes: bool
    fakes: Fakes

    def __init__(
        self,
        generator: keras.Model,
        discriminator: keras.Model,
        *,
        num_classes: int | None = None,
        condition_dim: int | None = None,
        prior: Identifier[Prior] | None = None,
        ema: AverageLike = None,
        pack: int = 1,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        if keras.config.backend() != "tensorflow":
            raise InputError(f"keras_gan needs Keras's TensorFlow backend. Received: {keras.config.backend()!r}")
        signature = Signature.of(generator, discriminator, condition(num_classes, condition_dim), pack)
        players = [Player("discriminator", [discriminator])]
        prior = "normal" if prior is None else prior
        super().__init__(players, generator, signature, prior, ema, seed=seed, name=name)
        self.discriminator = discriminator
        self.pack = pack

    def compile(
        self,
        generator_optimizer: OptimizerLike,
        discriminator_optimizer: OptimizerLike,
        loss: Identifier[AdversarialLoss] = "non_saturating",
        terms: Sequence[Identifier[Term]] = (),
        augmentation: Identifier[Augmentation] | None = None,
        discriminator_steps: int = 1,
        accumulation_steps: int = 1,
        reuse_fakes: bool = False,
        top_k: Share | None = None,
        on_nonfinite: str = "stop",
        metrics: Sequence[Identifier[GenerativeMetric]] | None = None,
        steps_per_execution: int | str = 1,
        jit_compile: bool | str = "auto",
        run_eagerly: bool = False,
    ) -> None:
        """Set the rules of the game.

        Args:
            generator_optimizer: a Keras optimizer or its name; an instance of its own.
            discriminator_optimizer: likewise.
            loss: an adversarial loss: a name, a class, an instance or a config. See `keras_gan.losses`.
            terms: what is added to the players' losses, e.g. `[keras_gan.penalties.R1(weight=0.5)]`.
            augmentation: what all images go through before the discriminator: a name, a class, an instance or a
                config. See `keras_gan.augmentation`.
            discriminator_steps: `k` of Algorithm 1: discriminator updates for each of the generator's. The batch that
                `fit` is given is divided among them, and filled up with its own first rows where it can't be: WGAN-GP's
                5 updates with 64 samples each are `discriminator_steps=5` with `batch_size=320`, not 64.
            accumulation_steps: parts into which the batch of each update is divided, to be computed one after another
                (which saves memory without XLA); their gradients are averaged. What is computed over a batch (batch
                normalization, relativistic averages, top-k, `LeCam`, `FeatureMatching`) is computed over a part.
            reuse_fakes: whether the generator learns from the fakes of the discriminator's (last) update, and from
                their latents, not from fresh ones: one pass less. All parts of that update stay in memory until then.
            top_k: the share of the fakes, those that the discriminator finds most real, from which the generator
                learns: in (0, 1], a Keras schedule of `step`, or `None` for all (Sinha et al. 2020, arXiv:2002.06224).
            on_nonfinite: what ends training: a step whose loss or gradients are NaN or infinite (`"stop"`), or more
                than 100 of one `fit` (`"skip"`). Such a step changes nothing but `step`; `NonFiniteError` says where.
            metrics: what `evaluate`, and `fit` with `validation_data`, compute besides the losses: names, classes or
                instances of `keras_gan.metrics`, such as `FrechetDistance(extractor)`.
            steps_per_execution: steps that run in one call of the graph, after which callbacks hear of its last one
                (an epoch of any length ends where it ends); or `"auto"`: in `fit` and `evaluate` their number grows
                to calls of 0.1 s, then until their own cost is 5 % or their steps take 1 s. With several workers: 1.
            jit_compile: XLA, or `"auto"`: on with a single GPU, off otherwise; `gan.jit_compile` tells which it is.
            run_eagerly: as in Keras: step through Python, for debugging.

        Raises:
            InputError: an argument is not as above; a gradient of the loss or of a term is missing or not finite.
        """
        check_integer("discriminator_steps", discriminator_steps, bound=MAX_PARTS)
        check_integer("accumulation_steps", accumulation_steps, bound=MAX_PARTS)
        check_bool("reuse_fakes", reuse_fakes)
        names = (*_LOG_NAMES, *type(self).log_names)
        with self.distribute_strategy.scope():  # what has state has it on each replica
            objective = Objective(loss, terms, top_k, augmentation, reserved=names)
            objective.check(self.signature, {"discriminator": [self.discriminator], "generator": [self.generator]})
        evaluator = Evaluator(metrics, reserved=type(self).evaluation_log_names)
        self.objective, self.evaluator = objective, evaluator
        self.loss, self.terms, self.augmentation = objective.loss, objective.terms, objective.augmentation
        self.discriminator_steps, self.accumulation_steps = discriminator_steps, accumulation_steps
        self.reuse_fakes, self.fakes = reuse_fakes, ReusedFakes() if reuse_fakes else FreshFakes()
        self.log_names = (*names, *objective.log_names)
        self.compile_players(
            {"generator": generator_optimizer, "discriminator": discriminator_optimizer},
            arguments={
                "loss": self.loss,
                "terms": self.terms,
                "augmentation": self.augmentation,
                "discriminator_steps": discriminator_steps,
                "accumulation_steps": accumulation_steps,
                "reuse_fakes": reuse_fakes,
                "top_k": top_k,
                "metrics": evaluator.metrics,
            },
            moving=objective.layers,
            on_nonfinite=on_nonfinite,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
        )
        # Faults that would be no errors later, but a training that does not learn.
        check_outputs(self.generator, self.discriminator, self.signature, self.pack)
        GradientCheck(self).check()

    # The game.

    def train_step(self, data: Batch) -> Logs:
        """Play one iteration of Algorithm 1 (Goodfellow et al. 2014), with this game's loss and terms."""
        k, m = self.discriminator_steps, self.accumulation_steps
        # One batch for all k updates, divided here: of `Dataset.batch(b).batch(k)` a strategy would split the k.
        samples, labels = divisible(k * m * self.pack, *unpack(data, self.signature))
        minibatches = self.minibatch("discriminator", samples, labels).split(k)

        turns: list[Turn] = []
        for minibatch in minibatches:  # for k steps do
            turns = in_order(self._discriminator_turn, minibatch.microbatches(m))
            self.log(sums_of_finite(d_gradient_norm=self.update("discriminator", turns)))
            self._adapt(turns, tf.shape(minibatch.samples)[0])

        # The last minibatch's reals once more: relativistic losses compare with them, and the fakes take their labels.
        minibatch = self.fakes.minibatch(self, minibatches[-1])
        learnt = in_order(functools.partial(self._generator_turn, turns), minibatch.microbatches(m))
        self.log(sums_of_finite(g_gradient_norm=self.update("generator", learnt)))

        self.update_average(tf.shape(samples)[0])
        return self.finish_step()

    def _discriminator_turn(self, microbatch: Minibatch) -> Turn:
        made = self.fakes.for_discriminator(self, microbatch)
        with self.tape("discriminator") as tape:
            # Data to the discriminator, whoever else records how they were made.
            seen = tf.stop_gradient(made.samples)
            # Singular vectors of spectral normalization move once an update, however many parts it has.
            moves = microbatch.index == 0
            round = self.round_of(microbatch, seen, "discriminator", self.augmentation, moves)
            loss, logs = self.compute_discriminator_loss(round)
        gradients = self.differentiate("discriminator", tape, loss, logs, self.accumulation_steps)
        return Turn(gradients, round.real.logits, self.fakes.kept(made))

    def _adapt(self, turns: Sequence[Turn], images: Tensor) -> None:
        """Let the augmentation learn from the logits of the reals of one update."""
        if self.augmentation is not None:
            self.augmentation.adapt(tf.concat([turn.real_logits for turn in turns], axis=0), images)
            self.log(sums_of_finite(**self.augmentation.logs()))

    def _generator_turn(self, turns: Sequence[Turn], microbatch: Minibatch) -> Turn:
        made = self.fakes.for_generator(self, microbatch, turns)
        assert made.tape is not None, "what learns from fakes needs to know how they were made"
        with made.tape as tape:
            round = self.round_of(microbatch, made.samples, "generator", self.augmentation)
            loss, logs = self.compute_generator_loss(round)
        return Turn(self.differentiate("generator", tape, loss, logs, self.accumulation_steps))

    def compute_discriminator_loss(self, round: Round) -> tuple[Tensor, Sums]:
        """Return what the discriminator minimises (a float32 scalar), and what is logged."""
        real, fake = round.real.logits, round.fake.logits
        right = tf.cast(tf.concat([real > 0.0, fake < 0.0], axis=0), tf.float32)
        total, logs = self._minimised("discriminator", round)
        return total, {**logs, **sums(d_real=real, d_fake=fake, d_accuracy=right, r_t=tf.sign(real))}

    def compute_generator_loss(self, round: Round) -> tuple[Tensor, Sums]:
        """Return what the generator minimises (a float32 scalar), and what is logged."""
        return self._minimised("generator", round)

    def _minimised(self, player: str, round: Round) -> tuple[Tensor, Sums]:
        total, logs = self.objective.total(player, round)
        total += self.players[player].regularization
        rows = tf.cast(tf.size(round.fake.logits), tf.float32)
        return total, {**logs, f"{player[0]}_total": (total * rows, rows)}

    def minibatch(
        self, player: str, samples: Tensor, labels: Tensor | None, latents: Tensor | None = None
    ) -> Minibatch:
        """Return what a player's update is computed from: the reals, and latents, drawn where none are given."""
        rows = tf.shape(samples)[0]
        latents = self.sample_latents(player, rows) if latents is None else latents
        return Minibatch(samples, latents, labels, self.random(rows, f"{player}/"))

    def round_of(
        self, batch: Minibatch, fake: Tensor, player: str, augmentation: Augmentation | None, moves: bool = False
    ) -> Round:
        """Let the discriminator judge, and return the round.

        Args:
            batch: the reals and what the fakes were made from.
            fake: the fakes, `(batch, ...)`.
            player: whose round it is: the generator's has no reals unless its loss or a term asks for them.
            augmentation: what images go through before they are judged.
            moves: whether this pass moves what passes move, such as the vectors of spectral normalization.
        """
        critic = self._critic(batch.labels, augmentation=augmentation, random=batch.random, moves=moves)
        # Reals and fakes in two passes. In one, batch statistics would be those of the mixture: another model. Where
        # samples are judged one by one it would do, and was tried: it is no faster.
        sees_real = player == "discriminator" or self.objective.generator_sees_real
        real: Judgement | None = critic(batch.samples) if sees_real else None
        given = (batch.latents, batch.labels, self.generate, self.step.value, batch.random, self.prior, self.generator)
        return Round(critic, real, critic(fake), *given)

    def _critic(self, labels: Tensor | None, **options: Unpack[CriticOptions]) -> Critic:
        labels = labels if self.signature.discriminator_takes_labels else None
        return Critic(self.discriminator, labels, pack=self.pack, **options)

    def test_step(self, data: Batch) -> Logs:
        """Compute the adversarial losses of the sampling generator, with all networks in inference mode."""
        real, labels = divisible(self.pack, *unpack(data, self.signature))
        rows = tf.shape(real)[0]
        stream = self.evaluation_random(rows)
        latents = self.prior.transform(stream.uniform("evaluate/latents", (rows, self.signature.latent_dim)))
        critic = self._critic(labels, training=False)
        fake = critic(apply_generator(self.sampling_generator, latents, labels)).logits
        real = critic(real).logits
        d_loss, g_loss = self.loss.discriminator_loss(real, fake), self.loss.generator_loss(real, fake)
        logs = sums(d_loss=d_loss, g_loss=g_loss, d_real=real, d_fake=fake)
        return self.finish_evaluation_step(logs, rows)

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
