"""What the commands share that draw from a GAN: the GAN of PATH, and what it is told."""

from collections.abc import Sequence
from pathlib import Path

import click
import numpy as np

from keras_gan import loading, runs
from keras_gan.conditions import Vectors
from keras_gan.training import GAN
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.utils.nearest_name import nearest
from keras_gan.utils.validation import InputError


def load_game(path: str | Path, which: str, average: int | None) -> GenerativeModel:
    """Return the game of a run's directory, the last or the best, or of a .keras file, with the average of a number."""
    game = loading.load(path, which=which)
    take_average(game, average, path)
    return game


def take_average(game: GenerativeModel, average: int | None, path: str | Path) -> None:
    """Let a game sample, or translate, with the moving average of a number; `None` leaves it."""
    if average is None:
        return
    if average >= game.num_averages:
        raise InputError(
            "`--average` must be the number of a moving average, as `keras-gan info` lists them, from 0 on: there are "
            f"{game.num_averages}. Received: {average} of {path}"
        )
    game.sampled_average = average


def load_gan(path: Path, which: str, average: int | None) -> GAN:
    """Return likewise what must be a GAN."""
    game = load_game(path, which, average)
    if not isinstance(game, GAN):
        raise InputError(
            "`PATH` must hold a GAN, of which samples are drawn; `keras-gan translate` shows what a translation makes "
            f"of pictures. Received: {path} with a {type(game).__name__}"
        )
    return game


def asked_labels(
    gan: GAN,
    path: Path,
    label: Sequence[str],
    condition: Sequence[str],
    num: int,
    turns: Sequence[int] | None = None,
) -> np.ndarray | None:
    """Return the labels of samples that are asked for by `--label` and `--condition`; `None` for none.

    Args:
        gan: which is told them.
        path: of the run, which knows the names.
        label: classes, by name or number; of several a sample has the one whose turn it is.
        condition: each as NAME=NUMBER, or one `.npy` file of vectors, which are taken in turn as well.
        num: of the samples.
        turns: whose turn it is, a number a sample, as the seeds of `--seeds`; `None` for 0, 1, 2 and so on.
    """
    if label:
        names = runs.class_names(path)
        classes = np.array([_class(one, gan, names) for one in label])
        return classes[np.asarray(range(num) if turns is None else turns) % len(classes)]
    return _vectors(condition, num, turns, gan, runs.condition_names(path)) if condition else None


def _class(label: str, gan: GAN, names: Sequence[str]) -> int:
    """Return the number of a class from its name, or from its number."""
    if label in names:
        number = names.index(label)
        if label.isdecimal() and int(label) != number:
            click.echo(f"keras-gan: --label {label} is the class of that name, number {number}", err=True)
        return number
    if gan.num_classes is None:
        raise InputError("`--label` is for networks that take classes; these take none. Received: a label")
    if label.isdecimal() and label.isascii() and len(label) < 10 and int(label) < gan.num_classes:
        return int(label)
    known = f"the name of a class or a number in 0..{gan.num_classes - 1}, given once for each"
    like = "" if label.isdecimal() else nearest(label, names)
    raise InputError(f"`--label` must be {known}.{like} Received: {label!r}")


def _vectors(given: Sequence[str], num: int, turns: Sequence[int] | None, gan: GAN, names: Sequence[str]) -> np.ndarray:
    """Return the vectors of a file, or those of the data, in which what is given by NAME=VALUE is as it is given."""
    if not isinstance(gan.signature.condition, Vectors):
        raise InputError("`--condition` is for networks that take conditions; these take none. Received: a condition")
    known = [*names] or [str(column) for column in range(gan.signature.condition.condition_dim)]
    if len(given) > 1 and any(one.endswith(".npy") for one in given):
        raise InputError(f"`--condition` must be one .npy file, or NAME=NUMBER alone. Received: {' '.join(given)!r}")
    if given[0].endswith(".npy"):
        rows = _rows(given[0], gan.signature.condition.condition_dim)
        return rows[np.asarray(range(num) if turns is None else turns) % len(rows)]
    vectors = gan.signature.condition.asked(num, None, turns)
    for one in given:
        name, _, value = one.partition("=")
        if name not in known:
            raise InputError(f"`--condition` must name one of {known}.{nearest(name, known)} Received: {one!r}")
        try:
            vectors[:, known.index(name)] = float(value)
        except ValueError as error:
            raise InputError(f"`--condition` must be NAME=NUMBER, as age=0.3. Received: {one!r}") from error
    return vectors


def _rows(file: str, width: int) -> np.ndarray:
    """Return the vectors of a `.npy` file, float32 `(n, width)`."""
    try:
        rows = np.load(file, mmap_mode="r", allow_pickle=False)  # of a header that lies nothing is taken into memory
        rows = np.asarray(rows) if isinstance(rows, np.memmap) else None
    except Exception as error:  # NumPy's reader raises OSError, ValueError, TokenError and others
        raise InputError(f"`--condition` must be NAME=NUMBER, or a .npy file. Received: {file!r} ({error})") from error
    if rows is None:
        raise InputError(f"`--condition` must be NAME=NUMBER, or a .npy file. Received: {file!r}, another format")
    if rows.dtype.kind not in "iuf" or rows.size == 0 or rows.ndim not in (1, 2) or rows.shape[-1] != width:
        raise InputError(
            f"`--condition` must hold numbers of shape ({width},) or (n, {width}). "
            f"Received: {file!r} with {rows.dtype} of shape {rows.shape}"
        )
    with np.errstate(over="ignore"):
        vectors = rows.reshape(-1, width).astype(np.float32)
    if not np.isfinite(vectors).all():
        raise InputError(f"`--condition` must hold finite float32 numbers. Received: {file!r}")
    return vectors
