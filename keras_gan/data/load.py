"""`load`: image data by the name of a data set or by the path of a folder."""

import os

from keras_gan.data import fashion_mnist
from keras_gan.data.bad_images import CHOICES
from keras_gan.data.folder import read_folder
from keras_gan.data.image_data import ImageData
from keras_gan.data.splits import Images
from keras_gan.data.squares import check_options, squares, stack
from keras_gan.utils.validation import InputError, check_choice, check_integer, check_seed

_TFDS = "tfds:"  # before the name of a data set that could be a folder's


def load(
    name_or_path: str | os.PathLike[str],
    *,
    image_size: int | None = None,
    batch_size: int = 64,
    seed: int = 0,
    split: str = "train",
    channels: int | None = None,
    balanced: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
    on_bad_image: str = "error",
    white_level: int | None = None,
) -> ImageData:
    """Return images from a folder or from TensorFlow Datasets (TFDS), in memory, ready to train on.

    `"digits"` are the 1,797 digits of 8x8 pixels that come with scikit-learn: no network is needed.
    `"fashion_mnist"` is read from Debian's package `dataset-fashion-mnist` where that is installed, else
    through TFDS. Any other name is one of TFDS, prepared in `data_dir` or downloaded on first use; without a
    network that fails within seconds. A string that contains a separator (unless it is a name and a
    configuration of TFDS, such as `"cmaterdb/bangla"`), or is an existing folder, is a path: see
    `ImageData.from_folder`. What is both is refused: `"./mnist"` is always a folder, `"tfds:mnist"` a data set.

    Args:
        name_or_path: `"digits"`, `"fashion_mnist"`, another data set of TFDS with one uint8 image and at most
            one integer label an example (`"mnist"`, `"cifar10"`, `"celeb_a"`), or the path of a folder.
        image_size: pixels a side: images are cropped about their centre to a square and resized to it. `None`
            keeps their size, which then must be the same for all, and square.
        batch_size: images a batch, 1 or more.
        seed: of the order of the images, 0 to 2^31 - 1.
        split: `"train"`, `"test"` or another split that the data have, or parts: `"train[:80%]"`,
            `"train[100:200]"`, several joined by `+`.
        channels: 1 (grey) or 3 (red, green, blue); `None` takes what the images have.
        balanced: whether the training stream gives every class equally often; needs labels.
        data_dir: where TFDS keeps prepared data; by default `TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        on_bad_image: `"error"` or `"skip"`: what is done about files of a folder that are no readable images; see
            `ImageData.from_folder`.
        white_level: the value of 16-bit files of a folder that is white, such as 4095 for 12 bits; `None` is 65535.

    Raises:
        InputError: the name is not known, or is that of a folder too; the data are not images, can't be read, or can't
            be had without a network; or another argument is not as above.

    Example:
    ```python
    from keras_gan.data import load

    data = load("digits", image_size=16, batch_size=32, split="train[:90%]")
    print(data)  # <ImageData 'digits': 1617 examples of (16, 16, 1) uint8, 10 classes, batch_size=32, seed=0>
    ```
    """
    _check(name_or_path, image_size, batch_size, seed, channels, white_level)
    check_choice("on_bad_image", on_bad_image, CHOICES)
    name = os.fspath(name_or_path).removeprefix(_TFDS)
    if _is_path(name_or_path):
        images = read_folder(name_or_path, split, image_size, channels, on_bad_image, white_level)
    elif name == "fashion_mnist" and fashion_mnist.DIRECTORY.is_dir():
        images = _resize(fashion_mnist.read_fashion_mnist(split, fashion_mnist.DIRECTORY), image_size, channels)
    else:
        # Imported here: TFDS takes its time, and who trains on arrays or folders doesn't need it.
        from keras_gan.data.tfds import read_tfds

        images = read_tfds(name, split, image_size, channels, data_dir)
    return ImageData(
        images.images,
        images.labels,
        batch_size=batch_size,
        seed=seed,
        class_names=images.class_names,
        balanced=balanced,
        name=name,
        skipped=images.skipped,
    )


def _check(
    name_or_path: object,
    image_size: int | None,
    batch_size: int,
    seed: int,
    channels: int | None,
    white_level: int | None,
) -> None:
    """Refuse wrong arguments before minutes are spent on reading."""
    if not isinstance(name_or_path, str | os.PathLike) or not os.fspath(name_or_path):
        raise InputError(
            "`name_or_path` must be the name of a data set or the path of a folder. "
            f"Received: name_or_path={name_or_path!r}"
        )
    check_integer("batch_size", batch_size)
    check_seed("seed", seed)
    check_options(image_size, channels, white_level)


def _is_path(name: str | os.PathLike[str]) -> bool:
    if not isinstance(name, str) or name.startswith(("/", ".", "~")):
        return True
    if name.startswith(_TFDS):
        return False
    separated, exists = "/" in name or os.sep in name, os.path.exists(name)
    if not separated and not exists:
        return False
    from keras_gan.data.tfds import known_names

    known = name.rstrip("/").split("/")[0] in known_names()  # with a configuration, as in `cmaterdb/bangla`
    if known and exists and not name.endswith("/"):
        raise InputError(
            f"`name_or_path` must say which of two is meant: {'./' + name!r} is the folder that lies here, "
            f"{_TFDS + name!r} the data set. Received: name_or_path={name!r}"
        )
    return exists or not known


def _resize(images: Images, image_size: int | None, channels: int | None) -> Images:
    size, depth = images.images.shape[1], images.images.shape[3]
    if image_size in (None, size) and channels in (None, depth):
        return images
    return images._replace(images=stack(squares(images.images, image_size, channels)))
