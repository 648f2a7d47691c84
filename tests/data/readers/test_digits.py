import numpy as np
import tensorflow_datasets as tfds
from sklearn.datasets import load_digits

from keras_gan.data.readers import digits


def test_it_registers_under_its_name(tfds_dir):
    assert digits.Digits.name == "digits"
    assert isinstance(tfds.builder("digits", data_dir=tfds_dir), digits.Digits)


def test_prepared_digits_are_those_of_scikit_learn(tfds_dir):
    builder = digits.Digits(data_dir=tfds_dir)
    builder.download_and_prepare()
    data = tfds.as_numpy(builder.as_dataset(split="train", batch_size=-1))
    assert data["image"].shape == (1797, 8, 8, 1)
    assert data["image"].dtype == np.uint8
    bunch = load_digits()
    expected = sorted(zip(map(np.ndarray.tobytes, bunch.images), bunch.target, strict=True))
    # 255/16 = 15.94: the sixteenths can be told from the rounded bytes.
    sixteenths = np.round(data["image"][..., 0] / 255 * 16)
    np.testing.assert_array_equal(data["image"][..., 0], np.round(sixteenths * 255 / 16))
    assert sorted(zip(map(np.ndarray.tobytes, sixteenths), data["label"], strict=True)) == expected
