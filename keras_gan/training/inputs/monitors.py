"""What callbacks monitor must be in the logs: told before the first step."""

from collections.abc import Mapping, Sequence

import keras
import tensorflow as tf

from keras_gan.training.inputs import callback_targets
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import InputError, warn


def check_monitors(callbacks: object, names: Sequence[str], directions: Mapping[str, str] | None = None) -> None:
    """Check that what each callback monitors will be in the logs; give a `mode="auto"` the metric's direction.

    Args:
        callbacks: as `fit` takes them: `None`, one, a list or a `CallbackList`.
        names: what will be logged.
        directions: of metrics that know which way is better, `"down"` or `"up"`.

    Raises:
        InputError: it will not, and the message lists what will; or the mode is auto, and no metric knows it.
    """
    given = [one for one in tf.nest.flatten(getattr(callbacks, "callbacks", callbacks)) if one is not None]
    open_ended = any(callback_targets.may_log(callback) for callback in given)
    for callback in given:
        if not isinstance(callback, keras.callbacks.Callback):
            raise InputError(f"`callbacks` must be Keras callbacks. Received: {callback!r}")
        monitor = getattr(callback, "monitor", None)
        compares = True
        if isinstance(callback, keras.callbacks.ModelCheckpoint):
            compares = callback.save_best_only
            monitor = None if monitor == "val_loss" and not compares else monitor  # the default, which goes unread
        if isinstance(monitor, str) and monitor not in names:
            if open_ended:
                warn(f"`monitor` of {type(callback).__name__}, {monitor!r}, has to be logged by a callback of yours")
                continue
            raise InputError(
                f"`monitor` of {type(callback).__name__} must be one of the logged names {list(names)}."
                f"{nearest(monitor, names)} Received: monitor={monitor!r}"
            )
        if isinstance(monitor, str) and compares and getattr(callback, "mode", None) == "auto":
            direction = (directions or {}).get(monitor.removeprefix("val_"))
            if direction is not None:  # which Keras looks for among metrics of its own alone
                callback.mode = {"down": "min", "up": "max"}[direction]
                continue
            raise InputError(
                f"`mode` of {type(callback).__name__} must be 'min' or 'max': Keras can't tell for {monitor!r}. "
                "Received: mode='auto'"
            )
