"""The page: what is shown where."""

import datetime
import os
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from importlib import resources

from keras_gan.report import curves, figures, tables, words
from keras_gan.report.markup import data, document, element, script
from keras_gan.report.pictures import Pictures
from keras_gan.report.record import Record, distinct
from keras_gan.utils.content_security import policy
from keras_gan.utils.files import atomic_write
from keras_gan.utils.validation import InputError
from keras_gan.version import __version__

_MOST_RUNS = 8  # colours that can be told apart


def write(records: Sequence[Record], file: str | os.PathLike[str], pictures: Pictures | None = None) -> None:
    """Write the report of a run, or of several beside each other: one HTML file, less than 5 MB, that needs no network.

    It is shown by any browser. It runs its own two scripts alone, and loads nothing: what names and options hold is
    text, whatever it is.

    Args:
        records: of the runs, 1 to 8.
        file: where.
        pictures: what remembers them, for a page that is written again and again; `None` for none.

    Raises:
        InputError: there are no runs, or too many.

    Example:
    ```python
    run = keras_gan.runs.Run.create("runs", "mine", {"loss": "hinge"})
    keras_gan.report.write([keras_gan.report.Record.read(run)], "report.html")
    ```
    """
    if not 1 <= len(records) <= _MOST_RUNS:
        raise InputError(f"`records` must be 1 to {_MOST_RUNS} runs. Received: {len(records)}")
    page = document(_page(distinct(records), Pictures() if pictures is None else pictures))
    with atomic_write(file) as temporary:
        temporary.write_bytes(page)


def _page(records: Sequence[Record], pictures: Pictures) -> ET.Element:
    best = [record.best() for record in records]
    shown = pictures.of([record.pictures for record in records], [None if each is None else each.step for each in best])
    grids = enumerate(zip(records, shown, strict=True))
    plots = curves.plots(records)
    title = records[0].name if len(records) == 1 else f"{len(records)} runs"
    sections = {
        "Summary": tables.summary(records, pictures.unreadable),
        "Samples": [figures.gallery(index, record, own, title) for index, (record, own) in grids if own],
        "Curves": figures.plots(plots, records),
        "Details": tables.details(records),
    }
    sections = {name: parts for name, parts in sections.items() if parts}
    told = {
        "unit": curves.unit(records),
        "plots": [figures.plot_data(plot, records) for plot in plots],
        "galleries": {str(index): figures.gallery_data(records[index], own) for index, own in enumerate(shown)},
    }
    written = datetime.datetime.now().astimezone().strftime("%Y-%m-%d %H:%M %Z")
    body = element(
        "body",
        element(
            "header",
            element("h1", title),
            *_states(records),
            _navigation([*sections]),
        ),
        element("main", *(_section(name, parts) for name, parts in sections.items())),
        element("footer", element("p", f"Written {written} by keras_gan {__version__}. Curves: uPlot 1.6.32 (MIT).")),
        element("p", id="announcement", class_="hidden", aria_live="polite"),
        data("data", told),
    )
    return _html(title, body)


def _html(title: str, body: ET.Element) -> ET.Element:
    """Return the page around its body, with all that it runs, and the word that it runs and loads nothing else."""
    style = _asset("uPlot.min.css") + _asset("page.css")
    sources = [f"/*\n{_asset('uPlot.LICENSE')}*/\n{_asset('uPlot.min.js')}", _asset("page.js")]
    for source in sources:
        body.append(script(source))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy([style], sources)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · keras_gan"),
        element("style", style),
    )
    return element("html", head, body, lang="en")


def _asset(name: str) -> str:
    return resources.files("keras_gan.report").joinpath("assets", name).read_text(encoding="utf-8")


def _states(records: Sequence[Record]) -> list[ET.Element]:
    told = [words.state(record) for record in records]
    several = len(records) > 1
    return [
        element("p", f"{record.name}: {text}" if several else text)
        for record, text in zip(records, told, strict=True)
        if text
    ]


def _navigation(names: Sequence[str]) -> ET.Element:
    return element("nav", *(element("a", name, href=f"#{name.lower()}") for name in names), aria_label="Sections")


def _section(name: str, parts: Sequence[ET.Element]) -> ET.Element:
    label = f"{name.lower()}-heading"
    return element("section", element("h2", name, id=label), *parts, id=name.lower(), aria_labelledby=label)
