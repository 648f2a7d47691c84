"""When a run writes: its pictures, the rows of its log, its model."""

TIMES = 50  # that a run writes pictures, rows of the log and its model
LEAST = 10  # steps between them: each takes the time of half a step


def paced(steps: int) -> tuple[int, ...]:
    """Return about fifty steps of a run of so many, or fewer: at equal distances, and at fractions of the first one."""
    between = distance(steps)
    early = {between // 2**power for power in range(1, 6)} - {0}
    return tuple(sorted({step for step in early if step < steps} | {*range(between, steps, between), steps}))


def distance(steps: int) -> int:
    """Return the steps between two of them."""
    return max(-(-steps // TIMES), LEAST)
