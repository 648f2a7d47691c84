"""Reading images from TensorFlow Datasets (TFDS): by name, without surprises where there is no network."""

import contextlib
import functools
import hashlib
import io
import os
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds
from absl import logging

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers import digits  # noqa: F401 (importing it registers the builder)
from keras_gan.data.readers.connectivity import has_network
from keras_gan.data.readers.reader import VERSION, Reader, Targets
from keras_gan.data.readers.splits import parse_split
from keras_gan.utils.depth import Depth
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import InputError

# Not `community:name`: to look such a name up TFDS goes to the network.
_NAME = re.compile(r"\w+(/[\w.-]+)?(:\d+\.\d+\.\d+)?")
_CHUNK = 128


class TfdsExamples(Reader):
    """The examples of a data set of TFDS, which is downloaded and prepared first if it must be.

    Args:
        name: of the data set; see `keras_gan.data.load`.
        split: such as `"train"` or `"test[:10%]"`.
        preprocessing: size and channels.
        data_dir: where TFDS keeps prepared data; `None` for its own rule.

    Raises:
        InputError: the name is not known; the data are not images, can't be read, or can't be had without a network;
            or their sizes differ and none is asked for.
    """

    def __init__(
        self,
        name: str,
        split: str = "train",
        preprocessing: Preprocessing = Preprocessing(),  # noqa: B008 (it can't be changed)
        data_dir: str | os.PathLike[str] | None = None,
    ) -> None:
        with _quiet():
            builder = _open(name, data_dir)
            self._image, self._label = _find_keys(builder.info.features, builder.info.supervised_keys, name)
            if not builder.is_prepared():
                builder = _prepare(builder, name, data_dir)
        self._builder, self._preprocessing = builder, preprocessing
        self._parts = parse_split(split, {key: info.num_examples for key, info in builder.info.splits.items()})
        self.dtype, self.depth, self.skipped = np.dtype(np.uint8), Depth(), ()
        height, width, channels = builder.info.features[self._image].shape
        height, width = preprocessing.size or (height, width)
        if None in (height, width, channels):
            height, width, channels = self._prepared(self._one(0)).shape  # as all others must be
        self.shape = (height, width, preprocessing.channels_of(channels))

    def __len__(self) -> int:
        return sum(part.stop - part.start for part in self._parts)

    @functools.cached_property
    def identity(self) -> str:
        """A digest of name and version, of the files' sizes and times, and of the options."""
        info = self._builder.info
        told: list[object] = [VERSION, info.full_name, self._image, self._label, self._preprocessing, self._parts]
        for file in sorted({os.fspath(file) for part in self._parts for file in info.splits[part.name].filepaths}):
            status = tf.io.gfile.stat(file)
            told.append((os.path.basename(file), status.length, status.mtime_nsec))
        return hashlib.sha256(repr(told).encode()).hexdigest()

    @functools.cached_property
    def targets(self) -> Targets:  # type: ignore[override]
        """The labels of all rows; images are not decoded for them."""
        if self._label is None:
            return Targets()
        return self._targets([batch[self._label] for batch in self._batches([self._label], _CHUNK)])

    def read(self, index: int) -> np.ndarray:
        """Return one image, uint8 `(height, width, channels)`: what comes before it in its file is passed over."""
        return self._like_others(self._prepared(self._one(index)))

    def rows(self) -> Iterator[tuple[int, np.ndarray]]:
        """Yield index and image of all, in order."""
        label = [] if self._label is None else [self._label]
        # Batches are read ten times as fast as single images; images of different sizes make none.
        size = _CHUNK if None not in self._builder.info.features[self._image].shape else 1
        labels, index = [], 0
        for batch in self._batches([self._image, *label], size):
            labels += [batch[key] for key in label]
            for image in batch[self._image]:
                yield index, self._like_others(self._prepared(image))
                index += 1
        if label:
            self.targets = self._targets(labels)  # on the way: nobody has to read them by themselves

    def _batches(self, keys: Sequence[str], size: int) -> Iterator[Mapping[str, np.ndarray]]:
        split = "+".join(f"{part.name}[{part.start}:{part.stop}]" for part in self._parts)
        with _quiet():
            dataset = self._dataset(split, keys)
        yield from tfds.as_numpy(dataset.batch(size))

    def _dataset(self, split: str, keys: Sequence[str]) -> tf.data.Dataset:
        return self._builder.as_dataset(
            split=split,
            decoders=tfds.decode.PartialDecoding(dict.fromkeys(keys, True)),
            # File after file: the order of several at once depends on how they are cut.
            read_config=tfds.ReadConfig(try_autocache=False, interleave_cycle_length=1),
        )

    def _one(self, index: int) -> np.ndarray:
        for part in self._parts:
            if index < part.stop - part.start:
                break
            index -= part.stop - part.start
        first = part.start + index
        (example,) = tfds.as_numpy(self._dataset(f"{part.name}[{first}:{first + 1}]", [self._image]))
        return np.asarray(example[self._image])

    def _prepared(self, image: np.ndarray) -> np.ndarray:
        return self._preprocessing.array(image, colours=True)

    def _like_others(self, row: np.ndarray) -> np.ndarray:
        if row.shape != self.shape:
            raise InputError(
                "`image_size` must be given unless all images have the same size. "
                f"Received: image_size=None and images of {self.shape} and {row.shape}"
            )
        return row

    def _targets(self, labels: Sequence[np.ndarray]) -> Targets:
        feature = self._builder.info.features[self._label]
        names = list(feature.names) if isinstance(feature, tfds.features.ClassLabel) else None
        return Targets(np.concatenate(labels).astype(np.int32), names)


def known_names() -> list[str]:
    """Return the names that TFDS knows without the network, `digits` among them."""
    return sorted(tfds.list_builders(with_community_datasets=False))


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep progress bars and log lines of TFDS off the terminal, and leave its settings as they were."""
    bars = tfds.core.utils.tqdm_utils
    # There are functions to set it and none to read it.
    active, verbosity = getattr(bars, "_active", True), logging.get_verbosity()
    tfds.disable_progress_bar()
    logging.set_verbosity(logging.ERROR)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            yield
    finally:
        logging.set_verbosity(verbosity)
        if active:
            tfds.enable_progress_bar()


def _open(name: str, data_dir: str | os.PathLike[str] | None) -> tfds.core.DatasetBuilder:
    """Return the builder of a name; nothing is downloaded."""
    directory = None if data_dir is None else os.path.expanduser(os.fspath(data_dir))
    if _NAME.fullmatch(name):
        try:
            return tfds.builder(name, data_dir=directory, try_gcs=False)
        except tfds.core.DatasetNotFoundError:
            pass  # told below
        except Exception as error:
            # A version, a configuration or a library that isn't there: each builder has errors of its own.
            raise InputError(
                f"`name_or_path` must be a data set that TFDS can open. Received: name_or_path={name!r} ({error})"
            ) from error
    names = known_names()
    raise InputError(
        f"`name_or_path` must be a folder that exists, 'digits', 'fashion_mnist' or another of the "
        f"{len(names)} names that TFDS knows.{nearest(name, names)} Received: name_or_path={name!r}"
    )


def _find_keys(
    features: tfds.features.FeatureConnector, supervised: Sequence[object] | None, name: str
) -> tuple[str, str | None]:
    """Return the keys of images and labels, or raise if the data aren't images with at most one label."""
    found = dict(features) if isinstance(features, tfds.features.FeaturesDict) else {}
    images = [key for key, value in found.items() if type(value) is tfds.features.Image]
    labels = [key for key, value in found.items() if isinstance(value, tfds.features.ClassLabel)]
    image, label = supervised if supervised and len(supervised) == 2 else (None, None)
    if image in images:
        images = [image]
    if isinstance(label, str) and label in found and _is_integer(found[label]):
        labels = [label]
    if len(images) != 1 or len(labels) > 1 or found[images[0]].np_dtype != np.uint8:
        kinds = {key: type(value).__name__ for key, value in found.items()} or type(features).__name__
        raise InputError(
            "`name_or_path` must be a data set with one uint8 image and at most one label an example. "
            f"Received: name_or_path={name!r}, with the features {kinds}"
        )
    return images[0], labels[0] if labels else None


def _is_integer(feature: tfds.features.FeatureConnector) -> bool:
    return feature.shape == () and np.issubdtype(feature.np_dtype, np.integer)


def _prepare(
    builder: tfds.core.DatasetBuilder, name: str, data_dir: str | os.PathLike[str] | None
) -> tfds.core.DatasetBuilder:
    """Download and prepare a data set; return a builder that knows what was prepared."""
    _check_writable(builder)
    # A builder of somebody else's (or our digits) may need no network, and nothing tells.
    if type(builder).__module__.startswith("tensorflow_datasets."):
        if not has_network(_origin(builder)):
            raise InputError(_offline(builder, name))
        print(f"Downloading {name} to {builder.data_dir}: this is done once.", file=sys.stderr)
    config = tfds.download.DownloadConfig(try_download_gcs=False)
    try:
        builder.download_and_prepare(download_config=config)
    except Exception as error:
        # Of two processes that prepare the same data, one finds the directory there in the end.
        if not builder.is_prepared():
            raise InputError(
                "`name_or_path` must be a data set that TFDS can prepare. Received: "
                f"name_or_path={name!r}, which failed in {builder.data_dir}: {type(error).__name__}: {error}"
            ) from error
    return _open(name, data_dir)


def _check_writable(builder: tfds.core.DatasetBuilder) -> None:
    directory = str(builder.data_dir)
    existing = next((path for path in Path(directory).parents if path.exists()), Path())
    if "://" not in directory and not (existing.is_dir() and os.access(existing, os.W_OK | os.X_OK)):
        raise InputError(
            "`data_dir` must be a directory that can be written, to prepare the data in: pass `data_dir`, "
            "or set the environment variable TFDS_DATA_DIR. "
            f"Received: data_dir={directory!r}, where {str(existing)!r} can't be written"
        )


def _origin(builder: tfds.core.DatasetBuilder) -> str:
    """Return the address of the server that the data come from."""
    hosts = [urlsplit(url).netloc for url in builder.url_infos or () if url.startswith("https:")]
    return f"https://{hosts[0] if hosts else 'storage.googleapis.com'}/"


def _offline(builder: tfds.core.DatasetBuilder, name: str) -> str:
    if builder.name == "fashion_mnist":
        advice = "Install it with `apt-get install dataset-fashion-mnist`"
    else:
        parents = Path(str(builder.data_dir)).parents
        directory = next(path for path in parents if path.name == builder.name)
        advice = (
            f"Prepare it with `tfds build {builder.name}` on a machine with a network and copy "
            f"~/tensorflow_datasets/{builder.name} from there to {directory}"
        )
    return (
        f"`name_or_path` must be prepared in {builder.data_dir} or downloaded, and there is no network. "
        f"{advice}, or hand over a folder of images. Received: name_or_path={name!r}"
    )
