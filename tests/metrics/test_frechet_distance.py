import warnings

import numpy as np
import pytest
import scipy.linalg
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import FrechetDistance, ModelFeatures


def published(real, fake):
    """The distance as the published code computes it, with SciPy's root of the product."""
    covariances = [np.cov(side, rowvar=False) for side in (real, fake)]
    mean = real.mean(axis=0) - fake.mean(axis=0)
    root = scipy.linalg.sqrtm(covariances[0] @ covariances[1]).real
    return mean @ mean + np.trace(covariances[0] + covariances[1] - 2 * root)


def torch_fidelity(real, fake):
    """As torch-fidelity 0.4 computes it, with the eigenvalues of the product."""
    covariances = [np.cov(side, rowvar=False) for side in (real, fake)]
    mean = real.mean(axis=0) - fake.mean(axis=0)
    values = np.linalg.eigvals(covariances[0] @ covariances[1]).astype(np.complex128)
    return mean @ mean + np.trace(covariances[0]) + np.trace(covariances[1]) - 2 * np.sqrt(values).real.sum()


def from_the_rows(real, fake):
    """Without a covariance: the trace of the root is the nuclear norm of a product of the centred rows."""
    a, b = ((side - side.mean(axis=0)) / np.sqrt(len(side) - 1) for side in (real, fake))
    mean = real.mean(axis=0) - fake.mean(axis=0)
    return mean @ mean + (a**2).sum() + (b**2).sum() - 2 * np.linalg.svd(a @ b.T, compute_uv=False).sum()


def features(count, dimension, seed, rank=None):
    """Features as a network gives: not negative, correlated, of scales over several orders."""
    rng = np.random.default_rng(seed)
    mixing = rng.normal(size=(rank or dimension, dimension)) * np.logspace(0, -3, dimension)
    offset = 0.5 + 0.05 * seed
    return np.maximum(rng.normal(size=(count, rank or dimension)) @ mixing + offset, -100).astype(np.float32)


def measured(real, fake):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return FrechetDistance()(real, fake)


@pytest.mark.parametrize("counts", [(2000, 1500), (2000, 40), (40, 2000), (30, 50)], ids=str)
@pytest.mark.parametrize("rank", [64, 20])
def test_equal_to_published_definitions(counts, rank):
    real, fake = (features(count, 64, seed, rank) for seed, count in enumerate(counts))
    value = measured(real, fake)
    real, fake = real.astype(np.float64), fake.astype(np.float64)
    assert_allclose(value, published(real, fake), rtol=1e-6)
    assert_allclose(value, torch_fidelity(real, fake), rtol=1e-6)
    # Without the rank that the count of generated samples leaves, rounding alone would come to 1e-8.
    assert_allclose(value, from_the_rows(real, fake), rtol=1e-11 if len(fake) <= rank else 1e-7)


def test_gaussians_have_the_closed_form():
    """|m|^2 + sum (s - s')^2 for diagonal covariances; the standard error of either part is about 0.01."""
    rng = np.random.default_rng(0)
    scales, others, mean = np.array([1.0, 2.0, 0.5]), np.array([1.5, 1.0, 0.5]), np.array([1.0, -1.0, 0.0])
    real, fake = rng.normal(size=(2, 100_000, 3)) * np.stack([scales, others])[:, None]
    assert_allclose(FrechetDistance()(real, fake + mean), 2 + 0.25 + 1.0, atol=0.05)


@pytest.mark.parametrize(("count", "dimension"), [(500, 8), (20, 64)])
def test_identical_sets_are_at_0(count, dimension):
    real = features(count, dimension, 0)
    scale = np.cov(real.astype(np.float64), rowvar=False).trace()
    assert_allclose(measured(real, real), 0, atol=1e-10 * scale)
    assert_allclose(measured(real, real[::-1]), 0, atol=1e-10 * scale)


@pytest.mark.parametrize("size", [1, 7, 64, 500])
def test_batches_and_order_do_not_show(size):
    real, fake = features(500, 16, 0), features(400, 16, 1)
    expected = FrechetDistance()(real, fake)
    order = np.random.default_rng(0).permutation(400)
    metric = FrechetDistance()
    for first in range(0, 500, size):
        metric.update_real(real[first : first + size])
        metric.update_fake(fake[order][first : first + size])
    assert_allclose(metric.result(), expected, rtol=1e-7)
    assert metric.details()["num_fake"] == 400


@pytest.mark.parametrize("offset", [1e4, 1e6, 1e8])
def test_vectors_keep_their_digits(offset):
    real, fake = np.random.default_rng(0).normal(size=(2, 500, 3))
    assert_allclose(FrechetDistance()(real + offset, fake + offset + 1), FrechetDistance()(real, fake + 1), rtol=1e-6)


def test_it_is_symmetric():
    real, fake = features(500, 16, 0), features(400, 16, 1)
    assert_allclose(FrechetDistance()(real, fake), FrechetDistance()(fake, real), rtol=1e-7)


def test_too_few_samples_are_told_of():
    with pytest.warns(
        UserWarning, match=r"8 real and 20 generated .* of 8 dimensions.*At least 9 of each.*10,000 are"
    ) as told:
        FrechetDistance()(features(8, 8, 0), features(20, 8, 1))
    assert told[0].filename == __file__, "where the user's line is"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        FrechetDistance()(features(9, 8, 0), features(9, 8, 1))


# What other programs have computed.


@pytest.fixture
def statistics(tmp_path):
    """Write the moments of features as pytorch-fid does, and return the path."""

    def write(rows, **more):
        path = tmp_path / "statistics.npz"
        np.savez(path, mu=np.mean(rows, axis=0), sigma=np.cov(rows, rowvar=False), **more)
        return path

    return write


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_statistics_of_another_program_are_a_real_side(statistics, dtype):
    real, fake = features(500, 16, 0), features(400, 16, 1)
    metric = FrechetDistance(statistics=statistics(real.astype(np.float64)))
    assert metric.start_real("anything") is False
    for part in (fake[:100], fake[100:]):
        metric.update_fake(part.astype(dtype))
    assert_allclose(metric.result(), FrechetDistance()(real, fake), rtol=1e-6)
    details = metric.details()
    assert (details["num_real"], details["num_fake"]) == (None, 400)
    assert details["statistics"].endswith("statistics.npz")
    metric.reset_state()
    metric.reset_real()
    metric.update_fake(fake[:100])
    assert_allclose(metric.result(), FrechetDistance()(real, fake[:100]), rtol=1e-6)
    again = FrechetDistance.from_config(metric.get_config())
    again.update_fake(fake)
    assert_allclose(again.result(), FrechetDistance()(real, fake), rtol=1e-6)


def test_statistics_in_an_evaluation(make_gan, images, statistics):
    """They are compared with, not the validation data."""
    pixels = images[0].reshape(len(images[0]), -1)[:, :8].astype(np.float64)
    extractor = ModelFeatures(lambda samples: np.reshape(samples, (len(samples), -1))[:, :8], name="eight", digest="8")
    metric = FrechetDistance(extractor, statistics=statistics(pixels, extractor="eight"), num_fake=20)
    gan = make_gan(metrics=[metric])
    gan.evaluate(images[0], verbose=0)
    value = metric.result()
    gan.evaluate(images[0][:30] // 2, verbose=0)
    assert metric.result() == value
    assert value > 0


def test_statistics_of_another_extractor(statistics):
    path = statistics(features(500, 16, 0))
    metric = FrechetDistance(statistics=path)
    metric.update_fake(features(40, 8, 1))
    with pytest.raises(InputError, match=r"`statistics` must be of 8 features, as the extractor has\. Received: 16 in"):
        metric.result()
    extractor = ModelFeatures(lambda samples: samples, name="theirs", digest="1")
    metric = FrechetDistance(extractor, statistics=statistics(features(500, 16, 0), extractor="inception"))
    with pytest.raises(InputError, match=r"must be those of the extractor 'theirs'\. Received: .* of 'inception'"):
        metric.start_real()
