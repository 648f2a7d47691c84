import math
import os
import sys

import keras
import numpy as np
import pytest
from PIL import Image

from keras_gan import InputError, layers, recipes, runs
from keras_gan.recipes import Facts, Plan
from keras_gan.runs.dry_run import DryRun, operations


@pytest.fixture
def at_once(monkeypatch):
    monkeypatch.setattr(sys.modules["keras_gan.runs.dry_run"], "_SECONDS", 0.0)


def test_nothing_is_trained_to_its_end_or_written(at_once, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    recipe = recipes.get("digits").but(images="100k", width=4)
    found = runs.dry_run(recipe)
    assert not list(tmp_path.iterdir())
    gan = recipe.make(recipe.load())
    for name, network in (("generator", gan.generator), ("discriminator", gan.discriminator)):
        assert found.parameters[name] == sum(math.prod(weight.shape) for weight in network.trainable_weights)
        assert found.operations[name] == operations(network) > 2 * 8 * 8
    assert found.images_per_second > 0
    assert found.seconds_to_begin > 0
    assert 0 < found.seconds_a_row < found.seconds - found.seconds_to_begin
    assert found.seconds_to_end > 0
    assert 2**26 < found.memory < 2**36
    assert found.gpu_memory is None
    assert str(found).startswith(str(found.plan))


@pytest.mark.long
def test_what_is_over_at_once_is_measured_beyond_its_end(at_once):
    found = runs.dry_run(recipes.get("digits").but(images=64, width=4))
    assert 0 < found.images_per_second < math.inf
    assert "for 1,000, " in str(found)


@pytest.mark.long
def test_what_it_would_begin_with_is_told(at_once, tmp_path):
    recipe = recipes.get("digits").but(images=64, width=4)
    recipe.make(recipe.load()).save(tmp_path / "gan.keras")
    found = runs.dry_run(recipe.but(start=tmp_path / "gan.keras"))
    assert found.carried.is_whole
    assert f"begun from:    {tmp_path / 'gan.keras'}" in str(found)
    keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]).save(tmp_path / "other.keras")
    with pytest.raises(InputError, match=r"`path` must hold a keras_gan\.GAN"):
        runs.dry_run(recipe.but(start=tmp_path / "other.keras"))


@pytest.mark.long
@pytest.mark.parametrize("name", ["pix2pix", "cyclegan", "cut", "srgan"])
def test_translations_are_rehearsed_with_their_rows(at_once, tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    for folder in ("trainA", "trainB") if name in ("cyclegan", "cut") else ("a", "b"):
        (tmp_path / "data" / folder).mkdir(parents=True)
        for index in range(4):
            pixels = np.random.default_rng(index).integers(0, 256, (16, 16, 3), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "data" / folder / f"{index}.png")
    small = {"srgan": {"scale": 2, "blocks": 1}, "pix2pix": {}}.get(name, {"blocks": 1})
    recipe = recipes.get(name).but(data=tmp_path / "data", images="1k", image_size=16, width=2, **small)
    found = runs.dry_run(recipe)
    assert os.listdir(tmp_path) == ["data"]
    weights = [weight for network in recipe.make(recipe.load()).networks for weight in network.trainable_weights]
    assert sum(found.parameters.values()) == sum(math.prod(weight.shape) for weight in weights)
    assert found.images_per_second > 0
    assert 0 < found.seconds_a_row < found.seconds
    assert "\ntime:" in str(found)


def test_lines_for_people():
    facts = Facts(count=100, sample_shape=(8, 8, 1), num_classes=None)
    plan = Plan(facts, values={"batch_size": 10}, reasons={"batch_size": ""}).lasting(600, 600)
    found = DryRun(
        plan=plan,
        parameters={"generator": 1234567},
        operations={"generator": 2_500_000},
        memory=3 * 10**9,
        gpu_memory=10**9,
        images_per_second=50.0,
        seconds_to_begin=7.0,
        rows=53,
        seconds_a_row=0.5,
        seconds_an_epoch=0.1,
        seconds_to_end=3.0,
    )
    assert found.seconds == pytest.approx(7.0 + 6000 / 50.0 + 0.5 * 53 + 0.1 + 3.0)
    assert str(found).splitlines()[-4:] == [
        "parameters:    generator 1,234,567",
        "an image:      generator 2.5 MFLOP",
        "memory:        3 GB, GPU 1 GB",
        "time:          50 images/s: 20 s for 1,000, 2:37 for all, of which 7 s until it begins",
    ]


def test_operations_of_a_dense_layer_and_a_convolution():
    dense = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    assert operations(dense) == 2 * 4 * 3 + 3
    convolution = keras.Sequential([keras.Input((6, 5, 2)), keras.layers.Conv2D(7, 3, use_bias=False)])
    assert operations(convolution) == 2 * 3 * 3 * 2 * 7 * 4 * 3


def test_operations_of_several_inputs_and_open_sides():
    x, y = keras.Input((None, None, 1)), keras.Input((2,))
    z = keras.layers.Dense(1, use_bias=False)(y)
    network = keras.Model([x, y], [keras.layers.Conv2D(1, 1, use_bias=False)(x), z])
    assert operations(network) == 2 * 64 * 64 + 2 * 2


def counted(layer):
    return operations(keras.Sequential([keras.Input((16, 16, 8)), layer]))


def test_a_filter_counts_as_its_convolution_whatever_form_it_has_here():
    """On CPUs it is two products, which do more."""
    outputs, taps = 8 * 8 * 8, 4 * 4
    assert counted(layers.Resample("down")) == 2 * taps * outputs


def test_our_convolution_counts_as_that_of_keras():

    ours, theirs = (module.Conv2D(8, 3, padding="same", use_bias=False) for module in (layers, keras.layers))
    np.testing.assert_allclose(counted(ours), counted(theirs), rtol=0.05)
