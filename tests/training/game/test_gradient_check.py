import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import ops
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, augmentation, penalties


class Hue(augmentation.Augmentation):
    """Has no gradient at all."""

    def augment(self, images, random):
        return tf.image.adjust_hue(tf.repeat(images, 3, axis=-1), 0.2)[..., :1]


class Bilinear(augmentation.Augmentation):
    """Has a gradient, and no second one."""

    def augment(self, images, random):
        return tf.image.resize(tf.image.resize(images, (16, 16)), (8, 8))


class NaN(penalties.R1):
    def discriminator_term(self, round):
        return ops.sqrt(0.0 * round.real.logits)


class Cut(penalties.R1):
    """Forgets its gradient."""

    def discriminator_term(self, round):
        return ops.stop_gradient(super().discriminator_term(round))


def discriminator(*middle):
    x = keras.Input((8, 8, 1))
    y = keras.layers.Conv2D(4, 3, padding="same", activation="tanh", name="first")(x)
    for layer in middle:
        y = layer(y)
    y = keras.layers.Conv2D(4, 3, activation="tanh", name="second")(y)
    return keras.Model(x, keras.layers.Dense(1, name="logit")(keras.layers.Flatten()(y)))


def compiled(*middle, **rules):
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    gan = keras_gan.GAN(generator, discriminator(*middle))
    gan.compile("adam", "adam", **rules)
    return gan


@pytest.mark.long
@pytest.mark.parametrize("term", ["r1", "r2", "gradient_penalty", "dragan"])
def test_a_bilinear_resize_in_the_discriminator_under_a_penalty(term):
    layer = keras.layers.UpSampling2D(2, interpolation="bilinear")
    with pytest.raises(
        InputError, match=f"The term `{term}` must have .*discriminator's.*Received: none for .*second/"
    ):
        compiled(layer, terms=[term])
    compiled(keras.layers.UpSampling2D(2, interpolation="bilinear"), terms=["le_cam"])  # its first derivative is there


def test_an_operation_without_a_derivative_in_the_discriminator():
    with pytest.raises(InputError, match=r"The loss `NonSaturating` must have .*Received: none for first/kernel"):
        compiled(keras.layers.Lambda(tf.round))
    with pytest.raises(InputError, match=r"The loss `Hinge`"):
        compiled(keras.layers.Lambda(lambda y: tf.image.adjust_hue(y[..., :3], 0.1)), loss="hinge")


def test_an_augmentation_is_named_where_it_is_to_blame():
    with pytest.raises(InputError, match=r"augmentation 'hue' under the loss `NonSaturating` .*generator's.*AdjustHue"):
        compiled(augmentation=Hue())
    with pytest.raises(InputError, match=r"augmentation 'bilinear' under the term `r1`"):
        compiled(augmentation=Bilinear(), terms=["r1"])
    compiled(augmentation=Bilinear())
    layer = keras.layers.UpSampling2D(2, interpolation="bilinear")
    with pytest.raises(InputError, match=r"^The term `r1`"):  # the network is to blame, with or without augmentation
        compiled(layer, augmentation="diff_augment", terms=["r1"])


def test_a_term_that_is_not_finite_or_forgets_its_gradient():
    with pytest.raises(InputError, match=r"The term `na_n` .*NaN or infinity for first/kernel"):
        compiled(terms=[NaN()])
    with pytest.raises(InputError, match=r"The term `cut` .*none for first/kernel"):
        compiled(terms=["r1", Cut(name="cut")])


def test_weights_that_are_not_meant_to_be_trained():
    """Behind a stop they are frozen with the layer."""
    stopped = keras.layers.Lambda(ops.stop_gradient)
    with pytest.raises(InputError, match=r"need `trainable=False`"):
        compiled(stopped)
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    frozen = discriminator()
    frozen.trainable = False
    keras_gan.GAN(generator, frozen).compile("adam", "adam", terms=[NaN()])  # nobody asks for that gradient


def test_heads_that_a_part_does_not_use_are_no_fault():
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(8, "relu")(keras.layers.Flatten()(x))
    heads = keras.Model(x, {"logits": keras.layers.Dense(1)(y), "features": keras.layers.Dense(3)(y)})
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    keras_gan.GAN(generator, heads).compile("adam", "adam", terms=["r1", "feature_matching"])


def test_it_changes_nothing():
    """Neither weights, batch norm, singular vectors, dropout's seeds nor the state of terms and augmentation."""
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dropout(0.5, seed=1)(keras.layers.BatchNormalization()(keras.layers.Flatten()(x)))
    y = keras_gan.layers.SpectralNormalization(keras.layers.Dense(1))(y)
    generator, _ = keras_gan.models.dcgan((8, 8, 1), latent_dim=4, width=4)
    gan = keras_gan.GAN(generator, keras.Model(x, y))
    before = [np.array(variable) for variable in gan.variables]
    gan.compile("adam", "adam", terms=["le_cam"], augmentation=augmentation.ADA(p=0.5))
    for ours, theirs in zip([np.array(variable) for variable in gan.variables], before, strict=True):
        assert_array_equal(ours, theirs)
    assert float(gan.terms[0].started) == 0.0
    assert float(gan.augmentation.current_p) == 0.5


def test_a_term_is_played_once_and_once_more_where_a_gradient_is_missing():
    """R1 does not move with the last bias, so there is no need to ask whether it moves by itself."""
    played = []

    class Counted(penalties.R1):
        def discriminator_term(self, round):
            played.append(round)
            return super().discriminator_term(round)

    compiled(terms=[Counted()])
    assert len(played) == 2


def test_a_gan_that_has_diverged_can_be_compiled_again(make_gan):
    gan = make_gan()
    gan.discriminator.set_weights([np.full_like(weight, np.nan) for weight in gan.discriminator.get_weights()])
    gan.compile("adam", "adam", terms=["r1"])


@pytest.mark.long
def test_under_a_strategy(two_replicas):
    with two_replicas.scope():
        compiled(terms=["r1", "le_cam"], augmentation="ada", loss="relativistic_average")


def test_an_activity_regularizer_is_refused():
    """It would count for the last of several passes alone."""
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(4, activity_regularizer="l2")(keras.layers.Flatten()(x))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    gan = keras_gan.GAN(generator, keras.Model(x, keras.layers.Dense(1)(y)))
    with pytest.raises(InputError, match=r"must add no losses .*Received: an activity"):
        gan.compile("adam", "adam")


def test_weight_regularizers_are_welcome():
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(1, kernel_regularizer="l2", bias_regularizer="l1")(keras.layers.Flatten()(x))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    keras_gan.GAN(generator, keras.Model(x, y)).compile("adam", "adam", terms=["r1"])


@keras_gan.register
class Noisy(keras.layers.Layer):
    def call(self, inputs):
        return inputs + tf.random.normal(tf.shape(inputs))


@keras_gan.register
class Eights(keras.layers.Layer):
    """Works on batches of eights alone."""

    def call(self, inputs):
        return tf.reshape(tf.reshape(inputs, (-1, 8, inputs.shape[1])), (-1, inputs.shape[1]))


@pytest.mark.parametrize("layer", [Noisy, Eights])
def test_what_it_cannot_judge_it_leaves(layer):
    """Noise of TensorFlow's own, and a layer that such a small batch does not suit."""
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(4)(layer()(keras.layers.Flatten()(x)))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    keras_gan.GAN(generator, keras.Model(x, keras.layers.Dense(1)(y))).compile("adam", "adam", terms=["r1"])


def test_vectors_are_looked_at_where_the_generator_makes_them():
    """Positive ones, of which the discriminator takes the logarithm."""
    z, x = keras.Input((2,)), keras.Input((3,))
    generator = keras.Model(z, keras.layers.Dense(3, "softplus")(z))
    discriminator = keras.Model(x, keras.layers.Dense(1)(ops.log(x)))
    keras_gan.GAN(generator, discriminator).compile("adam", "adam", terms=["r1"])


def test_an_error_in_a_term_stays_what_it_is():
    class Wrong(penalties.R1):
        def discriminator_term(self, round):
            return round.real.outputs["typo"]

    with pytest.raises(KeyError, match="typo"):
        compiled(terms=[Wrong()])
