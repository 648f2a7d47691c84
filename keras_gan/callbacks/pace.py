"""When a callback does what it does: at steps that are counted or listed."""

import bisect
from collections.abc import Sequence

from keras_gan.utils.validation import InputError, check_integer


class Pace:
    """The steps of a training at which something is due.

    Args:
        every: a number of steps, for its multiples, or a list of steps in ascending order.

    Raises:
        InputError: it is neither.
    """

    def __init__(self, every: int | Sequence[int]) -> None:
        self.every: int | tuple[int, ...]
        if not isinstance(every, Sequence) or isinstance(every, str) or not every:
            self.every = check_integer("every", every)
            return
        self.every = tuple(check_integer("every", step) for step in every)
        if list(self.every) != sorted(set(self.every)):
            raise InputError(
                f"`every` must be in ascending order where it is a list of steps. Received: every={every!r}"
            )

    def is_due(self, step: int, last: int) -> bool:
        """Return whether a due step was reached after `last`, up to `step`."""
        return self._passed(step) > self._passed(last)

    def next_step(self, step: int) -> int | None:
        """Return the next due step after `step`; `None` where there is none."""
        if isinstance(self.every, int):
            return (step // self.every + 1) * self.every
        return next((due for due in self.every if due > step), None)

    def _passed(self, step: int) -> int:
        """Return how many were due up to a step."""
        return step // self.every if isinstance(self.every, int) else bisect.bisect_right(self.every, step)
