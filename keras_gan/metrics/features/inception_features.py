"""Features of the Inception network of 2015."""

import os
import shutil
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import keras

from keras_gan.metrics.features.inception_network import SIZE, inception_network
from keras_gan.metrics.features.published_features import PublishedFeatures
from keras_gan.metrics.features.resize import METHODS, resize
from keras_gan.types import Config, Tensor
from keras_gan.utils.files import atomic_write, cache_directory, sha256
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_choice

URL = "https://github.com/toshas/torch-fidelity/releases/download/v0.2.0/weights-inception-2015-12-05-6726825d.pth"
SHA256 = "6726825d0af5f729cebd5821db510b11b1cfad8faad88a03f1befd49fb9129b2"
_TIMEOUT = 10.0  # seconds without an answer


@register
class InceptionFeatures(PublishedFeatures):
    """The network of the published FIDs, KIDs and Inception scores: its 2048 pooled features, its 1008 logits.

    The network that was released on 2015-12-05, whose pooling differs from `keras.applications.InceptionV3`, with the
    weights that torch-fidelity converted from it. Images of any size are resized to 299x299; grey ones become red,
    green and blue. The logits leave out the last bias, as the published score does.

    Szegedy et al. 2016, arXiv:1512.00567; Heusel et al. 2017, arXiv:1706.08500.

    Args:
        weights: a file with the weights: torch-fidelity's `weights-inception-2015-12-05-6726825d.pth`, which is read
            without PyTorch and without unpickling, or a `.npz` with the same names, made by
            `numpy.savez(file, **{name: tensor.numpy() for name, tensor in torch.load(pth).items()})`. `None` takes the
            former from the cache, or downloads it there once, 96 MB, and checks its SHA-256.
        resize: `"clean"`: bicubic and antialiased, as Pillow's (Parmar et al. 2022, arXiv:2104.11222); `"legacy"`: the
            bilinear one of TensorFlow 1, which most published numbers have.
        cache_dir: where the download is kept; by default what `KERAS_GAN_CACHE` says, else `~/.cache/keras_gan`.
        batch_size: the most images that are passed at once.
        name: what results call it.

    Raises:
        InputError: at the first use: the weights can't be read, or neither be found nor downloaded.

    Example:
    ```python
    extractor = keras_gan.metrics.InceptionFeatures(resize="legacy")
    metric = keras_gan.metrics.get("fd50k_full", extractor)
    ```
    """

    def __init__(
        self,
        weights: str | os.PathLike[str] | None = None,
        *,
        resize: str = "clean",
        cache_dir: str | os.PathLike[str] | None = None,
        batch_size: int = 64,
        name: str | None = None,
    ) -> None:
        check_choice("resize", resize, METHODS)
        super().__init__(weights, batch_size=batch_size, name=name or f"inception_2015_{resize}")
        self.resize = resize
        self.cache_dir = None if cache_dir is None else os.fspath(cache_dir)

    @staticmethod
    def build() -> keras.Model:
        """Return the network, before it has its weights."""
        return inception_network()

    @property
    def identity(self) -> tuple[str, ...]:
        """The network, and the way of resizing."""
        return "inception-2015", self.resize

    def find(self) -> Path:
        """Return the file of the cache, downloaded if it is not there."""
        return _downloaded(cache_directory(self.cache_dir))

    def forward(self, samples: Tensor) -> Mapping[str, Tensor]:
        """Return `features`, `(n, 2048)`, and `logits`, `(n, 1008)`, of images."""
        images = resize(self.coloured(samples), SIZE, self.resize)
        return self.network((images - 128.0) / 128.0, training=False)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "resize": self.resize, "cache_dir": self.cache_dir}


def _downloaded(directory: Path) -> Path:
    """Return the file of the weights in a directory, downloaded if it is not there."""
    target = directory / Path(URL).name
    if target.is_file() and sha256(target) == SHA256:
        return target
    advice = (
        f"`weights` must be a file where there is no network: download {URL} elsewhere, and hand over its path or put "
        f"it into {str(directory)!r}. Received: weights=None"
    )
    try:
        with atomic_write(target) as temporary:
            with urllib.request.urlopen(URL, timeout=_TIMEOUT) as response, temporary.open("wb") as file:
                shutil.copyfileobj(response, file)
            found = sha256(temporary)
            if found != SHA256:
                raise InputError(f"{advice}; what came from there has the SHA-256 {found} instead of {SHA256}")
    except OSError as error:  # of which all of urllib's are
        raise InputError(f"{advice} ({error})") from error
    return target
