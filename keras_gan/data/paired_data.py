"""Two sets of images: pairs of sources and targets, or two domains without pairs."""

import functools
import hashlib
from abc import abstractmethod
from collections.abc import Callable

import numpy as np
import tensorflow as tf

from keras_gan.data.image_data import ImageData
from keras_gan.data.shuffle import shuffled
from keras_gan.data.stores.store import Store
from keras_gan.random import RandomStream
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_bool, check_integer

_TARGETS = 0x74617267  # keeps the order of the targets apart from that of the sources


class _TwoDomains(ImageData):
    """Images of two domains, given out as `(sources, targets)`, cropped and flipped."""

    def __init__(
        self,
        sources: np.ndarray | Store,
        targets: np.ndarray | Store,
        *,
        crop: int | None = None,
        flip: bool = False,
        batch_size: int = 64,
        seed: int = 0,
        name: str = "paired_data",
    ) -> None:
        self.target_data = ImageData(targets, name=name)  # which checks them
        super().__init__(sources, batch_size=batch_size, seed=seed, name=name)
        self.crop = None if crop is None else check_integer("crop", crop)
        self.flip = check_bool("flip", flip)
        for images in (self.examples, self.targets):
            if crop is not None and crop > min(images.shape[1:3]):
                raise InputError(f"`crop` must be at most the sides, {images.shape[1:3]}. Received: crop={crop}")

    @property
    def targets(self) -> Store:  # type: ignore[override]
        """The images that the sources are to become, or those of the other domain."""
        return self.target_data.store

    @property
    def scale(self) -> int:
        """How many times larger the targets are, a side."""
        return 1

    @property
    def sample_shape(self) -> tuple[int, ...]:
        """The shape of a source, as it is given out."""
        return self._cropped_shape(self.examples.shape[1:], 1)

    @property
    def target_shape(self) -> tuple[int, ...]:
        """The shape of a target, as it is given out."""
        return self._cropped_shape(self.targets.shape[1:], self.scale)

    def _cropped_shape(self, shape: tuple[int, ...], scale: int) -> tuple[int, ...]:
        return tuple(shape) if self.crop is None else (self.crop * scale, self.crop * scale, shape[-1])

    @functools.cached_property
    def digest(self) -> str:
        """The SHA-256, in hexadecimal, of what is given out."""
        told = f"{self.store.digest} {self.targets.digest} {self.crop} {self.flip}"
        return hashlib.sha256(told.encode()).hexdigest()

    def some(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return rows as they are given out in order: the middle, where images are cropped."""
        first, second = rows % len(self.examples), rows % len(self.targets)
        return self._middle(self.store[first], 1), self._middle(self.targets[second], self.scale)

    def _middle(self, images: Tensor, scale: int) -> Tensor:
        height, width, _ = self._cropped_shape(images.shape[1:], scale)
        top, left = (images.shape[1] // scale - height // scale) // 2, (images.shape[2] // scale - width // scale) // 2
        return images[:, scale * top : scale * top + height, scale * left : scale * left + width]

    @functools.cached_property
    def _gather(self) -> Callable[[Tensor], Tensor]:
        def gather(rows: Tensor) -> Tensor:
            sources = self.store.gather(rows % len(self.examples))
            targets = self.targets.gather(rows % len(self.targets))
            return self._middle(sources, 1), self._middle(targets, self.scale)

        return gather

    @abstractmethod
    def _training_rows(self, position: Tensor) -> tuple[Tensor, Tensor]:
        """Return the rows of sources and targets at some positions of the stream."""

    def _training_batch(self) -> Callable[[Tensor, Tensor], Tensor]:
        def batch(step: Tensor, places: Tensor) -> Tensor:
            rows, target_rows = self._training_rows(step * self.batch_size + places)
            stream = RandomStream(self.seed, step, places[0])
            sources = self._jittered(self.store.gather(rows), stream, "pairs", 1)
            return sources, self._jittered(self.targets.gather(target_rows), stream, self._scope, self.scale)

        return batch

    _scope = "pairs"  # of the numbers by which a target is cropped and flipped: those of its source

    def _jittered(self, images: Tensor, stream: RandomStream, scope: str, scale: int) -> Tensor:
        """Return images, each cropped and flipped by numbers that are functions of seed, step and place."""
        rows = tf.shape(images)[0]
        if self.crop is not None:
            drawn = stream.uniform(f"{scope}/crop", (rows, 2))
            for axis in (1, 2):
                free = images.shape[axis] // scale - self.crop + 1
                first = scale * tf.cast(drawn[:, axis - 1] * free, tf.int32)
                images = tf.gather(images, first[:, None] + tf.range(scale * self.crop), axis=axis, batch_dims=1)
        if self.flip:
            flipped = stream.uniform(f"{scope}/flip", (rows, 1, 1, 1)) < 0.5
            images = tf.where(flipped, tf.reverse(images, [2]), images)
        return images


class PairedData(_TwoDomains):
    """Pairs of a source and a target, in memory or on disk, for `keras_gan.ImageToImage`.

    The stream is that of `ImageData`: its order is a pure function of `seed` and position, and it starts at any step at
    no cost. Batches are `(sources, targets)`. `keras_gan.data.load_pairs` makes it of files.

    Args:
        sources: `(n, height, width, channels)`, uint8 or floating point in [-1, 1].
        targets: as many; of the same sides, or of an integer times those of the sources; of any channels.
        crop: pixels a side of the square that is cut out of the sources, in training anywhere, elsewhere from the
            middle; the same of the targets. `None` for the whole image.
        flip: whether half of the pairs are mirrored in training, chosen anew each time.
        batch_size: pairs a batch.
        seed: of the order and of what is cropped and mirrored, 0 to 2^31 - 1.
        name: of the data, for messages and logs.

    Raises:
        InputError: there are not as many targets as sources, their sides do not fit, or an argument is not as above.

    Example:
    ```python
    images = np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)
    data = keras_gan.data.PairedData(255 - images, images, crop=24, flip=True, batch_size=2)
    for sources, targets in data.dataset().take(1):
        print(sources.shape, targets.shape)  # (2, 24, 24, 3) (2, 24, 24, 3)
    ```
    """

    domains = "paired"

    def _check_examples(self) -> None:
        super()._check_examples()
        sources, targets = self.examples.shape, self.targets.shape
        if len(sources) == 4 and len(sources) == len(targets) and sources[0] != targets[0]:
            raise InputError(f"`targets` must be as many as `sources`, {sources[0]}. Received: {targets[0]}")
        ratios = {b / a for a, b in zip(sources[1:3], targets[1:3], strict=True)}
        if len(ratios) > 1 or not ratios.copy().pop().is_integer():
            raise InputError(
                "`targets` must have the sides of `sources`, or an integer times these. "
                f"Received: sources of {sources[1:3]} and targets of {targets[1:3]} pixels"
            )

    @property
    def scale(self) -> int:
        """How many times larger the targets are, a side."""
        return int(self.targets.shape[1] // self.examples.shape[1])

    def _training_rows(self, position: Tensor) -> tuple[Tensor, Tensor]:
        whole = self.steps_per_epoch * self.batch_size
        rows = shuffled(position % whole, len(self), self.seed, position // whole)
        return rows, rows


class UnpairedData(_TwoDomains):
    """Images of two domains without pairs, for `keras_gan.CycleGAN` and `CUT`: each in an order of its own.

    Batches are `(sources, targets)`, as if the first domain was to become the second. An epoch shows as many of each as
    the larger one has; the other begins again.

    Args:
        sources: `(n, height, width, channels)`, uint8 or floating point in [-1, 1].
        targets: `(m, height, width, channels)`, likewise; sides and channels may differ.
        crop: pixels a side of the squares that are cut out, in training anywhere, elsewhere from the middle. `None` for
            the whole images.
        flip: whether half of the images are mirrored in training, chosen anew each time.
        batch_size: images of each domain in a batch.
        seed: of the orders and of what is cropped and mirrored, 0 to 2^31 - 1.
        name: of the data, for messages and logs.

    Raises:
        InputError: a domain is empty, or an argument is not as above.

    Example:
    ```python
    images = np.random.default_rng(0).integers(0, 256, (10, 32, 32, 3), dtype=np.uint8)
    data = keras_gan.data.UnpairedData(images, images[:4, :16, :16, :1], batch_size=2)
    for first, second in data.dataset().take(1):
        print(first.shape, second.shape)  # (2, 32, 32, 3) (2, 16, 16, 1)
    ```
    """

    domains = "unpaired"
    _scope = "others"

    def __len__(self) -> int:
        return max(len(self.examples), len(self.targets))

    def _training_rows(self, position: Tensor) -> tuple[Tensor, Tensor]:
        first, second = len(self.examples), len(self.targets)
        others = shuffled(position % second, second, self.seed, position // second, _TARGETS)
        return shuffled(position % first, first, self.seed, position // first), others
