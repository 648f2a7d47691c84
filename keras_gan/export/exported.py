"""What leaves the package: the functions that a file has, and what its first one has to give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from keras_gan.conditions import Condition
from keras_gan.types import Shape, Tensor
from keras_gan.utils.networks import walk
from keras_gan.utils.uint8 import normalize, to_uint8
from keras_gan.utils.validation import check_integer

_TRIED = 4  # samples
_SIDE = 64  # pixels of an image, where the network takes any
_UNITS = {"bfloat16": 2.0**-7, "float16": 2.0**-10}  # between 1 and the next number
_STEPS = 8  # of these; what is computed layer by layer is rounded between them, a graph joins some of them


@dataclass(frozen=True)
class Endpoint:
    """A function of a file.

    Attributes:
        name: of its signature.
        function: from tensors to a dictionary of tensors, in the graph.
        inputs: what it takes, with their names.
    """

    name: str
    function: Callable[..., dict[str, Tensor]]
    inputs: Sequence[tf.TensorSpec]


@dataclass(frozen=True)
class Exported:
    """A network that leaves the package.

    Attributes:
        network: with all that has to be saved.
        main: the function that every format has, of one output.
        given: what it is tried with, by the names of its inputs.
        output: what the main function gives, with its name; values are in [-1, 1] where they are of images.
        wanted: what has to come out, float32.
        about: what the numbers are, in words.
        more: functions that need TensorFlow's random bits or its types.
    """

    network: keras.Model
    main: Endpoint
    given: dict[str, np.ndarray]
    output: tf.TensorSpec
    wanted: np.ndarray
    about: str
    more: Sequence[Endpoint] = field(default=())

    @property
    def rounding(self) -> float:
        """How far two right computations may lie apart along a row or a column (root of the mean square), in [-1, 1].

        Of layers in half precision; 0 without any. Single pixels of large images lie further apart.
        """
        return _STEPS * max(_UNITS.get(layer.compute_dtype, 0.0) for layer in (self.network, *walk(self.network)))


class _Signature(Protocol):
    latent_dim: int
    condition: Condition | None
    is_image: bool


class _Sampler(Protocol):
    def draw(self, seed: Tensor, first: Tensor, rows: Tensor, labels: Tensor | None) -> Tensor: ...

    def latents(self, seeds: Sequence[int]) -> np.ndarray: ...

    def of_latents(
        self, latents: ArrayLike, n: int | None, labels: ArrayLike | None, batch_size: int
    ) -> np.ndarray: ...


class Exportable(Protocol):
    """What an export has to know of a `keras_gan.GAN`.

    Attributes:
        signature: what the generator takes and makes.
        prior: what draws its latents, by its class.
        sampler: draws its samples in the graph.
        sampling_generator: the network with all that has to be saved.
    """

    signature: _Signature
    prior: object
    sampler: _Sampler
    sampling_generator: keras.Model

    def __call__(self, inputs: Tensor | list[Tensor]) -> Tensor:
        """Return the samples of latents, or of latents and labels."""


def of_samples(gan: Exportable, batch_size: int | None = None) -> Exported:
    """Return the sampling generator of a GAN, as it leaves.

    Its main function takes `latents`, float32 `(batch, latent_dim)`, and `labels` where the generator takes them: int32
    `(batch,)`, or float32 `(batch, condition_dim)`. It gives `images`: float32 in [-1, 1]. It is tried with the latents
    of the first seeds, of which `gan.sample(seed=[0, 1, ...])` has to come out.

    Where there is TensorFlow, `sample(n, seed[, labels])` gives `images`, the same as `gan.sample(n, labels, seed)`,
    and for networks that make images also `images_uint8`, 0..255. `n` and `seed` are int32 scalars.

    Args:
        gan: a `keras_gan.GAN`.
        batch_size: samples of each call of the main function; `None` for any number.

    Raises:
        InputError: `batch_size` is no integer from 1 on.
    """
    signature, rows = gan.signature, _rows(batch_size)
    told = [] if signature.condition is None else [signature.condition.spec]
    fixed = [tf.TensorSpec((batch_size, *spec.shape[1:]), spec.dtype, spec.name) for spec in told]

    def serve(latents: Tensor, *labels: Tensor) -> dict[str, Tensor]:
        images = gan([latents, *labels] if labels else latents)
        return {"images": tf.cast(images, tf.float32)}

    def sample(n: Tensor, seed: Tensor, *labels: Tensor) -> dict[str, Tensor]:
        zero = tf.constant(0, tf.int64)
        images = gan.sampler.draw(tf.cast(seed, tf.int64), zero, n, labels[0] if labels else None)
        return {"images": images, "images_uint8": to_uint8(images)} if signature.is_image else {"images": images}

    latents = gan.sampler.latents(range(rows))
    labels = None if signature.condition is None else np.asarray(signature.condition.in_turn(0, rows))
    network = gan.sampling_generator  # with the batch statistics of the weights that it has now
    scalars = [tf.TensorSpec((), tf.int32, name="n"), tf.TensorSpec((), tf.int32, name="seed")]
    wanted = gan.sampler.of_latents(latents, None, labels, rows)
    return Exported(
        network,
        Endpoint("serve", serve, [tf.TensorSpec((batch_size, signature.latent_dim), tf.float32, "latents"), *fixed]),
        {"latents": latents} | ({} if labels is None else {"labels": labels}),
        tf.TensorSpec((batch_size, *wanted.shape[1:]), tf.float32, "images"),
        wanted,
        f"latents are {type(gan.prior).__name__.lower()}" + (", images in [-1, 1]" if signature.is_image else ""),
        [Endpoint("sample", sample, [*scalars, *told])],
    )


def of_translation(network: keras.Model, shape: Shape, batch_size: int | None = None) -> Exported:
    """Return a network that makes images of images, as it leaves.

    Its main function takes `images`, float32 `(batch, height, width, channels)` in [-1, 1], and gives `translated`,
    likewise; of any side where the network takes any. Where there is TensorFlow, `translate_uint8` takes and gives
    uint8.

    Args:
        network: from images to images.
        shape: of what it takes, `(height, width, channels)`; `None` for a side that may be any.
        batch_size: images of each call; `None` for any number.

    Raises:
        InputError: `batch_size` is no integer from 1 on.
    """

    def serve(images: Tensor) -> dict[str, Tensor]:
        return {"translated": tf.cast(network(images, training=False), tf.float32)}

    def translate(images: Tensor) -> dict[str, Tensor]:
        return {"translated": to_uint8(network(normalize(images), training=False))}

    sides = [side or _SIDE for side in shape[:2]]
    images = (
        np.random.default_rng(0).uniform(-1.0, 1.0, (_rows(batch_size), *sides, int(shape[2] or 1))).astype(np.float32)
    )
    taken = (batch_size, *shape)
    return Exported(
        network,
        Endpoint("serve", serve, [tf.TensorSpec(taken, tf.float32, "images")]),
        {"images": images},
        tf.TensorSpec((batch_size, *network.output.shape[1:]), tf.float32, "translated"),
        serve(tf.constant(images))["translated"].numpy(),
        "images are in [-1, 1]",
        [Endpoint("translate_uint8", translate, [tf.TensorSpec((None, *shape), tf.uint8, "images")])],
    )


def _rows(batch_size: int | None) -> int:
    return _TRIED if batch_size is None else check_integer("batch_size", batch_size, bound=2**16)
