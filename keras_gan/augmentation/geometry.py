"""Affine maps of the plane, one for each image, and images seen through them."""

import tensorflow as tf

from keras_gan.types import Tensor


def matrix(*rows: tuple[Tensor | float, ...]) -> Tensor:
    """Return square matrices `(batch, n, n)` from rows of numbers and of tensors `(batch,)`; one must be a tensor."""
    batch = next(entry for row in rows for entry in row if tf.is_tensor(entry))
    entries = [entry + tf.zeros_like(batch) for row in rows for entry in row]
    return tf.reshape(tf.stack(entries, axis=-1), [-1, len(rows), len(rows)])


def translation(right: Tensor, down: Tensor) -> Tensor:
    """Return the maps that move by `right` and `down`, each `(batch,)`, in pixels."""
    return matrix((1.0, 0.0, right), (0.0, 1.0, down), (0.0, 0.0, 1.0))


def scaling(x: Tensor, y: Tensor) -> Tensor:
    """Return the maps that stretch by `x` and `y`, each `(batch,)`."""
    return matrix((x, 0.0, 0.0), (0.0, y, 0.0), (0.0, 0.0, 1.0))


def rotation(angle: Tensor) -> Tensor:
    """Return the maps that rotate by `angle`, `(batch,)`, in radians."""
    cos, sin = tf.cos(angle), tf.sin(angle)
    return matrix((cos, -sin, 0.0), (sin, cos, 0.0), (0.0, 0.0, 1.0))


def warp(images: Tensor, to_source: Tensor) -> Tensor:
    """Return images resampled bilinearly; beyond its edges an image is continued by its reflection.

    It is linear in the images, so all of its derivatives are exact: a gather, and back a scatter.

    Args:
        images: `(batch, height, width, channels)`.
        to_source: `(batch, 3, 3)`: from the place of a pixel in the result to where it is taken from, both in pixels
            from the centre, x before y.
    """
    height, width, channels = images.shape[1:]
    x, y = tf.meshgrid(_centred(width), _centred(height))
    places = tf.stack([tf.reshape(x, [-1]), tf.reshape(y, [-1]), tf.ones([height * width])])  # (3, pixels)
    sources = tf.matmul(to_source, tf.broadcast_to(places, [tf.shape(to_source)[0], *places.shape]))
    left, right, to_right = _neighbours(sources[:, 0], width)
    above, below, to_below = _neighbours(sources[:, 1], height)
    pixels = tf.reshape(images, [-1, height * width, channels])

    def at(row: Tensor, column: Tensor) -> Tensor:
        return tf.gather(pixels, row * width + column, batch_dims=1)

    upper = at(above, left) * (1.0 - to_right) + at(above, right) * to_right
    lower = at(below, left) * (1.0 - to_right) + at(below, right) * to_right
    return tf.reshape(upper * (1.0 - to_below) + lower * to_below, [-1, height, width, channels])


def _centred(side: int) -> Tensor:
    return tf.range(side, dtype=tf.float32) - (side - 1) / 2


def _neighbours(position: Tensor, side: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return the pixels on both sides of a position from the centre, and how near it is to the second of them."""
    last = side - 1
    period = max(2.0 * last, 1.0)
    reflected = last - tf.abs(tf.math.floormod(position + last / 2, period) - last)  # a zigzag between 0 and last
    reflected = tf.clip_by_value(reflected, 0.0, float(last))
    lower = tf.floor(reflected)
    first = tf.cast(lower, tf.int32)
    return first, tf.minimum(first + 1, last), (reflected - lower)[..., None]
