import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.training.inputs import stream_position

ROWS = np.arange(50, dtype=np.float32)[:, None]
DATASET = tf.data.Dataset.from_tensor_slices(ROWS).batch(8)


class Sequence(keras.utils.PyDataset):
    def __len__(self):
        return 6

    def __getitem__(self, index):
        return (ROWS[index : index + 1],)


@pytest.mark.parametrize(
    ("data", "options", "batches"),
    [
        (ROWS, {}, 2),
        (ROWS, {"batch_size": 20}, 3),
        (ROWS, {"batch_size": 20, "validation_split": 0.5}, 2),
        (DATASET, {}, 7),
        (DATASET, {"steps_per_epoch": 3}, 3),
        (DATASET.repeat(), {}, None),
        (DATASET.filter(lambda batch: True), {}, None),
        (Sequence(), {}, 6),
        (iter([ROWS]), {}, None),
        ((ROWS, ROWS), {"batch_size": 20}, 3),
    ],
)
def test_batches_per_epoch(data, options, batches):
    assert stream_position.batches_per_epoch(data, options) == batches


def test_an_array_data_goes_on_at_the_step():
    data = ArrayData(ROWS, batch_size=10, seed=1)
    whole = [batch.numpy() for batch in data.dataset().take(12)]
    rest = [batch.numpy() for batch in stream_position.from_position(data, step=7, skip=2).take(5)]
    assert_array_equal(rest, whole[7:])


def test_data_sets_are_read_up_to_the_position():
    (first,) = stream_position.from_position(DATASET, step=99, skip=6)
    assert_array_equal(first, ROWS[48:])
    assert stream_position.from_position(ROWS, step=99, skip=1) is ROWS
    assert stream_position.from_position(DATASET, step=99, skip=0) is DATASET


def test_finite_data_begin_again_where_epochs_are_counted():
    sizes = [len(batch) for batch in stream_position.from_position(DATASET, step=99, skip=5, again=True).take(5)]
    assert sizes == [8, 2, 8, 8, 8]
    assert stream_position.from_position(DATASET, step=99, skip=14, again=True) is DATASET


@pytest.mark.parametrize("skip", [3, 4, 6, 9])
def test_so_do_those_of_a_length_that_only_reading_tells(skip):
    data = tf.data.Dataset.range(4).filter(lambda x: True)
    found = [int(value) for value in stream_position.from_position(data, step=99, skip=skip, again=True).take(6)]
    assert found == [(skip + index) % 4 for index in range(6)]
    assert stream_position.from_position(data, step=99, skip=8, again=True) is data


def test_data_without_an_end_are_not_read_to_find_one():
    data = tf.data.Dataset.range(4).repeat()
    found = [int(value) for value in stream_position.from_position(data, step=99, skip=10**6, again=True).take(2)]
    assert found == [0, 1]
    with pytest.warns(UserWarning, match="are read again up to the position"):
        stream_position.check(data, {"steps_per_epoch": 3}, skip=10**9)


def test_generators_are_forwarded():
    rest = iter([1, 2, 3])
    stream_position.forward(rest, 2)
    assert list(rest) == [3]
    stream_position.forward(ROWS, 2)


@pytest.mark.parametrize(
    ("data", "words"), [(DATASET, "read again"), (iter([ROWS]), "a little ahead: not exact"), (ROWS, "begin anew")]
)
def test_what_can_not_be_proved_is_said(data, words):
    with pytest.warns(UserWarning, match=words):
        stream_position.check(data, {})


@pytest.mark.filterwarnings("error")
def test_our_own_data_need_no_warning():
    stream_position.check(ArrayData(ROWS), {})


def test_unequal_parts_of_finite_data_are_refused():
    with pytest.raises(InputError, match="`steps_per_epoch` must divide the 7 batches"):
        stream_position.check(DATASET, {"steps_per_epoch": 3})
