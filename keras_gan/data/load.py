"""`load`: image data by the name of a data set or by the path of files."""

import os

from keras_gan.data.image_data import ImageData
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers import array_rows, fashion_mnist
from keras_gan.data.readers.archive import open_archive
from keras_gan.data.readers.arrangement import FOLDERS
from keras_gan.data.readers.bad_images import CHOICES
from keras_gan.data.readers.container import Container
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles, select
from keras_gan.data.readers.reader import Images, Reader, Targets
from keras_gan.data.stores.choice import check_in_memory, keep, kept_before
from keras_gan.utils.validation import InputError, check_choice, check_integer, check_seed

_TFDS = "tfds:"  # before the name of a data set that could be a folder's


def load(
    name_or_path: str | os.PathLike[str],
    *,
    image_size: int | tuple[int, int] | None = None,
    fit: str = "crop",
    channels: int | None = None,
    background: str = "black",
    value_range: tuple[float, float] | None = None,
    labels: str | os.PathLike[str] | None = FOLDERS,
    batch_size: int = 64,
    seed: int = 0,
    split: str = "train",
    balanced: bool = False,
    data_dir: str | os.PathLike[str] | None = None,
    on_bad_image: str = "error",
    in_memory: bool | str = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
) -> ImageData:
    """Return images from files or from TensorFlow Datasets (TFDS), ready to train on.

    `"digits"` are the 1,797 digits of 8x8 pixels that come with scikit-learn: no network is needed.
    `"fashion_mnist"` is read from Debian's package `dataset-fashion-mnist` where that is installed, else
    through TFDS. Any other name is one of TFDS, prepared in `data_dir` or downloaded on first use; without a
    network that fails within seconds. A string that contains a separator (unless it is a name and a
    configuration of TFDS, such as `"cmaterdb/bangla"`), or is an existing file or folder, is a path. What is both is
    refused: `"./mnist"` is always a folder, `"tfds:mnist"` a data set.

    **Files.** A path is that of a folder, of a zip or a tar (`.tar`, `.tar.gz`, ...) of one, or of a `.npy` or `.npz`
    with all images, `(n, height, width[, channels])`; an `.npz` may have `labels` or `conditions` beside `images`. A
    flat folder is unlabelled; where the images lie in folders, each of the first level is a class, whatever lies below
    it. Links are followed. Hidden files are left out, and those of other suffixes, with a warning that counts them. Of
    archives nothing is unpacked; a folder around everything is no class.

    PNG, JPEG, TIFF, BMP, GIF, WebP, AVIF, TGA, PNM and `.npy` are read, in the order of their names. All headers are
    read before the first image is decoded, and each is decoded whole. Palettes and CMYK become RGB (grey where all that
    is used of a palette is), of animated images the first frame is taken, the orientation in the EXIF data is applied.

    **Depth.** Images of 8 bits are uint8. Those of 16 bits, of other integers and of floats become float32 in [-1, 1]
    by `value_range`; if any image has more than 8 bits, all become float32.

    **More than memory holds.** What would take more than a quarter of the free memory is prepared once, in parallel,
    and written to a file in `cache_dir`, from which batches are read while others are trained on; a second start takes
    seconds. Where the disk has no room for it, images are decoded whenever they are needed. The batches are the same,
    bit for bit. `keras-gan data` lists and removes what was prepared.

    Bad are: a file that can't be read, is empty, is no image whatever its suffix, or is cut off or damaged; one with
    NaN; one that announces more than 2^26 pixels, which are never decoded; a folder or a device with the name of an
    image; and a link to nothing. Each is named. An archive with `../` in a name, or of more than 200 times its own
    size, is refused.

    Args:
        name_or_path: `"digits"`, `"fashion_mnist"`, another data set of TFDS with one uint8 image and at most
            one integer label an example (`"mnist"`, `"cifar10"`, `"celeb_a"`), or a path.
        image_size: a side of square images or `(height, width)`, in pixels, to which the images are resized (Lanczos,
            antialiased). `None` keeps their size, which then must be the same for all.
        fit: what is done about other proportions: `"crop"` cuts equally from both sides, `"pad"` adds `background` to
            both, `"stretch"` changes them.
        channels: of pictures 1 (grey), 2 (grey and alpha), 3 (red, green, blue) or 4 (and alpha); `None` means 1 if all
            are grey, else 3. Of arrays and other TIFFs what they have, 1 to 64, but that 1 makes 3 and 3 make 1.
        background: what transparent images are laid on where no alpha is kept, and what `"pad"` adds (transparent where
            it is): a colour by name or as `"#rrggbb"`. Where channels are no colours it is the lightness of this.
        value_range: `(low, high)`, the values of files of more than 8 bits that become -1 and 1; what is beyond is cut
            off, with a warning. `None` means 0 and 65535 for unsigned 16 bits, and floats that are in [-1, 1]; other
            integers need it. E.g. `(0, 4095)` for 12 bits in 16.
        labels: `"folders"`: the folders of the first level are classes. The name of a table (`.csv`, `.tsv`, `.jsonl`,
            StyleGAN's `dataset.json`), in the folder or archive or elsewhere, that has a row for each image: a class,
            several tags, or numbers; the last two become `conditions`. `None`: no labels, whatever the folders.
        batch_size: images a batch, 1 or more.
        seed: of the order of the images, 0 to 2^31 - 1.
        split: `"train"`, `"test"` or another split that the data have, or parts: `"train[:80%]"`, `"train[100:200]"`,
            several joined by `+`. Files have `"train"`; which of them are in a part is decided by a hash of their
            names without suffixes, so that each part has images of all classes.
        balanced: whether the training stream gives every class equally often; needs labels.
        data_dir: where TFDS keeps prepared data; by default `TFDS_DATA_DIR`, else `~/tensorflow_datasets`.
        on_bad_image: `"error"`, or `"skip"` to leave bad images out: their number and the first names are warned
            of, all names are in `skipped`, and more than a tenth (or one, of fewer than ten) is an error still.
        in_memory: `"auto"` as above; `True` reads all images into memory, `False` none.
        cache_dir: where they are prepared; by default what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.

    Raises:
        InputError: the name is not known, or is that of a folder too; the data are not images, can't be read, or can't
            be had without a network; a table does not fit its images; or another argument is not as above.

    Example:
    ```python
    from keras_gan.data import load

    data = load("digits", image_size=(16, 12), fit="stretch", batch_size=32, split="train[:90%]")
    print(data)  # <ImageData 'digits': 1617 examples of (16, 12, 1) uint8, 10 classes, batch_size=32, seed=0>
    ```
    """
    if not isinstance(name_or_path, str | os.PathLike) or not os.fspath(name_or_path):
        raise InputError(
            "`name_or_path` must be the name of a data set or the path of a folder. "
            f"Received: name_or_path={name_or_path!r}"
        )
    # Wrong arguments are refused before minutes are spent on reading.
    check_integer("batch_size", batch_size)
    check_seed("seed", seed)
    check_choice("on_bad_image", on_bad_image, CHOICES)
    check_in_memory(in_memory)
    preprocessing = Preprocessing(image_size, fit, channels, background, value_range)
    name = os.fspath(name_or_path).removeprefix(_TFDS)
    if _is_path(name_or_path):
        images = read_path(os.path.expanduser(name), (preprocessing, labels, split, on_bad_image), in_memory, cache_dir)
    else:
        images = keep(_named(name, preprocessing, labels, split, data_dir), in_memory, cache_dir, name)
        images = images if labels is not None else images._replace(targets=Targets())
    return ImageData(
        images.images,
        **images.targets._asdict(),
        batch_size=batch_size,
        seed=seed,
        balanced=balanced,
        name=name,
        depth=images.depth,
        skipped=images.skipped,
    )


def read_path(
    path: str,
    asked: tuple[Preprocessing, str | os.PathLike[str] | None, str, str],
    in_memory: bool | str,
    cache_dir: str | os.PathLike[str] | None,
) -> Images:
    """Return the images of a folder, an archive or a file of arrays.

    Args:
        path: of it.
        asked: what `ImageFiles` takes beside the files: preprocessing, labels, split and `on_bad_image`.
        in_memory: see `load`.
        cache_dir: see `load`.

    Raises:
        InputError: there is no such thing, or it can't be read.
    """
    preprocessing, labels, split, _ = asked
    name = os.path.abspath(path)
    if os.path.isfile(path) and path.lower().endswith(array_rows.SUFFIXES):
        if labels not in (FOLDERS, None):
            raise InputError(f"`labels` must be in the .npz itself for a file of arrays. Received: labels={labels!r}")
        rows = array_rows.ArrayRows(path, preprocessing, split, labelled=labels is not None)
        return keep(rows, in_memory, cache_dir, name)
    files = open_files(path)
    if files is None:
        raise InputError(
            "`path` must be a folder of images that exists, a zip or a tar of one, or a .npy or .npz file. "
            f"Received: path={path!r}"
        )
    selection = select(files, *asked)
    found = kept_before(selection.identity, selection.targets, in_memory, cache_dir)
    return found or keep(ImageFiles(files, *asked, selection=selection), in_memory, cache_dir, name)


def open_files(path: str) -> Container | None:
    """Return a folder or an archive; `None` if `path` is neither."""
    if os.path.isdir(path):
        return Folder(path)
    return open_archive(path) if os.path.isfile(path) else None


def _named(
    name: str,
    preprocessing: Preprocessing,
    labels: str | os.PathLike[str] | None,
    split: str,
    data_dir: str | os.PathLike[str] | None,
) -> Reader:
    """Return a reader of a data set by its name; all of them have 8 bits, and labels of their own."""
    if labels not in (FOLDERS, None) or preprocessing.value_range is not None:
        given = {"labels": labels, "value_range": preprocessing.value_range}
        raise InputError(f"`labels` and `value_range` are for files, not for {name!r}. Received: {given}")
    if name == "fashion_mnist" and fashion_mnist.DIRECTORY.is_dir():
        return fashion_mnist.FashionMnist(split, preprocessing, fashion_mnist.DIRECTORY)
    # Imported here: TFDS takes its time, and who trains on arrays or files doesn't need it.
    from keras_gan.data.readers.tfds import TfdsExamples

    return TfdsExamples(name, split, preprocessing, data_dir)


def _is_path(name: str | os.PathLike[str]) -> bool:
    if not isinstance(name, str) or name.startswith(("/", ".", "~")):
        return True
    if name.startswith(_TFDS):
        return False
    separated, exists = "/" in name or os.sep in name, os.path.exists(name)
    if not separated and not exists:
        return False
    from keras_gan.data.readers.tfds import known_names

    known = name.rstrip("/").split("/")[0] in known_names()  # with a configuration, as in `cmaterdb/bangla`
    if known and exists and not name.endswith("/"):
        raise InputError(
            f"`name_or_path` must say which of two is meant: {'./' + name!r} is the folder that lies here, "
            f"{_TFDS + name!r} the data set. Received: name_or_path={name!r}"
        )
    return exists or not known
