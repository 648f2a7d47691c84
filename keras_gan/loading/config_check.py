"""What the config of a saved model may name: networks and what they are made of, and no other code."""

import inspect
import sys
from typing import Any

import keras

from keras_gan.utils.validation import InputError

MOST_INTEGER = 2**31 - 1
_MOST_DEPTH = 200
_UNBOUNDED = {"seed", "shared_object_id"}  # numbers that are no sizes
_BASES: dict[str, tuple[type, ...]] = {
    "keras": (keras.Model, keras.DTypePolicy),
    "keras.constraints": (keras.constraints.Constraint,),
    "keras.dtype_policies": (keras.DTypePolicy,),
    "keras.initializers": (keras.initializers.Initializer,),
    "keras.layers": (keras.layers.Layer,),
    "keras.models": (keras.Model,),
    "keras.optimizers": (keras.optimizers.Optimizer,),
    "keras.optimizers.schedules": (keras.optimizers.schedules.LearningRateSchedule,),
    "keras.random": (keras.random.SeedGenerator,),
    "keras.regularizers": (keras.regularizers.Regularizer,),
}
# What holds code or another framework's module, and what reads a file that its config names.
_REFUSED_LAYERS = {
    *("Lambda", "FlaxLayer", "JaxLayer", "TorchModuleWrapper", "TFSMLayer"),
    *("IntegerLookup", "StringLookup", "TextVectorization"),
}
_VALUES = {"__keras_tensor__", "__numpy__", "__tensor__", "__slice__", "__ellipsis__"}
_DTYPES = {"bool", "bfloat16", *(f"float{bits}" for bits in (16, 32, 64)), *(f"int{bits}" for bits in (8, 16, 32, 64))}
_DTYPES |= {f"uint{bits}" for bits in (8, 16, 32, 64)}
_NO_ACTIVATIONS = {"get", "serialize", "deserialize"}


def check_config(config: object) -> None:
    """Check that a config names nothing but classes that may be in a network, and no absurd numbers.

    These are Keras's layers, operations, optimizers, initializers and their like, its activation functions, and what
    is registered in this process: keras_gan's classes and the user's own. A `Lambda`, or a layer that reads a file, is
    none, whatever Keras's own settings say.

    Raises:
        InputError: it names something else; or a number of more than 32 bits; or it is nested absurdly.
    """
    left: list[tuple[str, Any, int]] = [("", config, 0)]
    while left:
        key, value, depth = left.pop()
        if depth > _MOST_DEPTH:
            raise InputError(f"A config must be at most {_MOST_DEPTH} levels deep. Received: more")
        if isinstance(value, dict):
            if "class_name" in value:
                _check_class(value)
            left += [(inner, each, depth + 1) for inner, each in value.items()]
        elif isinstance(value, list):
            left += [(key, each, depth + 1) for each in value]
        elif isinstance(value, int) and abs(value) > MOST_INTEGER and key not in _UNBOUNDED:
            raise InputError(f"Numbers must be at most {MOST_INTEGER}. Received: {key}={value}")


def _check_class(config: dict[str, Any]) -> None:
    name, module, inner = config["class_name"], config.get("module"), config.get("config")
    registered = config.get("registered_name", name)
    if not all(part is None or isinstance(part, str) for part in (name, module, registered)):
        raise InputError(f"A class must have a name. Received: {_shown(config)}")
    if name in _VALUES:
        dtype = inner.get("dtype") if isinstance(inner, dict) else None
        allowed = dtype is None or (isinstance(dtype, str) and dtype in _DTYPES)
    elif name == "function":
        allowed = isinstance(inner, str) and _is_activation(inner)
    else:
        found = keras.saving.get_registered_object(registered)
        # Without a module Keras turns to the formats of old.
        allowed = module is not None and (isinstance(found, type) or (found is None and _is_part(module, name)))
    if not allowed:
        raise InputError(
            "A config must name only what networks are made of, and classes that are registered. "
            f"Received: {_shown(config)}"
        )


def _is_activation(name: str) -> bool:
    if keras.saving.get_registered_object(name) is not None:
        return True
    return name not in _NO_ACTIVATIONS and inspect.isfunction(getattr(keras.activations, name, None))


def _is_part(module: str, name: str) -> bool:
    """Return whether Keras has a class of that name of which networks are made."""
    if (module, name) == ("keras.src.models.functional", "Functional"):  # has no public name, and is saved by this one
        return True
    if module.startswith("keras.src.ops."):  # likewise the operations, `x + y` among them
        found = getattr(sys.modules.get(module), name, None)
        return isinstance(found, type) and issubclass(found, keras.Operation)
    namespace: Any = sys.modules.get(module) if module in _BASES else None
    found = getattr(namespace, name, None)
    return isinstance(found, type) and issubclass(found, _BASES[module]) and name not in _REFUSED_LAYERS


def _shown(config: dict[str, Any]) -> str:
    inner = config.get("config")
    what = inner if config["class_name"] == "function" else config["class_name"]
    return f"module={str(config.get('module'))[:80]!r}, name={str(what)[:80]!r}"
