import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError
from tests.cycle_model import CycleModel, dense


def networks():
    return keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))


@pytest.mark.parametrize("name", ["generator", "discriminator"])
def test_another_network_is_refused(name, make_gan):
    gan = make_gan()
    old, other = getattr(gan, name), getattr(networks(), name)
    with pytest.raises(InputError, match=rf"`{name}` is fixed when the model is made.*Received: {name} = <Functional"):
        setattr(gan, name, other)
    setattr(gan, name, old)  # nothing changes
    assert getattr(gan, name) is old


@pytest.mark.parametrize("name", ["ema", "pack", "prior", "seed", "signature", "step", "averages", "players"])
def test_what_the_constructor_was_given_is_fixed(name, make_gan):
    with pytest.raises(InputError, match=rf"`{name}` is fixed when the model is made.*Received: {name} = 'other'"):
        setattr(make_gan(), name, "other")


RULES = {
    *("augmentation", "discriminator_steps", "accumulation_steps", "loss", "on_nonfinite", "reuse_fakes", "terms"),
    *("dtype_policy", "generator_optimizer", "discriminator_optimizer", "optimizer", "top_k", "run_eagerly"),
    *("jit_compile", "steps_per_execution"),
}


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(RULES))
@pytest.mark.parametrize("compiled", [False, True])
def test_a_rule_is_given_to_compile(name, compiled, make_gan):
    gan = make_gan() if compiled else keras_gan.GAN(*networks())
    with pytest.raises(
        InputError, match=rf"`{name}` is a rule of the game: give it to `compile`.*Received: {name} = 2"
    ):
        setattr(gan, name, 2)


@pytest.mark.parametrize(
    "name",
    [
        "sampler",
        "log_names",
        "fakes",
        "guard",
        "objective",
        "evaluator",
        "num_classes",
        "latent_dim",
        "metrics",
        "weights",
    ],
)
def test_what_follows_from_them_is_fixed_too(name, make_gan):
    with pytest.raises(InputError, match=rf"`{name}` follows from what the constructor and `compile` are given.*= 3"):
        setattr(make_gan(), name, 3)


def test_rules_may_be_changed_within_compile_alone(make_gan):
    gan = make_gan()
    with gan.changing_rules():
        gan.discriminator_steps = 2
    assert gan.discriminator_steps == 2
    with pytest.raises(InputError, match="`discriminator_steps` is a rule of the game"):
        gan.discriminator_steps = 3


def test_what_our_classes_declare_is_plain(make_gan):
    """Keras's tracker would wrap lists, and take the averages' weights for trainable ones."""
    gan = make_gan(ema=0.9, terms=["r1"])
    assert type(gan.terms) is list
    assert type(gan.averages) is dict
    trained = {id(weight) for weight in [*gan.generator.trainable_weights, *gan.discriminator.trainable_weights]}
    assert {id(weight) for weight in gan.trainable_weights} == trained


def test_what_keras_and_a_user_may_set(make_gan, images):
    gan = make_gan()
    gan.stop_training = gan.mine = True
    gan.compile("sgd", "sgd", steps_per_execution=2)
    gan.fit(images[0], verbose=0)
    assert gan.mine is True
    model = CycleModel(dense(3, 3), dense(3, 3), dense(3, 1), dense(3, 1))
    model.compile("sgd", "sgd", cycle_weight=2.0)
    model.compile("sgd", "sgd", cycle_weight=3.0)  # sets its own rule
    assert model.cycle_weight == 3.0
    with pytest.raises(InputError, match="`g_ab` is fixed when the model is made"):
        model.g_ab = dense(3, 3)
    with pytest.raises(InputError, match="`generators_optimizer` is a rule of the game"):
        model.generators_optimizer = keras.optimizers.SGD()


USES = {
    "save": lambda gan, path: tf.train.Checkpoint(gan=gan).save(f"{path}/checkpoint"),
    "write": lambda gan, path: tf.train.Checkpoint(gan).write(f"{path}/checkpoint"),
    "restore": lambda gan, path: tf.train.Checkpoint(gan=gan).restore(f"{path}/known-1"),
    "manager": lambda gan, path: tf.train.CheckpointManager(tf.train.Checkpoint(gan=gan), path, 3).save(),
    "saved_model": lambda gan, path: tf.saved_model.save(gan, f"{path}/model"),
}


@pytest.mark.long
@pytest.mark.parametrize("use", USES)
def test_a_checkpoint_of_tensorflow_is_refused(use, make_gan, tmp_path):
    gan = make_gan()
    tf.train.Checkpoint(gan=gan.generator).save(tmp_path / "known")  # of a network alone it is as complete as ever
    with pytest.raises(InputError, match=r"use `gan\.save`, `keras_gan\.callbacks\.Checkpoint` or `gan\.export`"):
        USES[use](gan, str(tmp_path))
    gan.export(tmp_path / "exported")
    exported = tf.saved_model.load(str(tmp_path / "exported"))
    assert np.isfinite(exported.serve(tf.zeros((1, 4)))["images"]).all()


def test_a_game_may_set_what_it_logs_in_its_compile():
    class Game(CycleModel):
        def compile(self, *args, more=(), **kwargs):
            self.log_names = (*type(self).log_names, *more)
            super().compile(*args, **kwargs)

    game = Game(dense(2, 2), dense(2, 2), dense(2, 1), dense(2, 1))
    for more in (("one",), ("two",)):
        game.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), more=more)
        assert game.log_names[-1] == more[0]
    with pytest.raises(InputError, match="`log_names` follows from"):
        game.log_names = ()
