"""Metrics in `evaluate` and in `fit`."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError, metrics
from keras_gan.data import ArrayData, ImageData, gaussian_mixture
from keras_gan.training.sampling.evaluator import Evaluator

POINTS = gaussian_mixture("ring", num_samples=600)


class Batches(keras.utils.PyDataset):
    """The points with labels of three classes, 60 at a time."""

    reads = 0

    def __len__(self):
        return 10

    def __getitem__(self, index):
        self.reads += 1
        rows = slice(60 * index, 60 * index + 60)
        return POINTS.examples[rows], np.arange(600)[rows] % 3


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


@pytest.mark.long
@pytest.mark.parametrize("kind", ["arrays", "dataset", "py_dataset"])
def test_all_kinds_of_data_give_the_same(kind):
    data = {
        "arrays": POINTS.examples,
        "dataset": tf.data.Dataset.from_tensor_slices(POINTS.examples).batch(64),
        "py_dataset": Batches(),
    }[kind]
    expected = make("frechet_distance").evaluate(POINTS, verbose=0, return_dict=True)["frechet_distance"]
    logs = make("frechet_distance").evaluate(data, verbose=0, return_dict=True)
    assert logs["frechet_distance"] == pytest.approx(expected, rel=1e-6)


def test_data_are_read_once_more_than_for_the_losses():
    alone, measured = Batches(), Batches()
    make().evaluate(alone, verbose=0)
    make("frechet_distance", metrics.PrecisionRecall(num_fake=50)).evaluate(measured, verbose=0)
    assert measured.reads == alone.reads + 10


@pytest.mark.long
@pytest.mark.parametrize("pinned", [100, None])
def test_steps_end_what_has_no_end(pinned):
    data = tf.data.Dataset.from_tensor_slices(POINTS.examples).batch(64).repeat()
    gan = make(metrics.FrechetDistance(num_real=pinned, num_fake=pinned))
    gan.evaluate(data, steps=3, verbose=0)
    assert gan.evaluator.metrics[0].details()["num_real"] == (pinned or 192)
    gan.fit(POINTS, validation_data=data, validation_steps=2, steps_per_epoch=1, verbose=0)
    assert gan.evaluator.metrics[0].details()["num_fake"] == (pinned or 128)
    with pytest.raises(InputError, match="must be given for data without an end"):
        gan.evaluate(data, verbose=0)
    with pytest.raises(InputError, match="must be given for data without an end"):
        gan.fit(POINTS, validation_data=data, verbose=0)


def test_reading_ends_when_all_have_enough():
    """But goes on for the labels that are asked for."""
    for num_classes, number in ((None, 2), (3, 5)):
        gan, data = make(num_classes=num_classes), Batches()
        evaluator = Evaluator([metrics.FrechetDistance(num_real=100, num_fake=300)], ())
        evaluator(gan.sampler, 0, evaluator.prepare(gan.signature, data))
        assert data.reads == number


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


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.full
def test_the_real_side_of_arrays_is_read_once_a_fit():
    rows = []

    class Counted(metrics.FrechetDistance):
        def add(self, side, given, labels=None):
            rows.extend([len(given)] * (side == "real"))
            super().add(side, given, labels)

    for options in ({"validation_data": (POINTS.examples[:450],)}, {"validation_split": 0.75}):
        rows.clear()
        make(Counted()).fit(POINTS.examples, epochs=3, verbose=0, **options)
        assert sum(rows) == 450


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("kind", [np.asarray, ArrayData])
def test_evaluate_in_a_callback_measures_what_it_is_given(kind):
    other, seen = kind(POINTS.examples + 100), []
    gan = make("frechet_distance")

    class Evaluate(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            seen.append(gan.evaluate(other, verbose=0, return_dict=True)["frechet_distance"])

    history = gan.fit(POINTS, validation_data=POINTS, steps_per_epoch=2, verbose=0, callbacks=[Evaluate()]).history
    assert seen == [gan.evaluate(other, verbose=0, return_dict=True)["frechet_distance"]]
    assert seen[0] > 1e3 > history["val_frechet_distance"][0]


@pytest.mark.long
@pytest.mark.full
def test_two_replicas_measure_what_one_does(two_replicas):
    def measure(strategy):
        with strategy.scope():
            gan = make("frechet_distance", metrics.PrecisionRecall(num_fake=200))
        evaluated = gan.evaluate(POINTS, verbose=0, return_dict=True)
        fitted = gan.fit(POINTS, validation_data=POINTS, steps_per_epoch=2, verbose=0).history
        return [*evaluated.values(), *(fitted[f"val_{name}"][0] for name in gan.evaluator.names)]

    one = tf.distribute.get_strategy()
    np.testing.assert_allclose(measure(two_replicas), measure(one), rtol=1e-6)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("metric", "match"),
    [
        ("fd10k", r"at least 10,000 samples for 'fd10k'. Received: 600"),
        (metrics.PrecisionRecall(k=700), r"at least 701 samples for 'precision_recall'. Received: 600"),
        (
            "class_accuracy",
            r"the labels that the networks take, none. Received: 'class_accuracy', which needs classes",
        ),
        ("multiscale_ssim", r"of vectors must be of vectors. Received: 'multiscale_ssim'"),
        (metrics.ModeCoverage([[0.0, 0.0, 0.0]], 1.0), r"must be vectors like the means, \(n, 3\)"),
        (metrics.FrechetDistance(metrics.ModelFeatures(None, name="gone")), "'gone' was a model in memory"),
    ],
)
def test_what_can_not_be_computed_is_told_before_the_first_step(metric, match):
    gan = make(metric)
    for options in ({"validation_data": POINTS}, {"validation_data": (POINTS.examples,)}):
        with pytest.raises(InputError, match=match):
            gan.fit(POINTS, verbose=0, **options)
    assert int(gan.step.numpy()) == 0
    gan.fit(POINTS, steps_per_epoch=1, verbose=0)  # where nothing is measured


def test_images_need_an_extractor_before_the_first_step(make_gan, images):
    gan = make_gan(metrics=["frechet_distance"])
    for options in ({"validation_data": images[:1]}, {"validation_split": 0.5}):
        with pytest.raises(InputError, match="`extractor` must be given for images"):
            gan.fit(images[0], verbose=0, **options)
    assert int(gan.step.numpy()) == 0


def test_what_a_metric_holds_needs_no_data():
    novelty = metrics.Novelty(num_real=300)
    novelty.hold_real(POINTS.examples)
    gan = make(novelty)
    assert gan.evaluate(POINTS.examples[:10], verbose=0, return_dict=True)["novelty"] > 0
    assert novelty.details()["num_real"] == 300


@pytest.mark.long
@pytest.mark.full
def test_labels_that_nobody_takes_are_not_looked_at():
    for labels in (np.zeros(600, "float32"), np.eye(3)[np.arange(600) % 3], -np.ones(600, int)):
        data = tf.data.Dataset.from_tensor_slices((POINTS.examples, labels)).batch(64)
        values = make("frechet_distance").evaluate(data, verbose=0)
        expected = make("frechet_distance").evaluate(POINTS.examples, labels, batch_size=64, verbose=0)
        assert values == pytest.approx(expected, rel=1e-9)  # the moments are summed in other parts


def test_equal_extractors_work_once():
    """As after loading, which makes one for each."""
    calls = []

    class Squares(metrics.FeatureExtractor):
        digest = "squares"

        def forward(self, samples):
            calls.append(self)
            return samples**2

    given = [metrics.FrechetDistance(Squares("squares")), metrics.PrecisionRecall(Squares("squares"))]
    own = metrics.FrechetDistance(metrics.ModelFeatures(lambda samples: samples), name="own")
    other = metrics.FrechetDistance(metrics.ModelFeatures(lambda samples: -samples), name="other")
    gan = make(*given, own, other)
    gan.evaluate(POINTS, verbose=0)
    assert given[0].extractor is given[1].extractor
    assert own.extractor is not other.extractor, "of which nothing says that they are equal"


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("verbose", [1, 2])
def test_the_values_are_shown(verbose, capsys):
    gan = make("frechet_distance", metrics.PrecisionRecall())
    logs = gan.evaluate(POINTS, verbose=verbose, return_dict=True)
    shown = [f"  {name} {logs[name]:.4g}" for name in ("frechet_distance", "precision", "recall")]
    assert capsys.readouterr().out.splitlines()[-1].endswith("".join(shown))
    gan.fit(POINTS, validation_data=POINTS, steps_per_epoch=1, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert sum("frechet_distance" in line for line in lines) == 1, "in the epoch's line alone"


class Retrieval(metrics.PrecisionRecall):
    """Of which both parts should rise."""

    improves = "up"


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("callback", ["EarlyStopping", "ModelCheckpoint", "ReduceLROnPlateau"])
@pytest.mark.parametrize(("metric", "mode"), [("frechet_distance", "min"), (Retrieval(), "max")])
def test_a_metric_knows_which_way_is_better(callback, metric, mode, tmp_path):
    gan = make(metric)
    monitor = f"val_{gan.evaluator.names[0]}"
    where = {"filepath": tmp_path / "best.keras", "save_best_only": True} if callback == "ModelCheckpoint" else {}
    made = getattr(keras.callbacks, callback)(monitor=monitor, mode="auto", **where)
    gan.fit(POINTS, validation_data=POINTS, steps_per_epoch=1, epochs=2, verbose=0, callbacks=[made])
    assert made.mode == mode
    assert made.monitor_op(1.0, 2.0) == (mode == "min")


def test_nobody_knows_which_way_novelty_is_better():
    stop = keras.callbacks.EarlyStopping("val_novelty", mode="auto")
    with pytest.raises(InputError, match="must be 'min' or 'max'"):
        make(metrics.Novelty()).fit(POINTS, validation_data=POINTS, verbose=0, callbacks=[stop])


@pytest.mark.long
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


@pytest.mark.long
@pytest.mark.full
def test_validation_changes_no_bit_of_training():
    """Neither do metrics."""
    with_metrics, without = make("frechet_distance"), make()
    with_metrics.fit(POINTS, validation_data=POINTS, epochs=2, steps_per_epoch=5, verbose=0)
    without.fit(POINTS, epochs=2, steps_per_epoch=5, verbose=0)
    for ours, theirs in zip(with_metrics.state, without.state, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs))


@pytest.mark.long
def test_a_split_of_arrays_and_tuples():
    gan = make("frechet_distance")
    history = gan.fit(POINTS.examples, validation_split=0.25, verbose=0).history
    assert np.isfinite(history["val_frechet_distance"])
    for kind in (tuple, list):
        history = gan.fit(POINTS.examples, validation_data=kind([POINTS.examples[:100]]), verbose=0).history
        assert np.isfinite(history["val_frechet_distance"])


def test_monitors_know_the_names():
    gan = make(metrics.PrecisionRecall())
    callback = keras.callbacks.ModelCheckpoint("x.keras", monitor="val_precisoin", save_best_only=True, mode="max")
    with pytest.raises(InputError, match=r"`monitor` of ModelCheckpoint must be .*'val_precision', 'val_recall'"):
        gan.fit(POINTS, validation_data=POINTS, verbose=0, callbacks=[callback])


def test_they_are_saved(tmp_path):
    make(metrics.FrechetDistance(num_fake=50, name="fd50")).save(tmp_path / "gan.keras")
    loaded = keras_gan.load(tmp_path / "gan.keras")
    assert loaded.evaluator.names == ["fd50"]
    assert loaded.evaluator.metrics[0].num_fake == 50


def test_what_can_not_be():
    with pytest.raises(InputError, match=r"must log distinct names.*Received: 'precision' twice"):
        make(metrics.PrecisionRecall(k=3), metrics.PrecisionRecall(k=5, name="other"))
    with pytest.raises(InputError, match=r"must log distinct names.*Received: 'd_loss' twice"):
        make(metrics.FrechetDistance(name="d_loss"))
    with pytest.raises(InputError, match=r"`metrics` must be a GenerativeMetric.*Did you mean 'frechet_distance'"):
        make("frechet_distanse")
    with pytest.raises(InputError, match="need data that can be read twice"):
        make("frechet_distance").evaluate(iter([(POINTS.examples[:50],)]), verbose=0)
    for given in ("frechet_distance", metrics.FrechetDistance(), {"frechet_distance"}):
        with pytest.raises(InputError, match=r"`metrics` must be a list of metrics, or None. Received: metrics="):
            Evaluator(given, ())
    for none in (None, [], ()):
        assert Evaluator(none, ())(None, 0, None) == {}


def test_images(make_gan, images):
    """Floats that a generator makes are rounded as files would be; labels come from the data."""
    gan = make_gan(num_classes=3, metrics=["sliced_wasserstein"])
    logs = gan.evaluate(ImageData(*images), verbose=0, return_dict=True)
    assert 0 < logs["sliced_wasserstein"] < 1e4
