import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.models import networks

ONES = keras.initializers.Ones()


def test_without_labels_the_inputs_are_the_latents():
    latents = keras.Input((4,))
    inputs, features = networks.join_labels(latents, None)
    assert inputs is features is latents


def test_labels_join_the_latents_one_hot():
    latents = keras.Input((2,))
    model = keras.Model(*networks.join_labels(latents, 3))
    joined = model([np.array([[5.0, 6.0], [7.0, 8.0]]), np.array([2, 0])])
    assert_array_equal(joined, [[5, 6, 0, 0, 1], [7, 8, 1, 0, 0]])


def test_without_labels_the_logit_is_psi():
    samples = keras.Input((3,))
    model = keras.Model(*networks.project_labels(samples, samples, None, ONES, seed=0))
    assert_allclose(model(np.array([[1.0, 2.0, 4.0]])), [[7.0]])


def test_the_projection_by_hand():
    """psi(phi) + <embed(y), phi> with psi(phi) = phi_1 + phi_2 + 1/2 and phi the identity."""
    samples = keras.Input((2,))
    model = keras.Model(*networks.project_labels(samples, samples, 2, ONES, seed=0))
    model.get_layer("logit").bias.assign([0.5])
    model.get_layer("embedding").embeddings.assign([[1.0, 0.0], [-2.0, 10.0]])
    logits = model([np.array([[3.0, 4.0], [3.0, 4.0]]), np.array([0, 1])])
    assert_allclose(logits, [[3 + 4 + 0.5 + 3], [3 + 4 + 0.5 - 6 + 40]])


def test_vectors_join_the_latents_and_are_projected():
    """psi(phi) + <y @ W, phi> with psi(phi) = phi_1 + phi_2 and phi the identity."""
    latents, samples = keras.Input((2,)), keras.Input((2,))
    joined = keras.Model(*networks.join_labels(latents, None, 2))([np.array([[5.0, 6.0]]), np.array([[0.5, -1.0]])])
    assert_array_equal(joined, [[5, 6, 0.5, -1]])
    model = keras.Model(*networks.project_labels(samples, samples, None, ONES, 0, condition_dim=2))
    model.get_layer("embedding").kernel.assign([[1.0, 0.0], [2.0, 3.0]])
    logits = model([np.array([[3.0, 4.0]]), np.array([[0.5, -1.0]])])
    assert_allclose(logits, [[3 + 4 + 3 * (0.5 - 2.0) + 4 * -3.0]])


@pytest.mark.parametrize("good", [(None, None), (1, None), (10, None), (None, 2)])
def test_arguments(good):
    networks.check_arguments(5, *good, width=4)


@pytest.mark.parametrize("bad", [0, -1, 2.0, True, "3", 2**31])
@pytest.mark.parametrize("name", ["latent_dim", "num_classes", "condition_dim", "width", "group_width"])
def test_bad_arguments(name, bad):
    arguments = {"latent_dim": 5, "num_classes": None, "condition_dim": None, name: bad}
    with pytest.raises(InputError, match=rf"`{name}` must be an integer (>= 1|from 1 to \d+)\. Received: {name}="):
        networks.check_arguments(**arguments)


def test_one_condition_at_most():
    with pytest.raises(InputError, match="`num_classes`"):
        networks.check_arguments(5, 2, 2)


def test_sample_shapes():
    assert networks.check_sample_shape(2) == (2,)
    assert networks.check_sample_shape([np.int64(8), 8, 1]) == (8, 8, 1)
    assert networks.check_sample_shape((16, 3)) == (16, 3)
    assert networks.check_sample_shape((4, 8, 8, 1)) == (4, 8, 8, 1)


@pytest.mark.parametrize(
    "bad", [(), (1, 1, 8, 8, 1), (0,), (8, 0), (8, 8, None), (8.0, 8, 1), -1, True, None, 2.5, "88"]
)
def test_bad_sample_shapes(bad):
    with pytest.raises(InputError, match=r"`sample_shape` must be .* Received: sample_shape="):
        networks.check_sample_shape(bad)
