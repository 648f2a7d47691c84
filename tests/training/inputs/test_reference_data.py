import functools

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.conditions import Classes, Vectors
from keras_gan.data import ArrayData
from keras_gan.training.inputs import reference_data

POINTS = np.arange(1200, dtype=np.float32).reshape(600, 2)
LABELS = np.arange(600) % 3
ReferenceData = functools.partial(reference_data.ReferenceData, condition=Classes(3))


class Batches(keras.utils.PyDataset):
    """Batches of 60; without a length they go on for ever."""

    def __init__(self, number=10):
        super().__init__()
        self.number = number

    @property
    def num_batches(self):
        return self.number

    def __getitem__(self, index):
        rows = np.arange(60 * index, 60 * index + 60) % 600
        return POINTS[rows], LABELS[rows]


def dataset():
    return tf.data.Dataset.from_tensor_slices((POINTS, LABELS)).batch(60)


def gathered(real):
    samples, labels = zip(*real, strict=True)
    return np.concatenate(samples), None if labels[0] is None else np.concatenate(labels)


DATA = {
    "array_data": lambda: (ArrayData(POINTS, LABELS, batch_size=60),),
    "arrays": lambda: (POINTS, LABELS[:, None]),
    "tensors": lambda: (tf.constant(POINTS), tf.constant(LABELS)),
    "list": lambda: ([POINTS, LABELS],),
    "dataset": lambda: (dataset(),),
    "py_dataset": lambda: (Batches(),),
}


@pytest.mark.parametrize("labelled", [True, False])
@pytest.mark.parametrize("kind", DATA)
def test_all_kinds_give_the_same_as_often_as_asked(kind, labelled):
    real = ReferenceData(*DATA[kind](), condition=Classes(3) if labelled else None)
    for _ in range(2):
        samples, labels = gathered(real)
        np.testing.assert_array_equal(samples, POINTS)
        np.testing.assert_array_equal(labels, LABELS if labelled else None)


@pytest.mark.parametrize("kind", DATA)
def test_steps_bound_the_batches(kind):
    real = ReferenceData(*DATA[kind](), batch_size=60, steps=2)
    np.testing.assert_array_equal(gathered(real)[0], POINTS[:120])
    assert real.count in (120, None)


def test_data_in_memory_have_a_key_of_their_content():
    real = ReferenceData(ArrayData(POINTS, LABELS))
    assert real.count == 600
    np.testing.assert_array_equal(real.labels, LABELS)
    assert real.key == ReferenceData(POINTS, LABELS).key == ReferenceData((POINTS.copy(), LABELS)).key
    others = [ReferenceData(POINTS + 1, LABELS), ReferenceData(POINTS), ReferenceData(POINTS, LABELS, steps=1)]
    assert len({real.key, *(other.key for other in others)}) == 4
    for passing in (ReferenceData(dataset()), ReferenceData(Batches())):
        assert (passing.key, passing.count, passing.labels) == (None, None, None)


def test_labels_of_no_use_may_be_anything():
    assert ReferenceData(POINTS, np.eye(3)[LABELS], condition=None).labels is None


@pytest.mark.parametrize("endless", [lambda: dataset().repeat(), lambda: Batches(None)])
def test_without_an_end_steps_are_needed(endless):
    np.testing.assert_array_equal(
        gathered(ReferenceData(endless(), steps=11))[0], np.concatenate([POINTS, POINTS[:60]])
    )
    with pytest.raises(InputError, match=r"`steps` \(`validation_steps`\) must be given for data without an end"):
        ReferenceData(endless())


def test_a_generator_is_read_but_once():
    with pytest.raises(InputError, match="need data that can be read twice"):
        ReferenceData(iter([POINTS]))


def test_a_reader_that_fails_is_told_of():
    class Broken(Batches):
        def __getitem__(self, index):
            raise OSError("gone")

    with pytest.raises(InputError, match=r"must be readable to their end. Received: OSError: gone, at batch 0"):
        gathered(ReferenceData(Broken()))


@pytest.mark.parametrize("kind", ["array_data", "arrays", "dataset"])
def test_vectors_stay_vectors(kind):
    vectors = np.stack([LABELS, LABELS + 0.5], axis=1)
    data = {
        "array_data": (ArrayData(POINTS, conditions=vectors),),
        "arrays": (POINTS, vectors),
        "dataset": (tf.data.Dataset.from_tensor_slices((POINTS, vectors)).batch(60),),
    }[kind]
    samples, labels = gathered(ReferenceData(*data, condition=Vectors(2)))
    np.testing.assert_array_equal(samples, POINTS)
    np.testing.assert_array_equal(labels, vectors.astype(np.float32))
