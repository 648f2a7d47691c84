"""Fashion-MNIST from the files of Debian's package `dataset-fashion-mnist`."""

import gzip
import hashlib
import os
import zlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.reader import VERSION, Reader, Targets
from keras_gan.data.readers.splits import parse_split
from keras_gan.utils.depth import Depth
from keras_gan.utils.validation import InputError

DIRECTORY = Path("/usr/share/datasets/fashion-mnist")
CLASS_NAMES = [
    *(
        "T-shirt/top",
        "Trouser",
        "Pullover",
        "Dress",
        "Coat",
        "Sandal",
        "Shirt",
        "Sneaker",
        "Bag",
        "Ankle boot",
    )
]
# Of the payload: Debian rewrites the headers of the gzip files.
CHECKSUMS = {
    "train-images-idx3-ubyte": "c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888",
    "train-labels-idx1-ubyte": "bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9",
    "t10k-images-idx3-ubyte": "5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b",
    "t10k-labels-idx1-ubyte": "0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34",
}
_PREFIXES = {"train": "train", "test": "t10k"}


class FashionMnist(Reader):
    """The images of Fashion-MNIST, which as they are take 55 MB of memory.

    70,000 articles of clothing, grey, 28x28, ten classes. Xiao, Rasul and Vollgraf (2017), arXiv:1708.07747.

    Args:
        split: `"train"` (60,000), `"test"` (10,000), or parts of these, such as `"train[:80%]"`.
        preprocessing: size and channels.
        directory: where the four `*-ubyte.gz` files are.
        checksums: SHA-256 of the payload of each file.

    Raises:
        InputError: a file is missing, damaged or not the published one.

    Example:
    ```python
    from keras_gan.data.readers.fashion_mnist import DIRECTORY, FashionMnist

    if DIRECTORY.is_dir():
        reader = FashionMnist("test")
        print(len(reader), reader.targets.class_names[reader.targets.labels[0]])  # 10000 Ankle boot
    ```
    """

    def __init__(
        self,
        split: str = "train",
        preprocessing: Preprocessing = Preprocessing(),  # noqa: B008 (it can't be changed)
        directory: str | os.PathLike[str] = DIRECTORY,
        checksums: Mapping[str, str] = CHECKSUMS,
    ) -> None:
        folder, self._preprocessing = Path(directory), preprocessing
        labels = {name: _read(folder, f"{file}-labels-idx1-ubyte", checksums) for name, file in _PREFIXES.items()}
        parts = parse_split(split, {name: len(array) for name, array in labels.items()})
        images = {
            name: _read(folder, f"{_PREFIXES[name]}-images-idx3-ubyte", checksums)
            for name in {part.name for part in parts}
        }
        self._images = np.concatenate([images[part.name][part.start : part.stop] for part in parts])[..., None]
        chosen = np.concatenate([labels[part.name][part.start : part.stop] for part in parts]).astype(np.int32)
        self.targets = Targets(chosen, list(CLASS_NAMES))
        self._told = (VERSION, parts, preprocessing, sorted(checksums.items()))
        self.dtype, self.depth, self.skipped = np.dtype(np.uint8), Depth(), ()
        self.shape = self.read(0).shape

    def __len__(self) -> int:
        return len(self._images)

    @property
    def identity(self) -> str:
        """A digest of the files' own, and of the options."""
        return hashlib.sha256(repr(self._told).encode()).hexdigest()

    def read(self, index: int) -> np.ndarray:
        """Return one image, uint8 `(height, width, channels)`."""
        return self._preprocessing.array(self._images[index], colours=True)


def _read(folder: Path, name: str, checksums: Mapping[str, str]) -> np.ndarray:
    """Return the array in an idx file: two zeros, 8 for bytes, the rank, the sizes (big-endian), the data."""
    file = folder / f"{name}.gz"
    try:
        payload = gzip.decompress(file.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(_message(folder, f"{str(file)!r} can't be read ({error})")) from error
    found = hashlib.sha256(payload).hexdigest()
    if found != checksums[name]:
        raise InputError(_message(folder, f"{str(file)!r} has the SHA-256 {found} instead of {checksums[name]}"))
    rank = payload[3]
    shape = np.frombuffer(payload, ">i4", rank, offset=4)
    return np.frombuffer(payload, np.uint8, offset=4 + 4 * rank).reshape(shape)


def _message(folder: Path, problem: str) -> str:
    return (
        "`directory` must hold the files of Debian's dataset-fashion-mnist; `apt-get install --reinstall "
        f"dataset-fashion-mnist` restores them. Received: directory={str(folder)!r}, in which {problem}"
    )
