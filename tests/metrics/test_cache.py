import numpy as np
from numpy.testing import assert_array_equal

from keras_gan.metrics.cache import digest, read_arrays, write_arrays


def test_a_digest_tells_apart():
    zeros = np.zeros((2, 3), np.float32)
    parts = [(zeros,), (zeros.T,), (zeros.astype(np.int32),), (zeros + 1,), ("a", "b"), ("ab",), ({"k": 1},), ()]
    assert len({digest(*each) for each in parts}) == len(parts)
    assert digest({"a": 1, "b": 2}, zeros) == digest({"b": 2, "a": 1}, zeros.copy())


def test_arrays_come_back_or_nothing_does(tmp_path):
    file = tmp_path / "sub" / "some.npz"
    assert read_arrays(file) is None
    arrays = {"a": np.arange(1000.0), "Conv/b.c": np.array(3)}
    write_arrays(file, arrays)
    assert {path.name for path in file.parent.iterdir()} == {"some.npz"}
    for name, array in read_arrays(file).items():
        assert_array_equal(array, arrays[name])
    whole = bytearray(file.read_bytes())
    for damaged in (whole[:200], whole[:500] + bytes([whole[500] ^ 1]) + whole[501:], b""):
        file.write_bytes(damaged)
        assert read_arrays(file) is None
