import json
import math

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.callbacks import BestModel, Checkpoint
from keras_gan.data import ImageData
from keras_gan.metrics import GenerativeMetric, SlicedWasserstein
from keras_gan.metrics.statistics.accumulators import Rows
from keras_gan.utils.validation import warn


class Scripted(GenerativeMetric):
    """Gives one value after another, whatever the samples are."""

    takes_images = True
    improves = "down"
    result_names = ()
    values: tuple[float, ...] = ()

    def new_state(self, side):
        return Rows()

    def compute(self, real, fake):
        value, *type(self).values = type(self).values
        return value, {}


class Upwards(Scripted):
    improves = "up"


class Undecided(Scripted):
    improves = None


@pytest.fixture
def data(images):
    return ImageData(images[0], batch_size=4)


def train(make_gan, data, callbacks, epochs=1, **options):
    gan = make_gan(steps_per_execution=3)
    history = gan.fit(data, epochs=epochs, verbose=0, callbacks=callbacks, **options)
    return gan, history.history


@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("kind", "values", "best"),
    [
        (Scripted, (3.0, 1.0, 1.0, 2.0, 5.0), (1.0, 4)),
        (Upwards, (3.0, 1.0, 4.0, 4.0, 2.0), (4.0, 6)),
        (Scripted, (math.nan, 2.0, math.inf, math.nan, 3.0), (2.0, 4)),
        (Scripted, (math.nan,) * 5, (math.nan, -1)),
    ],
)
def test_the_best_is_kept(make_gan, data, tmp_path, kind, values, best):
    kind.values = values
    callback = BestModel(tmp_path / "best.keras", [kind(name="m")], data, every=2)
    train(make_gan, data, [callback])
    assert callback.metric == "m"
    assert_array_equal([callback.best, callback.best_step], best)
    assert (tmp_path / "best.keras").exists() == (best[1] > 0)
    if best[1] > 0:
        assert int(keras_gan.load(tmp_path / "best.keras").step) == best[1]


def test_of_several_averages_the_best_counts(make_gan, data, tmp_path):
    Scripted.values = (3.0, 2.0, 1.0, 4.0, math.nan, 5.0, math.nan, math.nan, 2.0, 3.0)  # two at each measurement
    callback, logged = BestModel(tmp_path / "best.keras", [Scripted(name="m")], data, every=2), []
    look = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: logged.append(dict(logs)))
    gan = make_gan(ema=[0.5, 0.9], steps_per_execution=2)
    gan.fit(data, verbose=0, callbacks=[callback, look])
    measured = [(logs["val_m"], logs["val_average"]) for logs in logged if "val_m" in logs]
    assert_array_equal(measured, [(2.0, 1.0), (1.0, 0.0), (5.0, 1.0), (math.nan, 0.0), (2.0, 0.0)])
    assert (callback.best, callback.best_step, callback.best_average) == (1.0, 4, 0)
    assert callback.state()["best_average"] == 0
    assert gan.sampled_average == 0


def test_the_best_average_is_that_of_the_file(make_gan, data, tmp_path):
    Upwards.values = (1.0, 2.0) * 5
    gan = make_gan(ema=[0.5, 0.9])
    gan.fit(data, verbose=0, callbacks=[BestModel(tmp_path / "best.keras", [Upwards(name="m")], data, every=2)])
    kept = keras_gan.load(tmp_path / "best.keras")
    assert (kept.sampled_average, gan.sampled_average) == (1, 0)


@pytest.mark.long
def test_what_is_measured_is_what_evaluate_measures(make_gan, data):
    metric = SlicedWasserstein(directions=8, patches=2)
    logged = []
    look = keras.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: logged.append(dict(logs)))
    callback = BestModel(None, [metric], data, every=[4, 10])
    gan, history = train(make_gan, data, [callback, look])
    measured = [logs["val_sliced_wasserstein"] for logs in logged if "val_sliced_wasserstein" in logs]
    assert len(measured) == 2
    (details,) = keras_gan.evaluation.measure([metric], gan, data)
    assert measured[-1] == pytest.approx(details["value"])
    assert history["val_sliced_wasserstein"] == [measured[-1]], "that of the epoch's last step is the epoch's"
    assert callback.best == min(measured)


def test_what_metrics_warn_of_is_remembered(make_gan, data):
    class Wary(Scripted):
        def compute(self, real, fake):
            warn("too few")
            return super().compute(real, fake)

    Wary.values = (3.0, 1.0) * 5
    callback = BestModel(None, [Wary()], data, every=2)
    with pytest.warns(UserWarning, match="too few") as found:
        train(make_gan, data, [callback])
    assert callback.warned == ["too few"]
    assert len([each for each in found if "too few" in str(each.message)]) == 1
    assert callback.state()["warned"] == ["too few"]


@pytest.mark.long
def test_training_is_the_same_with_and_without(make_gan, data):
    with_it, _ = train(make_gan, data, [BestModel(None, [SlicedWasserstein(directions=8)], data, every=3)])
    without, _ = train(make_gan, data, [])
    for ours, theirs in zip(with_it.get_weights(), without.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


def test_it_ends_where_nothing_better_comes(make_gan, data, tmp_path):
    Scripted.values = (3.0, 1.0, 2.0, 2.0, 0.0)
    gan, _ = train(make_gan, data, [BestModel(None, [Scripted()], data, every=2, patience=2)], epochs=3)
    assert int(gan.step) == 8
    assert not list(tmp_path.iterdir())


@pytest.mark.long
@pytest.mark.parametrize("killed_at", [5, 6, 7])
def test_a_run_that_goes_on_knows_what_was_best(make_gan, data, tmp_path, killed_at):
    """Killed before, at and after the worse measurement of step 6: the best is that of step 4 in any case."""

    class Killed(Exception):
        pass

    class Kill(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if batch == killed_at:
                raise Killed

    values = {2: 3.0, 4: 1.0, 6: 2.0, 8: 2.0, 10: 4.0}

    def callbacks(step, *others):
        Scripted.values = tuple(value for due, value in values.items() if due > step)
        best = BestModel(tmp_path / "best.keras", [Scripted()], data, every=2)
        return best, [best, *others, Checkpoint(tmp_path / "checkpoints", every=1)]

    def run(callbacks):
        gan = make_gan()
        gan.fit(data, verbose=0, callbacks=callbacks, resume=tmp_path / "checkpoints")
        return gan

    (tmp_path / "checkpoints").mkdir()
    with pytest.raises(Killed):
        run(callbacks(0, Kill())[1])
    kept = keras_gan.load(tmp_path / "best.keras").get_weights()
    newest = max(path.name for path in (tmp_path / "checkpoints").iterdir() if path.name.startswith("step"))
    best, others = callbacks(int(newest[5:]))
    assert int(run(others).step) == 10
    assert (best.best, best.best_step) == (1.0, 4)
    for ours, theirs in zip(keras_gan.load(tmp_path / "best.keras").get_weights(), kept, strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
def test_what_it_remembers_is_json(make_gan, data):
    Scripted.values = (math.nan, 2.0)
    callback = BestModel(None, [Scripted()], data, every=5)
    assert json.loads(json.dumps(callback.state(), allow_nan=False)) == callback.state(), "before the first"
    train(make_gan, data, [callback])
    other = BestModel(None, [Scripted()], data, every=5)
    other.restore(json.loads(json.dumps(callback.state(), allow_nan=False)))
    assert (other.best, other.best_step, other.state()) == (2.0, 10, callback.state())


@pytest.mark.long
def test_it_tells_how_it_goes(make_gan, data, capsys):
    Scripted.values = (3.0, 4.5)
    make_gan().fit(data, callbacks=[BestModel(None, [Scripted(name="m")], data, every=5, patience=1)])
    out = capsys.readouterr().out
    assert "step 5  the best so far\n    m 3\n" in out
    assert "step 10  the best is 3, of step 5: training ends\n    m 4.5\n" in out


@pytest.mark.some(3)
@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        ({"filepath": "best.h5"}, r"`filepath` must end in \.keras"),
        ({"every": 0}, "`every` must be an integer"),
        ({"patience": 0}, "`patience` must be an integer"),
        ({"seed": -1}, "`seed` must be"),
        ({"metrics": []}, "`metrics` must begin with one that knows which way is better.*Received: none"),
        ({"metrics": [Undecided(name="m")]}, "`metrics` must begin with one.*Received: m"),
        ({"metrics": ["nothing"]}, "`metrics` must be a GenerativeMetric"),
        ({"metrics": ["frechet_distance"]}, "`extractor` must be given for images"),
    ],
)
def test_bad_arguments(make_gan, data, arguments, match):
    given = {"filepath": None, "metrics": [Scripted()], "data": data, "every": 5, **arguments}
    with pytest.raises(InputError, match=match):
        make_gan().fit(data, verbose=0, callbacks=[BestModel(**given)])


def test_a_game_that_draws_no_samples_is_refused(data):
    callback = BestModel(None, [Scripted()], data, every=5)
    callback.set_model(keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]))
    with pytest.raises(InputError, match=r"`BestModel` is for games that sample.*Received: a Sequential"):
        callback.on_train_begin()


def test_a_file_that_can_not_be_written_leaves_the_old_one(make_gan, data, tmp_path, monkeypatch):
    Scripted.values = (3.0, 1.0)
    (tmp_path / "best.keras").write_bytes(b"old")

    def fail(self, path, **options):
        path.write_bytes(b"half")
        raise OSError("disk full")

    monkeypatch.setattr(keras_gan.GAN, "save", fail)
    with pytest.raises(OSError, match="disk full"):
        train(make_gan, data, [BestModel(tmp_path / "best.keras", [Scripted()], data, every=5)])
    assert (tmp_path / "best.keras").read_bytes() == b"old"
    assert np.array_equal([path.name for path in tmp_path.iterdir()], ["best.keras"])
