"""What a training takes on this machine, found out before it is begun."""

import os
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.loading import CarriedOver
from keras_gan.ops import platform
from keras_gan.recipes import Plan, Recipe
from keras_gan.recipes.plan import NAME
from keras_gan.runs.networks import networks, parameters
from keras_gan.runs.rehearsal import STEPS, Beginning, Rehearsal
from keras_gan.runs.training_run import start
from keras_gan.utils.memory import peak_gpu_memory, peak_memory, readable
from keras_gan.utils.progress import duration, rate

_SECONDS = 10.0  # that are measured
_NEVER = 2**30  # minutes
_MANY = 1_000  # images that a time is told for
_ENDLESS = 2**31 - 1  # steps: a training that is over sooner is measured beyond its end


@dataclass(frozen=True, kw_only=True)
class DryRun:
    """What a training takes: its networks, their work, its memory and its time. `dry_run` finds it out.

    Attributes:
        plan: what the recipe has chosen for the data.
        parameters: trainable numbers, by network.
        operations: floating-point operations of a pass over one image, by network: a product and a sum are two.
        memory: the most bytes that this process has held.
        gpu_memory: of the first GPU; `None` without one.
        images_per_second: that are trained on.
        seconds_to_begin: until the first step is done, and its picture: all graphs are traced and compiled.
        rows: how often a picture and a row of its log are written: some fifty times, or less often.
        seconds_a_row: of each time.
        seconds_an_epoch: of what it writes at the end of an epoch, at most as often: its model, its report.
        seconds_to_end: of what it writes after its last step.
        carried: what it begins with of another, where the recipe has a `start`.
    """

    plan: Plan
    parameters: Mapping[str, int]
    operations: Mapping[str, int]
    memory: int
    gpu_memory: int | None
    images_per_second: float
    seconds_to_begin: float = 0.0
    rows: int = 0
    seconds_a_row: float = 0.0
    seconds_an_epoch: float = 0.0
    seconds_to_end: float = 0.0
    carried: CarriedOver | None = None

    @property
    def seconds(self) -> float:
        """What the whole run takes, with all that begins and ends it, and all that it writes."""
        steps = self.plan.images / self.images_per_second
        epochs = min(-(-self.plan.steps // self.plan.steps_per_epoch), self.rows)
        written = self.rows * self.seconds_a_row + epochs * self.seconds_an_epoch
        return self.seconds_to_begin + steps + written + self.seconds_to_end

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
        some, begun, whole = duration(_MANY / speed), duration(self.seconds_to_begin), duration(self.seconds)
        return f"{rate(speed, 'images')}: {some} for {_MANY:,}, {whole} for all, of which {begun} until it begins"


def dry_run(
    recipe: Recipe,
    seed: int = 0,
    in_memory: bool | str = "auto",
    cache_dir: str | os.PathLike[str] | None = None,
) -> DryRun:
    """Begin a run of a recipe in a temporary directory, see for some seconds what it takes, and forget it.

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
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as root:
        training = start(recipe, seed, root, in_memory, cache_dir)
        beginning = Beginning()
        rehearsal = Rehearsal(beginning, _SECONDS)
        callbacks = [beginning, *training.callbacks(_NEVER, STEPS), rehearsal]
        training.gan.fit(training.data, epochs=1, steps_per_epoch=_ENDLESS, callbacks=callbacks, verbose=0)
    # Of several workers the first alone has the callbacks, and stops all of them.
    speed, to_begin, row, epoch, to_end = (
        distribution.from_chief(round(1e6 * value)) / 1e6
        for value in (
            rehearsal.steps_per_second,
            rehearsal.begun - began,
            rehearsal.seconds_a_row,
            rehearsal.seconds_an_epoch,
            time.monotonic() - rehearsal.ended,
        )
    )
    assert speed, "nothing else ends that fit"
    found = networks(training.gan)
    return DryRun(
        plan=training.plan,
        parameters={name: parameters(network) for name, network in found.items()},
        operations={name: operations(network) for name, network in found.items()},
        memory=peak_memory(),
        gpu_memory=peak_gpu_memory(),
        images_per_second=speed * training.data.batch_size,
        seconds_to_begin=to_begin,
        rows=training.rows,
        seconds_a_row=row,
        seconds_an_epoch=epoch,
        seconds_to_end=to_end,
        carried=training.carried,
    )


def operations(network: keras.Model) -> int:
    """Return the floating-point operations of a network's pass over one sample, as TensorFlow counts them.

    They are those of the layers as they are written, whatever forms these take on this machine, and of what makes the
    output: FastGAN's decoders, which are run in training alone, are not in them.

    Args:
        network: a functional model; sides that it leaves open are taken to be 64.
    """
    specs = [
        tf.TensorSpec([1, *(side or 64 for side in x.shape[1:])], x.dtype, name=f"input_{index}")
        for index, x in enumerate(network.inputs)
    ]
    with platform.as_on_a_gpu():
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
