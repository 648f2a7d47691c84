"""How many steps one call of the graph executes."""

import math
import statistics

from keras_gan.utils.validation import InputError, check_integer

_SHARE = 0.05  # of the time, which calls may take beside the steps
_SHORTEST, _LONGEST = 0.1, 1.0  # seconds: a call that "auto" makes
_SEEN = 3  # calls of one length, of which the median counts


class StepsPerExecution:
    """How many steps one call executes: a number, or as many as make a call's own cost small.

    Under `"auto"` a call's own cost, callbacks and all, is what k calls of one step would take longer than one of k,
    for each of the k - 1 that are saved. The number of steps doubles until a call takes 0.1 s, which is long enough to
    tell its own cost from that of its steps on a busy machine, and then until that cost is 5 % of all, or the steps
    take a second. The last number is computed, may be smaller, and stays, also where the machine gets faster. It learns
    from whole calls within an epoch: in epochs of few steps it grows less.

    Args:
        steps_per_execution: a number, or `"auto"`.

    Raises:
        InputError: it is neither.
    """

    def __init__(self, steps_per_execution: int | str = 1) -> None:
        auto = steps_per_execution == "auto"
        if not auto and isinstance(steps_per_execution, str):
            raise InputError(
                '`steps_per_execution` must be an integer of 1 or more, or "auto". '
                f"Received: steps_per_execution={steps_per_execution!r}"
            )
        self.steps = 1 if auto else check_integer("steps_per_execution", steps_per_execution)
        self._settled = not auto
        self._seen: list[float] = []
        self._single = 0.0

    def learn(self, steps: int, seconds: float) -> None:
        """Learn from a call how long it took.

        Args:
            steps: that it executed. Nothing is learnt from a call that was shorter than it should have been.
            seconds: from the end of the call before to its own end.
        """
        if self._settled or steps != self.steps:
            return
        # The median of some, not one call: on a busy machine one may take several times as long as the next.
        self._seen.append(seconds)
        if len(self._seen) < _SEEN:
            return
        seconds, self._seen = statistics.median(self._seen), []
        if steps == 1:
            self._single = seconds
        if steps == 1 or seconds < _SHORTEST:
            self.steps = 2 * steps
            return
        # `single` is what a step takes with its call, `seconds` what many take with one call: two equations for the
        # two.
        own = (steps * self._single - seconds) / (steps - 1)
        step = max(self._single - own, 1e-6)
        wanted = math.ceil(max(own * (1.0 - _SHARE) / _SHARE, _SHORTEST) / step)
        wanted = min(wanted, int(_LONGEST / step))
        self._settled = wanted <= steps
        self.steps = max(1, min(wanted, 2 * steps))
