import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.utils.uint8 import to_uint8

# A program that has never heard of keras_gan: the package can't be imported there.
STRANGER = """
import json, sys
from pathlib import Path

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "keras_gan":
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocked())
try:
    import keras_gan
except ModuleNotFoundError:
    pass
else:
    raise SystemExit("keras_gan is importable here")

import numpy as np
import tensorflow as tf

root = Path(sys.argv[1])
facts = {}
for name in ("unconditional", "conditional", "vectors"):
    loaded = tf.saved_model.load(str(root / name))
    labels = {"labels": tf.constant([2, 0, 1, 1], tf.int32)} if name == "conditional" else {}
    sample = loaded.signatures["sample"](n=tf.constant(4), seed=tf.constant(7), **labels)
    latents = tf.constant(np.load(root / f"{name}.npy"))
    served = loaded.signatures["serving_default"](latents=latents, **labels)
    np.savez(root / f"{name}.npz", served=served["images"], **sample)
    weights = int(sum(np.prod(v.shape) for v in loaded.variables))
    facts[name] = {"weights": weights, "signatures": sorted(loaded.signatures), "served": sorted(served)}
facts["keras_gan"] = "keras_gan" in sys.modules
print(json.dumps(facts))
"""


def make(shape, num_classes=None, **arguments):
    networks = keras_gan.models.mlp(shape, latent_dim=4, hidden=(16,), num_classes=num_classes, seed=3)
    gan = keras_gan.GAN(*networks, num_classes=num_classes, **arguments)
    gan.generator.set_weights([weight + 0.1 for weight in gan.generator.get_weights()])  # apart from the average
    gan.step.assign(1)  # as training does, or a warning tells of it
    return gan


@pytest.fixture(scope="module")
def gans():
    return {
        "unconditional": make((8, 8, 1), ema=0.9),
        "conditional": make((8, 8, 3), num_classes=3, prior="uniform"),
        "vectors": make((2,)),
    }


@pytest.fixture(scope="module")
def exported(gans, tmp_path_factory):
    """What a clean process saw of all of them: the arrays by name, and the facts."""
    root = tmp_path_factory.mktemp("exported")
    for name, gan in gans.items():
        gan.export(root / name)
        np.save(root / f"{name}.npy", np.random.default_rng(0).normal(size=(4, 4)).astype("float32"))
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [sys.executable, "-c", STRANGER, str(root)]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    arrays = {name: dict(np.load(root / f"{name}.npz")) for name in gans}
    return root, arrays, json.loads(done.stdout.splitlines()[-1])


@pytest.mark.long
@pytest.mark.full
def test_the_process_has_never_heard_of_keras_gan(exported):
    assert exported[2]["keras_gan"] is False


@pytest.mark.long
@pytest.mark.parametrize("name", ["unconditional", "conditional", "vectors"])
def test_sample_gives_what_gan_sample_gives(name, gans, exported):
    labels = {"labels": [2, 0, 1, 1]} if name == "conditional" else {}
    images = exported[1][name]["images"]
    assert images.dtype == np.float32
    assert_allclose(images, gans[name].sample(4, seed=7, **labels), atol=1e-5)


@pytest.mark.long
@pytest.mark.parametrize("name", ["unconditional", "conditional"])
def test_images_come_as_uint8_too(name, exported):
    arrays = exported[1][name]
    assert arrays["images_uint8"].dtype == np.uint8
    assert_array_equal(arrays["images_uint8"], to_uint8(arrays["images"]))
    assert set(exported[1]["vectors"]) == {"images", "served"}, "vectors have no uint8"


@pytest.mark.long
@pytest.mark.parametrize("name", ["unconditional", "conditional", "vectors"])
def test_serving_default_is_predict(name, gans, exported):
    root, arrays, facts = exported
    latents = np.load(root / f"{name}.npy")
    inputs = [latents, np.array([2, 0, 1, 1])] if name == "conditional" else latents
    assert_allclose(arrays[name]["served"], gans[name].predict(inputs, verbose=0), atol=1e-5)
    assert facts[name]["served"] == ["images"]
    assert {"sample", "serving_default"} <= set(facts[name]["signatures"])


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize("name", ["unconditional", "conditional", "vectors"])
def test_the_discriminator_stays_at_home(name, gans, exported):
    """And so does the generator, where there is an average."""
    assert exported[2][name]["weights"] == gans[name].generator.count_params()


@pytest.mark.long
@pytest.mark.parametrize("name", ["unconditional", "conditional"])
def test_no_file_names_our_classes(name, exported):
    for path in (exported[0] / name).rglob("*"):
        assert path.is_dir() or b"keras_gan" not in path.read_bytes(), path


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("keys", [None, ["serving_default"]])
@pytest.mark.parametrize("num_classes", [None, 3])
@pytest.mark.parametrize("architecture", ["mlp", "dcgan"])
def test_tensorflow_lite_converts_it_as_all_guides_do(architecture, num_classes, keys, tmp_path):
    shape = {"mlp": lambda **options: keras_gan.models.mlp((8, 8, 1), hidden=(16,), **options)}
    build = shape.get(architecture, lambda **options: keras_gan.models.dcgan((8, 8, 1), width=4, **options))
    gan = keras_gan.GAN(*build(latent_dim=4, num_classes=num_classes), num_classes=num_classes)
    gan.generator.set_weights([2 * weight + 0.05 for weight in gan.generator.get_weights()])
    gan.export(tmp_path / "model")
    options = {} if keys is None else {"signature_keys": keys}
    converted = tf.lite.TFLiteConverter.from_saved_model(str(tmp_path / "model"), **options).convert()
    interpreter = tf.lite.Interpreter(model_content=converted)
    assert list(interpreter.get_signature_list()) == ["serving_default"]
    given = {"latents": np.random.default_rng(0).normal(size=(4, 4)).astype("float32")}
    given |= {"labels": np.array([2, 0, 1, 1], "int32")} if num_classes else {}
    images = interpreter.get_signature_runner("serving_default")(**given)["images"]
    assert images.std() > 1e-3
    assert_allclose(images, gan([*given.values()] if num_classes else given["latents"]), atol=1e-4)


def test_the_directory_is_replaced_whole(gans, tmp_path):
    target = tmp_path / "model"
    gans["unconditional"].export(target)
    (target / "stale.txt").write_text("stale")
    gans["vectors"].export(target)
    assert not (target / "stale.txt").exists()
    assert (target / "saved_model.pb").is_file()
    assert os.listdir(tmp_path) == ["model"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_an_interrupted_export_leaves_what_was_there(error, gans, tmp_path, monkeypatch):
    def write_half(archive, filepath, *args, **kwargs):
        (Path(filepath) / "saved_model.pb").write_bytes(b"half")
        raise error

    monkeypatch.setattr(tf.saved_model, "save", write_half)
    with pytest.raises(error):
        gans["vectors"].export(tmp_path / "model")
    assert os.listdir(tmp_path) == []
    old = tmp_path / "model" / "saved_model.pb"
    old.parent.mkdir()
    old.write_text("old")
    with pytest.raises(error):
        gans["vectors"].export(tmp_path / "model")
    assert [path.name for path in tmp_path.rglob("*")] == ["model", "saved_model.pb"]
    assert old.read_text() == "old"


def test_a_directory_of_something_else_is_left_alone(gans, tmp_path):
    (tmp_path / "thesis.txt").write_text("years")
    with pytest.raises(InputError, match=r"`filepath` must be new, empty or a SavedModel to replace\. Received: "):
        gans["vectors"].export(tmp_path)
    assert os.listdir(tmp_path) == ["thesis.txt"]


@pytest.mark.parametrize("format", ["tflite", "tf_savedmodel", None])
def test_other_formats_are_refused(format, gans, tmp_path):
    with pytest.raises(InputError, match=r"`format` must be one of .*'tf_saved_model'.* Received: format="):
        gans["vectors"].export(tmp_path / "model", format=format)
    assert os.listdir(tmp_path) == []


def test_options_of_other_formats_are_refused(gans, tmp_path):
    with pytest.raises(InputError, match=r"Received: \['opset_version'\]"):
        gans["vectors"].export(tmp_path / "model", opset_version=17)


@pytest.mark.long
def test_export_leaves_the_gan_as_it_was(make_gan, images, tmp_path):
    gan, other = make_gan(), make_gan()
    gan.fit(images[0], verbose=0, shuffle=False)
    other.fit(images[0], verbose=0, shuffle=False)
    gan.export(tmp_path / "model")
    gan.fit(images[0], verbose=0, shuffle=False)
    other.fit(images[0], verbose=0, shuffle=False)
    for ours, theirs in zip(gan.get_weights(), other.get_weights(), strict=True):
        assert_array_equal(ours, theirs)
    sample = tf.saved_model.load(str(tmp_path / "model")).signatures["sample"]
    before = sample(n=tf.constant(3), seed=tf.constant(0))["images"]
    assert not np.allclose(before, gan.sample(3, seed=0)), "the file is of the moment of the export"


@pytest.mark.long
@pytest.mark.parametrize("game", ["pairs", "cycle", "cut"])
def test_a_translation_takes_any_side(game, tmp_path):
    ways = [keras_gan.models.unet(3, 3, width=2, depth=2, seed=seed) for seed in (0, 1)]
    judge = lambda: keras_gan.models.patch_discriminator(receptive_field=16, width=2)  # noqa: E731
    if game == "pairs":
        model, network = keras_gan.ImageToImage(ways[0], judge()), ways[0]
        model.export(tmp_path / "saved", verbose=False)
    elif game == "cut":
        ways[0] = keras_gan.models.resnet_translator(width=2, blocks=1, antialiased=True, projectors=True)
        model, network = keras_gan.CUT(ways[0], judge()), ways[0]
        model.export(tmp_path / "saved", verbose=False)
    else:
        model, network = keras_gan.CycleGAN(*ways, judge(), judge(), pool_size=0), ways[1]
        model.export(tmp_path / "saved", reverse=True)
    signatures = tf.saved_model.load(tmp_path / "saved").signatures
    for size in ((20, 33), (8, 8)):
        eight = np.random.default_rng(0).integers(0, 256, (2, *size, 3), dtype=np.uint8)
        expected = network(eight / np.float32(127.5) - 1.0)
        served = signatures["serving_default"](images=tf.constant(eight / np.float32(127.5) - 1.0))["translated"]
        np.testing.assert_allclose(served, expected, atol=1e-5)
        translated = signatures["translate_uint8"](images=tf.constant(eight))["translated"]
        np.testing.assert_allclose(translated, np.round((expected + 1) * 127.5), atol=1)
    with pytest.raises(keras_gan.InputError, match="`export` takes"):
        model.export(tmp_path / "saved", opset_version=1)
