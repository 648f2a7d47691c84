import numpy as np
import pytest

from keras_gan import InputError, evaluation, metrics
from keras_gan.data import ArrayData, gaussian_mixture

POINTS = gaussian_mixture("ring", num_samples=400)


def test_halves_that_are_equal_are_at_distance_zero():
    data = ArrayData(np.repeat(np.eye(2, dtype="float32"), 50, axis=0))
    (result,) = evaluation.measure_floor([metrics.FrechetDistance()], data)
    assert result["value"] < 0.05
    assert (result["num_real"], result["num_fake"]) == (50, 50)


def test_the_floor_depends_on_the_seed_alone():
    first, again, other = (
        evaluation.measure_floor([metrics.FrechetDistance()], POINTS, seed)[0]["value"] for seed in (0, 0, 1)
    )
    assert first == again != other


def test_features():
    with pytest.raises(InputError, match=r"must be classifier, inception or a .keras file. Received: 'vgg'"):
        evaluation.make_metrics(["frechet_distance"], POINTS, "vgg")
    with pytest.raises(InputError, match="which train no classifier"):
        evaluation.make_metrics(["frechet_distance"], ArrayData(POINTS.examples))
