"""What callbacks remember between epochs, in a checkpoint."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from keras_gan.training.resume import checkpoint_files
from keras_gan.training.resume.resumable_callback import ResumableCallback
from keras_gan.types import Config, Variable

# Of Keras's callbacks, which do not save it.
_REMEMBERED = {
    keras.callbacks.History: ("epoch", "history"),
    keras.callbacks.EarlyStopping: ("wait", "best", "best_epoch", "stopped_epoch"),
    keras.callbacks.ReduceLROnPlateau: ("wait", "best", "cooldown_counter"),
    keras.callbacks.ModelCheckpoint: ("best", "epochs_since_last_save"),
}


def named(callbacks: Iterable[keras.callbacks.Callback]) -> Iterator[tuple[str, keras.callbacks.Callback]]:
    """Yield each callback with a name that it has in every process: its class and its number among those."""
    # A place in the list would do until a run goes on with one callback more or less.
    counts: dict[str, int] = {}
    for callback in callbacks:
        kind = type(callback).__name__
        counts[kind] = counts.get(kind, -1) + 1
        yield f"{kind} {counts[kind]}", callback


def state_of(callback: keras.callbacks.Callback) -> Config:
    """Return what a callback remembers, as JSON holds it."""
    if isinstance(callback, ResumableCallback):
        return callback.state()
    names = [name for kind, names in _REMEMBERED.items() if isinstance(callback, kind) for name in names]
    return {name: _plain(getattr(callback, name, None)) for name in names}


def restore(callback: keras.callbacks.Callback, state: Config) -> None:
    """Give a callback back what it remembered."""
    if isinstance(callback, ResumableCallback):
        if state:
            callback.restore(state)
        return
    for name, value in state.items():
        setattr(callback, name, value)


# NumPy's scalars, which Keras's callbacks compare with `np.less` and keep, are not JSON's.
def _plain(value: object) -> Any:
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, (np.generic, np.ndarray)) else value


def arrays_of(callbacks: Iterable[keras.callbacks.Callback]) -> dict[str, np.ndarray]:
    """Return the arrays that callbacks remember: the best weights of `EarlyStopping`."""
    # Apart from `state_of`: JSON would hold them as text.
    return {
        f"{name} {index:04d}": weight
        for name, callback in named(callbacks)
        if isinstance(callback, keras.callbacks.EarlyStopping)
        for index, weight in enumerate(callback.best_weights or [])
    }


def read_best_weights(path: Path, record: Config, weights: Sequence[Variable]) -> dict[str, list[np.ndarray]]:
    """Return from a checkpoint the best weights that callbacks remembered, by the callback's name.

    Args:
        path: the checkpoint.
        record: its record.
        weights: those of the model.
    """
    best = {}
    for callback in record["callbacks"]:
        own = {f"{callback} {index:04d}": weight for index, weight in enumerate(weights)}
        if not own.keys() - record["arrays"].keys():
            best[callback] = [*checkpoint_files.read_arrays(path, described(own)).values()]
    return best


def described(variables: Mapping[str, Variable]) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the type and the shape of each variable, as `checkpoint_files.read_arrays` expects them."""
    return {name: (keras.backend.standardize_dtype(v.dtype), tuple(v.shape)) for name, v in variables.items()}
