import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.conditions import Classes
from keras_gan.data import ImageData
from keras_gan.training.game.signature import Signature
from keras_gan.training.inputs import fit_arguments

IMAGES = Signature(latent_dim=4, sample_shape=(8, 8, 1), condition=None, discriminator_takes_labels=False)
LABELLED = Signature(latent_dim=4, sample_shape=(8, 8, 1), condition=Classes(3), discriminator_takes_labels=True)
VECTORS = Signature(latent_dim=4, sample_shape=(2,), condition=None, discriminator_takes_labels=False)
PIXELS = np.full((6, 8, 8, 1), 255, np.uint8)
ORDERED = np.array([0, 1, 2, 0, 1, 2])


@pytest.mark.parametrize(
    ("x", "signature", "message"),
    [
        (PIXELS[..., 0], IMAGES, r"\(batch, 8, 8, 1\). Received: shape \(6, 8, 8\)"),
        (PIXELS[:, :4], IMAGES, r"Received: shape \(6, 4, 8, 1\)"),
        (PIXELS.repeat(3, -1), IMAGES, r"Received: shape \(6, 8, 8, 3\)"),
        (PIXELS[:0], IMAGES, "must not be empty"),
        (PIXELS.astype("float32"), IMAGES, r"in \[-1, 1\].*values from 255 to 255"),
        (PIXELS.astype("int64"), IMAGES, "uint8 in 0..255 or floating point.*dtype int64"),
        (PIXELS.astype("bool"), IMAGES, "dtype bool"),
        (np.full((6, 8, 8, 1), np.nan), IMAGES, "must be finite"),
        (np.zeros((6, 2), int), VECTORS, "must be floating point. Received: dtype int64"),
        (np.full((6, 2), np.inf), VECTORS, "must be finite"),
    ],
)
@pytest.mark.parametrize("as_dataset", [False, True])
def test_bad_samples(x, signature, message, as_dataset):
    data = tf.data.Dataset.from_tensor_slices(x).batch(8) if as_dataset else x
    with pytest.raises(InputError, match=message if len(x) else "must not be empty"):
        fit_arguments.check_first_batch(data, signature)


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (None, "samples without labels"),
        (ORDERED - 1, r"must be in 0..2, because num_classes=3. Received: labels from -1 to 1"),
        (ORDERED + 1, "Received: labels from 1 to 3"),
        (ORDERED.astype("float32"), "must be integers of shape .*dtype float32"),
        (ORDERED[:5], r"shape \(5,\)"),
        (np.eye(3, dtype=int)[ORDERED], r"shape \(6, 3\)"),
    ],
)
def test_bad_labels(labels, message):
    with pytest.raises(InputError, match=message):
        fit_arguments.check_first_batch(PIXELS if labels is None else (PIXELS, labels), LABELLED)


def test_good_data_passes():
    for x in (PIXELS, PIXELS / 127.5 - 1.0, tf.constant(PIXELS), tf.data.Dataset.from_tensor_slices(PIXELS).batch(2)):
        fit_arguments.check_first_batch(x, IMAGES)
    fit_arguments.check_first_batch((PIXELS, ORDERED), LABELLED)
    fit_arguments.check_first_batch(np.full((3, 2), 1e6), VECTORS)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "3"])
@pytest.mark.parametrize("name", ["epochs", "batch_size", "steps_per_epoch", "steps", "validation_steps"])
def test_bad_counts(name, value):
    with pytest.raises(InputError, match=f"`{name}` must be an integer >= 1"):
        fit_arguments.check_counts({name: value})


@pytest.mark.parametrize("share", [1.0, 1.5, -0.5, float("nan")])
def test_bad_validation_split(share):
    with pytest.raises(InputError, match=r"`validation_split` must be a finite number in \[0, 1\)"):
        fit_arguments.check_counts({"validation_split": share})


def test_good_counts_pass():
    fit_arguments.check_counts({"epochs": np.int64(3), "batch_size": None, "validation_split": 0.2, "verbose": 0})


def test_a_generator_is_looked_at_and_not_used_up():
    x, y, _ = fit_arguments.prepare(((PIXELS, ORDERED) for _ in range(3)), None, LABELLED)
    assert y is None
    assert len(list(x)) == 3
    with pytest.raises(InputError, match="values from 255 to 255"):
        fit_arguments.prepare(((PIXELS.astype("float32"), ORDERED) for _ in range(3)), None, LABELLED)
    with pytest.raises(InputError, match="must not be empty"):
        fit_arguments.prepare(iter([]), None, LABELLED)


def test_labels_of_an_array_are_dropped_or_made_an_array():
    assert fit_arguments.prepare(PIXELS, ["a"] * 6, IMAGES)[1] is None
    labels = fit_arguments.prepare(PIXELS, list(ORDERED), LABELLED)[1]
    assert isinstance(labels, np.ndarray)
    with pytest.raises(InputError, match="Received: list"):
        fit_arguments.prepare(PIXELS.tolist(), None, IMAGES)


def test_validation_data_keep_their_form(make_gan):
    assert len(fit_arguments.prepare_validation((PIXELS,), {}, make_gan())) == 1
    assert len(fit_arguments.prepare_validation((PIXELS, ORDERED), {}, make_gan(num_classes=3))) == 2
    with pytest.raises(InputError, match="`sample_weight` is not supported"):
        fit_arguments.prepare_validation((PIXELS, ORDERED, np.ones(6)), {}, make_gan(num_classes=3))


def test_the_first_look_at_array_data_is_at_all_of_them(recwarn, make_gan):
    """Sorted data may begin with blank images."""
    images = np.zeros((64, 8, 8, 1), np.uint8)
    images[32:] = np.arange(64, dtype=np.uint8).reshape(8, 8, 1)
    make_gan().fit(ImageData(images, batch_size=8), steps_per_epoch=1, verbose=0)
    assert not [warning for warning in recwarn if "All pixels" in str(warning.message)]
