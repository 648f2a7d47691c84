import keras
import pytest

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
