"""Metrics in `evaluate` and in `fit`."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError, metrics
from keras_gan.data import ArrayData, ImageData, gaussian_mixture
from keras_gan.training.measures import Measures

POINTS = gaussian_mixture("ring", num_samples=600)


def make(*given, num_classes=None, **rules):
    networks = keras_gan.models.mlp((2,), latent_dim=4, hidden=(16,), num_classes=num_classes, seed=0)
    gan = keras_gan.GAN(*networks, num_classes=num_classes, ema=0.9)
    gan.compile("adam", "adam", metrics=given, **rules)
    return gan


def test_the_result_is_that_of_the_samples_by_hand():
    gan = make(metrics.FrechetDistance(), metrics.PrecisionRecall(num_fake=100))
    logs = gan.evaluate(POINTS, verbose=0, return_dict=True)
    assert [*logs] == ["d_loss", "g_loss", "d_real", "d_fake", "frechet_distance", "precision", "recall"]
    assert gan.evaluate(POINTS, verbose=0) == [*logs.values()]
    by_hand = metrics.FrechetDistance()
    by_hand.update_real(POINTS.examples)
    by_hand.update_fake(gan.sample(600, seed=gan.seed))
    assert logs["frechet_distance"] == pytest.approx(by_hand.result(), rel=1e-6)
    few = metrics.PrecisionRecall()
    few.update_real(POINTS.examples)
    few.update_fake(gan.sample(100, seed=gan.seed))
    assert {name: logs[name] for name in ("precision", "recall")} == few.result()


@pytest.mark.parametrize("kind", ["arrays", "dataset", "py_dataset"])
def test_all_kinds_of_data_give_the_same(kind):
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 10

        def __getitem__(self, index):
            return (POINTS.examples[60 * index : 60 * index + 60],)

    data = {
        "arrays": POINTS.examples,
        "dataset": tf.data.Dataset.from_tensor_slices(POINTS.examples).batch(64),
        "py_dataset": Batches(),
    }[kind]
    expected = make("frechet_distance").evaluate(POINTS, verbose=0, return_dict=True)["frechet_distance"]
    logs = make("frechet_distance").evaluate(data, verbose=0, return_dict=True)
    assert logs["frechet_distance"] == pytest.approx(expected, rel=1e-6)


def test_samples_have_the_classes_of_the_data():
    labels = np.repeat([0, 1, 2], [300, 200, 100])
    seen = []

    class Spy(metrics.FrechetDistance):
        def add(self, side, rows, labels=None):
            if side == "fake":
                seen.append(labels)
            super().add(side, rows, labels)

    gan = make(Spy(num_fake=900), num_classes=3)
    gan.evaluate(ArrayData(POINTS.examples, labels), verbose=0)
    assert np.bincount(np.concatenate(seen)).tolist() == [600, 200, 100]
    seen.clear()
    gan.evaluate(POINTS.examples, labels, verbose=0)
    assert np.bincount(np.concatenate(seen)).tolist() == [600, 200, 100]


def test_the_real_side_is_read_once_and_the_result_computed_once_an_evaluation():
    counts = {"real": 0, "compute": 0}

    class Counted(metrics.FrechetDistance):
        def add(self, side, rows, labels=None):
            counts["real"] += len(rows) * (side == "real")
            super().add(side, rows, labels)

        def compute(self, real, fake):
            counts["compute"] += 1
            return super().compute(real, fake)

    gan = make(Counted())
    gan.fit(POINTS, validation_data=POINTS, epochs=3, steps_per_epoch=2, verbose=0)
    assert counts == {"real": 600, "compute": 3}
    gan.evaluate(ArrayData(POINTS.examples + 1), verbose=0)
    assert counts == {"real": 1200, "compute": 4}, "other data are not those that are remembered"


def test_the_best_epoch_is_kept(tmp_path):
    """Of epochs at a falling rate, the one of the smallest distance is in the file, and training can stop for it."""
    gan = make("frechet_distance")
    gan.generator_optimizer.learning_rate = gan.discriminator_optimizer.learning_rate = 5e-3
    monitor = {"monitor": "val_frechet_distance", "mode": "min"}
    keep = keras.callbacks.ModelCheckpoint(str(tmp_path / "best.keras"), save_best_only=True, **monitor)
    stop = keras.callbacks.EarlyStopping(patience=30, **monitor)
    history = gan.fit(POINTS, validation_data=POINTS, epochs=6, verbose=0, callbacks=[keep, stop]).history
    distances = history["val_frechet_distance"]
    best = keras.models.load_model(tmp_path / "best.keras")
    again = best.evaluate(POINTS, verbose=0, return_dict=True)["frechet_distance"]
    assert again == pytest.approx(min(distances), rel=1e-6)
    assert stop.best == min(distances) < max(distances)
    assert keep.best == min(distances)


def test_validation_changes_no_bit_of_training():
    """Neither do metrics."""
    with_metrics, without = make("frechet_distance"), make()
    with_metrics.fit(POINTS, validation_data=POINTS, epochs=2, steps_per_epoch=5, verbose=0)
    without.fit(POINTS, epochs=2, steps_per_epoch=5, verbose=0)
    for ours, theirs in zip(with_metrics.state, without.state, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs))


def test_a_split_of_arrays_and_tuples():
    gan = make("frechet_distance")
    history = gan.fit(POINTS.examples, validation_split=0.25, verbose=0).history
    assert np.isfinite(history["val_frechet_distance"])
    history = gan.fit(POINTS.examples, validation_data=(POINTS.examples[:100],), verbose=0).history
    assert np.isfinite(history["val_frechet_distance"])


def test_monitors_know_the_names():
    gan = make(metrics.PrecisionRecall())
    callback = keras.callbacks.ModelCheckpoint("x.keras", monitor="val_precisoin", save_best_only=True, mode="max")
    with pytest.raises(InputError, match=r"`monitor` of ModelCheckpoint must be .*'val_precision', 'val_recall'"):
        gan.fit(POINTS, validation_data=POINTS, verbose=0, callbacks=[callback])


def test_they_are_saved(tmp_path):
    make(metrics.FrechetDistance(num_fake=50, name="fd50")).save(tmp_path / "gan.keras")
    loaded = keras_gan.load(tmp_path / "gan.keras")
    assert loaded.measures.names == ["fd50"]
    assert loaded.measures.metrics[0].num_fake == 50


def test_what_can_not_be():
    with pytest.raises(InputError, match=r"must log distinct names.*Received: 'precision' twice"):
        make(metrics.PrecisionRecall(k=3), metrics.PrecisionRecall(k=5, name="other"))
    with pytest.raises(InputError, match=r"must log distinct names.*Received: 'd_loss' twice"):
        make(metrics.FrechetDistance(name="d_loss"))
    with pytest.raises(InputError, match=r"`metrics` must be a GenerativeMetric.*Did you mean 'frechet_distance'"):
        make("frechet_distanse")
    with pytest.raises(InputError, match="need data that can be read twice"):
        make("frechet_distance").evaluate(iter([(POINTS.examples[:50],)]), verbose=0)
    assert Measures([], ())(None, 0, None) == {}


def test_images(make_gan, images):
    """Floats that a generator makes are rounded as files would be; labels come from the data."""
    gan = make_gan(num_classes=3, metrics=["sliced_wasserstein"])
    logs = gan.evaluate(ImageData(*images), verbose=0, return_dict=True)
    assert 0 < logs["sliced_wasserstein"] < 1e4
