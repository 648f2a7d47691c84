"""Where the rows of a reader are kept."""

import math
import os

from keras_gan.data.readers.reader import Images, Reader, Targets, fill
from keras_gan.data.stores.data_cache import DataCache
from keras_gan.data.stores.survey import Survey
from keras_gan.utils.depth import Depth
from keras_gan.utils.memory import available_memory
from keras_gan.utils.validation import InputError

_SHARE = 4  # of the memory that is free, a quarter is taken at most


def check_in_memory(value: object) -> None:
    """Raise unless it is `"auto"`, `True` or `False`."""
    if value != "auto" and not isinstance(value, bool):
        raise InputError(f'`in_memory` must be "auto", True or False. Received: in_memory={value!r}')


def kept_before(
    identity: str, targets: Targets, in_memory: bool | str, cache_dir: str | os.PathLike[str] | None
) -> Images | None:
    """Return what an earlier start has prepared, as `keep` would, before any file is opened; `None` if that is nothing.

    Args:
        identity: of the reader that there would be.
        targets: of all rows that it may have.
        in_memory: see `keep`.
        cache_dir: see `DataCache`.
    """
    if in_memory is True:
        return None
    told = targets.conditions if targets.labels is None else targets.labels

    def wanted(survey: Survey) -> bool:
        # Where headers were bad, the reader has fewer rows than there are targets: only it knows which.
        matches = told is None or len(told) == survey.count
        return matches and (in_memory is False or not _fits(survey.nbytes))

    found = DataCache(cache_dir).find(identity, wanted)
    if found is None:
        return None
    store, survey = found
    return Images(store, targets.take(survey.rows), Depth(**survey.depth), survey.skipped)


def keep(reader: Reader, in_memory: bool | str, cache_dir: str | os.PathLike[str] | None, name: str) -> Images:
    """Return the rows of a reader and what is said of them: in memory, in a file of the cache, or to be decoded.

    Args:
        reader: of the sources.
        in_memory: `"auto"`: in memory if they take no more than a quarter of what is free.
        cache_dir: see `DataCache`.
        name: of the data, for people.
    """
    needed = len(reader) * math.prod(reader.shape) * reader.dtype.itemsize
    if in_memory is True or (in_memory == "auto" and _fits(needed)):
        return fill(reader)
    if reader.in_place is not None:
        return Images(reader.in_place, reader.targets, reader.depth, reader.skipped)
    store, survey = DataCache(cache_dir).keep(reader, name)
    return Images(store, reader.targets.take(survey.rows), reader.depth, survey.skipped)


def _fits(size: int) -> bool:
    return size * _SHARE <= available_memory()
