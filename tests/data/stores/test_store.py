"""What holds for all stores: the same rows, in the same batches, whoever keeps them."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from keras_gan.data import ArrayData, ImageData
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.array_rows import ArrayRows
from keras_gan.data.stores import store as store_module
from keras_gan.data.stores.decoded_store import DecodedStore
from keras_gan.data.stores.derived_store import DerivedStore
from keras_gan.data.stores.file_store import FileStore
from keras_gan.data.stores.mapped_store import MappedStore
from keras_gan.data.stores.memory_store import MemoryStore
from keras_gan.data.stores.source_store import SourceStore
from keras_gan.data.stores.store import Store

KINDS = (MemoryStore, MappedStore, FileStore, DecodedStore, DerivedStore, SourceStore)


def images(dtype="uint8", count=37):
    drawn = np.random.default_rng(0).integers(0, 256, (count, 5, 6, 3), dtype=np.uint8)
    return drawn if dtype == "uint8" else (drawn / 127.5 - 1).astype(dtype)


def kept(kind, array, folder):
    np.save(folder / "images.npy", array)
    if kind is MappedStore:
        return MappedStore(np.load(folder / "images.npy", mmap_mode="r"))
    if kind is FileStore:
        array.tofile(folder / "rows")
        return FileStore(folder / "rows", array.shape, array.dtype)
    if kind is DecodedStore:
        return DecodedStore(ArrayRows(folder / "images.npy", Preprocessing()), np.arange(len(array)))
    if kind is DerivedStore:
        return DerivedStore(MemoryStore(array[..., ::-1].copy()), lambda row, _: row[..., ::-1])
    return MemoryStore(array) if kind is MemoryStore else SourceStore(array)


def test_no_store_escapes():
    assert set(Store.__subclasses__()) == set(KINDS)


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("kind", KINDS)
def test_rows_by_their_indices(kind, dtype, tmp_path):
    array = images(dtype)
    store = kept(kind, array, tmp_path)
    assert (len(store), store.ndim, store.shape, store.dtype) == (37, 4, array.shape, array.dtype)
    for rows in ([3], [36, 0, 0, 7, 8, 9, 2], [], [-1], slice(3, 30), slice(None), slice(None, None, 5)):
        given = np.asarray(rows, int) if isinstance(rows, list) else rows
        np.testing.assert_array_equal(store[given], array[given])
        assert store[given].dtype == array.dtype
        assert type(store[given]) is np.ndarray
    with pytest.raises(IndexError):
        store[[37]]


@pytest.mark.parametrize("kind", KINDS)
def test_threads_may_ask_at_once(kind, tmp_path):
    array = images()
    store = kept(kind, array, tmp_path)
    rows = [np.random.default_rng(seed).integers(0, 37, 20) for seed in range(40)]
    with ThreadPoolExecutor(8) as pool:
        for asked, found in zip(rows, pool.map(store.read, rows), strict=True):
            np.testing.assert_array_equal(found, array[asked])


@pytest.mark.parametrize("dtype", ["uint8", "float32"])
@pytest.mark.parametrize("kind", KINDS)
def test_digest_and_bounds_are_those_of_the_rows(kind, dtype, tmp_path, monkeypatch):
    monkeypatch.setattr(store_module, "_BLOCK", 1000)
    array = images(dtype)
    store = kept(kind, array, tmp_path)
    assert store.digest == MemoryStore(array).digest
    assert store.bounds == (array.min(), array.max())
    size = 1000 // array[0].nbytes
    hashed = hashlib.sha256(f"{array.dtype.str}{array.shape}".encode())
    for first in range(0, 37, size):
        hashed.update(hashlib.sha256(array[first : first + size].tobytes()).digest())
    assert store.digest == hashed.hexdigest()


@pytest.mark.some(6)
@pytest.mark.long
@pytest.mark.parametrize("balanced", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_the_same_batches_from_any_step(kind, balanced, tmp_path):
    array, labels = images(), np.arange(37) ** 2 % 5
    options = {"labels": labels, "batch_size": 8, "seed": 3, "balanced": balanced}
    memory, other = ImageData(array, **options), ImageData(kept(kind, array, tmp_path), **options)
    assert other.digest == memory.digest
    assert other.dataset().element_spec == memory.dataset().element_spec
    assert other.in_order().element_spec == memory.in_order().element_spec
    for start in (0, 1, 3, 10, 1_000_003):
        pairs = zip(memory.dataset(start).take(9), other.dataset(start).take(9), strict=True)
        for (rows, told), (same_rows, same_told) in pairs:
            np.testing.assert_array_equal(rows, same_rows)
            np.testing.assert_array_equal(told, same_told)
    for ours, theirs in zip(memory.in_order(), other.in_order(), strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])


@pytest.mark.parametrize("kind", KINDS)
def test_values_are_checked_wherever_they_are(kind, tmp_path):
    from keras_gan.utils.validation import InputError

    with pytest.warns(UserWarning, match="All pixels of all images are 7"):
        ImageData(kept(kind, np.full((20, 5, 6, 3), 7, np.uint8), tmp_path))
    if kind is DecodedStore:
        return  # whose reader refuses them
    wrong = images("float32")
    wrong[30, 0] = np.nan
    with pytest.raises(InputError, match=r"`examples` must be finite as float32\. Received: .*examples\[30\]"):
        ArrayData(kept(kind, wrong, tmp_path))
    with pytest.raises(InputError, match=r"in \[0, 1\]"):
        ImageData(kept(kind, np.abs(images("float32")), tmp_path))
