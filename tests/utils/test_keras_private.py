import ast
import importlib
import inspect
import pkgutil
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan.utils import keras_private

PACKAGE = Path(keras_gan.__file__).parent
FILES = [path for path in sorted(PACKAGE.rglob("*.py")) if path.name != "keras_private.py"]
TREES = {path.relative_to(PACKAGE): ast.parse(path.read_text()) for path in FILES}
ACCESS = {"getattr", "setattr", "hasattr", "delattr"}
PUBLIC = {"_replace", "_asdict", "_fields", "_getframe", "_active"}  # of named tuples, Python itself, and bars of TFDS


def is_private(name):
    return name.startswith("_") and not name.startswith("__")


def names_of_ours():
    for tree in TREES.values():
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                yield node.name
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                if ast.unparse(node.value) in ("self", "trace", "cls"):
                    yield node.attr
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


OURS = {*names_of_ours()}


@pytest.mark.parametrize("file", TREES, ids=str)
def test_no_private_name_of_others_anywhere_else(file):
    for node in ast.walk(TREES[file]):
        name = None
        if isinstance(node, ast.Attribute):
            name = node.attr
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ACCESS and isinstance(node.args[1], ast.Constant):
            name = node.args[1].value
        if name is not None and is_private(name):
            assert name in OURS | PUBLIC, f"line {node.lineno}: {ast.unparse(node)}"


def test_no_private_method_of_others_is_overridden_anywhere_else():
    for module in pkgutil.walk_packages(keras_gan.__path__, "keras_gan."):
        if module.name in ("keras_gan.__main__", "keras_gan.utils.keras_private"):
            continue
        for _, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ == module.name:
                others = [base for base in kind.__mro__[1:] if base.__module__.split(".")[0] in ("keras", "tensorflow")]
                methods = {name for name, value in vars(kind).items() if is_private(name) and callable(value)}
                taken = {name for base in others for name in methods & vars(base).keys()}
                assert not taken, f"{kind.__name__}: {taken}"


def test_a_name_that_is_gone_is_said():
    with pytest.raises(
        keras_private.UnsupportedVersionError, match=r"Keras 3.*is not supported: object has no '_train"
    ):
        keras_private.built_for(object())


def test_the_moments_of_adam():
    optimizer, weights = keras.optimizers.Adam(0.1), [keras.Variable([1.0]), keras.Variable([2.0, 3.0])]
    optimizer.build(weights)
    assert keras_private.built_for(optimizer) == weights
    optimizer.apply([tf.constant([1.0]), tf.constant([2.0, 4.0])], weights)
    first, second = keras_private.moments_of_adam(optimizer, weights[1])
    np.testing.assert_allclose(first, [0.2, 0.4], rtol=1e-6)
    np.testing.assert_allclose(second, [0.004, 0.016], rtol=1e-5)


def test_weights_that_are_spared_decay():
    optimizer = keras.optimizers.AdamW()
    assert not keras_private.spares_weights_decay(optimizer)
    optimizer.exclude_from_weight_decay(var_names=["bias"])
    assert keras_private.spares_weights_decay(optimizer)


def test_where_a_tensor_comes_from():
    x = keras.Input((2,))
    layer = keras.layers.Dense(3)
    assert keras_private.origin(layer(x)) == (layer, 0)
    assert keras_private.origin(tf.zeros(2)) is None


def test_the_statistics_of_batch_normalization_are_the_subclasss():
    class Fixed(keras_private.OpenBatchNormalization):
        def moments(self, inputs, mask):
            assert self.reduction_axes == [0]
            return tf.ones(2), tf.fill([2], 4.0)

    outputs = Fixed(epsilon=0.0)(tf.constant([[3.0, 1.0], [5.0, 1.0]]), training=True)
    assert_array_equal(outputs, [[1.0, 0.0], [2.0, 0.0]])


def test_xla_is_seen_where_it_compiles():
    seen = []
    tf.function(lambda: seen.append(keras_private.is_compiled_by_xla()), jit_compile=True)()
    tf.function(lambda: seen.append(keras_private.is_compiled_by_xla()))()
    assert seen == [True, False]
    assert not keras_private.is_compiled_by_xla()
    assert keras_private.has_onednn_kernels() in (True, False)


def test_the_direction_of_a_metric_is_where_keras_looks():
    metric = keras.metrics.MeanMetricWrapper(lambda y, x: keras.ops.abs(x - y), name="distance")
    keras_private.set_direction(metric, "down")
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(loss="mse", metrics=[metric])
    stopping = keras.callbacks.EarlyStopping("val_distance", mode="auto", patience=1)
    model.fit(
        np.zeros((4, 1)), np.zeros(4), validation_data=(np.zeros((4, 1)), np.zeros(4)), verbose=0, callbacks=stopping
    )
    assert stopping.monitor_op is keras.ops.less


def test_sources():
    data = tf.data.Dataset.range(3)
    assert keras_private.sources(data.repeat()) == [data]
    assert keras_private.sources(data) == []
    assert keras_private.sources(object()) == []
