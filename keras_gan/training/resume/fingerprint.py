"""What a training run is made of, in a form that two processes can compare."""

import json
from collections.abc import Iterator
from typing import Any, Protocol

import keras
import tensorflow as tf

from keras_gan.data import ArrayData
from keras_gan.ops import platform
from keras_gan.training.inputs import stream_position
from keras_gan.types import Config, Data
from keras_gan.utils.validation import InputError
from keras_gan.version import __version__

_SHOWN = 5
_JOINS = ("inbound_nodes", "input_layers", "output_layers")  # keys under which names of layers say where tensors go
_OF_NO_BITS = ("steps_per_execution", "jit_compile", "made_by")


class HasRules(Protocol):
    """What is asked of a model: what it is made of, and the arguments of its `compile`."""

    rules_config: Config

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        ...


def of(model: HasRules, data: Data, options: Config) -> Config:
    """Return what decides the bits of a run: the model, the rules, the data and how they are fed; not the epochs.

    The rules are those of `compile`, but how many steps run in one call and whether XLA compiles them, which a recipe
    chooses by the length, and which recipe has chosen them; whatever callbacks have made of the learning rates since.
    Keras numbers the names of layers within a process: they are left out, and where they say how layers are joined they
    become places. The module of a registered class is left out too: it may move to another file.
    """
    described = {
        # Which average is sampled moves no weight.
        "model": {name: value for name, value in model.get_config().items() if name != "sampled_average"},
        "compile": {name: rule for name, rule in model.rules_config.items() if name not in _OF_NO_BITS},
        "data": _describe(data),
        "fit": {"steps_per_epoch": options.get("steps_per_epoch"), **_feeding(data, options)},
    }
    # What a checkpoint's JSON gives back: tuples are lists there, and keys text.
    plain: Config = json.loads(json.dumps(described, default=str))
    names: dict[str, str] = {}
    for name in _names(plain):
        names.setdefault(name, f"layer {len(names)}")
    renamed: Config = _renamed(plain, names, False)
    return renamed


def versions() -> Config:
    """Return the versions of what computes, and whose kernels TensorFlow takes: those of others round otherwise."""
    found = {"keras_gan": __version__, "keras": keras.__version__, "tensorflow": tf.__version__}
    return {**found, "kernels": platform.kernels()}


def check_equal(theirs: Config, ours: Config) -> None:
    """Raise unless two configurations are equal; the message tells the fields that differ."""
    found = list(_differences(theirs, ours, ""))
    if found:
        more = f" and {len(found) - _SHOWN} more" if len(found) > _SHOWN else ""
        raise InputError(
            "A run can only be resumed with the configuration that it was begun with. "
            f"Received: {'; '.join(found[:_SHOWN])}{more}"
        )


def _describe(data: Data) -> Config:
    if isinstance(data, ArrayData):
        fixed = {name: getattr(data, name) for name in ("digest", "batch_size", "seed", "balanced")}
        return {"kind": type(data).__name__, **fixed}
    if isinstance(data, tf.data.Dataset):
        return {"kind": "Dataset", "element_spec": str(data.element_spec)}
    shape = getattr(data, "shape", None)
    return {"kind": stream_position.kind(data), "shape": None if shape is None else list(shape)}


def _feeding(data: Data, options: Config) -> Config:
    if not stream_position.is_array(data):
        return {}
    return {
        "batch_size": options.get("batch_size") or stream_position.BATCH_SIZE,
        "shuffle": bool(options.get("shuffle", True)),
        "validation_split": options.get("validation_split") or 0.0,
    }


def _is_named(config: Config) -> bool:
    """Return whether a serialized object has a name that Keras may have numbered: a model, a layer, an optimizer."""
    return isinstance(config.get("config"), dict) and "DTypePolicy" not in str(config.get("class_name"))


def _names(config: object) -> Iterator[str]:
    """Yield the names of models, layers and optimizers, in their order."""
    if isinstance(config, dict):
        if _is_named(config) and isinstance(config["config"].get("name"), str):
            yield config["config"]["name"]
        for value in config.values():
            yield from _names(value)
    elif isinstance(config, list):
        for value in config:
            yield from _names(value)


def _renamed(config: object, names: dict[str, str], joins: bool) -> Any:
    """Return a config without names, in which places say how layers are joined."""
    # Names stand for layers in `_JOINS` alone: elsewhere the same text may be an activation, or an argument.
    if isinstance(config, dict):
        policy = "DTypePolicy" in str(config.get("class_name"))
        return {
            key: value if policy else _renamed(value, names, joins or key in _JOINS)
            for key, value in config.items()
            if key != "name" and not (key == "module" and config.get("registered_name"))
        }
    if isinstance(config, list):
        return [_renamed(value, names, joins) for value in config]
    return names.get(config, config) if joins and isinstance(config, str) else config


def _differences(theirs: object, ours: object, path: str) -> Iterator[str]:
    if isinstance(theirs, dict) and isinstance(ours, dict):
        for key in sorted({*theirs, *ours}):
            yield from _differences(theirs.get(key), ours.get(key), f"{path}.{key}" if path else key)
    elif isinstance(theirs, list) and isinstance(ours, list) and len(theirs) == len(ours):
        for index, pair in enumerate(zip(theirs, ours, strict=True)):
            yield from _differences(*pair, f"{path}[{index}]")
    elif theirs != ours:
        yield f"{path} was {_short(theirs)}, is {_short(ours)}"


def _short(value: object) -> str:
    text = json.dumps(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
