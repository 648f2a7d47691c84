import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.priors import Codes, Normal
from keras_gan.random import RandomStream

UNIFORM = RandomStream(seed=3).uniform("test", (6000, 12))


def test_numbers_by_hand():
    """Of two classes and three, two continuous codes and a column of noise; the first column of a block decides."""
    uniform = tf.constant([[0.4, 0.9, 0.7, 0.1, 0.1, 0.25, 1.0, 0.8413447], [0.5, 0.1, 0.3, 0.9, 0.9, 0.0, 0.5, 0.5]])
    expected = [[1, 0, 0, 0, 1, -0.5, 1, 1], [0, 1, 1, 0, 0, -1, 0, 0]]
    assert_allclose(Codes([2, 3], 2).transform(uniform), expected, atol=1e-4)


def test_the_codes_have_their_distributions():
    latents = Codes([3, 4], 2).transform(UNIFORM).numpy()
    for block in (latents[:, :3], latents[:, 3:7]):
        assert_array_equal(np.sort(block, 1)[:, :-1], 0)
        assert_array_equal(block.max(1), 1)
        share = 1 / block.shape[1]
        assert_allclose(block.mean(0), share, atol=5 * np.sqrt(share * (1 - share) / 6000))
    continuous, noise = latents[:, 7:9], latents[:, 9:]
    assert -1 < continuous.min() < -0.99
    assert 0.99 < continuous.max() < 1
    assert_allclose(continuous.std(0), 3**-0.5, rtol=0.03)
    assert_allclose(noise.mean(0), 0, atol=5 / np.sqrt(6000))
    assert_allclose(noise.std(0), 1, rtol=0.05)
    both = np.cov(latents[:, [0, 3, 7, 8, 9, 10, 11]].T)
    assert_allclose(both - np.diag(np.diag(both)), 0, atol=0.06), "all independent"


def test_the_extremes_of_a_uniform_number_are_classes():
    for classes in (2, 3, 7, 10, 1000):
        for u in (2.0**-24, 1 - 2.0**-24):
            latents = Codes([classes]).transform(tf.fill((1, classes), u))
            assert int(tf.argmax(latents[0])) == (0 if u < 0.5 else classes - 1)
            assert float(tf.reduce_sum(latents)) == 1


def test_split_inverts_the_layout():
    prior = Codes([3, 4], 2)
    latents = prior.transform(UNIFORM)
    (three, four), continuous = prior.split(latents)
    assert (three.shape, four.shape, continuous.shape) == ((6000, 3), (6000, 4), (6000, 2))
    assert_array_equal(tf.concat([three, four, continuous], axis=1), latents[:, : prior.width])
    assert prior.width == 9


@pytest.mark.parametrize(("categorical", "continuous"), [([5], 0), ([], 3), ([2, 2], 1)])
def test_codes_may_fill_all_columns_and_be_of_one_kind(categorical, continuous):
    prior = Codes(categorical, continuous)
    latents = prior.transform(UNIFORM[:, : prior.width], truncation=0.5)
    blocks, rest = prior.split(latents)
    assert_array_equal(tf.concat([*blocks, rest], axis=1), latents)
    assert [block.shape[1] for block in blocks] == categorical
    assert rest.shape[1] == continuous


def test_truncation_is_of_the_noise_alone():
    prior = Codes([3], 2)
    whole, inside = prior.transform(UNIFORM).numpy(), prior.transform(UNIFORM, truncation=0.1).numpy()
    assert_array_equal(whole[:, :5], inside[:, :5])
    assert_array_equal(inside[:, 5:], Normal().transform(UNIFORM[:, 5:], truncation=0.1))
    assert np.abs(inside[:, 5:]).max() <= 0.1
    assert np.abs(inside[:, 3:5]).max() > 0.9
    with pytest.raises(InputError, match=r"`truncation`.*Received: truncation=-1"):
        prior.transform(UNIFORM, truncation=-1)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_in_a_graph(jit_compile):
    prior = Codes([3, 4], 0)
    transformed = tf.function(prior.transform, jit_compile=jit_compile)(UNIFORM[:50])
    assert_allclose(transformed, prior.transform(UNIFORM[:50]), atol=1e-5)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"categorical": 10}, r"`categorical` must be a list of numbers of classes\. Received: categorical=10"),
        ({"categorical": "10"}, r"`categorical` must be a list of numbers of classes\. Received: categorical='10'"),
        ({"categorical": [1]}, r"`categorical` must be an integer >= 2\. Received: categorical=1"),
        ({"categorical": [2.0]}, r"`categorical` must be an integer >= 2\. Received: categorical=2\.0"),
        ({"continuous": -1}, r"`continuous` must be an integer >= 0\. Received: continuous=-1"),
        ({"categorical": []}, r"`categorical` or `continuous` must name a code\. Received: categorical=\[\]"),
    ],
)
def test_bad_arguments(bad, message):
    with pytest.raises(InputError, match=message):
        Codes(**bad)


def test_the_codes_must_fit_into_the_latents():
    message = r"must take latents of at least 12 columns, the codes of the prior\. Received: latent_dim="
    with pytest.raises(InputError, match=message + "11"):
        keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=11), prior=Codes([10], 2))
    with pytest.raises(InputError, match=message + "3"):
        Codes([10], 2).transform(UNIFORM[:, :3])
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=12), prior=Codes([10], 2))
    assert gan.sample(3, seed=0).shape == (3, 2)


def test_config():
    assert Codes.from_config(Codes((3, 4), 2).get_config()).get_config() == {"categorical": [3, 4], "continuous": 2}
