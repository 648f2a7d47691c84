"""Arguments of Keras's `fit`, `evaluate` and `predict` that it would ignore for the data that they are given with."""

from collections.abc import Mapping
from typing import Any

from keras_gan.data import ArrayData
from keras_gan.training.inputs import stream_position
from keras_gan.types import Data
from keras_gan.utils.validation import InputError

_OF_ARRAYS = ("batch_size", "validation_split")
_OF_VALIDATION = ("validation_steps", "validation_batch_size")


def refuse_ignored(x: Data, y: Data, options: Mapping[str, Any]) -> None:
    """Raise for an argument that has no effect on data of this kind.

    Args:
        x: the data of `fit`, `evaluate` or `predict`.
        y: their labels.
        options: the other arguments that were given.

    Raises:
        InputError: one is only for arrays, of which Keras makes the batches, or only for validation.
    """
    if x is not None and not stream_position.is_array(x) and not isinstance(x, (list, dict, str)):
        given = {"y": y, **{name: options.get(name) for name in _OF_ARRAYS}}
        for name, value in given.items():
            if value is not None and (name != "validation_split" or value):
                raise InputError(f"`{name}` is for arrays; {_brings(x)}. Received: {_received(name, value)}")
    if isinstance(x, ArrayData) and not options.get("shuffle", True):
        raise InputError(
            "`shuffle` is for arrays; an `ArrayData` gives an order that its `seed` decides, and `evaluate` reads it "
            "as it is. Received: shuffle=False"
        )
    _check_validation(options)


def _check_validation(options: Mapping[str, Any]) -> None:
    data, split = options.get("validation_data"), options.get("validation_split")
    if data is not None and split:
        raise InputError(
            "`validation_split` and `validation_data` can't both be given. "
            f"Received: validation_split={split} and validation_data"
        )
    if data is None and not split:
        for name in _OF_VALIDATION:
            if options.get(name) is not None:
                raise InputError(
                    f"`{name}` needs `validation_data` or `validation_split`. Received: {name}={options[name]!r}"
                )
    size = options.get("validation_batch_size")
    samples = data[0] if isinstance(data, (tuple, list)) and len(data) else data
    if size is not None and samples is not None and not stream_position.is_array(samples):
        raise InputError(
            f"`validation_batch_size` is for arrays; {_brings(samples)}. Received: validation_batch_size={size}"
        )


def _brings(x: Data) -> str:
    """Return the words for what data of a kind bring with them."""
    if isinstance(x, ArrayData):
        return f"{type(x).__name__}(..., batch_size={x.batch_size}) brings its own batches and labels"
    return f"a {stream_position.kind(x)} brings its own batches and labels"


def _received(name: str, value: object) -> str:
    return f"{name}={value!r}" if isinstance(value, (int, float, str)) else f"{name} of type {type(value).__name__}"
