"""Pictures of what the generator makes, as it learns."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_gan.training import ResumableCallback
from keras_gan.types import Logs
from keras_gan.utils.files import atomic_write
from keras_gan.utils.images import grid, to_pil, to_uint8
from keras_gan.utils.validation import InputError, check_choice, check_integer, check_seed

_ANIMATIONS = ("gif", "webp", "none")


class SampleGrid(ResumableCallback):
    """Saves a grid of samples of the same latents, again and again, and an animation of them at the end.

    The samples come from the moving average, where the GAN has one. For networks that take labels each row is a
    class, and the columns of all rows share a seed. Files are named `step_00001200.png` after `gan.step` and appear
    complete or not at all; the first is written before training. For images only.

    Args:
        directory: where the pictures go; made if it is missing.
        every: `"epoch"`, or a number of steps. With `steps_per_execution` above 1 a picture is taken at the first
            boundary at or after its step.
        columns: samples a row.
        rows: how many rows; `None` for one a class where there are labels, and for 10 elsewhere.
        seed: of the latents.
        scale: each pixel becomes a square of `scale` x `scale`; `None` makes small images at least 32 pixels wide.
        animation: `"gif"`, `"webp"` or `"none"`: written at the end of training as `samples.gif` or `samples.webp`.
        log_dir: also write the grids to TensorBoard in this directory (needs `pip install keras_gan[tensorboard]`).

    Raises:
        InputError: an argument is out of range, or the GAN makes vectors.

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
        every: str | int = "epoch",
        columns: int = 10,
        rows: int | None = None,
        seed: int = 0,
        scale: int | None = None,
        animation: str = "gif",
        log_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        super().__init__()
        self.directory = Path(directory)
        self.every = None if every == "epoch" else check_integer("every", every)
        self.columns = check_integer("columns", columns)
        self.rows = None if rows is None else check_integer("rows", rows)
        self.seed = check_seed("seed", seed)
        self.scale = None if scale is None else check_integer("scale", scale)
        self.animation = check_choice("animation", animation, _ANIMATIONS)
        self.log_dir = log_dir
        self._writer: Any = None
        self._frames: dict[int, Path] = {}
        self._epoch_start = 0
        self._resumed: Callable[[], bool] = lambda: False

    def open(self, course: Any) -> None:
        """Remember whether training goes on: then so do the pictures."""
        self._resumed = lambda: course.resumed is not None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Check that the model makes images, and take the first picture."""
        if not self.model.signature.is_image:
            raise InputError(
                "`SampleGrid` shows images; this GAN makes vectors. "
                f"Received: samples of shape {self.model.signature.sample_shape}"
            )
        if self.log_dir is not None:
            self._writer = _summary_writer(self.log_dir)
        self._frames = {}
        if self._resumed():
            steps = {int(path.stem[5:]): path for path in sorted(self.directory.glob("step_????????.png"))}
            self._frames = {step: path for step, path in steps.items() if step <= self._step_now()}
        if not self._frames:
            self._save()

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Note where the epoch begins."""
        self._epoch_start = self._step_now()

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """Take a picture if a multiple of `every` was reached."""
        if self.every is None or not self._is_due(self._epoch_start + batch + 1):
            return
        # Only now is the step itself read: an epoch that goes on from a checkpoint has counted from its beginning.
        if self._is_due(self._step_now()):
            self._save()

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Take a picture if `every` is `"epoch"`."""
        if self.every is None:
            self._save()

    def on_train_end(self, logs: Logs | None = None) -> None:
        """Take the last picture if it is missing, and write the animation."""
        if self._step_now() not in self._frames:
            self._save()
        if self.animation != "none":
            self._animate()
        if self._writer is not None:
            self._writer.close()

    def _step_now(self) -> int:
        return int(self.model.step.numpy())

    def _is_due(self, step: int) -> bool:
        return self.every is not None and step // self.every > max(self._frames) // self.every

    def picture(self) -> np.ndarray:
        """Return the grid as it is now: uint8, `(height, width, channels)`."""
        gan = self.model
        classes = gan.signature.num_classes
        columns = self.columns
        if classes is None:
            rows = self.rows or 10
            samples = gan.sample(rows * columns, seed=self.seed)
        else:
            drawn = [
                gan.sample(columns, labels=label, seed=self.seed) for label in range(min(classes, self.rows or classes))
            ]
            samples = np.concatenate(drawn)
        scale = self.scale or max(1, -(-32 // gan.signature.sample_shape[1]))
        return grid(to_uint8(samples).numpy(), columns=columns, gap=max(1, scale // 2), scale=scale)

    def _save(self) -> None:
        image, step = self.picture(), self._step_now()
        path = self.directory / f"step_{step:08d}.png"
        with atomic_write(path) as temporary:
            to_pil(image).save(temporary)
        self._frames[step] = path
        if self._writer is not None:
            with self._writer.as_default(step=step):
                tf.summary.image("samples", image[None])

    def _animate(self) -> None:
        frames = [Image.open(path) for path in self._frames.values()]
        durations = [200] * (len(frames) - 1) + [2000]  # milliseconds; the last picture stays
        with atomic_write(self.directory / f"samples.{self.animation}") as temporary:
            frames[0].save(temporary, save_all=True, append_images=frames[1:], duration=durations, loop=0)


def _summary_writer(log_dir: str | os.PathLike[str]) -> Any:
    try:
        import tensorboard  # noqa: F401  (what tf.summary is made of)
    except ImportError as error:
        raise InputError(
            f"`log_dir` needs the package tensorboard: pip install keras_gan[tensorboard]. Received: log_dir={log_dir}"
        ) from error
    return tf.summary.create_file_writer(str(log_dir))
