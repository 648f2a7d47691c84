"""Loading a GAN from a file that may come from anywhere."""

import contextlib
import math
import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar, overload

import keras
import tensorflow as tf

from keras_gan.loading.archive import read_archive, read_config
from keras_gan.loading.config_check import check_config
from keras_gan.loading.hub import check_digest, fetch, is_address
from keras_gan.metrics import InceptionFeatures
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.loop.stateful_model import plain
from keras_gan.training.resume import checkpoint_files
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Variable
from keras_gan.utils.validation import InputError, check_choice, warn

_FILE, _BEST, _CHECKPOINTS = "gan.keras", "best.keras", "checkpoints"  # in the directory of a run
WHICH = ("last", "best")
_MOST_SAID = 600  # characters
_GROWN = 16  # times the bytes of what fine-tuning begins with
_SLACK = 2**24  # bytes of what is not stored: sums of metrics
_KINDS = {  # whose names nobody knows
    GenerativeModel: "a keras_gan.GAN or another game",
    TranslationModel: "a game that translates images, such as keras_gan.ImageToImage",
}


Game = TypeVar("Game", bound=GenerativeModel)


@overload
def load(path: str | os.PathLike[str], *, which: str = ..., digest: str | None = ...) -> Any: ...
@overload
def load(path: str | os.PathLike[str], kind: type[Game], which: str = ..., digest: str | None = ...) -> Game: ...
def load(
    path: str | os.PathLike[str],
    kind: type[GenerativeModel] = GenerativeModel,
    which: str = "last",
    digest: str | None = None,
) -> GenerativeModel:
    """Load the game of a `.keras` file, such as a GAN, which may come from anywhere: no code in it is run.

    Before anything is built, the file is checked whole: its members and their checksums; that the weights lie in it,
    as large as their shapes say; that its config names nothing but what networks are made of and the classes that are
    registered (`keras_gan.register`, `keras.saving.register_keras_serializable`). While the networks are built, no more
    weights are made than the file holds. Keras's safe mode is always on. A file that was compressed since is refused.
    Its metrics write nothing where the file says: their `cache_dir` is dropped (`keras.models.load_model` keeps it).

    Args:
        path: a `.keras` file, or the directory of a run with a `gan.keras`: where its newest checkpoint that is
            undamaged is of a later step, the game has that state. Or `hf://USER/NAME@COMMIT`, the `gan.keras` of a
            repository of the Hugging Face Hub at a commit, all 40 digits, which `huggingface_hub` downloads once
            (`pip install 'keras_gan[hub]'`). The file is checked as any other.
        kind: the class that is asked for, such as `GAN` or `ImageToImage`; any by default.
        which: of a run's directory or a repository: `"last"`, or `"best"`, the `best.keras` that a metric has chosen.
        digest: the SHA-256 that the file must have; with it a repository need not be told by a commit.

    Returns:
        The game with its optimizers, its moving average and its step, ready to sample or to train on.

    Raises:
        InputError: there is no such file, it is damaged, it holds something else, or it is refused; an address of the
            hub pins no version; `huggingface_hub` is missing.

    Example:
    ```python
    gan.save("gan.keras")
    images = keras_gan.load("gan.keras").sample(16, seed=0)
    ```
    """
    return load_with_source(path, kind, which, digest)[0]


def load_with_source(
    path: str | os.PathLike[str], kind: type[Game], which: str = "last", digest: str | None = None
) -> tuple[Game, Path]:
    """Return what `load` does, and the file or the checkpoint whose state it has."""
    best = check_choice("which", which, WHICH) == "best"
    if is_address(path):
        given = file = fetch(str(path), _BEST if best else _FILE, digest)
    else:
        given = Path(path)
        file = _best_of(given) if best else _file_of(given)
    goes_on = given.is_dir() and not best
    if digest is not None and goes_on:
        raise InputError(f"`digest` must be None for a run, which has checkpoints too. Received: digest={digest!r}")
    check_digest(file, digest)
    gan = _load(file, kind)
    newer = _take_newer_state(gan, given / _CHECKPOINTS) if goes_on else None
    return gan, newer or file


def made_by(path: str | os.PathLike[str]) -> Mapping[str, int | float | str]:
    """Return what made the game of a file, as the file tells: the recipe of such networks, and the settings of them.

    Nothing is built, and what a file says of itself need not be true. Of a game that is loaded it is `gan.made_by`.

    Args:
        path: as `load` takes it, without a digest.

    Returns:
        Such as `{"recipe": "dcgan", "width": 32, "latent_dim": 100}`; nothing of a game that no recipe made.

    Raises:
        InputError: there is no such file, or it is no `.keras` file.

    Example:
    ```python
    gan.save("gan.keras")
    print(keras_gan.loading.made_by("gan.keras"))  # {}: by hand
    ```
    """
    file = _located(path)
    with _told_of(file):
        config = read_config(file)
    rules = config.get("compile_config") if isinstance(config, dict) else None
    return plain(rules.get("made_by") if isinstance(rules, dict) else None)


def within(path: str | os.PathLike[str]) -> contextlib.AbstractContextManager[Any]:
    """Return a context in which no more weights are made than networks like those of a file can have.

    What a file tells of itself may ask for any number. Twice the side, and more classes, take a few times as many.

    Args:
        path: as `load` takes it, without a digest.
    """
    return tf.variable_creator_scope(_Budget(_GROWN * os.path.getsize(_located(path)) + _SLACK))


def _located(path: str | os.PathLike[str]) -> Path:
    """Return the file of an address of the hub, of a run, or the one that was given."""
    return fetch(str(path), _FILE, None) if is_address(path) else _file_of(Path(path))


def _file_of(path: Path) -> Path:
    """Return the file of a run, or the file that was given."""
    file = path / _FILE if path.is_dir() else path
    if file.suffix != ".keras" or not file.is_file():
        raise InputError(f"`path` must be a run directory with a gan.keras, or a .keras file. Received: {path}")
    return file


def _best_of(path: Path) -> Path:
    """Return the file of the best of a run."""
    if not (path / _BEST).is_file():
        raise InputError(
            "`which` must be 'last' but for the directory of a run that has a best.keras: one that is trained with "
            f"--metric. Received: which='best' of {path}"
        )
    return path / _BEST


def _load(file: Path, kind: type[Game]) -> Game:
    with _told_of(file):
        config, stored = read_archive(file)
    _check_kind(config, kind, file)
    with _told_of(file), tf.variable_creator_scope(_Budget(2 * stored + _SLACK)):
        check_config(config)
        with warnings.catch_warnings():
            warnings.filterwarnings("error", message="Skipping")  # Keras only warns of state that is missing
            gan: Game = keras.models.load_model(file, safe_mode=True)
    _forget_directories(gan)
    return gan


def _take_newer_state(gan: GenerativeModel, directory: Path) -> Path | None:
    """Give a GAN the state of the newest checkpoint of a later step, and return this; `None` if there is none."""
    if not gan.compiled:  # there is nothing to compare a checkpoint with
        return None
    step = int(gan.step.numpy())
    for path in reversed(checkpoint_files.paths(directory)):
        if checkpoint_files.step_of(path) <= step:
            return None
        try:
            _check_is_plain(path)
            checkpoint_files.verify(path)
            gan.load_state(checkpoint_files.read_arrays(path, _described(gan)))
        except Exception as error:  # it may come from anywhere, and be wrong in every way
            warn(f"A checkpoint that can't be read is passed over, {path.name}. {_said(error)}")
        else:
            return path
    return None


def _check_is_plain(path: Path) -> None:
    """Raise unless a checkpoint is a directory of files, and not of links to elsewhere, or of pipes."""
    if (
        path.is_symlink()
        or not path.is_dir()
        or any(file.is_symlink() or not file.is_file() for file in path.iterdir())
    ):
        raise InputError(f"A checkpoint must be a directory of files. Received: {path}")


def _described(gan: GenerativeModel) -> dict[str, tuple[str, tuple[int, ...]]]:
    """Return the type and the shape of all that a checkpoint of the GAN holds."""
    return {
        name: (keras.backend.standardize_dtype(variable.dtype), tuple(variable.shape))
        for name, variable in gan.named_state().items()
    }


def _forget_directories(gan: GenerativeModel) -> None:
    """Drop the directories into which metrics would write what they compute or download."""
    for metric in gan.evaluator.metrics if gan.compiled else ():
        metric.cache_dir = None
        if isinstance(metric.extractor, InceptionFeatures):
            metric.extractor.cache_dir = None


@contextlib.contextmanager
def _told_of(file: Path) -> Iterator[None]:
    """Turn every error into one that names the file: it can be wrong in every way, and Keras has no error for that."""
    try:
        yield
    except Exception as error:
        raise InputError(f"`path` must be a file that `GAN.save` wrote. Received: {file}: {_said(error)}") from error


def _said(error: BaseException) -> str:
    """Return what an error says, in short: Keras puts the whole config into errors of its own over ours."""
    at: BaseException | None = error
    while at is not None:
        if isinstance(at, InputError):
            return str(at)[:_MOST_SAID]
        at = at.__cause__ or at.__context__
    return f"{type(error).__name__}: {error}"[:_MOST_SAID]


def _check_kind(config: object, kind: type[GenerativeModel], file: Path) -> None:
    described = config if isinstance(config, dict) else {}
    name, registered = described.get("class_name"), described.get("registered_name")
    cls = keras.saving.get_registered_object(registered) if isinstance(registered, str) else None
    if not (isinstance(cls, type) and issubclass(cls, kind)):
        wanted = _KINDS.get(kind, f"a keras_gan.{kind.__name__}")
        raise InputError(f"`path` must hold {wanted}. Received: {file} with a {str(name)[:80]}")


class _Budget:
    """Makes variables until they take more bytes than a file allows: what it tells may ask for any number of them."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._made = 0

    def __call__(self, create: Callable[..., Variable], **arguments: Any) -> Variable:
        value = arguments["initial_value"]
        if callable(value):  # traced, for its shape: nothing is computed
            value = tf.function(value, autograph=False).get_concrete_function().structured_outputs
        self._made += math.prod(value.shape) * tf.as_dtype(value.dtype).size
        if self._made > self._most:
            raise InputError(
                f"The weights must take no more bytes than the file allows. Received: a weight of shape {value.shape}"
            )
        return create(**arguments)
