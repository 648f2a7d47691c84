"""The two-player game between a generator and a discriminator."""

import os
from collections.abc import Iterator, Sequence
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf

from keras_gan import export as export_lib
from keras_gan import losses, priors
from keras_gan.critic import Critic, Evaluation
from keras_gan.data import ArrayData
from keras_gan.round import Round
from keras_gan.training import inputs
from keras_gan.training.adversarial_model import AdversarialModel
from keras_gan.training.means import Sums, sums
from keras_gan.training.networks import Signature
from keras_gan.training.player import Player
from keras_gan.training.sampler import Sampler, apply_generator
from keras_gan.training.term_set import TermSet
from keras_gan.types import Config, Logs, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_number

_LOG_NAMES = ("d_loss", "g_loss", "d_real", "d_fake", "d_total", "g_total")


@register
class GAN(AdversarialModel):
    """A generative adversarial network whose `fit` plays the two-player game.

    Everything that varies between papers is an object: the networks here, the rules of the game in `compile`. Train
    with `fit`, `evaluate` on held-out data, draw with `sample`, judge with `discriminate`, `save` and
    `keras.models.load_model`, `export` to a SavedModel. Called, or in `predict`, it is its sampling generator: the
    moving average, where there is one.

    Goodfellow et al. 2014, arXiv:1406.2661; `train_step` is its Algorithm 1.

    Args:
        generator: a Keras model that knows its inputs, from latents `(batch, latent_dim)`, or `[latents, labels]`, to
            samples: images `(batch, height, width, channels)` in [-1, 1], or vectors `(batch, features)`.
        discriminator: from samples, or `[samples, labels]`, to one logit a sample, or to a dictionary of heads with
            `logits` among them. Labels are int32, `(batch,)`.
        num_classes: labels are in `[0, num_classes)`. Required exactly when the networks take labels.
        prior: the distribution of the latents: a name, an instance or a config; the default is `"normal"`.
        ema: the decay of an exponential moving average of the generator's weights, in [0, 1), from which samples are
            drawn; `None` for none.
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

    To change how the game is played, subclass and override one of the seams, which `train_step` calls in this order:
    `sample_latents`, `generate`, `compute_discriminator_loss`, `compute_generator_loss`, `update_average`.
    """

    evaluation_log_names = ("d_loss", "g_loss", "d_real", "d_fake")

    def __init__(
        self,
        generator: Any,
        discriminator: Any,
        *,
        num_classes: int | None = None,
        prior: Any = None,
        ema: float | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        if keras.config.backend() != "tensorflow":
            raise InputError(f"keras_gan needs Keras's TensorFlow backend. Received: {keras.config.backend()!r}")
        signature = Signature.of(generator, discriminator, num_classes)
        if ema is not None:
            check_number("ema", ema, minimum=0.0, maximum=1.0, open_maximum=True)
        super().__init__(
            [Player("discriminator", [discriminator]), Player("generator", [generator], average=ema)],
            seed=seed,
            name=name,
        )
        self.generator = generator
        self.discriminator = discriminator
        self.signature = signature
        self.prior = priors.get("normal" if prior is None else prior)
        self.ema = ema
        self._untracked("_fitting", False)
        self._untracked("sampler", Sampler(self.sampling_generator, self.prior, signature))

    def compile(
        self,
        generator_optimizer: Any,
        discriminator_optimizer: Any,
        loss: Any = "non_saturating",
        terms: Sequence[Any] = (),
        discriminator_steps: int = 1,
        steps_per_execution: int = 1,
        jit_compile: bool | str = "auto",
        run_eagerly: bool = False,
    ) -> None:
        """Set the rules of the game.

        Args:
            generator_optimizer: a Keras optimizer or its name; an instance of its own.
            discriminator_optimizer: likewise.
            loss: an adversarial loss: a name, a class, an instance or a config. See `keras_gan.losses`.
            terms: what is added to the players' losses, e.g. `[keras_gan.penalties.R1(weight=0.5)]`.
            discriminator_steps: `k` of Algorithm 1: discriminator updates for each of the generator's. The batch that
                `fit` is given is divided among them; one of fewer than `k` samples is repeated to `k`.
            steps_per_execution: as in Keras: steps that run in one call of the graph.
            jit_compile: as in Keras: XLA, or `"auto"` for on with a single GPU and off otherwise.
            run_eagerly: as in Keras: step through Python, for debugging.
        """
        check_integer("discriminator_steps", discriminator_steps)
        chosen = TermSet(terms, reserved=_LOG_NAMES)
        self._untracked("loss", losses.get(loss))
        self._untracked("terms", chosen.terms)
        self._untracked("_term_set", chosen)
        self._untracked("discriminator_steps", discriminator_steps)
        self._untracked("log_names", (*_LOG_NAMES, *chosen.log_names))
        self.compile_players(
            {"generator": generator_optimizer, "discriminator": discriminator_optimizer},
            arguments={
                "loss": self.loss,
                "terms": chosen.terms,
                "discriminator_steps": discriminator_steps,
                "steps_per_execution": steps_per_execution,
                "jit_compile": jit_compile,
                "run_eagerly": run_eagerly,
            },
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
        )

    # The game.

    def train_step(self, data: Any) -> Logs:
        """Play one iteration of Algorithm 1 (Goodfellow et al. 2014), with this game's loss and terms."""
        k = self.discriminator_steps
        samples, labels = inputs.at_least(k, *inputs.unpack(data, self.signature))
        latents = self.sample_latents("discriminator", tf.shape(samples)[0])
        for j in range(k):  # for k steps do
            real, z, y = samples[j::k], latents[j::k], None if labels is None else labels[j::k]
            fake = self.generate(z, y)  # outside the tape: the fakes are data to the discriminator
            with tf.GradientTape() as tape:
                loss, logs = self.compute_discriminator_loss(self._round(real, fake, z, y, f"discriminator/{j}"))
            self.descend("discriminator", tape, loss)
            self.log(logs)

        z = self.sample_latents("generator", tf.shape(real)[0])
        with tf.GradientTape() as tape:
            fake = self.generate(z, y)
            loss, logs = self.compute_generator_loss(
                self._round(real, fake, z, y, "generator", self._generator_sees_real)
            )
        self.descend("generator", tape, loss)
        self.log(logs)

        self.update_average()
        return self.finish_step()

    def sample_latents(self, purpose: str, rows: Tensor) -> Tensor:
        """Return latents `(rows, latent_dim)` from the prior; another `purpose` gives independent ones."""
        uniform = self.random(rows, f"{purpose}/").uniform("latents", (rows, self.signature.latent_dim))
        return self.prior.transform(uniform)

    def generate(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return float32 samples from the generator in training mode."""
        return apply_generator(self.generator, latents, labels, training=True)

    def compute_discriminator_loss(self, round: Round) -> tuple[Tensor, Sums]:
        """Return what the discriminator minimises (a float32 scalar), and what is logged."""
        real, fake = round.real.logits, round.fake.logits
        values = self.loss.discriminator_loss(real, fake)
        total, logs = self._total("discriminator", values, round)
        return total, {**sums(d_loss=values, d_real=real, d_fake=fake), **logs}

    def compute_generator_loss(self, round: Round) -> tuple[Tensor, Sums]:
        """Return what the generator minimises (a float32 scalar), and what is logged."""
        real = round.real.logits if self._generator_sees_real else None
        values = self.loss.generator_loss(real, round.fake.logits)
        total, logs = self._total("generator", values, round)
        return total, {**sums(g_loss=values), **logs}

    def _total(self, player: str, values: Tensor, round: Round) -> tuple[Tensor, Sums]:
        """Add a player's terms and its networks' own losses to the mean of its adversarial loss."""
        addition, logs = self._term_set.evaluate(player, round)
        if values.shape.rank != 1:
            raise InputError(f"The {player}'s loss must be of shape (batch,). Received: shape {values.shape}")
        total = tf.reduce_mean(values) + addition
        for network in self.players[player].networks:
            total += sum((tf.cast(loss, tf.float32) for loss in network.losses), 0.0)
        rows = tf.cast(tf.size(values), tf.float32)
        return total, {**logs, f"{player[0]}_total": (total * rows, rows)}

    @property
    def _generator_sees_real(self) -> bool:
        return any(part.generator_sees_real for part in (self.loss, *self._term_set.of("generator")))

    def _round(
        self,
        real: Tensor,
        fake: Tensor,
        latents: Tensor,
        labels: Tensor | None,
        scope: str,
        sees_real: bool = True,
    ) -> Round:
        critic = self._critic(labels, moves=scope.startswith("discriminator"))
        judged: Evaluation | None = critic(real) if sees_real else None
        random = self.random(tf.shape(real)[0], f"{scope}/")
        return Round(critic, judged, critic(fake), latents, labels, self.generate, self.step.value, random)

    def _critic(self, labels: Tensor | None, training: bool = True, moves: bool = False) -> Critic:
        labels = labels if self.signature.discriminator_takes_labels else None
        return Critic(self.discriminator, labels, training=training, moves=moves)

    def test_step(self, data: Any) -> Logs:
        """Compute the adversarial losses of the sampling generator, with all networks in inference mode."""
        real, labels = inputs.unpack(data, self.signature)
        rows = tf.shape(real)[0]
        stream = self.evaluation_random(rows)
        latents = self.prior.transform(stream.uniform("evaluate/latents", (rows, self.signature.latent_dim)))
        critic = self._critic(labels, training=False)
        fake = critic(apply_generator(self.sampling_generator, latents, labels)).logits
        real = critic(real).logits
        d_loss, g_loss = self.loss.discriminator_loss(real, fake), self.loss.generator_loss(real, fake)
        logs = sums(d_loss=d_loss, g_loss=g_loss, d_real=real, d_fake=fake)
        return self.finish_evaluation_step(logs, rows)

    # Data in.

    def fit(self, x: Any = None, y: Any = None, **kwargs: Any) -> Any:
        """Train, as `keras.Model.fit`.

        Args:
            x: `ImageData` or another `ArrayData`, which continues its stream where `step` stands; an array of samples
                (images uint8, or floating point in [-1, 1]; vectors floating point); a `tf.data.Dataset` or
                `keras.utils.PyDataset` of samples or `(samples, labels)`.
            y: labels for an array: integers, `(n,)`. Dropped by networks that take none.
            **kwargs: what `keras.Model.fit` takes, except `class_weight` and `sample_weight`.

        Returns:
            Keras's `History`.

        Raises:
            InputError: the first batch is not what the networks take, a callback monitors a name that is not logged.
        """
        self._assert_compile_called("fit")
        inputs.refuse_weights(kwargs)
        inputs.check_counts(kwargs)
        if isinstance(x, ArrayData):
            kwargs["steps_per_epoch"] = kwargs.get("steps_per_epoch") or x.steps_per_epoch
            inputs.check_executions(kwargs["steps_per_epoch"], self.steps_per_execution)
        x, y = inputs.prepare(x, y, self.signature, start_step=int(self.step.numpy()))
        if isinstance(x, (tf.data.Dataset, Iterator)):
            kwargs.setdefault("shuffle", False)  # whoever made it has shuffled it; Keras would warn that it can't
        validation = kwargs.get("validation_data")
        if validation is not None:
            kwargs["validation_data"] = inputs.prepare_validation(validation, self.signature)
        validated = validation is not None or bool(kwargs.get("validation_split"))
        names = [*self.log_names, *(f"val_{name}" for name in self.evaluation_log_names if validated)]
        inputs.check_monitors(kwargs.get("callbacks"), names)
        self._untracked("_fitting", True)
        try:
            return super().fit(x, y, **kwargs)
        finally:
            self._untracked("_fitting", False)

    def evaluate(self, x: Any = None, y: Any = None, **kwargs: Any) -> Any:
        """Compute `d_loss`, `g_loss`, `d_real`, `d_fake` over the data, as `keras.Model.evaluate`.

        Args:
            x: what `fit` takes; an `ArrayData` is read once, in order.
            y: labels for an array.
            **kwargs: what `keras.Model.evaluate` takes, except `sample_weight`.
        """
        self._assert_compile_called("evaluate")
        inputs.refuse_weights(kwargs)
        inputs.check_counts(kwargs)
        if not self._fitting:  # `fit` has prepared what it evaluates on after each epoch
            x, y = inputs.prepare(x, y, self.signature)
        return super().evaluate(x, y, **kwargs)

    # Samples out.

    @property
    def sampling_generator(self) -> Any:
        """The network that samples are drawn from: the moving average, or the generator if there is none."""
        return self.generator if self.ema is None else self.averages["generator"][0]

    def call(self, inputs: Any, training: bool = False) -> Tensor:
        """Return samples from latents `(batch, latent_dim)` or `[latents, labels]`, by the sampling generator."""
        return self.sampling_generator(inputs, training=training)

    def sample(
        self,
        n: int,
        labels: Any = None,
        seed: int | None = None,
        truncation: float | None = None,
        batch_size: int = 256,
    ) -> np.ndarray:
        """Draw samples from the sampling generator.

        Sample number i depends on the seed and i alone: `sample(64, seed=0)[:10]` is `sample(10, seed=0)`, and the
        batch size changes nothing (the latents not a bit, the samples not beyond 1e-5).

        Args:
            n: how many.
            labels: which classes: integers `(n,)`, or one integer for all. `None` takes the classes in turn.
            seed: in `[0, 2^31)`; `None` draws one from Python's `random`, which `keras.utils.set_random_seed` seeds.
            truncation: the bound of the latents' magnitude; see the prior.
            batch_size: samples that are computed at once.

        Returns:
            float32, `(n, height, width, channels)` in [-1, 1], or `(n, features)`.
        """
        return self.sampler.sample(n, labels, seed, truncation, batch_size)

    def discriminate(self, images: Any, labels: Any = None, batch_size: int = 256) -> np.ndarray:
        """Return the discriminator's logits in inference mode; `sigmoid` of them is its D(x).

        Args:
            images: samples as `fit` takes them, `(n, ...)`.
            labels: integers `(n,)`, for networks that take labels.
            batch_size: samples that are judged at once.

        Returns:
            float32, `(n,)`.
        """
        check_integer("batch_size", batch_size)
        images, labels = inputs.prepare(np.asarray(images), labels, self.signature)
        judged = []
        for first in range(0, len(images), batch_size):
            part = slice(first, first + batch_size)
            data = images[part] if labels is None else (images[part], labels[part])
            samples, y = inputs.unpack(data, self.signature)
            judged.append(self._critic(y, training=False)(samples).logits.numpy())
        return np.concatenate(judged)

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: Any = None,
        **kwargs: Any,
    ) -> None:
        """Write the sampling generator (never the discriminator) for programs that do not know keras_gan.

        Args:
            filepath: a directory: new, empty, or a SavedModel to replace. It is complete or not there.
            format: `"tf_saved_model"`; see `keras_gan.export`.
            verbose: whether to print where it was written.
            input_signature: must be `None`: the signatures are those of `keras_gan.export.export`.
            **kwargs: none; Keras's other options belong to other formats.
        """
        if kwargs or input_signature is not None:
            given = sorted(kwargs) or ["input_signature"]
            raise InputError(f"`export` takes `filepath`, `format` and `verbose`. Received: {given}")
        export_lib.export(self, filepath, format)
        if verbose:
            print(f"Saved artifact at '{filepath}'.")

    # Saving.

    def get_config(self) -> Config:
        """Return the constructor's arguments, the networks serialized."""
        return {
            "generator": keras.saving.serialize_keras_object(self.generator),
            "discriminator": keras.saving.serialize_keras_object(self.discriminator),
            "num_classes": self.signature.num_classes,
            "prior": keras.saving.serialize_keras_object(self.prior),
            "ema": self.ema,
            "seed": self.seed,
            "name": self.name,
        }

    @classmethod
    def from_config(cls, config: Config, custom_objects: Any = None) -> Self:
        """Return the GAN that `get_config` described."""
        networks = {
            name: keras.saving.deserialize_keras_object(config[name], custom_objects=custom_objects)
            for name in ("generator", "discriminator")
        }
        return cls(**{**config, **networks})
