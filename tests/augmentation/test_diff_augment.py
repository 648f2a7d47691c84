import itertools

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.augmentation import DiffAugment
from keras_gan.random import RandomStream
from tests.reference import augmentation as reference


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype("float32")


def augmented(policy, images, **stream):
    return DiffAugment(policy).augment(tf.constant(images), RandomStream(3, **stream)).numpy()


def test_color_by_its_formulas():
    images = noise(6, 4, 5, 3)
    numbers = RandomStream(3).uniform("color", (6, 3, 1, 1, 1)).numpy()
    for image, result, (brightness, saturation, contrast) in zip(
        images, augmented(["color"], images), numbers.reshape(6, 3), strict=True
    ):
        bright = image + brightness - 0.5
        grey = bright.mean(2, keepdims=True)
        saturated = (bright - grey) * (2 * saturation) + grey
        assert_allclose(result, (saturated - saturated.mean()) * (contrast + 0.5) + saturated.mean(), atol=1e-5)


def test_the_ranges_of_color():
    """Of images of one grey c: brightness adds to c, saturation and contrast change nothing."""
    means = augmented(["color"], np.full((4000, 2, 2, 3), 0.25, "float32"))[:, 0, 0, 0] - 0.25
    assert_allclose([means.min(), means.mean(), means.max()], [-0.5, 0, 0.5], atol=0.02)
    coloured = np.full((4000, 2, 2, 3), [1.0, 0.0, -1.0], "float32")  # the grey is 0, saturation times contrast is left
    spread = augmented(["color"], coloured)
    assert_allclose(spread[:, 0, 0, 0] - spread[:, 0, 0, 1], spread[:, 0, 0, 1] - spread[:, 0, 0, 2], atol=1e-5)
    steps = spread[:, 0, 0, 0] - spread[:, 0, 0, 1]
    assert_allclose(steps.mean(), 1.0, atol=5 * 0.67 / np.sqrt(4000))
    assert 0 <= steps.min() < 0.02
    assert 2.8 < steps.max() <= 3


@pytest.mark.parametrize(("height", "width", "down", "right"), [(16, 16, 2, 2), (8, 16, 1, 2), (12, 4, 2, 1)])
def test_translation_is_a_crop_of_the_padded_image(height, width, down, right):
    """With `int(side / 8 + 0.5)` pixels each way; every shift is equally frequent."""
    count = 1000
    images = noise(count, height, width, 2)
    padded = np.pad(images, [(0, 0), (down, down), (right, right), (0, 0)])
    moved = augmented(["translation"], images)
    shifts = itertools.product(range(2 * down + 1), range(2 * right + 1))
    crops = np.stack([padded[:, y : y + height, x : x + width] for y, x in shifts])
    equal = (crops == moved).all((2, 3, 4))
    assert (equal.sum(0) == 1).all(), "each image is exactly one of the crops"
    share = 1 / len(crops)
    assert_allclose(equal.mean(1), share, atol=5 * np.sqrt(share / count))


@pytest.mark.parametrize(("height", "width"), [(8, 8), (8, 12), (6, 5), (1, 3)])
def test_cutout_hides_what_the_authors_hide(height, width):
    """Squares of half the sides whose centre is anywhere, over the edge by half at most."""
    count = 1500
    images = noise(count, height, width, 2)
    hidden = augmented(["cutout"], images)
    offsets = itertools.product(*(range(side + 1 - int(side * 0.5 + 0.5) % 2) for side in (height, width)))
    masks = np.stack([reference.cutout(height, width, *offset) for offset in offsets])
    equal = (images * masks[:, None, :, :, None] == hidden).all((2, 3, 4))
    assert (equal.sum(0) >= 1).all(), "each image is one of theirs"
    # Two offsets may look alike at the edge; all masks of one look share its frequency.
    alike = (masks[:, None] == masks[None]).all((2, 3)).mean(1)
    assert_allclose(equal.mean(1), alike, atol=5 * np.sqrt(alike.max() / count))


def test_the_order_of_the_policy_changes_nothing():
    images = noise(5, 8, 8, 3)
    expected = augmented(["color", "translation", "cutout"], images)
    for policy in itertools.permutations(["color", "translation", "cutout"]):
        assert (augmented(policy, images) == expected).all()
    assert (augmented(["cutout", "translation"], images) != expected).any()
    # What is hidden last is 0: colour comes before it.
    assert (augmented(["cutout", "color"], images) == 0).mean() >= 0.1


def test_the_numbers_of_a_transformation_do_not_depend_on_the_others():
    images = noise(5, 8, 8, 3)
    both, moved = augmented(["translation", "cutout"], images), augmented(["translation"], images)
    assert ((both == moved) | (both == 0)).all()


def test_rows_depend_on_their_position_alone():
    images = noise(8, 8, 6, 3)
    whole = augmented(["color", "translation", "cutout"], images)
    assert_allclose(augmented(["color", "translation", "cutout"], images[5:], first=5), whole[5:], atol=1e-6)
    assert_allclose(augmented(["color", "translation", "cutout"], images[1::2], share=(2, 1)), whole[1::2], atol=1e-6)
    assert np.abs(augmented(["color", "translation", "cutout"], images, step=1) - whole).max() > 0.1
    assert np.abs(augmented(["color", "translation", "cutout"], images, scope="other/") - whole).max() > 0.1


def test_equal_images_are_changed_differently():
    images = np.repeat(noise(1, 8, 8, 3), 16, axis=0)
    for policy in ("color", "translation", "cutout"):
        assert len(np.unique(augmented([policy], images), axis=0)) > 4


@pytest.mark.long
@pytest.mark.parametrize("jit_compile", [False, True])
def test_both_derivatives_are_exact(jit_compile):
    """It is affine, y = Ax + b: the gradient of w.y is A'w, and that of |A'w|^2 with respect to w is 2AA'w."""
    augmentation, random = DiffAugment(), RandomStream(3)
    images, w, v = tf.constant(noise(3, 4, 8, 6, 3))

    @tf.function(jit_compile=jit_compile)
    def derivatives():
        with tf.GradientTape() as outer:
            outer.watch(w)
            with tf.GradientTape() as inner:
                inner.watch(images)
                value = tf.reduce_sum(w * augmentation.augment(images, random))
            gradient = inner.gradient(value, images)
            norm = tf.reduce_sum(gradient**2)
        return gradient, outer.gradient(norm, w)

    def linear(x):
        return augmentation.augment(x, random) - augmentation.augment(tf.zeros_like(x), random)

    first, second = derivatives()
    assert_allclose(tf.reduce_sum(w * linear(v), axis=(1, 2, 3)), tf.reduce_sum(first * v, axis=(1, 2, 3)), atol=1e-4)
    assert_allclose(second, 2 * linear(first), atol=1e-4)


@pytest.mark.parametrize("policy", ["color", "color,translation", [], (), None, 3])
def test_a_policy_is_a_list(policy):
    with pytest.raises(InputError, match=r"`policy` must be a list out of .*'cutout'.*Received: policy="):
        DiffAugment(policy)


def test_unknown_parts_of_a_policy():
    with pytest.raises(InputError, match=r"`policy` must be one of .*Did you mean 'color'\? Received: policy='colour'"):
        DiffAugment(["colour"])


def test_config():
    assert DiffAugment().get_config() == {"name": "diff_augment", "policy": ["color", "translation", "cutout"]}
    again = DiffAugment.from_config(DiffAugment(("cutout",), name="mine").get_config())
    assert (again.policy, again.name) == (["cutout"], "mine")


@pytest.mark.parametrize("channels", [2, 4])
def test_colours_leave_alpha_alone(channels):
    images = tf.constant(np.random.default_rng(0).uniform(-1, 1, (3, 8, 8, channels)), tf.float32)
    made = DiffAugment(["color"]).augment(images, RandomStream(0))
    np.testing.assert_array_equal(made[..., -1], images[..., -1])
    assert np.abs(made[..., 0] - images[..., 0]).max() > 0.1
