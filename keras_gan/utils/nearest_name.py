"""What a wrong name may have meant."""

import difflib
from collections.abc import Sequence


def nearest(value: object, choices: Sequence[str]) -> str:
    """Return ` Did you mean 'x'?` for the choice closest to `value`, or an empty string."""
    close = difflib.get_close_matches(str(value), choices, n=1)
    return f" Did you mean {close[0]!r}?" if close else ""
