"""How alike generated images of one class are to each other."""

from typing import Any, Unpack

import numpy as np
import tensorflow as tf

from keras_gan.metrics.cache import digest
from keras_gan.metrics.generative_metric import Arguments, GenerativeMetric
from keras_gan.metrics.statistics.accumulators import Rows
from keras_gan.types import Config
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_seed

_WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)  # Wang et al. 2003, of the scales from fine to coarse
WINDOW = 11  # pixels a side
_CHUNK = 64  # pairs at a time


@register
class MultiscaleSSIM(GenerativeMetric):
    """The mean structural similarity of random pairs of generated images of one class: less is more variety.

    In [0, 1]; 1 where a class has collapsed to one image. Compare it with that of real images, which `details()` has as
    `real_value` where real samples were given too: only a value above theirs tells of missing variety, noise lowers it
    as well. Pairs are drawn within each class, whatever the order of its images, all being of one class if there are no
    labels; the result is the mean over the classes, in `details()` as `by_class`.

    Odena et al. 2017, arXiv:1610.09585, section 4.1, with 100 pairs a class; Wang et al. 2003,
    doi:10.1109/ACSSC.2003.1292216, for the measure: 5 scales need sides of 176, smaller images have as many as keep 11
    pixels a side, and the weights of those, scaled to the sum of all. All images are kept, uint8.

    Args:
        pairs: how many are drawn of each class.
        seed: of the pairs.
        **arguments: `num_real`, `num_fake`, `cache_dir` and `name` of a `GenerativeMetric`.

    Raises:
        InputError: the samples are not images, or no class has two.

    Example:
    ```python
    metric = keras_gan.metrics.MultiscaleSSIM(pairs=10)
    metric.update_fake(np.random.default_rng(0).integers(0, 256, (20, 32, 32, 1), dtype=np.uint8))
    print(metric.result())  # near 0: noise is like no other noise
    ```
    """

    least = 2
    needs_real = False
    takes_images = True

    def __init__(
        self,
        *,
        pairs: int = 100,
        seed: int = 0,
        **arguments: Unpack[Arguments],
    ) -> None:
        super().__init__(**arguments)
        self.pairs = check_integer("pairs", pairs)
        self.seed = check_seed("seed", seed)

    def new_state(self, side: str) -> Rows:
        """Return an empty set of images."""
        return Rows(self.num_real if side == "real" else self.num_fake)

    def compute(self, real: Rows, fake: Rows) -> tuple[float, dict[str, Any]]:
        """Return the mean over the classes."""
        value, by_class = self._similarity(fake)
        return value, {"by_class": by_class, "real_value": self._similarity(real)[0] if real.count else None}

    def _similarity(self, side: Rows) -> tuple[float, dict[str, float]]:
        if side.rows.ndim != 4:
            raise InputError(f"`samples` must be images (n, h, w, c). Received: shape {side.rows.shape}")
        labels = np.zeros(side.count, np.int32) if side.labels is None else side.labels
        by_class = {}
        for label in np.unique(labels):
            members = np.array(sorted(np.flatnonzero(labels == label), key=lambda index: digest(side.rows[index])))
            if len(members) > 1:
                # A generator a class: what one class draws does not depend on the others.
                random = np.random.default_rng([self.seed, int(label)])
                first = random.integers(len(members), size=self.pairs)
                second = (first + random.integers(1, len(members), size=self.pairs)) % len(members)
                by_class[str(label)] = float(_ssim(side.rows, members[first], members[second]).mean())
        if not by_class:
            raise InputError(f"`labels` must give some class two images. Received: {side.count} images, none")
        return float(np.mean(list(by_class.values()))), by_class

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        config = {name: value for name, value in super().get_config().items() if name != "extractor"}
        return {**config, "pairs": self.pairs, "seed": self.seed}


def scale_weights(side: int) -> list[float]:
    """Return the weights of the scales, from fine to coarse: as many scales as keep a window of images of this side."""
    scales = 1
    while scales < len(_WEIGHTS) and side // 2**scales >= min(WINDOW, side):
        scales += 1
    return [weight * sum(_WEIGHTS) / sum(_WEIGHTS[:scales]) for weight in _WEIGHTS[:scales]]


def _ssim(images: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the multi-scale structural similarity of pairs of uint8 images, given by index."""
    side = min(images.shape[1:3])
    window = min(WINDOW, side)
    values = [
        tf.image.ssim_multiscale(
            tf.constant(images[left[first : first + _CHUNK]]),
            tf.constant(images[right[first : first + _CHUNK]]),
            max_val=255,
            power_factors=scale_weights(side),
            filter_size=window,
        ).numpy()
        for first in range(0, len(left), _CHUNK)
    ]
    return np.concatenate(values)
