"""The self-supervision of FastGAN's discriminator."""

import contextlib
from collections.abc import Sequence
from typing import Protocol

import keras
import tensorflow as tf

from keras_gan.critic import held
from keras_gan.random import RandomStream
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight, head
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError


class _Decoder(Protocol):
    """What is asked of a layer that holds a decoder: `layers.AuxiliaryDecoder`."""

    name: str
    crop: bool

    def decode(self, maps: Tensor, training: bool = False) -> Tensor:
        """Return the images that are made of maps."""
        ...


@register
class AutoEncoding(Term):
    """The discriminator's maps hold what reals look like, not only what gives fakes away: small decoders show it.

    Each `layers.AuxiliaryDecoder` of the discriminator makes images of the maps at its head, of the reals alone, and
    they are compared with what the discriminator saw of them, after augmentation, averaged to the decoder's size. One
    with `crop` is given a quarter of the maps, at a place that is drawn for each sample, and compared with that part.
    A discriminator that adds a border to images has them as a head `"bordered_images"`, which is then what is compared.
    With few images it keeps the discriminator from learning them by heart.

    With a `network` the two are compared in its outputs, as the paper does by LPIPS: the mean absolute difference of
    each output, added up. Without one the pixels themselves are, by the mean absolute difference (L1), which asks for
    the average of what could be there: that is a substitute of ours, for lack of a network that knows the data.

    Liu et al. 2021, arXiv:2101.04775, section 3.2, equation 4.

    Args:
        network: a functional Keras model from images in [-1, 1] of any side to features or maps, or to several of them:
            the extractor. It is not trained, and is saved with the game.
        weight: a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        name: its name in the logs.

    Raises:
        InputError: `network` is no such model; in training, the discriminator has no such decoders, or one makes images
            of other channels, or of sides that do not divide those of the images.

    Example:
    ```python
    networks = keras_gan.models.fastgan((8, 8, 1), latent_dim=4, width=1)
    gan = keras_gan.GAN(*networks)
    gan.compile("adam", "adam", loss="random_margin_hinge", terms=[keras_gan.terms.AutoEncoding(weight=1.0)])
    ```
    """

    runs = ("discriminator",)

    def __init__(
        self,
        network: keras.Model | None = None,
        weight: Weight = 1.0,
        interval: int = 1,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        if network is not None and (not isinstance(network, keras.Model) or len(network.inputs or ()) != 1):
            raise InputError(f"`network` must be a functional Keras model of images. Received: network={network!r}")
        self.network = network

    def discriminator_term(self, round: Round) -> Tensor:
        """Return the distance of the reals from what all decoders make of them, float32 `(batch,)`."""
        decoders = _decoders(round.critic.discriminator)
        # Like a pass: singular vectors move once an update, however many parts its batch has.
        with contextlib.nullcontext() if round.critic.moves else held(round.critic.discriminator):
            return tf.add_n([self._distance(decoder, round) for decoder in decoders])

    def _distance(self, decoder: _Decoder, round: Round) -> Tensor:
        """Return how far the reals are from what one decoder makes of them."""
        maps = head(round.real, decoder.name, type(self).__name__)
        images = tf.stop_gradient(round.real.outputs.get("bordered_images", round.real.seen))
        if decoder.crop:
            maps, images = _quarters(maps, images, round.random, f"{self.name}/{decoder.name}")
        made = tf.cast(decoder.decode(maps, training=True), tf.float32)
        wanted = _averaged(images, made, decoder.name)
        pairs = zip(self._features(made), self._features(wanted), strict=True)
        return tf.add_n([tf.reduce_mean(tf.abs(a - b), axis=tuple(range(1, a.shape.rank))) for a, b in pairs])

    def _features(self, images: Tensor) -> Sequence[Tensor]:
        if self.network is None:
            return [images]
        return [tf.cast(x, tf.float32) for x in tf.nest.flatten(self.network(images, training=False))]

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        network = None if self.network is None else keras.saving.serialize_keras_object(self.network)
        return {**super().get_config(), "network": network}

    @classmethod
    def from_config(cls, config: Config) -> "AutoEncoding":
        """Return the term that `get_config` described; the weights of the network come with the game's state."""
        network = config["network"]
        if isinstance(network, dict):
            network = keras.saving.deserialize_keras_object(network)
        return cls(**{**config, "network": network})


def _decoders(discriminator: keras.Model) -> list[_Decoder]:
    found = [layer for layer in discriminator.layers if hasattr(layer, "decode")]
    if not found:
        raise InputError(
            "`AutoEncoding` needs a discriminator with `layers.AuxiliaryDecoder`, as `models.fastgan` makes. "
            f"Received: layers {[layer.name for layer in discriminator.layers][:20]}"
        )
    return found


def _quarters(maps: Tensor, images: Tensor, random: RandomStream, purpose: str) -> tuple[Tensor, Tensor]:
    """Return a quarter of the maps of each sample, of half the sides, and the same part of its image."""
    drawn = random.uniform(purpose, (tf.shape(maps)[0], 2))
    for axis in (1, 2):
        side, scale = maps.shape[axis], images.shape[axis] // maps.shape[axis]
        half = side // 2
        first = tf.cast(drawn[:, axis - 1] * (side - half + 1), tf.int32)  # (batch,); the numbers are below 1
        maps = _part(maps, first, half, axis)
        images = _part(images, first * scale, half * scale, axis)
    return maps, images


def _part(x: Tensor, first: Tensor, length: int, axis: int) -> Tensor:
    """Return `length` rows or columns of each sample, from its `first` on."""
    return tf.gather(x, first[:, None] + tf.range(length), axis=axis, batch_dims=1)


def _averaged(images: Tensor, made: Tensor, decoder: str) -> Tensor:
    """Return images at the size of those that a decoder made: the means of its pixels' places."""
    (height, width, channels), (rows, columns, colours) = images.shape[1:], made.shape[1:]
    if channels != colours or height % rows or width % columns:
        raise InputError(
            f"The decoder {decoder!r} must make images whose sides divide {height}x{width}, with {channels} channels. "
            f"Received: shape {tuple(made.shape)}"
        )
    window = (height // rows, width // columns)
    return images if window == (1, 1) else tf.nn.avg_pool2d(images, window, window, "VALID")
