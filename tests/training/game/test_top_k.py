import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan.training.game.top_k import TopK

LOGITS = np.random.default_rng(0).permutation(30).astype("float32")
STEP = tf.constant(0, tf.int64)


@pytest.mark.parametrize(("share", "kept"), [(1.0, 30), (0.5, 15), (0.1, 3), (0.75, 23), (0.01, 1), (1 / 3, 10)])
def test_the_largest_share_counts_and_the_weights_have_mean_1(share, kept):
    weights = TopK(share).weights(tf.constant(LOGITS), STEP).numpy()
    assert_allclose(weights, np.where(30 - kept <= LOGITS, 30 / kept, 0.0), rtol=1e-5)
    assert_allclose(weights.mean(), 1.0, rtol=1e-5)


def test_equal_logits_share_a_fate():
    weights = TopK(0.25).weights(tf.constant([1.0, 3.0, 3.0, 0.0]), STEP).numpy()
    assert_allclose(weights, [0, 2, 2, 0])


def test_the_choice_has_no_gradient():
    logits = tf.Variable(LOGITS)
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(TopK(0.5).weights(logits, STEP))
    assert tape.gradient(value, logits) is None


@pytest.mark.parametrize("jit_compile", [False, True])
def test_in_a_graph_of_any_batch_size(jit_compile):
    weights = tf.function(
        lambda logits: TopK(0.5).weights(logits, STEP), jit_compile=jit_compile, reduce_retracing=True
    )
    for rows in (1, 2, 7):
        chosen = np.arange(rows) >= rows - -(-rows // 2)
        assert_allclose(weights(tf.range(float(rows))) > 0, chosen)


def test_it_is_of_the_global_batch(two_replicas):
    values = two_replicas.experimental_distribute_values_from_function(
        lambda context: tf.constant([[5.0, 6.0], [1.0, 2.0]][context.replica_id_in_sync_group])
    )
    weights = two_replicas.run(tf.function(lambda logits: TopK(0.5).weights(logits, STEP)), (values,))
    assert_allclose(np.stack(two_replicas.experimental_local_results(weights)), [[2, 2], [0, 0]])
