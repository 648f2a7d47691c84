"""Images of any side through a network that takes images: whole, or in tiles that leave no seam."""

import functools
import math
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.types import Shape, Tensor
from keras_gan.utils.networks import stride
from keras_gan.utils.samples import check_samples
from keras_gan.utils.uint8 import normalize
from keras_gan.utils.validation import InputError, check_integer

TILE, OVERLAP = 512, 64  # pixels


class Translator:
    """Makes images of images, in inference mode.

    Images that are larger than a tile are translated in tiles, which overlap. In the overlaps the results are mixed:
    the outer quarter of an overlap counts for nothing, in the middle half one result goes over into the other. So where
    a network sees no further than a quarter of the overlap, the picture is the same as in one piece, and elsewhere
    there is no seam. (A network with instance normalization, or one that sees the whole image, gives each tile a look
    of its own, and the looks are mixed.) Tiles have equal sides: one graph makes all, in the memory of one of them.
    They begin where the network's strides do, and where these do not divide the image, it is continued as in a mirror,
    as `layers.PadToMultiple` does.

    Args:
        network: from images `(batch, height, width, channels)` to such.
        shape: of what it takes, `(height, width, channels)`; `None` for a side that may be any.
        before: is called before images are translated: it makes the network ready.
    """

    def __init__(self, network: keras.Model, shape: Shape, before: Callable[[], None] = lambda: None) -> None:
        self.network = network
        self.shape = shape
        self._before = before

    def translate(
        self, images: ArrayLike, tile: int | None = None, overlap: int | None = None, batch_size: int = 1
    ) -> np.ndarray:
        """Return what the network makes of images; see `keras_gan.ImageToImage.translate`."""
        given = self._checked(images)
        check_integer("batch_size", batch_size)
        sides = [self._tile(side, tile, known) for side, known in zip(given.shape[1:3], self.shape[:2], strict=True)]
        self._before()
        # In one piece: no tiles, no weights.
        if list(given.shape[1:3]) == sides:
            parts = (given[first : first + batch_size] for first in range(0, len(given), batch_size))
            return np.concatenate([self._made(part) for part in parts])
        margin = self._overlap(min(b for a, b in zip(given.shape[1:3], sides, strict=True) if b < a), overlap)
        first, *others = (self._in_tiles(image, sides, margin, batch_size)[None] for image in given)
        return np.concatenate([first, *others]) if others else first  # of one large picture no second copy

    def _checked(self, images: ArrayLike) -> np.ndarray:
        given = np.asarray(images)
        check_samples("`images`", given, (None, None, self.shape[2]), is_image=True)
        return given

    def _tile(self, side: int, tile: int | None, known: int | None) -> int:
        """Return the side of the tiles in one direction."""
        if known is not None:
            if tile not in (None, known) or side < known:
                raise InputError(
                    f"`tile` must be {known} or None, the side that this network takes, and images as large at least. "
                    f"Received: tile={tile} and a side of {side} pixels"
                )
            return known
        chosen = check_integer("tile", TILE if tile is None else tile)
        return side if side <= chosen else min(side, _rounded_up(chosen, self._stride))

    def _overlap(self, side: int, overlap: int | None) -> int:
        """Return the pixels that tiles of this side share with a neighbour."""
        if overlap is None:
            return min(OVERLAP, side // 2)
        if 2 * check_integer("overlap", overlap, minimum=0) > side:
            raise InputError(f"`overlap` must be at most half a tile, {side // 2} pixels. Received: overlap={overlap}")
        return overlap

    @functools.cached_property
    def _stride(self) -> int:
        return stride(self.network)

    def _made(self, images: np.ndarray) -> np.ndarray:
        """Return what is made of a batch of images, or of tiles.

        Raises:
            InputError: they are too small for the network.
        """
        try:
            made: np.ndarray = self._apply(tf.constant(images)).numpy()
        except (tf.errors.InvalidArgumentError, ValueError) as error:
            first, *_ = str(error).strip().splitlines()
            raise InputError(
                f"`images`, or their tiles, must be as large as {self.network.name!r} needs. "
                f"Received: {images.shape[1]}x{images.shape[2]} pixels, and: {first[:200]}"
            ) from error
        return made

    @functools.cached_property
    def _apply(self) -> Callable[[Tensor], Tensor]:
        """Return the network as a graph function of images, uint8 or floating point."""
        return tf.function(
            lambda images: tf.cast(self.network(normalize(images), training=False), tf.float32),
            # Images of many sides come one after another: not a graph for each.
            reduce_retracing=True,
            autograph=False,
        )

    def _in_tiles(self, image: np.ndarray, sides: list[int], overlap: int, batch_size: int) -> np.ndarray:
        """Return what is made of one image, `(height, width, channels)`."""
        step = self._stride
        height, width = (
            side + _rounded_up(whole - side, step) for whole, side in zip(image.shape[:2], sides, strict=True)
        )
        continued = np.pad(image, ((0, height - image.shape[0]), (0, width - image.shape[1]), (0, 0)), "reflect")
        places = [_firsts(whole, side, overlap, step) for whole, side in zip((height, width), sides, strict=True)]
        corners = [(top, left) for top in places[0] for left in places[1]]
        result = weights = None
        for some in _batches(corners, batch_size):
            tiles = np.stack([continued[top : top + sides[0], left : left + sides[1]] for top, left in some])
            for (top, left), made in zip(some, self._made(tiles), strict=True):
                scale = _scale(sides, made.shape[:2])
                # What a network makes larger or gives other channels is known once it has made something.
                if result is None or weights is None:
                    result = np.zeros((scale * height, scale * width, made.shape[2]), np.float32)
                    weights = np.zeros((*result.shape[:2], 1), np.float32)
                reach = scale * overlap
                down = _weights(made.shape[0], reach, top > 0, top < places[0][-1])
                right = _weights(made.shape[1], reach, left > 0, left < places[1][-1])
                weight = down[:, None] * right
                rows = slice(scale * top, scale * top + made.shape[0])
                columns = slice(scale * left, scale * left + made.shape[1])
                result[rows, columns] += weight[..., None] * made
                weights[rows, columns] += weight[..., None]
        assert result is not None, "an image has a tile"
        assert weights is not None, "and so a weight at each place"
        # Not 1 in sum: tiles at equal distances may share more than the overlap.
        result /= weights
        return result[: scale * image.shape[0], : scale * image.shape[1]]


def _rounded_up(number: int, multiple: int) -> int:
    return -(-number // multiple) * multiple


def _scale(sides: list[int], made: tuple[int, ...]) -> int:
    """Return how many times larger a tile became, in both directions."""
    scale = made[0] // sides[0]
    if scale < 1 or [scale * side for side in sides] != [*made]:
        raise InputError(
            "`tile` must be at least the sides of the images for a network that does not make each tile larger by one "
            f"integer. Received: tiles of {sides[0]}x{sides[1]} that become {made[0]}x{made[1]}"
        )
    return scale


def _firsts(whole: int, side: int, overlap: int, step: int) -> list[int]:
    """Return where tiles begin: at multiples of a step, at about equal distances, the last one ends with the image."""
    if whole <= side:
        return [0]
    most = max((side - overlap) // step, 1)  # steps from one to the next
    steps = (whole - side) // step
    count = -(-steps // most) + 1
    return [step * math.floor(index * steps / (count - 1)) for index in range(count)]


def _weights(side: int, overlap: int, before: bool, after: bool) -> np.ndarray:
    """Return weights along a side of a tile: towards neighbours falling to (all but) nothing, 1 elsewhere."""
    places = np.arange(side) + 0.5
    # At the border of the image there is no neighbour, and what is made there is as good as anywhere.
    distance = np.minimum(places if before else np.inf, side - places if after else np.inf)
    return np.clip(2.0 * distance / max(overlap, 1) - 0.5, 1e-6, 1.0) * np.ones(side)


def _batches(corners: list[tuple[int, int]], size: int) -> Iterator[list[tuple[int, int]]]:
    return (corners[first : first + size] for first in range(0, len(corners), size))
