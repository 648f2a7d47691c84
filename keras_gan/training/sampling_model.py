"""A generator, its prior and its moving average: where samples come from."""

import functools
import os
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan import export as export_lib
from keras_gan import priors
from keras_gan.conditions import Vectors
from keras_gan.priors import Prior
from keras_gan.training.game.averages import moving_averages
from keras_gan.training.game.moving_average import AverageLike
from keras_gan.training.game.player import Player
from keras_gan.training.game.signature import Signature, apply_generator
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.sampling.sampler import Sampler
from keras_gan.training.sampling.standing_statistics import StandingStatistics
from keras_gan.types import Shape, Tensor
from keras_gan.utils.networks import walk
from keras_gan.utils.registry import Identifier
from keras_gan.utils.validation import InputError, check_seeds


class SamplingModel(GenerativeModel):
    """A model with a generator, the prior of its latents, and the moving average that is sampled.

    Args:
        players: in the order of their turns; the last is called `"generator"` and averages as `ema` says.
        generator: its network.
        signature: what the networks take.
        prior: the distribution of the latents: a name, an instance or a config.
        ema: the moving average, or several; see `GAN`.
        sampled_average: which of several is sampled.
        seed: of all random numbers of the steps.
        name: the model's name.
    """

    signature: Signature
    _samplers: Sequence[Sampler]
    _statistics: Sequence[StandingStatistics]

    def __init__(
        self,
        players: Sequence[Player],
        generator: keras.Model,
        signature: Signature,
        prior: Identifier[Prior],
        ema: AverageLike,
        sampled_average: int,
        seed: int,
        name: str | None,
    ) -> None:
        super().__init__([*players, Player("generator", [generator], moving_averages(ema))], seed=seed, name=name)
        self.generator = generator
        self.signature = signature
        if isinstance(signature.condition, Vectors):
            self.known_vectors = signature.condition.known  # saved with the model
        self.prior = priors.get(prior)
        self.prior.check(signature.latent_dim)
        _check_mixing(generator, self.prior)
        averages = self.averages.get("generator", [])
        sampled = averages or [generator]
        # One for each average, with graphs of its own: a graph holds the variables that it was traced with.
        self._samplers = [
            Sampler(network, self.prior, signature, functools.partial(self._update_statistics_of, number))
            for number, network in enumerate(sampled)
        ]
        self._statistics = [StandingStatistics(sampler, generator) for sampler in self._samplers if averages]
        # Batch statistics are functions of the average's weights: they are computed, not averaged and not kept.
        self._averages.derived = [variable for each in self._statistics for variable in each.variables]
        self.set_average(ema, sampled_average)

    @property
    def samplers(self) -> Sequence[Sampler]:
        """What draws from each of several moving averages; one of a single one, or of none."""
        return self._samplers

    @property
    def sampler(self) -> Sampler:
        """What draws from the sampling generator."""
        return self._samplers[self.sampled_average]

    def sample_latents(self, purpose: str, rows: Tensor) -> Tensor:
        """Return latents `(rows, latent_dim)` from the prior; another `purpose` gives independent ones."""
        uniform = self.random(rows, f"{purpose}/").uniform("latents", (rows, self.signature.latent_dim))
        return self.prior.transform(uniform)

    def generate(self, latents: Tensor, labels: Tensor | None) -> Tensor:
        """Return float32 samples from the generator in training mode."""
        return apply_generator(self.generator, latents, labels, training=True)

    @property
    def sampling_generator(self) -> keras.Model:
        """The network that samples are drawn from: the moving average, or the generator if there is none.

        The batch normalization of the average has the statistics of its own activations.
        """
        self._update_statistics()
        return self.sampler.generator

    def _update_statistics(self) -> None:
        """Give the average the batch statistics of the weights that it has now. Before a graph runs that was done."""
        self.sampler.prepare()

    def _update_statistics_of(self, number: int, truncation: float | None) -> None:
        # A graph that is traced once can't compute them when they are needed: who runs one updates them before.
        if self._statistics and tf.executing_eagerly():
            self._statistics[number].update(self.step, truncation)

    def _update_all_statistics(self) -> None:
        for each in self._statistics:
            each.update(self.step)

    @property
    def num_classes(self) -> int | None:
        """How many classes the networks know: labels are in `[0, num_classes)`. `None` where they take no classes."""
        return self.signature.num_classes

    @property
    def condition_dim(self) -> int | None:
        """The numbers of the vectors that the networks are told. `None` where they take none."""
        condition = self.signature.condition
        return condition.condition_dim if isinstance(condition, Vectors) else None

    @property
    def latent_dim(self) -> int:
        """The length of one latent vector."""
        return self.signature.latent_dim

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of one sample, such as `(height, width, channels)` or `(features,)`."""
        return self.signature.sample_shape

    def call(self, inputs: Tensor | Sequence[Tensor], training: bool = False) -> Tensor:
        """Return samples from latents `(batch, latent_dim)` or `[latents, labels]`, by the sampling generator."""
        return self.sampling_generator(inputs, training=training)

    def compute_output_shape(self, input_shape: Shape | Sequence[Shape]) -> Shape:
        """Return the shape of the samples, as the sampling generator tells it."""
        return self.sampling_generator.compute_output_shape(input_shape)

    def sample(
        self,
        n: int | None = None,
        labels: ArrayLike | None = None,
        seed: int | Sequence[int] | None = None,
        truncation: float | None = None,
        batch_size: int = 256,
        latents: ArrayLike | None = None,
    ) -> np.ndarray:
        """Draw samples from the sampling generator, or make them from latents of your own.

        Sample number i depends on the seed and i alone: `sample(64, seed=0)[:10]` is `sample(10, seed=0)`, and the
        batch size changes nothing (the latents not a bit, the samples not beyond 1e-5).

        Args:
            n: how many; may be left out where `latents` or several seeds say it.
            labels: which classes: integers `(n,)`, or one integer for all; or vectors `(n, condition_dim)`, or one for
                all. `None` takes the classes in turn, or vectors of the data that were trained on.
            seed: in `[0, 2^31)`; `None` draws one from Python's `random`, which `keras.utils.set_random_seed` seeds.
                Of a list of seeds each gives its sample number 0, with the label whose turn is the seed where no
                `labels` are given: so it depends on that seed alone, and not on its place in the list.
            truncation: the bound of the latents' magnitude; see the prior. Of a generator with a `MappingNetwork`, such
                as StyleGAN2's, it is psi, by which the styles are drawn to their mean, 0 or more: 1 changes nothing.
                The batch normalization of the moving average has statistics of samples with the same truncation.
            batch_size: samples that are computed at once.
            latents: floating point `(n, latent_dim)`, finite, as the generator takes them: e.g. points between two that
                the prior gave. They take the place of `seed` and `truncation`; batch statistics are those of samples
                without truncation.

        Returns:
            float32, `(n, height, width, channels)` in [-1, 1], or `(n, features)`. Generators that end without tanh,
            such as StyleGAN2's, may go a little beyond; what is written is cut off.

        Raises:
            InputError: an argument is not as above, or `latents` come with a `seed` or a `truncation`.

        Example:
        ```python
        gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=8))
        points = gan.sample(1000, seed=0)
        line = np.linspace(-np.ones(8), np.ones(8), num=50)
        between = gan.sample(latents=line)  # (50, 2)
        ```
        """
        self.known_weights.warn_of_others(self)
        if latents is not None:
            if seed is not None or truncation is not None:
                raise InputError(
                    "`latents` take the place of `seed` and `truncation`, which must be None. "
                    f"Received: seed={seed!r}, truncation={truncation!r}"
                )
            return self.sampler.of_latents(latents, n, labels, batch_size)
        if isinstance(seed, Sequence | np.ndarray):
            seeds = check_seeds(seed)
            if n is not None and n != len(seeds):
                raise InputError(f"`n` must be the number of seeds, {len(seeds)}, or None. Received: n={n!r}")
            return self.sampler.of_seeds(seeds, labels, truncation, batch_size)
        if n is None:
            raise InputError("`n` must be an integer >= 1 where no `latents` are given. Received: n=None")
        return self.sampler.sample(n, labels, seed, truncation, batch_size)

    def predict(self, *args: Any, **kwargs: Any) -> Any:
        """Return samples of the sampling generator from latents, as `keras.Model.predict`."""
        self._update_statistics()
        return super().predict(*args, **kwargs)

    def predict_on_batch(self, *args: Any, **kwargs: Any) -> Any:
        """Return samples of the sampling generator from latents, as `keras.Model.predict_on_batch`."""
        self._update_statistics()
        return super().predict_on_batch(*args, **kwargs)

    def get_weights(self) -> list[np.ndarray]:
        """Return all weights, those of the average too, as `keras.Model.get_weights`."""
        self._update_all_statistics()
        return super().get_weights()

    # The average's weights change between two steps.

    def restart_average(self) -> None:
        """Give the average the weights that the generator has now."""
        super().restart_average()
        self._forget_statistics()

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Set all weights, those of the average too, as `keras.Model.set_weights`."""
        super().set_weights(weights)
        self._forget_statistics()

    def load_state(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Assign what `hold_state` returned."""
        super().load_state(arrays)
        self._forget_statistics()

    def save_own_variables(self, store: MutableMapping[str, np.ndarray]) -> None:
        """Save with the batch statistics that belong to the average."""
        self._update_all_statistics()
        super().save_own_variables(store)

    def load_own_variables(self, store: Mapping[str, np.ndarray]) -> None:
        """Load with the batch statistics that were saved."""
        super().load_own_variables(store)
        # Not computed anew: a loaded GAN has to give the samples of the one that was saved.
        for each in self._statistics:
            each.keep(self.step)

    def _forget_statistics(self) -> None:
        for each in self._statistics:
            each.forget()

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: object = None,
        batch_size: int | None = None,
        **kwargs: object,
    ) -> export_lib.Written:
        """Write the sampling generator (never the discriminator) for programs that do not know keras_gan.

        Args:
            filepath: of a SavedModel a directory: new, empty, or one to replace; of others a file that ends in
                `.onnx`, `.tflite` or `.keras`. It is complete, and was tried, or is not there.
            format: `"tf_saved_model"`, `"onnx"`, `"litert"`, `"litert_float16"`, `"litert_int8"` or `"keras"`.
            verbose: whether to print what is returned: where it is, how far from the samples, what it takes and gives.
            input_signature: must be `None`: the signatures are those of `keras_gan.export.of_samples`.
            batch_size: samples of each call; `None` for any number.
            **kwargs: none; Keras's other options belong to other formats.

        Returns:
            What was written: `path`, the largest `difference`, and names, types and shapes of what the file takes and
            gives. `print` tells it.

        Raises:
            InputError: an argument is not as above, a library is missing, or something else is at `filepath`.
            ExportError: the format can't hold the network, or the file gives other numbers: it is not kept.
        """
        export_lib.refuse_options(input_signature, kwargs)
        self.known_weights.warn_of_others(self)
        return export_lib.write(export_lib.of_samples(self, batch_size), filepath, format, verbose)


def _check_mixing(generator: keras.Model, prior: Prior) -> None:
    """Raise where a layer of the generator draws latents of its own, which are normal, and the GAN others."""
    if isinstance(prior, priors.Normal):
        return
    for layer in walk(generator):
        if getattr(layer, "draws_latents", False):
            raise InputError(
                "`prior` must be 'normal' for a generator that mixes in the styles of latents that it draws itself, or "
                f"the layer's `mixing` be 0. Received: {type(prior).__name__}, and mixing in {layer.name!r}"
            )
