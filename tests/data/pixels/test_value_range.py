import warnings

import numpy as np
import pytest
from PIL import Image

from keras_gan import InputError
from keras_gan.data import load
from keras_gan.data.pixels.value_range import ValueRange, check_value_range
from keras_gan.utils.depth import Depth


def folder(path, largest, dtype=np.uint16, suffix="png"):
    """Two images of 16 bits, from 0 to `largest`."""
    ramp = np.linspace(0, largest, 16).reshape(4, 4).astype(dtype)
    for name in ("a", "b"):
        Image.fromarray(ramp).save(path / f"{name}.{suffix}")
    return path


@pytest.mark.parametrize("suffix", ["png", "tif"])
def test_twelve_bits_in_sixteen_are_told_of_and_become_light(tmp_path, suffix):
    path = folder(tmp_path, 4095, suffix=suffix)
    message = (
        r"values up to 4095 of 65535 \('b\.(png|tif)'\): they come out all but black\. .*`value_range=\(0, 4095\)` "
    )
    with pytest.warns(UserWarning, match=message):
        dark = load(path, batch_size=1).examples
    assert dark.max() < -0.87
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        light = load(path, batch_size=1, value_range=(0, 4095))
    assert (light.examples.min(), light.examples.max()) == (-1, 1)
    np.testing.assert_allclose(light.examples[0, 0, 1, 0], 273 / 4095 * 2 - 1, rtol=1e-6)
    assert light.depth == Depth("uint16", 0, 4095)


@pytest.mark.parametrize(("largest", "told"), [(65535, False), (16384, False), (16000, True), (0, True)])
def test_what_is_dark(tmp_path, largest, told):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        load(folder(tmp_path, largest), batch_size=1)
    assert any("all but black" in str(warning.message) for warning in caught) == told


def test_what_is_beyond_is_cut_off(tmp_path):
    with pytest.warns(UserWarning, match=r"`value_range` is \(100, 1000\), and .* goes to (4095|0): it is cut off"):
        examples = load(folder(tmp_path, 4095), batch_size=1, value_range=(100, 1000)).examples
    assert (examples.min(), examples.max()) == (-1, 1)


def test_eight_bits_are_not_asked(tmp_path):
    Image.fromarray(np.arange(16, dtype=np.uint8).reshape(4, 4)).save(tmp_path / "a.png")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert load(tmp_path, batch_size=1).examples.dtype == np.uint8
    with pytest.raises(InputError, match=r"`value_range` is for images of more than 8 bits"):
        load(tmp_path, batch_size=1, value_range=(0, 100))


def test_types():
    assert ValueRange().depth(np.dtype("uint16")) == Depth("uint16", 0, 65535)
    assert ValueRange().depth(np.dtype("float64")) == Depth("float32", -1, 1)
    assert ValueRange((0, 7)).depth(np.dtype("uint8")) == Depth()
    assert ValueRange((-1024, 3071)).depth(np.dtype("int16")) == Depth("int16", -1024, 3071)
    with pytest.raises(InputError, match="`value_range` must say which values of int16 become -1 and 1"):
        ValueRange().depth(np.dtype("int16"))
    with pytest.raises(InputError, match=r"Pixels must be one of .*Received: int64"):
        ValueRange((0, 1)).depth(np.dtype("int64"))


def test_floats_say_what_was_found():
    with pytest.raises(InputError, match=r"value_range=None and 'a\.tif' with values from -3 to 812\.5"):
        ValueRange().to_signed("a.tif", np.array([-3.0, 812.5]))
    values = np.array([-1.0, 0.25], np.float32)
    np.testing.assert_array_equal(ValueRange().to_signed("a.tif", values), values)


def test_floats_that_seem_to_be_in_0_to_1():
    values = ValueRange()
    for index in range(16):
        values.to_signed(f"{index}.tif", np.array([0.1, 0.9]))
    with pytest.raises(InputError, match=r"seem to be in \[0, 1\]. .*values from 0\.1 to 0\.9 in '/data'"):
        values.check("/data")


@pytest.mark.parametrize("given", [5, "0,1", (1,), (1, 2, 3), (2, 1), (0, np.inf), ("0", "1")])
def test_no_range(given):
    with pytest.raises(InputError, match="`value_range` must be"):
        check_value_range(given)
