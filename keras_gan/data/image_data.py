"""Images held in memory."""

import os
from collections.abc import Sequence

import numpy as np

from keras_gan.data.array_data import ArrayData
from keras_gan.data.folder import read_folder
from keras_gan.utils.pixel_range import check_range, check_signed
from keras_gan.utils.validation import InputError, warn


class ImageData(ArrayData):
    """Square images held in memory, as uint8 in 0..255 or as floats in [-1, 1], channels last.

    What is said of `ArrayData` holds: the same arguments, the same stream. `keras_gan.data.load` makes one
    from a folder or from a named data set.

    Args:
        examples: `(n, size, size, 1 or 3)`, uint8 or float in [-1, 1].
        labels: integers of shape `(n,)` in `[0, num_classes)`, or `None`.
        batch_size: images a batch, 1 or more.
        seed: of the order of the images, 0 to 2^31 - 1.
        class_names: one name a class.
        balanced: whether the training stream gives every class equally often.
        name: of the data, for messages and logs.
        skipped: the files that whoever read the images left out, for logs.

    Raises:
        InputError: an argument is not as above.

    Example:
    ```python
    import numpy as np
    from keras_gan.data import ImageData

    data = ImageData(np.zeros((100, 32, 32, 3), np.uint8), labels=np.arange(100) % 10, batch_size=20)
    images, labels = next(iter(data.dataset()))
    print(data.image_size, images.shape, labels.dtype)  # 32 (20, 32, 32, 3) <dtype: 'int32'>
    ```
    """

    def __init__(
        self,
        examples: np.ndarray,
        labels: Sequence[int] | np.ndarray | None = None,
        *,
        batch_size: int = 64,
        seed: int = 0,
        class_names: Sequence[str] | None = None,
        balanced: bool = False,
        name: str = "image_data",
        skipped: Sequence[str] = (),
    ) -> None:
        self.skipped = tuple(skipped)
        super().__init__(
            examples,
            labels,
            batch_size=batch_size,
            seed=seed,
            class_names=class_names,
            balanced=balanced,
            name=name,
        )

    @classmethod
    def from_folder(
        cls,
        path: str | os.PathLike[str],
        *,
        image_size: int | None = None,
        channels: int | None = None,
        split: str = "train",
        batch_size: int = 64,
        seed: int = 0,
        on_bad_image: str = "error",
        white_level: int | None = None,
    ) -> "ImageData":
        """Read a folder of images: a flat one is unlabelled; in one of folders, each of these is a class.

        PNG, JPEG, TIFF, BMP, GIF, WebP, AVIF, TGA and PNM are read, in the order of their names; hidden files are left
        out, and those of other suffixes, with a warning that counts them. All headers are read before the first image
        is decoded, and each is decoded whole. Each becomes uint8: 16 bits are scaled to 8 (with a warning where they
        use less than a quarter of their range), palettes and CMYK become RGB (grey where all of the palette is),
        transparent images are laid on black, of animated ones the first frame is taken, the orientation in the EXIF
        data is applied, what isn't square is cropped about its centre; one pixel is an image too.

        Bad are: a file that can't be read, is empty, is no image whatever its suffix, or is cut off or damaged; one of
        floating-point values; one that announces more than 2^26 pixels, which are never decoded; a folder or a device
        with the name of an image; and a link to nothing. Each is named.

        Args:
            path: of the folder.
            image_size: pixels a side, to which the images are resized (Lanczos, antialiased). `None` keeps
                the size of the images, which then must all be squares of the same size.
            channels: 1 (grey) or 3 (red, green, blue). `None` means 1 if all files are grey, else 3.
            split: `"train"`, or a part of it, such as `"train[:90%]"`. Which images are in a part is decided
                by a hash of their names, so that each part has images of all classes.
            batch_size: images a batch, 1 or more.
            seed: of the order of the images, 0 to 2^31 - 1.
            on_bad_image: `"error"`, or `"skip"` to leave bad images out: their number and the first names are warned
                of, all names are in `skipped`, and more than a tenth (or one, of fewer than ten) is an error still.
            white_level: the value of 16-bit files that is white, such as 4095 for 12 bits; `None` is 65535.

        Raises:
            InputError: the folder is missing, holds no images, more of other files, or a bad one (the message names
                it).

        Example:
        ```python
        import os
        import tempfile

        from PIL import Image

        from keras_gan.data import ImageData

        folder = tempfile.mkdtemp()
        for name in ("cat", "dog"):
            os.mkdir(f"{folder}/{name}")
            Image.new("RGB", (40, 30)).save(f"{folder}/{name}/one.png")
        print(ImageData.from_folder(folder, image_size=16).class_names)  # ['cat', 'dog']
        ```
        """
        found = read_folder(path, split, image_size, channels, on_bad_image, white_level)
        return cls(
            found.images,
            found.labels,
            batch_size=batch_size,
            seed=seed,
            class_names=found.class_names,
            name=os.fspath(path),
            skipped=found.skipped,
        )

    def __repr__(self) -> str:
        skipped = f", {len(self.skipped)} skipped" if self.skipped else ""
        return f"{super().__repr__()[:-1]}{skipped}>"

    def _check_examples(self) -> None:
        super()._check_examples()
        shape = self.examples.shape
        if len(shape) != 4 or shape[1] != shape[2] or shape[3] not in (1, 3):
            raise InputError(
                "`examples` must be square images, channels last: (n, size, size, 1 or 3). "
                f"Received: examples of shape {shape}"
            )
        if self.examples.min() == self.examples.max():
            warn(f"All pixels of all images are {self.examples.flat[0]}: there is nothing to learn from them")
        if self.examples.dtype != np.uint8:
            bounds = float(self.examples.min()), float(self.examples.max())
            check_range("`examples`", *bounds)
            check_signed("`examples`", *bounds, len(self.examples))

    @property
    def image_size(self) -> int:
        """Pixels a side."""
        return self.sample_shape[0]

    @property
    def channels(self) -> int:
        """1 (grey) or 3 (red, green, blue)."""
        return self.sample_shape[2]
