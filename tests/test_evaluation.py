from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError, evaluation, metrics
from keras_gan.data import ArrayData, PairedData, UnpairedData, gaussian_mixture
from keras_gan.metrics.features.dinov2_network import dinov2_network

POINTS = gaussian_mixture("ring", num_samples=400)


@pytest.fixture(autouse=True)
def _cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))


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


def test_the_floor_is_that_of_halves_that_are_compared():
    fewer = ArrayData(POINTS.examples[:21])
    with pytest.raises(InputError, match=r"must have halves of 11 samples for 'precision_recall'. Received: 10"):
        evaluation.measure_floor([metrics.PrecisionRecall(k=10)], fewer)
    with pytest.raises(InputError, match=r"must have halves of 10,000 samples for 'fd10k'. Received: 200"):
        evaluation.measure_floor([metrics.get("fd10k")], POINTS)
    novelty = metrics.Novelty()
    novelty.hold_real(POINTS.examples)
    with pytest.raises(InputError, match=r"call `reset_real` to forget them. Received: 'novelty', which holds some"):
        evaluation.measure_floor([novelty], POINTS)
    assert not novelty.start_real(), "they are still held"


def test_a_metric_is_told_before_samples_are_made(make_gan):
    with pytest.raises(InputError, match="`extractor` must be given for images"):
        evaluation.measure([metrics.FrechetDistance()], make_gan(), POINTS)


def test_protocols_pin_their_counts():
    with pytest.raises(InputError, match=r"`num` must be None for .* \['fd10k', 'PR10k3'\]. Received: num=50"):
        evaluation.make_metrics(["frechet_distance", "fd10k", "PR10k3"], POINTS, num=50)


def test_features(tmp_path):
    missing = str(tmp_path / "missing.keras")
    with pytest.raises(InputError, match=r"must be a file that exists. Received: '.*missing.keras'"):
        evaluation.make_metrics(["frechet_distance"], POINTS, missing)
    wrong = "must be classifier, contrastive, inception, none, a .keras file or DINOv2's .pth. Received: 'vgg'"
    with pytest.raises(InputError, match=wrong):
        evaluation.make_metrics(["frechet_distance"], POINTS, "vgg")
    with pytest.raises(InputError, match="which train no classifier"):
        evaluation.make_metrics(["frechet_distance"], ArrayData(POINTS.examples), "classifier")
    (made,) = evaluation.make_metrics(["frechet_distance"], ArrayData(POINTS.examples))
    assert made.extractor is None, "vectors are compared as they are"


def test_what_needs_classes_is_refused_before_anything_is_learnt(images, monkeypatch):
    monkeypatch.setattr(metrics.ContrastiveFeatures, "train", None)
    with pytest.raises(InputError, match=r"`features` must be classifier or inception for \['cs50k'\]"):
        evaluation.make_metrics(["frechet_distance", "cs50k"], ArrayData(images[0]))
    with pytest.raises(InputError, match=r"\['cs50k'\], which need .* Received: features='dinov2_vits14.pth'"):
        evaluation.make_metrics(["cs50k"], ArrayData(*images), "dinov2_vits14.pth")


def test_weights_of_dinov2_are_looked_at_first(images):
    data, tiny = ArrayData(images[0]), Path(__file__).parent / "metrics" / "features" / "data" / "tiny_zip.pth"
    with pytest.raises(InputError, match=r"`features` must be a file that exists. Received: 'missing.pth'"):
        evaluation.make_metrics(["frechet_distance"], data, "missing.pth")
    with pytest.raises(InputError, match=r"`weights` must hold 'patch_embed.proj.weight' of shape"):
        evaluation.make_metrics(["frechet_distance"], data, str(tiny))


@pytest.mark.long
def test_the_distance_of_dinov2(images, monkeypatch):
    """Its file is read in the tests of the features: here a network has random weights."""
    monkeypatch.setattr(metrics.DINOv2Features, "network", dinov2_network())
    monkeypatch.setattr(metrics.DINOv2Features, "digest", "7")
    data, file = ArrayData(images[0]), Path(__file__).parent / "metrics" / "features" / "data" / "tiny_zip.pth"
    made = evaluation.make_metrics(["frechet_distance"], data, str(file))
    (result,) = evaluation.measure_floor(made, data)
    assert (result["extractor"], result["feature_shape"]) == ("dinov2_vits14", [384])


@pytest.mark.long
def test_images_without_labels_are_compared_by_what_is_learnt_from_them(images, monkeypatch):
    train = metrics.ContrastiveFeatures.train
    monkeypatch.setattr(
        metrics.ContrastiveFeatures, "train", lambda *given, **options: train(*given, steps=2, **options)
    )
    data = ArrayData(images[0])
    assert evaluation.usual_features(data) == "contrastive"
    (result,) = evaluation.measure_floor(evaluation.make_metrics(["frechet_distance"], data), data)
    assert result["extractor"] == "contrastive"
    assert result["value"] > 0


def test_how_far_it_is(capsys, images, monkeypatch):
    train = metrics.ClassifierFeatures.train
    monkeypatch.setattr(
        metrics.ClassifierFeatures, "train", lambda *given, **options: train(*given, steps=2, **options)
    )
    data = ArrayData(*images)
    sides = "x".join(map(str, data.sample_shape))
    made = evaluation.make_metrics(["sliced_wasserstein"], data, verbose=1)
    out = capsys.readouterr().out
    told, *progress = out.splitlines()
    assert told == f"features: a classifier learns from 40 images of {sides}  once for these data"
    assert [line.split("  ")[0] for line in progress[-2:]] == ["training a classifier", ""]
    evaluation.measure_floor(made, data, verbose=2)
    assert capsys.readouterr().out.startswith("evaluating  40/40 samples  ")


class Negatives:
    """A translation whose result is known, both ways."""

    ways = ("there", "back")

    def translate(self, images, batch_size=1, reverse=False):
        return 1.0 - images / np.float32(127.5)


def images_of(*seeds):
    return [np.random.default_rng(seed).integers(0, 256, (20, 12, 12, 1), dtype=np.uint8) for seed in seeds]


def test_pairs_that_are_met():
    first, other = images_of(0, 1)
    pair_metrics = [metrics.get_pair(name) for name in ("l1", "psnr", "ms_ssim")]
    results = evaluation.measure_pairs(pair_metrics, Negatives(), PairedData(first, 255 - first, batch_size=1))
    assert [result["name"] for result in results] == ["l1", "psnr", "ms_ssim"]
    assert [result["value"] for result in results] == pytest.approx([0.0, 100.0, 1.0], abs=1e-4)
    assert [result["num_pairs"] for result in results] == [20, 20, 20]
    data = PairedData(first, other, batch_size=1)
    (few,) = evaluation.measure_pairs(pair_metrics[:1], Negatives(), data, num=17)
    expected = np.abs((255 - first[:17]).astype(float) - other[:17]).mean() / 127.5
    assert (few["value"], few["num_pairs"]) == (pytest.approx(expected, rel=1e-5), 17)


def test_each_way_without_pairs():
    first, other = images_of(0, 1)
    data = UnpairedData(first // 4, 255 - other[:15] // 4, batch_size=1)
    metric = metrics.FrechetDistance(lambda images: np.asarray(images, np.float32).mean(axis=(1, 2)))
    there, untranslated, back = evaluation.measure_ways([metric], Negatives(), data)
    assert [result["name"] for result in (there, back, untranslated)] == [
        f"frechet_distance_{way}" for way in ("there", "back", "untranslated")
    ]
    assert [(result["num_real"], result["num_fake"]) for result in (there, back)] == [(15, 20), (20, 15)]
    assert 100 * max(there["value"], back["value"]) < untranslated["value"]
    one_way = type("OneWay", (Negatives,), {"ways": ("there",)})()
    again = evaluation.measure_ways([metric], one_way, data)
    assert [result["name"][17:] for result in again] == ["there", "untranslated"]
    assert [result["value"] for result in again] == [there["value"], untranslated["value"]]
    wide = UnpairedData(first, other.repeat(3, axis=-1), batch_size=1)
    assert len(evaluation.measure_ways([], Negatives(), wide)) == 0
    with pytest.raises(InputError, match=r"`features` must be inception, none or a .keras file where the domains"):
        evaluation.told_apart(wide)


def test_images_are_counted_before_they_are_translated():
    first, other = images_of(0, 1)
    metric = metrics.FrechetDistance(lambda images: np.asarray(images, np.float32).mean(axis=(1, 2)), num_real=16)
    game = type("Never", (Negatives,), {"translate": None})()
    with pytest.raises(InputError, match=r"`update_real` must bring 16 samples to 'frechet_distance'\. Received: 15"):
        evaluation.measure_ways([metric], game, UnpairedData(first, other[:15], batch_size=1))


def test_what_is_real_is_looked_at_once():
    seen = []
    data = UnpairedData(*images_of(0, 1), batch_size=1)
    metric = metrics.FrechetDistance(lambda images: seen.append(len(images)) or images.mean(axis=(1, 2)))
    evaluation.measure_ways([metric], Negatives(), data)
    assert sum(seen) == 5 * 20, "three sets that are compared, and two that they are compared with"


def test_domains_of_other_depths_are_told_apart():
    first = np.random.default_rng(0).integers(0, 256, (6, 16, 16, 1), dtype=np.uint8)
    both = evaluation.told_apart(UnpairedData(first, (first / 127.5 - 1.0).astype("float32"), batch_size=1))
    assert both.examples[:].dtype == np.uint8
    assert_array_equal(both.examples[:6], both.examples[6:])


def test_domains_are_told_apart():
    first, other = images_of(0, 1)
    both = evaluation.told_apart(UnpairedData(first, other[:7], batch_size=1))
    np.testing.assert_array_equal(both.labels, [0] * 20 + [1] * 7)
    np.testing.assert_array_equal(both.examples[np.arange(20, 27)], other[:7])
