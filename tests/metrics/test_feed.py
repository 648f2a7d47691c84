import numpy as np
from numpy.testing import assert_allclose

from keras_gan.metrics import FrechetDistance, ModelFeatures, feed

POINTS = np.random.default_rng(0).normal(size=(2, 100, 3)).astype(np.float32)


def test_one_extractor_works_once_for_all():
    calls = []

    def squares(samples):
        calls.append(len(samples))
        return samples**2

    shared = ModelFeatures(squares)
    metrics = [FrechetDistance(shared), FrechetDistance(shared, num_real=60), FrechetDistance()]
    assert feed(metrics, "real", POINTS[0, :80])
    assert calls == [80]
    feed(metrics, "real", POINTS[0, 80:])
    feed(metrics, "fake", POINTS[1])
    assert [metric.details()["num_real"] for metric in metrics] == [100, 60, 100]
    assert_allclose(metrics[0].result(), FrechetDistance(squares)(*POINTS), rtol=1e-7)
    assert_allclose(metrics[1].result(), FrechetDistance(squares)(POINTS[0, :60], POINTS[1]), rtol=1e-7)
    assert_allclose(metrics[2].result(), FrechetDistance()(*POINTS), rtol=1e-7)
    assert len({metric.result() for metric in metrics}) == 3


def test_it_says_when_all_have_enough():
    metrics = [FrechetDistance(num_fake=10), FrechetDistance(num_fake=30)]
    assert feed(metrics, "fake", POINTS[0, :20])
    assert not feed(metrics, "fake", POINTS[0, 20:40])
    assert not feed(metrics, "fake", POINTS[0])
