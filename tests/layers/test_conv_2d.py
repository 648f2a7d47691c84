import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError, layers
from keras_gan.ops import convolution, convolution_rules, platform

X = np.random.default_rng(0).normal(size=(2, 16, 16, 16)).astype("float32")
ONEDNN = platform.has_onednn()  # of this process
OPTIONS = {
    "few outputs": {"filters": 2, "kernel_size": 5, "activation": "tanh"},
    "many outputs": {"filters": 6, "kernel_size": 3},
    "a stride": {"filters": 6, "kernel_size": 4, "strides": 2},
    "a stride that is no divisor": {"filters": 6, "kernel_size": 3, "strides": 2},
    "a stride and no bias": {"filters": 3, "kernel_size": 4, "strides": 2, "use_bias": False, "activation": "relu"},
    "strides that differ": {"filters": 3, "kernel_size": 4, "strides": (2, 1)},
    "a kernel that is not square": {"filters": 3, "kernel_size": (4, 2), "strides": 2},
    "valid": {"filters": 3, "kernel_size": 4, "strides": 2, "padding": "valid"},
    "dilated": {"filters": 3, "kernel_size": 5, "dilation_rate": 2},
}


@pytest.fixture(params=[True, False], ids=["oneDNN", "Eigen"])
def kernels(request, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: request.param)
    monkeypatch.setattr(platform, "instruction_set", lambda: "AVX-512")


def results(layer, jit_compile, images=X):
    weights = [variable.value for variable in layer.trainable_variables]

    @tf.function(jit_compile=jit_compile)
    def compute(x):
        with tf.GradientTape() as outer:
            outer.watch(x)
            with tf.GradientTape() as tape:
                tape.watch(x)
                y = tf.cast(layer(x), tf.float32)
                loss = tf.reduce_sum(tf.sin(y))
            slope, *gradients = tape.gradient(loss, [x, *weights])
            steep = tf.reduce_mean(slope**2)
        return [y, slope, *gradients, *outer.gradient(steep, [x, *weights])]

    return compute(images)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose"])
@pytest.mark.parametrize(
    ("jit_compile", "side", "options"),
    [  # each pair of two of the three, but for `--full`
        pytest.param(jit_compile, side, OPTIONS[key], id=f"{key}-{side}-{jit_compile}", marks=marks)
        for index, key in enumerate(OPTIONS)
        for jit_compile in (False, True)
        for side in (16, 4)
        for marks in [[pytest.mark.full] * ((index + jit_compile + side // 4) % 2)]
    ],
)
def test_it_is_the_layer_of_keras(side, name, options, jit_compile, kernels, monkeypatch):
    if name == "Conv2DTranspose" and "dilation_rate" in options and not jit_compile and not ONEDNN:
        pytest.skip("TensorFlow, and so Keras's layer, dilates no transposed convolution on a CPU without oneDNN")
    monkeypatch.setattr(convolution_rules, "HEAVY", 1)  # so that small maps take patches
    images = X[:, :side, :side]
    options = {"padding": "same", "bias_initializer": "ones", **options}
    ours, theirs = getattr(layers, name)(**options), getattr(keras.layers, name)(**options)
    for layer in (ours, theirs):
        layer.build(images.shape)
    ours.set_weights(theirs.get_weights())
    for our, their in zip(results(ours, jit_compile, images), results(theirs, jit_compile, images), strict=True):
        assert_allclose(our, their, rtol=1e-5, atol=1e-5)
    assert ours.compute_output_shape(images.shape) == theirs.compute_output_shape(images.shape)


@pytest.mark.parametrize("padding", ["valid", "same"])
@pytest.mark.parametrize(("size", "strides"), [(3, 1), (4, 2)])
def test_of_one_image_it_is_the_layer_of_keras(padding, size, strides, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    monkeypatch.setattr(platform, "instruction_set", lambda: "AVX2")
    monkeypatch.setattr(convolution_rules, "STRIPS", {"AVX-512": 2**40, "AVX2": 1})
    monkeypatch.setattr(convolution_rules, "ONEDNN", {"AVX-512": {}, "AVX2": {}})
    taken, usual = [], convolution.forms.by_strips
    monkeypatch.setattr(convolution.forms, "by_strips", lambda *given: taken.append(1) or usual(*given))
    options = {"filters": 6, "kernel_size": size, "strides": strides, "padding": padding, "bias_initializer": "ones"}
    ours, theirs = layers.Conv2D(**options), keras.layers.Conv2D(**options)
    for layer in (ours, theirs):
        layer.build((1, *X.shape[1:]))
    ours.set_weights(theirs.get_weights())
    image = np.tile(X[:1], (1, 2, 2, 1))
    for our, their in zip(results(ours, False, image), results(theirs, False, image), strict=True):
        # Gradients of kernels are sums over a thousand places, which cancel: they are rounded as the largest are.
        assert_allclose(our, their, rtol=1e-5, atol=1e-6 * max(10, np.abs(their).max()))
    assert taken
    taken.clear()
    results(ours, False)  # of two images
    assert not taken


def test_other_forms_are_taken(monkeypatch):
    """The control: that the layers above are not Keras's throughout."""
    taken = []
    patches = ["by_patches", "spread_by_patches", "kernel_gradient_by_patches"]
    for form in ["by_phases", "by_blocks", "kernel_gradient_by_blocks", *patches]:
        usual = getattr(convolution.forms, form)
        monkeypatch.setattr(convolution.forms, form, lambda *a, f=usual, form=form: taken.append(form) or f(*a))
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    makers = [
        (16, 16, lambda: layers.Conv2D(1, 5, padding="same")),
        (16, 3, lambda: layers.Conv2D(8, 4, 2, padding="same")),  # whose gradient goes to few channels
        (16, 16, lambda: layers.Conv2DTranspose(3, 4, 2, padding="same")),
        (2, 16, lambda: layers.Conv2D(8, 4, 2, padding="same")),
        (1, 16, lambda: layers.Conv2DTranspose(8, 4, 2, padding="same")),
    ]
    for side, channels, make in makers:
        layer = make()
        layer.build((None, side, side, channels))
        x = tf.constant(X[:, :side, :side, :channels])
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
        tape.gradient(y, [x, layer.kernel.value])
    assert taken[:4] == ["by_blocks", "kernel_gradient_by_blocks", "by_phases", "by_phases"]
    assert sorted(taken[4:]) == sorted([*patches, *patches])


@pytest.mark.some(16)
@pytest.mark.long
@pytest.mark.parametrize(
    ("policy", "tolerance"), [("mixed_bfloat16", 0.05), ("mixed_float16", 0.01), ("float64", 1e-5)]
)
@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose"])
@pytest.mark.parametrize("options", [{"filters": 1, "kernel_size": 5}, {"filters": 2, "kernel_size": 4, "strides": 2}])
@pytest.mark.parametrize("side", [16, 4])
def test_other_precisions(side, name, options, policy, tolerance, kernels, monkeypatch):
    monkeypatch.setattr(convolution_rules, "HEAVY", 1)
    images = X[:, :side, :side]
    options = {**options, "padding": "same", "use_bias": False}  # Keras sums the bias's gradient in bfloat16
    ours = getattr(layers, name)(**options, dtype=policy)
    like = getattr(keras.layers, name)(**options, dtype=policy)
    theirs = getattr(keras.layers, name)(**options)
    for layer in (theirs, ours, like):
        layer.build(images.shape)
        layer.set_weights(theirs.get_weights())
    assert keras.backend.standardize_dtype(ours(images).dtype) == ours.compute_dtype
    found = (results(layer, False, images) for layer in (ours, like, theirs))
    for our, half, their in zip(*found, strict=True):
        # Kernels that add up in bfloat16, as TensorFlow's do without oneDNN, leave the layer of Keras further off.
        usual = 1.5 * np.abs(np.subtract(half, their)).max()
        assert_allclose(our, their, atol=max(tolerance * np.abs(their).max(), usual))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_the_gradient_of_the_bias_is_not_summed_in_half_precision(policy, monkeypatch):
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    layer = layers.Conv2DTranspose(2, 4, 2, "same", dtype=policy)
    layer.build(X.shape)
    with tf.GradientTape() as tape:
        y = tf.reduce_sum(tf.cast(layer(X), tf.float32))
    assert_allclose(tape.gradient(y, layer.bias.value), [2 * 32 * 32] * 2)


def test_sides_that_are_not_known(kernels):
    def model(family, side):
        inputs = keras.Input((side, side, 16))
        x = family.Conv2DTranspose(16, 4, 2, padding="same", kernel_initializer=seeded)(inputs)
        x = family.Conv2DTranspose(2, 4, 2, padding="same", kernel_initializer=seeded)(x)
        return keras.Model(inputs, family.Conv2D(1, 5, padding="same", kernel_initializer=seeded)(x))

    seeded = keras.initializers.GlorotUniform(seed=0)
    expected = model(keras.layers, 16)(X)
    for side in (None, 16):
        ours = model(layers, side)
        assert_allclose(tf.function(ours)(X), expected, atol=1e-5)
        assert ours.output_shape == (None, *(side and 4 * side,) * 2, 1)


@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose"])
@pytest.mark.parametrize(("side", "options"), [(1, {"kernel_size": 3}), (2, {"kernel_size": 4, "strides": 2})])
def test_a_gradient_of_unknown_shape(name, side, options):
    layer = getattr(layers, name)(8, padding="same", **options)
    layer.build((None, side, side, 3))
    x = tf.ones((2, side, side, 3))

    @tf.function
    def gradients():
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            z = tf.py_function(lambda value: 2 * value, [y], tf.float32)
            z.set_shape(y.shape)
        return tape.gradient(z, [x, layer.kernel.value])

    with tf.GradientTape() as tape:
        tape.watch(x)
        y = 2 * layer(x)
    for found, expected in zip(gradients(), tape.gradient(y, [x, layer.kernel.value]), strict=True):
        assert_allclose(found, expected, rtol=1e-5)


@pytest.mark.parametrize("jit_compile", [False, True])
def test_maps_without_places(jit_compile):
    layer = layers.Conv2DTranspose(8, 4, 2, padding="same")
    layer.build((None, 0, 0, 3))
    assert tf.function(layer, jit_compile=jit_compile)(tf.zeros((2, 0, 0, 3))).shape == (2, 0, 0, 8)


@pytest.mark.parametrize("side", [3, 2, 1])
@pytest.mark.parametrize("graph", [False, True])
def test_images_that_hold_no_window_are_refused(side, graph):
    """TensorFlow gives those back to which one pixel is missing, as if they were the result."""
    layer = layers.Conv2D(1, 4)
    layer.build((None, None, None, 8))
    wide = layers.Conv2D(1, 4, dilation_rate=2)
    wide.build((None, None, None, 8))  # of known sides Keras itself looks at them
    narrow, wide = (tf.function(each, autograph=False) if graph else each for each in (layer, wide))
    assert narrow(tf.zeros((2, 4, 4, 8))).shape == (2, 1, 1, 1)
    with pytest.raises(InputError, match=rf"at least 4x4 pixels: .* Received: 5x{side}"):
        narrow(tf.zeros((2, 5, side, 8)))
    assert wide(tf.zeros((2, 7, 7, 8))).shape == (2, 1, 1, 1)
    with pytest.raises(InputError, match="at least 7x7 pixels"):
        wide(tf.zeros((2, 6, 7, 8)))
