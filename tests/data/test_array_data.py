import hashlib
import itertools

import numpy as np
import pytest
import tensorflow as tf

from keras_gan.data import ArrayData
from keras_gan.data.stores.memory_store import MemoryStore
from keras_gan.data.stores.store import Store
from keras_gan.utils.validation import InputError


def numbered(count=10, batch_size=3, **options):
    """Examples that say which they are: the i-th holds i."""
    return ArrayData(np.arange(count, dtype=np.float32)[:, None], batch_size=batch_size, **options)


def first(data, count, start_step=0):
    return [batch.numpy().ravel() for batch in data.dataset(start_step).take(count)]


def test_arguments_are_kept_unchanged():
    examples, labels, names = np.zeros((4, 2)), [0, 1, 1, 0], ("a", "b")
    data = ArrayData(examples, labels, batch_size=2, seed=7, class_names=names, name="x")
    assert data.examples is examples
    assert data.labels is labels
    assert data.class_names is names
    assert (data.batch_size, data.seed, data.name) == (2, 7, "x")


def test_what_it_says_of_itself():
    data = ArrayData(np.zeros((10, 2)), np.arange(10) % 4, batch_size=3)
    assert (len(data), data.steps_per_epoch, data.num_classes, data.sample_shape) == (10, 3, 4, (2,))
    assert repr(data) == ("<ArrayData 'array_data': 10 examples of (2,) float64, 4 classes, batch_size=3, seed=0>")
    assert "unlabelled" in repr(numbered())
    assert numbered().num_classes is None


def test_batches_are_typed_and_of_static_shape():
    data = ArrayData(np.zeros((10, 2, 2, 3), np.uint8), np.arange(10, dtype=np.uint8), batch_size=4)
    images, labels = data.dataset().element_spec
    assert (images.shape, images.dtype) == ((4, 2, 2, 3), tf.uint8)
    assert (labels.shape, labels.dtype) == ((4,), tf.int32)
    assert data.dataset().cardinality() == tf.data.INFINITE_CARDINALITY
    assert numbered().dataset().element_spec == tf.TensorSpec((3, 1), tf.float32)


def test_an_epoch_repeats_nothing():
    batches = first(numbered(10, 3), 30)
    for epoch in range(10):
        seen = np.concatenate(batches[3 * epoch : 3 * epoch + 3])
        assert len(set(seen)) == 9
        assert set(seen) <= set(range(10))


def test_an_epoch_of_full_batches_is_a_permutation():
    epoch = np.concatenate(first(numbered(1200, 100), 12))
    np.testing.assert_array_equal(np.sort(epoch), np.arange(1200))


def test_the_dropped_remainder_changes():
    epochs = np.array(first(numbered(10, 9), 20))
    dropped = {(set(range(10)) - set(epoch)).pop() for epoch in epochs}
    assert len(dropped) > 3


@pytest.mark.parametrize("count", [1797, 60_000])
def test_epochs_seeds_and_neighbours_are_uncorrelated(count):
    """With the 4 rounds of `index_shuffle` two epochs of 60,000 have the correlation 0.91."""
    orders = [np.concatenate(first(numbered(count, count // 3, seed=seed), 12)).reshape(4, -1) for seed in (0, 1)]
    orders = np.concatenate(orders)
    bound = 5 / np.sqrt(orders.shape[1])  # five standard deviations
    for one, other in itertools.combinations(orders, 2):
        assert abs(np.corrcoef(one, other)[0, 1]) < bound
    for order in orders:
        assert abs(np.corrcoef(order[1:], order[:-1])[0, 1]) < bound
        assert abs(np.corrcoef(order, np.arange(len(order)))[0, 1]) < bound


@pytest.mark.parametrize("start", [0, 1, 2, 3, 4, 11])
def test_starting_later_equals_skipping(start):
    data = numbered(10, 3, seed=5)
    skipped = list(data.dataset().skip(start).take(7).as_numpy_iterator())
    started = list(data.dataset(start_step=start).take(7).as_numpy_iterator())
    np.testing.assert_array_equal(started, skipped)


def test_it_starts_far_out_and_at_whatever_int_takes():
    data = numbered()
    expected = first(data, 2, 3_000_000_000)
    for step in (np.int64(3_000_000_000), tf.Variable(3_000_000_000, dtype=tf.int64)):
        np.testing.assert_array_equal(first(data, 2, step), expected)


def test_labels_go_with_their_examples():
    data = ArrayData(np.arange(50, dtype=np.uint8)[:, None], np.arange(50) % 7, batch_size=8)
    for examples, labels in data.dataset().take(12):
        np.testing.assert_array_equal(labels, examples[:, 0].numpy() % 7)


def test_the_seed_decides_the_order():
    np.testing.assert_array_equal(first(numbered(seed=3), 6), first(numbered(seed=3), 6))
    assert not np.array_equal(first(numbered(seed=3), 6), first(numbered(seed=4), 6))


def test_an_iterator_made_twice_gives_the_same():
    dataset = numbered().dataset(2)
    assert next(iter(dataset)).numpy().tolist() == next(iter(dataset)).numpy().tolist()


def test_nothing_waits_for_a_tuning_thread():
    for dataset in (numbered().dataset(), numbered().in_order()):
        assert dataset.options().autotune.enabled is False  # where nothing is said it is None


def test_replicas_share_each_batch():
    data = numbered(10, 4)
    strategy = tf.distribute.MirroredStrategy(["CPU:0"])
    distributed = next(iter(strategy.experimental_distribute_dataset(data.dataset(1))))
    np.testing.assert_array_equal(distributed, next(iter(data.dataset(1))))


@pytest.mark.parametrize("balanced", [False, True])
def test_each_worker_reads_the_rows_of_its_replicas_alone(balanced):
    class Spy(MemoryStore):
        seen = 0
        gather = Store.gather

        def read(self, rows):
            self.seen += len(rows)
            return super().read(rows)

    examples, options = np.arange(40)[:, None].astype(np.float32), {"batch_size": 12, "balanced": balanced}
    labels = np.arange(40) % 3
    whole = [batch.numpy().ravel() for batch, _ in ArrayData(examples, labels, **options).dataset(2).take(6)]
    shares = []
    for first in (0, 2):
        store = Spy(examples)
        data = ArrayData(store, labels, **options)
        before = store.seen
        dataset = data.dataset(2, range(first, first + 2), 4)
        assert dataset.element_spec[0].shape == (3, 1)
        parts = [rows.numpy().ravel() for rows, _ in dataset.take(12)]
        assert store.seen - before <= 3 * (12 + 3), "and a few that are read ahead"
        shares.append(np.reshape(parts, (6, 6)))
    np.testing.assert_array_equal(np.concatenate(shares, axis=1), whole)


def test_in_order_gives_all_with_a_ragged_tail():
    batches = [batch.ravel().tolist() for batch in numbered(10, 3).in_order().as_numpy_iterator()]
    assert batches == [[0, 1, 2], [3, 4, 5], [6, 7, 8], [9]]
    batches = list(ArrayData(np.zeros((5, 1)), [4, 3, 2, 1, 0]).in_order(batch_size=4))
    assert [labels.numpy().tolist() for _, labels in batches] == [[4, 3, 2, 1], [0]]


def test_in_order_works_with_fewer_examples_than_a_batch():
    assert len(list(numbered(2, 3).in_order())) == 1


def test_a_batch_larger_than_the_data_is_refused():
    data = numbered(2, 3)
    for ask in (lambda: data.steps_per_epoch, data.dataset):
        with pytest.raises(InputError, match=r"`batch_size` must be at most .* 2\. Received: batch_size=3"):
            ask()


def test_digest_by_hand():
    data = ArrayData(np.array([[1], [2]], np.uint8), np.array([0, 1]))
    block = hashlib.sha256(b"\x01\x02").digest()
    store = hashlib.sha256(b"|u1(2, 1)" + block).hexdigest()
    expected = hashlib.sha256(store.encode() + b"<i4(2,)" + b"\0\0\0\0\x01\0\0\0").hexdigest()
    assert data.digest == expected


def test_digest_tells_apart_what_differs_and_nothing_else():
    examples = np.arange(12, dtype=np.uint8).reshape(6, 2)
    labels = np.array([0, 1, 2, 0, 1, 2])
    digest = ArrayData(examples, labels).digest
    same = ArrayData(np.asfortranarray(examples), labels.astype(np.int8), seed=3, batch_size=2)
    assert same.digest == digest
    others = [
        ArrayData(examples),
        ArrayData(examples.reshape(6, 1, 2), labels),
        ArrayData(examples.astype(np.float32), labels),
        ArrayData(examples, labels[::-1]),
    ]
    assert len({digest, *(other.digest for other in others)}) == 5


@pytest.mark.parametrize(
    ("examples", "message"),
    [
        ([[1.0]], r"`examples` must be a NumPy array.*list"),
        (np.zeros((3, 2), np.int64), r"`examples` must be a NumPy array of uint8 or float\..*int64"),
        (np.zeros(3), r"`examples` must have the shape .* shape \(3,\)"),
        (np.zeros((0, 3)), r"`examples` must have the shape .* shape \(0, 3\)"),
        (np.array([[0.0], [np.nan]]), r"`examples` must be finite as float32\. Received: .* examples\[1\]"),
        (np.array([[0.0], [1e300]]), r"`examples` must be finite as float32.*examples\[1\]"),
        (np.array([[np.inf], [0.0]]), r"`examples` must be finite as float32\. Received: .* examples\[0\]"),
    ],
)
def test_examples_are_checked(examples, message):
    with pytest.raises(InputError, match=message):
        ArrayData(examples)


@pytest.mark.parametrize(
    ("labels", "names", "message"),
    [
        ([0, 1], None, r"`labels` must be integers of shape \(3,\).*\(2,\)"),
        ([[0], [1], [2]], None, r"`labels` must be integers of shape \(3,\).*\(3, 1\)"),
        ([0.0, 1.0, 2.0], None, r"`labels` must be integers.*float64"),
        ([True, False, True], None, r"`labels` must be integers.*bool"),
        ([0, 1, -1], None, r"`labels` must be in 0\.\.\d+\. Received: labels from -1 to 1"),
        ([0, 1, 2], ["a", "b"], r"`labels` must be in 0\.\.1, because num_classes=2\. Received: labels from 0 to 2"),
        ([0, 1, 0], ["a", "a"], r"`class_names` must be .*distinct.*Received: class_names="),
        ([0, 1, 0], "ab", r"`class_names` must be .*Received: class_names='ab'"),
        (None, ["a", "b"], r"`class_names` must be None without labels"),
    ],
)
def test_labels_are_checked(labels, names, message):
    with pytest.raises(InputError, match=message):
        ArrayData(np.zeros((3, 1)), labels, class_names=names)


@pytest.mark.parametrize("option", [{"batch_size": 0}, {"batch_size": 2.0}, {"seed": -1}, {"seed": 2**31}])
def test_options_are_checked(option):
    with pytest.raises(InputError, match=f"`{next(iter(option))}` must be an integer.*Received"):
        ArrayData(np.zeros((3, 1)), **option)


def test_a_negative_start_is_refused():
    with pytest.raises(InputError, match=r"`start_step` must be an integer >= 0\. Received: start_step=-1"):
        numbered().dataset(-1)
