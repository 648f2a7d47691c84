import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.layers import SelfAttention
from keras_gan.models import biggan_deep


@pytest.mark.parametrize(
    ("side", "counts"),
    [
        pytest.param(128, (50_244_484, 34_590_210), marks=pytest.mark.long),
        pytest.param(256, (55_736_708, 38_247_426), marks=pytest.mark.long),
    ],
)
def test_parameters_are_the_papers(side, counts, undrawn, trainable):
    """With as many channels in the last convolution as the images have; the released networks drop 125 of 128.

    So these have 125 x (3 x 3 x 128 + 1) more: 50,388,609 and 55,880,833.
    """
    assert tuple(map(trainable, biggan_deep((side, side, 3), num_classes=1000))) == counts


@pytest.mark.parametrize("shape", [(8, 8, 1), pytest.param((48, 32, 2), marks=pytest.mark.long)])
@pytest.mark.parametrize("told", [{}, {"num_classes": 4}, {"condition_dim": 2}])
def test_shapes(shape, told):
    generator, discriminator = biggan_deep(shape, latent_dim=9, width=1, **told)
    assert generator.output_shape == (None, *shape)
    assert discriminator.output_shape == (None, 1)
    for network in (generator, discriminator):
        assert isinstance(network.input_shape, tuple if not told else list)


def test_shortcuts_have_no_weights_of_their_own():
    """With all else at 0, the discriminator's maps are means of the first ones, beside what is added."""
    _, discriminator = biggan_deep((8, 8, 1), width=1, attention=None)
    ends = [layer for layer in discriminator.layers if isinstance(layer, keras.layers.Add)]
    assert len(ends) == 2, "a block that halves, and one that does not"
    for weight in discriminator.trainable_weights:
        weight.assign(0.0 * weight)
    first = discriminator.layers[1].layer
    first.kernel.assign(np.pad(np.ones((1, 1, 1, 4)), ((1, 1), (1, 1), (0, 0), (0, 0))))
    x = np.random.default_rng(0).normal(size=(1, 8, 8, 1)).astype("float32")
    maps = keras.Model(discriminator.inputs[0], ends[-1].output)(x, training=True)  # which finds the singular values
    expected = x.reshape(1, 4, 2, 4, 2).mean((2, 4))[..., None]
    sigma = 2.0  # of the first kernel: four columns that are alike
    np.testing.assert_allclose(maps, np.repeat(expected, 4, -1) / sigma, atol=1e-5)


@pytest.mark.long
def test_attention_is_at_one_side_in_both():
    for network in biggan_deep((16, 16, 1), width=1, attention=8):
        places = [layer.output.shape[1:3] for layer in network.layers if isinstance(layer, SelfAttention)]
        assert places == [(8, 8)]


@pytest.mark.long
def test_the_seed_decides_the_weights():
    first, second, other = (
        [w for network in biggan_deep((8, 8, 1), width=1, seed=seed) for w in network.get_weights()]
        for seed in (1, 1, 2)
    )
    for ours, theirs in zip(first, second, strict=True):
        assert_array_equal(ours, theirs)
    assert any(np.abs(ours - others).max() > 0 for ours, others in zip(first, other, strict=True))


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"sample_shape": (7, 8, 1)}, "sample_shape"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"width": 0}, "width"),
        ({"num_classes": 0}, "num_classes"),
        ({"embedding_dim": 0}, "embedding_dim"),
        ({"attention": 4}, "attention"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        biggan_deep(**{"sample_shape": (16, 16, 1), **arguments})


def test_as_many_samples_as_rows():
    """Keras takes what is added second for a bias, if its one long axis is as long as the rows of the first."""
    generator, _ = biggan_deep((8, 8, 1), latent_dim=8, width=1, condition_dim=2, seed=3)
    random = np.random.default_rng(0)
    latents, labels = (random.normal(size=(8, width)).astype("float32") for width in (8, 2))
    for rows in (4, 8):
        part = [latents[:rows], labels[:rows]]
        alone = [np.asarray(generator([a[None], b[None]])) for a, b in zip(*part, strict=True)]
        assert_allclose(generator(part), np.concatenate(alone), atol=1e-5)
