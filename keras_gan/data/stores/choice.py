"""Where the rows of a reader are kept."""

import math
import os

from keras_gan.data.readers.reader import Images, Reader, fill
from keras_gan.data.stores.data_cache import DataCache
from keras_gan.utils.memory import available_memory
from keras_gan.utils.validation import InputError

_SHARE = 4  # of the memory that is free, a quarter is taken at most


def check_in_memory(value: object) -> None:
    """Raise unless it is `"auto"`, `True` or `False`."""
    if value != "auto" and not isinstance(value, bool):
        raise InputError(f'`in_memory` must be "auto", True or False. Received: in_memory={value!r}')


def keep(reader: Reader, in_memory: bool | str, cache_dir: str | os.PathLike[str] | None, name: str) -> Images:
    """Return the rows of a reader and what is said of them: in memory, in a file of the cache, or to be decoded.

    Args:
        reader: of the sources.
        in_memory: `"auto"`: in memory if they take no more than a quarter of what is free.
        cache_dir: see `DataCache`.
        name: of the data, for people.
    """
    if in_memory == "auto":
        needed = len(reader) * math.prod(reader.shape) * reader.dtype.itemsize
        in_memory = needed * _SHARE <= available_memory()
    if in_memory:
        return fill(reader)
    if reader.mapped is not None:
        return Images(reader.mapped, reader.targets, reader.depth, reader.skipped)
    store, survey = DataCache(cache_dir).keep(reader, name)
    return Images(store, reader.targets.take(survey.rows), reader.depth, survey.skipped)
