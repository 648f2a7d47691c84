"""The pictures of a run: of samples, or of what becomes of some of the data."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_gan.callbacks import SampleGrid, TranslationGrid
from keras_gan.data import PairedData, UnpairedData
from keras_gan.training.generative_model import GenerativeModel

_MOST_ROWS = 20  # of a picture: of more classes the first ones are shown, or each picture would take minutes


def grids(
    directory: Path,
    gan: GenerativeModel,
    pace: Sequence[int] | None = None,
    real: np.ndarray | None = None,
    pairs: PairedData | UnpairedData | None = None,
    names: Sequence[str] | None = None,
) -> list[SampleGrid]:
    """Return what draws the pictures of a run; nothing for samples that are no images.

    Args:
        directory: where they go.
        gan: what is trained.
        pace: the steps of the pictures; `None` for one an epoch.
        real: some of the data, for a row above the samples.
        pairs: the data of a translation, whose pictures show what is made of them.
        names: of the classes, which are written beside their samples.
    """
    if pairs is not None:
        return [TranslationGrid(directory, pairs, every=pace or "epoch")]
    if not gan.signature.is_image:
        return []
    classes = gan.signature.num_classes or 0
    rows = _MOST_ROWS if classes > _MOST_ROWS else None
    told = names if names is not None and len(names) == classes else ()
    return [SampleGrid(directory, every=pace or "epoch", rows=rows, real=real, names=told)]
