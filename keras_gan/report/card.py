"""A model card: what a model is and how it came to be, in Markdown, to lie beside its file where it is shared."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import PureWindowsPath

from keras_gan.report import words
from keras_gan.report.record import Measured, Record

BEST = "best.keras"
_PLACES = ("data", "start")
_ABOUT = ("recipe", "data", "split", "data_digest", "image_size", "seed", "start")  # of the options


def card(record: Record, license: str, files: Mapping[str, str]) -> str:
    """Return the card of a run: YAML for the hub, and Markdown for people.

    Names and options are text in it, whatever they hold.

    Args:
        record: of the run.
        license: of the model, as its maker gives it.
        files: the SHA-256 of the model's files, by name.

    Example:
    ```python
    run = keras_gan.runs.Run.create("runs", "mine", {"data": "digits"})
    print(keras_gan.report.card(keras_gan.report.Record.read(run), "apache-2.0", {"gan.keras": "0123"}))
    ```
    """
    options = words.options(record)
    about = {name: options.pop(name) for name in _ABOUT if name in options}
    # Not where they lie on the machine that trained: that is nobody's business, and helps no one.
    about |= {name: _place(about[name]) for name in _PLACES if name in about}
    seen = {"seen": words.amount(record, record.step), "steps": f"{record.step:,}"}
    networks = {name: f"{count:,}" for name, count in record.journal.networks.items()}
    parts = [
        _front(record, license),
        f"# {_plain(record.name)}",
        f"A {_code(record.journal.game or 'GAN')} of keras_gan, trained on {_code(about.get('data', 'unknown data'))}.",
        _usage(record),
        *_table("Files", ["file", "SHA-256"], [*files.items()]),
        *_table("Training", ["what", "value"], [*{**about, **seen, **record.journal.versions}.items()]),
        *_table("Parameters", ["network", "numbers that are learnt"], [*networks.items()]),
        *_measured(record, files),
        *_listed("Warnings", words.warnings(record)),
        *_table("Settings", ["option", "value"], [*options.items()]),
        "## Licence",
        f"{_code(license)}, as its maker says. The data may have another.",
    ]
    return "\n\n".join(parts) + "\n"


def _front(record: Record, license: str) -> str:
    """Return the lines that the hub reads. Texts are written as JSON, which YAML holds."""
    recipe = record.options.get("recipe")
    tags = ["keras_gan", "gan", *([recipe] if isinstance(recipe, str) else [])]
    lines = [f"license: {json.dumps(license)}", 'library_name: "keras"', f"tags: {json.dumps(tags)}"]
    if record.journal.translates:
        lines.append('pipeline_tag: "image-to-image"')
    elif record.pictures:
        lines.append('pipeline_tag: "unconditional-image-generation"')
    return "\n".join(["---", *lines, "---"])


def _usage(record: Record) -> str:
    use = "game.translate(images)" if record.journal.translates else "game.sample(16, seed=0)"
    code = f'import keras_gan\n\ngame = keras_gan.load("hf://USER/NAME@COMMIT")\nimages = {use}'
    pinned = "`COMMIT` is one of this repository, all 40 digits; or give `digest=`, the SHA-256 below."
    return f"```python\n{code}\n```\n\n{pinned}"


def _measured(record: Record, files: Mapping[str, str]) -> Iterator[str]:
    """Yield what was measured, beside the floor: each number with the protocol by which it is one."""
    best = record.best()
    rows = [
        [each.name, f"{each.value:.4g}", _floor(record, each.name), each.about, _protocol(each)]
        for each in record.measured
        if not each.is_floor
    ]
    if best is not None and BEST in files:
        where = f"of {BEST}, in training, at step {best.step:,}"
        about = ", ".join([*filter(None, [record.journal.compared.get(best.metric)]), where])
        rows.append([best.metric, f"{best.value:.4g}", _floor(record, best.metric), about, ""])
    yield "## Metrics"
    if not rows:
        yield "Nothing was measured: `keras-gan evaluate RUN DATA --json RUN/metrics.json` does."
        return
    yield from _table(None, ["metric", "value", "floor", "compared", "protocol"], rows)
    yield "The floor is one half of the data against the other: what a perfect model has at those counts."


def _protocol(measured: Measured) -> str:
    told = {name: _place(text) if name in _PLACES else text for name, text in measured.protocol.items()}
    return ", ".join(f"{name} {text}" for name, text in told.items())


def _place(path: str) -> str:
    """Return the last name of a path, which is all that others need to know."""
    return PureWindowsPath(path).name or path


def _floor(record: Record, name: str) -> str:
    """Return the floor of a metric, with its counts; nothing where it is not known."""
    floors = [each for each in record.measured if each.is_floor and each.name == name]
    return f"{floors[0].value:.4g}: {floors[0].about}" if floors else ""


def _table(caption: str | None, names: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield a heading, and a table of texts."""
    if rows:
        if caption is not None:
            yield f"## {caption}"
        cells = [[_code(text).replace("|", "\\|") for text in row] for row in rows]  # or a bar would end the cell
        lines = [[*names], ["---"] * len(names), *cells]
        yield "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _listed(caption: str, texts: Sequence[str]) -> Iterator[str]:
    if texts:
        yield f"## {caption}"
        yield "\n".join(f"- {_code(text)}" for text in texts)


def _code(text: str) -> str:
    """Return text as code, in which nothing is markup."""
    shown = " ".join(text.split()).replace("`", "'")
    return f"`{shown}`" if shown else ""


def _plain(text: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "-. " else "_" for letter in text)
