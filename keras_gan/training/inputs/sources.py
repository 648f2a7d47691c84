"""Random access sources, as PyTorch and Grain have them: an object with `__len__` and `__getitem__`."""

from typing import TypeGuard

import keras
import tensorflow as tf

from keras_gan.data import ArrayData
from keras_gan.data.stores.source_store import RandomAccess, SourceStore
from keras_gan.training.inputs.stream_position import BATCH_SIZE
from keras_gan.types import Config, Data
from keras_gan.utils.validation import check_integer

_OTHERS = (ArrayData, keras.utils.PyDataset, tf.data.Dataset, tuple, list, dict, str, bytes)


def is_source(x: Data) -> TypeGuard[RandomAccess]:
    """Return whether `x` gives single items by their indices, and is nothing that Keras takes."""
    is_array = hasattr(x, "shape") or hasattr(x, "to_numpy")
    return hasattr(x, "__len__") and hasattr(x, "__getitem__") and not is_array and not isinstance(x, _OTHERS)


def as_data(x: Data, options: Config, size: str = "batch_size", otherwise: int = BATCH_SIZE) -> Data:
    """Return a source as an `ArrayData`, which is shuffled as that is, and resumed exactly; others as they are.

    Args:
        x: the data of `fit` or `evaluate`.
        options: its other arguments, of which that of the size is taken out.
        size: its name.
        otherwise: the size where none is given.

    Raises:
        InputError: an item is none.
    """
    if not is_source(x):
        return x
    given = options.pop(size, None)
    store, batch_size = SourceStore(x), otherwise if given is None else check_integer(size, given)
    targets, name = store.targets, type(x).__name__
    if targets is not None and (targets.ndim > 1 or targets.dtype.kind == "f"):
        return ArrayData(store, conditions=targets.reshape(len(store), -1), batch_size=batch_size, name=name)
    return ArrayData(store, targets, batch_size=batch_size, name=name)
