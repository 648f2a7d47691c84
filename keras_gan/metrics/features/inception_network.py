"""The Inception network of 2015 as a Keras model."""

import keras
from keras import layers

from keras_gan.types import Tensor

SIZE = 299
CLASSES = 1008


def inception_network() -> keras.Model:
    """Return the network of Szegedy et al. 2016, arXiv:1512.00567, as it was released on 2015-12-05, with no weights.

    What the released graph has, and `keras.applications.InceptionV3` has not: averages that leave out the padding, a
    maximum instead of an average in the last block, 1008 classes. Layers have the names of torch-fidelity's weights.

    Returns:
        A model from images `(n, 299, 299, 3)` in [-1, 1] to `features`, `(n, 2048)`, and `logits`, `(n, 1008)`; the
        latter without the bias of the last layer, as in the published score.
    """
    images = keras.Input((SIZE, SIZE, 3), name="images")
    x = _convolution(images, "Conv2d_1a_3x3", 32, 3, strides=2, padding="valid")
    x = _convolution(x, "Conv2d_2a_3x3", 32, 3, padding="valid")
    x = _convolution(x, "Conv2d_2b_3x3", 64, 3)
    x = layers.MaxPooling2D(3, 2, name="MaxPool_1")(x)
    x = _convolution(x, "Conv2d_3b_1x1", 80, 1)
    x = _convolution(x, "Conv2d_4a_3x3", 192, 3, padding="valid")
    x = layers.MaxPooling2D(3, 2, name="MaxPool_2")(x)  # (35, 35, 192)
    for name, width in (("Mixed_5b", 32), ("Mixed_5c", 64), ("Mixed_5d", 64)):
        x = _block_a(x, name, width)
    x = _block_b(x, "Mixed_6a")  # (17, 17, 768)
    for name, width in (("Mixed_6b", 128), ("Mixed_6c", 160), ("Mixed_6d", 160), ("Mixed_6e", 192)):
        x = _block_c(x, name, width)
    x = _block_d(x, "Mixed_7a")  # (8, 8, 1280)
    x = _block_e(x, "Mixed_7b", layers.AveragePooling2D(3, 1, "same"))
    x = _block_e(x, "Mixed_7c", layers.MaxPooling2D(3, 1, "same"))  # (8, 8, 2048)
    features = layers.GlobalAveragePooling2D(name="AvgPool")(x)
    logits = layers.Dense(CLASSES, use_bias=False, name="fc")(features)
    return keras.Model(images, {"features": features, "logits": logits}, name="inception_2015")


def _convolution(
    x: Tensor, name: str, filters: int, kernel: int | tuple[int, int], strides: int = 1, padding: str = "same"
) -> Tensor:
    x = layers.Conv2D(filters, kernel, strides, padding, use_bias=False, name=f"{name}.conv")(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}.bn")(x)
    return layers.ReLU(name=name)(x)


def _chain(x: Tensor, name: str, *steps: tuple[str, int, int | tuple[int, int]]) -> Tensor:
    for suffix, filters, kernel in steps:
        x = _convolution(x, f"{name}.{suffix}", filters, kernel)
    return x


def _joined(name: str, *branches: Tensor) -> Tensor:
    return layers.Concatenate(name=name)(branches)


def _block_a(x: Tensor, name: str, pooled: int) -> Tensor:
    return _joined(
        name,
        _chain(x, name, ("branch1x1", 64, 1)),
        _chain(x, name, ("branch5x5_1", 48, 1), ("branch5x5_2", 64, 5)),
        _chain(x, name, ("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3), ("branch3x3dbl_3", 96, 3)),
        _chain(layers.AveragePooling2D(3, 1, "same")(x), name, ("branch_pool", pooled, 1)),
    )


def _block_b(x: Tensor, name: str) -> Tensor:
    doubled = _chain(x, name, ("branch3x3dbl_1", 64, 1), ("branch3x3dbl_2", 96, 3))
    return _joined(
        name,
        _convolution(x, f"{name}.branch3x3", 384, 3, strides=2, padding="valid"),
        _convolution(doubled, f"{name}.branch3x3dbl_3", 96, 3, strides=2, padding="valid"),
        layers.MaxPooling2D(3, 2)(x),
    )


def _block_c(x: Tensor, name: str, width: int) -> Tensor:
    row, column = (1, 7), (7, 1)
    doubled: list[tuple[str, int, int | tuple[int, int]]] = [
        ("branch7x7dbl_1", width, 1),
        ("branch7x7dbl_2", width, column),
        ("branch7x7dbl_3", width, row),
        ("branch7x7dbl_4", width, column),
        ("branch7x7dbl_5", 192, row),
    ]
    return _joined(
        name,
        _chain(x, name, ("branch1x1", 192, 1)),
        _chain(x, name, ("branch7x7_1", width, 1), ("branch7x7_2", width, row), ("branch7x7_3", 192, column)),
        _chain(x, name, *doubled),
        _chain(layers.AveragePooling2D(3, 1, "same")(x), name, ("branch_pool", 192, 1)),
    )


def _block_d(x: Tensor, name: str) -> Tensor:
    small = _chain(x, name, ("branch3x3_1", 192, 1))
    large = _chain(x, name, ("branch7x7x3_1", 192, 1), ("branch7x7x3_2", 192, (1, 7)), ("branch7x7x3_3", 192, (7, 1)))
    return _joined(
        name,
        _convolution(small, f"{name}.branch3x3_2", 320, 3, strides=2, padding="valid"),
        _convolution(large, f"{name}.branch7x7x3_4", 192, 3, strides=2, padding="valid"),
        layers.MaxPooling2D(3, 2)(x),
    )


def _block_e(x: Tensor, name: str, pooling: keras.layers.Layer) -> Tensor:
    single = _chain(x, name, ("branch3x3_1", 384, 1))
    doubled = _chain(x, name, ("branch3x3dbl_1", 448, 1), ("branch3x3dbl_2", 384, 3))
    return _joined(
        name,
        _chain(x, name, ("branch1x1", 320, 1)),
        _chain(single, name, ("branch3x3_2a", 384, (1, 3))),
        _chain(single, name, ("branch3x3_2b", 384, (3, 1))),
        _chain(doubled, name, ("branch3x3dbl_3a", 384, (1, 3))),
        _chain(doubled, name, ("branch3x3dbl_3b", 384, (3, 1))),
        _chain(pooling(x), name, ("branch_pool", 192, 1)),
    )
