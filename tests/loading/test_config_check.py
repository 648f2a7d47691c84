import inspect

import keras
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.loading.config_check import _REFUSED_LAYERS, check_config


def layer(name, module="keras.layers", registered=None, /, **config):
    return {"module": module, "class_name": name, "config": config, "registered_name": registered}


def function(name, module="builtins"):
    return {"module": module, "class_name": "function", "config": name, "registered_name": name}


@pytest.mark.parametrize(
    "config",
    [
        layer("Dense", units=3, kernel_initializer=layer("GlorotUniform", "keras.initializers", seed=2**60)),
        layer("Dense", activation=function("relu"), dtype=layer("DTypePolicy", "keras", name="float32")),
        layer("Adam", "keras.optimizers", learning_rate=layer("CosineDecay", "keras.optimizers.schedules")),
        layer("Functional", "keras.src.models.functional", "Functional", layers=[layer("InputLayer")]),
        layer("Add", "keras.src.ops.numpy", "Add"),
        layer("PixelNorm", "keras_gan.layers.pixel_norm", "keras_gan>PixelNorm", epsilon=1e-8),
        {"class_name": "__numpy__", "config": {"value": [1.0], "dtype": "float32"}},
        {"class_name": "__keras_tensor__", "config": {"shape": [None, 2], "dtype": "float32", "keras_history": []}},
        {"a": [1, -(2**31) + 1, 1e300, None, True, "os.system"]},
    ],
)
def test_what_networks_are_made_of(config):
    check_config(config)


@pytest.mark.parametrize(
    "config",
    [
        *(layer(name) for name in sorted(_REFUSED_LAYERS)),
        layer("Dense", None),
        layer("Dense", "keras.src.layers.core.dense"),
        layer("Lambda", "keras"),
        layer("system", "os"),
        layer("exec", "builtins"),
        layer("get_file", "keras.utils"),
        layer("Functional", "keras.models"),
        layer("Dense", "keras.optimizers"),
        layer("serialize", "keras.layers"),
        layer("get_file", "keras.src.ops.numpy"),
        layer("np", "keras.src.ops.numpy"),
        layer("Unknown", "keras_gan.layers", "keras_gan>Unknown"),
        layer(["Dense"]),
        layer("Dense", "keras.layers", ["Dense"]),
        function("exec"),
        function("deserialize"),
        function("get_file", "keras.utils"),
        function("__doc__"),
        function(["relu"]),
        {"class_name": "__lambda__", "config": {"value": ""}},
        {"class_name": "__typespec__", "config": []},
        {"class_name": "__bytes__", "config": {"value": "x"}},
        {"class_name": "__numpy__", "config": {"value": [1], "dtype": "S1000000000"}},
        {"class_name": "__tensor__", "config": {"value": [1], "dtype": ["float32"]}},
        {"class_name": "Lambda", "config": {}},
    ],
)
def test_what_is_refused(config):
    with pytest.raises(InputError, match=r"^A (config|class) must .* Received: (module=.*, name=|module='None')"):
        check_config({"config": [{"deeper": config}]})


@pytest.mark.parametrize("number", [2**31, -(2**31), 10**12])
def test_absurd_numbers(number):
    with pytest.raises(InputError, match=rf"at most 2147483647\. Received: filters={number}"):
        check_config(layer("Conv2D", filters=[3, number]))


def test_absurd_depth():
    config = {}
    for _ in range(300):
        config = {"a": [config]}
    with pytest.raises(InputError, match="at most 200 levels"):
        check_config(config)


def test_no_other_layer_of_keras_takes_code_or_a_file():
    """A new Keras may bring one: it would be found here."""
    words = ("file", "path", "vocab", "fn", "func", "module", "callable", "lambda", "code", "script", "url")
    for name, cls in vars(keras.layers).items():
        if inspect.isclass(cls) and issubclass(cls, keras.layers.Layer) and name not in _REFUSED_LAYERS:
            arguments = inspect.signature(cls.__init__).parameters
            assert not [argument for argument in arguments if any(word in argument for word in words)], name


def test_a_class_of_the_user_s_own(registry):
    config = layer("Mine", "somewhere", "keras_gan>Mine")
    with pytest.raises(InputError, match="name='Mine'"):
        check_config(config)

    @keras_gan.register
    class Mine(keras.layers.Layer):
        pass

    check_config(config)


def test_a_function_of_the_user_s_own(registry):
    with pytest.raises(InputError, match="name='mine>bent'"):
        check_config(function("mine>bent", "somewhere"))
    keras.saving.get_custom_objects()["mine>bent"] = lambda x: x
    check_config(function("mine>bent", "somewhere"))
