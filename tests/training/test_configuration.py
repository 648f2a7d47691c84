import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.training import configuration


def make(**changes):
    options = {"rate": 1e-3, "units": 4, "weight": 0.5, **changes}
    generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(options["units"]), keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    gan = keras_gan.GAN(generator, discriminator)
    gan.compile(
        keras.optimizers.Adam(options["rate"]),
        keras.optimizers.Adam(1e-3),
        terms=[keras_gan.penalties.R1(options["weight"])],
    )
    return gan


DATA = np.zeros((8, 2), np.float32)


def of(gan, data=None, **options):
    return configuration.of(gan, ArrayData(DATA, batch_size=4) if data is None else data, options)


def test_names_that_keras_numbers_make_no_difference():
    first, second = make(), make()
    assert first.generator.name != second.generator.name
    configuration.check_equal(of(first), of(second))


def test_the_number_of_epochs_makes_no_difference():
    configuration.check_equal(of(make(), epochs=3), of(make(), epochs=9))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"rate": 2e-3}, r"compile.generator_optimizer.config.learning_rate was 0.00[12]\d*, is 0.00[12]"),
        ({"units": 5}, r"units was 4, is 5"),
        ({"weight": 0.25}, r"compile.terms\[0\].config.weight was 0.5, is 0.25"),
    ],
)
def test_what_differs_is_named(changes, words):
    with pytest.raises(InputError, match=f"Received: .*{words}"):
        configuration.check_equal(of(make()), of(make(**changes)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (ArrayData(DATA + 1, batch_size=4), "data.digest was"),
        (ArrayData(DATA, batch_size=2), "data.batch_size was 4, is 2"),
        (tf.data.Dataset.from_tensor_slices(DATA).batch(4), 'data.kind was "ArrayData", is "'),
        (DATA, 'data.kind was "ArrayData", is "ndarray"'),
    ],
)
def test_other_data_are_named(data, words):
    gan = make()
    with pytest.raises(InputError, match=words):
        configuration.check_equal(of(gan), of(gan, data))


def test_many_differences_are_counted():
    theirs, ours = ({"a": [value] * 3, "b": {str(n): value for n in range(9)}} for value in (1, 2))
    with pytest.raises(InputError, match=r"Received: a\[0\] was 1, is 2; .* and 7 more"):
        configuration.check_equal(theirs, ours)


def test_versions():
    assert configuration.versions()["keras"] == keras.__version__
