"""The base of the games with a generator: what it is trained on, and how what it makes is measured."""

import os
from typing import Any

import keras
import numpy as np

from keras_gan.conditions import Vectors
from keras_gan.training.adversarial_model import AdversarialModel
from keras_gan.training.game.averages import moving_averages
from keras_gan.training.game.moving_average import AverageLike
from keras_gan.training.game.signature import DataSignature
from keras_gan.training.inputs import fit_arguments
from keras_gan.training.inputs.reader_errors import reading
from keras_gan.training.inputs.reference_data import ReferenceData
from keras_gan.training.inputs.sources import as_data
from keras_gan.training.sampling.evaluator import Evaluator, Samples
from keras_gan.types import Data
from keras_gan.utils.keras_private import OF_FIT
from keras_gan.utils.progress import Progress
from keras_gan.utils.validation import InputError, check_integer


class GenerativeModel(AdversarialModel):
    """A model of samples: data are checked before they are trained on, and what is made is measured against data.

    It adds to the players what `fit`, `evaluate` and the calls of single batches know of the networks' inputs.

    Attributes:
        ema: what is averaged, as the constructor was given it.
        signature: what the networks take, which the subclass's constructor sets.
        evaluator: the metrics of an evaluation, which the subclass's `compile` sets.
        discriminator_steps: into how many updates a batch is divided.
        accumulation_steps: into how many parts each of these is.
        pack: how many neighbours are judged together.
    """

    discriminator_steps: int = 1
    accumulation_steps: int = 1
    pack: int = 1

    ema: AverageLike
    signature: DataSignature
    evaluator: Evaluator
    _validation: ReferenceData | None
    _sampled_average: int = 0

    def set_average(self, ema: AverageLike, sampled_average: int) -> None:
        """Keep the arguments of a game's constructor that say what is averaged, and which average is sampled."""
        # Configs become objects, which saving makes configs of.
        averages = moving_averages(ema)
        self.ema = averages[0] if isinstance(ema, dict) else averages if isinstance(ema, (list, tuple)) else ema
        self.sampled_average = sampled_average

    @property
    def num_averages(self) -> int:
        """How many moving averages are kept of each network that has any; 0 for none."""
        counts = [len(copies) // len(self.players[name].networks) for name, copies in self.averages.items()]
        return max(counts, default=0)

    @property
    def sampled_average(self) -> int:
        """Which of several moving averages, from 0, is sampled, measured and exported."""
        return self._sampled_average

    @sampled_average.setter
    def sampled_average(self, number: int) -> None:
        if check_integer("sampled_average", number, minimum=0) >= (most := max(self.num_averages, 1)):
            raise InputError(f"`sampled_average` must be below {most}, the number of averages. Received: {number}")
        self._sampled_average = number
        self.test_function = self.predict_function = None  # which were traced with another average

    @property
    def sampler(self) -> Samples:
        """What the metrics are fed with."""
        raise NotImplementedError

    # `**kwargs` go through to Keras as they are: its arguments are not repeated here, and so have no types.

    def fit(
        self, x: Data = None, y: Data = None, *, resume: str | os.PathLike[str] | None = None, **kwargs: Any
    ) -> keras.callbacks.History:
        """Train, as `keras.Model.fit`.

        Args:
            x: `ImageData` or another `ArrayData`, which continues its stream where `step` stands; an array of samples
                (images uint8, or floating point in [-1, 1]; vectors floating point); a `tf.data.Dataset` or
                `keras.utils.PyDataset` of samples or `(samples, labels)`; a random access source, as PyTorch and Grain
                have them: an object with `__len__` and `__getitem__` that gives a sample or `(sample, label)` by its
                index. It is shuffled and resumed as an `ArrayData`; with labels all of it is read once first.
            y: labels for an array: integers, `(n,)`. Dropped by networks that take none.
            resume: a directory of checkpoints (see `keras_gan.callbacks.Checkpoint`): training goes on from the newest,
                or begins where there is none yet; or one checkpoint. With `ArrayData` it goes on exactly. A
                `tf.data.Dataset` is read again up to the position, which is exact if it gives the same batches each
                time; generators and other data go on otherwise. A warning says so.
            **kwargs: what `keras.Model.fit` takes, except `class_weight` and `sample_weight`.

        Returns:
            Keras's `History`.

        Raises:
            InputError: the first batch is not what the networks take, a callback monitors a name that is not logged;
                there is nothing at `resume`, or a checkpoint of another configuration.
            NonFiniteError: a step whose loss or gradients were not finite; see `compile`.
        """
        self.check_compiled("fit")
        x, y, validation = fit_arguments.prepare_fit(x, y, kwargs, self)
        self._validation = validation
        # What fails while data are read is told by the reader's own error, not by TensorFlow's of an iterator.
        with reading():
            history = super().fit(x, y, resume=resume, **kwargs)
        self.settle()
        return history

    def evaluate(self, x: Data = None, y: Data = None, **kwargs: Any) -> dict[str, float] | list[float]:
        """Compute `d_loss`, `g_loss`, `d_real`, `d_fake` and the metrics over the data, as `keras.Model.evaluate`.

        Args:
            x: what `fit` takes; an `ArrayData` is read in order. Metrics read the data again, at most `steps` batches,
                but for those that they remember: an `ArrayData` or an array by its digest.
            y: labels for an array.
            **kwargs: what `keras.Model.evaluate` takes, except `sample_weight`.

        Raises:
            InputError: the first batch is not what the networks take, or a metric can't be computed of such data.
        """
        self.check_compiled("evaluate")
        # Keras's `fit` calls this after each epoch, with what `prepare_fit` has checked and prepared: it must not be
        # prepared twice.
        of_fit = kwargs.get(OF_FIT, False)
        if not of_fit:
            self.known_weights.warn_of_others(self)
        fit_arguments.refuse_weights(kwargs)
        fit_arguments.check_counts(kwargs)
        as_dictionary = kwargs.pop("return_dict", False)
        verbose = kwargs.get("verbose", "auto")
        given = (x, y) if of_fit else fit_arguments.separate(as_data(x, kwargs), y)
        if not of_fit:
            x, y = fit_arguments.prepare_evaluation(*given, kwargs, self)
        real = self._validation if of_fit else None  # and `None` for its `validation_split`
        if real is None:
            real = self.evaluator.prepare(self.signature, *given, kwargs.get("batch_size"), kwargs.get("steps"))
        self._update_statistics()
        with reading():
            logs = super().evaluate(x, y, return_dict=True, **kwargs)
        if real is not None:
            progress = Progress(0 if of_fit else verbose)
            values = self.evaluator(self.sampler, self.seed, real, progress)
            progress.finish(values)
            logs |= values
        logs = {name: logs[name] for name in self.evaluation_names}
        return logs if as_dictionary else [*logs.values()]

    def train_on_batch(self, x: Data, y: Data = None, *args: Any, **kwargs: Any) -> dict[str, float] | list[float]:
        """Play one step, as `keras.Model.train_on_batch`, of samples and labels as `fit` takes them."""
        # Whether values are those of another range is looked at in the first batch alone.
        first = int(self.step.numpy()) == 0
        x, y = fit_arguments.checked(x, y, self.signature, first)
        condition = self.signature.condition
        if isinstance(condition, Vectors) and not condition.known.any:
            condition.known.note(np.asarray(y))
        return super().train_on_batch(x, y, *args, **kwargs)

    def test_on_batch(self, x: Data, y: Data = None, *args: Any, **kwargs: Any) -> dict[str, float] | list[float]:
        """Evaluate one batch, as `keras.Model.test_on_batch`, of samples and labels as `fit` takes them."""
        self._update_statistics()
        return super().test_on_batch(*fit_arguments.checked(x, y, self.signature), *args, **kwargs)

    def settle(self) -> None:
        """Bring up to date what is derived from the weights, as at the end of `fit`: graphs read it as it is."""
        self._update_statistics()
        self.known_weights.note(self)

    def _update_statistics(self) -> None:
        """Make what is sampled from ready, where weights are not all that it has."""

    @property
    def evaluation_names(self) -> list[str]:
        """What `evaluate` returns, by name."""
        return [*self.evaluation_log_names, *self.evaluator.names]
