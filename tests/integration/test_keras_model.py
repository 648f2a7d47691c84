"""Every public attribute of `keras.Model`, and every argument of its methods: it works, or a sentence refuses it.

Both are read from Keras: what a new version adds has no entry here, and fails.
"""

import inspect

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
LATENTS = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
NO_MEANING = r"`{}` has no meaning for a GAN: .*`.*`.*Received: "


def make():
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,))
    gan = keras_gan.GAN(*networks, ema=0.9, name="the_gan")
    gan.compile("sgd", "sgd")
    return gan


@pytest.fixture(scope="module")
def gan():
    made = make()
    made.fit(PIXELS, verbose=0)
    return made


def same(gan, other):
    return np.allclose(gan.sample(2, seed=0), other.sample(2, seed=0))


def roundtrip(gan, **options):
    return keras.models.model_from_json(gan.to_json(**options)).get_config()["pack"] == 1


def own_variables(gan):
    store = {}
    gan.save_own_variables(store)
    gan.load_own_variables(store)
    return int(store["step"]) == int(gan.step)


def renewed(gan):
    other = type(gan).from_config(gan.get_config())
    other.set_weights(gan.get_weights())
    other.compile_from_config(gan.get_compile_config())
    return same(gan, other)


def counts(gan):
    parts = (gan.generator, gan.discriminator, gan.sampling_generator)
    return gan.count_params() == sum(part.count_params() for part in parts)


def state_of(gan, name):
    """Return whether a list of variables has those of both networks."""
    return {id(v) for network in gan.networks for v in getattr(network, name)} <= {id(v) for v in getattr(gan, name)}


def stateless(gan):
    values = [[variable.value for variable in part] for part in (gan.trainable_variables, gan.non_trainable_variables)]
    return gan.stateless_call(*values, LATENTS)[0].shape == (2, 8, 8, 1)


# What works: a call that is true.
WORKS = {
    "add_variable": lambda gan: make().add_variable((1,), "zeros").shape == (1,),
    "add_weight": lambda gan: make().add_weight(shape=(1,)).shape == (1,),
    "build": lambda gan: gan.build((None, 4)) is None and gan.built,
    "build_from_config": lambda gan: gan.build_from_config({"input_shape": (None, 4)}) is None,
    "call": lambda gan: np.allclose(gan.call(LATENTS), gan.sampling_generator(LATENTS)),
    "compile": lambda gan: make().compiled,
    "compile_from_config": renewed,
    "compute_dtype": lambda gan: gan.compute_dtype == "float32",
    "compute_mask": lambda gan: gan.compute_mask(LATENTS, None) is None,
    "compute_output_shape": lambda gan: tuple(gan.compute_output_shape((2, 4))) == (2, 8, 8, 1),
    "compute_output_spec": lambda gan: gan.compute_output_spec(keras.KerasTensor((2, 4))).shape == (2, 8, 8, 1),
    "count_params": counts,
    "distribute_strategy": lambda gan: gan.distribute_strategy is tf.distribute.get_strategy(),
    "dtype": lambda gan: gan.dtype == "float32",
    "dtype_policy": lambda gan: gan.dtype_policy.name == "float32",
    "evaluate": lambda gan: len(gan.evaluate(PIXELS, verbose=0)) == len(gan.metrics_names),
    "fit": lambda gan: make().fit(PIXELS, verbose=0).history["d_loss"][0] > 0,
    "from_config": renewed,
    "get_build_config": lambda gan: make().get_build_config() is None,
    "get_compile_config": lambda gan: gan.get_compile_config()["loss"]["class_name"] == "NonSaturating",
    "get_config": lambda gan: gan.get_config()["ema"] == 0.9,
    "get_layer": lambda gan: gan.get_layer("generator") is gan.generator,
    "get_metrics_result": lambda gan: set(gan.get_metrics_result()) == set(gan.log_names),
    "get_weights": renewed,
    "input_dtype": lambda gan: gan.input_dtype == "float32",
    "input_spec": lambda gan: gan.input_spec is None,
    "jit_compile": lambda gan: gan.jit_compile is False,
    "layers": lambda gan: {layer.name for layer in gan.layers} == {"generator", "discriminator"},
    "load_own_variables": own_variables,
    "loss": lambda gan: isinstance(gan.loss, keras_gan.losses.NonSaturating),
    "losses": lambda gan: gan.losses == [],
    "make_predict_function": lambda gan: callable(gan.make_predict_function() or gan.predict_function),
    "make_test_function": lambda gan: callable(gan.make_test_function() or gan.test_function),
    "make_train_function": lambda gan: callable(gan.make_train_function() or gan.train_function),
    "metrics": lambda gan: len(gan.metrics) == 1,
    "metrics_names": lambda gan: gan.metrics_names == [*gan.evaluate(PIXELS, verbose=0, return_dict=True)],
    "metrics_variables": lambda gan: len(gan.metrics_variables) > 0,
    "non_trainable_variables": lambda gan: any(variable is gan.step for variable in gan.non_trainable_variables),
    "non_trainable_weights": lambda gan: state_of(gan, "non_trainable_weights"),
    "path": lambda gan: gan.path in (None, "the_gan"),
    "predict": lambda gan: gan.predict(LATENTS, verbose=0).shape == (2, 8, 8, 1),
    "predict_on_batch": lambda gan: gan.predict_on_batch(LATENTS).shape == (2, 8, 8, 1),
    "predict_step": lambda gan: gan.predict_step((LATENTS,)).shape == (2, 8, 8, 1),
    "quantization_mode": lambda gan: gan.quantization_mode is None,
    "rematerialized_call": lambda gan: gan.rematerialized_call(gan.call, LATENTS)(LATENTS).shape == (2, 8, 8, 1),
    "reset_metrics": lambda gan: gan.reset_metrics() is None,
    "run_eagerly": lambda gan: gan.run_eagerly is False,
    "save_own_variables": own_variables,
    "set_weights": renewed,
    "stateless_call": stateless,
    "summary": lambda gan: gan.summary(print_fn=lambda *args, **options: None) is None,
    "supports_masking": lambda gan: gan.supports_masking is False,
    "symbolic_call": lambda gan: gan.symbolic_call(keras.KerasTensor((2, 4))).shape == (2, 8, 8, 1),
    "test_on_batch": lambda gan: len(gan.test_on_batch(PIXELS)) == 4,
    "test_step": lambda gan: set(gan.test_step(tf.constant(PIXELS))) == set(gan.evaluation_log_names),
    "to_json": roundtrip,
    "train_on_batch": lambda gan: len(make().train_on_batch(PIXELS)) == len(gan.log_names),
    "train_step": lambda gan: set(make().train_step(tf.constant(PIXELS))) == set(gan.log_names),
    "trainable": lambda gan: gan.trainable is True,
    "trainable_variables": lambda gan: state_of(gan, "trainable_variables"),
    "trainable_weights": lambda gan: state_of(gan, "trainable_weights"),
    "variable_dtype": lambda gan: gan.variable_dtype == "float32",
    "variables": lambda gan: state_of(gan, "variables"),
    "weights": lambda gan: state_of(gan, "weights"),
}
# What works and writes: a call with a directory.
WRITES = {
    "export": lambda gan, path: (
        gan.export(path / "model").difference < 1e-4 and (path / "model" / "saved_model.pb").is_file()
    ),
    "load_weights": lambda gan, path: loaded(gan, path, {}, {}),
    "save": lambda gan, path: gan.save(path / "gan.keras") is None and same(gan, reloaded(path)),
    "save_weights": lambda gan, path: loaded(gan, path, {}, {}),
}
# What is refused by our own sentence: a call and a pattern.
REFUSED = {
    "add_loss": (lambda gan: gan.add_loss(tf.constant(1.0)), None),
    "add_metric": (lambda gan: gan.add_metric(keras.metrics.Mean()), None),
    "compiled_loss": (lambda gan: gan.compiled_loss(LATENTS, LATENTS), None),
    "compiled_metrics": (lambda gan: gan.compiled_metrics.update_state(LATENTS, LATENTS), None),
    "compute_loss": (lambda gan: gan.compute_loss(LATENTS, LATENTS, LATENTS), None),
    "compute_metrics": (lambda gan: gan.compute_metrics(LATENTS, LATENTS, LATENTS), None),
    "get_quantization_layer_structure": (lambda gan: gan.get_quantization_layer_structure("gptq"), None),
    "get_state_tree": (lambda gan: gan.get_state_tree(), None),
    "quantize": (lambda gan: gan.quantize("int8"), None),
    "quantized_build": (lambda gan: gan.quantized_build((2, 4), "int8"), None),
    "quantized_call": (lambda gan: gan.quantized_call(LATENTS), None),
    "set_state_tree": (lambda gan: gan.set_state_tree({}), None),
    "stateless_compute_loss": (lambda gan: gan.stateless_compute_loss([], [], []), None),
}
# What no model has that is not functional, or none at all: Keras says so itself.
NOT_THERE = {"distribute_reduction_method", "input", "output"}


def loaded(gan, path, saving, loading):
    gan.save_weights(path / "gan.weights.h5", **saving)
    other = make()
    other.load_weights(path / "gan.weights.h5", **loading)
    return same(gan, other)


def sharded(gan, path):
    gan.save_weights(path / "gan.weights.json", max_shard_size=1e-6)
    other = make()
    other.load_weights(path / "gan.weights.json")
    return same(gan, other)


def reloaded(path):
    return keras.saving.load_model(path / "gan.keras")


@pytest.mark.long
@pytest.mark.parametrize("name", [name for name in dir(keras.Model) if not name.startswith("_")])
def test_every_public_attribute(name, gan, tmp_path):
    if name in WORKS:
        assert WORKS[name](gan)
    elif name in WRITES:
        assert WRITES[name](gan, tmp_path)
    elif name in REFUSED:
        call, pattern = REFUSED[name]
        with pytest.raises(InputError, match=pattern or NO_MEANING.format(name)):
            call(gan)
    else:
        assert name in NOT_THERE, f"`{name}` is not in the table"
        with pytest.raises(AttributeError):
            getattr(gan, name)


def ds(data):
    return tf.data.Dataset.from_tensor_slices(data).batch(4)


ARGUMENTS = {
    ("fit", "x"): lambda gan, path: gan.fit(x=PIXELS, verbose=0),
    ("fit", "y"): (lambda gan, path: gan.fit(ds(PIXELS), np.zeros(8), verbose=0), r"`y` is for arrays"),
    ("fit", "batch_size"): (lambda gan, path: gan.fit(ds(PIXELS), batch_size=2), r"`batch_size` is for arrays"),
    ("fit", "epochs"): lambda gan, path: len(gan.fit(PIXELS, epochs=2, verbose=0).epoch) == 2,
    ("fit", "verbose"): lambda gan, path: gan.fit(PIXELS, verbose=0),
    ("fit", "callbacks"): lambda gan, path: gan.fit(PIXELS, verbose=0, callbacks=[keras.callbacks.TerminateOnNaN()]),
    ("fit", "validation_split"): lambda gan, path: (
        "val_d_loss" in gan.fit(PIXELS, validation_split=0.5, verbose=0).history
    ),
    ("fit", "validation_data"): lambda gan, path: (
        "val_d_loss" in gan.fit(PIXELS, validation_data=PIXELS, verbose=0).history
    ),
    ("fit", "shuffle"): lambda gan, path: gan.fit(PIXELS, shuffle=False, verbose=0),
    ("fit", "class_weight"): (lambda gan, path: gan.fit(PIXELS, class_weight={0: 1.0}), "`class_weight` is not supp"),
    ("fit", "sample_weight"): (lambda gan, path: gan.fit(PIXELS, sample_weight=[1]), "`sample_weight` is not supp"),
    ("fit", "initial_epoch"): lambda gan, path: gan.fit(PIXELS, initial_epoch=1, epochs=2, verbose=0).epoch == [1],
    ("fit", "steps_per_epoch"): lambda gan, path: gan.fit(ds(PIXELS), steps_per_epoch=1, verbose=0),
    ("fit", "validation_steps"): (lambda gan, path: gan.fit(PIXELS, validation_steps=1), "needs `validation_data`"),
    ("fit", "validation_batch_size"): (
        lambda gan, path: gan.fit(PIXELS, validation_data=ds(PIXELS), validation_batch_size=2),
        "`validation_batch_size` is for arrays",
    ),
    ("fit", "validation_freq"): lambda gan, path: gan.fit(PIXELS, validation_freq=2, verbose=0),  # of nothing
    ("evaluate", "x"): lambda gan, path: gan.evaluate(x=PIXELS, verbose=0),
    ("evaluate", "y"): (lambda gan, path: gan.evaluate(ds(PIXELS), np.zeros(8)), r"`y` is for arrays"),
    ("evaluate", "batch_size"): (lambda gan, path: gan.evaluate(ds(PIXELS), batch_size=2), r"`batch_size` is for arr"),
    ("evaluate", "verbose"): lambda gan, path: gan.evaluate(PIXELS, verbose=0),
    ("evaluate", "sample_weight"): (lambda gan, path: gan.evaluate(PIXELS, sample_weight=[1]), "is not supported"),
    ("evaluate", "steps"): lambda gan, path: gan.evaluate(ds(PIXELS), steps=1, verbose=0),
    ("evaluate", "callbacks"): lambda gan, path: gan.evaluate(PIXELS, callbacks=[], verbose=0),
    ("evaluate", "return_dict"): lambda gan, path: "d_loss" in gan.evaluate(PIXELS, return_dict=True, verbose=0),
    ("predict", "x"): lambda gan, path: len(gan.predict(x=LATENTS, verbose=0)) == 2,
    ("predict", "batch_size"): (lambda gan, path: gan.predict(ds(LATENTS), batch_size=1), "`batch_size` is for arrays"),
    ("predict", "verbose"): lambda gan, path: len(gan.predict(LATENTS, verbose=0)) == 2,
    ("predict", "steps"): lambda gan, path: len(gan.predict(ds(LATENTS), steps=1, verbose=0)) == 2,
    ("predict", "callbacks"): lambda gan, path: len(gan.predict(LATENTS, callbacks=[], verbose=0)) == 2,
    ("train_on_batch", "x"): lambda gan, path: gan.train_on_batch(x=PIXELS),
    ("train_on_batch", "y"): lambda gan, path: gan.train_on_batch(PIXELS, np.zeros(8)),
    ("train_on_batch", "sample_weight"): (
        lambda gan, path: gan.train_on_batch(PIXELS, sample_weight=np.ones(8)),
        "`sample_weight` is not supported",
    ),
    ("train_on_batch", "class_weight"): (
        lambda gan, path: gan.train_on_batch(PIXELS, class_weight={0: 1.0}),
        "`class_weight` is not supported",
    ),
    ("train_on_batch", "return_dict"): lambda gan, path: "d_loss" in gan.train_on_batch(PIXELS, return_dict=True),
    ("test_on_batch", "x"): lambda gan, path: gan.test_on_batch(x=PIXELS),
    ("test_on_batch", "y"): lambda gan, path: gan.test_on_batch(PIXELS, np.zeros(8)),
    ("test_on_batch", "sample_weight"): (
        lambda gan, path: gan.test_on_batch(PIXELS, sample_weight=np.ones(8)),
        "`sample_weight` is not supported",
    ),
    ("test_on_batch", "return_dict"): lambda gan, path: "d_loss" in gan.test_on_batch(PIXELS, return_dict=True),
    ("predict_on_batch", "x"): lambda gan, path: len(gan.predict_on_batch(x=LATENTS)) == 2,
    ("compile", "optimizer"): (lambda gan, path: gan.compile(optimizer="adam"), "optimizer"),
    ("compile", "loss"): (lambda gan, path: gan.compile("sgd", "sgd", loss="binary_crossentropy"), "`loss` must be"),
    ("compile", "loss_weights"): (lambda gan, path: gan.compile("sgd", "sgd", loss_weights=[1]), "'loss_weights'"),
    ("compile", "metrics"): (lambda gan, path: gan.compile("sgd", "sgd", metrics=["accuracy"]), "`metrics` must be"),
    ("compile", "weighted_metrics"): (
        lambda gan, path: gan.compile("sgd", "sgd", weighted_metrics=[]),
        "'weighted_metrics'",
    ),
    ("compile", "run_eagerly"): lambda gan, path: (
        gan.compile("sgd", "sgd", run_eagerly=True) is None and gan.run_eagerly
    ),
    ("compile", "steps_per_execution"): lambda gan, path: gan.compile("sgd", "sgd", steps_per_execution=2) is None,
    ("compile", "jit_compile"): lambda gan, path: (
        gan.compile("sgd", "sgd", jit_compile=True) is None and gan.jit_compile
    ),
    ("compile", "auto_scale_loss"): (
        lambda gan, path: gan.compile("sgd", "sgd", auto_scale_loss=False),
        "'auto_scale_loss'",
    ),
    ("save", "filepath"): (lambda gan, path: gan.save(path / "gan.h5"), "`filepath` must end in .keras"),
    ("save", "overwrite"): lambda gan, path: gan.save(path / "gan.keras", overwrite=False) is None,
    ("save", "zipped"): lambda gan, path: (
        gan.save(path / "gan.keras", zipped=True) is None and same(gan, reloaded(path))
    ),
    ("save", "kwargs"): (
        lambda gan, path: gan.save(path / "gan.keras", include_optimizer=False),
        r"`save` takes `filepath`.*Received: \['include_optimizer'\]",
    ),
    ("save_weights", "filepath"): lambda gan, path: loaded(gan, path, {}, {}),
    ("save_weights", "overwrite"): lambda gan, path: loaded(gan, path, {"overwrite": False}, {}),
    ("save_weights", "max_shard_size"): sharded,
    ("load_weights", "filepath"): lambda gan, path: loaded(gan, path, {}, {}),
    ("load_weights", "skip_mismatch"): lambda gan, path: loaded(gan, path, {}, {"skip_mismatch": True}),
    ("load_weights", "kwargs"): (lambda gan, path: loaded(gan, path, {}, {"by_name": True}), "by_name"),
    ("export", "filepath"): lambda gan, path: gan.export(path / "model").path == path / "model",
    ("export", "format"): (lambda gan, path: gan.export(path / "model", format="onnx"), "`format` must be one of"),
    ("export", "verbose"): lambda gan, path: gan.export(path / "model", verbose=True).difference < 1e-4,
    ("export", "input_signature"): (
        lambda gan, path: gan.export(path / "model", input_signature=[]),
        r"Received: \['input_signature'\]",
    ),
    ("export", "kwargs"): (lambda gan, path: gan.export(path / "model", opset_version=1), "Received: .*opset_version"),
    ("get_layer", "name"): lambda gan, path: gan.get_layer(name="generator") is gan.generator,
    ("get_layer", "index"): lambda gan, path: gan.get_layer(index=0) is gan.layers[0],
    ("summary", "line_length"): lambda gan, path: shown(gan, line_length=80),
    ("summary", "positions"): lambda gan, path: shown(gan, positions=[0.4, 0.7, 1.0]),
    ("summary", "print_fn"): lambda gan, path: shown(gan),
    ("summary", "expand_nested"): lambda gan, path: shown(gan, expand_nested=True),
    ("summary", "show_trainable"): lambda gan, path: shown(gan, show_trainable=True),
    ("summary", "layer_range"): lambda gan, path: shown(gan, layer_range=["discriminator", "generator"]),
    ("to_json", "kwargs"): lambda gan, path: roundtrip(gan, indent=1),
    ("set_weights", "weights"): lambda gan, path: gan.set_weights(gan.get_weights()) is None,
}
METHODS = list(dict.fromkeys(method for method, _ in ARGUMENTS))


def shown(gan, **options):
    lines = []
    gan.summary(print_fn=lambda text, **_: lines.append(text), **options)
    return "generator" in "".join(lines)


def arguments_of_keras():
    for method in METHODS:
        for name in inspect.signature(getattr(keras.Model, method)).parameters:
            if name != "self" and (method, name) != ("evaluate", "kwargs"):  # by which Keras's `fit` tells who calls
                yield method, name


@pytest.mark.long
@pytest.mark.some(52)
@pytest.mark.parametrize(("method", "name"), [*arguments_of_keras()])
def test_every_argument(method, name, gan, tmp_path):
    entry = ARGUMENTS.get((method, name))
    assert entry is not None, f"`{name}` of `{method}` is not in the table"
    gan = make() if method == "compile" else gan
    if not isinstance(entry, tuple):
        assert entry(gan, tmp_path)
        return
    call, pattern = entry
    # Python itself names an argument that there is not.
    with pytest.raises((InputError, TypeError) if method == "compile" else (InputError, ValueError), match=pattern):
        call(gan, tmp_path)
