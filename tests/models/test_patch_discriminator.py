import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.models import patch_discriminator
from tests.models.test_unet import moved, trainable, zeros  # noqa: F401
from tests.reference import translation as reference


def test_the_counts_of_pix2pix_and_cyclegan(zeros):  # noqa: F811
    assert trainable(patch_discriminator(source_channels=3)) == 2_768_705
    assert trainable(patch_discriminator(normalization="instance")) == 2_764_737


def test_it_is_the_network_of_the_paper():
    model = moved(patch_discriminator(2, 1, receptive_field=34, width=2, normalization="instance"))
    source, images = np.random.default_rng(1).normal(size=(2, 2, 16, 24, 2))
    expected = reference.patch_logits(source[..., :1], images, model.get_weights(), strided=2)
    inputs = [source[..., :1].astype("float32"), images.astype("float32")]
    assert_allclose(model(inputs), expected, atol=1e-4)


def test_odd_sides_are_padded_as_in_pytorch():
    assert patch_discriminator(1, receptive_field=16, width=1)(tf.zeros((1, 15, 15, 1))).shape == (1, 5, 5, 1)


def test_gains_begin_as_in_the_paper():
    model = patch_discriminator(width=64)
    gains = np.concatenate([layer.gamma.numpy() for layer in model.layers if hasattr(layer, "gamma")])
    assert_allclose([gains.mean(), gains.std()], [1.0, 0.02], atol=0.003)


@pytest.mark.parametrize(("field", "side"), [(16, 126), (34, 62), (70, 30), (142, 14), (286, 6)])
def test_the_receptive_field(field, side):
    """The logit in the middle depends on so many pixels a side, and on no more."""
    model = patch_discriminator(1, receptive_field=field, width=2, normalization="none")
    assert model(tf.zeros((1, 256, 256, 1))).shape == (1, side, side, 1)
    # Large enough that no border is near.
    images = tf.random.normal((1, 512, 512, 1), seed=0)
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = model(images)
        middle = logits[0, logits.shape[1] // 2, logits.shape[2] // 2, 0]
    rows, columns = np.nonzero(tape.gradient(middle, images).numpy()[0, ..., 0])
    assert np.ptp(rows) + 1 == field
    assert np.ptp(columns) + 1 == field


def test_heads():
    model = patch_discriminator(3, 3, receptive_field=34, width=2, heads=True)
    pair = [tf.zeros((1, 32, 32, 3))] * 2
    heads = model(pair)
    assert {name: tuple(head.shape[1:]) for name, head in heads.items()} == {
        "logits": (6, 6, 1),
        "layer_0": (16, 16, 2),
        "layer_1": (8, 8, 4),
        "layer_2": (7, 7, 8),
    }
    assert_array_equal(heads["logits"], patch_discriminator(3, 3, receptive_field=34, width=2)(pair))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"receptive_field": 71}, "`receptive_field`.*70"), ({"width": 0}, "`width`"), ({"channels": 0}, "`images`")],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        patch_discriminator(**arguments)
