import collections

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.data.shuffle import Classes, shuffled

COUNTS = {0: 5, 2: 1, 3: 12, 7: 3}  # examples of each class: unequal, one alone, gaps between the labels
LABELS = np.random.default_rng(0).permutation(np.repeat(list(COUNTS), list(COUNTS.values())))


def order(count, epoch=0, seed=0, **options):
    return shuffled(tf.range(count, dtype=tf.int64), count, seed, tf.constant(epoch, tf.int64), **options).numpy()


def rows(first, last, seed=0, labels=LABELS):
    return Classes(labels, seed).rows(tf.range(first, last, dtype=tf.int64)).numpy()


# Shuffled.


@pytest.mark.parametrize("count", [1, 2, 3, 10, 257, 1000])
def test_an_epoch_is_a_permutation(count):
    for epoch in (0, 1, 2**40):
        assert_array_equal(np.sort(order(count, epoch)), np.arange(count))


def test_epochs_seeds_and_purposes_differ():
    first = order(1000)
    assert_array_equal(first, order(1000))
    for other in (order(1000, epoch=1), order(1000, seed=1), order(1000, purpose=5)):
        assert np.mean(first == other) < 0.02
        assert abs(np.corrcoef(first, other)[0, 1]) < 5 / np.sqrt(1000)


@pytest.mark.long
def test_small_orders_are_equally_frequent():
    orders = collections.Counter(tuple(order(3, epoch)) for epoch in range(600))
    assert len(orders) == 6
    assert max(abs(count - 100) for count in orders.values()) < 5 * np.sqrt(100)


def test_a_count_an_epoch_and_a_purpose_for_each_position():
    positions, counts, epochs, purposes = ([0, 4, 2, 0], [3, 7, 3, 1], [5, 6, 5, 9], [1, 2, 1, 2])
    given = [tf.constant(values, tf.int64) for values in (positions, counts, epochs, purposes)]
    together = shuffled(given[0], given[1], 3, given[2], given[3]).numpy()
    alone = [
        order(count, epoch, seed=3, purpose=purpose)[position]
        for position, count, epoch, purpose in zip(positions, counts, epochs, purposes, strict=True)
    ]
    assert_array_equal(together, alone)


# Classes.


def test_every_class_is_equally_frequent():
    """Each turn of as many examples as there are classes holds one of each."""
    for turn in LABELS[rows(0, 400)].reshape(-1, 4):
        assert sorted(turn) == [0, 2, 3, 7]


def test_the_order_of_the_classes_varies():
    turns = collections.Counter(tuple(turn) for turn in LABELS[rows(0, 4 * 480)].reshape(-1, 4))
    assert len(turns) == 24
    assert max(abs(count - 20) for count in turns.values()) < 5 * np.sqrt(20)


@pytest.mark.parametrize("label", COUNTS)
def test_each_class_goes_through_permutations_of_its_own(label):
    drawn = rows(0, 4 * 60)
    own = drawn[LABELS[drawn] == label].reshape(-1, COUNTS[label])
    for once in own:
        assert_array_equal(np.sort(once), np.flatnonzero(np.equal(LABELS, label)))
    if COUNTS[label] > 1:
        assert len(np.unique(own, axis=0)) > 1, "and another one each time"


def test_classes_of_one_size_do_not_go_in_step():
    labels = np.repeat([0, 1], 20)
    drawn = rows(0, 80, labels=labels)
    zeros, ones = (drawn[labels[drawn] == label] - 20 * label for label in (0, 1))
    assert np.mean(zeros == ones) < 0.3


def test_the_order_depends_on_seed_and_position_alone():
    whole = rows(0, 100)
    assert_array_equal(rows(37, 61), whole[37:61])
    assert_array_equal(rows(0, 100, labels=LABELS.astype(np.uint8)), whole)
    assert_array_equal(rows(0, 100, labels=list(LABELS)), whole)
    assert np.mean(rows(0, 100, seed=1) == whole) < 0.5
    assert sorted(LABELS[rows(2**40, 2**40 + 4)]) == [0, 2, 3, 7]


def test_one_class_is_a_plain_shuffle():
    assert_array_equal(np.sort(rows(0, 9, labels=np.full(9, 4))), np.arange(9))


# The balanced stream.


def balanced(batch_size=6, **options):
    numbered = np.arange(len(LABELS), dtype=np.float32)[:, None]
    return ArrayData(numbered, LABELS, batch_size=batch_size, balanced=True, **options)


def batches(data, count, start_step=0):
    return [(x.numpy()[:, 0].astype(int), y.numpy()) for x, y in data.dataset(start_step).take(count)]


def test_labels_go_with_their_examples():
    for drawn, labels in batches(balanced(), 20):
        assert_array_equal(LABELS[drawn], labels)


def test_the_stream_gives_every_class_equally_often():
    """Batches of 6 out of 4 classes: any 2 of them hold 3 of each."""
    labels = np.concatenate([y for _, y in batches(balanced(), 20)]).reshape(-1, 12)
    for pair in labels:
        assert_array_equal(np.sort(pair), np.repeat([0, 2, 3, 7], 3))


def test_batches_do_not_end_with_an_epoch():
    """The stream is that of `Classes`, one batch after another, past the 3 batches of an epoch."""
    data = balanced(seed=5)
    assert data.steps_per_epoch == 3
    assert_array_equal(np.concatenate([x for x, _ in batches(data, 10)]), rows(0, 60, seed=5))


@pytest.mark.parametrize("start", [0, 1, 3, 4, 11, 1_000_000_007])
def test_starting_later_equals_skipping(start):
    late = np.concatenate([x for x, _ in batches(balanced(), 4, start)])
    assert_array_equal(late, rows(6 * start, 6 * start + 24))


def test_classes_without_examples_are_left_out():
    data = balanced(class_names=[f"class {i}" for i in range(9)])
    assert data.num_classes == 9
    assert set(np.concatenate([y for _, y in batches(data, 8)])) == set(COUNTS)


def test_in_order_is_not_balanced():
    for balance in (False, True):
        data = ArrayData(LABELS[:, None].astype(np.float32), LABELS, batch_size=6, balanced=balance)
        assert_array_equal(np.concatenate([y for _, y in data.in_order()]), LABELS)


def test_balance_is_not_the_default():
    plain = ArrayData(np.zeros((len(LABELS), 1)), LABELS, batch_size=21)
    assert not plain.balanced
    assert balanced().balanced
    for _, labels in plain.dataset().take(3):
        assert_array_equal(np.bincount(labels), np.bincount(LABELS))


def test_shapes_are_static():
    examples, labels = balanced().dataset().element_spec
    assert (examples.shape, labels.shape, labels.dtype) == ((6, 1), (6,), tf.int32)


def test_balance_needs_labels():
    with pytest.raises(InputError, match=r"`balanced` needs labels\. Received: balanced=True and labels=None"):
        ArrayData(np.zeros((4, 1)), balanced=True)
