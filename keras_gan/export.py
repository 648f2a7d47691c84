"""A trained generator and its prior as a file for programs that do not know keras_gan."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import keras
import tensorflow as tf

from keras_gan.conditions import Condition
from keras_gan.types import Shape, Tensor
from keras_gan.utils.files import atomic_directory
from keras_gan.utils.pixel_range import normalize, to_uint8
from keras_gan.utils.validation import InputError, check_choice

_FORMATS = {"tf_saved_model"}


class _Signature(Protocol):
    latent_dim: int
    condition: Condition | None
    is_image: bool


class _Sampler(Protocol):
    def draw(self, seed: Tensor, first: Tensor, rows: Tensor, labels: Tensor | None) -> Tensor: ...


class Exportable(Protocol):
    """What an export has to know of a `keras_gan.GAN`.

    Attributes:
        signature: what the generator takes and makes.
        sampler: draws its samples in the graph.
        sampling_generator: the network with all that has to be saved.
    """

    signature: _Signature
    sampler: _Sampler
    sampling_generator: keras.Model

    def __call__(self, inputs: Tensor | list[Tensor]) -> Tensor:
        """Return the samples of latents, or of latents and labels."""


def export(gan: Exportable, filepath: str | os.PathLike[str], format: str = "tf_saved_model") -> None:
    """Write the sampling generator of `gan` as a TensorFlow SavedModel, complete or not at all.

    Signatures:

    - `serving_default(latents[, labels])` gives `images`: float32 in [-1, 1]. It is the one that TensorFlow Lite takes:
      `tf.lite.TFLiteConverter.from_saved_model(path).convert()`.
    - `sample(n, seed[, labels])` gives `images`, the same as `gan.sample(n, labels, seed)`, and for networks that make
      images also `images_uint8`, 0..255. `n` and `seed` are int32 scalars, `labels` int32 `(n,)`, or float32 vectors
      `(n, condition_dim)`. It draws random
      numbers by operations that TensorFlow Lite does not have.

    Args:
        gan: a `keras_gan.GAN`.
        filepath: the directory to write: new, empty, or a SavedModel to replace.
        format: `"tf_saved_model"`.

    Raises:
        InputError: an unknown format, or something else is at `filepath`.

    Example:
    ```python
    gan.export("saved_model")
    sample = tf.saved_model.load("saved_model").signatures["sample"]
    images = sample(n=tf.constant(16), seed=tf.constant(0))["images_uint8"]
    ```
    """
    check_choice("format", format, _FORMATS)
    _check_replaceable(Path(filepath))
    signature = gan.signature
    labels = [] if signature.condition is None else [signature.condition.spec]

    def serve(latents: Tensor, *labels: Tensor) -> dict[str, Tensor]:
        images = gan([latents, *labels] if labels else latents)
        return {"images": tf.cast(images, tf.float32)}

    def sample(n: Tensor, seed: Tensor, *labels: Tensor) -> dict[str, Tensor]:
        zero = tf.constant(0, tf.int64)
        images = gan.sampler.draw(tf.cast(seed, tf.int64), zero, n, labels[0] if labels else None)
        return {"images": images, "images_uint8": to_uint8(images)} if signature.is_image else {"images": images}

    archive = keras.export.ExportArchive()
    archive.track(gan.sampling_generator)
    latents = tf.TensorSpec((None, signature.latent_dim), tf.float32, name="latents")
    # Keras's own name, which is `serving_default` among the signatures too. Where the TensorFlow Lite converter finds
    # it, it takes that one alone unless told otherwise: it can't convert the random numbers of `sample`.
    archive.add_endpoint("serve", serve, input_signature=[latents, *labels])
    scalars = [tf.TensorSpec((), tf.int32, name="n"), tf.TensorSpec((), tf.int32, name="seed")]
    archive.add_endpoint("sample", sample, input_signature=[*scalars, *labels])
    with atomic_directory(filepath) as temporary:
        archive.write_out(str(temporary), verbose=False)


def export_translation(
    network: keras.Model, shape: Shape, filepath: str | os.PathLike[str], format: str = "tf_saved_model"
) -> None:
    """Write a network that makes images of images as a TensorFlow SavedModel, complete or not at all.

    Signatures, which take images of any side where the network does:

    - `serving_default(images)`, float32 `(batch, height, width, channels)` in [-1, 1], gives `translated`, likewise;
    - `translate_uint8(images)`, uint8, gives `translated`, uint8.

    Args:
        network: from images to images.
        shape: of what it takes, `(height, width, channels)`; `None` for a side that may be any.
        filepath: the directory to write: new, empty, or a SavedModel to replace.
        format: `"tf_saved_model"`.

    Raises:
        InputError: an unknown format, or something else is at `filepath`.

    Example:
    ```python
    game.export("saved_model")
    translate = tf.saved_model.load("saved_model").signatures["translate_uint8"]
    colours = translate(images=tf.zeros((1, 300, 200, 1), tf.uint8))["translated"]
    ```
    """
    check_choice("format", format, _FORMATS)
    _check_replaceable(Path(filepath))

    def serve(images: Tensor) -> dict[str, Tensor]:
        return {"translated": tf.cast(network(images, training=False), tf.float32)}

    def translate(images: Tensor) -> dict[str, Tensor]:
        return {"translated": to_uint8(network(normalize(images), training=False))}

    archive = keras.export.ExportArchive()
    archive.track(network)
    for name, function, dtype in (("serve", serve, tf.float32), ("translate_uint8", translate, tf.uint8)):
        archive.add_endpoint(name, function, input_signature=[tf.TensorSpec((None, *shape), dtype, name="images")])
    with atomic_directory(filepath) as temporary:
        archive.write_out(str(temporary), verbose=False)


def refuse_options(input_signature: object, others: Mapping[str, object]) -> None:
    """Raise for the options of Keras's `export` that have no meaning here."""
    if others or input_signature is not None:
        given = sorted(others) or ["input_signature"]
        raise InputError(f"`export` takes `filepath`, `format` and `verbose`. Received: {given}")


def _check_replaceable(path: Path) -> None:
    if path.is_dir() and (not any(path.iterdir()) or (path / "saved_model.pb").is_file()):
        return
    if path.exists():
        raise InputError(f"`filepath` must be new, empty or a SavedModel to replace. Received: {path}")
