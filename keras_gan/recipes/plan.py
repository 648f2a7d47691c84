"""What a recipe makes of certain data: each number and name that it chooses, and why."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Self

from keras_gan.conditions import Told
from keras_gan.data import ArrayData
from keras_gan.recipes.settings import Setting, Value

_AS_SET, _AS_BEGUN = "as set", "that of what it begins with"
NAME = 14  # columns that names take: the longest that rules choose
# Steps from which on XLA has saved the seconds that it compiles for. Of the DCGAN with ADA at 16x16, on two cores of
# AMD Zen 3 with oneDNN's kernels, it compiles for 15 s and saves 27 ms a step: 540 steps; at 32x32 up to 46 ms.
_WORTH = 1000


@dataclass(frozen=True)
class Facts:
    """What a recipe looks at before it chooses.

    Attributes:
        count: of the samples.
        sample_shape: of one of them.
        num_classes: or `None` where they have no classes.
        condition_dim: or `None` where they have no conditions.
        target_shape: of what a sample is to become, of pairs; else `None`.

    Example:
    ```python
    print(keras_gan.recipes.Facts.of(keras_gan.data.ImageData(images, batch_size=4)))
    ```
    """

    count: int
    sample_shape: tuple[int, ...]
    num_classes: int | None = None
    condition_dim: int | None = None
    target_shape: tuple[int, ...] | None = None

    @classmethod
    def of(cls, data: ArrayData) -> Self:
        """Return those of data."""
        return cls(len(data), data.sample_shape, data.num_classes, data.condition_dim, data.target_shape)

    @property
    def condition(self) -> Told:
        """What networks and a GAN are told of the labels."""
        return {"num_classes": self.num_classes, "condition_dim": self.condition_dim}

    @property
    def pixels(self) -> int:
        """The places of a sample, without the channels: the squared side of a square image."""
        return math.prod(self.sample_shape[:-1])


@dataclass(frozen=True)
class Rule:
    """How a recipe chooses one of its settings.

    Attributes:
        setting: which.
        default: what is chosen, in words.
        choose: returns the value for a `Plan` that holds what was chosen before, and why.

    Example:
    ```python
    width = keras_gan.recipes.Integer("width", "units of each layer")
    rule = keras_gan.recipes.Rule(width, "a unit a class", lambda plan: (plan.facts.num_classes or 1, "of the classes"))
    ```
    """

    setting: Setting
    default: str
    choose: Callable[["Plan"], tuple[Value, str]] = field(repr=False)


def always(setting: Setting, value: Value) -> Rule:
    """Return the rule that chooses the same for all data.

    Example:
    ```python
    rule = keras_gan.recipes.always(keras_gan.recipes.Integer("width", "units of each layer"), 256)
    ```
    """
    return Rule(setting, shown(value), lambda plan: (value, ""))


@dataclass(frozen=True)
class Plan:
    """A recipe for certain data: what is built, and for how long it is trained. `Recipe.plan` makes it.

    `plan["width"]` is the value of a setting, and `print(plan)` tells all of them, and why.

    Attributes:
        facts: of the data.
        values: what was chosen, by the setting's name.
        reasons: why, in words; an empty text where the data say nothing about it.
        epochs: of `fit`.
        steps_per_epoch: of each of them.
        fine_tunes: whether the training begins with what another has learnt, its moving average too: this one must not
            be forgotten at once, as that of random weights should.
        begun_with: the settings of the networks that it begins with, where this recipe made them.
    """

    facts: Facts
    values: dict[str, Value] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    epochs: int = 0
    steps_per_epoch: int = 1
    fine_tunes: bool = False
    begun_with: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    @property
    def images(self) -> int:
        """How many samples the training sees."""
        images: int = self.steps * self["batch_size"]
        return images

    @property
    def steps(self) -> int:
        """Of the whole training."""
        return self.epochs * self.steps_per_epoch

    @property
    def jit_compile(self) -> bool | str:
        """What `compile` is told of XLA: `"auto"`, or not at all where a training ends before a compiler has paid."""
        return "auto" if self.steps >= _WORTH else False

    def lasting(self, steps: int, steps_per_epoch: int) -> Self:
        """Return this plan with the epochs that have so many steps: the last one ends at or past them."""
        return replace(self, epochs=-(-steps // steps_per_epoch), steps_per_epoch=steps_per_epoch)

    def with_choice(self, rule: Rule, given: Mapping[str, Value]) -> Self:
        """Return this plan with one more setting: as it is given, as the networks to begin with have it, or by rule."""
        name = rule.setting.name
        if name in given:
            value, reason = given[name], _AS_SET
        elif name in self.begun_with:
            value, reason = self.begun_with[name], _AS_BEGUN
        else:
            value, reason = rule.choose(self)
        values = {**self.values, name: rule.setting.check(value)}
        return replace(self, values=values, reasons={**self.reasons, name: reason})

    def going_on(self) -> Self:
        """Return this plan of a training that goes on: reasons were told when it began, but for what that does here."""
        reasons = dict.fromkeys(self.reasons, "")
        if "decay" in self.values and self["decay"] < self.images:
            reasons["decay"] = "as it began; beyond, the learning rate stays what it is there"
        return replace(self, reasons=reasons)

    def __str__(self) -> str:
        """Return lines for people: the length, each choice that follows from the data or was set, and the others."""
        times = self.images / self.facts.count
        each = f"each about {times:,.0f} times" if times >= 1.5 else f"{min(times, 1.0):.0%} of them"
        lines = [("length", f"{self.images:,} images, {each}, in {self.steps:,} steps")]
        lines += [(name, f"{shown(self[name])}: {reason}") for name, reason in self.reasons.items() if reason]
        others = ", ".join(f"{name} {shown(self[name])}" for name, reason in self.reasons.items() if not reason)
        return "\n".join(f"{name + ':':<{NAME}} {text}" for name, text in [*lines, ("the others", others)] if text)


def shown(value: Value) -> str:
    """Return a value for people."""
    if isinstance(value, float):
        return f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else value
