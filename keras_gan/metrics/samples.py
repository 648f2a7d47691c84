"""What metrics are fed with: samples of either side, and labels."""

import numpy as np
from numpy.typing import ArrayLike

from keras_gan.utils.labels import check_classes, check_vectors
from keras_gan.utils.samples import as_array
from keras_gan.utils.uint8 import MOST, to_uint8
from keras_gan.utils.validation import InputError, warn

_FAR = 10.0  # where no layer without an activation gets to, but 0..255 does


def as_samples(side: str, samples: ArrayLike) -> np.ndarray:
    """Return images as uint8 `(n, h, w, c)`; vectors `(n, d)`, sequences `(n, t, d)`, volumes of rank 5 as floats.

    Images that are floats are rounded from [-1, 1], with a warning if they rather seem to be in 0..1 or 0..255. Others
    become float32 if that holds what they are, else float64.

    Args:
        side: `"real"` or `"fake"`: generated images may leave [-1, 1] and are clipped, others are refused.
        samples: an array or a tensor.

    Raises:
        InputError: another rank or type, an image outside [-1, 1] that is not generated, a NaN or an infinity.
    """
    array = as_array("`samples`", samples)
    if array.dtype == np.uint8 and array.ndim == 4:
        return array
    if array.dtype.kind not in {2: "fiub", 3: "fiub", 4: "f", 5: "fiub"}.get(array.ndim, ""):
        raise InputError(
            "`samples` must be images (n, h, w, c), uint8 or float in [-1, 1], or vectors (n, d), sequences (n, t, d) "
            f"or volumes (n, z, h, w, c) of real numbers. Received: {side} samples of {array.dtype} and of shape "
            f"{array.shape}"
        )
    array = array.astype(np.float32 if array.ndim == 4 else np.promote_types(array.dtype, np.float32), copy=False)
    if not np.isfinite(array).all():
        raise InputError(f"`samples` must be finite. Received: a NaN or an infinity in {side} samples")
    if array.ndim != 4:
        return array
    if array.size:
        _check_range(side, float(array.min()), float(array.max()))
    return np.asarray(to_uint8(array))


def _check_range(side: str, low: float, high: float) -> None:
    """Refuse images outside [-1, 1] unless they are generated, and warn of what seems to be of another range."""
    told = f"images in [-1, 1] if they are floats. Received: {side} samples from {low:g} to {high:g}"
    if side != "fake" and max(-low, high) > MOST:
        raise InputError(f"`samples` must be {told}")
    # An image of [-1, 1] that has white, and black to the grey level at 0 but nothing darker, is none that one meets.
    if max(-low, high) > _FAR or (0 <= low < 1 / 255 and 0.9 < high <= 1):
        warn(f"`samples` should be {told}")


def check_labels(labels: ArrayLike, count: int) -> np.ndarray:
    """Return classes as int32 `(count,)`, vectors as float32 `(count, k)`, or raise."""
    array = as_array("`labels`", labels)
    return check_vectors("`labels`", array, count) if array.ndim == 2 else check_classes("`labels`", array, count)


def check_needed(metric: str, needed: str | None, side: str, labels: np.ndarray | None) -> None:
    """Raise unless samples come with the labels that a metric needs: `"classes"`, `"vectors"`, or `None` for any."""
    if labels is None:
        if side == "fake" and needed:
            raise InputError(f"`labels` must be given to `{metric}.update_fake`. Received: labels=None")
    elif needed and (labels.ndim == 1) != (needed == "classes"):
        raise InputError(f"`labels` of `{metric}` must be {needed}. Received: shape {labels.shape}")


def check_features(side: str, features: np.ndarray, shape: tuple[int, ...] | None) -> None:
    """Raise unless features, `(n, ...)`, are finite and each of a shape, if one is known."""
    if not np.isfinite(features).all():
        raise InputError(f"`extractor` must return finite features. Received: a NaN or an infinity ({side} side)")
    if len(features) and shape not in (None, features.shape[1:]):
        raise InputError(
            f"`samples` must all have features of one shape, {shape}. Received: shape {features.shape[1:]}"
        )


def check_count(metric: str, side: str, count: int, least: int, limit: int | None) -> None:
    """Raise unless a side has the fewest samples that there is a result for, and all that were asked for, if any."""
    if count < least or (limit is not None and 0 < count < limit):
        wanted = f"at least {least:,}" if limit is None or limit < least else f"{limit:,}"
        raise InputError(f"`update_{side}` must bring {wanted} samples to {metric!r}. Received: {count:,}")
