"""How near an image comes to the one that it should be: absolute error, PSNR and structural similarities."""

import tensorflow as tf

from keras_gan.metrics.multiscale_ssim import WINDOW, scale_weights
from keras_gan.metrics.pair_metric import PairMetric
from keras_gan.types import Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError

_RANGE = 2.0  # of images in [-1, 1]


@register
class L1(PairMetric):
    """The mean absolute difference of all numbers of a pair, of images in [-1, 1]: in [0, 2].

    Args:
        name: its name in the logs.

    Example:
    ```python
    print(keras_gan.metrics.L1().values(ops.zeros((1, 8, 8, 3)), ops.ones((1, 8, 8, 3))))  # 1
    ```
    """

    improves = "down"

    def values(self, targets: Tensor, made: Tensor) -> Tensor:
        """Return the mean absolute difference, `(batch,)`."""
        return tf.reduce_mean(tf.abs(targets - made), axis=(1, 2, 3))


@register
class PSNR(PairMetric):
    """The peak signal-to-noise ratio in decibels: `10 log10(range^2 / mean squared error)` of each pair.

    As in scikit-image's `peak_signal_noise_ratio`; a pair without any difference counts as 100 decibels, not as an
    infinite number, which no mean would survive.

    Args:
        name: its name in the logs.

    Example:
    ```python
    print(keras_gan.metrics.PSNR().values(ops.zeros((1, 8, 8, 3)), ops.ones((1, 8, 8, 3))))  # 10 log10(4) = 6.02
    ```
    """

    improves = "up"

    def values(self, targets: Tensor, made: Tensor) -> Tensor:
        """Return the ratio in decibels, `(batch,)`."""
        error = tf.reduce_mean(tf.square(targets - made), axis=(1, 2, 3))
        return 10.0 * tf.math.log(_RANGE**2 / tf.maximum(error, _RANGE**2 * 1e-10)) / tf.math.log(10.0)


@register
class SSIM(PairMetric):
    """The structural similarity: 1 for equal images, near 0 for those that share nothing.

    Wang et al. 2004, doi:10.1109/TIP.2003.819861: Gaussian windows of 11 pixels with a deviation of 1.5, of the places
    where they lie within the image; the mean over the channels. It is scikit-image's `structural_similarity` of 8 bits
    with `gaussian_weights=True, sigma=1.5, use_sample_covariance=False`. Sides from 11 pixels on.

    Args:
        name: its name in the logs.

    Example:
    ```python
    images = np.random.default_rng(0).uniform(-1, 1, (2, 16, 16, 3)).astype("float32")
    print(keras_gan.metrics.SSIM().values(images, images))  # 1, twice
    ```
    """

    improves = "up"

    def values(self, targets: Tensor, made: Tensor) -> Tensor:
        """Return the similarity, `(batch,)`.

        Raises:
            InputError: a side of the images is known, and smaller than the window.
        """
        _check_sides(self, targets)
        return tf.image.ssim(_from_black(targets), _from_black(made), _RANGE)


@register
class MSSSIM(PairMetric):
    """The multi-scale structural similarity: 1 for equal images, and less for what differs at any of five scales.

    Wang et al. 2003, doi:10.1109/ACSSC.2003.1292216, equation 7, by TensorFlow's `ssim_multiscale`. Five scales need
    sides of 176 pixels; smaller images have as many as keep 11 pixels a side, and the weights of those, scaled to the
    sum of all. Sides from 11 pixels on. That of random pairs of samples, which tells of variety, is `MultiscaleSSIM`.

    Args:
        name: its name in the logs; `None` for `"ms_ssim"`.

    Example:
    ```python
    images = np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")
    print(keras_gan.metrics.MSSSIM().values(images, images))  # 1, twice
    ```
    """

    improves = "up"

    def __init__(self, name: str | None = None) -> None:
        super().__init__(name or "ms_ssim")

    def values(self, targets: Tensor, made: Tensor) -> Tensor:
        """Return the similarity, `(batch,)`.

        Raises:
            InputError: a side of the images is smaller than the window, or not known.
        """
        if None in targets.shape[1:3]:
            raise InputError(
                "`MSSSIM` must know the sides of the images, by which it chooses its scales. "
                f"Received: images of {tuple(targets.shape[1:])}"
            )
        _check_sides(self, targets)
        height, width = targets.shape[1:3]
        weights = scale_weights(min(height, width))
        return tf.image.ssim_multiscale(_from_black(targets), _from_black(made), _RANGE, power_factors=weights)


def _from_black(images: Tensor) -> Tensor:
    """Return images in [0, 2]: how alike two of them are in brightness is a matter of its ratio, from black on."""
    return tf.cast(images, tf.float32) + 1.0


def _check_sides(metric: PairMetric, targets: Tensor) -> None:
    if min(side or WINDOW for side in targets.shape[1:3]) < WINDOW:
        raise InputError(
            f"`{type(metric).__name__}` is for sides from {WINDOW} pixels on. "
            f"Received: images of {tuple(targets.shape[1:])}"
        )
