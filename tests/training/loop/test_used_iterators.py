import threading
import time
import weakref

import numpy as np
import pytest
import tensorflow as tf

from keras_gan.training.loop.used_iterators import UsedIterators

IMAGES = np.random.default_rng(0).integers(0, 256, (48, 8, 8, 1), dtype=np.uint8)


class Slow:
    """What takes its time to go, and tells where it went."""

    def __init__(self, gone):
        self.gone = gone

    def __del__(self):
        time.sleep(0.2)
        self.gone.append(threading.current_thread())


def ended(gone, count):
    """Wait until so many are gone."""
    deadline = time.monotonic() + 20
    while len(gone) < count and time.monotonic() < deadline:
        time.sleep(0.01)
    return len(gone) == count


def test_nobody_waits_for_one_that_is_let_go():
    held, gone = UsedIterators(), []
    begin = time.monotonic()
    held.keep(Slow(gone))
    held.keep(Slow(gone))  # lets go of the first
    held.let_go()
    held.let_go()  # nothing is left
    assert time.monotonic() - begin < 0.15
    assert ended(gone, 2)
    assert threading.current_thread() not in gone


def test_the_same_one_is_kept():
    held, gone = UsedIterators(), []
    one = Slow(gone)
    held.keep(one)
    held.keep(one)
    del one
    time.sleep(0.3)
    assert not gone
    held.let_go()
    assert ended(gone, 1)


def test_where_no_thread_can_be_had_it_is_let_go_of_all_the_same(monkeypatch):
    def start(thread):
        raise RuntimeError("can't start new thread")

    held, gone = UsedIterators(), []
    held.keep(Slow(gone))
    monkeypatch.setattr(threading.Thread, "start", start)
    held.let_go()
    assert gone == [threading.current_thread()]


def batches():
    return tf.data.Dataset.from_tensor_slices(IMAGES).map(lambda x: x, num_parallel_calls=tf.data.AUTOTUNE).batch(16)


DATA = {
    "arrays": (lambda: IMAGES, {"batch_size": 16, "validation_data": IMAGES[:32]}),
    "a pipeline": (batches, {"validation_data": batches(), "validation_steps": 1}),
    "of unknown length": (lambda: batches().filter(lambda x: True), {}),
    "endless": (lambda: batches().repeat(), {"steps_per_epoch": 2}),
}


@pytest.mark.some(2)
@pytest.mark.parametrize("data", DATA)
def test_the_last_reference_to_an_iterator_that_was_used_is_never_that_of_the_training(make_gan, monkeypatch, data):
    gone, seen = [], {}
    keep = UsedIterators.keep

    def watched(self, iterator):
        if id(iterator) not in seen:
            seen[id(iterator)] = weakref.ref(iterator, lambda _: gone.append(threading.current_thread()))
        keep(self, iterator)

    monkeypatch.setattr(UsedIterators, "keep", watched)
    made, options = DATA[data]
    gan = make_gan()
    gan.fit(made(), epochs=2, verbose=0, **options)
    gan.evaluate(IMAGES, verbose=0)
    assert len(seen) >= 2
    assert ended(gone, len(seen))
    assert threading.current_thread() not in gone
