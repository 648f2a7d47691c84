"""From images to samples in another process, and what an import costs nobody."""

import json
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan.data import ImageData
from keras_gan.penalties import R1

LOAD_AND_SAMPLE = """
import sys
import keras_gan
import keras
import numpy as np

gan = keras.models.load_model(sys.argv[1])
logits = gan.discriminate(*np.load(sys.argv[3]).values())
np.savez(sys.argv[2], samples=gan.sample(30, seed=4), step=int(gan.step), logits=logits)
"""

IMPORT = """
import json, os, sys
import keras, tensorflow  # which bring scikit-learn and matplotlib along, where these are installed

theirs = set(sys.modules)
before = set(os.listdir())
import keras_gan
from tensorflow.python.eager import context

heavy = ("tensorflow_datasets", "sklearn", "matplotlib", "scipy", "pandas", "click", "tensorboard")
facts = {"imported": [name for name in set(sys.modules) - theirs if name.partition(".")[0] in heavy]}
facts["device touched"] = context._context is not None and bool(context.context()._initialized)
facts["written"] = sorted(set(os.listdir()) - before)
print(json.dumps(facts), file=sys.stderr)
"""


def run(code, *arguments, **options):
    root = os.path.dirname(os.path.dirname(keras_gan.__file__))
    environment = {**os.environ, "PYTHONPATH": root}
    command = [sys.executable, "-c", code, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=environment, **options)
    assert done.returncode == 0, done.stderr
    return done


def blobs():
    """64 images of a bright square: at the top for class 0, at the bottom for class 1."""
    images = np.random.default_rng(0).integers(0, 40, (64, 8, 8, 1), dtype=np.uint8)
    labels = np.arange(64) % 2
    images[labels == 0, 1:4, 2:6] += 200
    images[labels == 1, 4:7, 2:6] += 200
    return images, labels


@pytest.mark.long
def test_train_sample_save_and_load_in_a_fresh_process(tmp_path):
    images, labels = blobs()
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(64,), num_classes=2)
    gan = keras_gan.GAN(*networks, num_classes=2, ema=0.98)
    adam = [keras.optimizers.Adam(2e-3, beta_1=0.5, beta_2=0.99) for _ in range(2)]
    gan.compile(*adam, terms=[R1(weight=0.1)], steps_per_execution=50)
    gan.fit(ImageData(images, labels, batch_size=32), epochs=6, steps_per_epoch=100, verbose=0)

    samples = gan.sample(30, seed=4)
    top, bottom = samples[:, 1:4, 2:6].mean((1, 2, 3)), samples[:, 4:7, 2:6].mean((1, 2, 3))
    made = np.where(top > bottom, 0, 1)
    assert_array_equal(made, np.arange(30) % 2, "the labels have been learned")
    assert np.abs(top - bottom).min() > 0.5

    gan.save(tmp_path / "gan.keras")
    np.savez(tmp_path / "data.npz", images=images, labels=labels)
    run(LOAD_AND_SAMPLE, tmp_path / "gan.keras", tmp_path / "made.npz", tmp_path / "data.npz", cwd=tmp_path)
    made = np.load(tmp_path / "made.npz")
    assert_array_equal(made["samples"], samples)
    assert_array_equal(made["logits"], gan.discriminate(images, labels))
    assert int(made["step"]) == 600


@pytest.mark.long
def test_an_import_prints_nothing_and_touches_nothing(tmp_path):
    done = run(IMPORT, cwd=tmp_path)
    assert done.stdout == ""
    facts = json.loads(done.stderr.splitlines()[-1])
    assert facts == {"imported": [], "device touched": False, "written": []}


# Data that come to an end.


def state(gan):
    variables = [gan.step, *gan.optimizer.variables, *gan._seed_states()]
    networks = [gan.generator, gan.discriminator, *gan.averages["generator"]]
    return [np.asarray(variable.numpy()) for variable in variables] + [w for n in networks for w in n.get_weights()]


@pytest.mark.long
@pytest.mark.parametrize("kind", ["dataset", "generator"])
def test_a_step_that_finds_no_data_changes_nothing(kind, images, make_gan):
    """Data of unknown length end when a step asks for more: that step did not happen."""
    gan, known = make_gan(dropout=0.5), make_gan(dropout=0.5)
    if kind == "dataset":
        gan.fit(tf.data.Dataset.from_tensor_slices(images[0]).batch(8).filter(lambda x: True), verbose=0)
    else:
        gan.fit((tuple(part[first : first + 8] for part in images) for first in range(0, 40, 8)), verbose=0)
    known.fit(images[0], batch_size=8, shuffle=False, verbose=0)
    assert int(gan.step) == int(gan.discriminator_optimizer.iterations) == 5
    for ours, theirs in zip(state(gan), state(known), strict=True):
        assert_array_equal(ours, theirs)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("steps_per_execution", [2, 7, "auto"])
def test_an_epoch_of_a_stream_has_as_many_steps_as_it_says(steps_per_execution, images, make_gan):
    """Keras would run an execution that crosses the end of the epoch to its own end."""
    gan = make_gan(steps_per_execution=steps_per_execution)
    gan.fit(ImageData(images[0], batch_size=8), epochs=2, verbose=0)
    assert int(gan.step) == 10
