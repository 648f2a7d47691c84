import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.models import mlp


def weights(networks):
    return [weight for network in networks for weight in network.get_weights()]


@pytest.mark.parametrize("shape", [(2,), (8, 8, 1), (8, 8, 3), (5, 7, 2)])
@pytest.mark.parametrize("num_classes", [None, 4])
def test_shapes(shape, num_classes):
    generator, discriminator = mlp(shape, latent_dim=3, hidden=(6, 5), num_classes=num_classes)
    latents, labels = np.ones((2, 3), "float32"), [] if num_classes is None else [np.array([0, 3])]
    samples = np.asarray(generator([latents, *labels] if labels else latents))
    assert samples.shape == (2, *shape)
    assert discriminator([samples, *labels] if labels else samples).shape == (2, 1)


def test_the_smallest_gan():
    """G(z) = az + b and D(x) = sigmoid(cx + d): four numbers."""
    generator, discriminator = mlp((1,), latent_dim=1, hidden=())
    assert (generator.count_params(), discriminator.count_params()) == (2, 2)
    generator.set_weights([np.array([[3.0]]), np.array([-1.0])])
    discriminator.set_weights([np.array([[0.5]]), np.array([2.0])])
    z = np.array([[-2.0], [10.0]])
    assert_allclose(generator(z), [[-7], [29]])
    assert_allclose(discriminator(generator(z)), [[-1.5], [16.5]])


def test_parameters_by_hand():
    generator, discriminator = mlp((2,), latent_dim=3, hidden=(4, 5))
    assert generator.count_params() == (3 + 1) * 4 + (4 + 1) * 5 + (5 + 1) * 2
    assert discriminator.count_params() == (2 + 1) * 5 + (5 + 1) * 4 + (4 + 1), "in reverse"
    generator, discriminator = mlp((2,), latent_dim=3, hidden=(4, 5), num_classes=7)
    assert generator.count_params() == (3 + 7 + 1) * 4 + (4 + 1) * 5 + (5 + 1) * 2
    assert discriminator.count_params() == (2 + 1) * 5 + (5 + 1) * 4 + (4 + 1) + 7 * 4


def test_images_end_in_tanh_and_vectors_have_no_bounds():
    latents = 1e3 * np.ones((1, 4), "float32")
    assert np.abs(mlp((4, 4, 1), 4)[0](latents)).max() <= 1
    assert np.abs(mlp((16,), 4)[0](latents)).max() > 10


def test_the_label_reaches_both():
    generator, discriminator = mlp((2,), 3, (8,), num_classes=2)
    z, x = np.ones((2, 3), "float32"), np.ones((2, 2), "float32")
    for made in (generator([z, np.array([0, 1])]), discriminator([x, np.array([0, 1])])):
        assert np.abs(made[0] - made[1]).max() > 1e-4


def test_the_seed_decides_the_weights():
    first, second, other = mlp((2,), seed=1), mlp((2,), seed=1), mlp((2,), seed=2)
    for ours, theirs in zip(weights(first), weights(second), strict=True):
        assert_array_equal(ours, theirs)
    for ours, theirs in zip(weights(first), weights(other), strict=True):
        assert not ours.any() or not np.allclose(ours, theirs), "all but the biases"


def test_the_embedding_follows_the_seed_alone():
    embeddings = [mlp((2,), num_classes=3, seed=1).discriminator.get_layer("embedding").get_weights() for _ in range(2)]
    assert_array_equal(*embeddings)


def test_hidden_kernels_have_the_scale_of_he():
    kernel = mlp((2,), latent_dim=400, hidden=(400,)).generator.get_layer("hidden_0").kernel
    assert_allclose(np.std(kernel), (2 / 400) ** 0.5, rtol=0.02)


def test_dropout_is_the_discriminators():
    generator, discriminator = mlp((2,), 3, (50,), dropout=0.5)
    assert not [layer for layer in generator.layers if isinstance(layer, keras.layers.Dropout)]
    x = np.ones((1, 2), "float32")
    assert_array_equal(discriminator(x), discriminator(x))
    assert not np.allclose(discriminator(x, training=True), discriminator(x))


@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_what_comes_out_is_float32(policy):
    keras.mixed_precision.set_global_policy(policy)
    for network in mlp((8, 8, 1), num_classes=3):
        assert network.layers[-1].compute_dtype == network.outputs[0].dtype == "float32"
        assert network.get_layer("hidden_0").compute_dtype == policy.removeprefix("mixed_")


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"sample_shape": (8, 8, 8, 8, 8)}, "sample_shape"),
        ({"latent_dim": 0}, "latent_dim"),
        ({"hidden": (8, 0)}, "hidden"),
        ({"num_classes": 0}, "num_classes"),
        ({"dropout": 1.0}, "dropout"),
        ({"dropout": -0.1}, "dropout"),
        ({"seed": -1}, "seed"),
        ({"seed": 0.5}, "seed"),
        ({"hidden": 8}, "hidden"),
    ],
)
def test_bad_arguments(arguments, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        mlp(**{"sample_shape": (8, 8, 1), **arguments})


def test_they_are_plain_functional_models(tmp_path):
    for network, inputs in zip(mlp((8, 8, 1), 4, num_classes=3), [(4,), (8, 8, 1)], strict=True):
        assert type(network).__module__.startswith("keras.")
        assert not [layer for layer in network.layers if not type(layer).__module__.startswith("keras.")]
        network.save(tmp_path / "network.keras")
        x = [np.ones((2, *inputs), "float32"), np.array([0, 2])]
        assert_array_equal(keras.models.load_model(tmp_path / "network.keras")(x), network(x))
