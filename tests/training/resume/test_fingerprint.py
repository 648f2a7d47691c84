import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.ops import platform
from keras_gan.training.resume import fingerprint


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
    return fingerprint.of(gan, ArrayData(DATA, batch_size=4) if data is None else data, options)


def test_names_that_keras_numbers_make_no_difference():
    first, second = make(), make()
    assert first.generator.name != second.generator.name
    fingerprint.check_equal(of(first), of(second))


def test_the_file_of_a_registered_class_makes_no_difference(monkeypatch):
    before = of(make())
    assert "keras_gan>R1" in str(before)
    assert "keras_gan.penalties" not in str(before)
    monkeypatch.setattr(keras_gan.penalties.R1, "__module__", "keras_gan.terms.elsewhere")
    monkeypatch.setattr(keras_gan.losses.NonSaturating, "__module__", "keras_gan.losses.elsewhere")
    fingerprint.check_equal(before, of(make()))


def test_the_number_of_epochs_makes_no_difference():
    fingerprint.check_equal(of(make(), epochs=3), of(make(), epochs=9))


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
        fingerprint.check_equal(of(make()), of(make(**changes)))


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
        fingerprint.check_equal(of(gan), of(gan, data))


def test_policies_are_not_names():
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    begun = of(make())
    keras.mixed_precision.set_global_policy("mixed_float16")
    with pytest.raises(InputError, match=r'dtype.* was "mixed_bfloat16", is "mixed_float16"'):
        fingerprint.check_equal(begun, of(make()))


def test_an_activation_may_be_called_like_a_layer():
    def described():
        x = keras.Input((2,))
        y = keras.layers.ELU()(keras.layers.Dense(3, activation="elu")(x))
        gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=()))
        gan = keras_gan.GAN(gan.generator, keras.Model(x, keras.layers.Dense(1)(y)))
        gan.compile("sgd", "sgd")
        return of(gan)

    fingerprint.check_equal(described(), described())


def test_other_joins_are_named():
    def described(last):
        x = keras.Input((2,))
        a, b = keras.layers.Dense(2)(x), keras.layers.Dense(2)(x)
        discriminator = keras.Model(x, keras.layers.Dense(1)([a, b, x][last] + a))
        gan = keras_gan.GAN(keras_gan.models.mlp((2,), latent_dim=2, hidden=())[0], discriminator)
        gan.compile("sgd", "sgd")
        return of(gan)

    fingerprint.check_equal(described(1), described(1))
    with pytest.raises(InputError, match="layers"):
        fingerprint.check_equal(described(1), described(2))


def test_rates_that_callbacks_moved_make_no_difference():
    moved = make()
    moved.generator_optimizer.learning_rate = 0.5
    fingerprint.check_equal(of(moved), of(make()))


def test_how_arrays_are_fed():
    fingerprint.check_equal(of(make(), DATA), of(make(), DATA, batch_size=32, shuffle=True))
    with pytest.raises(InputError, match=r"fit.shuffle was true, is false"):
        fingerprint.check_equal(of(make(), DATA), of(make(), DATA, shuffle=False))


def test_many_differences_are_counted():
    theirs, ours = ({"a": [value] * 3, "b": {str(n): value for n in range(9)}} for value in (1, 2))
    with pytest.raises(InputError, match=r"Received: a\[0\] was 1, is 2; .* and 7 more"):
        fingerprint.check_equal(theirs, ours)


def test_versions():
    assert fingerprint.versions()["keras"] == keras.__version__
    assert fingerprint.versions()["kernels"] == platform.kernels()
