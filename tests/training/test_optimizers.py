import copy

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.training import optimizers


def test_get_names_its_argument():
    assert isinstance(optimizers.get("adam", "generator_optimizer"), keras.optimizers.Adam)
    for bad in ("adamm", 3, None):
        with pytest.raises(InputError, match="`generator_optimizer` must be a Keras optimizer"):
            optimizers.get(bad, "generator_optimizer")


@pytest.mark.parametrize(("policy", "scaled"), [("float32", False), ("mixed_bfloat16", False), ("mixed_float16", True)])
def test_only_float16_needs_a_loss_scale(policy, scaled):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, dtype=policy)])
    optimizer = optimizers.scale_loss_for(keras.optimizers.SGD(), [network])
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer) == scaled


def test_a_loss_scale_is_not_wrapped_twice():
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, dtype="mixed_float16")])
    own = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    assert optimizers.scale_loss_for(own, [network]) is own


def moved(optimizer, jit_compile):
    """Return a weight after ten steps, and what the optimizer remembers."""
    weight = keras.Variable(np.ones((3, 2), "float32"))
    optimizer.build([weight])
    step = tf.function(lambda gradient: optimizer.apply([gradient], [weight]), jit_compile=jit_compile)
    for gradient in np.random.default_rng(0).normal(size=(10, 3, 2)).astype("float32"):
        step(gradient)
    return [np.array(variable) for variable in [weight, *optimizer.variables]]


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beta_1": 0.0, "beta_2": 0.9},
        {"epsilon": 1e-2, "weight_decay": 0.1, "clipnorm": 0.5},
        {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 5), "use_ema": True},
        {"amsgrad": True},
    ],
)
def test_adam_in_one_kernel_is_that_of_keras(options, jit_compile):
    theirs = keras.optimizers.Adam(**{"learning_rate": 0.1, **options})
    ours = optimizers.fuse(keras.optimizers.Adam.from_config(theirs.get_config()))
    assert ("update_step" in vars(ours)) == ("amsgrad" not in options)
    for our, their in zip(moved(ours, jit_compile), moved(theirs, jit_compile), strict=True):
        assert_allclose(our, their, rtol=1e-5, atol=1e-7)


def test_adam_in_one_kernel_on_replicas(two_replicas):
    alone = moved(keras.optimizers.Adam(0.1), False)
    with two_replicas.scope():
        optimizer = optimizers.fuse(optimizers.take_whole(keras.optimizers.Adam(0.1)))
        weight = keras.Variable(np.ones((3, 2), "float32"))
        optimizer.build([weight])
    step = tf.function(lambda gradient: two_replicas.run(optimizer.apply, ([gradient], [weight])))
    for gradient in np.random.default_rng(0).normal(size=(10, 3, 2)).astype("float32"):
        step(gradient)
    for variable, other in zip([weight, *optimizer.variables], alone, strict=True):
        for replica in two_replicas.experimental_local_results(variable.value):
            assert_allclose(replica, other, rtol=1e-5, atol=1e-7)


def test_another_rule_than_that_of_adam_is_kept():
    class Mine(keras.optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            variable.assign_sub(gradient)

    def mine(gradient, variable, learning_rate):
        variable.assign_add(gradient)

    adam = keras.optimizers.Adam()
    adam.update_step = mine
    assert "update_step" not in vars(optimizers.fuse(Mine()))
    assert optimizers.fuse(adam).update_step is mine
    assert "update_step" in vars(optimizers.fuse(keras.optimizers.AdamW()))


def test_the_group_shows_keras_what_its_callbacks_look_for(make_gan, images):
    gan = make_gan()
    group = gan.optimizer
    assert group.built
    assert len(group.variables) == len(gan.generator_optimizer.variables) + len(gan.discriminator_optimizer.variables)
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate)
    gan.fit(images[0], epochs=2, verbose=0, callbacks=[schedule])
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(0.0025)
    assert int(group.iterations) == 4


@pytest.mark.parametrize("names", [(None, None), ("fast", "slow")])
def test_the_logs_name_learning_rates_after_the_players(names, images):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=())
    gan = keras_gan.GAN(*networks)
    generator, discriminator = (
        keras.optimizers.Adam(rate, name=name) for rate, name in zip((0.1, 0.2), names, strict=True)
    )
    before = generator.name, discriminator.name
    gan.compile(generator, discriminator)
    logs = {}
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate),
        keras.callbacks.ReduceLROnPlateau(monitor="g_loss", mode="min", patience=5),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, now: logs.update(now)),
    ]
    gan.fit(images[0], verbose=0, callbacks=callbacks)
    rates = {name: value for name, value in logs.items() if name.startswith("learning_rate")}
    assert rates == {
        "learning_rate_generator": pytest.approx(0.05),
        "learning_rate_discriminator": pytest.approx(0.1),
    }
    assert (generator.name, discriminator.name) == before
    assert (gan.generator_optimizer, gan.discriminator_optimizer) == (generator, discriminator)


def test_the_face_of_an_optimizer_can_be_copied(make_gan):
    (face, *_) = make_gan().optimizer.optimizers
    assert copy.copy(face).name == face.name == "discriminator"
