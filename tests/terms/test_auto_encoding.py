import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError, RandomStream, Round
from keras_gan.critic import Critic
from keras_gan.layers import AuxiliaryDecoder, SpectralNormalization
from keras_gan.terms import AutoEncoding
from keras_gan.terms.auto_encoding import _quarters

IMAGES = np.random.default_rng(0).uniform(-1, 1, (6, 8, 8, 2)).astype("float32")
BLOCKS = IMAGES[:, ::2, ::2].repeat(2, axis=1).repeat(2, axis=2)  # of 2x2 equal pixels


def halved(x):
    return x.reshape(len(x), 4, 2, 4, 2, -1).mean((2, 4))


def doubled(x):
    return x.repeat(2, axis=1).repeat(2, axis=2)


def discriminator(*decoders):
    """Its maps are the means of 2x2 pixels; each decoder has them."""
    x = keras.Input((8, 8, 2))
    maps = keras.layers.AveragePooling2D(2)(x)
    heads = {decoder.name: decoder(maps) for decoder in decoders}
    return keras.Model(x, {"logits": keras.layers.Dense(1)(keras.layers.Flatten()(maps)), **heads})


def doubling(name="whole", **arguments):
    return AuxiliaryDecoder(keras.layers.UpSampling2D(2), name=name, **arguments)


def round_of(network, images=IMAGES, first=0, **options):
    random = RandomStream(0, first=first)
    critic = Critic(network, random=random, **options)
    real = critic(tf.constant(images))
    return Round(critic, real, real, real.images, None, lambda z, y: z, tf.constant(0, tf.int64), random)


def test_the_distance_by_hand():
    """Of each real from what its own means make of it."""
    value = AutoEncoding().discriminator_term(round_of(discriminator(doubling())))
    assert value.dtype == tf.float32
    assert_allclose(value, np.abs(IMAGES - doubled(halved(IMAGES))).mean((1, 2, 3)), rtol=1e-5)
    assert_allclose(
        AutoEncoding().discriminator_term(round_of(discriminator(doubling()), BLOCKS)), np.zeros(6), atol=1e-6
    )


def test_a_smaller_image_is_compared_with_means():
    network = discriminator(AuxiliaryDecoder(keras.layers.Identity(), name="small"))
    assert_allclose(AutoEncoding().discriminator_term(round_of(network)), np.zeros(6), atol=1e-6)


def test_decoders_add_up():
    one, two = discriminator(doubling()), discriminator(doubling(), doubling("again"))
    single, both = (AutoEncoding().discriminator_term(round_of(network)) for network in (one, two))
    assert_allclose(both, 2 * single, rtol=1e-5)


def test_in_the_outputs_of_a_network():
    """Of two outputs: three times the pixels, and their means."""
    x = keras.Input((None, None, 2))
    network = keras.Model(x, [keras.layers.Rescaling(3.0)(x), keras.layers.GlobalAveragePooling2D()(x)])
    value = AutoEncoding(network).discriminator_term(round_of(discriminator(doubling())))
    assert_allclose(value, 3 * np.abs(IMAGES - doubled(halved(IMAGES))).mean((1, 2, 3)), rtol=1e-5, atol=1e-6)


def test_the_part_of_the_image_is_that_of_the_maps():
    """Of images of 2x2 equal pixels any quarter of their means makes the same quarter of them."""
    network = discriminator(doubling("part", crop=True))
    assert_allclose(AutoEncoding().discriminator_term(round_of(network, BLOCKS)), np.zeros(6), atol=1e-6)
    assert np.min(AutoEncoding().discriminator_term(round_of(network))) > 0.1


def quarters(rows, first=0, step=0):
    """Maps of 6x4 that say where they are, of images of 12x8."""
    grid = np.stack(np.meshgrid(np.arange(12), np.arange(8), indexing="ij"), axis=-1).astype("float32")
    images = tf.constant(grid[None].repeat(rows, axis=0))
    return _quarters(images[:, ::2, ::2], images, RandomStream(0, step, first), "part")


def test_quarters_are_anywhere():
    maps, images = quarters(2000)
    assert maps.shape == (2000, 3, 2, 2)
    assert images.shape == (2000, 6, 4, 2)
    places = maps.numpy()[:, 0, 0]
    assert_array_equal(images[:, 0, 0], places)
    inside = np.stack(np.meshgrid(np.arange(6), np.arange(4), indexing="ij"), axis=-1)
    assert_array_equal(images, places[:, None, None] + inside)
    counts = np.unique(places, axis=0, return_counts=True)[1]
    assert len(counts) == 4 * 3
    assert counts.min() > 100


def test_quarters_follow_the_position_in_the_batch_and_the_step():
    whole, tail = quarters(20)[0], quarters(5, first=15)[0]
    assert_array_equal(whole[15:], tail)
    assert np.abs(quarters(20, step=1)[0] - whole).max() > 0


@keras_gan.register
class Negative(keras_gan.augmentation.Augmentation):
    def augment(self, images, random):
        return -images


def test_what_was_seen_is_asked_for():
    value = AutoEncoding().discriminator_term(round_of(discriminator(doubling()), BLOCKS, augmentation=Negative()))
    assert_allclose(value, np.zeros(6), atol=1e-6)


def test_gradients_reach_the_decoder_and_the_maps():
    x = keras.Input((8, 8, 2))
    maps = keras.layers.Conv2D(3, 2, 2, name="maps")(x)
    decoder = keras.layers.Conv2DTranspose(2, 2, 2, name="decoder")
    heads = {"whole": AuxiliaryDecoder(decoder, name="whole")(maps)}
    network = keras.Model(x, {"logits": keras.layers.Dense(1)(keras.layers.Flatten()(maps)), **heads})
    with tf.GradientTape() as tape:
        value = tf.reduce_mean(AutoEncoding().discriminator_term(round_of(network)))
    for gradient in tape.gradient(value, [network.get_layer("maps").kernel.value, decoder.kernel.value]):
        assert np.abs(gradient).max() > 1e-3


def test_singular_vectors_move_once_an_update():
    layer = SpectralNormalization(keras.layers.Conv2DTranspose(2, 2, 2))
    network = discriminator(AuxiliaryDecoder(layer, name="whole"))
    start = np.random.default_rng(0).normal(size=layer.u.shape)
    for moves in (False, True):
        layer.u.assign(start)
        AutoEncoding().discriminator_term(round_of(network, moves=moves))
        assert bool(np.abs(layer.u - start).max() > 1e-3) is moves


def test_it_is_the_discriminators():
    assert AutoEncoding().of("generator") is None


@pytest.mark.long
def test_a_network_is_saved_with_the_game(images, tmp_path):
    x = keras.Input((None, None, 1))
    features = keras.Model(x, keras.layers.Conv2D(2, 3)(x))
    y = keras.Input((8, 8, 1))
    maps = keras.layers.Conv2D(4, 2, 2)(y)
    heads = {"whole": AuxiliaryDecoder(keras.layers.Conv2DTranspose(1, 2, 2), name="whole")(maps)}
    heads["logits"] = keras.layers.Dense(1)(keras.layers.Flatten()(maps))
    gan = keras_gan.GAN(keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,)).generator, keras.Model(y, heads))
    gan.compile("adam", "adam", terms=[AutoEncoding(features, weight=0.5)])
    before = features.get_weights()
    gan.fit(images[0], batch_size=8, epochs=1, verbose=0)
    assert_array_equal(features.get_weights()[0], before[0])
    gan.save(tmp_path / "gan.keras")
    loaded = keras_gan.load(tmp_path / "gan.keras")
    assert loaded.terms[0].weight == 0.5
    for ours, theirs in zip(loaded.terms[0].network.get_weights(), before, strict=True):
        assert_array_equal(ours, theirs)


def test_what_does_not_fit():
    plain = keras.Model(x := keras.Input((8, 8, 2)), keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    with pytest.raises(InputError, match=r"needs a discriminator with `layers\.AuxiliaryDecoder`.*Received: layers \["):
        AutoEncoding().discriminator_term(round_of(plain))
    grey = discriminator(AuxiliaryDecoder(keras.layers.Conv2DTranspose(1, 2, 2), name="grey"))
    with pytest.raises(InputError, match=r"decoder 'grey' must make images .* 8x8, with 2 channels\. Received: shape"):
        AutoEncoding().discriminator_term(round_of(grey))
    large = discriminator(AuxiliaryDecoder(keras.layers.UpSampling2D(3), name="large"))
    with pytest.raises(InputError, match=r"decoder 'large' must make .*Received: shape \(6, 12, 12, 2\)"):
        AutoEncoding().discriminator_term(round_of(large))
    with pytest.raises(InputError, match=r"`network` must be a functional Keras model of images\. Received: .*'vgg'"):
        AutoEncoding("vgg")
