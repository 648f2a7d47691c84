import numpy as np

from keras_gan.data.stores.memory_store import MemoryStore


def test_floats_are_given_out_as_float32():
    store = MemoryStore(np.arange(6.0).reshape(3, 2))
    assert store.dtype == np.float32
    assert store[:1].dtype == np.float32
    assert store.gather([2, 0]).numpy().tolist() == [[4, 5], [0, 1]]


def test_the_tensor_is_made_once():
    store = MemoryStore(np.zeros((3, 2), np.uint8))
    assert store._tensor is store._tensor
    assert "CPU" in store._tensor.device
