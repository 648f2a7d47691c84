import numpy as np
import psutil

from keras_gan.data import ArrayData
from keras_gan.data.stores.mapped_store import MappedStore

_MANY = 2**28  # bytes


def test_an_array_that_is_mapped_stays_on_disk(tmp_path):
    array = np.lib.format.open_memmap(tmp_path / "a.npy", "w+", np.uint8, (_MANY // 1024, 1024))
    array[::1000] = 3
    del array
    data = ArrayData(np.load(tmp_path / "a.npy", mmap_mode="r"), batch_size=16)
    before = psutil.Process().memory_info().rss
    assert isinstance(data.store, MappedStore)
    for batch in data.dataset().take(20):
        assert batch.shape == (16, 1024)
    assert psutil.Process().memory_info().rss - before < _MANY // 2


def test_floats_of_eight_bytes(tmp_path):
    np.save(tmp_path / "a.npy", np.arange(6.0).reshape(3, 2))
    store = MappedStore(np.load(tmp_path / "a.npy", mmap_mode="r"))
    assert store[[2, 0]].tolist() == [[4, 5], [0, 1]]
    assert store[:1].dtype == store.dtype == np.float32
