import re

import keras
import numpy as np
import pytest

from keras_gan import InputError, metrics
from keras_gan.metrics import FrechetDistance, GenerativeMetric, MultiscaleSSIM, PrecisionRecall, get
from keras_gan.metrics.protocols import PROTOCOLS, USUAL_NAMES, is_protocol
from keras_gan.utils.registry import members


def test_a_name_is_a_protocols_in_any_case():
    assert is_protocol("FD10k")
    assert not is_protocol("frechet_distance")


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_protocol_pins_the_counts_and_names_the_metric(name):
    metric = get(name, lambda samples: samples)
    assert metric.name == name
    thousands = int("".join(c for c in name[2:].split("k")[0]))
    assert metric.num_fake == 1000 * thousands
    assert metric.num_real == (None if "full" in name or not metric.needs_real else 1000 * thousands)
    assert metric.extractor is not None
    if isinstance(metric, (PrecisionRecall, metrics.DensityCoverage)):
        assert name.endswith(str(metric.k))


def test_a_protocol_is_kept():
    metric = get("fd1k")
    points = np.random.default_rng(0).normal(size=(1500, 2))
    metric.update_real(points[:999])
    metric.update_fake(points)
    with pytest.raises(InputError, match=r"`update_real` must bring 1,000 samples to 'fd1k'. Received: 999"):
        metric.result()
    metric.update_real(points[999:])
    assert metric.result() < 1e-12, "both sides end at the thousandth"
    assert (metric.details()["num_real"], metric.details()["num_fake"]) == (1000, 1000)


def test_names_classes_instances_and_configs():
    metric = FrechetDistance(num_fake=5)
    assert get(metric) is metric
    assert get(keras.saving.serialize_keras_object(metric)).get_config() == metric.get_config()
    for asked in ("frechet_distance", "FrechetDistance", FrechetDistance):
        assert get(asked, lambda samples: samples).extractor is not None
    assert isinstance(get("multiscale_ssim", lambda samples: samples), MultiscaleSSIM), "which has no use for it"


def test_what_is_refused():
    with pytest.raises(InputError, match=r"'fd10k'.* Did you mean 'fd10k'\? Received: metrics='fd10'"):
        get("fd10")
    with pytest.raises(
        InputError, match=r"must be an instance for mode_coverage.*means.*Received: metrics=ModeCoverage"
    ):
        get("mode_coverage")
    for nothing in (3, None, {}):
        with pytest.raises(
            InputError, match=r"`metrics` must be a GenerativeMetric or one of.*'fd10k'.*Received: metrics="
        ):
            get(nothing)


@pytest.mark.parametrize(("usual", "name"), USUAL_NAMES.items())
def test_the_usual_names_are_known(usual, name):
    with pytest.raises(InputError, match=f"Did you mean {name!r}"):
        get(usual)
    assert name in members(GenerativeMetric)


def test_names_that_are_listed_can_be_taken():
    with pytest.raises(InputError) as error:
        get("nothing")
    listed = re.findall(r"'(\w+)'", str(error.value).split("[")[1].split("]")[0])
    assert "mode_coverage" not in listed
    assert "frechet_distance" in listed
    for name in listed:
        assert isinstance(get(name, lambda samples: samples), GenerativeMetric)
