"""The report of runs, written when it is asked for."""

import os
from collections.abc import Sequence
from pathlib import Path

from keras_gan import report
from keras_gan.runs.run_directory import Run


def write_report(paths: Sequence[str | os.PathLike[str]], file: str | os.PathLike[str] | None = None) -> Path:
    """Write the report of a run, or of up to 8 beside each other, as one HTML file; return its path.

    A run that is trained keeps its own up to date: `report.html` in its directory.

    Args:
        paths: the directories of the runs.
        file: where; `None` for `report.html` in the directory of the only run, or else in the working directory.

    Raises:
        InputError: a directory is none of a run, or a file in it is not as it was written.

    Example:
    ```python
    run = keras_gan.runs.Run.create("runs", "mine", {"loss": "hinge"})
    print(keras_gan.runs.write_report([run.path]))  # runs/0001-mine/report.html
    ```
    """
    runs = [Run.open(path) for path in paths]
    target = Path(file) if file is not None else runs[0].report_file if len(runs) == 1 else Path("report.html")
    report.write([report.Record.read(run) for run in runs], target)
    return target
