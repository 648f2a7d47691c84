"""The base of callbacks that a run goes on with."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import keras
import numpy as np

from keras_gan.types import Config


class RunningFit(Protocol):
    """What a callback may ask of the `fit` that has opened it.

    Attributes:
        callbacks: all, in the order in which they are called.
        model: what is trained.
        step: of the model, known without asking the device.
        epoch: the one that is played, from 0; after its end the next.
        done: the batches of it that were played.
        resumed: the checkpoint that it goes on from, or `None`. It is known when training begins.
    """

    callbacks: Sequence[keras.callbacks.Callback]
    model: keras.Model
    step: int
    epoch: int
    done: int
    resumed: Path | None

    def record(self) -> Config:
        """Return what a checkpoint has to say besides the arrays."""
        ...

    def arrays(self) -> Mapping[str, np.ndarray]:
        """Return the arrays that callbacks remember."""
        ...


class ResumableCallback(keras.callbacks.Callback):
    """A Keras callback that `fit` opens and closes, and whose memory a checkpoint keeps.

    Attributes:
        comes_last: whether it is called after the others, whatever its place in the list.
        only_writes: whether it does nothing but write files: of several workers the first one has it alone.

    Example:
    ```python
    class CountEpochs(keras_gan.training.ResumableCallback):
        epochs = 0

        def on_epoch_end(self, epoch, logs=None):
            self.epochs += 1

        def state(self):
            return {"epochs": self.epochs}

        def restore(self, state):
            self.epochs = state["epochs"]
    ```
    """

    comes_last = False
    only_writes = False

    def open(self, loop: RunningFit) -> None:
        """Acquire what is needed, before anything else is done.

        Args:
            loop: the `fit` that begins; what it tells is up to date until `close`.
        """

    def close(self) -> None:
        """Release it, whatever has happened."""

    def state(self) -> Config:
        """Return what has to be remembered: what JSON can hold."""
        return {}

    def restore(self, state: Config) -> None:
        """Restore what `state` returned, after `on_train_begin`."""

    def next_step(self, step: int) -> int | None:
        """Return the next step of the model after `step` at whose end it has to be called; `None` for none.

        An execution of several steps ends there. (Of several workers each makes as many steps as the others: there it
        is called at the first end of an execution at or after it.)
        """
        return None
