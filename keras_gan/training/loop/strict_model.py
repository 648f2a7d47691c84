"""What of `keras.Model` has no meaning for a game says so."""

import contextlib
import functools
import inspect
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from keras_gan.utils.keras_private import OpenModel
from keras_gan.utils.validation import InputError

_TERMS = "a term of `compile(terms=[...])` adds to a player's loss"
_HOOKS = "`compute_discriminator_loss` and `compute_generator_loss` are each player's"
_STATE = "`save`, `keras_gan.callbacks.Checkpoint` and `get_weights` hold all"
_METRICS = "`compile(metrics=[...])` takes the metrics of samples, and `log` what a step logs"
_QUANTIZED = "quantize what is trained and sampled: `gan.sampling_generator.quantize(...)`"

_INSTEAD = {
    "add_loss": _TERMS,
    "add_metric": _METRICS,
    "compiled_loss": _HOOKS,
    "compiled_metrics": _METRICS,
    "compute_loss": _HOOKS,
    "compute_metrics": _METRICS,
    "get_quantization_layer_structure": _QUANTIZED,
    "get_state_tree": _STATE,
    "quantize": _QUANTIZED,
    "quantized_build": _QUANTIZED,
    "quantized_call": _QUANTIZED,
    "set_state_tree": _STATE,
    "stateless_compute_loss": _HOOKS,
}

# What Keras sets to `None` where it has to be made anew, and what a recipe says of a game that it made.
_OPEN = {"test_function", "train_function", "made_by"}
_OF_KERAS = {"dtype_policy", "jit_compile", "optimizer", "run_eagerly", "steps_per_execution"}


class StrictModel(OpenModel):
    """A `keras.Model` that refuses what would change nothing, or one half of it.

    Its networks and its seed belong to it from the start, its rules come from `compile`: the traced step, the averages
    and the optimizers hold them, so another value of the attribute would reach some of these, or none.

    What our classes declare in their bodies (`players: ...`) is a plain attribute: Keras's tracker, which refuses new
    state in a built model, and would make the weights of averages trainable, does not see it. Saving does: it walks all
    attributes.

    A subclass sets `_fixed` to True at the end of its constructor; its `compile` may set all rules.
    """

    _fixed: bool = False

    def __init_subclass__(cls, **kwargs: Any) -> None:
        """Let the `compile` of each game set rules."""
        super().__init_subclass__(**kwargs)
        if "compile" in vars(cls):
            cls.compile = _setting_rules(cls.compile)

    def __setattr__(self, name: str, value: object) -> None:
        """Set an attribute, but none that is fixed."""
        old = vars(self).get(name)
        if old is not value and self._is_part(name, old):
            raise InputError(
                f"`{name}` is fixed when the model is made, which trains and averages it: make a new one, or give the "
                f"network other weights by `set_weights`. Received: {_assignment(name, value)}"
            )
        if self._fixed and name in self._rules():
            raise InputError(
                f"`{name}` is a rule of the game: give it to `compile`, which keeps all weights; an attribute of your "
                "own needs another name. "
                f"Received: {_assignment(name, value)}"
            )
        kind: type = type(self)
        if self._fixed and (_is_computed(kind, name) or (name in vars(self) and _is_made(kind, name))):
            raise InputError(
                f"`{name}` follows from what the constructor and `compile` are given: an attribute of your own needs "
                f"another name. Received: {_assignment(name, value)}"
            )
        # Past Keras's tracker. What `compile` replaces is state, which a built model refuses, and `gan.trainable =
        # True` would make the weights of averages trainable.
        if name in _declared(kind):
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    @contextlib.contextmanager
    def changing_rules(self) -> Iterator[None]:
        """Let `compile` set rules."""
        fixed, self._fixed = self._fixed, False
        try:
            yield
        finally:
            self._fixed = fixed

    def _is_part(self, name: str, old: object) -> bool:
        """Return whether an attribute holds what the constructor was given."""
        networks = vars(self).get("networks", ())
        arguments = ("averages", "ema", "networks", "pack", "players", "prior", "seed", "signature", "step")
        return name in vars(self) and (name in arguments or any(old is network for network in networks))

    def _rules(self) -> set[str]:
        """Return the names of what Keras's `compile` takes, and ours: what a subclass adds it may set as it likes."""
        kind: type = type(self)
        return {*_rules_of(kind), *(f"{player}_optimizer" for player in vars(self).get("players", ()))}

    def refuse_tracking(self) -> NoReturn:
        """Refuse `tf.train.Checkpoint` and `tf.saved_model.save`.

        They would hold the networks, but neither average nor optimizers, and not tell.
        """
        raise InputError(
            "TensorFlow's own checkpoints and `tf.saved_model.save` hold a part of a GAN only: use `gan.save`, "
            "`keras_gan.callbacks.Checkpoint` or `gan.export`; in a model of your own, that is exported, "
            "`gan.sampling_generator`. Received: this GAN to write or to read"
        )


def _setting_rules(compile: Callable[..., None]) -> Callable[..., None]:
    @functools.wraps(compile)
    def wrapped(self: StrictModel, *args: Any, **kwargs: Any) -> None:
        with self.changing_rules():
            compile(self, *args, **kwargs)

    return wrapped


def _ours(kind: type) -> list[type]:
    return [base for base in kind.__mro__ if base.__module__.startswith("keras_gan.")]


@functools.cache  # a step sets attributes
def _declared(kind: type) -> frozenset[str]:
    return frozenset(name for base in _ours(kind) for name in inspect.get_annotations(base))


@functools.cache
def _is_made(kind: type, name: str) -> bool:
    """Return whether an attribute is one of the objects that our classes make for a game."""
    return name in _declared(kind) and not name.startswith("_") and name not in _OPEN


@functools.cache
def _is_computed(kind: type, name: str) -> bool:
    """Return whether an attribute is a property of our classes that can only be read."""
    found = [vars(base)[name] for base in _ours(kind) if name in vars(base)]
    return any(isinstance(value, property) and value.fset is None for value in found)


@functools.cache
def _rules_of(kind: type) -> frozenset[str]:
    # Read from the signatures, so that an argument that is added to `compile` is a rule without a list to keep.
    rules = [vars(base)["compile"] for base in _ours(kind) if "compile" in vars(base)]
    given = {name for compile in rules for name in inspect.signature(compile).parameters}
    return frozenset((given | _OF_KERAS) - {"metrics"})


def _assignment(name: str, value: object) -> str:
    text = repr(value)
    return f"{name} = {text if len(text) <= 80 else f'{text[:77]}...'}"


def _refusal(name: str, instead: str) -> Callable[..., NoReturn]:
    def refuse(self: StrictModel, *args: object, **kwargs: object) -> NoReturn:
        raise InputError(f"`{name}` has no meaning for a GAN: {instead}. Received: a call of `{name}`")

    refuse.__name__, refuse.__doc__ = name, f"Refuse: {instead}."
    return refuse


for _name, _instead in _INSTEAD.items():
    _refused = _refusal(_name, _instead)
    setattr(StrictModel, _name, property(_refused) if _name == "compiled_metrics" else _refused)
