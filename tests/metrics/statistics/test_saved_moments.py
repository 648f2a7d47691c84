import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.metrics.statistics.saved_moments import read_moments

MEAN, COVARIANCE = np.array([1.0, 2.0]), np.array([[2.0, 0.5], [0.5, 1.0]])


@pytest.fixture
def written(tmp_path):
    def write(**arrays):
        path = tmp_path / "statistics.npz"
        np.savez(path, **arrays)
        return path

    return write


def test_what_is_read(written):
    moments, extractor = read_moments(written(mu=MEAN, sigma=COVARIANCE))
    assert_array_equal(moments.mean, MEAN)
    assert_array_equal(moments.covariance, COVARIANCE)
    assert_allclose(moments.root @ moments.root.T, COVARIANCE)
    assert extractor is None
    named = written(mu=MEAN.astype(np.float32), sigma=COVARIANCE.astype(np.float32), extractor="inception", other=1)
    moments, extractor = read_moments(str(named))
    assert (moments.mean.dtype, moments.covariance.dtype, extractor) == (np.float64, np.float64, "inception")


@pytest.mark.parametrize(
    ("arrays", "match"),
    [
        ({"mu": MEAN}, r"must hold mu and sigma\. Received: .* with \['mu'\]"),
        ({"mu": MEAN, "sigma": COVARIANCE[0]}, r"shapes \(2,\) and \(2,\)"),
        ({"mu": MEAN[:1], "sigma": COVARIANCE}, r"shapes \(1,\) and \(2, 2\)"),
        ({"mu": MEAN * np.nan, "sigma": COVARIANCE}, "finite floating-point numbers. Received: mu"),
        ({"mu": MEAN, "sigma": COVARIANCE * np.inf}, "finite floating-point numbers. Received: sigma"),
        ({"mu": MEAN, "sigma": np.array([["a", "b"], ["c", "d"]])}, "finite floating-point numbers. Received: sigma"),
        ({"mu": MEAN, "sigma": np.triu(COVARIANCE)}, "must hold a covariance"),
        ({"mu": MEAN, "sigma": -COVARIANCE}, "must hold a covariance"),
    ],
)
def test_what_is_no_statistics(written, arrays, match):
    with pytest.raises(InputError, match=match):
        read_moments(written(**arrays))


def test_what_is_no_file(tmp_path, written):
    with pytest.raises(InputError, match=r"`statistics` must be a \.npz file with mu and sigma\. Received: .*missing"):
        read_moments(tmp_path / "missing.npz")
    for content in (b"", b"not a zip", written(mu=MEAN, sigma=COVARIANCE).read_bytes()[:200]):
        (tmp_path / "bad.npz").write_bytes(content)
        with pytest.raises(InputError, match=r"`statistics` must be a \.npz file"):
            read_moments(tmp_path / "bad.npz")
    np.save(tmp_path / "one.npy", MEAN)
    with pytest.raises(InputError, match=r"`statistics` must be a \.npz file"):
        read_moments(tmp_path / "one.npy")


def test_nothing_is_unpickled(tmp_path):
    np.savez(tmp_path / "pickled.npz", mu=np.array([print], dtype=object), sigma=COVARIANCE)
    with pytest.raises(InputError, match=r"`statistics` must be a \.npz file"):
        read_moments(tmp_path / "pickled.npz")
