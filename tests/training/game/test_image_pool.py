"""The pool of past fakes against its definition, image by image."""

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan import InputError, RandomStream
from keras_gan.training.game.image_pool import ImagePool


def fakes(step, rows):
    """Images (rows, 1, 1, 1) that tell their step and row."""
    return np.reshape(100 * step + np.arange(rows), (rows, 1, 1, 1)).astype("float32")


class Reference:
    """ImagePool of CycleGAN's authors, with the random numbers of ours."""

    def __init__(self, size):
        self.size, self.images = size, []

    def query(self, images, drawn):
        shown = []
        for image, (swap, slot) in zip(images, drawn, strict=True):
            if len(self.images) < self.size:
                self.images.append(image)
                shown.append(image)
            elif swap < 0.5:
                index = int(slot * self.size)
                shown.append(self.images[index])
                self.images[index] = image
            else:
                shown.append(image)
        return np.stack(shown)


@pytest.mark.long
@pytest.mark.parametrize(("size", "rows"), [(5, 3), (4, 1), (3, 8), (1, 2)])
@pytest.mark.parametrize("jit_compile", [False, True])
def test_it_is_its_definition(size, rows, jit_compile):
    pool, reference = ImagePool(size, (1, 1, 1), name="pool"), Reference(size)
    graph = tf.function(lambda x, step: pool.exchange(x, RandomStream(7, step)), jit_compile=jit_compile)
    old = 0
    for step in range(12):
        given = fakes(step, rows)
        drawn = RandomStream(7, step).uniform("pool/exchange", (rows, 2)).numpy()
        expected = reference.query(given, drawn)
        assert_array_equal(graph(given, tf.constant(step, tf.int64)), expected)
        assert_array_equal(pool.images.numpy()[: len(reference.images)], np.stack(reference.images))
        assert int(pool.count) == len(reference.images)
        old += np.sum(expected < 100 * step)
    assert old > 0


def test_none_shows_what_is_new():
    x = tf.constant(fakes(1, 3))
    pool = ImagePool(0, (1, 1, 1), name="pool")
    assert pool.exchange(x, RandomStream(0)) is x
    assert not pool.weights


def test_two_pools_draw_apart():
    seen = []
    for name in ("one", "other"):
        pool = ImagePool(4, (1, 1, 1), name=name)
        seen.append(np.stack([pool.exchange(fakes(step, 4), RandomStream(0, step)) for step in range(6)]))
    assert not np.array_equal(*seen)


def test_replicas_have_the_pool_of_one(two_replicas):
    one = ImagePool(5, (1, 1, 1), name="pool")
    with two_replicas.scope():
        two = ImagePool(5, (1, 1, 1), name="pool")

    @tf.function
    def step(values, number):
        return two_replicas.run(lambda x: two.exchange(x, RandomStream(3, number)), [values])

    for number in range(6):
        given = fakes(number, 4)
        shares = two_replicas.experimental_distribute_values_from_function(
            lambda context, given=given: tf.constant(given[2 * context.replica_id_in_sync_group :][:2])
        )
        shown = two_replicas.experimental_local_results(step(shares, tf.constant(number, tf.int64)))
        assert_array_equal(np.concatenate(shown), one.exchange(given, RandomStream(3, number)))
        for part in two_replicas.experimental_local_results(two.images.value):
            assert_array_equal(part, one.images)


def test_bounds():
    with pytest.raises(InputError, match="`pool_size`"):
        ImagePool(-1, (1, 1, 1), name="pool")


@pytest.mark.parametrize("rows", [1, 3])
def test_xla_compiles_it_once(rows):
    """What XLA takes for a constant is in its program: that would be another one at each step."""
    pool, step = ImagePool(4, (1, 1, 1), "pool"), tf.Variable(0, dtype="int64")

    @tf.function(jit_compile=True, autograph=False)
    def exchange(images):
        return pool.exchange(images, RandomStream(0, step, tf.constant(0, tf.int64)))

    program = exchange.experimental_get_compiler_ir(tf.constant(fakes(0, rows)))
    first = program(stage="hlo")
    for number in range(4):
        exchange(tf.constant(fakes(number, rows)))
        step.assign_add(1)
        assert program(stage="hlo") == first
