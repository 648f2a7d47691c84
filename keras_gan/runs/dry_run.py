"""What a training takes on this machine, found out before it is begun."""

import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.callbacks import SampleGrid
from keras_gan.data import PairedData, UnpairedData
from keras_gan.loading import CarriedOver
from keras_gan.recipes import Plan, Recipe
from keras_gan.recipes.plan import NAME
from keras_gan.runs.grids import grids
from keras_gan.runs.networks import networks, parameters
from keras_gan.runs.pace import paced
from keras_gan.runs.speed import Speed
from keras_gan.types import Logs
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
        seconds_to_begin: until the first step is done: the data are there, the graph is traced and compiled.
        seconds_a_picture: that a grid takes; 0 where there is none.
        carried: what it begins with of another, where the recipe has a `start`.
    """

    plan: Plan
    parameters: Mapping[str, int]
    operations: Mapping[str, int]
    memory: int
    gpu_memory: int | None
    images_per_second: float
    seconds_to_begin: float = 0.0
    seconds_a_picture: float = 0.0
    carried: CarriedOver | None = None

    @property
    def seconds(self) -> float:
        """What the whole run takes, with all that begins it, and its pictures."""
        pictures = len(paced(self.plan.steps)) + 1  # and one before the first step
        return self.seconds_to_begin + self.plan.images / self.images_per_second + pictures * self.seconds_a_picture

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
    began = time.monotonic()
    data = recipe.load(seed, in_memory, cache_dir)
    plan = recipe.plan(data)
    gan = recipe.assemble(plan, seed)
    carried = recipe.begin(gan)
    pairs = data if isinstance(data, PairedData | UnpairedData) else None
    rehearsal = _Rehearsal(grids(Path("unused"), gan, pairs=pairs, names=data.class_names))
    gan.fit(data, epochs=1, steps_per_epoch=_ENDLESS, callbacks=[rehearsal], verbose=0)
    # Of several workers the first alone has the callback, which stops all of them.
    steps_per_second = distribution.from_chief(round(1e6 * (rehearsal.steps_per_second or 0.0))) / 1e6
    assert steps_per_second, "nothing else ends that fit"
    found = networks(gan)
    return DryRun(
        plan,
        {name: parameters(network) for name, network in found.items()},
        {name: operations(network) for name, network in found.items()},
        peak_memory(),
        peak_gpu_memory(),
        steps_per_second * data.batch_size,
        distribution.from_chief(round(rehearsal.begun - began)),
        distribution.from_chief(round(1e3 * rehearsal.seconds_a_picture)) / 1e3,
        carried,
    )


class _Rehearsal(Speed):
    """Ends the fit as soon as its speed is known, and what a picture takes.

    Args:
        drawn: what draws the pictures, if there are any.

    Attributes:
        begun: when the first call was done, by `time.monotonic`; before that, when this was made.
        seconds_a_picture: of the second one, which traces nothing anew.
    """

    def __init__(self, drawn: Sequence[SampleGrid]) -> None:
        super().__init__(_SECONDS)
        self.begun = time.monotonic()
        self.seconds_a_picture = 0.0
        self._drawn = drawn
        self._calls = 0

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        self._calls += 1
        if self._calls == 1:
            self.begun = time.monotonic()
        if self.steps_per_second is None:
            super().on_train_batch_end(batch, logs)
        else:  # another step than that of the first picture: an average needs other statistics
            self.seconds_a_picture = self._draw()
            self.model.stop_training = True

    def measured(self, step: int, steps_per_second: float) -> None:
        self._draw()
        self.model.stop_training = not self._drawn

    def _draw(self) -> float:
        began = time.monotonic()
        for each in self._drawn:
            each.set_model(self.model)
            each.picture()
        return time.monotonic() - began


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
