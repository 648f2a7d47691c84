"""A decoder beside a discriminator's maps, which is run where a term asks for it."""

from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import WrapperOptions
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_bool


@register
class AuxiliaryDecoder(keras.layers.Wrapper):
    """Gives maps on as they are, and holds a network that makes images of them.

    It stands at a head of the discriminator of the same name. `terms.AutoEncoding` asks it to `decode` what the
    discriminator saw of the reals. Its weights are the discriminator's, are trained with them and saved with them; all
    passes that ask for no images, those of fakes and of the generator's turn, do without its work, which is several
    times that of the discriminator.

    Liu et al. 2021, arXiv:2101.04775, section 3.2.

    Args:
        layer: the decoder, a Keras model from maps `(batch, h, w, c)` to images.
        crop: whether it is given a quarter of the maps, of half their sides, and asked for that part of the image.
        name: the layer's, and the head's.

    Raises:
        InputError: `layer` is no Keras layer.

    Example:
    ```python
    images = keras.Input((32, 32, 3))
    maps = keras.layers.Conv2D(16, 4, 4, activation="relu")(images)
    decoder = keras.Sequential([keras.Input((8, 8, 16)), keras.layers.Conv2DTranspose(3, 4, 4, activation="tanh")])
    heads = {"whole": keras_gan.layers.AuxiliaryDecoder(decoder, name="whole")(maps)}
    heads["logits"] = keras.layers.Dense(1)(keras.layers.Flatten()(maps))
    gan = keras_gan.GAN(keras_gan.models.mlp((32, 32, 3), latent_dim=4).generator, keras.Model(images, heads))
    gan.compile("adam", "adam", terms=["auto_encoding"])
    ```
    """

    def __init__(
        self,
        layer: keras.layers.Layer,
        crop: bool = False,
        name: str | None = None,
        **kwargs: Unpack[WrapperOptions],
    ) -> None:
        if not isinstance(layer, keras.layers.Layer):
            raise InputError(f"`layer` must be a Keras layer. Received: layer={layer!r}")
        super().__init__(layer, name=name or f"auxiliary_{layer.name}", **kwargs)
        self.crop = check_bool("crop", crop)

    def build(self, input_shape: Shape) -> None:
        """Build the decoder, where it is not."""
        batch, height, width, channels = input_shape
        sides = (side // 2 if self.crop and side is not None else side for side in (height, width))
        super().build((batch, *sides, channels))

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs."""
        return ops.convert_to_tensor(inputs)

    def decode(self, maps: Tensor, training: bool = False) -> Tensor:
        """Return the images that the decoder makes of maps, `(batch, height, width, channels)`."""
        return self.layer(maps, training=training)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs."""
        return input_shape

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "crop": self.crop}
