"""The state of a model: all of it, by names that other processes know."""

import copy

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.penalties import LeCam


def test_everything_that_a_step_moves_is_in_the_state(make_gan, images):
    gan = make_gan(num_classes=3, dropout=0.2, terms=[LeCam(0.1)], augmentation="diff_augment")
    named = gan.named_state()
    assert [*named] == [f"{index:04d}" for index in range(len(named))]
    assert len({id(variable) for variable in named.values()}) == len(named)
    known = {id(variable) for variable in named.values()}
    for holder in (gan, gan.generator_optimizer, gan.discriminator_optimizer, *gan.terms):
        assert {id(variable) for variable in holder.variables} <= known
    assert named["0000"] is gan.step


def test_what_was_held_can_be_loaded(make_gan, images):
    gan = make_gan(num_classes=3, dropout=0.2, terms=[LeCam(0.1)])
    held = {name: np.array(value) for name, value in gan.hold_state().items()}
    samples = gan.sample(5, seed=0)
    gan.fit(images[0][:32], images[1][:32], batch_size=8, verbose=0)
    assert np.abs(gan.sample(5, seed=0) - samples).max() > 0
    gan.load_state(held)
    assert_array_equal(gan.sample(5, seed=0), samples)
    for name, value in gan.hold_state().items():
        assert_array_equal(value.numpy(), held[name])


def test_other_formats_lose_state(make_gan, tmp_path):
    with pytest.raises(InputError, match=r"`filepath` must end in .keras"):
        make_gan().save(tmp_path / "gan.h5")


def test_the_config_is_that_of_the_constructor(make_gan):
    gan = make_gan(num_classes=3, ema=0.9, seed=4)
    config = gan.get_config()
    networks, rest = ["generator", "discriminator"], ["prior", "ema", "sampled_average", "pack", "seed", "name"]
    assert [*config] == [*networks, "num_classes", "condition_dim", *rest]
    again = keras_gan.GAN.from_config(copy.deepcopy(config))
    assert again.get_config() == config
    assert (again.num_classes, again.ema, again.seed) == (3, 0.9, 4)


def test_arguments_of_a_subclass_are_kept_too():
    class Scaled(keras_gan.GAN):
        def __init__(self, *args, scale=1.0, **kwargs):
            super().__init__(*args, **kwargs)
            self.scale = scale

    class Forgets(keras_gan.GAN):
        def __init__(self, *args, scale=1.0, **kwargs):
            super().__init__(*args, **kwargs)

    networks = keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,))
    config = Scaled(*networks, scale=3.0, seed=2).get_config()
    assert (config["scale"], config["seed"]) == (3.0, 2)
    assert Scaled.from_config(config).scale == 3.0
    with pytest.raises(InputError, match=r"`scale` of `Forgets` must be kept under its name.*no attribute 'scale'"):
        Forgets(*networks).get_config()


def test_a_subclass_may_add_to_the_config_itself():
    """As Keras's guides do it, under a name of its own."""

    class Scaled(keras_gan.GAN):
        def __init__(self, *args, factor=1.0, **kwargs):
            super().__init__(*args, **kwargs)
            self._factor = factor

        def get_config(self):
            return {**super().get_config(), "factor": self._factor}

    class Further(Scaled):
        def __init__(self, *args, more=2, **kwargs):
            super().__init__(*args, **kwargs)
            self.more = more

    networks = keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,))
    config = Further(*networks, factor=3.0, more=5, seed=2).get_config()
    assert (config["factor"], config["more"], config["seed"]) == (3.0, 5, 2)
    again = Further.from_config(config)
    assert (again._factor, again.more, again.seed) == (3.0, 5, 2)


def test_positional_arguments_are_those_of_the_class_before():
    class Same(keras_gan.GAN):
        def __init__(self, *args):
            super().__init__(*args)

    config = Same(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,))).get_config()
    assert {"generator", "discriminator"} <= {*config}


def test_a_name_is_no_name_of_a_class():
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,)), name="Own")
    assert keras_gan.GAN.from_config(gan.get_config(), custom_objects={"Own": keras.layers.Dense}).name == "Own"
