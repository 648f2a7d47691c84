import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.training.inputs.reader_errors import reading, told


class Numbers(keras.utils.PyDataset):
    def __init__(self, count, **kwargs):
        super().__init__(**kwargs)
        self.count = count
        self.heard = []

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        if index == 3:
            raise ValueError("three\nis too much")
        return np.full(2, index)

    def on_epoch_begin(self):
        self.heard.append("begin")

    def on_epoch_end(self):
        self.heard.append("end")


def test_what_is_told_is_the_same_data():
    numbers = Numbers(3, workers=2, max_queue_size=5)
    same = told(numbers)
    assert isinstance(same, keras.utils.PyDataset)
    assert (len(same), same.num_batches, same.workers, same.max_queue_size) == (3, 3, 2, 5)
    assert same[2].tolist() == [2, 2]
    same.on_epoch_begin()
    same.on_epoch_end()
    assert numbers.heard == ["begin", "end"]
    assert list(told(iter([1, 2]))) == [1, 2]
    array = np.zeros(3)
    assert told(array) is array


def test_whose_error_it_is():
    message = r"^The data must be readable to their end\. Received: ValueError: three is too much"
    with pytest.raises(InputError, match=f"{message}, at batch 3$"):
        told(Numbers(5))[3]
    numbers = (Numbers(5)[index] for index in range(5))
    with pytest.raises(InputError, match=f"{message}$"):
        list(told(numbers))


def test_our_own_errors_pass():
    def refuse():
        yield 1
        raise InputError("`x` must be y")

    with pytest.raises(InputError, match=r"^`x` must be y$"):
        list(told(refuse()))


def test_an_error_of_the_data_inside_a_graph():
    def read():
        yield 1.0
        raise OSError("gone")

    data = tf.data.Dataset.from_generator(read, output_signature=tf.TensorSpec(()))
    with pytest.raises(InputError, match=r"readable to their end\. Received: .*OSError: gone$"), reading():
        list(data)
    bad = tf.data.Dataset.from_tensors("no image").map(tf.io.decode_png)
    with pytest.raises(InputError, match="readable to their end"), reading():
        list(bad)


def test_an_error_of_the_model_passes():
    with pytest.raises(tf.errors.InvalidArgumentError), reading():
        tf.gather([1, 2], 5)
    with pytest.raises(ZeroDivisionError), reading():
        raise ZeroDivisionError
