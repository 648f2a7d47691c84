import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.layers import BatchNormalization
from keras_gan.ops import channels, platform

X = np.random.default_rng(0).normal(3.0, 2.0, (8, 3, 3, 2)).astype("float32")


def test_alone_it_is_that_of_keras():
    ours, theirs = BatchNormalization(momentum=0.5), keras.layers.BatchNormalization(momentum=0.5)
    for training in (True, False, True):
        assert_allclose(ours(X, training=training), theirs(X, training=training), atol=1e-6)
    for weight, other in zip(ours.weights, theirs.weights, strict=True):
        assert_allclose(weight, other, rtol=1e-6)


def test_the_second_derivative_of_the_variance():
    """Of n numbers it is 2 / n (1 - 1 / n) on the diagonal and -2 / n^2 elsewhere."""
    layer = BatchNormalization(dtype="float64")
    layer.build((None, 1))
    x = tf.constant(np.random.default_rng(0).normal(size=6))
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            _, variance = layer._moments(x[:, None], None)
        gradient = inner.gradient(variance, x)
    hessian = outer.jacobian(gradient, x)
    assert_allclose(hessian, (np.eye(6) - 1 / 6) / 3, atol=1e-12)


@pytest.mark.long
@pytest.mark.parametrize("form", ["CPU", "XLA", "GPU"])
@pytest.mark.parametrize("offset", [0.0, 100.0])
@pytest.mark.parametrize("options", [{}, {"scale": False}, {"center": False}])
def test_other_forms_change_nothing(offset, options, form, monkeypatch):
    """Nor in the second derivatives, nor in the moving statistics."""
    x = tf.constant(X + np.float32(offset))
    monkeypatch.setattr(platform, "has_gpu", lambda: form == "GPU")

    def derivatives(layer):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                y = layer(x, training=True)
                value = tf.reduce_sum(tf.sin(y) * X)
            gradient = inner.gradient(value, x)
            steep = tf.reduce_sum(gradient**2)
        of_all = outer.gradient(steep, [x, *(weight.value for weight in layer.trainable_weights)])
        return [y, gradient, *of_all]

    found = []
    for plain in (True, False):
        layer = BatchNormalization(momentum=0.5, **options)
        layer.build(x.shape)
        assert layer._is_plain(x)
        if not plain:
            monkeypatch.setattr(layer, "_is_plain", lambda inputs: False)
        compiled = tf.function(lambda layer=layer: derivatives(layer), jit_compile=form == "XLA" and plain)
        found.append([*compiled(), *layer.non_trainable_weights])
    for ours, theirs in zip(*found, strict=True):
        assert_allclose(ours, theirs, rtol=1e-4, atol=1e-5 * (1 + offset))


@pytest.mark.parametrize("jit_compile", [False, True])
def test_it_is_exact_to_rounding_over_very_many_numbers(jit_compile):
    """Outputs, all gradients and statistics equal float64. On one core the fused kernel loses 2e-5 of the variance."""
    random = np.random.default_rng(0)
    x, upstream = (random.normal(0.7, 1.0, (8, 128, 128, 2)).astype("float32") for _ in range(2))

    def found(dtype, compiled):
        layer = BatchNormalization(momentum=0.0, dtype=dtype)
        layer.build(x.shape)

        def derivatives(x, upstream):
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = layer(x, training=True)
            return [y, *tape.gradient(y, [x, layer.gamma.value, layer.beta.value], upstream)]

        given = [tf.constant(values, dtype) for values in (x, upstream)]
        return [*tf.function(derivatives, jit_compile=compiled)(*given), layer.moving_mean, layer.moving_variance]

    exact = found("float64", False)
    summed = {2: np.abs(upstream * exact[0]), 3: np.abs(upstream)}  # where much cancels, rounding is of what is added
    for index, (ours, theirs) in enumerate(zip(found("float32", jit_compile), exact, strict=True)):
        largest = np.sum(summed[index], (0, 1, 2)) if index in summed else np.abs(theirs).max()
        assert (np.abs(np.array(ours, np.float64) - np.array(theirs)) <= 5e-7 * largest).all()


def test_how_often_it_sums(monkeypatch):
    """Two sums forward, one back for the statistics, one each for scale and offset."""
    sums, usual = [], channels.mean
    monkeypatch.setattr(channels, "mean", lambda maps, axes: sums.append(tuple(axes)) or usual(maps, axes))
    layer = BatchNormalization()
    layer.build(X.shape)

    @tf.function
    def gradient(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x, training=True)
        return tape.gradient(y, x)

    gradient(tf.constant(X))
    assert sums == 5 * [(0, 1, 2)]


def test_what_the_other_forms_do_not_know(two_replicas, monkeypatch):
    def plain(x=X, **options):
        layer = BatchNormalization(**options)
        layer.build(x.shape)
        return layer._is_plain(tf.constant(x))

    assert plain()
    assert not plain(X[:, 0, 0])
    assert not plain(axis=1)
    assert not plain(renorm=True)
    assert not plain(dtype="float64")
    assert not plain(dtype="mixed_float16")
    with monkeypatch.context() as context:
        assert plain(epsilon=1e-6)
        context.setattr(platform, "has_gpu", lambda: True)
        assert plain()
        assert not plain(epsilon=1e-6)
    layer, seen = BatchNormalization(), []
    layer.build(X.shape)
    look = lambda: seen.append(layer._is_plain(tf.constant(X)))  # noqa: E731
    for has_gpu in (False, True):
        monkeypatch.setattr(platform, "has_gpu", lambda: has_gpu)  # noqa: B023
        tf.function(look, jit_compile=True)()
        two_replicas.run(look)
    look()
    assert seen == [True, True, True, False, False, False, True]


@pytest.mark.parametrize("dtype", ["uint8", "int32", "float64", "float16"])
def test_other_inputs_are_cast_as_keras_does(dtype):
    x = tf.cast(10 * X, dtype)
    for options in ({}, {"autocast": False}):
        ours, theirs = BatchNormalization(**options), keras.layers.BatchNormalization(**options)
        assert_allclose(ours(x, training=True), theirs(x, training=True), atol=1e-5)
    layer = BatchNormalization()
    layer.build(X.shape)
    weights = [
        [np.array(weight) for weight in group] for group in (layer.trainable_weights, layer.non_trainable_weights)
    ]
    stateless, _ = layer.stateless_call(*weights, X, training=True)
    assert_allclose(stateless, keras.layers.BatchNormalization()(X, training=True), atol=1e-5)


def test_one_number_has_no_variance():
    layer = BatchNormalization(momentum=0.0)
    assert_allclose(layer(X[:1, :1, :1], training=True), np.zeros((1, 1, 1, 2)), atol=1e-6)
    assert_allclose(layer.moving_variance, [0.0, 0.0])


def test_masks_are_refused():
    with pytest.raises(InputError, match="takes no mask"):
        BatchNormalization()(X, training=True, mask=np.ones((8, 3, 3), bool))


def over(strategy, layer, x):
    """Return the outputs and the gradients of both halves of a batch of 8, and what each replica reduces."""
    values = strategy.experimental_distribute_dataset(tf.data.Dataset.from_tensors(x).unbatch().batch(len(x)))

    def step(part):
        with tf.GradientTape() as tape:
            tape.watch(part)
            y = layer(part, training=True)
            loss = tf.reduce_sum(tf.sin(y))  # of this replica; the whole is their sum
        return y, tape.gradient(loss, part)

    results = tf.function(lambda part: strategy.run(step, (part,)))(next(iter(values)))
    return [np.concatenate([p.numpy() for p in strategy.experimental_local_results(r)]) for r in results]


@pytest.mark.long
@pytest.mark.parametrize("plain", [True, False])
@pytest.mark.parametrize("options", [{}, {"scale": False}, {"center": False}, {"scale": False, "center": False}])
def test_neither_form_changes_anything_on_two_replicas(options, plain, two_replicas, monkeypatch):
    """Nor in the derivatives, first and second, nor in the moving statistics: against plain float64 on one."""

    def derivatives(layer, x, weights):
        variables = [weight.value for weight in layer.trainable_weights]
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as inner:
                inner.watch(x)
                value = tf.reduce_sum(tf.sin(layer(x, training=True)) * weights)
            first = inner.gradient(value, [x, *variables])
            steep = sum(tf.reduce_sum(gradient**2) for gradient in first[:1])
        return [*first, *outer.gradient(steep, [x, *variables], unconnected_gradients="zero")]

    monkeypatch.setattr(platform, "has_gpu", lambda: not plain)
    weights = np.random.default_rng(1).normal(size=X.shape)
    alone = BatchNormalization(momentum=0.5, dtype="float64", **options)
    with two_replicas.scope():
        layer = BatchNormalization(momentum=0.5, **options)
        layer.build(X.shape)
    alone.build(X.shape)
    for one in (alone, layer):
        for weight in one.trainable_weights:
            weight.assign([1.5, 0.5])
    rows = tf.data.Dataset.from_tensor_slices((X, weights.astype("float32"))).batch(len(X))
    step = tf.function(lambda batch: two_replicas.run(lambda part: derivatives(layer, *part), (batch,)))
    found = step(next(iter(two_replicas.experimental_distribute_dataset(rows))))
    for ours, expected in zip(found, derivatives(alone, tf.constant(X, "float64"), weights), strict=True):
        parts = [part.numpy() for part in two_replicas.experimental_local_results(ours)]
        assert_allclose(np.concatenate(parts) if expected.ndim == 4 else sum(parts), expected, rtol=1e-4, atol=1e-4)
    for ours, theirs in zip(layer.non_trainable_weights, alone.non_trainable_weights, strict=True):
        assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5)


@pytest.mark.parametrize("offset", [0.0, 1000.0])
def test_two_replicas_are_one(offset, two_replicas):
    """Also where the mean is large, and the moving mean far from it."""
    x = X + np.float32(offset)
    alone = BatchNormalization(momentum=0.5, epsilon=1e-5)
    with two_replicas.scope():
        layer = BatchNormalization(momentum=0.5, epsilon=1e-5)
        layer.build(x.shape)
    alone.build(x.shape)
    y, gradient = over(two_replicas, layer, x)
    with tf.GradientTape() as tape:
        source = tf.constant(x)
        tape.watch(source)
        expected = alone(source, training=True)
        loss = tf.reduce_sum(tf.sin(expected))
    rounding = 1e-5 + 1e-6 * offset
    assert_allclose(y, expected, atol=rounding)
    assert_allclose(gradient, tape.gradient(loss, source), atol=rounding)
    for ours, theirs in zip(layer.non_trainable_weights, alone.non_trainable_weights, strict=True):
        assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-5)


def test_the_halves_differ_and_neither_is_normalized_alone(two_replicas):
    x = np.array([[0.0], [2.0], [10.0], [20.0]], "float32")
    with two_replicas.scope():
        layer = BatchNormalization(epsilon=0.0)
        layer.build(x.shape)
    y, _ = over(two_replicas, layer, x)
    assert_allclose(y, (x - 8.0) / x.std(), rtol=1e-5)
