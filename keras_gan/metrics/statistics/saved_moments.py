"""Means and covariances of features that other programs have written."""

import os
import zipfile
from pathlib import Path

import numpy as np

from keras_gan.metrics.statistics.accumulators import Moments
from keras_gan.utils.validation import InputError

_MOST = 2**14  # features: their covariance has 2 GiB
_NAMES = ("mu", "sigma")
_TOLERANCE = 1e-4  # relative to the variances: some are written as float32


def read_moments(path: str | os.PathLike[str]) -> tuple[Moments, str | None]:
    """Return the moments of a `.npz` file, and the name of the extractor if the file has one.

    pytorch-fid, clean-fid and the code of EDM write `mu`, `(d,)`, and `sigma`, `(d, d)`, the covariance
    with `n - 1` in the denominator; of how many samples they do not say. Nothing in the file is unpickled.

    Args:
        path: of the file; an entry `extractor`, a text, is read where there is one.

    Raises:
        InputError: there is no such file, an entry is missing, of another shape or not finite, or `sigma` is no
            covariance.
    """
    try:
        with np.load(Path(path), allow_pickle=False) as file:
            found = {name: file[name] for name in (*_NAMES, "extractor") if name in file.files}
            names = file.files
    except (OSError, ValueError, EOFError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise InputError(f"`statistics` must be a .npz file with mu and sigma. Received: {path} ({error})") from error
    for name in _NAMES:
        if name not in found:
            raise InputError(f"`statistics` must hold mu and sigma. Received: {path} with {sorted(names)}")
    mean, covariance = (found[name] for name in _NAMES)
    _check(path, mean, covariance)
    extractor = str(found["extractor"]) if found.get("extractor") is not None else None
    return Moments.of(mean, (covariance + covariance.T) / 2), extractor


def _check(path: str | os.PathLike[str], mean: np.ndarray, covariance: np.ndarray) -> None:
    for name, array in zip(_NAMES, (mean, covariance), strict=True):
        if not np.issubdtype(array.dtype, np.floating) or not np.isfinite(array).all():
            raise InputError(f"`statistics` must hold finite floating-point numbers. Received: {name} of {path}")
    if mean.ndim != 1 or covariance.shape != 2 * mean.shape or not 1 <= len(mean) <= _MOST:
        raise InputError(
            "`statistics` must hold mu of shape (d,) and sigma of shape (d, d). "
            f"Received: shapes {mean.shape} and {covariance.shape} in {path}"
        )
    scale = float(np.abs(np.diagonal(covariance)).max())
    if np.diagonal(covariance).min() < 0 or np.abs(covariance - covariance.T).max() > _TOLERANCE * scale:
        raise InputError(
            f"`statistics` must hold a covariance, which is symmetric with variances of at least 0. Received: {path}"
        )
