import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.metrics import MultiscaleSSIM
from tests.metrics.neighbour_metrics import check_feeding, pictures


def noisy(count, deviation, side=32, channels=1, seed=0):
    """Images about one picture."""
    rng = np.random.default_rng(seed)
    picture = 60 * np.sin(np.linspace(0, 6, side))[:, None, None] + 128
    return np.clip(picture + rng.normal(0, deviation, (count, side, side, channels)), 0, 255).astype(np.uint8)


def measured(fakes, labels=None, **arguments):
    metric = MultiscaleSSIM(**{"pairs": 20, **arguments})
    metric.update_fake(fakes, labels)
    return metric.result(), metric.details()


def test_one_image_is_like_itself():
    value, _ = measured(noisy(1, 0).repeat(5, axis=0))
    assert_allclose(value, 1.0, rtol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("side", [8, 11, 28, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_less_alike_is_less(side, channels):
    values = [measured(noisy(20, deviation, side, channels))[0] for deviation in (1, 10, 40)]
    assert 1 > values[0] > values[1] > values[2] >= 0


def test_five_scales_are_tensorflows_own():
    fakes = noisy(2, 10, side=176)
    expected = tf.image.ssim_multiscale(fakes[:1], fakes[1:], 255).numpy()
    assert_allclose(measured(fakes, pairs=3)[0], expected[0], rtol=1e-5)


def test_pairs_are_within_classes():
    fakes = np.concatenate([noisy(10, 1), 255 - noisy(10, 30, seed=1)])
    value, details = measured(fakes, np.arange(20) // 10 + 3)
    assert list(details["by_class"]) == ["3", "4"]
    assert_allclose(value, np.mean(list(details["by_class"].values())))
    assert_allclose(details["by_class"]["3"], measured(fakes[:10], np.full(10, 3))[0], rtol=1e-6)
    assert value > measured(fakes)[0] + 0.1, "across the classes they are not alike"


def test_the_real_images_beside_it():
    metric = MultiscaleSSIM(pairs=20)
    metric.update_fake(noisy(10, 20))
    assert metric.details()["real_value"] is None
    metric.update_real(noisy(10, 5))
    assert metric.details()["real_value"] > metric.result()


@pytest.mark.long
@pytest.mark.parametrize("labels", [None, np.arange(30) % 4], ids=["one class", "classes"])
def test_feeding_does_not_show(labels):
    check_feeding(lambda: MultiscaleSSIM(pairs=20), sides=(pictures(40), pictures(30, 1)), labels=labels)


def test_what_is_refused():
    with pytest.raises(InputError, match=r"`samples` must be images \(n, h, w, c\). Received: shape \(5, 2\)"):
        measured(np.zeros((5, 2)))
    with pytest.raises(InputError, match=r"`labels` must give some class two images. Received: 3 images"):
        measured(noisy(3, 1), [0, 1, 2])
