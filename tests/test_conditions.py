import inspect
import re

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError, conditions
from keras_gan.conditions import Classes, Vectors
from keras_gan.data import ArrayData

PIXELS = np.random.default_rng(0).integers(0, 256, (48, 8, 8, 1), dtype=np.uint8)
ANGLES = np.stack([np.linspace(-1, 1, 48), np.linspace(0, 3, 48) ** 2], axis=1).astype(np.float32)


def make(**options):
    gan = keras_gan.GAN(
        *keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), condition_dim=2), condition_dim=2, ema=0.9
    )
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), **options)
    return gan


def test_classes_are_taken_in_turn():
    assert_array_equal(Classes(3).asked(5, None), [0, 1, 2, 0, 1])
    assert_array_equal(Classes(3).asked(2, 1), [1, 1])
    assert_array_equal(Classes(3).shown(None), [0, 1, 2])
    assert_array_equal(Classes(3).shown(2), [0, 1])
    assert Classes(3).asked(2, [[1], [2]]).shape == (2,)


@pytest.mark.parametrize("count", [1, 2, 3, 10, 1000, 2**20])
def test_some_classes_are_even_over_all(count):
    """Any 64 in a row: where there are fewer classes all of them, else some of each eighth."""
    for first in (0, 64, 10_000):
        taken = np.asarray(Classes(count).spread(first, 64))
        assert taken.dtype == np.int32
        assert 0 <= taken.min() <= taken.max() < count
        part = count if count < 16 else 8
        found = np.bincount(taken * part // count, minlength=part)
        assert found.max() - found.min() <= 4, found


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 3], "must be in 0..2, because num_classes=3. Received: labels from 0 to 3"),
        ([0.0, 1.0], r"must be integers of shape \(2,\).*dtype float64"),
        ([0, 1, 2], r"shape \(3,\)"),
    ],
)
def test_classes_that_are_none(labels, message):
    with pytest.raises(InputError, match=message):
        Classes(3).asked(2, labels)


def test_vectors_of_the_data_are_taken_in_turn():
    vectors = Vectors(2)
    vectors.known.note(ANGLES)
    asked = vectors.asked(60, None)
    assert_array_equal(asked[:48][np.argsort(asked[:48, 0])], ANGLES)
    assert_array_equal(asked[48:], asked[:12])
    assert_array_equal(vectors.asked(10, None), asked[:10])
    assert_array_equal(vectors.shown(3), asked[:3])
    assert_array_equal(vectors.asked(2, [0.5, 2.0]), [[0.5, 2.0], [0.5, 2.0]])


def test_of_many_vectors_some_are_kept_from_all_over():
    vectors = Vectors(1)
    vectors.known.note(np.arange(100_000.0)[:, None])
    kept = np.sort(vectors.asked(1024, None)[:, 0])
    assert (kept[0], kept[-1]) == (0, 99_999)
    assert_allclose(np.diff(kept), 99_999 / 1023, atol=1)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "must be given.*has seen no data yet"),
        ([[1.0, 2.0]], r"vectors of shape \(3, 2\).*because condition_dim=2.*\(1, 2\)"),
        ([0, 1, 2], "vectors of shape"),
        ([[np.nan, 0.0]] * 3, "must be finite"),
    ],
)
def test_vectors_that_are_none(labels, message):
    with pytest.raises(InputError, match=message):
        Vectors(2).asked(3, labels)


def test_one_of_the_two():
    assert conditions.condition(None, None) is None
    with pytest.raises(InputError, match="must not both be given"):
        conditions.condition(3, 2)
    with pytest.raises(InputError, match="`condition_dim` must be an integer >= 1"):
        conditions.condition(None, 0)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    "data",
    [
        lambda: (PIXELS, ANGLES),
        lambda: (ArrayData(PIXELS, conditions=ANGLES, batch_size=16),),
        lambda: (tf.data.Dataset.from_tensor_slices((PIXELS, ANGLES)).batch(16),),
        lambda: (((PIXELS[i : i + 16], ANGLES[i : i + 16]) for i in range(0, 48, 16)),),
    ],
    ids=["arrays", "array_data", "dataset", "generator"],
)
def test_a_gan_is_told_vectors(data, tmp_path):
    gan = make()
    gan.fit(*data(), verbose=0)
    samples = gan.sample(5, seed=0)
    known = {tuple(row) for row in ANGLES}
    assert {tuple(row) for row in gan.signature.condition.asked(16, None)} <= known
    assert_array_equal(gan.sample(3, labels=[0.1, 0.2], seed=0), gan.sample(3, labels=[[0.1, 0.2]] * 3, seed=0))
    assert np.abs(gan.sample(3, labels=[5.0, -5.0], seed=0) - samples[:3]).max() > 0.01
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert loaded.condition_dim == 2
    assert_array_equal(loaded.sample(5, seed=0), samples)
    assert_array_equal(loaded.discriminate(PIXELS, ANGLES), gan.discriminate(PIXELS, ANGLES))


@pytest.mark.long
def test_a_step_of_two_replicas_is_that_of_one(two_replicas):
    alone = make()
    alone.fit(ArrayData(PIXELS, conditions=ANGLES, batch_size=16), verbose=0)
    with two_replicas.scope():
        both = make()
    both.fit(ArrayData(PIXELS, conditions=ANGLES, batch_size=16), verbose=0)
    for ours, theirs in zip(both.weights, alone.weights, strict=True):
        assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5, atol=1e-6)


@pytest.mark.long
def test_what_surrounds_a_gan_does_with_vectors(tmp_path):
    gan = make(metrics=["sliced_wasserstein"])
    data = ArrayData(PIXELS, conditions=ANGLES, batch_size=16)
    callbacks = [keras_gan.callbacks.SampleGrid(tmp_path / "samples", columns=3), keras_gan.callbacks.HealthMonitor()]
    gan.fit(data, validation_data=data, verbose=0, callbacks=callbacks)
    assert np.isfinite(gan.evaluate(data, verbose=0, return_dict=True)["sliced_wasserstein"])
    assert (tmp_path / "samples" / "step_00000003.png").is_file()
    gan.export(tmp_path / "saved_model")
    served = tf.saved_model.load(tmp_path / "saved_model").signatures["sample"]
    made = served(n=tf.constant(3), seed=tf.constant(0), labels=tf.constant(ANGLES[:3]))["images"]
    assert_allclose(made, gan.sample(3, labels=ANGLES[:3], seed=0), atol=1e-5)


@pytest.mark.parametrize(
    ("fit", "message"),
    [
        (lambda gan: gan.fit(PIXELS), "need data with labels"),
        (lambda gan: gan.fit(PIXELS, np.arange(48)), r"Labels must be vectors of shape \(48, 2\)"),
        (lambda gan: gan.fit(PIXELS, ANGLES[:, :1]), r"Labels must be vectors of shape \(48, 2\)"),
        (lambda gan: gan.fit(PIXELS, ANGLES * np.nan), "Labels must be finite"),
        (lambda gan: gan.fit(ArrayData(PIXELS, np.arange(48) % 3, batch_size=16)), "Labels must be vectors"),
        (lambda gan: gan.sample(3, labels=1), "must be vectors"),
    ],
)
def test_other_labels_are_refused(fit, message):
    with pytest.raises(InputError, match=message):
        fit(make())


@pytest.mark.long
def test_a_later_batch_that_is_not_finite_is_named():
    late = ANGLES.copy()
    late[40] = np.inf
    with pytest.raises(InputError, match=r"Labels must be finite.*in batch 2"):
        make().fit(tf.data.Dataset.from_tensor_slices((PIXELS, late)).batch(16), verbose=0)


@pytest.mark.parametrize(
    ("networks", "options", "message"),
    [
        ({"condition_dim": 2}, {}, "`num_classes` is required.*or `condition_dim`"),
        ({"condition_dim": 2}, {"condition_dim": 3}, r"labels of shape \(batch, 3\), because of `condition_dim`"),
        ({"condition_dim": 2}, {"num_classes": 2}, r"labels of shape \(batch\), because of `num_classes`"),
        ({"num_classes": 2}, {"condition_dim": 2}, r"labels of shape \(batch, 2\)"),
        ({}, {"condition_dim": 2}, "`condition_dim` is for networks that take labels"),
        ({"condition_dim": 2}, {"condition_dim": 2, "num_classes": 2}, "must not both be given"),
    ],
)
def test_networks_that_take_others_are_refused(networks, options, message):
    with pytest.raises(InputError, match=message):
        keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), **networks), **options)


def test_an_array_of_data_has_one_of_both():
    assert ArrayData(PIXELS, conditions=ANGLES).targets.dtype == np.float32
    assert ArrayData(PIXELS, np.arange(48)).targets.dtype == np.int32
    assert ArrayData(PIXELS).targets is None


def test_train_on_batch_notes_them_too():
    gan = make()
    gan.train_on_batch(PIXELS[:16], ANGLES[:16])
    assert {tuple(row) for row in gan.signature.condition.asked(16, None)} == {tuple(row) for row in ANGLES[:16]}


@pytest.mark.parametrize("kind", [Classes, Vectors])
def test_the_examples_run(kind):
    (code,) = re.findall(r"```python\n(.*?)```", inspect.getdoc(kind), re.DOTALL)
    exec(code, {"keras_gan": keras_gan, "np": np})
