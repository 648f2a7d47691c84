"""When a run writes: its pictures, the rows of its log, its model."""

from keras_gan.data import PairedData, UnpairedData
from keras_gan.training.generative_model import GenerativeModel

TIMES = 50  # that a run writes pictures, rows of the log and its model
LEAST = 10  # steps between them: each takes the time of half a step
# Images that are trained on between two grids of samples, but the first few: of `sagan` at 64x64, by its dry run on two
# cores, a grid of a hundred takes as long as training on 190, with the standing statistics that it is drawn by.
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


def drawn(gan: GenerativeModel, batch_size: int | None, pairs: PairedData | UnpairedData | None) -> int | None:
    """Return the samples a step where grids of samples are drawn; `None` for translations, and of no images."""
    return batch_size if pairs is None and gan.signature.is_image else None
