import math

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.critic import Critic
from keras_gan.priors import Codes, Normal
from keras_gan.random import RandomStream
from keras_gan.round import Round
from keras_gan.terms import MutualInformation


def round_of(read, codes, prior, pack=1, name="codes"):
    """A round in which the discriminator's head reads `read` off the fakes, which came from `codes`."""
    x = keras.Input((np.shape(read)[1] * pack,))
    outputs = {"logits": keras.layers.Dense(1)(x), name: keras.layers.Identity()(x)}
    critic = Critic(keras.Model(x, outputs), pack=pack)
    fake = critic(tf.constant(read, tf.float32))
    step = tf.constant(0, tf.int64)
    return Round(critic, None, fake, tf.constant(codes, tf.float32), None, None, step, RandomStream(0), prior)


def cross_entropy(logits, chosen):
    logits = np.asarray(logits, float)
    return np.log(np.exp(logits - logits.max()).sum()) + logits.max() - logits[chosen]


def gaussian(value, mean, log_deviation=0.0):
    return 0.5 * math.log(2 * math.pi) + log_deviation + 0.5 * ((value - mean) / math.exp(log_deviation)) ** 2


def test_categorical_numbers_by_hand():
    codes = [[1, 0, 0, 0, 1, 9.0], [0, 0, 1, 1, 0, 9.0]]  # the classes 0 and 1, 2 and 0; a column of noise
    read = [[0.0, 0.0, 0.0, 0.0, math.log(3)], [1.0, 2.0, 3.0, -1.0, 1.0]]
    value = MutualInformation().discriminator_term(round_of(read, codes, Codes([3, 2])))
    expected = [
        math.log(3) + math.log(4 / 3),
        cross_entropy([1, 2, 3], 2) + cross_entropy([-1, 1], 0),
    ]
    assert_allclose(value, expected, rtol=1e-5)
    assert value.dtype == tf.float32


def test_continuous_numbers_by_hand():
    codes = [[0.5, -1.0], [0.0, 1.0]]
    read = [[0.5, 1.0], [2.0, 1.0]]
    value = MutualInformation(continuous_weight=1.0).discriminator_term(round_of(read, codes, Codes([], 2)))
    expected = [gaussian(0.5, 0.5) + gaussian(-1, 1), gaussian(0, 2) + gaussian(1, 1)]
    assert_allclose(value, expected, rtol=1e-5)
    assert_allclose(expected[0], math.log(2 * math.pi) + 2)


def test_a_wide_head_has_standard_deviations():
    codes = [[0.5, -1.0]]
    read = [[0.0, 1.0, math.log(2), -1.0]]
    value = MutualInformation(continuous_weight=1.0).discriminator_term(round_of(read, codes, Codes([], 2)))
    assert_allclose(value, [gaussian(0.5, 0.0, math.log(2)) + gaussian(-1.0, 1.0, -1.0)], rtol=1e-5)


@pytest.mark.parametrize("wide", [False, True])
def test_the_layout_of_all_codes(wide):
    """Logits of each categorical code, means, logarithms of deviations; random numbers against float64."""
    random, prior = np.random.default_rng(0), Codes([3, 4], 2)
    codes = prior.transform(tf.constant(random.uniform(size=(20, 14)).astype("float32"))).numpy()
    read = random.normal(size=(20, 7 + (4 if wide else 2)))
    expected = []
    for code, row in zip(codes.astype(float), read, strict=True):
        categorical = cross_entropy(row[:3], code[:3].argmax()) + cross_entropy(row[3:7], code[3:7].argmax())
        deviations = row[9:] if wide else [0, 0]
        continuous = sum(gaussian(*of) for of in zip(code[7:9], row[7:9], deviations, strict=True))
        expected.append(categorical + 0.3 * continuous)
    term = MutualInformation(continuous_weight=0.3)
    assert_allclose(term.discriminator_term(round_of(read, codes, prior)), expected, rtol=1e-5)


def test_both_parts_are_equal_and_read_no_reals():
    term = MutualInformation()
    round = round_of([[0.3, -0.2, 0.1]], [[1.0, 0.0, 0.5]], Codes([2], 1))
    assert_array_equal(term.generator_term(round), term.discriminator_term(round))
    assert not term.generator_sees_real
    assert term.names_by_player() == {"discriminator": "d_mutual_information", "generator": "g_mutual_information"}


def test_the_gradient_pulls_the_means_to_the_codes():
    """Of the least value, log(2 pi) / 2 for each code, it is 0; elsewhere it is the distance."""
    codes = np.array([[0.25, -0.5], [0.25, -0.5]])
    x = keras.Input((2,))
    critic = Critic(keras.Model(x, {"logits": keras.layers.Dense(1)(x), "codes": keras.layers.Identity()(x)}))
    read = tf.constant([[0.25, -0.5], [0.75, -1.5]])
    with tf.GradientTape() as tape:
        tape.watch(read)
        latents = tf.constant(codes, tf.float32)
        round = Round(critic, None, critic(read), latents, None, None, None, RandomStream(0), Codes([], 2))
        value = MutualInformation(continuous_weight=2.0).generator_term(round)
    assert_allclose(value[0], 2 * math.log(2 * math.pi), rtol=1e-6)
    assert_allclose(tape.gradient(value, read), 2 * (read - codes), atol=1e-6)


@pytest.mark.parametrize(
    ("read", "least", "most"),
    [
        ([100.0, -100.0, 0.5, 0.0], 0.0, 0.1),
        ([-100.0, 100.0, 0.5, 0.0], 199.9, 200.1),
        ([0.0, 0.0, 0.5, -50.0], -10.0, 10.0),
        ([0.0, 0.0, 100.0, -50.0], 1e6, 1e10),
        ([0.0, 0.0, 0.5, 50.0], 1.0, 10.0),
        ([100.0, 100.0, -100.0, 100.0], 1.0, 20.0),
    ],
)
def test_extremes_are_finite(read, least, most):
    """Logits of 100, certain and wrong, and deviations of e^-50 and e^100."""
    codes = tf.constant([[1.0, 0.0, 0.5]])
    term = MutualInformation()
    x = keras.Input((4,))
    critic = Critic(keras.Model(x, {"logits": keras.layers.Dense(1)(x), "codes": keras.layers.Identity()(x)}))
    with tf.GradientTape() as tape:
        fakes = tf.constant([read])
        tape.watch(fakes)
        round = Round(critic, None, critic(fakes), codes, None, None, None, RandomStream(0), Codes([2], 1))
        value = term.generator_term(round)
    assert least <= float(value[0]) <= most
    assert np.isfinite(tape.gradient(value, fakes)).all()


def test_a_certain_guess_is_bounded():
    """The deviation counts as no less than 0.001."""
    round = round_of([[0.5, -50.0]], [[0.5]], Codes([], 1))
    value = MutualInformation(continuous_weight=1.0).generator_term(round)
    assert_allclose(value, [gaussian(0.5, 0.5, math.log(1e-3))], rtol=1e-5)


@pytest.mark.parametrize("width", [3, 5, 8])
def test_a_head_of_the_wrong_width(width):
    round = round_of(np.zeros((2, width)), np.zeros((2, 6)), Codes([2], 2))
    message = rf"The head 'codes' must have 4 columns, or 6 with .*Received: shape \(2, {width}\)"
    with pytest.raises(InputError, match=message):
        MutualInformation().generator_term(round)


def test_a_head_that_is_no_matrix():
    x = keras.Input((4,))
    outputs = {"logits": keras.layers.Dense(1)(x), "codes": keras.layers.Reshape((4, 1))(x)}
    critic = Critic(keras.Model(x, outputs))
    fake = critic(tf.zeros((2, 4)))
    round = Round(critic, None, fake, tf.zeros((2, 6)), None, None, None, RandomStream(0), Codes([2], 2))
    with pytest.raises(InputError, match=r"The head 'codes' must have 4 columns.*Received: shape \(2, 4, 1\)"):
        MutualInformation().generator_term(round)


def test_what_does_not_go_with_it():
    with pytest.raises(InputError, match=r"`MutualInformation` needs the prior `Codes`\. Received: prior=.*Normal"):
        MutualInformation().generator_term(round_of([[0.0, 0.0]], [[1.0, 0.0]], Normal()))
    with pytest.raises(InputError, match=r"`MutualInformation` needs pack=1\. Received: pack=2"):
        MutualInformation().generator_term(round_of([[0.0, 0.0]] * 2, [[1.0, 0.0]] * 2, Codes([2]), pack=2))
    with pytest.raises(InputError, match=r"`MutualInformation` needs .* a head 'codes'.*\['logits', 'other'\]"):
        MutualInformation().generator_term(round_of([[0.0, 0.0]], [[1.0, 0.0]], Codes([2]), name="other"))
    round = round_of([[0.0, 0.0]], [[1.0, 0.0]], Codes([2]), name="other")
    assert_allclose(MutualInformation(head="other").generator_term(round), [math.log(2)], rtol=1e-6)


def with_codes(width):
    generator, discriminator = keras_gan.models.mlp((2,), latent_dim=6, hidden=(32,))
    features = discriminator.layers[-2].output
    outputs = {"logits": discriminator.output, "codes": keras.layers.Dense(width, dtype="float32")(features)}
    return generator, keras.Model(discriminator.input, outputs)


def test_compile_checks_the_head():
    gan = keras_gan.GAN(*with_codes(5), prior=Codes([3], 1))
    with pytest.raises(InputError, match=r"The head 'codes' must have 4 columns"):
        keras_gan.GAN(*with_codes(6), prior=Codes([3], 1)).compile("adam", "adam", terms=["mutual_information"])
    gan.compile("adam", "adam", terms=["mutual_information"])  # with deviations


@pytest.mark.long
def test_the_codes_are_read_off_the_samples():
    """After some epochs the discriminator's head tells the class that a sample was made from."""
    prior = Codes([3])
    gan = keras_gan.GAN(*with_codes(3), prior=prior)
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), terms=[MutualInformation(weight=1.0)])
    points = np.random.default_rng(0).normal(size=(1280, 2)).astype("float32")
    logs = gan.fit(points, batch_size=64, epochs=10, verbose=0).history
    assert logs["g_mutual_information"][0] > 0.5
    latents = prior.transform(RandomStream(9).uniform("test", (500, 6)))
    read = gan.discriminator(gan.generator(latents))["codes"].numpy().argmax(1)
    assert np.mean(read == prior.split(latents)[0][0].numpy().argmax(1)) > 0.9


def test_arguments():
    again = MutualInformation.from_config(MutualInformation(3.0, 4, 0.5, "other", "x").get_config())
    assert (again.weight, again.interval, again.continuous_weight) == (3.0, 4, 0.5)
    assert (again.head, again.name) == ("other", "x")
    with pytest.raises(InputError, match=r"`continuous_weight` must be .*Received: continuous_weight=-1"):
        MutualInformation(continuous_weight=-1.0)
