import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.linear_model import LogisticRegression

from keras_gan import InputError
from keras_gan.metrics import ContrastiveFeatures, FrechetDistance
from keras_gan.metrics.features.contrastive_features import contrast


@pytest.fixture(scope="module")
def extractor(digits, cache):
    return ContrastiveFeatures.train(digits[0], steps=150, cache_dir=cache)


def test_the_loss_is_that_of_its_equation():
    one, other = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("float32")
    rows = np.concatenate([one, other]).astype(float)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    expected = []
    for row in range(10):
        likeness = np.exp(rows @ rows[row] / 0.5)
        expected.append(-np.log(likeness[(row + 5) % 10] / (likeness.sum() - likeness[row])))
    assert_allclose(contrast(one, other, temperature=0.5), expected, rtol=1e-5)


@pytest.mark.long
def test_what_it_learns_tells_classes_that_nobody_named(extractor, digits):
    assert extractor.accuracy > 0.1  # by chance one of 128
    features = extractor(digits[0])
    assert features.shape == (1797, 128)
    scaled = features / features.std()
    told = LogisticRegression(max_iter=2000).fit(scaled[:1000], digits[1][:1000])
    assert told.score(scaled[1000:], digits[1][1000:]) > 0.9


@pytest.mark.long
def test_it_tells_blurred_digits_from_sharp_ones(extractor, digits):
    sharp, others = digits[0][::2], digits[0][1::2]
    blurred = np.mean([np.roll(others, shift, axis=(1, 2)) for shift in ((0, 0), (0, 1), (1, 0), (1, 1))], axis=0)
    metric = FrechetDistance(extractor)
    metric.hold_real(sharp)
    found = []
    for fakes in (others, blurred.astype(np.uint8)):
        metric.reset_state()
        metric.update_fake(fakes)
        found.append(metric.result())
    assert found[1] > 5 * found[0]


@pytest.mark.long
def test_equal_data_and_settings_are_not_trained_on_again(extractor, digits, cache, monkeypatch):
    monkeypatch.setattr(keras.optimizers.Adam, "apply", None)
    again = ContrastiveFeatures.train(digits[0] / 127.5 - 1, steps=150, cache_dir=cache)
    assert (again.key, again.digest) == (extractor.key, extractor.digest)
    assert_array_equal(again(digits[0][:50]), extractor(digits[0][:50]))
    for different in ({"seed": 1}, {"steps": 151}):
        with pytest.raises(TypeError):
            ContrastiveFeatures.train(digits[0], **{"steps": 150, "cache_dir": cache, **different})


@pytest.mark.long
def test_it_is_seeded(digits, tmp_path):
    keys = []
    for cache, seed in (("a", 0), ("b", 0), ("c", 1)):
        keras.utils.set_random_seed(len(keys))  # which must not matter
        keys.append(ContrastiveFeatures.train(digits[0][:200], steps=5, seed=seed, cache_dir=tmp_path / cache).digest)
    assert keys[0] == keys[1] != keys[2]


@pytest.mark.long
def test_a_missing_file_is_told_of(digits, tmp_path):
    with pytest.raises(InputError, match=r"`key` must be of a contrastive network whose file .*Received: key='abc'"):
        ContrastiveFeatures("abc", cache_dir=tmp_path)(digits[0])


@pytest.mark.parametrize("shape", [(19, 8, 8, 1), (30, 3, 8, 1), (30, 8)], ids=str)
def test_what_is_refused(shape, tmp_path):
    with pytest.raises(InputError, match="`images` must be 20 images or more"):
        ContrastiveFeatures.train(np.zeros(shape, np.float32), cache_dir=tmp_path)


@pytest.mark.long
def test_the_training_is_shown(digits, tmp_path, capsys):
    made = ContrastiveFeatures.train(digits[0], steps=3, cache_dir=tmp_path, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "features: a contrastive network learns from 1,797 images of 8x8x1"
    assert lines[1].startswith("learning features  3/3 steps  ")
    assert lines[2:] == [f"    right about held-out images {made.accuracy:.4g}"]


@pytest.mark.long
def test_few_images_of_unequal_sides(tmp_path):
    images = np.random.default_rng(0).integers(0, 256, (20, 5, 9, 4), dtype=np.uint8)
    assert ContrastiveFeatures.train(images, steps=1, cache_dir=tmp_path)(images).shape == (20, 128)


@pytest.mark.long
@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_it_learns_under_mixed_precision(policy, digits, tmp_path):
    keras.mixed_precision.set_global_policy(policy)
    made = ContrastiveFeatures.train(digits[0][:100], steps=2, cache_dir=tmp_path)
    assert np.isfinite(made(digits[0][:5])).all()
