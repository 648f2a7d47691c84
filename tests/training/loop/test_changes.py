import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError

SET = r"The weights of 'generator' were set, and its average still has those from before"


def half(network):
    network.set_weights([0.5 * weight + 0.1 for weight in network.get_weights()])


def test_a_restarted_average_is_its_network(make_gan, images):
    gan = make_gan()
    gan.fit(images[0], verbose=0)
    half(gan.generator)
    assert not np.allclose(gan.sample(4, seed=0), gan.generator(gan.sampler.prior.transform(np.full((4, 4), 0.3))))
    gan.restart_average()
    for weight, average in zip(gan.generator.get_weights(), gan.sampling_generator.get_weights(), strict=True):
        assert_array_equal(average, weight)
    gan.fit(images[0], verbose=0)  # and moves on


def test_without_an_average_there_is_nothing_to_restart(make_gan):
    gan = make_gan(ema=None)
    half(gan.generator)
    gan.restart_average()
    assert gan.sample(1, seed=0).shape == (1, 8, 8, 1)


@pytest.mark.long
def test_loaded_weights_that_the_average_does_not_have_are_told_of(make_gan, images, tmp_path):
    other = make_gan()
    half(other.generator)
    other.generator.save_weights(tmp_path / "generator.weights.h5")
    gan = make_gan()
    gan.generator.load_weights(tmp_path / "generator.weights.h5")
    with pytest.warns(UserWarning, match=SET):
        gan.sample(4, seed=0)
    with pytest.warns(UserWarning, match=r"`restart_average\(\)`"):
        gan.fit(images[0][:8], verbose=0)
    gan = make_gan()
    gan.generator.load_weights(tmp_path / "generator.weights.h5")
    gan.restart_average()
    other.restart_average()
    assert_array_equal(gan.sample(4, seed=0), other.sample(4, seed=0))


def test_layers_frozen_after_compile_are_refused(make_gan, images):
    gan = make_gan()
    gan.discriminator.trainable = False
    message = r"`trainable` of a layer of the discriminator was changed: `compile` again.*Received: 0 trainable var"
    for method in (gan.fit, gan.train_on_batch):
        with pytest.raises(InputError, match=message):
            method(images[0][:8])
    gan.compile("sgd", "sgd")
    before = gan.discriminator.get_weights()
    gan.fit(images[0], verbose=0)
    for now, then in zip(gan.discriminator.get_weights(), before, strict=True):
        assert_array_equal(now, then)


def test_a_network_with_other_variables_than_its_average_is_refused(make_gan, images):
    gan = make_gan()
    next(layer for layer in gan.generator.layers if isinstance(layer, keras.layers.Dense)).enable_lora(2)
    with pytest.raises(InputError, match=r"'generator' must keep the variables that its average.*Received: 6 weights"):
        gan.fit(images[0], verbose=0)


@pytest.mark.long
@pytest.mark.some(3)
@pytest.mark.parametrize(
    ("name", "value"),
    [("beta_1", 0.5), ("clipnorm", 1.0), ("learning_rate", keras.optimizers.schedules.ExponentialDecay(1e-2, 1, 0.5))],
)
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
def test_an_optimizer_changed_after_the_first_step_is_refused(name, value, policy, make_gan, images):
    keras.mixed_precision.set_global_policy(policy)
    gan = make_gan()
    optimizer = getattr(gan.generator_optimizer, "inner_optimizer", gan.generator_optimizer)
    optimizer.epsilon = 1e-4  # no step was traced that would not know it
    gan.train_on_batch(images[0][:8])
    optimizer.learning_rate = 1e-3  # a number is a variable
    gan.train_on_batch(images[0][:8])
    setattr(optimizer, name, value)
    message = rf"`{name}` of `generator_optimizer` was changed after the first step: `compile` again.*Received: {name}="
    for method in (gan.fit, gan.train_on_batch):
        with pytest.raises(InputError, match=message):
            method(images[0][:8])
    gan.compile(gan.generator_optimizer, gan.discriminator_optimizer)
    gan.train_on_batch(images[0][:8])
    assert int(gan.generator_optimizer.iterations) == 3, "it has gone on"


def test_decay_that_keras_forgets_is_told_of(make_gan, tmp_path):
    def spare(rate):
        optimizer = keras.optimizers.AdamW(rate)
        optimizer.exclude_from_weight_decay(var_names=["bias"])
        return optimizer

    with pytest.warns(UserWarning, match=r"does not save `exclude_from_weight_decay` of AdamW: call it again"):
        make_gan(optimizer=spare).save(tmp_path / "gan.keras")
    make_gan(optimizer=keras.optimizers.AdamW).save(tmp_path / "gan.keras")


def test_all_weights_set_are_no_reason_to_warn(make_gan, recwarn):
    gan, other = make_gan(), make_gan()
    half(other.generator)
    gan.set_weights(other.get_weights())
    gan.sample(1, seed=0)
    assert not [caught for caught in recwarn if "its average" in str(caught.message)]


@pytest.mark.long
@pytest.mark.parametrize("use", ["sample", "fit", "evaluate", "export"])
def test_weights_that_are_loaded_after_a_training_are_told_of(use, make_gan, images, tmp_path):
    gan = make_gan()
    gan.fit(images[0], verbose=0)
    gan.sample(2)
    gan.generator.set_weights([weight + 1.0 for weight in gan.generator.get_weights()])
    uses = {
        "sample": lambda: gan.sample(2),
        "fit": lambda: gan.fit(images[0], verbose=0),
        "evaluate": lambda: gan.evaluate(images[0], verbose=0),
        "export": lambda: gan.export(tmp_path / "saved_model"),
    }
    with pytest.warns(UserWarning, match=r"weights of 'generator' were set, .* `restart_average\(\)`"):
        uses[use]()


@pytest.mark.long
def test_restarting_loading_and_training_are_no_surprise(make_gan, images, tmp_path, recwarn):
    gan = make_gan()
    gan.fit(images[0], verbose=0)
    gan.generator.set_weights([weight + 1.0 for weight in gan.generator.get_weights()])
    gan.restart_average()
    gan.sample(2)
    gan.set_weights([weight * 0.5 for weight in gan.get_weights()])
    gan.sample(2)
    gan.train_on_batch(images[0][:8])
    gan.sample(2)
    gan.save(tmp_path / "gan.keras")
    keras.models.load_model(tmp_path / "gan.keras").sample(2)
    assert not [warning for warning in recwarn if "restart_average" in str(warning.message)]


def test_an_optimizer_whose_config_lacks_the_rate(make_gan, images):
    class Mine(keras.optimizers.Adam):
        def get_config(self):
            return {"mine": np.ones(2)}

    make_gan(optimizer=Mine).fit(images[0], verbose=0)
