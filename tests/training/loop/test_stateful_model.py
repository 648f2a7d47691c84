"""The state of a model: all of it, by names that other processes know."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

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
