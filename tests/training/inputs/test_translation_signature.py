import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.models import patch_discriminator, srresnet, unet
from keras_gan.training.inputs.translation_signature import Targets, TranslationSignature


def test_it_is_read_from_the_networks():
    signature = TranslationSignature.of(unet(2, 1, width=2, depth=2), patch_discriminator(2, 1, 16, 2))
    assert signature.data_shape == (None, None, 1)
    assert signature.sample_shape == (None, None, 2)
    assert signature.discriminator_takes_source
    assert signature.is_image
    assert signature.condition.takes((None, 8, 8, 2))
    assert not signature.condition.takes((None, 8, 8, 3))


def test_known_sides_are_taken_from_either_network():
    x = keras.Input((32, 32, 3))
    judge = keras.Model(x, keras.layers.Dense(1)(keras.layers.GlobalAveragePooling2D()(x)))
    signature = TranslationSignature.of(srresnet(width=2, blocks=1), judge)
    assert signature.sample_shape == (32, 32, 3)
    assert not signature.discriminator_takes_source


def test_squashed_ends_are_refused():
    x = keras.Input((8, 8, 3))
    dark = keras.Model(x, keras.layers.Conv2D(3, 3, padding="same", activation="sigmoid")(x))
    with pytest.raises(InputError, match="end it in tanh"):
        TranslationSignature.of(dark, patch_discriminator(3, None, 16, 2))
    probability = keras.Model(x, keras.layers.Conv2D(1, 3, activation="sigmoid")(x))
    with pytest.raises(InputError, match="must end in logits"):
        TranslationSignature.of(unet(width=2, depth=2), probability)


def test_targets():
    targets = Targets((None, 4, 1))
    images = np.zeros((3, 5, 4, 1), "uint8")
    assert targets.check("Labels", images, 3) is images
    assert targets.cast(tf.constant(images)).numpy().max() == -1.0
    assert targets.in_turn(0, 2).shape == (2, 64, 4, 1)
    right, *_ = targets.judge(tf.constant([[[[1.5]]]]))
    assert not right
    assert targets.judge(tf.constant(images))[0]
    for wrong, message in (
        (images[:2], "as many as sources, 3"),
        (images[:, :, :3], r"\(batch, any, 4, 1\)"),
        (images.astype("int64"), "dtype int64"),
        (images + np.float32(2.0), r"in \[-1, 1\]"),
    ):
        with pytest.raises(InputError, match=message):
            targets.check("Labels", wrong, 3)
