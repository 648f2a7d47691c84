import json
import os

import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.metrics import (
    DensityCoverage,
    FrechetDistance,
    GenerativeMetric,
    ModelFeatures,
    Novelty,
    PrecisionRecall,
    SlicedWasserstein,
)
from keras_gan.metrics.statistics.accumulators import Rows
from tests.metrics.neighbour_metrics import check_feeding, pictures


class Means(GenerativeMetric):
    """The mean of the generated rows over that of the real ones."""

    takes_images = True
    computed = 0

    def new_state(self, side):
        return Rows()

    def compute(self, real, fake):
        self.computed += 1
        return float(fake.rows.mean() / real.rows.mean()), {"real_mean": float(real.rows.mean())}


def vectors(*values):
    return np.array(values, np.float32).reshape(-1, 1)


def test_the_two_sides_and_one_computation():
    metric = Means()
    metric.update_real(vectors(1.0, 3.0))
    metric.update_fake(vectors(8.0))
    metric.update_fake(vectors(4.0))
    assert metric.result() == metric.result() == 3.0
    assert metric.details()["value"] == 3.0
    assert metric.computed == 1
    metric.update_fake(vectors(0.0))
    assert metric.result() == 2.0
    assert metric.computed == 2


def test_it_is_a_keras_metric():
    metric = Means(name="mine")
    assert isinstance(metric, keras.metrics.Metric)
    assert metric(vectors(2.0), vectors(6.0)) == 3.0
    assert metric.name == "mine"
    metric.reset_state()
    assert metric(vectors(1.0), vectors(1.0)) == 1.0, "both sides were forgotten"


def test_counts_are_pinned():
    metric = Means(num_real=3, num_fake=2)
    assert metric.remaining("real") == 3
    metric.update_real(vectors(1.0, 1.0))
    metric.update_fake(vectors(2.0, 2.0, 100.0))
    with pytest.raises(InputError, match=r"`update_real` must bring 3 samples to 'means'. Received: 2"):
        metric.result()
    metric.update_real(vectors(1.0, 100.0))
    assert (metric.remaining("real"), metric.remaining("fake")) == (0, 0)
    metric.update_fake(vectors(100.0))
    assert metric.result() == 2.0


def test_counts_below_the_least_are_told_of():
    metric = Means(num_fake=2)
    metric.least = 3
    metric.update_state(vectors(1.0, 1.0, 1.0), vectors(2.0, 2.0, 2.0))
    with pytest.raises(InputError, match=r"`update_fake` must bring at least 3 samples to 'means'. Received: 2"):
        metric.result()


def test_nothing_has_no_result():
    metric = Means()
    metric.update_real(vectors(1.0))
    with pytest.raises(InputError, match=r"`update_fake` must bring at least 1 samples .* Received: 0"):
        metric.result()


def test_a_finished_real_side_stays_for_its_key():
    metric = Means()
    assert metric.start_real("data")
    metric.update_real(vectors(2.0))
    metric.finish_real()
    metric.update_fake(vectors(2.0))
    metric.reset_state()
    assert not metric.start_real("data")
    metric.update_fake(vectors(6.0))
    assert metric.result() == 3.0
    with pytest.raises(InputError, match="`update_real` must not follow `finish_real`"):
        metric.update_real(vectors(1.0))
    assert metric.start_real("other data")
    metric.update_real(vectors(1.0))
    assert metric.result() == 6.0, "an unfinished one is not kept"
    metric.reset_state()
    assert metric.start_real("other data")


def test_data_without_a_key_are_fed_each_time():
    metric = Means()
    for _ in range(2):
        assert metric.start_real()
        metric.update_real(vectors(2.0))
        metric.finish_real()
        metric.update_fake(vectors(2.0))
        assert metric.result() == 1.0
        metric.reset_state()


def test_a_real_side_of_ones_own_is_held():
    metric = Means()
    metric.hold_real(vectors(2.0))
    for _ in range(2):
        assert not metric.start_real("data")
        metric.update_fake(vectors(6.0))
        assert metric.result() == 3.0
        metric.reset_state()
    metric.reset_real()
    assert metric.start_real("data")


@pytest.mark.parametrize("kind", [Means, FrechetDistance])
def test_the_real_side_on_disk(kind, tmp_path):
    real, fake = np.random.default_rng(0).normal(size=(2, 50, 3))

    def measured(key="data", **arguments):
        metric = kind(cache_dir=tmp_path, **arguments)
        fed = metric.start_real(key)
        if fed:
            metric.update_real(real)
            metric.finish_real()
        metric.update_fake(fake)
        return fed, metric.result(), metric.details()

    first = measured()
    assert (first[0], len(list(tmp_path.iterdir()))) == (True, 1)
    assert measured() == (False, *first[1:])
    assert measured("other data")[0]
    assert measured(num_real=50)[0], "other settings, another file"
    assert measured(name="other")[0] is False, "names and counts of the other side do not matter"
    assert measured(num_fake=50)[0] is False
    for file in tmp_path.iterdir():
        os.truncate(file, 100)
    assert measured()[:2] == first[:2], "a damaged file is written anew"


def test_the_disk_needs_the_digest_of_the_extractor(tmp_path):
    with pytest.raises(InputError, match=r"`cache_dir` needs an extractor with a digest"):
        Means(lambda samples: samples, cache_dir=tmp_path).start_real("data")
    assert Means(ModelFeatures(lambda samples: samples, digest="1"), cache_dir=tmp_path).start_real("data")


def test_details_say_it_all(images):
    metric = Means(ModelFeatures(lambda samples: samples.reshape(len(samples), -1) + 2.0, name="flat", digest="7"))
    metric.update_real(images[0])
    metric.update_fake(images[0][:20] / 127.5 - 1)
    details = metric.details()
    assert json.loads(json.dumps(details)) == details
    assert (details["num_real"], details["num_fake"], details["feature_shape"]) == (40, 20, [64])
    assert (details["metric"], details["extractor"], details["extractor_digest"]) == ("means", "flat", "7")
    assert details["real_mean"] > 0


def test_images_need_an_extractor(images):
    with pytest.raises(InputError, match=r"`extractor` must be given for images.*FrechetDistance\(extractor=None\)"):
        FrechetDistance().update_real(images[0])
    metric = Means()
    metric.update_real(images[0])
    assert metric._state("real").rows.dtype == np.uint8


@pytest.mark.parametrize(
    ("feed", "message"),
    [
        (lambda m: m.update_fake(np.zeros((2, 5))), r"features of one shape, \(1,\). Received: shape \(5,\)"),
        (lambda m: m.update_fake(vectors(1.0), [1, 2]), r"`labels` must be integers of shape \(1,\)"),
    ],
)
def test_what_is_refused(feed, message):
    metric = Means()
    metric.update_real(vectors(1.0))
    with pytest.raises(InputError, match=message):
        feed(metric)


def test_features_that_are_not_finite_are_refused():
    metric = Means(lambda samples: samples / 0.0)
    with np.errstate(all="ignore"), pytest.raises(InputError, match=r"`extractor` must return finite features"):
        metric.update_real(vectors(1.0))
    needy = Means()
    needy.needs_labels = True
    with pytest.raises(InputError, match=r"`labels` must be given to `Means.update_fake`"):
        needy.update_fake(vectors(1.0))


@pytest.mark.parametrize("kind", [FrechetDistance, PrecisionRecall, DensityCoverage, Novelty, SlicedWasserstein])
def test_feeding_with_images_does_not_show(kind):
    """Features of theirs, of which some are there twice; without an extractor see the tests of each."""
    extractor = ModelFeatures(lambda samples: samples.reshape(len(samples), -1)[:, :9] ** 3, batch_size=11)
    check_feeding(lambda: kind(extractor), sides=(pictures(60, side=4), pictures(50, 1, side=4)))


def test_callbacks_know_which_way_is_better():
    """Keras looks at the private `_direction` of a compiled metric with `mode="auto"`."""
    assert FrechetDistance()._direction == "down"
    assert not hasattr(Means(), "_direction")
    assert keras_gan.metrics.FrechetDistance.improves == "down"
