"""The real samples that a metric compares with, over one evaluation or many."""

from enum import Enum
from pathlib import Path
from typing import Any

from keras_gan.metrics.cache import digest
from keras_gan.metrics.features.feature_extractor import FeatureExtractor
from keras_gan.metrics.statistics.accumulators import State
from keras_gan.utils.validation import InputError

Value = float | dict[str, float]
"""What a metric returns: a number, or several by name."""


class Stage(Enum):
    """What may happen to a real side."""

    OPEN = "open"  # more samples may come, and `reset_state` forgets them
    FINISHED = "finished"  # under a key: it stays for as long as the data have this key
    HELD = "held"  # it stays whatever data come


class RealSide:
    """Whose samples a real side holds, and whether it stays.

    Attributes:
        stage: open, finished or held.
        key: of the data, such as a digest; `None` of data that nothing identifies: they are never kept.
    """

    def __init__(self, key: str | None = None) -> None:
        self.stage = Stage.OPEN
        self.key = key
        self._extractor_digest: str | None = None

    def stands_for(self, key: str | None, extractor_digest: str | None) -> bool:
        """Return whether it is the side of data with this key, by the extractor as it is now."""
        if self.stage is Stage.FINISHED:
            return (key, extractor_digest) == (self.key, self._extractor_digest)
        return self.stage is Stage.HELD

    def finish(self, extractor_digest: str | None) -> None:
        """Keep it for as long as data and extractor are the same."""
        self.stage, self._extractor_digest = Stage.FINISHED, extractor_digest

    def hold(self) -> None:
        """Keep it whatever data come."""
        self.stage = Stage.HELD

    def file(self, directory: str, kind: str, extractor: FeatureExtractor | None, *settings: object) -> Path | None:
        """Return where it is kept in a directory, by what decides its state; `None` if it has no key.

        Raises:
            InputError: nothing identifies the extractor.
        """
        if self.key is None:
            return None
        identity = None if extractor is None else extractor.digest
        if extractor is not None and identity is None:
            raise InputError(
                "`cache_dir` needs an extractor with a digest: give ModelFeatures a `digest`. "
                f"Received: cache_dir={directory!r} and the extractor {extractor.name!r}"
            )
        return Path(directory) / f"{kind}-{digest(kind, identity, *settings, self.key)}.npz"


class Memory:
    """What a metric has been fed with, in one attribute, where Keras's tracker of attributes does not look.

    Attributes:
        sides: the states of the `"real"` and the `"fake"` side.
        real: whose the real side is.
        shape: of the features of one sample.
        outcome: the result and its details, until more comes.
    """

    def __init__(self) -> None:
        self.sides: dict[str, State] = {}
        self.real = RealSide()
        self.shape: tuple[int, ...] | None = None
        self.outcome: tuple[Value, dict[str, Any]] | None = None
