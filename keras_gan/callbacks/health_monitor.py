"""A callback that says in words what ails a GAN."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.training import ResumableCallback
from keras_gan.types import Config, Logs
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import InputError, check_integer, check_number, check_seed, warn


class HealthMonitor(ResumableCallback):
    """Warns once of each of the five ways in which a GAN fails, and can end the run.

    At the ends of epochs it looks for

    - values that are not finite, in the logs or in the samples;
    - a discriminator that wins: `d_accuracy` of at least `accuracy` for `patience` looks in a row, so that the
      generator has little to learn from;
    - flat images: after `beginning` steps the standard deviation of all pixels of all samples is below `flat` for
      `patience` looks in a row: whoever looks at them sees an even grey;
    - images that are all alike, or paler than the data: with `real`, after `beginning` steps the standard deviation of
      the pixels, or that over the samples (the mean over all places), is below the share `paler` of the real one for
      `patience` looks in a row;
    - collapse by duplicates: of `n` samples from different latents (of one class, where there are classes) at least
      the share `duplicates` has a twin, nearer than `distance` times the samples' root mean square.

    Args:
        accuracy: in [0, 1].
        patience: looks.
        n: samples that are compared, 2 or more.
        duplicates: in (0, 1].
        distance: relative; 0 finds exact copies alone.
        flat: a standard deviation, of pixels in [-1, 1]; 0 for data that are as even as that.
        beginning: steps in which flat images are nothing to worry about.
        stop: whether to end the run at the first finding.
        seed: of the latents.
        real: some real samples, as `fit` takes them, `(n, ...)`; `None` if samples are not to be compared with data.
        paler: in [0, 1).
        every: steps that pass between two looks at least; 1 looks at the end of every epoch.

    Attributes:
        findings: what was found, in words, by kind: `"not_finite"`, `"discriminator_wins"`, `"flat"`, `"pale"` or
            `"collapse"`.

    Raises:
        InputError: an argument is out of range.

    Example:
    ```python
    monitor = keras_gan.callbacks.HealthMonitor(stop=True)
    gan.fit(images, epochs=20, callbacks=[monitor])
    print(monitor.findings)
    ```
    """

    async_safe = True  # it hooks into epochs alone

    def __init__(
        self,
        accuracy: float = 0.99,
        patience: int = 3,
        n: int = 64,
        duplicates: float = 0.5,
        distance: float = 0.02,
        flat: float = 0.05,
        beginning: int = 100,
        stop: bool = False,
        seed: int = 0,
        every: int = 1,
        real: np.ndarray | None = None,
        paler: float = 0.25,
    ) -> None:
        super().__init__()
        self.accuracy = check_number("accuracy", accuracy, minimum=0.0, maximum=1.0)
        self.patience = check_integer("patience", patience)
        self.n = check_integer("n", n, minimum=2)
        self.duplicates = check_number("duplicates", duplicates, minimum=1e-6, maximum=1.0)
        self.distance = check_number("distance", distance, minimum=0.0)
        self.flat = check_number("flat", flat, minimum=0.0)
        self.beginning = check_integer("beginning", beginning, minimum=0)
        self.stop = stop
        self.seed = check_seed("seed", seed)
        self.every = check_integer("every", every)
        self.paler = check_number("paler", paler, minimum=0.0, maximum=1.0, open_maximum=True)
        self._real = None if real is None else _deviations(normalize(np.asarray(real)).numpy())
        self.findings: dict[str, str] = {}
        self._won = self._flat = self._pale = self._looked = 0

    def state(self) -> Config:
        """Return what was found, for how long the discriminator has won and images were flat, and the last look."""
        return {
            "findings": self.findings,
            "won": self._won,
            "flat": self._flat,
            "pale": self._pale,
            "looked": self._looked,
        }

    def restore(self, state: Config) -> None:
        """Go on with what was found."""
        self.findings, self._won, self._flat = state["findings"], state["won"], state["flat"]
        self._pale, self._looked = state["pale"], state["looked"]

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Forget an earlier run."""
        if not hasattr(self.model, "sample"):
            kind = type(self.model).__name__
            raise InputError(f"`HealthMonitor` is for games that sample, such as GAN. Received: a {kind}")
        self.findings, self._won, self._flat, self._pale = {}, 0, 0, 0
        self._looked = int(self.model.step.numpy())

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Look at the logs and at some samples, if enough steps have passed."""
        step = int(self.model.step.numpy())
        if step - self._looked < self.every:
            return
        self._looked = step
        logs = dict(logs or {})
        condition = self.model.signature.condition
        labels = None if condition is None else condition.shown(1)[0]
        samples = self.model.sample(self.n, labels=labels, seed=self.seed).reshape(self.n, -1)
        wrong = [name for name, value in logs.items() if not np.isfinite(value)]
        wrong += [] if np.isfinite(samples).all() else ["the samples"]
        if wrong:
            self._found("not_finite", f"not finite in epoch {epoch + 1}: {', '.join(wrong)}. Nothing is learnt.")
            return
        self._look_at_discriminator(logs)
        self._look_at_contrast(samples)
        if self._real is not None:
            self._look_at_variety(self._real)
        self._look_for_twins(samples, epoch)

    def _look_at_discriminator(self, logs: Logs) -> None:
        self._won = self._won + 1 if logs.get("d_accuracy", 0.0) >= self.accuracy else 0
        if self._won >= self.patience:
            self._found(
                "discriminator_wins",
                f"the discriminator was right about {self.accuracy:.1%} of all samples or more for {self._won} looks: "
                "the generator learns little. A gradient penalty, augmentation or a smaller discriminator may help.",
            )

    def _look_at_contrast(self, samples: np.ndarray) -> None:
        deviation = float(samples.std())
        late = int(self.model.step.numpy()) >= self.beginning
        flat = self.model.signature.is_image and late and deviation < self.flat
        self._flat = self._flat + 1 if flat else 0
        if self._flat >= self.patience:
            self._found(
                "flat",
                f"all pixels of {self.n} samples are about equal (a standard deviation of {deviation:.3f} of [-1, 1]) "
                f"for {self._flat} looks: the pictures are an even grey. More steps, a higher learning rate of the "
                "generator or a moving average that follows faster may help.",
            )

    def _look_at_variety(self, real: "_Deviations") -> None:
        fake = _deviations(self.model.sample(self.n, seed=self.seed))  # of all classes, as the real ones are
        late = int(self.model.step.numpy()) >= self.beginning
        pale = late and (fake.pixels < self.paler * real.pixels or fake.samples < self.paler * real.samples)
        self._pale = self._pale + 1 if pale else 0
        if self._pale >= self.patience:
            self._found(
                "pale",
                f"{self.n} samples vary by {fake.pixels:.2f} over all pixels and by {fake.samples:.2f} from sample to "
                f"sample, the data by {real.pixels:.2f} and {real.samples:.2f}, for {self._pale} looks: they are pale, "
                "or all alike. More images, a higher learning rate, or less augmentation of small batches may help.",
            )

    def _look_for_twins(self, samples: np.ndarray, epoch: int) -> None:
        twins = share_of_twins(samples, self.distance)
        if twins >= self.duplicates:
            self._found(
                "collapse",
                f"{twins:.0%} of {self.n} samples have a twin in epoch {epoch + 1}: the generator has collapsed. "
                "Packing, a gradient penalty or a relativistic loss may help.",
            )

    def _found(self, kind: str, words: str) -> None:
        if kind not in self.findings:
            self.findings[kind] = words
            warn(f"HealthMonitor: {words}")
        if self.stop:
            self.model.stop_training = True


class _Deviations(NamedTuple):
    """Standard deviations: of all pixels, and over the samples, in the mean of all places."""

    pixels: float
    samples: float


def _deviations(samples: np.ndarray) -> _Deviations:
    return _Deviations(float(samples.std()), float(samples.std(axis=0).mean()))


def share_of_twins(samples: ArrayLike, distance: float) -> float:
    """Return the share of the rows of `(n, features)` that have another within `distance` of the root mean square."""
    values = np.asarray(samples, np.float64)
    norms = np.sum(values**2, axis=1)
    squares = np.maximum(norms[:, None] + norms[None] - 2.0 * values @ values.T, 0.0)
    np.fill_diagonal(squares, np.inf)
    nearest = squares.min(axis=1)
    return float(np.mean(nearest <= distance**2 * norms.mean() + 1e-12 * norms.max()))
