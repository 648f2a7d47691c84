"""Images, in memory or on disk."""

from collections.abc import Sequence

import numpy as np

from keras_gan.data.array_data import ArrayData
from keras_gan.data.pixels.preprocessing import MAX_CHANNELS, check_channels_last
from keras_gan.data.stores.store import Store
from keras_gan.types import Labels
from keras_gan.utils.depth import Depth
from keras_gan.utils.uint8 import check_range, check_signed
from keras_gan.utils.validation import InputError, warn

_AS_THEY_ARE = Depth("float32", -1.0, 1.0)


class ImageData(ArrayData):
    """Images in memory or on disk, as uint8 in 0..255 or as floats in [-1, 1], channels last.

    What is said of `ArrayData` holds: the same arguments, the same stream. `keras_gan.data.load` makes one
    from files or from a named data set.

    Args:
        examples: `(n, height, width, channels)`, uint8 or float in [-1, 1], 1 to 64 channels.
        labels: integers of shape `(n,)` in `[0, num_classes)`, or `None`.
        conditions: numbers of shape `(n, k)`, instead of labels, or `None`.
        batch_size: images a batch, 1 or more.
        seed: of the order of the images, 0 to 2^31 - 1.
        class_names: one name a class.
        condition_names: one name a column of the conditions.
        balanced: whether the training stream gives every class equally often.
        name: of the data, for messages and logs.
        depth: of the files that the images are from, so that samples can be written like them.
        skipped: the files that whoever read the images left out, for logs.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    import numpy as np
    from keras_gan.data import ImageData

    data = ImageData(np.zeros((100, 32, 48, 3), np.uint8), labels=np.arange(100) % 10, batch_size=20)
    images, labels = next(iter(data.dataset()))
    print(data.image_size, images.shape, labels.dtype)  # (32, 48) (20, 32, 48, 3) <dtype: 'int32'>
    ```
    """

    def __init__(
        self,
        examples: np.ndarray | Store,
        labels: Labels | None = None,
        *,
        conditions: np.ndarray | None = None,
        batch_size: int = 64,
        seed: int = 0,
        class_names: Sequence[str] | None = None,
        condition_names: Sequence[str] | None = None,
        balanced: bool = False,
        name: str = "image_data",
        depth: Depth | None = None,
        skipped: Sequence[str] = (),
    ) -> None:
        self.skipped = tuple(skipped)
        self._depth = depth
        super().__init__(
            examples,
            labels,
            conditions=conditions,
            batch_size=batch_size,
            seed=seed,
            class_names=class_names,
            condition_names=condition_names,
            balanced=balanced,
            name=name,
        )

    def __repr__(self) -> str:
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"{super().__repr__()[:-1]}{skipped}>"

    def _check_examples(self) -> None:
        super()._check_examples()
        shape = self.examples.shape
        if len(shape) != 4 or shape[3] > MAX_CHANNELS:
            raise InputError(
                f"`examples` must be images, channels last: (n, height, width, 1 to {MAX_CHANNELS}). "
                f"Received: examples of shape {shape}"
            )
        check_channels_last("`examples`", shape)
        if self._is_flat():
            warn(f"All pixels of all images are {self.store[:1].flat[0]}: there is nothing to learn from them")
        if self.examples.dtype != np.uint8:
            check_range("`examples`", *self.store.bounds)
            if self.depth == _AS_THEY_ARE:  # what a range has put into [-1, 1] may well fill its upper half alone
                check_signed("`examples`", *self.store.bounds, len(self))

    def _is_flat(self) -> bool:
        """Return whether all values are the same; as a rule the first images tell that they are not."""
        first = self.store[:1].flat[0]
        return all((self.store[rows] == first).all() for rows in self.store.blocks())

    @property
    def depth(self) -> Depth:
        """The depth of the files that the images are from, or of the images themselves."""
        return self._depth or (Depth() if self.examples.dtype == np.uint8 else _AS_THEY_ARE)

    @property
    def image_size(self) -> tuple[int, int]:
        """The height and the width in pixels."""
        height, width, _ = self.sample_shape
        return height, width

    @property
    def channels(self) -> int:
        """How many channels there are: 1 is grey, 3 RGB, 4 RGBA."""
        return self.sample_shape[2]
