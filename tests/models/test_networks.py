import itertools

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


@pytest.mark.parametrize(
    ("sides", "innermost", "outermost"),
    [
        ((8, 8), (4, 4), (8, 8)),
        ((32, 48), (4, 6), (32, 48)),
        ((28, 28), (7, 7), (28, 28)),
        ((256, 256), (4, 4), (256, 256)),
        ((8, 64), (4, 32), (8, 64)),
        ((20, 36), (5, 9), (20, 36)),
        ((100, 100), (7, 7), (112, 112)),
        ((33, 32), (5, 4), (40, 32)),
        ((9, 15), (5, 8), (10, 16)),
        ((15, 9), (8, 5), (16, 10)),
        ((63, 63), (4, 4), (64, 64)),
        ((65, 200), (5, 13), (80, 208)),
    ],
)
def test_sides_are_halved_to_4_to_7(sides, innermost, outermost):
    sizes = networks.halved_sides((*sides, 3))
    assert (sizes[0], sizes[-1]) == (innermost, outermost)
    assert all(b == (2 * a[0], 2 * a[1]) for a, b in itertools.pairwise(sizes))


@pytest.mark.parametrize("side", range(8, 130))
def test_the_least_sides_that_hold_the_image(side):
    (height, _), *_, (largest, _) = networks.halved_sides((side, side, 1))
    assert 4 <= height <= 7
    assert largest == min(inner * 2**k for inner in range(4, 8) for k in range(1, 7) if inner * 2**k >= side)


def test_a_side_that_is_too_long():
    with pytest.raises(InputError, match=r"longer side of at most 64 beside 8, .* Received: sample_shape=\(8, 65, 1\)"):
        networks.halved_sides((8, 65, 1))


def test_the_middle_and_a_border():
    x = np.arange(1.0, 31.0, dtype="float32").reshape(1, 5, 6, 1)
    wide = np.asarray(networks.centred(keras.ops.convert_to_tensor(x), (8, 7)))
    assert_array_equal(wide[0, 1:6, :6], x[0])
    assert_array_equal(np.asarray(networks.centred(keras.ops.convert_to_tensor(wide), (5, 6))), x)
    assert wide.sum() == x.sum()
    assert networks.centred(x, (5, 6)) is x
