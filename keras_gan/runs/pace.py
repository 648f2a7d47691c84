"""When a run writes: its pictures, the rows of its log, its model."""

TIMES = 50  # that a run writes pictures, rows of the log and its model
LEAST = 10  # steps between them: each takes the time of half a step of a DCGAN
# Images that are trained on between two grids of samples: a grid of a hundred, with standing statistics, takes the time
# of training on some two hundred where the generator is as large as the discriminator.
IMAGES = 640


def paced(steps: int, batch_size: int | None = None) -> tuple[int, ...]:
    """Return about fifty steps of a run of so many, or fewer: at equal distances, and at fractions of the first one.

    Args:
        steps: of the whole run.
        batch_size: samples a step, where grids of samples are drawn.
    """
    between = distance(steps, batch_size)
    early = {between // 2**power for power in range(1, 6)} - {0}
    return tuple(sorted({step for step in early if step < steps} | {*range(between, steps, between), steps}))


def distance(steps: int, batch_size: int | None = None) -> int:
    """Return the steps between two of them; all, where the run is so short."""
    images = 0 if batch_size is None else min(-(-IMAGES // batch_size), steps)
    return max(-(-steps // TIMES), LEAST, images)
