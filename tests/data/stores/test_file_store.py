import numpy as np
import pytest

from keras_gan.data import ArrayData
from keras_gan.data.stores.file_store import FileStore
from keras_gan.training.inputs.reader_errors import reading
from keras_gan.utils.validation import InputError


@pytest.fixture
def file(tmp_path):
    np.arange(80, dtype=np.uint8).tofile(tmp_path / "rows")
    return tmp_path / "rows"


@pytest.mark.parametrize("bytes", [79, 81])
def test_a_file_of_another_size(file, bytes):
    file.write_bytes(b"0" * bytes)
    with pytest.raises(InputError, match=rf"`path` must hold 80 bytes\. Received: .*rows' with {bytes}"):
        FileStore(file, (20, 4), np.uint8)


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"`path` must be a file that can be read.*No such file"):
        FileStore(tmp_path / "gone", (20, 4), np.uint8)


def test_a_file_that_is_removed_is_read_on(file):
    store = FileStore(file, (20, 4), np.uint8)
    file.unlink()
    assert store[[19]].tolist() == [[76, 77, 78, 79]]


def test_a_file_that_is_cut_off_while_it_is_read(file):
    data = ArrayData(FileStore(file, (20, 4), np.uint8), batch_size=20)
    file.write_bytes(b"0" * 42)
    with pytest.raises(InputError, match=r"`path` must stay as long as it was.*at byte 42"):
        data.store[10:]
    with pytest.raises(InputError, match="`path` must stay as long as it was"), reading():
        next(iter(data.dataset()))


def test_some_rows_behind_a_header(tmp_path):
    rows = np.arange(24, dtype=np.uint8).reshape(6, 4)
    (tmp_path / "rows").write_bytes(b"header" + rows.tobytes())
    store = FileStore(tmp_path / "rows", (6, 4), np.dtype(np.uint8), offset=6, chosen=np.array([5, 1, 2]))
    assert store.shape == (3, 4)
    np.testing.assert_array_equal(store[:], rows[[5, 1, 2]])
    np.testing.assert_array_equal(store[[2, 0]], rows[[2, 5]])
