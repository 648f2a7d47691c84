"""What a recipe chooses and a user may set: a name, a meaning, and the values that it takes."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TypeAlias

from keras_gan.utils.validation import MAX_INTEGER, InputError, check_choice, check_count, check_integer, check_number

Value: TypeAlias = int | float | str
"""Of a setting."""


@dataclass(frozen=True)
class Setting(ABC):
    """One of the numbers and names that make up a training.

    Attributes:
        name: what it is set by.
        meaning: what it is, for people, in a few words.
        of_networks: whether it shapes the networks, so that fine-tuning takes that of what it begins with.
    """

    name: str
    meaning: str
    of_networks: bool = field(default=False, kw_only=True)

    @property
    @abstractmethod
    def range(self) -> str:
        """The values that it takes, for people."""

    @abstractmethod
    def check(self, value: object) -> Value:
        """Return a value, given as it is or as the command line's text, or raise `InputError`."""


@dataclass(frozen=True)
class Integer(Setting):
    """A setting that counts, within `minimum..maximum`; as text it may end in k or M.

    Example:
    ```python
    width = keras_gan.recipes.Integer("width", "channels next to the image", maximum=4096)
    print(width.check("32"), width.range)  # 32, an integer from 1 to 4,096
    ```
    """

    minimum: int = 1
    maximum: int = MAX_INTEGER

    @property
    def range(self) -> str:
        """Its bounds."""
        most = f"from {self.minimum:,} to {self.maximum:,}" if self.maximum < MAX_INTEGER else f">= {self.minimum:,}"
        return f"an integer {most}"

    def check(self, value: object) -> int:
        """Return the integer."""
        number = check_count(self.name, value) if isinstance(value, str) and value != "0" else value
        return check_integer(self.name, 0 if number == "0" else number, minimum=self.minimum, maximum=self.maximum)


@dataclass(frozen=True)
class Number(Setting):
    """A setting that is a finite number within `minimum..maximum`.

    Example:
    ```python
    rate = keras_gan.recipes.Number("learning_rate", "of both players", minimum=0.0, maximum=1.0)
    print(rate.check("2e-4"))  # 0.0002
    ```
    """

    minimum: float = 0.0
    maximum: float = 1e9

    @property
    def range(self) -> str:
        """Its bounds."""
        return f"a number from {self.minimum:g} to {self.maximum:g}"

    def check(self, value: object) -> float:
        """Return the number."""
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError as error:
                raise InputError(f"`{self.name}` must be {self.range}. Received: {self.name}={value!r}") from error
        return check_number(self.name, value, minimum=self.minimum, maximum=self.maximum)


@dataclass(frozen=True)
class Choice(Setting):
    """A setting that is one of a few names.

    Example:
    ```python
    loss = keras_gan.recipes.Choice("loss", "the adversarial loss", choices=("hinge", "non_saturating"))
    print(loss.check("hinge"))
    ```
    """

    choices: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """The names."""
        return f"one of {', '.join(self.choices)}"

    def check(self, value: object) -> str:
        """Return the name."""
        return check_choice(self.name, value, self.choices)
