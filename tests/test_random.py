import math

import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

from keras_gan.random import RandomStream

# Random123's known answers for Philox 4x32-10 ("kat_vectors"): counter 0, key 0.
KNOWN = [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]


def draw(first=0, rows=6, seed=5, step=9, purpose="latents", columns=7):
    return RandomStream(seed, step, first).uniform(purpose, (rows, columns)).numpy()


def test_bits_are_philox(monkeypatch):
    monkeypatch.setattr("keras_gan.random.zlib.crc32", lambda purpose: 0)
    assert_array_equal(RandomStream(0).bits("any", (1, 4)).numpy(), [KNOWN])


def test_rows_depend_on_their_position_alone():
    whole = draw(rows=6)
    assert_array_equal(draw(first=2, rows=4), whole[2:])
    assert_array_equal(draw(rows=3), whole[:3])


def test_a_scope_goes_before_the_purpose():
    scoped = RandomStream(5, 9, scope="generator/").uniform("latents", (6, 7))
    assert_array_equal(scoped, draw(purpose="generator/latents"))


@pytest.mark.parametrize("other", [{"seed": 6}, {"step": 10}, {"purpose": "labels"}, {"first": 6}])
def test_every_part_of_the_address_matters(other):
    assert not np.isin(draw(**other), draw()).any()


def test_steps_beyond_32_bits_differ():
    assert not np.isin(draw(step=tf.constant(2**40)), draw(step=tf.constant(0))).any()


@pytest.mark.parametrize("jit_compile", [False, True])
def test_graph_and_xla_draw_the_same(jit_compile):
    @tf.function(jit_compile=jit_compile)
    def compiled(seed, step, first):
        return RandomStream(seed, step, first).uniform("latents", (6, 7))

    arguments = (tf.constant(5, tf.int64), tf.constant(9, tf.int64), tf.constant(0, tf.int64))
    assert_array_equal(compiled(*arguments).numpy(), draw())


def test_uniform_is_in_the_open_interval_and_even():
    numbers = RandomStream(0).uniform("test", (100_000, 4)).numpy()
    assert numbers.min() > 0
    assert numbers.max() < 1
    counts, _ = np.histogram(numbers, bins=100, range=(0, 1))
    chi_square = ((counts - 4000) ** 2 / 4000).sum()
    assert 55 < chi_square < 160  # 99 degrees of freedom: beyond either end less than once in 1,000


def test_shapes_beyond_rank_2():
    drawn = RandomStream(0).uniform("test", (3, 2, 5))
    assert drawn.shape == (3, 2, 5)
    assert_array_equal(tf.reshape(drawn, (3, 10)), RandomStream(0).uniform("test", (3, 10)))


def test_every_nth_row():
    whole = draw(rows=12)
    stream = RandomStream(5, 9)
    assert_array_equal(stream.every(3, 1).uniform("latents", (4, 7)), whole[1::3])
    assert_array_equal(stream.every(3, 1).every(2, 1).uniform("latents", (2, 7)), whole[1::3][1::2])
    shifted = RandomStream(5, 9, first=6).every(2, 1)  # the second of two replicas of 6 rows each
    assert_array_equal(shifted.uniform("latents", (3, 7)), whole[6:][1::2])


def test_numbers_within_a_scope_are_others():
    inside = RandomStream(5, 9).within("augmentation")
    assert_array_equal(inside.uniform("latents", (6, 7)), draw(purpose="augmentation/latents"))
    assert_array_equal(inside.within("1").uniform("latents", (6, 7)), draw(purpose="augmentation/1/latents"))
    assert_array_equal(inside.every(2, 0).uniform("latents", (3, 7)), draw(purpose="augmentation/latents")[::2])


def test_normal_is_the_inverse_distribution_function_of_uniform():
    stream = RandomStream(5, 9)
    numbers = stream.normal("noise", (20_000, 2)).numpy().astype("float64")
    below = np.vectorize(lambda z: 0.5 * (1 + math.erf(z / math.sqrt(2))))(numbers)
    assert_array_equal(np.abs(below - stream.uniform("noise", (20_000, 2)).numpy()) < 1e-6, True)
    assert abs(numbers.mean()) < 0.02
    assert abs(numbers.std() - 1) < 0.02
