"""The 1,797 real handwritten digits that come with scikit-learn, as a builder of TensorFlow Datasets."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import tensorflow_datasets as tfds


class Digits(tfds.core.GeneratorBasedBuilder):
    """The test set of the optical recognition of handwritten digits: 8x8 pixels, ten classes, no download.

    Importing this module registers the builder as `digits`. Each digit was counted in 4x4 blocks of 32x32
    bits, so pixels were 0..16; here they are `round(pixel * 255 / 16)`. Alpaydin and Kaynak (1998), UCI
    Machine Learning Repository, doi:10.24432/C50P49.

    Example:
    ```python
    from keras_gan.data import load

    data = load("digits")  # finds this builder
    ```
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES = {"1.0.0": "The digits of scikit-learn."}  # noqa: RUF012 (the base declares it)

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            description="1,797 handwritten digits of 8x8 pixels.",
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(8, 8, 1), dtype=np.uint8),
                    "label": tfds.features.ClassLabel(num_classes=10),
                }
            ),
            supervised_keys=("image", "label"),
            homepage="https://archive.ics.uci.edu/dataset/80",
        )

    def _split_generators(self, dl_manager: tfds.download.DownloadManager) -> Mapping[str, Any]:
        del dl_manager  # nothing is downloaded
        return {"train": self._generate_examples()}

    def _generate_examples(self) -> Iterator[tuple[int, dict[str, Any]]]:
        from sklearn.datasets import load_digits

        pixels, labels = load_digits(return_X_y=True)
        images = np.round(pixels.reshape(-1, 8, 8, 1) * (255 / 16)).astype(np.uint8)
        for index, (image, label) in enumerate(zip(images, labels, strict=True)):
            yield index, {"image": image, "label": int(label)}
