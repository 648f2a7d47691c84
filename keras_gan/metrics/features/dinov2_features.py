"""Features of DINOv2."""

import os
from collections.abc import Mapping

import keras

from keras_gan.metrics.features.dinov2_network import SIZE, dinov2_network
from keras_gan.metrics.features.published_features import PublishedFeatures
from keras_gan.metrics.features.resize import resize_8_bit
from keras_gan.types import Tensor
from keras_gan.utils.registry import register

_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)  # of ImageNet, red, green and blue


@register
class DINOv2Features(PublishedFeatures):
    """The 384 features of DINOv2's ViT-S/14, which follow people's eyes better than Inception's: FD-DINOv2.

    `FrechetDistance` of these is FD-DINOv2, of the small network: that of the paper's tables has ViT-L/14, and so other
    numbers. Images of any size are resized to 224x224 as Pillow resizes 8-bit images, by its bicubic filter, and get
    ImageNet's mean and deviation; grey ones become red, green and blue. The features are the class token's.

    Oquab et al. 2024, arXiv:2304.07193; Stein et al. 2023, arXiv:2306.04675, section 4, whose code's default resizing
    this is.

    Args:
        weights: a file with the weights, which are not downloaded: `dinov2_vits14_pretrain.pth` of
            https://dl.fbaipublicfiles.com/dinov2/dinov2_vits14/dinov2_vits14_pretrain.pth, 88 MB, which is read without
            PyTorch and without unpickling, or a `.npz` with the same names. The official one has the SHA-256
            b938bf1bc15cd2ec0feacfe3a1bb553fe8ea9ca46a7e1d8d00217f29aef60cd9.
        batch_size: the most images that are passed at once.
        name: what results call it.

    Raises:
        InputError: at the first use: the file is not there, or does not hold the weights.

    Example:
    ```python
    extractor = keras_gan.metrics.DINOv2Features("dinov2_vits14_pretrain.pth")
    metric = keras_gan.metrics.get("fd10k", extractor)
    ```
    """

    def __init__(self, weights: str | os.PathLike[str], *, batch_size: int = 64, name: str = "dinov2_vits14") -> None:
        super().__init__(weights, batch_size=batch_size, name=name)

    @staticmethod
    def build() -> keras.Model:
        """Return the network, before it has its weights."""
        return dinov2_network()

    @property
    def identity(self) -> tuple[str, ...]:
        """The network, and the way of resizing."""
        return "dinov2-vits14", "pillow-8-bit"

    def forward(self, samples: Tensor) -> Mapping[str, Tensor]:
        """Return `features`, `(n, 384)`, of images."""
        images = resize_8_bit(self.coloured(samples), SIZE)
        return {"features": self.network((images / 255.0 - _MEAN) / _DEVIATION, training=False)}
