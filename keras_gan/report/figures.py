"""The plots and the grids of a page: what is there of them before a script draws, and what it draws."""

import base64
import math
import xml.etree.ElementTree as ET
from collections.abc import Sequence

from keras_gan.report import words
from keras_gan.report.curves import Curve, Plot, unit
from keras_gan.report.markup import element
from keras_gan.report.pictures import Picture
from keras_gan.report.record import Record
from keras_gan.types import Config

_DIGITS = 5


def plots(drawn: Sequence[Plot], records: Sequence[Record]) -> list[ET.Element]:
    """Return the figures of plots."""
    figures = [_figure(index, plot, records) for index, plot in enumerate(drawn)]
    return [element("div", *figures, class_="plots")] if figures else []


def plot_data(plot: Plot, records: Sequence[Record]) -> Config:
    """Return what a plot is drawn from."""
    styles = _styles(plot, records)
    return {
        "logarithmic": plot.is_logarithmic,
        "curves": [
            {
                "label": _label(curve, records),
                "x": curve.x.tolist(),
                "y": [_rounded(value) for value in curve.y.tolist()],
                "colour": colour,
                "dash": dash,
                "floor": curve.floor,
            }
            for curve, (colour, dash) in zip(plot.curves, styles, strict=True)
        ],
    }


def _figure(index: int, plot: Plot, records: Sequence[Record]) -> ET.Element:
    """Return a plot's frame, with what it says in words: what is not drawn has to be read all the same."""
    scale = " Drawn by logarithms." if plot.is_logarithmic else ""
    about = plot.about + scale
    label = f"{plot.title} over {unit(records)} seen. The left and right arrow keys read the values."
    rows = [_legend(curve, style, records) for curve, style in zip(plot.curves, _styles(plot, records), strict=True)]
    names = [element("th", name, scope="col") for name in ("curve", "last", "least", "most")]
    parts = [element("thead", element("tr", *names)), element("tbody", *rows)]
    floors = [_floor(curve, records) for curve in plot.curves if curve.floor is not None]
    table = element("table", *parts, element("tfoot", *floors) if floors else None, class_="legend")
    return element(
        "figure",
        element("figcaption", element("p", plot.group, class_="group"), element("h3", plot.title), element("p", about)),
        element("div", class_="canvas", role="img", tabindex=0, aria_label=label),
        table,
        class_="plot",
        data_plot=index,
    )


def _legend(curve: Curve, style: tuple[int, int], records: Sequence[Record]) -> ET.Element:
    key = element("span", class_=f"key colour-{style[0]} dash-{style[1]}", aria_hidden="true")
    button = element("button", key, _label(curve, records), type="button", aria_pressed="true")
    values = [curve.y[-1], curve.y.min(), curve.y.max()]
    cells = [element("td", f"{value:.4g}") for value in values]
    cells[0].set("class", "value")
    return element("tr", element("th", button, scope="row"), *cells)


def _floor(curve: Curve, records: Sequence[Record]) -> ET.Element:
    name = "floor" if len(records) == 1 else f"{records[curve.run].name} floor"
    return element(
        "tr", element("th", name, scope="row"), element("td", f"{curve.floor:.4g}"), element("td", colspan=2)
    )


def _label(curve: Curve, records: Sequence[Record]) -> str:
    name = f"{curve.quantity} (validation)" if _has_twin(curve, records) else curve.quantity
    return name if len(records) == 1 else f"{records[curve.run].name} {name}"


def _styles(plot: Plot, records: Sequence[Record]) -> list[tuple[int, int]]:
    """Return of each curve the numbers of its colour and of its dashes: a colour is a run, or a quantity of one run."""
    quantities = [*dict.fromkeys(curve.quantity for curve in plot.curves)]
    if len(records) == 1:
        return [(quantities.index(curve.quantity), int(_has_twin(curve, records))) for curve in plot.curves]
    kinds = [*dict.fromkeys((curve.quantity, curve.validates) for curve in plot.curves)]
    return [(curve.run, kinds.index((curve.quantity, curve.validates)) % 4) for curve in plot.curves]


def _has_twin(curve: Curve, records: Sequence[Record]) -> bool:
    """Return whether a curve of a validation has the same quantity of the training beside it."""
    return curve.validates and curve.quantity in records[curve.run].log


def _rounded(value: float) -> float | None:
    return float(f"{value:.{_DIGITS}g}") if math.isfinite(value) else None


def gallery(index: int, record: Record, shown: Sequence[Picture], title: str) -> ET.Element:
    """Return the frame in which the grids of a run are looked at: by a slider, and the best and the last beside it.

    Args:
        index: of the run.
        record: what is told of it.
        shown: its grids, one or more.
        title: of the page, which may be the name of the only run.
    """
    named = record.name != title
    # Not the first, which is noise, nor the last, which stands beside it.
    start = next(index for index, picture in enumerate(shown) if 3 * picture.step >= shown[-1].step)
    best = record.best()
    frames = [_frame("At the slider", shown[start], record, class_="at-slider")]
    if best is not None:
        before = (picture for picture in shown if picture.step <= best.step)
        chosen = max(before, key=lambda picture: picture.step, default=shown[0])
        frames.append(_frame(f"Best by {best.metric}", chosen, record))
    frames.append(_frame("Last", shown[-1], record))
    slider = element(
        "input",
        type="range",
        min=0,
        max=len(shown) - 1,
        value=start,
        aria_label="Grid of samples" + (f" of {record.name}" if named else ""),
        aria_valuetext=words.amount(record, shown[start].step),
    )
    play = element("button", "Play", type="button", class_="play", aria_pressed="false")
    return element(
        "div",
        element("h3", record.name) if named else None,
        element("div", play, slider, class_="controls") if len(shown) > 1 else None,
        element("div", *frames, class_="frames"),
        class_="gallery",
        data_gallery=index,
    )


def gallery_data(record: Record, shown: Sequence[Picture]) -> list[Config]:
    """Return the grids, with what is said of each."""
    return [{"text": words.amount(record, picture.step), "webp": _text(picture)} for picture in shown]


def _frame(title: str, picture: Picture, record: Record, class_: str | None = None) -> ET.Element:
    width, height = picture.size
    seen = words.amount(record, picture.step)
    image = element(
        "img", src=f"data:image/webp;base64,{_text(picture)}", width=width, height=height, alt=f"Samples after {seen}"
    )
    caption = element("figcaption", element("strong", title), " ", element("span", seen))
    return element("figure", image, caption, class_=class_)


def _text(picture: Picture) -> str:
    return base64.b64encode(picture.webp).decode()
