"""Batches that several replicas can't share."""

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError
from keras_gan.data import ImageData
from keras_gan.training.inputs.sharding import Sharing

X = np.random.default_rng(0).integers(0, 256, (39, 8, 8, 1), dtype=np.uint8)


class Batches(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return (X[8 * index : 8 * index + 8],)


def generator():
    for first in range(0, 39, 8):
        yield (X[first : first + 8],)


RAGGED = {
    "array": (lambda: X, {"batch_size": 8}),
    "dataset": (lambda: tf.data.Dataset.from_tensor_slices(X).batch(8), {}),
    "py_dataset": (Batches, {}),
    "generator": (generator, {}),
    "ArrayData": (lambda: ImageData(X, batch_size=9), {}),
}


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("kind", RAGGED)
def test_they_are_refused(kind, make_gan, two_replicas):
    make, options = RAGGED[kind]
    with two_replicas.scope():
        gan = make_gan()
    with pytest.raises(InputError, match=r"multiple of 2 samples.*Received: a batch of (7|9)(, in batch \d)?$"):
        gan.fit(make(), verbose=0, **options)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    "x",
    [
        X[:32],
        ImageData(X, batch_size=8),
        tf.data.Dataset.from_tensor_slices(X).batch(8, drop_remainder=True),
        tf.data.Dataset.from_tensor_slices((X, np.arange(39))).batch(8).take(4),
    ],
)
def test_others_are_trained_on(x, make_gan, two_replicas):
    with two_replicas.scope():
        gan = make_gan()
    gan.fit(x, epochs=1, verbose=0)
    assert int(gan.step.numpy()) in (1, 4)


def test_what_a_replica_divides_counts(make_gan, two_replicas):
    with two_replicas.scope():
        gan = make_gan(discriminator_steps=2, accumulation_steps=2)
    with pytest.raises(InputError, match=r"multiple of 8 samples.*Received: a batch of 12"):
        gan.fit(X[:24], batch_size=12, verbose=0)


@pytest.mark.long
def test_alone_any_batch_will_do(make_gan):
    make_gan().fit(X, batch_size=8, verbose=0)
    make_gan(discriminator_steps=2).fit(tf.data.Dataset.from_tensor_slices(X).batch(9), verbose=0)


@pytest.mark.long
@pytest.mark.parametrize("rows", [7, 9])
def test_evaluate_takes_any(rows, make_gan, two_replicas):
    alone = make_gan(loss="relativistic_average")
    with two_replicas.scope():
        gan = make_gan(loss="relativistic_average")
    expected = alone.evaluate(X[:rows], batch_size=8, verbose=0)
    assert gan.evaluate(X[:rows], batch_size=8, verbose=0) == pytest.approx(expected, rel=1e-5)


def grouped(make_discriminator, **options):
    samples = keras.Input((8, 8, options.get("pack", 1)))
    scores = keras.layers.Dense(1)(keras.layers.Flatten()(make_discriminator(samples)))
    generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    gan = keras_gan.GAN(generator, keras.Model(samples, scores), **options)
    gan.compile("sgd", "sgd")
    return gan


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("layer", "options", "divisor"),
    [(lambda x: keras_gan.layers.MinibatchStdDev(4)(x), {}, 8), (lambda x: x, {"pack": 3}, 6)],
)
def test_what_is_judged_together_stays_together(layer, options, divisor, two_replicas):
    with two_replicas.scope():
        gan = grouped(layer, **options)
    ragged = {"batch_size": divisor, "verbose": 0}
    for act in (gan.fit, gan.evaluate):
        with pytest.raises(InputError, match=rf"multiple of {divisor} samples.*a batch of 2$"):
            act(X[: divisor + 2], **ragged)
    with pytest.raises(InputError, match=rf"multiple of {divisor} samples.*a batch of 2$"):
        gan.fit(X[:divisor], validation_data=X[: divisor + 2], **ragged)
    gan.fit(X[: 2 * divisor], **ragged)
    gan.evaluate(X[: 2 * divisor], **ragged)


def test_with_several_workers_each_takes_its_rows_of_each_batch():
    sharing = Sharing(replicas=2, workers=2, turns=1, together=1)
    shared = sharing.share(tf.data.Dataset.from_tensors(X), {}, training=True)
    policy = shared.options().experimental_distribute.auto_shard_policy
    assert policy == tf.data.experimental.AutoShardPolicy.DATA
    with pytest.raises(InputError, match="`shuffle` must be False for arrays with several workers"):
        sharing.share(X[:8], {"batch_size": 8}, training=True)
    assert sharing.share(X[:8], {"batch_size": 8, "shuffle": False}, training=True) is not None


def test_data_must_not_be_distributed_yet(make_gan, two_replicas):
    with two_replicas.scope():
        gan = make_gan()
    data = two_replicas.experimental_distribute_dataset(tf.data.Dataset.from_tensor_slices(X[:32]).batch(8))
    with pytest.raises(InputError, match="must not be distributed yet"):
        gan.evaluate(data)
    with pytest.raises(InputError, match="must not be distributed yet"):
        gan.fit(data)
