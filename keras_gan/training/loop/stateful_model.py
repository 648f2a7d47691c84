"""What training keeps: in a file, in a checkpoint."""

import functools
import inspect
import os
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from types import MappingProxyType
from typing import Any, Self

import keras
import numpy as np
import tensorflow as tf

from keras_gan.training.game import optimizers
from keras_gan.training.game.nonfinite_guard import NonFiniteGuard
from keras_gan.training.game.player import Player
from keras_gan.training.loop.changes import Weights
from keras_gan.training.loop.strict_model import StrictModel
from keras_gan.types import Config, Tensor, Variable
from keras_gan.utils.validation import InputError

_LONGEST = 64  # characters of a recipe's name


class StatefulModel(StrictModel):
    """A `keras.Model` that knows all of its state, also what Keras does not save.

    A subclass has `step`, `networks_and_copies` and `state`: all variables that a step reads or moves, but `step`.

    Attributes:
        made_by: what made it, which its file keeps: the recipe of such networks, and its settings that shape them.
    """

    step: Variable
    guard: NonFiniteGuard
    players: Mapping[str, Player]
    known_weights: Weights
    made_by: Mapping[str, int | float | str] = MappingProxyType({})  # of what was made by hand
    _compile_arguments: Config

    @property
    def networks_and_copies(self) -> list[keras.Model]:
        """All networks, and the averages of some."""
        raise NotImplementedError

    @property
    def state(self) -> list[Variable]:
        """All variables that a step reads or moves, but `step`, each once."""
        raise NotImplementedError

    def named_state(self) -> dict[str, Variable]:
        """Return all that a checkpoint holds: `step`, the count of skipped steps, and `state`.

        The names are the same in every process.
        """
        # By number, not by path: Keras numbers the names of layers within a process.
        variables = [self.step, self.guard.record, *self.state]
        return {f"{index:04d}": variable for index, variable in enumerate(variables)}

    def hold_state(self) -> dict[str, Tensor]:
        """Return the values of `named_state`.

        Nothing is copied here. The tensors keep their values: a step that changes a variable while somebody holds its
        tensor writes to a new one.
        """
        return {name: tf.convert_to_tensor(variable.value) for name, variable in self.named_state().items()}

    def load_state(self, arrays: Mapping[str, np.ndarray]) -> None:
        """Assign what `hold_state` returned."""
        for name, variable in self.named_state().items():
            variable.assign(arrays[name])
        self.known_weights.forget()

    def set_weights(self, weights: Sequence[np.ndarray]) -> None:
        """Set all weights, those of the averages too, as `keras.Model.set_weights`."""
        super().set_weights(weights)
        self.known_weights.forget()

    # Saving.

    def get_config(self) -> Config:
        """Return the constructor's arguments, each from the attribute of its name, serialized.

        Those that a subclass keeps under other names it adds itself, in a `get_config` of its own.

        Raises:
            InputError: one was not kept under its name, and nobody adds it.
        """
        kept = [name for name, added in _arguments(type(self)) if not added or hasattr(self, name)]
        return {name: _serialized(self, name) for name in kept}

    @classmethod
    def from_config(cls, config: Config, custom_objects: Mapping[str, object] | None = None) -> Self:
        """Return the model that `get_config` described."""
        read = functools.partial(keras.saving.deserialize_keras_object, custom_objects=custom_objects)
        # Not of strings, which Keras would take for names of custom objects.
        return cls(**{name: value if isinstance(value, str) else read(value) for name, value in config.items()})

    def get_compile_config(self) -> Config:
        """Return the arguments of `compile`, serialized, and what made the model, if a recipe did."""
        if not self.compiled:
            return {}
        told = {"made_by": dict(self.made_by)} if self.made_by else {}
        return {name: keras.saving.serialize_keras_object(v) for name, v in self._compile_arguments.items()} | told

    def compile_from_config(self, config: Config) -> None:
        """Call `compile` with what `get_compile_config` returned."""
        rules = {name: value for name, value in config.items() if name != "made_by"}
        self.compile(**{name: keras.saving.deserialize_keras_object(value) for name, value in rules.items()})
        self.made_by = plain(config.get("made_by"))

    def compile_again(self) -> None:
        """Call `compile` with what it was called with, but for optimizers that begin anew: layers were frozen.

        Not by way of the config: a term's network would begin anew too.
        """
        given = self._compile_arguments
        named = {name: given[name] for name in (f"{player}_optimizer" for player in self.players)}
        fresh = {name: type(optimizer).from_config(optimizer.get_config()) for name, optimizer in named.items()}
        self.compile(**{**given, **fresh})

    def save(
        self,
        filepath: str | os.PathLike[str],
        overwrite: bool = True,
        zipped: bool | None = None,
        **kwargs: object,
    ) -> None:
        """Save everything that training needs to go on, to a `.keras` file, as `keras.Model.save`."""
        if kwargs:  # such as `include_optimizer=False`, which Keras drops in silence
            raise InputError(f"`save` takes `filepath`, `overwrite` and `zipped`. Received: {sorted(kwargs)}")
        if not str(filepath).endswith(".keras"):
            raise InputError(f"`filepath` must end in .keras; other formats lose state. Received: filepath={filepath}")
        for name in self.players if self.compiled else ():
            optimizers.warn_of_exclusions(getattr(self, f"{name}_optimizer"))
        super().save(filepath, overwrite, zipped)

    def _seed_states(self) -> list[Variable]:
        """The states of random layers, which Keras counts as variables, not as weights, and does not save."""
        # Without them a loaded GAN would draw dropout's masks from the beginning again.
        networks = self.networks_and_copies
        variables = [variable for network in networks for variable in network.variables]
        weights = {id(weight) for network in networks for weight in network.weights}
        return [variable for variable in variables if id(variable) not in weights]

    def save_own_variables(self, store: MutableMapping[str, np.ndarray]) -> None:
        """Save the step and the seeds of random layers."""
        store["step"] = self.step.numpy()
        for index, state in enumerate(self._seed_states()):
            store[f"seed_{index}"] = state.numpy()

    def load_own_variables(self, store: Mapping[str, np.ndarray]) -> None:
        """Load what `save_own_variables` saved."""
        # Not by Keras's own, which wants as many entries as the layer itself has variables.
        self.step.assign(store["step"])
        self.known_weights.forget()
        for index, state in enumerate(self._seed_states()):
            state.assign(store[f"seed_{index}"])


def plain(made_by: object) -> dict[str, int | float | str]:
    """Return what a file tells of what made its model, less what can't be a recipe's name, or a setting."""
    found = made_by if isinstance(made_by, dict) else {}
    return {name: value for name, value in found.items() if name.isidentifier() and _is_short(value)}


def _is_short(value: object) -> bool:
    if isinstance(value, str):
        return len(value) <= _LONGEST and value.isprintable()
    return isinstance(value, int | float) and not isinstance(value, bool)


def _arguments(kind: type) -> Iterator[tuple[str, bool]]:
    """Yield the names of a constructor's arguments, and whether the class that has them adds to `get_config` itself.

    What a constructor hands on as `*args` or `**kwargs`, the class before it takes.
    """
    for base in kind.__mro__:
        if "__init__" not in vars(base):
            continue
        parameters = [*inspect.signature(vars(base)["__init__"]).parameters.values()][1:]  # without `self`
        handed_on = [each for each in parameters if each.kind in (each.VAR_POSITIONAL, each.VAR_KEYWORD)]
        adds = "get_config" in vars(base) and base is not StatefulModel
        yield from ((each.name, adds) for each in parameters if each not in handed_on)
        if not handed_on:
            return


def _serialized(model: object, name: str) -> Any:
    try:
        return keras.saving.serialize_keras_object(getattr(model, name))
    except AttributeError as error:
        raise InputError(
            f"`{name}` of `{type(model).__name__}` must be kept under its name, `self.{name} = {name}`, or "
            f"`get_config` and `from_config` be overridden. Received: no attribute {name!r}"
        ) from error
