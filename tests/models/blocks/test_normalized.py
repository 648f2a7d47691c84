import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.models.blocks.normalized import Blocks, as_images, images
from tests.reference.translation import instance_norm


def test_instance_normalization_is_its_formula():
    x = np.random.default_rng(0).normal(3.0, 2.0, (2, 5, 7, 3)).astype("float32")
    assert_allclose(Blocks(0, "instance").normalized(x), instance_norm(x), atol=1e-5)


def test_each_layer_has_a_seed_of_its_own():
    blocks, same = Blocks(0), Blocks(0)
    first, second = blocks.initializer()((100,)), blocks.initializer()((100,))
    assert_allclose(first, same.initializer()((100,)))
    assert not np.allclose(first, second)
    assert_allclose(np.std(first), 0.02, rtol=0.3)


def test_only_batch_normalization_makes_a_bias_needless():
    assert [Blocks(0, kind).needs_bias for kind in ("batch", "instance", "none")] == [False, True, True]


def test_bounds():
    assert images(3, "source").shape == (None, None, None, 3)
    assert_allclose(as_images(np.array([0.0, 100.0], "float16")), [0.0, 1.0])
    assert as_images(np.array([0.0], "float16")).dtype == "float32"
    with pytest.raises(InputError, match="`source`"):
        images(0, "source")
