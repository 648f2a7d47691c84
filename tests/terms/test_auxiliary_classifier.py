import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.critic import Critic
from keras_gan.penalties import R1
from keras_gan.random import RandomStream
from keras_gan.round import Round
from keras_gan.terms import AuxiliaryClassifier, AuxiliaryRegressor, AuxiliaryTags

CLASSES = np.array([[2.0, 0.0, 0.0], [0.0, 1.0, 0.0]], "float32")


def round_with(outputs, labels):
    x = keras.Input((2,))
    critic = Critic(keras.Model(x, {name: layer(x) for name, layer in outputs.items()}))
    real, fake = critic(tf.constant([[1.0, 0.0]])), critic(tf.constant([[0.0, 1.0]]))
    return Round(critic, real, fake, None, labels, None, tf.constant(0, tf.int64), RandomStream(0))


def heads():
    classes = keras.layers.Dense(3, use_bias=False, kernel_initializer=keras.initializers.Constant(CLASSES))
    return {"logits": keras.layers.Dense(1), "classes": classes}


def test_numbers_by_hand():
    """The reals' class logits are (2, 0, 0) and the fakes' (0, 1, 0)."""
    real, fake = np.log(np.exp(2) + 2), np.log(np.exp(1) + 2)
    round = round_with(heads(), tf.constant([1]))
    assert_allclose(AuxiliaryClassifier().generator_term(round), [fake - 1], rtol=1e-6)
    assert_allclose(AuxiliaryClassifier().discriminator_term(round), [real + fake - 1], rtol=1e-6)


def test_what_is_missing_is_named():
    with pytest.raises(InputError, match=r"needs a discriminator with a head 'classes'.*heads \['logits'\]"):
        AuxiliaryClassifier().generator_term(round_with({"logits": keras.layers.Dense(1)}, tf.constant([1])))
    with pytest.raises(InputError, match="needs a generator that takes labels"):
        AuxiliaryClassifier().generator_term(round_with(heads(), None))


@pytest.mark.long
def test_a_gan_learns_with_it(images, tmp_path):
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), num_classes=3)
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(16, "relu")(keras.layers.Flatten()(x))
    discriminator = keras.Model(x, {"logits": keras.layers.Dense(1)(y), "classes": keras.layers.Dense(3)(y)})
    gan = keras_gan.GAN(generator, discriminator, num_classes=3)
    gan.compile("adam", keras.optimizers.Adam(0.01), terms=[AuxiliaryClassifier(weight=0.5), R1(weight=0.01)])
    history = gan.fit(*images, epochs=20, verbose=0).history
    for name in ("d_auxiliary_classifier", "g_auxiliary_classifier"):
        assert history[name][-1] < 0.9 * history[name][0]
    assert "auxiliary_classifier" not in history
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    assert_allclose(loaded.discriminate(*images), gan.discriminate(*images), rtol=1e-6)
    assert loaded.sample(3).shape == (3, 8, 8, 1)


@pytest.mark.parametrize("term", [AuxiliaryTags(head="classes"), AuxiliaryRegressor(head="classes")])
def test_tags_and_numbers_by_hand(term):
    """The reals' head gives (2, 0, 0) and the fakes' (0, 1, 0)."""
    asked = np.array([[1.0, 0.0, 1.0]])
    real, fake = np.array([2.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])

    def by_hand(head):
        if isinstance(term, AuxiliaryTags):
            chance = 1 / (1 + np.exp(-head))
            return -np.mean(np.log(np.where(asked[0] > 0.5, chance, 1 - chance)))
        return np.mean((asked[0] - head) ** 2)

    round = round_with(heads(), tf.constant(asked, tf.float32))
    assert_allclose(term.generator_term(round), [by_hand(fake)], rtol=1e-6)
    assert_allclose(term.discriminator_term(round), [by_hand(real) + by_hand(fake)], rtol=1e-6)


def test_each_has_its_kind_of_labels():
    with pytest.raises(InputError, match=r"`AuxiliaryClassifier` is for a GAN with `num_classes`.*\(1, 3\)"):
        AuxiliaryClassifier().generator_term(round_with(heads(), tf.zeros((1, 3))))
    with pytest.raises(InputError, match=r"`AuxiliaryTags` is for a GAN with `condition_dim`.*\(1,\)"):
        AuxiliaryTags(head="classes").generator_term(round_with(heads(), tf.constant([1])))


@pytest.mark.parametrize("term", [AuxiliaryTags, AuxiliaryRegressor])
@pytest.mark.parametrize("layer", [keras.layers.Dense(1), keras.layers.Dense(2)])
def test_a_head_of_another_width_is_refused(term, layer):
    """Broadcast it would train to something else."""
    outputs = {"logits": keras.layers.Dense(1), "given": layer}
    with pytest.raises(InputError, match=r"needs a head 'given' of shape \(batch, 3\)"):
        term(head="given").generator_term(round_with(outputs, tf.zeros((1, 3))))
