"""The optimizers of the players, and the face that they show to Keras's callbacks."""

import contextlib
import functools
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NoReturn

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.training.game.player import Player
from keras_gan.types import OptimizerLike, Tensor, Variable
from keras_gan.utils import keras_private
from keras_gan.utils.networks import computes_in_float16
from keras_gan.utils.validation import InputError, warn


def get(identifier: OptimizerLike, argument: str) -> keras.optimizers.Optimizer:
    """Return a Keras optimizer from its name, config or instance; raise with the argument's name."""
    try:
        optimizer = keras.optimizers.get(identifier)
    except (ValueError, TypeError) as error:
        raise InputError(f"`{argument}` must be a Keras optimizer. Received: {argument}={identifier!r}") from error
    if not isinstance(optimizer, keras.optimizers.Optimizer):
        raise InputError(f"`{argument}` must be a Keras optimizer. Received: {argument}={identifier!r}")
    check_rules(optimizer, argument)
    rate = float(tf.convert_to_tensor(optimizer.learning_rate))
    if not 0.0 <= rate < math.inf:
        raise InputError(f"`{argument}` must have a finite learning rate of 0 or more. Received: learning_rate={rate}")
    return optimizer


def get_each(identifiers: Mapping[str, OptimizerLike], players: Iterable[str]) -> dict[str, keras.optimizers.Optimizer]:
    """Return the optimizers of all players, each checked, by the names of their arguments in `compile`.

    Raises:
        InputError: one is none, does what a GAN can't use, or was made outside of the strategy; or two are one.
    """
    chosen = {f"{name}_optimizer": get(identifiers[name], f"{name}_optimizer") for name in players}
    if len({id(optimizer) for optimizer in chosen.values()}) < len(chosen):
        raise InputError("Each player needs an optimizer of its own. Received: one instance for two players")
    for optimizer in chosen.values():
        distribution.check_optimizer(optimizer)
    return chosen


def check_rules(optimizer: keras.optimizers.Optimizer, argument: str) -> None:
    """Raise for a Keras optimizer that does what a GAN can't use.

    Args:
        optimizer: a Keras optimizer.
        argument: its name, for messages.

    Raises:
        InputError: it averages the weights, which would never reach the networks (Keras's `fit` writes the average of
            `model.optimizer` alone); or it is several in one.
    """
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if hasattr(inner, "optimizers"):
        raise InputError(
            f"`{argument}` must be one optimizer for all weights of its player. "
            f"Received: {argument}={type(inner).__name__}"
        )
    if inner.use_ema:
        raise InputError(
            f"`{argument}` must not average the weights, for nobody would use its average: "
            "`keras_gan.GAN(..., ema=0.999)` has one of the generator, from which it samples. "
            "Received: use_ema=True"
        )


def prepare(optimizer: keras.optimizers.Optimizer, player: Player) -> keras.optimizers.Optimizer:
    """Return a player's optimizer as `apply` takes it, built."""
    prepared = scale_loss_for(optimizer, player.networks)
    variables = player.trainable_variables
    # Before the first trace: an optimizer that is built inside of the step costs a second one, and a loaded one that is
    # not built yet loses its moments with no more than a warning.
    prepared.build(variables)
    _check_knows(prepared, variables, f"{player.name}_optimizer")
    return prepared


def _check_knows(optimizer: keras.optimizers.Optimizer, variables: Iterable[Variable], argument: str) -> None:
    """Raise for an optimizer that was built for other weights: Keras leaves it so, and fails in the step."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    known = {id(variable) for variable in keras_private.built_for(inner)}
    if not all(id(variable) in known for variable in variables):
        raise InputError(
            f"`{argument}` must be new: this one was built for other weights. "
            f"Received: {argument}={type(inner).__name__}, built for {len(known)} of them"
        )


def scale_loss_for(
    optimizer: keras.optimizers.Optimizer, networks: Iterable[keras.Model]
) -> keras.optimizers.Optimizer:
    """Wrap `optimizer` in a loss scale of its own if one of `networks` computes in float16."""
    # Keras does so for the one optimizer that it knows, `model.optimizer`: others stay bare, without a word.
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer
    if any(computes_in_float16(network) for network in networks):
        return keras.optimizers.LossScaleOptimizer(optimizer, name=optimizer.name)
    return optimizer


def apply(optimizer: keras.optimizers.Optimizer, gradients: Sequence[Tensor], variables: Sequence[Variable]) -> None:
    """Move each replica's variables by an optimizer, down the gradients of the whole batch.

    Keras judges and clips each replica's own gradients, and sums them afterwards. Here the sum comes first. And where
    TensorFlow has one kernel for the optimizer's rule, that kernel moves the variable.

    The optimizer is the user's, and is as it was when this returns.
    """
    with _lent(getattr(optimizer, "inner_optimizer", optimizer)):
        optimizer.apply(gradients, variables)


@contextlib.contextmanager
def _lent(optimizer: keras.optimizers.Optimizer) -> Iterator[None]:
    """Lend an optimizer methods of ours."""
    # For a call, as attributes of the instance. A subclass would not be the user's optimizer in files and configs, and
    # methods that stay would follow an optimizer to where its replicas still have to sum.
    methods: dict[str, Callable[..., object]] = {keras_private.SUM_OF_REPLICAS: list}
    if _is_adam(optimizer):
        methods["update_step"] = functools.partial(_adam_step, optimizer)
    vars(optimizer).update(methods)
    try:
        yield
    finally:
        # Replicas are threads that share the optimizer. They meet within `apply` and need nothing of this afterwards:
        # the first that is done takes the methods back for all.
        for name in methods:
            vars(optimizer).pop(name, None)


def _is_adam(optimizer: keras.optimizers.Optimizer) -> bool:
    """Return whether the rule is that of Adam, for which Keras takes ten passes over each variable."""
    rule = getattr(type(optimizer), "update_step", None)
    own = vars(optimizer).get("update_step")  # the user's own rule, or what another replica's thread has lent
    is_free = own is None or getattr(own, "func", None) is _adam_step
    return rule is keras.optimizers.Adam.update_step and not optimizer.amsgrad and is_free


def _adam_step(optimizer: keras.optimizers.Adam, gradient: Tensor, variable: Variable, learning_rate: Tensor) -> None:
    """Do what `keras.optimizers.Adam.update_step` does, in TensorFlow's kernel of the same formula."""
    if keras.backend.standardize_dtype(variable.dtype) != "float32":  # the kernel wants one type in all its arguments
        keras.optimizers.Adam.update_step(optimizer, gradient, variable, learning_rate)
        return
    first, second = keras_private.moments_of_adam(optimizer, variable)
    # A tensor where the optimizer accumulates gradients: then only each so many calls come here.
    step = tf.cast(tf.convert_to_tensor(optimizer.iterations) + 1, tf.float32)
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=first.value.handle,
        v=second.value.handle,
        beta1_power=optimizer.beta_1**step,
        beta2_power=optimizer.beta_2**step,
        lr=tf.cast(learning_rate, tf.float32),
        beta1=optimizer.beta_1,
        beta2=optimizer.beta_2,
        epsilon=optimizer.epsilon,
        grad=tf.cast(gradient, tf.float32),
    )


def warn_of_exclusions(optimizer: keras.optimizers.Optimizer) -> None:
    """Warn before saving an optimizer that exempts some weights from decay: Keras does not save which."""
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if inner.weight_decay and keras_private.spares_weights_decay(inner):
        warn(
            f"Keras does not save `exclude_from_weight_decay` of {type(inner).__name__}: call it again after "
            "`load_model`, or all weights decay."
        )


class OneOfSeveralError(InputError, AttributeError):
    """An attribute of `model.optimizer` that each player's optimizer has; for `hasattr` it is not there."""


class _PlayersOptimizer:
    """A player's optimizer under the player's name.

    Its own name stays what it is: it is in files, and may be anything.
    """

    def __init__(self, player: str, optimizer: keras.optimizers.Optimizer) -> None:
        # Past our own `__setattr__`, which sets attributes of the optimizer.
        object.__setattr__(self, "name", player)
        object.__setattr__(self, "_optimizer", optimizer)

    def __getattr__(self, attribute: str) -> Any:
        return getattr(object.__getattribute__(self, "_optimizer"), attribute)

    def __setattr__(self, attribute: str, value: object) -> None:
        setattr(self._optimizer, attribute, value)


class OptimizerGroup:
    """What stands at `model.optimizer`, so that Keras's callbacks find learning rates, iterations and variables.

    Keras's schedules, TensorBoard and summaries walk `optimizers`, and log `learning_rate_` with the `name` of each:
    that of its player. It is neither a Keras optimizer nor saved: the model's own attributes hold the optimizers. Any
    other attribute of an optimizer is refused, since there are several to read it from.

    Args:
        optimizers: by player's name.
    """

    def __init__(self, optimizers: Mapping[str, keras.optimizers.Optimizer]) -> None:
        # One player's optimizer would do for most callbacks; but then a schedule would move one rate and leave the
        # other.
        named = tuple(_PlayersOptimizer(player, optimizer) for player, optimizer in optimizers.items())
        vars(self).update(optimizers=named, players=tuple(optimizers))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what Python asks for itself, when this is copied
            raise AttributeError(name)
        raise OneOfSeveralError(self._message(name, f"reading gan.optimizer.{name}"))

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise OneOfSeveralError(self._message(f"{name} = {value!r}", f"gan.optimizer.{name} = {value!r}"))

    def _message(self, use: str, received: str) -> str:
        lines = " and ".join(f"`gan.{player}_optimizer.{use}`" for player in self.players)
        return f"`optimizer` of a GAN stands for one optimizer of each player: use {lines}. Received: {received}"

    @property
    def built(self) -> bool:
        """Whether all are built."""
        return all(optimizer.built for optimizer in self.optimizers)

    @property
    def iterations(self) -> Variable:
        """The iterations of the last player's optimizer."""
        return self.optimizers[-1].iterations

    @property
    def variables(self) -> list[Variable]:
        """The variables of all."""
        return [variable for optimizer in self.optimizers for variable in optimizer.variables]

    def build(self, variables: list[Variable]) -> None:
        """Do nothing: each optimizer was built with its player's variables."""
