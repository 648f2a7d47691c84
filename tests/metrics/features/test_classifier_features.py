import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.metrics import ClassAccuracy, ClassifierFeatures, FrechetDistance


@pytest.fixture(scope="module")
def extractor(digits, cache):
    return ClassifierFeatures.train(*digits, steps=150, cache_dir=cache)


@pytest.mark.long
def test_it_learns_the_digits(extractor, digits):
    assert extractor.accuracy > 0.9
    assert extractor(digits[0]).shape == (1797, 128)
    metric = ClassAccuracy(extractor)
    metric.update_fake(*digits)
    assert metric.result() > 0.95


@pytest.mark.long
def test_equal_data_and_settings_are_not_trained_on_again(extractor, digits, cache, monkeypatch):
    monkeypatch.setattr(keras.Model, "train_on_batch", None)
    again = ClassifierFeatures.train(digits[0] / 127.5 - 1, list(digits[1]), steps=150, cache_dir=cache)
    assert (again.key, again.digest) == (extractor.key, extractor.digest)
    assert_array_equal(again(digits[0][:50]), extractor(digits[0][:50]))
    for different in ({"seed": 1}, {"steps": 151}):
        with pytest.raises(TypeError):
            ClassifierFeatures.train(*digits, **{"steps": 150, "cache_dir": cache, **different})


@pytest.mark.long
def test_it_is_seeded(digits, tmp_path):
    images, labels = digits[0][:200], digits[1][:200]
    keys = []
    for cache, seed in (("a", 0), ("b", 0), ("c", 1)):
        keras.utils.set_random_seed(len(keys))  # which must not matter
        keys.append(ClassifierFeatures.train(images, labels, steps=5, seed=seed, cache_dir=tmp_path / cache).digest)
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.long
@pytest.mark.full
def test_a_metric_refers_to_it_by_its_key(extractor, digits):
    metric = FrechetDistance(extractor, name="fd")
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert again.get_config() == metric.get_config()
    values = [each(digits[0][:900], digits[0][900:]) for each in (metric, again)]
    assert_allclose(values[0], values[1], rtol=1e-6)
    assert again.details()["extractor_digest"] == extractor.digest


@pytest.mark.long
def test_a_missing_file_is_told_of(extractor, digits, tmp_path):
    with pytest.raises(InputError, match=r"`key` must be of a classifier whose file is whole.*Received: key='abc'"):
        ClassifierFeatures("abc", cache_dir=tmp_path)(digits[0])


@pytest.mark.long
def test_images_of_another_size_are_refused(extractor):
    with pytest.raises(InputError, match=r"`samples` must be images like .*\(8, 8, 1\). Received: shape \(16, 16, 1\)"):
        extractor(np.zeros((2, 16, 16, 1), np.uint8))


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("shape", [(30, 5, 4, 3), (30, 28, 28, 1), (30, 65, 33, 3)], ids=str)
def test_any_size(shape, tmp_path):
    images = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    extractor = ClassifierFeatures.train(images, np.arange(30) % 3, steps=1, cache_dir=tmp_path)
    assert (extractor(images).shape, extractor(images, "logits").shape) == ((30, 128), (30, 3))


@pytest.mark.parametrize("shape", [(19, 8, 8, 1), (30, 3, 8, 1), (30, 8)], ids=str)
def test_what_is_refused(shape, tmp_path):
    with pytest.raises(InputError, match="`images` must be 20 images or more"):
        ClassifierFeatures.train(np.zeros(shape, np.float32), np.zeros(shape[0], int), cache_dir=tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("verbose", [0, 1, 2])
def test_the_training_is_shown(verbose, digits, tmp_path, capsys):
    made = ClassifierFeatures.train(*digits, steps=3, cache_dir=tmp_path, verbose=verbose)
    lines = capsys.readouterr().out.splitlines()
    if not verbose:
        assert lines == []
        return
    assert lines[0] == "features: a classifier learns from 1,797 images of 8x8x1  once for these data"
    assert lines[1].startswith("training a classifier  3/3 steps  ")
    assert lines[2:] == [f"    right about held-out images {made.accuracy:.4g}"]
    ClassifierFeatures.train(*digits, steps=3, cache_dir=tmp_path, verbose=verbose)
    assert capsys.readouterr().out == "", "it is read"


@pytest.mark.long
def test_it_learns_the_same_from_rows_that_are_read_as_they_are_needed(digits, tmp_path):
    class Disk:
        """Rows as a store gives them."""

        shape, dtype, digest = (200, 8, 8, 1), np.dtype(np.uint8), "those of the test"

        def __len__(self):
            return 200

        def __getitem__(self, rows):
            return digits[0][:200][rows]

    options = {"labels": digits[1][:200], "steps": 5}
    read = ClassifierFeatures.train(Disk(), cache_dir=tmp_path / "a", **options)
    held = ClassifierFeatures.train(digits[0][:200], cache_dir=tmp_path / "b", **options)
    assert read.digest == held.digest
    assert read.accuracy == held.accuracy


@pytest.mark.long
def test_digests_stay_what_they_are(digits, tmp_path):
    """Of the types, which the digest tells apart too: those of the first version."""
    made = ClassifierFeatures.train(digits[0][:50], digits[1][:50], steps=1, cache_dir=tmp_path)
    kinds = {name: made._arrays[name].dtype.name for name in ("shape", "classes", "accuracy", "weight_0")}
    assert kinds == {"shape": "int64", "classes": "int32", "accuracy": "float64", "weight_0": "float32"}
