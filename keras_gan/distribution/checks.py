"""What can not run on several replicas is refused, or warned of."""

from collections.abc import Iterable

import keras
import tensorflow as tf

from keras_gan.distribution.replicas import num_replicas
from keras_gan.utils.validation import InputError, warn


def check_strategy(strategy: tf.distribute.Strategy) -> None:
    """Raise for a strategy whose replicas do not step together, or have no variables of their own."""
    # Keras's `fit` knows no ClusterCoordinator, without which TensorFlow refuses the former.
    if isinstance(strategy, (tf.distribute.ParameterServerStrategy, tf.distribute.experimental.CentralStorageStrategy)):
        raise InputError(
            "Training needs replicas that step together, each with variables of its own: use MirroredStrategy or "
            f"MultiWorkerMirroredStrategy. Received: {type(strategy).__name__.removesuffix('V2')}"
        )


def check_compiler(jit_compile: bool | str) -> None:
    """Raise for a compiler that does not know replicas."""
    # TensorFlow says "located in device CPU:1 from device CPU:0", in the first step.
    if jit_compile is True:
        raise InputError(
            'With several replicas `jit_compile` must be False or "auto", which is off then: XLA would compile what '
            "is on all devices as one. Received: jit_compile=True"
        )


def check_optimizer(optimizer: keras.optimizers.Optimizer) -> None:
    """Raise for an optimizer that can't move the variables of several replicas; called in the strategy's scope."""
    if num_replicas() == 1:
        return
    check_scope(optimizer)
    # Keras moves the variables in a `tf.cond` then, in which replicas can't meet.
    inner = getattr(optimizer, "inner_optimizer", optimizer)
    if inner.gradient_accumulation_steps:
        raise InputError(
            "`gradient_accumulation_steps` of an optimizer can't be used with several replicas: "
            f"`compile(accumulation_steps=...)` can. Received: {inner.gradient_accumulation_steps}"
        )


def check_one_replica(method: str, strategy: tf.distribute.Strategy) -> None:
    """Raise for a method of Keras that gives each replica the whole batch."""
    if strategy.num_replicas_in_sync > 1:
        raise InputError(f"`{method}` is for one replica: each would get the whole batch. Use `fit` or `evaluate`.")


def check_scope(holder: keras.layers.Layer | keras.optimizers.Optimizer) -> None:
    """Raise if a layer, network or optimizer was not made in the strategy's scope, in which this is called.

    Its variables would be one for all replicas, and each would move them.
    """
    # TensorFlow raises for some such variables ("Mixing different tf.distribute.Strategy objects"), and trains on one
    # replica with others, silently.
    strategy = tf.distribute.get_strategy()
    if strategy.num_replicas_in_sync > 1 and not all(
        strategy.extended.variable_created_in_scope(variable.value) for variable in holder.variables
    ):
        raise InputError(
            f"{type(holder).__name__} has state: make it inside `strategy.scope()`, or give its name or its config. "
            f"Received: {holder.name!r}, made outside"
        )


def reduces(layer: keras.layers.Layer) -> bool:
    """Return whether a layer computes something over all replicas together."""
    return bool(getattr(layer, "is_global", False) or getattr(layer, "synchronized", False))


def warn_of_layers(layers: Iterable[keras.layers.Layer]) -> None:
    """Warn of layers of which several replicas together do not do what one does, in whose strategy this is called."""
    if num_replicas() == 1:
        return
    for layer in layers:
        # Its state is a variable, equal on all replicas, and nothing of the replica goes into the draw.
        if any(isinstance(value, keras.random.SeedGenerator) for value in vars(layer).values()):
            warn(f"All replicas draw the same random numbers in {layer.name!r}: keras_gan.layers.Dropout draws others.")
        if hasattr(layer, "synchronized") and not reduces(layer):
            warn(
                f"The statistics of {layer.name!r} are those of each replica's share of the batch: use "
                "keras_gan.layers.BatchNormalization, or synchronized=True."
            )
