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


def convolutions(model):
    """Its convolutions, in the order in which they were made."""
    found = [layer for layer in model.layers if "conv2d" in layer.name]
    return sorted(found, key=lambda layer: int(layer.name.partition("2d_")[2] or 0))


def test_scales():
    """Each judges what the one before does at half the sides, and has the same weight in the mean."""
    options = {"receptive_field": 16, "width": 2, "normalization": "instance"}
    model = moved(patch_discriminator(3, 2, scales=3, heads=True, **options))
    images = [np.random.default_rng(0).normal(size=(2, 64, 48, channels)).astype("float32") for channels in (2, 3)]
    heads = model(images)
    assert heads["logits"].shape == (2, 3 * 30, 22, 1)
    assert {name for name in heads if name.startswith("layer_")} == {
        f"layer_{level}{scale}" for level in (0, 1) for scale in ("", "_at_2", "_at_4")
    }
    single, x = patch_discriminator(3, 2, **options), np.concatenate(images, axis=-1)
    assert model.count_params() == 3 * single.count_params()
    for scale, logits in enumerate(np.split(heads["logits"], 3, axis=1)):
        for ours, theirs in zip(convolutions(single), convolutions(model)[3 * scale :], strict=False):
            ours.set_weights(theirs.get_weights())
        expected = single([x[..., :2], x[..., 2:]]).numpy()
        rows, columns = (
            (2 * np.arange(n) + 1) * m // (2 * n) for n, m in zip((30, 22), expected.shape[1:3], strict=True)
        )
        assert_allclose(logits, expected[:, rows][:, :, columns], atol=1e-4)
        padded = np.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)], "reflect")
        windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))[:, ::2, ::2]
        x = windows.mean((-2, -1)).astype("float32")


@pytest.mark.parametrize(("field", "scales", "side"), [(70, 1, 24), (70, 3, 93), (16, 4, 41)])
def test_the_least_sides(field, scales, side):
    model = patch_discriminator(1, receptive_field=field, width=1, scales=scales, normalization="none")
    assert model(tf.zeros((1, side, side, 1))).shape[2] >= 1
    with pytest.raises(InputError, match="larger ones are needed, or fewer layers or scales"):
        model(tf.zeros((1, side - 1, side - 1, 1)))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scales": 0}, "`scales`"),
        ({"receptive_field": 71}, "`receptive_field`.*70"),
        ({"width": 0}, "`width`"),
        ({"channels": 0}, "`images`"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(InputError, match=message):
        patch_discriminator(**arguments)
