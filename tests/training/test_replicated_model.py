import keras
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError


@pytest.mark.parametrize("method", ["train_on_batch", "test_on_batch"])
def test_single_batches_are_for_one_replica(method, make_gan, images, two_replicas):
    getattr(make_gan(), method)(images[0][:8])
    with two_replicas.scope():
        gan = make_gan()
    with pytest.raises(InputError, match=f"`{method}` is for one replica"):
        getattr(gan, method)(images[0][:8])


@pytest.mark.parametrize(
    ("rules", "match"),
    [
        ({"jit_compile": True}, "With several replicas `jit_compile` must be False"),
        (
            {"optimizer": lambda rate: keras.optimizers.SGD(rate, gradient_accumulation_steps=2)},
            "`gradient_accumulation_steps` of an optimizer",
        ),
        (
            {"optimizer": lambda rate: keras.optimizers.SGD(rate, use_ema=True, ema_overwrite_frequency=2)},
            "`ema_overwrite_frequency` of an optimizer",
        ),
    ],
)
def test_what_keras_can_not_do_is_refused(rules, match, make_gan, two_replicas):
    with two_replicas.scope(), pytest.raises(InputError, match=match):
        make_gan(**rules)


def test_all_is_made_in_the_scope(make_gan, images, two_replicas):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    with two_replicas.scope(), pytest.raises(InputError, match=r"make it inside `strategy\.scope"):
        keras_gan.GAN(*networks)
    optimizer = keras.optimizers.Adam(1e-3)
    with two_replicas.scope():
        gan = make_gan()
        with pytest.raises(InputError, match=r"Adam has state: make it inside `strategy.scope"):
            gan.compile(optimizer, "adam")
    alone = make_gan()
    with two_replicas.scope(), pytest.raises(InputError, match=r"GAN has state: make it inside"):
        alone.fit(images[0])


def test_a_lazy_term_and_a_layer_that_reduces(two_replicas):
    networks = lambda: keras_gan.models.dcgan(16, latent_dim=4, width=2)  # noqa: E731
    with two_replicas.scope():
        gan = keras_gan.GAN(*networks())
        with pytest.raises(InputError, match=r"`interval` of `r1` must be 1.*batch_normalization"):
            gan.compile("sgd", "sgd", terms=[keras_gan.penalties.R1(interval=2)])
        gan.compile("sgd", "sgd", terms=[keras_gan.penalties.R1()])


def test_half_precision_penalties_and_batch_normalization(images, two_replicas):
    keras.mixed_precision.set_global_policy("mixed_float16")
    with two_replicas.scope():
        gan = keras_gan.GAN(*keras_gan.models.dcgan(16, latent_dim=4, width=2))
        gan.compile("sgd", "sgd", terms=[keras_gan.penalties.R1(0.1)])
    pixels = tf.image.resize(images[0], (16, 16)).numpy().astype("uint8")
    history = gan.fit(pixels, batch_size=8, verbose=0).history
    assert history["r1"][0] > 0
