import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.utils.depth import Depth
from keras_gan.utils.uint8 import normalize, to_uint8


@pytest.mark.parametrize("depth", [Depth(), Depth("uint16", 0, 65535), Depth("int16", -1024, 3071)])
def test_there_and_back_for_every_value(depth):
    values = np.arange(depth.low, depth.high + 1).astype(depth.dtype)
    signed = depth.to_signed(values)
    assert signed.dtype == np.float32
    assert (signed[0], signed[-1]) == (-1, 1)
    back = depth.from_signed(signed)
    assert back.dtype == depth.dtype
    assert_array_equal(back, values)


def test_8_bits_are_what_a_step_makes_of_them():
    values = np.arange(256, dtype=np.uint8)
    assert_allclose(Depth().to_signed(values), normalize(values), atol=1e-7)
    samples = np.random.default_rng(0).uniform(-1.2, 1.2, 1000).astype(np.float32)
    assert_array_equal(Depth().from_signed(samples), to_uint8(samples))


def test_floats_have_the_units_of_the_files():
    depth = Depth("float32", -20, 40)
    assert_allclose(depth.from_signed(np.array([-1.0, 0.0, 1.0, 5.0])), [-20, 10, 40, 40])
    assert_allclose(depth.to_signed(np.array([-20.0, 10.0, 99.0])), [-1, 0, 1])


def test_large_integers_lose_nothing_before_they_are_scaled():
    depth = Depth("uint32", 2**31, 2**31 + 10)
    assert_allclose(depth.to_signed(np.array([2**31, 2**31 + 5], np.uint32)), [-1, 0])


def test_config():
    depth = Depth("uint16", 0, 4095)
    assert Depth.from_config(depth.get_config()) == depth


@pytest.mark.parametrize("arguments", [("int8", 0, 1), ("uint8", 1, 1), ("uint8", 2, 1), ("uint8", 0, np.nan)])
def test_what_is_no_depth(arguments):
    with pytest.raises(InputError, match=r"`(dtype|low|high)` must be"):
        Depth(*arguments)
