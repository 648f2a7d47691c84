"""The forms of a convolution against TensorFlow's own, in float64."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.ops import convolution_forms as forms

R = np.random.default_rng(0)
STRIDED = [(4, 2), (2, 2), (6, 2), (3, 3), (6, 3), (9, 3), (8, 4)]  # size and stride


def draw(*shape):
    return tf.constant(R.normal(size=shape))


def native(images, kernel, upstream, stride):
    options = {"strides": [1, stride, stride, 1], "padding": "SAME"}
    return {
        "forward": tf.nn.conv2d(images, kernel, stride, "SAME"),
        "inputs": tf.nn.conv2d_transpose(upstream, kernel, images.shape, stride, "SAME"),
        "weights": tf.raw_ops.Conv2DBackpropFilter(
            input=images, filter_sizes=kernel.shape, out_backprop=upstream, **options
        ),
    }


@pytest.mark.parametrize(("size", "stride"), STRIDED)
@pytest.mark.parametrize("shape", [(1, 1), (5, 3)])
def test_phases(size, stride, shape):
    maps, kernel = draw(2, *shape, 3), draw(size, size, 2, 3)
    images = draw(2, shape[0] * stride, shape[1] * stride, 2)
    expected = native(images, kernel, maps, stride)["inputs"]
    assert_allclose(forms.by_phases(maps, kernel, stride), expected, atol=1e-12)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 6, 7])
@pytest.mark.parametrize("block", [2, 4])
def test_blocks(size, block):
    images, kernel, upstream = draw(2, 8, 12, 3), draw(size, size, 3, 2), draw(2, 8, 12, 2)
    expected = native(images, kernel, upstream, 1)
    assert_allclose(forms.by_blocks(images, kernel, block), expected["forward"], atol=1e-12)
    of_kernel = forms.kernel_gradient_by_blocks(images, kernel, upstream, block)
    assert_allclose(of_kernel, expected["weights"], atol=1e-12)


@pytest.mark.parametrize(
    ("size", "stride"), [*STRIDED, (8, 2), (12, 3), (10, 2), (1, 1), (2, 1), (3, 1), (4, 1), (7, 1)]
)
@pytest.mark.parametrize("shape", [(1, 1), (1, 2), (2, 2), (3, 1), (5, 3)])
def test_patches(size, stride, shape):
    maps, kernel = draw(2, *shape, 2), draw(size, size, 3, 2)
    images = draw(2, shape[0] * stride, shape[1] * stride, 3)
    expected = native(images, kernel, maps, stride)
    found = {
        "forward": forms.by_patches(images, kernel, stride),
        "inputs": forms.spread_by_patches(maps, kernel, stride),
        "weights": forms.kernel_gradient_by_patches(images, kernel, maps, stride),
    }
    for direction, value in found.items():
        assert value.shape == expected[direction].shape
        assert_allclose(value, expected[direction], atol=1e-12)


def test_patches_leave_out_what_meets_the_border_alone(monkeypatch):
    """The control of the case above: of one place a kernel of four by four sees a quarter."""
    shapes, usual = [], forms._matrix
    monkeypatch.setattr(forms, "_matrix", lambda kernel: shapes.append(kernel.shape.as_list()) or usual(kernel))
    forms.by_patches(draw(2, 2, 4, 3), draw(4, 4, 3, 2), 2)
    forms.spread_by_patches(draw(2, 1, 1, 2), draw(4, 4, 3, 2), 2)
    assert shapes == [[2, 4, 3, 2], [2, 2, 3, 2]]


@pytest.mark.parametrize(("size", "stride"), [(1, 1), (3, 1), (4, 1), (7, 1), (4, 2), (3, 2), (6, 3)])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (17, 11), (15, 8), (18, 9), (9, 30)])
def test_strips(size, stride, height, width):
    image, kernel = draw(1, height, width, 3), draw(size, size, 3, 2)
    expected = tf.nn.conv2d(image, kernel, stride, "VALID")
    found = forms.by_strips(image, kernel, stride)
    assert found.shape == expected.shape
    assert_allclose(found, expected, atol=1e-12)


@pytest.mark.parametrize(("size", "stride"), [*STRIDED, (1, 1), (3, 1), (4, 1)])
def test_strips_of_an_image_with_a_border(size, stride):
    image, kernel = draw(1, 12 * stride, 10 * stride, 3), draw(size, size, 3, 2)
    found = forms.by_strips(tf.pad(image, forms.padding(size, stride)), kernel, stride)
    assert_allclose(found, tf.nn.conv2d(image, kernel, stride, "SAME"), atol=1e-12)
