import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, load, metrics
from keras_gan.data import ImageData
from keras_gan.loading.safe_load import load_with_source
from keras_gan.runs import Run
from keras_gan.training.resume import checkpoint_files
from tests import hostile_files

# Loads each file in a process of its own, in which nothing may happen but reading that file.
WATCHED = r"""
import json, os, resource, sys
import keras, keras_gan

folder, sound, *names = sys.argv[1:]
os.chdir(folder)
HAPPENINGS = ("subprocess.", "os.", "shutil.", "tempfile.", "socket.", "urllib.", "ftplib.", "http.", "ctypes.dlopen",
              "exec", "compile", "pickle.", "marshal.", "import", "code.", "builtins.input", "webbrowser.", "pty.")
HARMLESS = {"os.listdir", "os.scandir", "object.__getattr__"}
watched, seen = None, []


def hook(event, arguments):
    if watched is None:
        return
    if event == "open":
        path, mode, flags = arguments
        if str(path) not in (watched, "/proc/meminfo") or flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            seen.append(["open", str(path), str(mode)])
    elif event.startswith(HAPPENINGS) and event not in HARMLESS:
        seen.append([event, *map(str, arguments)])


def refused(path):
    try:
        keras_gan.load(path)
    except keras_gan.InputError as error:
        return str(error)


keras.config.enable_unsafe_deserialization()  # which `load` does not ask
keras_gan.load(sound)
refused("another_shape.keras")  # what is imported at the first error is imported now
sys.addaudithook(hook)
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for name in names:
    modules = set(sys.modules)
    watched = f"{name}.keras"
    message = refused(watched)
    watched = None
    more = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start
    new = sorted(set(sys.modules) - modules)
    print(json.dumps({"name": name, "message": message, "seen": seen[:5], "kilobytes": more, "modules": new}))
    seen.clear()
watched = "lambda.keras"
try:
    keras.models.load_model("lambda.keras", safe_mode=False)
except Exception:
    pass  # it is no model that would work
watched = None
print(json.dumps({"name": "canary", "seen": [event for event, *_ in seen]}))
"""


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
    """What happened at each hostile file."""
    folder, elsewhere = tmp_path_factory.mktemp("hostile"), tmp_path_factory.mktemp("sound")
    sound = hostile_files.sound(elsewhere / "sound.keras")
    for name, make in hostile_files.MAKERS.items():
        make(sound, folder / f"{name}.keras")
    before = names(folder)
    command = [sys.executable, "-c", WATCHED, str(folder), str(sound), *hostile_files.MAKERS]
    root = str(Path(keras_gan.__file__).parents[1])
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, env={**os.environ, "PYTHONPATH": root})
    found = {report["name"]: report for report in map(json.loads, done.stdout.splitlines())}
    assert "canary" in found, done.stderr
    return found, names(folder) == before


@pytest.mark.long
@pytest.mark.parametrize("name", hostile_files.MAKERS)
def test_a_hostile_file_is_refused_and_nothing_happens(name, reports):
    found, untouched = reports
    report = found[name]
    assert report["message"] is not None, "it was loaded"
    assert report["message"].startswith("`path` must ")
    assert "Received: " in report["message"]
    assert len(report["message"]) < 800
    assert report["seen"] == []
    assert report["modules"] == []
    assert report["kilobytes"] < 2**20
    assert untouched


@pytest.mark.long
def test_the_canary_sings(reports):
    """Keras's own loader, asked to, makes a function of what the same file holds: it would have been seen."""
    assert "marshal.loads" in reports[0]["canary"]["seen"]


@pytest.mark.long
def test_a_loaded_gan_goes_on(make_gan, images, tmp_path):
    gan = make_gan(3, terms=["r1"])
    gan.fit(*images, batch_size=20, verbose=0)
    gan.save(tmp_path / "gan.keras")
    loaded = load(str(tmp_path))
    assert int(loaded.step) == 2
    assert_array_equal(loaded.sample(6, seed=0), gan.sample(6, seed=0))
    for each in (gan, loaded):
        each.fit(*images, batch_size=20, verbose=0, shuffle=False)
    for ours, theirs in zip(loaded.get_weights(), gan.get_weights(), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
def test_what_a_network_may_be_made_of(tmp_path, registry):
    """Operations, nested networks, half precision, a layer and a function of the user's own."""

    @keras.saving.register_keras_serializable("mine")
    class Twice(keras.layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = keras.layers.Dense(3)  # built at the first call

        def call(self, inputs):
            return self.dense(2.0 * inputs)

    @keras.saving.register_keras_serializable("mine")
    def bent(x):
        return keras.ops.tanh(x) + 0.1 * x

    z, x = keras.Input((4,)), keras.Input((2,))
    inner = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, dtype="mixed_bfloat16", activation=bent)])
    y = keras.ops.cast(inner(z), "float32") * keras.ops.ones(2) + np.array([1.0, 2.0], "float32")
    h = keras.layers.LSTM(3, kernel_regularizer="l2")(keras.layers.Reshape((2, 1))(x))
    h = keras.layers.Bidirectional(keras.layers.GRU(2))(keras.layers.Reshape((3, 1))(Twice()(h)))
    h = keras.layers.Dropout(0.5)(keras.layers.Dense(2, kernel_constraint=keras_gan.penalties.WeightClip(0.1))(h))
    gan = keras_gan.GAN(keras.Model(z, y), keras.Model(x, keras.layers.Dense(1)(h)), ema=0.9)
    schedule = keras.optimizers.schedules.CosineDecay(1e-3, 100)
    gan.compile(keras.optimizers.Adam(schedule), "sgd", terms=[keras_gan.terms.LatentDiversity(weight=schedule)])
    gan.save(tmp_path / "gan.keras")
    assert_array_equal(load(tmp_path / "gan.keras").sample(5, seed=0), gan.sample(5, seed=0))


def test_metrics_write_nothing_where_the_file_says(make_gan, images, tmp_path):
    planted = tmp_path / "planted"
    inception = metrics.InceptionFeatures(cache_dir=planted)  # which would download into it
    gan = make_gan(
        metrics=[
            metrics.SlicedWasserstein(cache_dir=planted),
            metrics.Novelty(inception, cache_dir=planted),
        ]
    )
    gan.save(tmp_path / "gan.keras")
    loaded = load(tmp_path / "gan.keras")
    sliced, novelty = loaded.evaluator.metrics
    assert sliced.cache_dir is novelty.cache_dir is novelty.extractor.cache_dir is None
    novelty.extractor = None
    loaded.evaluate(keras_gan.data.ImageData(*images), verbose=0)
    assert not planted.exists()


def test_the_best_of_a_run(make_gan, tmp_path):
    gan = make_gan()
    gan.save(tmp_path / "gan.keras")
    with pytest.raises(InputError, match=r"`which` must be 'last' but for .* a best.keras.*Received: which='best' of"):
        keras_gan.load(tmp_path, which="best")
    gan.step.assign(7)
    gan.save(tmp_path / "best.keras")
    assert int(keras_gan.load(tmp_path, which="best").step) == 7
    assert int(keras_gan.load(tmp_path).step) == int(keras_gan.load(tmp_path, which="last").step) == 0
    with pytest.raises(InputError, match="`which` must be 'last' but for the directory of a run"):
        keras_gan.load(tmp_path / "gan.keras", which="best")
    with pytest.raises(InputError, match="`which` must be one of"):
        keras_gan.load(tmp_path, which="first")


def test_nothing_to_load(tmp_path):
    (tmp_path / "empty").mkdir()
    (tmp_path / "text.txt").write_text("hello")
    for path in (tmp_path / "empty", tmp_path / "missing", tmp_path / "missing.keras", tmp_path / "text.txt"):
        with pytest.raises(InputError, match=r"`path` must be a run directory with a gan\.keras, .* Received: "):
            load(path)


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04 but no archive"])
def test_files_that_are_no_model(content, tmp_path):
    (tmp_path / "gan.keras").write_bytes(content)
    with pytest.raises(InputError, match=r"`path` must be a file that `GAN\.save` wrote\. Received: .*gan\.keras"):
        load(tmp_path)


def test_a_truncated_model(make_gan, tmp_path):
    file = tmp_path / "gan.keras"
    make_gan().save(file)
    file.write_bytes(file.read_bytes()[:-1000])
    with pytest.raises(InputError, match="`path` must be a file that"):
        load(file)


def test_another_keras_model(tmp_path):
    keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)]).save(tmp_path / "model.keras")
    with pytest.raises(
        InputError, match=r"`path` must hold a keras_gan\.GAN or another game\. Received: .* with a Sequential"
    ):
        load(tmp_path / "model.keras")


def test_safe_mode(tmp_path):
    """A file from elsewhere must not run code."""
    generator, _ = keras_gan.models.mlp((2,), latent_dim=2, hidden=())
    x = keras.Input((2,))
    discriminator = keras.Model(x, keras.layers.Dense(1)(keras.layers.Lambda(lambda t: t)(x)))
    keras_gan.GAN(generator, discriminator).save(tmp_path / "gan.keras")
    with pytest.raises(InputError, match=r"`path` must be a file that .*Lambda"):
        load(tmp_path)


# The directory of a run.


@pytest.fixture
def interrupted(make_gan, images, tmp_path):
    """A run that was broken in its first epoch, and the GAN as it was then."""
    run, gan = Run.create(tmp_path, "toy", {}), make_gan(3, dropout=0.1)

    class Break(keras.callbacks.Callback):
        comes_last = True

        def on_train_batch_begin(self, batch, logs=None):
            callbacks[-2].wait()
            if batch == 3:
                raise KeyboardInterrupt

    callbacks = [*run.callbacks(gan, every=1), Break()]
    with pytest.raises(KeyboardInterrupt):
        gan.fit(ImageData(*images, batch_size=5), verbose=0, callbacks=callbacks)
    return run, gan


@pytest.mark.long
def test_a_run_that_was_interrupted_in_its_first_epoch_is_read(interrupted):
    run, gan = interrupted
    loaded, source = load_with_source(run.path, keras_gan.GAN)
    assert source == run.checkpoints / "step_000000003"
    assert int(loaded.step) == int(gan.step) == 3
    for ours, theirs in zip(loaded.named_state().values(), gan.named_state().values(), strict=True):
        assert_array_equal(np.asarray(ours), np.asarray(theirs))
    assert_array_equal(loaded.sample(6, seed=0), gan.sample(6, seed=0))
    assert int(keras_gan.load(run.model_file).step) == 0, "a file is that file"


@pytest.mark.long
def test_a_checkpoint_that_is_not_newer_is_left(interrupted):
    run, gan = interrupted
    run.save(gan)
    assert load_with_source(run.path, keras_gan.GAN)[1] == run.model_file


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize("damage", ["flipped", "cut", "missing", "link", "pipe", "other", "record", "file"])
def test_a_damaged_checkpoint_is_passed_over(damage, interrupted, make_gan, tmp_path):
    run, _ = interrupted
    older, newest = checkpoint_files.paths(run.checkpoints)
    state = newest / "state.npz"
    if damage == "flipped":
        content = bytearray(state.read_bytes())
        content[len(content) // 2] ^= 1
        state.write_bytes(content)
    elif damage == "cut":
        state.write_bytes(state.read_bytes()[:-5])
    elif damage == "missing":
        (newest / "record.json").unlink()
    elif damage == "link":
        state.rename(tmp_path / "elsewhere.npz")
        state.symlink_to(tmp_path / "elsewhere.npz")
    elif damage == "pipe":
        state.unlink()
        os.mkfifo(state)
    elif damage == "file":
        shutil.rmtree(newest)
        newest.write_text("no directory")
    else:
        shutil.rmtree(newest)
        arrays = {"0000": np.zeros((), "int64")}
        record = {"step": 3}
        checkpoint_files.write(run.checkpoints, arrays, record, keep=9)
        if damage == "record":
            (newest / "record.json").write_text("[" * 100_000)
            (newest / "SHA256SUMS").write_text(checkpoint_files._sums(newest))
    with pytest.warns(UserWarning, match="A checkpoint that can't be read is passed over, step_000000003"):
        loaded, source = load_with_source(run.path, keras_gan.GAN)
    assert source == older
    assert int(loaded.step) == checkpoint_files.step_of(older) == 2


@pytest.mark.long
@pytest.mark.full
def test_where_no_checkpoint_can_be_read_the_file_is(interrupted):
    run, _ = interrupted
    for path in checkpoint_files.paths(run.checkpoints):
        (path / "state.npz").write_bytes(b"")
    with pytest.warns(UserWarning, match="passed over"):
        loaded, source = load_with_source(run.path, keras_gan.GAN)
    assert (source, int(loaded.step)) == (run.model_file, 0)


@pytest.mark.parametrize("made_by", [{"recipe": "dcgan", "width": 3}, {}])
def test_what_made_it_is_kept(made_by, make_gan, tmp_path):
    gan = make_gan()
    gan.made_by = {"recipe": "another"}
    gan.made_by = made_by
    gan.save(tmp_path / "gan.keras")
    assert keras_gan.loading.made_by(tmp_path / "gan.keras") == made_by
    loaded = load(tmp_path / "gan.keras")
    assert loaded.made_by == made_by
    assert loaded.get_compile_config().get("made_by", {}) == made_by
    loaded.made_by = {"recipe": "another"}


@pytest.mark.parametrize("found", [[1], "dcgan", 3, {"a b": 1, "width": [3], "wide": True, "recipe": "\x1b]0;a\x07"}])
def test_what_does_not_tell_what_made_it(found, make_gan, tmp_path):
    make_gan().save(tmp_path / "gan.keras")
    with zipfile.ZipFile(tmp_path / "gan.keras") as archive:
        config = json.loads(archive.read("config.json"))
    config["compile_config"]["made_by"] = found
    hostile_files.rewrite(tmp_path / "gan.keras", tmp_path / "bad.keras", {"config.json": json.dumps(config)})
    assert keras_gan.loading.made_by(tmp_path / "bad.keras") == {}
    assert load(tmp_path / "bad.keras").made_by == {}


def test_what_made_it_of_what_is_no_file(tmp_path):
    with pytest.raises(InputError, match="`path` must be a run directory with a gan"):
        keras_gan.loading.made_by(tmp_path)
    (tmp_path / "gan.keras").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"`path` must be a file that `GAN\.save` wrote"):
        keras_gan.loading.made_by(tmp_path)
