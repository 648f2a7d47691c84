"""The model card of a run, written when it is asked for."""

import os
import re
from pathlib import Path

from keras_gan import report
from keras_gan.runs.run_directory import Run
from keras_gan.utils.files import atomic_write, sha256
from keras_gan.utils.validation import InputError

_LICENSE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,63}")


def write_card(path: str | os.PathLike[str], license: str, file: str | os.PathLike[str] | None = None) -> Path:
    """Write the model card of a run, Markdown with a head of YAML, and return its path.

    It has recipe, data and their digest, images seen, parameters, settings, versions, warnings, the SHA-256 of
    `gan.keras` and `best.keras`, and what was measured: `metrics.json` and `floor.json`, as `keras-gan evaluate --json`
    writes them, and the best of the log, each with its protocol.

    Args:
        path: the directory of the run.
        license: that the model is given, by its identifier, as `"apache-2.0"` or `"cc-by-4.0"`.
        file: where; `None` for `README.md` in the directory of the run, which hubs show.

    Raises:
        InputError: the directory is none of a run, it has no model, a file in it is not as it was written, `license` is
            no identifier, or `file` is there already.

    Example:
    ```python
    run = keras_gan.runs.Run.create("runs", "mine", {"data": "digits"})
    run.save(gan)
    print(keras_gan.runs.write_card(run.path, "apache-2.0"))  # runs/0001-mine/README.md
    ```
    """
    run = Run.open(path)
    if not isinstance(license, str) or not _LICENSE.fullmatch(license):
        raise InputError(f"`license` must be an identifier, as apache-2.0. Received: license={license!r}")
    files = {model.name: sha256(model) for model in (run.model_file, run.best_file) if model.is_file()}
    if run.model_file.name not in files:
        raise InputError(f"`path` must be the directory of a run with a {run.model_file.name}. Received: {path}")
    target = run.path / "README.md" if file is None else Path(file)
    if target.exists():  # somebody may have written more into it
        raise InputError(f"`file` must be one that is not there yet: remove it, or name another. Received: {target}")
    text = report.card(report.Record.read(run), license, files)
    with atomic_write(target) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return target
