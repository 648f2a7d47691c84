"""Pictures of what the generator makes, as it learns."""

import contextlib
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike
from PIL import Image

from keras_gan.callbacks.pace import Pace
from keras_gan.training import ResumableCallback
from keras_gan.training.inputs import callback_targets
from keras_gan.training.resume.resumable_callback import RunningFit
from keras_gan.types import Logs
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import captions, grid, to_pil, visible_channels
from keras_gan.utils.layout import MOST_SIDE, Layout, default_scale
from keras_gan.utils.samples import check_samples
from keras_gan.utils.uint8 import eight_bits, to_uint8
from keras_gan.utils.validation import InputError, check_choice, check_integer, check_seed, warn


class SampleGrid(ResumableCallback):
    """Saves a grid of samples of the same latents, again and again, and an animation of them at the end.

    The samples come from the moving average, where the GAN has one. For networks that take labels each row is a
    class, or a vector of the data, and the columns of all rows share a seed. Real images, where they are given, are the
    row above them.

    Files are named `step_00001200.png` after `gan.step` and appear complete or not at all; the first is written before
    training. For images only: 1 channel is shown as grey, 3 as RGB, 4 as RGBA; of 2 the first, and of others the first
    3.

    What would be too large for its file is made smaller, with a warning, before the first step. A picture that can't be
    drawn or written (a full disk) is one warning: training goes on without it.

    Args:
        directory: where the pictures go; made if it is missing.
        every: `"epoch"`, a number of steps, or a list of steps. An execution of several steps ends where a picture is
            due; with several workers it is taken at the first end of one at or after its step.
        columns: samples a row.
        rows: how many rows; `None` for one a class where there are labels, and for 10 elsewhere.
        seed: of the latents.
        scale: each pixel becomes a square of `scale` x `scale`; `None` makes small images at least 32 pixels long.
        animation: `"gif"`, `"webp"` or `"none"`: written at the end of training as `samples.gif` or `samples.webp`.
        log_dir: also write the grids to TensorBoard in this directory (needs `pip install 'keras_gan[tensorboard]'`).
        real: images of the data, uint8 or in [-1, 1], of which as many are shown as there are columns, from the first
            to the last.
        names: of the classes, in their order, which are written beside their rows.

    Raises:
        InputError: an argument is out of range; in training, the GAN makes vectors, `real` are no such images, or
            `names` are not as many as there are classes.

    Example:
    ```python
    gan.fit(images, epochs=20, callbacks=[keras_gan.callbacks.SampleGrid("samples", every=500)])
    ```
    """

    only_writes = True
    async_safe = True  # reads the weights only when a picture is due, so that other steps need not wait

    def __init__(
        self,
        directory: str | os.PathLike[str],
        every: str | int | Sequence[int] = "epoch",
        columns: int = 10,
        rows: int | None = None,
        seed: int = 0,
        scale: int | None = None,
        animation: str = "gif",
        log_dir: str | os.PathLike[str] | None = None,
        real: ArrayLike | None = None,
        names: Sequence[str] = (),
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self._pace = None if every == "epoch" else Pace(every)  # type: ignore[arg-type]  # of other texts it raises
        self.columns = check_integer("columns", columns)
        self.rows = None if rows is None else check_integer("rows", rows)
        self.seed = check_seed("seed", seed)
        self.scale = None if scale is None else check_integer("scale", scale)
        self.animation = check_choice("animation", animation, MOST_SIDE)
        self.log_dir = log_dir
        self.real = None if real is None else np.asarray(real)
        self.names = [str(name) for name in names]
        self._writer: Any = None
        self._frames: dict[int, Path] = {}
        self._epoch_start = self._last = 0
        self._warned = False
        self._resumed: Callable[[], bool] = lambda: False

    def open(self, loop: RunningFit) -> None:
        """Remember whether training goes on: then so do the pictures."""
        self._resumed = lambda: loop.resumed is not None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Check what will be written, and take the first picture."""
        self._check_game()
        callback_targets.check_directory(f"`directory` of {type(self).__name__}", self.directory)
        if self.log_dir is not None:
            callback_targets.check_directory(f"`log_dir` of {type(self).__name__}", self.log_dir)
            self._writer = _summary_writer(self.log_dir)
        self._warned = False
        self._tell_of_limits()
        self._frames, self._last = {}, self._step_now()
        if self._resumed():
            steps = {int(path.stem[5:]): path for path in sorted(self.directory.glob("step_????????.png"))}
            self._frames = {step: path for step, path in steps.items() if step <= self._last}
        if self._frames:
            self._last = max(self._frames)
        else:
            self._save()

    def _check_game(self) -> None:
        """Raise unless the game makes what is drawn here."""
        if not hasattr(self.model, "sample"):
            kind = type(self.model).__name__
            raise InputError(f"`SampleGrid` is for games that sample; see `TranslationGrid`. Received: a {kind}")
        if not self.model.signature.is_image:
            raise InputError(
                "`SampleGrid` shows images; this GAN makes vectors. "
                f"Received: samples of shape {self.model.signature.sample_shape}"
            )
        if self.real is not None:
            check_samples("`real`", self.real, self.model.signature.sample_shape, is_image=True, whose="the GAN makes")
        classes = self.model.signature.num_classes
        if self.names and len(self.names) != classes:
            raise InputError(f"`names` must be one a class, of {classes}. Received: {len(self.names)} names")

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note where the epoch begins."""
        self._epoch_start = self._step_now()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Take a picture if a multiple of `every` was reached."""
        if self._pace is None or not self._pace.is_due(self._epoch_start + batch + 1, self._last):
            return
        # Only now is the step itself read: an epoch that goes on from a checkpoint has counted from its beginning.
        if self._pace.is_due(self._step_now(), self._last):
            self._save()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Take a picture if `every` is `"epoch"`."""
        if self._pace is None:
            self._save()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Take the last picture if it is missing, and write the animation."""
        if self._step_now() not in self._frames:
            self._save()
        if self.animation != "none" and self._layout().fits(MOST_SIDE[self.animation]):
            with self._without_it("the animation"):
                self._animate()
        if self._writer is not None:
            with self._without_it("what TensorBoard reads"):
                self._writer.close()

    def _step_now(self) -> int:
        return int(self.model.step.numpy())

    def next_step(self, step: int) -> int | None:
        """Return the step of the next picture, at which an execution has to end."""
        return None if self._pace is None else self._pace.next_step(step)

    # Pictures.

    def picture(self) -> np.ndarray:
        """Return the grid as it is now: uint8, `(height, width, channels)`."""
        gan, layout = self.model, self._layout()
        above = self._above(layout)
        rows = layout.rows - len(above)
        condition = gan.signature.condition
        if condition is None:
            samples = gan.sample(rows * layout.columns, seed=self.seed)
        else:
            shown = condition.shown(rows)
            samples = np.concatenate([gan.sample(layout.columns, labels=label, seed=self.seed) for label in shown])
        images = np.concatenate([*above, to_uint8(samples).numpy()])
        sheet = grid(images, columns=layout.columns, gap=layout.gap, scale=layout.scale)
        return np.concatenate([self._written(layout), sheet], axis=1) if layout.margin else sheet

    def _above(self, layout: Layout) -> list[np.ndarray]:
        """Return the row of real images, uint8, where there is one, and room for it."""
        if self.real is None or layout.rows < 2:
            return []
        chosen = np.linspace(0, len(self.real) - 1, layout.columns).round().astype(np.int64)
        return [eight_bits(self.real[chosen])]

    def _written(self, layout: Layout) -> np.ndarray:
        """Return what is written at the left of all rows, or of those that are the first."""
        texts = [*["real"] * len(self._above(layout)), *self.names]
        texts = [*texts, *[""] * layout.rows][: layout.rows]
        return captions(texts, layout.shape[0] * layout.scale, layout.gap, layout.shape[-1])

    def _asked(self) -> Layout:
        """Return the layout that was asked for."""
        signature = self.model.signature
        rows = (self.rows or 10) if signature.condition is None else len(signature.condition.shown(self.rows))
        scale = self.scale or default_scale(signature.sample_shape)
        layout = Layout(signature.sample_shape, rows + (self.real is not None), self.columns, scale)
        if self.real is None and not self.names:
            return layout
        return replace(layout, margin=self._written(layout).shape[1])

    def _layout(self) -> Layout:
        """Return the layout that the files can hold."""
        return self._asked().within(MOST_SIDE[self.animation])

    def _tell_of_limits(self) -> None:
        """Warn of what will be shown otherwise than it was asked for, or not at all."""
        asked, layout, side = self._asked(), self._layout(), MOST_SIDE[self.animation]
        channels = asked.shape[-1]
        if layout != asked:
            warn(f"SampleGrid: its files can't hold pictures of {asked}. They are of {layout}.")
        if self.animation != "none" and not layout.fits(side):
            warn(f"SampleGrid: no .{self.animation} is written, which holds at most {side:,} pixels a side.")
        if visible_channels(channels) != channels:
            warn(f"SampleGrid: pictures show the first {visible_channels(channels)} of {channels} channels.")

    @contextlib.contextmanager
    def _without_it(self, what: str) -> Iterator[None]:
        """Let what fails here be missing: one warning, and training goes on."""
        try:
            yield
        except Exception as error:
            if not self._warned:
                warn(f"SampleGrid: {what} could not be made, and training goes on. {type(error).__name__}: {error}")
            self._warned = True

    def _save(self) -> None:
        self._last = step = self._step_now()
        with self._without_it(f"the picture of step {step}"):
            image = self.picture()
            path = self.directory / f"step_{step:08d}.png"
            with atomic_write(path) as temporary:
                to_pil(image).save(temporary)
            self._frames[step] = path
            if self._writer is not None:
                with self._writer.as_default(step=step):
                    tf.summary.image("samples", image[None, ..., : visible_channels(image.shape[-1])])

    def _animate(self) -> None:
        paths = [*self._frames.values()]
        shown = [paths[index] for index in self._layout().frames(len(paths))]
        durations = [200] * (len(shown) - 1) + [2000]  # milliseconds; the last picture stays
        rest = (Image.open(path) for path in shown[1:])  # one after another: each is a file that is open
        with atomic_write(self.directory / f"samples.{self.animation}") as temporary, Image.open(shown[0]) as first:
            first.save(temporary, save_all=True, append_images=rest, duration=durations, loop=0)


def _summary_writer(log_dir: str | os.PathLike[str]) -> Any:
    try:
        import tensorboard  # noqa: F401  (what tf.summary is made of)
    except ImportError as error:
        raise InputError(
            "`log_dir` needs the package tensorboard: pip install 'keras_gan[tensorboard]'. "
            f"Received: log_dir={log_dir}"
        ) from error
    return tf.summary.create_file_writer(str(log_dir))
