import io

import numpy as np
import pytest

from keras_gan.data.pixels.array_file import announced, header, read


def saved(save, *arrays, **named):
    file = io.BytesIO()
    save(file, *arrays, **named)
    file.seek(0)
    return file


@pytest.mark.parametrize("save", [np.save, np.savez, np.savez_compressed])
@pytest.mark.parametrize("shape", [(3, 5), (3, 5, 1), (3, 5, 7)])
def test_there_and_back(save, shape):
    values = np.random.default_rng(0).normal(size=shape)
    file = saved(save, values)
    assert announced(file) == (shape, np.float64)
    file.seek(0)
    np.testing.assert_array_equal(read(file), values.reshape(3, 5, -1))


def test_columns_first():
    values = np.asfortranarray(np.arange(6).reshape(2, 3))
    file = saved(np.save, values)
    np.testing.assert_array_equal(read(file)[..., 0], values)


@pytest.mark.parametrize(
    ("file", "message"),
    [
        (lambda: saved(np.save, np.zeros(3)), r"\(height, width\).*shape \(3,\)"),
        (lambda: saved(np.save, np.zeros((2, 2), bool)), "of numbers. Received: bool"),
        (lambda: saved(np.save, np.zeros((2, 2), "U3")), "of numbers. Received: <U3"),
        (lambda: saved(np.savez, a=np.zeros((2, 2)), b=np.zeros((2, 2))), r"one array. Received: \['a', 'b'\]"),
        (lambda: io.BytesIO(b"hello"), "magic|header"),
        (lambda: io.BytesIO(saved(np.save, np.zeros((9, 9))).getvalue()[:-8]), "must be whole"),
        (lambda: saved(np.savez_compressed, np.zeros((2**13, 2**13), np.uint8)), "must not be a bomb"),
    ],
)
def test_what_is_none(file, message):
    with pytest.raises(ValueError, match=message):
        announced(file())


def test_an_announcement_without_end():
    head = {"descr": "<f8", "fortran_order": False, "shape": (2**40, 2**40)}
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, head)
    file.seek(0)
    with pytest.raises(ValueError, match="must be whole"):
        header(file, len(file.getvalue()))
