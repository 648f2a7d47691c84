"""The two-player game: Algorithm 1, whatever the generator is given."""

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Unpack

import keras
import tensorflow as tf

from keras_gan.augmentation import Augmentation
from keras_gan.critic import Critic, CriticOptions, Judgement
from keras_gan.losses import AdversarialLoss
from keras_gan.metrics import GenerativeMetric
from keras_gan.priors import Prior
from keras_gan.round import Round
from keras_gan.terms import Term
from keras_gan.training.game.fakes import Fakes, FreshFakes, ReusedFakes
from keras_gan.training.game.gradient_check import GradientCheck
from keras_gan.training.game.gradients import in_order
from keras_gan.training.game.logs import Sums, sums, sums_of_finite
from keras_gan.training.game.minibatch import Minibatch
from keras_gan.training.game.objective import Objective
from keras_gan.training.game.output_check import check_outputs
from keras_gan.training.game.top_k import Share
from keras_gan.training.game.turn import Turn
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.sampling.evaluator import Evaluator
from keras_gan.types import Batch, Logs, OptimizerLike, Tensor
from keras_gan.utils.registry import Identifier
from keras_gan.utils.validation import check_bool, check_integer

_LOG_NAMES = (
    *("d_loss", "g_loss", "d_real", "d_fake", "d_accuracy", "r_t"),
    *("d_gradient_norm", "g_gradient_norm", "d_total", "g_total"),
)

MAX_PARTS = 1024  # of a batch


class TwoPlayerGame(GenerativeModel):
    """A generator and a discriminator, and the rules by which they play: what `GAN` and `ImageToImage` share.

    A subclass has two players, `"discriminator"` and `"generator"`, and says what a batch is (`read`,
    `for_generator`), what fakes are made from (`fake`), what the discriminator sees beside them (`critic`), and what a
    rehearsal is played with (`rehearsal`).
    """

    paired = False
    evaluation_log_names = ("d_loss", "g_loss", "d_real", "d_fake")

    if TYPE_CHECKING:  # what is declared for all to see, Keras does not track; see `StrictModel`
        generator: keras.Model
        discriminator: keras.Model
    loss: AdversarialLoss
    terms: Sequence[Term]
    augmentation: Augmentation | None
    objective: Objective
    reuse_fakes: bool
    fakes: Fakes
    generate: Callable[..., Tensor]
    prior: Prior | None = None

    def read(self, data: Batch, parts: int) -> Minibatch:
        """Return what the discriminator's updates are computed from, in so many parts, of a batch of the data."""
        raise NotImplementedError

    def for_generator(self, batch: Minibatch, keep: bool) -> Minibatch:
        """Return the same reals for the generator's update: with the same latents, or with others."""
        raise NotImplementedError

    def fake(self, batch: Minibatch, training: bool = True) -> Tensor:
        """Return float32 samples, made from what the batch has for it: in training mode, or as they are sampled."""
        raise NotImplementedError

    def critic(self, batch: Minibatch, **options: Unpack[CriticOptions]) -> Critic:
        """Return the discriminator with all bound that goes with the samples of a batch."""
        raise NotImplementedError

    def evaluated(self, data: Batch) -> Minibatch:
        """Return what an evaluation computes from a batch of the data."""
        raise NotImplementedError

    def rehearsal(self, rows: int) -> Minibatch:
        """Return a small random batch, to play a round before there are data."""
        raise NotImplementedError

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
            jit_compile: XLA, or `"auto"`: on with a single GPU; on a CPU with AVX2, and with AVX-512 if TensorFlow has
                no kernels of oneDNN's, where networks of up to 6 convolutions see images of 16x16 pixels or more (with
                oneDNN's of sides of 16 or 32) in float32, and `accumulation_steps` is 1; off otherwise.
                `gan.jit_compile` tells which it is. XLA compiles for some seconds before the first step, of each size
                of batch, and of `evaluate`: `False` for a short training, and where something of your own calls what
                XLA does not know.
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
        evaluator = self.evaluator_of(metrics)
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
                "metrics": evaluator.given,
            },
            moving=objective.layers,
            on_nonfinite=on_nonfinite,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
        )
        # Faults that would be no errors later, but a training that does not learn.
        check_outputs(self)
        GradientCheck(self).check()

    def evaluator_of(self, metrics: Sequence[Identifier[GenerativeMetric]] | None) -> Evaluator:
        """Return what computes these metrics of an evaluation."""
        return Evaluator(metrics, reserved=type(self).evaluation_log_names)

    # The game.

    def train_step(self, data: Batch) -> Logs:
        """Play one iteration of Algorithm 1 (Goodfellow et al. 2014), with this game's loss and terms."""
        k, m = self.discriminator_steps, self.accumulation_steps
        # One batch for all k updates, divided here: of `Dataset.batch(b).batch(k)` a strategy would split the k.
        batch = self.read(data, parts=k * m)
        minibatches = batch.split(k)

        turns: list[Turn] = []
        for minibatch in minibatches:  # for k steps do
            turns = in_order(self._discriminator_turn, minibatch.microbatches(m))
            self.log(sums_of_finite(d_gradient_norm=self.update("discriminator", turns)))
            self._adapt(turns, tf.shape(minibatch.samples)[0])

        # The last minibatch's reals once more: relativistic losses compare with them, and the fakes take their labels.
        minibatch = self.fakes.minibatch(self, minibatches[-1])
        learnt = in_order(functools.partial(self._generator_turn, turns), minibatch.microbatches(m))
        self.log(sums_of_finite(g_gradient_norm=self.update("generator", learnt)))

        self.update_average(tf.shape(batch.samples)[0])
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
        critic = self.critic(batch, augmentation=augmentation, random=batch.random, moves=moves)
        # Reals and fakes in two passes. In one, batch statistics would be those of the mixture: another model. Where
        # samples are judged one by one it would do, and was tried: it is no faster.
        sees_real = player == "discriminator" or self.objective.generator_sees_real
        real: Judgement | None = critic(batch.samples) if sees_real else None
        return Round(
            critic,
            real,
            critic(fake),
            batch.latents,
            batch.labels,
            self.generate,
            self.step.value,
            batch.random,
            prior=self.prior,
            network=self.generator,
            source=batch.source,
            targets=batch.samples if self.paired else None,
            samples=batch.samples,
        )

    def test_step(self, data: Batch) -> Logs:
        """Compute the adversarial losses of the sampling generator, with all networks in inference mode."""
        batch = self.evaluated(data)
        critic = self.critic(batch, training=False)
        made = self.fake(batch, training=False)
        fake, real = critic(made).logits, critic(batch.samples).logits
        d_loss, g_loss = self.loss.discriminator_loss(real, fake), self.loss.generator_loss(real, fake)
        logs = sums(d_loss=d_loss, g_loss=g_loss, d_real=real, d_fake=fake)
        return self.finish_evaluation_step({**logs, **self.compared(batch, made)}, tf.shape(batch.samples)[0])

    def compared(self, batch: Minibatch, made: Tensor) -> Sums:
        """Return what else an evaluation logs of what was made of a batch; `evaluation_log_names` declares it."""
        return {}
