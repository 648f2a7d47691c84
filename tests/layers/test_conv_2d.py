import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import layers
from keras_gan.utils import convolution, platform

X = np.random.default_rng(0).normal(size=(2, 8, 8, 3)).astype("float32")
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


def results(layer, jit_compile):
    @tf.function(jit_compile=jit_compile)
    def compute(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = layer(x)
            loss = tf.reduce_sum(tf.sin(y))
        return [y, *tape.gradient(loss, [x, *(variable.value for variable in layer.trainable_variables)])]

    return compute(X)


@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("name", ["Conv2D", "Conv2DTranspose"])
@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_it_is_the_layer_of_keras(name, options, jit_compile, kernels):
    options = {"padding": "same", "bias_initializer": "ones", **options}
    ours, theirs = getattr(layers, name)(**options), getattr(keras.layers, name)(**options)
    for layer in (ours, theirs):
        layer.build(X.shape)
    ours.set_weights(theirs.get_weights())
    for our, their in zip(results(ours, jit_compile), results(theirs, jit_compile), strict=True):
        assert_allclose(our, their, rtol=1e-5, atol=1e-5)
    assert ours.compute_output_shape(X.shape) == theirs.compute_output_shape(X.shape)


def test_other_forms_are_taken(monkeypatch):
    """The control: that the layers above are not Keras's throughout."""
    taken = []
    for form in ("by_phases", "by_blocks", "kernel_gradient_by_blocks"):
        usual = getattr(convolution, form)
        monkeypatch.setattr(convolution, form, lambda *a, f=usual, form=form: taken.append(form) or f(*a))
    monkeypatch.setattr(platform, "has_onednn", lambda: True)
    makers = [
        lambda: layers.Conv2D(1, 5, padding="same"),
        lambda: layers.Conv2D(8, 4, 2, padding="same"),  # whose gradient goes to few channels
        lambda: layers.Conv2DTranspose(3, 4, 2, padding="same"),
    ]
    for make in makers:
        layer = make()
        layer.build(X.shape)
        results(layer, False)
    assert taken == ["by_blocks", "kernel_gradient_by_blocks", "by_phases", "by_phases"]


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "float64"])
@pytest.mark.parametrize(
    "make",
    [
        lambda p: layers.Conv2D(1, 5, padding="same", dtype=p),
        lambda p: layers.Conv2DTranspose(2, 4, 2, padding="same", dtype=p),
    ],
)
def test_other_precisions(make, policy):
    layer = make(policy)
    assert keras.backend.standardize_dtype(layer(X).dtype) == layer.compute_dtype


def test_sides_that_are_not_known():
    inputs = keras.Input((None, None, 3))
    x = layers.Conv2DTranspose(2, 4, 2, padding="same")(inputs)
    model = keras.Model(inputs, layers.Conv2D(1, 5, padding="same")(x))
    assert model(X).shape == (2, 16, 16, 1)
    assert model.output_shape == (None, None, None, 1)
