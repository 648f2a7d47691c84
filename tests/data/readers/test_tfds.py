import time

import numpy as np
import pytest
import tensorflow_datasets as tfds
from absl import logging

from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers import tfds as tfds_source
from keras_gan.data.readers.reader import fill
from keras_gan.data.readers.tfds import TfdsExamples, known_names
from keras_gan.utils.validation import InputError

FEATURES = {
    "plain": {"image": tfds.features.Image(shape=(4, 4, 3)), "label": tfds.features.ClassLabel(names=["x", "y"])},
    "sizes": {"id": tfds.features.Text(), "image": tfds.features.Image(shape=(None, None, 1))},
    "two": {"image": tfds.features.Image(shape=(4, 4, 3)), "other": tfds.features.Image(shape=(4, 4, 3))},
    "deep": {"image": tfds.features.Image(shape=(4, 4, 1), dtype=np.uint16)},
    "text": {"text": tfds.features.Text(), "label": tfds.features.ClassLabel(num_classes=2)},
    "labels": {
        "image": tfds.features.Image(shape=(4, 4, 3)),
        "a": tfds.features.ClassLabel(num_classes=2),
        "b": tfds.features.ClassLabel(num_classes=2),
    },
    "failing": {"image": tfds.features.Image(shape=(4, 4, 3))},
}


class KerasGanTest(tfds.core.GeneratorBasedBuilder):
    """Data of every kind, one a configuration: six examples, the i-th of them full of i."""

    VERSION = tfds.core.Version("1.0.0")
    BUILDER_CONFIGS = [tfds.core.BuilderConfig(name=name) for name in FEATURES]  # noqa: RUF012

    def _info(self):
        features = tfds.features.FeaturesDict(FEATURES[self.builder_config.name])
        return self.dataset_info_from_configs(features=features)

    def _split_generators(self, dl_manager):
        return {"train": self._generate_examples(6), "test": self._generate_examples(2)}

    def _generate_examples(self, count):
        if self.builder_config.name == "failing":
            raise RuntimeError("the server is on fire")
        for index in range(count):
            if self.builder_config.name == "plain":
                yield index, {"image": np.full((4, 4, 3), index, np.uint8), "label": index % 2}
            else:
                yield index, {"image": np.full((4 + index % 3, 6, 1), index, np.uint8), "id": str(index)}


def read_tfds(*arguments, **options):
    return fill(TfdsExamples(*arguments, **options))


def test_any_example_is_had_by_its_index(tfds_dir):
    reader = TfdsExamples("keras_gan_test/plain", "test+train[1:5]", Preprocessing(8, channels=1), tfds_dir)
    rows = [row for _, row in reader.rows()]
    assert (len(reader), len(rows), reader.shape, reader.dtype) == (6, 6, (8, 8, 1), np.uint8)
    for index, row in enumerate(rows):
        np.testing.assert_array_equal(reader.read(index), row)


def test_labels_without_images(tfds_dir):
    """A second start reads them alone; the first had them on the way."""
    options = {"split": "train[2:]+test", "data_dir": tfds_dir}
    seen, unseen = (TfdsExamples("keras_gan_test/plain", **options) for _ in range(2))
    for _ in seen.rows():
        pass
    np.testing.assert_array_equal(seen.targets.labels, unseen.targets.labels)
    assert seen.targets.class_names == unseen.targets.class_names == ["x", "y"]


def test_the_identity_is_that_of_what_is_read(tfds_dir):
    def identity(name="plain", **options):
        return TfdsExamples(f"keras_gan_test/{name}", data_dir=tfds_dir, **options).identity

    assert identity() == identity()
    others = [identity(split="train[:3]"), identity(preprocessing=Preprocessing(5))]
    assert len({identity(), *others, identity("sizes", preprocessing=Preprocessing(5))}) == 4


def test_images_labels_and_names(tfds_dir):
    images, (labels, names, *_), *_ = read_tfds("keras_gan_test/plain", data_dir=tfds_dir)
    assert (images.shape, images.dtype, labels.dtype, names) == ((6, 4, 4, 3), np.uint8, np.int32, ["x", "y"])
    assert sorted(images[:, 0, 0, 0]) == [0, 1, 2, 3, 4, 5]
    np.testing.assert_array_equal(images[:, 0, 0, 0] % 2, labels)


def test_splits_sizes_and_channels(tfds_dir):
    whole = read_tfds("keras_gan_test/plain", data_dir=tfds_dir)
    left = read_tfds("keras_gan_test/plain", "train[:2]", data_dir=tfds_dir)
    right = read_tfds("keras_gan_test/plain", "train[2:]", data_dir=tfds_dir)
    np.testing.assert_array_equal(np.concatenate([left.images, right.images]), whole.images)
    assert len(read_tfds("keras_gan_test/plain", "test+train[:50%]", data_dir=tfds_dir).images) == 5
    assert read_tfds("keras_gan_test/plain", "test", Preprocessing(8, channels=1), tfds_dir).images.shape == (
        2,
        8,
        8,
        1,
    )
    with pytest.raises(InputError, match=r"`split` must be .*'test': '2 examples'.*Received: split='validation'"):
        read_tfds("keras_gan_test/plain", "validation", data_dir=tfds_dir)


def test_images_of_many_sizes(tfds_dir):
    with pytest.raises(InputError, match="`image_size` must be given"):
        read_tfds("keras_gan_test/sizes", data_dir=tfds_dir)
    images, (labels, names, *_), *_ = read_tfds(
        "keras_gan_test/sizes", preprocessing=Preprocessing(5), data_dir=tfds_dir
    )
    assert images.shape == (6, 5, 5, 1)
    assert (labels, names) == (None, None)


@pytest.mark.parametrize("config", ["two", "deep", "text", "labels"])
def test_what_is_not_images_with_a_label_is_refused_by_its_features(config, tfds_dir):
    message = r"`name_or_path` must be .*one uint8 image.*the features \{'"
    with pytest.raises(InputError, match=message) as caught:
        read_tfds(f"keras_gan_test/{config}", data_dir=tfds_dir)
    assert all(key in str(caught.value) for key in FEATURES[config])


def test_a_failure_to_prepare_is_told(tfds_dir):
    message = r"`name_or_path` must be .*prepare.*keras_gan_test/failing.*on fire"
    with pytest.raises(InputError, match=message):
        read_tfds("keras_gan_test/failing", data_dir=tfds_dir)


def test_another_process_may_prepare_it_first(tmp_path, monkeypatch):
    prepare = KerasGanTest.download_and_prepare

    def lose_the_race(self, **options):
        prepare(type(self)(config="plain", data_dir=tmp_path), **options)
        raise FileExistsError("somebody else renamed first")

    monkeypatch.setattr(KerasGanTest, "download_and_prepare", lose_the_race)
    assert len(read_tfds("keras_gan_test/plain", data_dir=tmp_path).images) == 6


def test_prepared_data_need_no_code(tmp_path, monkeypatch):
    read_tfds("digits", data_dir=tmp_path)
    (tmp_path / "digits").rename(tmp_path / "numerals")
    info = tmp_path / "numerals" / "1.0.0" / "dataset_info.json"
    info.write_text(info.read_text().replace('"digits"', '"numerals"'))
    (info.parent / "digits-train.tfrecord-00000-of-00001").rename(
        info.parent / "numerals-train.tfrecord-00000-of-00001"
    )
    assert len(read_tfds("numerals", data_dir=tmp_path).images) == 1797


def test_a_configuration_that_is_not_there(tfds_dir):
    with pytest.raises(InputError, match=r"`name_or_path` must be .*can open.*keras_gan_test/nothing"):
        read_tfds("keras_gan_test/nothing", data_dir=tfds_dir)


@pytest.mark.parametrize("name", ["mnits", "huggingface:mnist", "kaggle:x", "mnist/a/b", "mnist?", "mnits:1.0.0"])
def test_an_unknown_name_is_refused_without_asking_the_network(name, tfds_dir, monkeypatch):
    monkeypatch.setattr("socket.getaddrinfo", lambda *_: pytest.fail("the network was asked"))
    message = r"`name_or_path` must be .*'digits', 'fashion_mnist'.*Received: name_or_path="
    with pytest.raises(InputError, match=message):
        read_tfds(name, data_dir=tfds_dir)


def test_without_a_network_it_says_what_to_do(tfds_dir, monkeypatch):
    asked = []
    monkeypatch.setattr(tfds_source, "has_network", lambda url: asked.append(url))
    directory = tfds_dir / "coco"
    message = rf"`tfds build coco` .*~/tensorflow_datasets/coco .* to {directory}, or"
    with pytest.raises(InputError, match=message):
        read_tfds("coco", data_dir=tfds_dir)
    with pytest.raises(InputError, match=r"`apt-get install dataset-fashion-mnist`.*='fashion_mnist'"):
        read_tfds("fashion_mnist", data_dir=tfds_dir)
    with pytest.raises(InputError, match="there is no network"):
        read_tfds("cifar10", data_dir=tfds_dir)
    # Each time the server that the data themselves come from; coco's has no https.
    google = "https://storage.googleapis.com/"
    assert asked == [google, google, "https://www.cs.toronto.edu/"]


def test_without_a_network_it_takes_less_than_five_seconds(tfds_dir):
    if tfds_source.has_network("https://storage.googleapis.com/"):
        pytest.skip("there is a network")
    start = time.monotonic()
    with pytest.raises(InputError, match="there is no network"):
        read_tfds("mnist", data_dir=tfds_dir)
    assert time.monotonic() - start < 5


def test_a_network_means_that_it_is_downloaded(tfds_dir, monkeypatch, capsys):
    def download(self, download_config):
        assert not download_config.try_download_gcs
        raise OSError("checksum")

    monkeypatch.setattr(tfds_source, "has_network", lambda url: True)
    monkeypatch.setattr(tfds.core.DatasetBuilder, "download_and_prepare", download)
    with pytest.raises(InputError, match=r"='mnist', which failed in .*OSError: checksum"):
        read_tfds("mnist", data_dir=tfds_dir)
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("Downloading mnist to ")


def test_a_directory_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputError, match=r"`data_dir` must be .*TFDS_DATA_DIR\. Received: data_dir='.*file"):
        read_tfds("digits", data_dir=tmp_path / "file")


def test_it_is_quiet_and_leaves_the_settings(tmp_path, capsys):
    bars = tfds.core.utils.tqdm_utils
    before = bars._active, logging.get_verbosity()
    read_tfds("digits", data_dir=tmp_path)
    out, err = capsys.readouterr()
    assert (out, err) == ("", "")
    assert (bars._active, logging.get_verbosity()) == before
    tfds.disable_progress_bar()
    read_tfds("digits", data_dir=tmp_path)
    assert not bars._active
    if before[0]:
        tfds.enable_progress_bar()


def test_known_names():
    assert {"digits", "mnist", "cifar10", "fashion_mnist"} <= set(known_names())
