"""The smallest vision transformer of DINOv2 as a Keras model."""

import keras
from keras import layers, ops

from keras_gan.metrics.features.resize import torch_bicubic_weights
from keras_gan.types import Shape, Tensor

SIZE = 224
WIDTH = 384
_PATCH = 14  # pixels a side
_DEPTH, _HEADS, _HIDDEN = 12, 6, 4 * WIDTH
_GRID = 37  # patches a side of the images of 518x518 that the places are given for
_OFFSET = 0.1  # of a patch, which DINOv2's code adds to the side that it interpolates to
_EPSILON = 1e-6


def dinov2_network() -> keras.Model:
    """Return ViT-S/14 of Oquab et al. 2024, arXiv:2304.07193, for images of 224x224, with no weights.

    Dosovitskiy et al. 2021, arXiv:2010.11929, with LayerScale (Touvron et al. 2021, arXiv:2103.17239, equation 1).
    Layers have the names of the published weights.

    Returns:
        A model from images `(n, 224, 224, 3)`, with the mean and the deviation of ImageNet, to the class token after
        the last normalization, `(n, 384)`.
    """
    images = keras.Input((SIZE, SIZE, 3), name="images")
    x = layers.Conv2D(WIDTH, _PATCH, _PATCH, name="patch_embed.proj")(images)
    x = _Tokens(name="tokens")(layers.Reshape((-1, WIDTH))(x))  # (n, 1 + 256, 384)
    for number in range(_DEPTH):
        x = _block(x, f"blocks.{number}")
    x = layers.LayerNormalization(epsilon=_EPSILON, name="norm")(x)
    return keras.Model(images, x[:, 0], name="dinov2_vits14")


def _block(x: Tensor, name: str) -> Tensor:
    y = layers.LayerNormalization(epsilon=_EPSILON, name=f"{name}.norm1")(x)
    x = layers.Add()([x, _Scale(name=f"{name}.ls1")(_attention(y, f"{name}.attn"))])
    y = layers.LayerNormalization(epsilon=_EPSILON, name=f"{name}.norm2")(x)
    y = layers.Dense(_HIDDEN, name=f"{name}.mlp.fc1")(y)
    y = layers.Dense(WIDTH, name=f"{name}.mlp.fc2")(ops.gelu(y, approximate=False))
    return layers.Add(name=name)([x, _Scale(name=f"{name}.ls2")(y)])


def _attention(x: Tensor, name: str) -> Tensor:
    # One matrix for all three, as in the weights, and not Keras's `MultiHeadAttention` of three.
    x = layers.Dense(3 * WIDTH, name=f"{name}.qkv")(x)
    x = layers.Reshape((-1, 3, _HEADS, WIDTH // _HEADS))(x)
    query, key, value = (x[:, :, part] for part in range(3))  # (n, tokens, heads, 64)
    x = layers.Reshape((-1, WIDTH))(ops.dot_product_attention(query, key, value))
    return layers.Dense(WIDTH, name=f"{name}.proj")(x)


class _Tokens(layers.Layer):
    """Puts the class token before the patches, and adds to each what tells its place, interpolated to their number."""

    def build(self, input_shape: Shape) -> None:
        self.token = self.add_weight(name="cls_token", shape=(1, 1, WIDTH))
        self.places = self.add_weight(name="pos_embed", shape=(1, 1 + _GRID**2, WIDTH))

    def call(self, patches: Tensor) -> Tensor:
        side = SIZE // _PATCH
        weights = torch_bicubic_weights(_GRID, side, (side + _OFFSET) / _GRID)
        grid = ops.reshape(self.places[:, 1:], (_GRID, _GRID, WIDTH))
        grid = ops.einsum("yh,hwc,xw->yxc", weights, grid, weights)
        token = self.token + self.places[:, :1]
        patches = patches + ops.reshape(grid, (1, side**2, WIDTH))
        tokens = ops.zeros_like(patches[:, :1]) + token  # one a sample
        return ops.concatenate([tokens, patches], axis=1)


class _Scale(layers.Layer):
    """Multiplies each feature by a number of its own."""

    def build(self, input_shape: Shape) -> None:
        self.gamma = self.add_weight(name=f"{self.name}.gamma", shape=(WIDTH,))

    def call(self, x: Tensor) -> Tensor:
        return self.gamma * x
