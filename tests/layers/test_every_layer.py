"""What all layers share, and none escapes."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import layers

IMAGES, VECTORS, LABELS = (5, 5, 7, 4), (5, 6), (5,)
STYLES, LARGE = (5, 3), (5, 6, 9, 3)
# How each is made, and the shapes of what it is called on.
SEEDED = keras.initializers.GlorotUniform(seed=1)
LAYERS = {
    "AuxiliaryDecoder": (lambda **kw: layers.AuxiliaryDecoder(keras.layers.Conv2D(3, 3, **kw), **kw), [IMAGES]),
    "BatchNormalization": (lambda **kw: layers.BatchNormalization(momentum=0.5, **kw), [IMAGES]),
    "Blur": (layers.Blur, [IMAGES]),
    "Blur-3": (lambda **kw: layers.Blur([1, 2, 1], **kw), [IMAGES]),
    "ConditionalBatchNormalization": (lambda **kw: layers.ConditionalBatchNormalization(3, **kw), [IMAGES, LABELS]),
    "ConditionalBatchNormalization-vectors": (
        lambda **kw: layers.ConditionalBatchNormalization(3, momentum=0.5, epsilon=0.1, **kw),
        [VECTORS, LABELS],
    ),
    "Conv2D": (lambda **kw: layers.Conv2D(1, 5, padding="same", kernel_initializer=SEEDED, **kw), [IMAGES]),
    "Conv2D-groups": (
        lambda **kw: layers.Conv2D(6, 3, padding="same", groups=2, kernel_initializer=SEEDED, **kw),
        [IMAGES],
    ),
    "Conv2D-strided": (lambda **kw: layers.Conv2D(3, 4, 2, "same", kernel_initializer=SEEDED, **kw), [IMAGES]),
    "Conv2DTranspose": (
        lambda **kw: layers.Conv2DTranspose(3, 4, 2, "same", kernel_initializer=SEEDED, **kw),
        [IMAGES],
    ),
    "CropLike": (layers.CropLike, [IMAGES, (5, 3, 6, 2)]),
    "Dropout": (lambda **kw: layers.Dropout(0.4, seed=1, **kw), [IMAGES]),
    "EqualizedConv2D": (lambda **kw: layers.EqualizedConv2D(3, 3, seed=1, **kw), [IMAGES]),
    "EqualizedConv2D-valid": (lambda **kw: layers.EqualizedConv2D(3, 3, 2, "valid", False, seed=1, **kw), [IMAGES]),
    "EqualizedDense": (lambda **kw: layers.EqualizedDense(3, initial_bias=0.5, seed=1, **kw), [VECTORS]),
    "EqualizedDense-slow": (lambda **kw: layers.EqualizedDense(3, False, 0.0, 0.1, seed=1, **kw), [VECTORS]),
    "LearnedConstant": (lambda **kw: layers.LearnedConstant((3, 4, 2), seed=1, **kw), [VECTORS]),
    "MappingNetwork": (lambda **kw: layers.MappingNetwork(3, 4, 2, 0.5, 0.1, seed=1, **kw), [VECTORS]),
    "MappingNetwork-condition": (lambda **kw: layers.MappingNetwork(3, 4, 2, seed=1, **kw), [VECTORS, STYLES]),
    "MinibatchStdDev": (layers.MinibatchStdDev, [IMAGES]),
    "MinibatchStdDev-vectors": (lambda **kw: layers.MinibatchStdDev(2, 3, **kw), [VECTORS]),
    "PadToMultiple": (lambda **kw: layers.PadToMultiple(4, **kw), [IMAGES]),
    "ModulatedConv2D": (lambda **kw: layers.ModulatedConv2D(3, seed=1, **kw), [IMAGES, STYLES]),
    "ModulatedConv2D-up": (lambda **kw: layers.ModulatedConv2D(3, upsample=True, seed=1, **kw), [IMAGES, STYLES]),
    "ModulatedConv2D-images": (lambda **kw: layers.ModulatedConv2D(3, 1, False, seed=1, **kw), [IMAGES, STYLES]),
    "Noise": (lambda **kw: layers.Noise(seed=1, **kw), [IMAGES]),
    "PatchProjector": (lambda **kw: layers.PatchProjector(3, seed=1, **kw), [IMAGES]),
    "PixelNorm": (layers.PixelNorm, [IMAGES]),
    "PixelNorm-vectors": (lambda **kw: layers.PixelNorm(1e-3, **kw), [VECTORS]),
    "Projection": (lambda **kw: layers.Projection(3, seed=1, **kw), [VECTORS, LABELS]),
    "Projection-spectral": (lambda **kw: layers.Projection(3, True, seed=1, **kw), [VECTORS, LABELS]),
    "ReflectionPadding2D": (lambda **kw: layers.ReflectionPadding2D(((1, 2), (0, 3)), **kw), [IMAGES]),
    "RepeatLike": (layers.RepeatLike, [IMAGES, (5, 3, 6, 2)]),
    "Resample-up": (layers.Resample, [IMAGES]),
    "Resample-down": (lambda **kw: layers.Resample("down", 2, [1, 2, 1], **kw), [IMAGES]),
    "ScaledLeakyReLU": (lambda **kw: layers.ScaledLeakyReLU(0.1, 2.0, **kw), [IMAGES]),
    "SelfAttention": (lambda **kw: layers.SelfAttention(seed=1, **kw), [IMAGES]),
    "SelfAttention-orthogonal": (
        lambda **kw: layers.SelfAttention(seed=1, kernel_initializer=keras.initializers.Orthogonal(0.5), **kw),
        [IMAGES],
    ),
    "SelfAttention-spectral": (lambda **kw: layers.SelfAttention(False, True, seed=1, **kw), [IMAGES]),
    "SkipLayerExcitation": (lambda **kw: layers.SkipLayerExcitation(seed=1, **kw), [IMAGES, LARGE]),
    "SkipLayerExcitation-spectral": (lambda **kw: layers.SkipLayerExcitation(True, seed=1, **kw), [IMAGES, LARGE]),
    "SpectralNormalization": (
        lambda **kw: layers.SpectralNormalization(
            keras.layers.Dense(3, kernel_initializer=keras.initializers.GlorotUniform(seed=1), **kw), **kw
        ),
        [VECTORS],
    ),
}
# A constant has no derivative by its inputs. Of the others the singular vector is float32, whatever the policy:
# `test_spectral_normalization.py` has their derivatives.
IN_FLOAT64 = [name for name in LAYERS if "pectral" not in name and name != "LearnedConstant"]
every_layer = pytest.mark.parametrize("name", LAYERS)


def made(name, **policy):
    """Return a built layer whose weights are not where they start, and its inputs."""
    make, shapes = LAYERS[name]
    layer, generator = make(**policy), np.random.default_rng(0)
    inputs = [generator.integers(0, 3, shape) if shape == LABELS else generator.normal(size=shape) for shape in shapes]
    inputs = [tf.constant(x, tf.int32 if x.dtype == "int64" else layer.compute_dtype) for x in inputs]
    inputs = inputs if len(inputs) > 1 else inputs[0]
    layer(inputs)
    for weight in layer.trainable_weights:
        weight.assign(weight + 0.3 * generator.normal(size=weight.shape))
    return layer, inputs


def model_of(layer, inputs):
    inputs = [keras.Input(x.shape[1:], dtype=x.dtype.name) for x in (inputs if isinstance(inputs, list) else [inputs])]
    return keras.Model(inputs, layer(inputs if len(inputs) > 1 else inputs[0]))


def first(inputs):
    return inputs[0] if isinstance(inputs, list) else inputs


def with_first(inputs, x):
    return [x, *inputs[1:]] if isinstance(inputs, list) else x


def penalty_and_gradients(layer, inputs, training=False):
    """Return a gradient penalty through the layer, and its gradients by the first input and the weights."""
    weights = [weight.value for weight in layer.trainable_weights]
    for count in [weight for weight in layer.non_trainable_weights if weight.dtype == "int64"]:
        count.assign(0)  # each evaluation draws the same numbers
    x = first(inputs)
    with tf.GradientTape() as outer:
        outer.watch(x)
        with tf.GradientTape() as inner:
            inner.watch(x)
            y = layer(with_first(inputs, x), training=training)
            y = tf.cast(y, tf.float64 if y.dtype == tf.float64 else tf.float32)
            value = tf.reduce_sum(tf.tanh(y) * tf.cast(tf.range(1, y.shape[-1] + 1), y.dtype))
        penalty = tf.reduce_sum(tf.square(inner.gradient(value, x, unconnected_gradients="zero")))
    gradients = outer.gradient(penalty, [x, *weights], unconnected_gradients="zero")
    return penalty, [tf.convert_to_tensor(g) for g in gradients]


def test_every_layer_is_listed():
    assert {name.split("-")[0] for name in LAYERS} == set(layers.__all__)


@every_layer
def test_config_round_trip(name):
    layer, _ = made(name)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(layer))
    assert type(again) is type(layer)
    assert again.get_config() == layer.get_config()


@pytest.mark.some(20)
@every_layer
def test_comes_back_from_a_file(name, tmp_path):
    layer, inputs = made(name)
    model = model_of(layer, inputs)
    assert model.output.dtype == layer(inputs).dtype.name
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_array_equal(loaded(inputs), model(inputs))
    assert_array_equal(loaded(inputs), layer(inputs))


@every_layer
def test_the_shape_is_known_beforehand(name):
    layer, inputs = made(name)
    shapes = [tuple(x.shape) for x in inputs] if isinstance(inputs, list) else tuple(inputs.shape)
    assert tuple(layer.compute_output_shape(shapes)) == tuple(layer(inputs).shape)
    assert tuple(model_of(layer, inputs).output_shape) == (None, *layer(inputs).shape[1:])


@pytest.mark.long
@every_layer
@pytest.mark.parametrize("jit_compile", [False, True])
def test_one_graph_for_every_batch(name, jit_compile):
    layer, inputs = made(name)
    signature = tf.nest.map_structure(lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), inputs)
    graph = tf.function(layer, input_signature=[signature], jit_compile=jit_compile)
    for rows in (1, 4, 5):
        some = tf.nest.map_structure(lambda x, rows=rows: x[:rows], inputs)
        assert_allclose(graph(some), layer(some), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("name", [name for name, (_, shapes) in LAYERS.items() if shapes[0] == IMAGES])
def test_sides_may_be_unknown(name):
    layer, inputs = made(name)
    channels = first(inputs).shape[-1]
    signature = with_first(
        tf.nest.map_structure(lambda x: tf.TensorSpec([None, *x.shape[1:]], x.dtype), inputs),
        tf.TensorSpec([None, None, None, channels], first(inputs).dtype),
    )
    graph = tf.function(layer, input_signature=[signature])
    assert_allclose(graph(inputs), layer(inputs), rtol=1e-5, atol=1e-5)


@pytest.mark.some(30)
@pytest.mark.parametrize("name", IN_FLOAT64)
@pytest.mark.parametrize("training", [False, True])
def test_the_second_derivative_is_that_of_differences(name, training):
    layer, inputs = made(name, dtype="float64")
    _, gradients = penalty_and_gradients(layer, inputs, training)
    generator, points = np.random.default_rng(1), [first(inputs).numpy(), *map(np.array, layer.trainable_weights)]
    directions = [generator.normal(size=point.shape) for point in points]

    def moved(by):
        for weight, point, direction in zip(layer.trainable_weights, points[1:], directions[1:], strict=True):
            weight.assign(point + by * direction)
        x = tf.constant(points[0] + by * directions[0])
        return float(penalty_and_gradients(layer, with_first(inputs, x), training)[0])

    expected = (moved(1e-6) - moved(-1e-6)) / 2e-6
    actual = sum(np.sum(g.numpy() * direction) for g, direction in zip(gradients, directions, strict=True))
    assert abs(expected) > 1e-3
    assert_allclose(actual, expected, rtol=1e-5)


@pytest.mark.parametrize("name", ["SelfAttention-spectral", "SkipLayerExcitation-spectral", "Projection-spectral"])
def test_the_second_derivative_through_a_spectral_norm(name):
    """Whose singular vector is float32, so that differences are coarse."""
    layer, inputs = made(name)
    _, gradients = penalty_and_gradients(layer, inputs)
    generator, points = np.random.default_rng(1), [first(inputs).numpy(), *map(np.array, layer.trainable_weights)]
    directions = [generator.normal(size=point.shape) for point in points]

    def moved(by):
        for weight, point, direction in zip(layer.trainable_weights, points[1:], directions[1:], strict=True):
            weight.assign(point + by * direction)
        x = tf.constant(points[0] + by * directions[0], tf.float32)
        return float(penalty_and_gradients(layer, with_first(inputs, x))[0])

    expected = (moved(2e-3) - moved(-2e-3)) / 4e-3
    actual = sum(np.sum(g.numpy() * direction) for g, direction in zip(gradients, directions, strict=True))
    assert abs(expected) > 1e-2
    assert_allclose(actual, expected, rtol=1e-2)


@pytest.mark.long
@pytest.mark.some(40)
@every_layer
@pytest.mark.parametrize(("policy", "atol"), [("float32", 1e-4), ("mixed_float16", 3e-2), ("mixed_bfloat16", 0.2)])
def test_the_second_derivative_compiles(name, policy, atol):
    layer, inputs = made(name, dtype=policy)
    eager = penalty_and_gradients(layer, inputs)
    compiled = tf.function(penalty_and_gradients, jit_compile=True)(layer, inputs)
    for ours, theirs in zip(tf.nest.flatten(compiled), tf.nest.flatten(eager), strict=True):
        ours, theirs = (tf.cast(each, tf.float32).numpy() for each in (ours, theirs))
        scale = np.abs(theirs).max() + 1e-6
        assert_allclose(ours / scale, theirs / scale, atol=atol)


@every_layer
@pytest.mark.parametrize("policy", ["mixed_float16", "mixed_bfloat16"])
def test_half_precision(name, policy):
    layer, inputs = made(name, dtype=policy)
    full, _ = made(name, dtype="float32")
    output = layer(inputs)
    assert output.dtype == (tf.float32 if isinstance(layer, layers.Projection) else layer.compute_dtype)
    assert all(weight.dtype == "float32" for weight in layer.weights if "float" in weight.dtype)
    wide = with_first(inputs, tf.cast(first(inputs), tf.float32))
    assert_allclose(tf.cast(output, tf.float32), full(wide), rtol=2e-2, atol=2e-2)


@pytest.mark.some(60)
@pytest.mark.long
@every_layer
@pytest.mark.parametrize("policy", ["float32", "mixed_float16"])
@pytest.mark.parametrize("value", [0.0, 1e-6, 100.0])
def test_extremes(name, policy, value):
    layer, inputs = made(name, dtype=policy)
    inputs = with_first(inputs, tf.fill(first(inputs).shape, tf.cast(value, first(inputs).dtype)))
    assert np.isfinite(tf.cast(layer(inputs), tf.float32)).all()
    if policy == "float32":  # the derivatives of equal samples, up to 1e8, are beyond float16
        for derivative in tf.nest.flatten(penalty_and_gradients(layer, inputs)):
            assert np.isfinite(derivative).all()
