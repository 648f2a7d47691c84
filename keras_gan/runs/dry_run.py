"""What a training takes on this machine, found out before it is begun."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.loading import CarriedOver
from keras_gan.recipes import Plan, Recipe
from keras_gan.recipes.plan import NAME
from keras_gan.runs.networks import networks, parameters
from keras_gan.runs.speed import Speed
from keras_gan.utils.memory import peak_gpu_memory, peak_memory, readable
from keras_gan.utils.progress import duration, rate

_SECONDS = 10.0  # that are measured: the first of them are slower, while calls grow to several steps
_MANY = 1_000  # images that a time is told for
_ENDLESS = 2**31 - 1  # steps: a training that is over sooner is measured beyond its end


@dataclass(frozen=True)
class DryRun:
    """What a training takes: its networks, their work, its memory and its time. `dry_run` finds it out.

    Attributes:
        plan: what the recipe has chosen for the data.
        parameters: trainable numbers, by network.
        operations: floating-point operations of a pass over one image, by network: a product and a sum are two.
        memory: the most bytes that this process has held.
        gpu_memory: of the first GPU; `None` without one.
        images_per_second: that are trained on.
        carried: what it begins with of another, where the recipe has a `start`.
    """

    plan: Plan
    parameters: Mapping[str, int]
    operations: Mapping[str, int]
    memory: int
    gpu_memory: int | None
    images_per_second: float
    carried: CarriedOver | None = None

    def __str__(self) -> str:
        """Return lines for people: the plan, then what it takes."""
        work = {name: count / 1e6 for name, count in self.operations.items()}
        lines = [
            ("parameters", ", ".join(f"{name} {count:,}" for name, count in self.parameters.items())),
            ("an image", ", ".join(f"{name} {count:,.3g} MFLOP" for name, count in work.items())),
            ("memory", readable(self.memory) + (f", GPU {readable(self.gpu_memory)}" if self.gpu_memory else "")),
            ("time", self._time()),
        ]
        begun = [] if self.carried is None else [str(self.carried)]
        return "\n".join([str(self.plan), *begun, *(f"{name + ':':<{NAME}} {text}" for name, text in lines)])

    def _time(self) -> str:
        speed = self.images_per_second
        some, whole = duration(_MANY / speed), duration(self.plan.images / speed)
        return f"{rate(speed, 'images')}: {some} for {_MANY:,}, {whole} for all"


def dry_run(
    recipe: Recipe,
    seed: int = 0,
    in_memory: bool | str = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
) -> DryRun:
    """Assemble what a recipe says, train it for some seconds to see what it takes, and forget it; no run is begun.

    It begins with what `start` has learnt, so that what does not fit is found out as well.

    To be called in the scope of a strategy, where there is one. The memory is that of the process: of one that has done
    other things before, theirs too.

    Args:
        recipe: what would be trained.
        seed: of all random numbers.
        in_memory: where the data are kept; see `keras_gan.data.load`.
        cache_dir: likewise; data that memory does not hold are prepared there, and stay.

    Raises:
        InputError: of the data, a setting or the start.

    Example:
    ```python
    print(keras_gan.runs.dry_run(keras_gan.recipes.get("digits").but(width=8, images=256)))
    ```
    """
    data = recipe.load(seed, in_memory, cache_dir)
    plan = recipe.plan(data)
    gan = recipe.assemble(plan, seed)
    carried = recipe.begin(gan)
    speed = _UntilKnown(_SECONDS)
    gan.fit(data, epochs=1, steps_per_epoch=_ENDLESS, callbacks=[speed], verbose=0)
    # Of several workers the first alone has the callback, which stops all of them.
    steps_per_second = distribution.from_chief(round(1e6 * (speed.steps_per_second or 0.0))) / 1e6
    assert steps_per_second, "nothing else ends that fit"
    found = networks(gan)
    return DryRun(
        plan,
        {name: parameters(network) for name, network in found.items()},
        {name: operations(network) for name, network in found.items()},
        peak_memory(),
        peak_gpu_memory(),
        steps_per_second * data.batch_size,
        carried,
    )


class _UntilKnown(Speed):
    """Ends the fit as soon as its speed is known."""

    def measured(self, step: int, steps_per_second: float) -> None:
        self.model.stop_training = True


def operations(network: keras.Model) -> int:
    """Return the floating-point operations of a network's pass over one sample, as TensorFlow counts them.

    Args:
        network: a functional model; sides that it leaves open are taken to be 64.
    """
    specs = [
        tf.TensorSpec([1, *(side or 64 for side in x.shape[1:])], x.dtype, name=f"input_{index}")
        for index, x in enumerate(network.inputs)
    ]
    graph = tf.function(lambda *x: network(list(x) if len(x) > 1 else x[0])).get_concrete_function(*specs).graph
    profiler = tf.compat.v1.profiler
    counted = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation()).with_empty_output()
    logger = tf.get_logger()
    level = logger.level
    logger.setLevel("ERROR")  # it warns that it was designed for TensorFlow 1; there is no other that counts
    try:
        return int(profiler.profile(graph, options=counted.build()).total_float_ops)
    finally:
        logger.setLevel(level)
