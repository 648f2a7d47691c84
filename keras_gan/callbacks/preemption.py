"""SIGTERM and Ctrl-C, which end a run between two steps."""

import functools
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Preemption:
    """Hears SIGTERM and SIGINT, and lets whoever asks end the process later as they would have.

    Signals that were ignored stay so. Only the main thread can listen: elsewhere nothing is ever heard.
    """

    def __init__(self) -> None:
        self._earlier: dict[int, Any] = {}
        self._heard: int | None = None

    @property
    def asked(self) -> bool:
        """Whether a signal was heard."""
        return self._heard is not None

    def listen(self) -> None:
        """Take the signals, until `release`."""
        self._heard = None
        if threading.current_thread() is threading.main_thread():
            heeded = [number for number in _SIGNALS if signal.getsignal(number) is not signal.SIG_IGN]
            self._earlier = {number: signal.signal(number, self._hear) for number in heeded}

    def release(self) -> int | None:
        """Give the signals back to their earlier handlers; return one that was heard and has had no effect yet."""
        for number, handler in self._earlier.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._earlier = {}
        late, self._heard = self._heard, None
        return late

    def ending(self) -> Callable[[], NoReturn]:
        """Return what ends the process as the signal would have: by its earlier handler, then exit code 143 or 130.

        Where another worker has heard it, as SIGTERM.
        """
        number = self._heard or signal.SIGTERM
        self._heard = None
        return functools.partial(_end, number, self._earlier.get(number))

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._heard = self._heard or number


def _end(number: int, handler: Any) -> NoReturn:
    if callable(handler):
        handler(number, None)
    raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
