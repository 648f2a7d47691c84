"""Batches that several replicas can't share."""

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.data import ImageData
from keras_gan.training import shares

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


@pytest.mark.parametrize("kind", RAGGED)
def test_they_are_refused(kind, make_gan, two_replicas):
    make, options = RAGGED[kind]
    with two_replicas.scope():
        gan = make_gan()
    with pytest.raises(InputError, match=r"multiple of 2 samples.*Received: a batch of (7|9)$"):
        gan.fit(make(), verbose=0, **options)


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


def test_alone_any_batch_will_do(make_gan):
    make_gan().fit(X, batch_size=8, verbose=0)
    shares.check_shares(X, {"batch_size": 8}, 1)


@pytest.mark.parametrize("rows", [7, 9])
def test_evaluate_takes_any(rows, make_gan, two_replicas):
    alone = make_gan(loss="relativistic_average")
    with two_replicas.scope():
        gan = make_gan(loss="relativistic_average")
    expected = alone.evaluate(X[:rows], batch_size=8, verbose=0)
    assert gan.evaluate(X[:rows], batch_size=8, verbose=0) == pytest.approx(expected, rel=1e-5)
