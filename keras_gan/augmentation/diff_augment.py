"""Differentiable augmentation."""

from collections.abc import Sequence

import tensorflow as tf

from keras_gan.augmentation.augmentation import Augmentation
from keras_gan.random import RandomStream
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_choice

_POLICIES = ("color", "translation", "cutout")
_TRANSLATION = 1 / 8  # of the side, each way
_CUTOUT = 1 / 2  # of the side


@register
class DiffAugment(Augmentation):
    """Three simple transformations of every image, so that few data last longer.

    - `color`: brightness (plus uniform in [-0.5, 0.5]), saturation (times [0, 2]), contrast (times [0.5, 1.5]);
    - `translation`: by whole pixels, up to 1/8 of the side each way; what comes in is 0, which is mid-grey;
    - `cutout`: a square of half the side at a random place is 0.

    Zhao et al. 2020, arXiv:2006.10738, section 3.2 and appendix.

    Args:
        policy: which of `"color"`, `"translation"`, `"cutout"`; they are applied in this order.
        name: the layer's name.

    Raises:
        InputError: `policy` is empty or names another one.

    Example:
    ```python
    gan.compile("adam", "adam", augmentation=keras_gan.augmentation.DiffAugment(["translation", "cutout"]))
    ```
    """

    def __init__(self, policy: Sequence[str] = _POLICIES, name: str | None = None) -> None:
        super().__init__(name=name)
        if isinstance(policy, str) or not isinstance(policy, Sequence) or not policy:
            raise InputError(f"`policy` must be a list out of {list(_POLICIES)}. Received: policy={policy!r}")
        self.policy = [check_choice("policy", part, list(_POLICIES)) for part in policy]

    def augment(self, images: Tensor, random: RandomStream) -> Tensor:
        """Return the images after the transformations of the policy."""
        for part, transform in (("color", _color), ("translation", _translation), ("cutout", _cutout)):
            if part in self.policy:
                images = transform(images, random)
        return images

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "policy": list(self.policy)}


def _uniform(random: RandomStream, purpose: str, images: Tensor) -> list[Tensor]:
    """Return three independent numbers in (0, 1) for each image, each `(batch, 1, 1, 1)`."""
    return tf.unstack(random.uniform(purpose, (tf.shape(images)[0], 3, 1, 1, 1)), axis=1)


def _color(images: Tensor, random: RandomStream) -> Tensor:
    if images.shape[3] in (2, 4):  # the last is alpha, which has no colour
        return tf.concat([_color(images[..., :-1], random), images[..., -1:]], axis=-1)
    brightness, saturation, contrast = _uniform(random, "color", images)
    images += brightness - 0.5
    grey = tf.reduce_mean(images, axis=3, keepdims=True)
    images = grey + 2.0 * saturation * (images - grey)
    mean = tf.reduce_mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + (0.5 + contrast) * (images - mean)


def _integer(uniform: Tensor, count: int) -> Tensor:
    """Return a uniform integer in `[0, count)`, `(batch,)`."""
    return tf.cast(uniform[:, 0, 0, 0] * count, tf.int32)


def _translation(images: Tensor, random: RandomStream) -> Tensor:
    down, right, _ = _uniform(random, "translation", images)
    height, width = images.shape[1:3]
    images = tf.einsum("bij,bjwc->biwc", _shift(down, height), images)
    return tf.einsum("bij,bhjc->bhic", _shift(right, width), images)


def _shift(uniform: Tensor, side: int) -> Tensor:
    """Return shifted identities, `(batch, side, side)`: a product with one moves rows, and zeros come in."""
    most = int(side * _TRANSLATION + 0.5)
    shift = _integer(uniform, 2 * most + 1) - most
    return tf.one_hot(tf.range(side)[None, :] + shift[:, None], side)


def _cutout(images: Tensor, random: RandomStream) -> Tensor:
    down, right, _ = _uniform(random, "cutout", images)
    height, width = images.shape[1:3]
    rows, columns = _hidden(down, height)[:, :, None, None], _hidden(right, width)[:, None, :, None]
    return images * tf.cast(~(rows & columns), tf.float32)


def _hidden(uniform: Tensor, side: int) -> Tensor:
    """Return which rows or columns are hidden, `(batch, side)`; the square may hang over the edge by half."""
    size = int(side * _CUTOUT + 0.5)
    first = _integer(uniform, side + 1 - size % 2) - size // 2
    position = tf.range(side)[None, :]
    return (position >= first[:, None]) & (position < first[:, None] + size)
