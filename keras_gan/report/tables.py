"""What a page says in tables: how far runs are and what is wrong with them, and what they are made of."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from keras_gan.report import words
from keras_gan.report.markup import element
from keras_gan.report.record import Measured, Record


def summary(records: Sequence[Record], unreadable: Sequence[Path]) -> list[ET.Element]:
    """Return the numbers that stand at the top, and the warnings."""
    told = [words.numbers(record) for record in records]
    if len(records) == 1:
        tiles = [element("div", element("dt", name), element("dd", text)) for name, text in told[0].items()]
        numbers = element("dl", *tiles, class_="tiles")
    else:
        names = dict.fromkeys(name for each in told for name in each)
        rows = [
            [record.name, *(each.get(name, "") for name in names)] for record, each in zip(records, told, strict=True)
        ]
        numbers = _table("The runs", ["run", *names], rows, keys=True)
    found = [
        f"{record.name}: {text}" if len(records) > 1 else text
        for record in records
        for text in words.warnings(record, unreadable)
    ]
    found += words.incomparable(records)
    if not found:
        return [numbers, element("p", "No warnings.", class_="fine")]
    heading = f"{len(found)} warning{'s' * (len(found) > 1)}"
    box = element("div", element("h3", heading), element("ul", *(element("li", text) for text in found)))
    box.set("class", "warnings")
    return [numbers, box]


def details(records: Sequence[Record]) -> list[ET.Element]:
    """Return what was trained on what: of several runs first what differs, and the rest folded."""
    if len(records) == 1:
        tables = _tables(records[0])
        return [element("div", *tables, class_="tables")] if tables else []
    different = [[name, *texts] for name, texts in words.differences(records).items()]
    names = ["option", *(record.name for record in records)]
    compared = [_table("Options that differ", names, different)] if different else []
    folded = [
        element("details", element("summary", record.name), element("div", *tables, class_="tables"))
        for record in records
        if (tables := _tables(record))
    ]
    return [*compared, *folded]


def _tables(record: Record) -> list[ET.Element]:
    journal = record.journal
    networks = {name: f"{count:,} parameters" for name, count in journal.networks.items()}
    tables = [
        _measured(record),
        _pairs("Options", "option", words.options(record)),
        _pairs("Networks", "network", networks),
        _pairs("Machine and versions", "what", {**journal.machine, **journal.versions}),
    ]
    return [table for table in tables if table is not None]


def _measured(record: Record) -> ET.Element | None:
    rows = [
        [each.name, f"{each.value:.4g}", "floor" if each.is_floor else "samples", _about(each)]
        for each in record.measured
    ]
    return _table("Measured", ["metric", "value", "of", "compared"], rows) if rows else None


def _about(measured: Measured) -> str:
    step = measured.protocol.get("step")
    return measured.about if step is None else f"{measured.about}, at step {int(step):,}"


def _pairs(caption: str, what: str, pairs: Mapping[str, str]) -> ET.Element | None:
    return _table(caption, [what, "value"], [[*pair] for pair in pairs.items()]) if pairs else None


def _table(caption: str, names: Sequence[str], rows: Sequence[Sequence[str]], keys: bool = False) -> ET.Element:
    """Return a table that scrolls by itself where it is too wide; of `keys` rows have their curves' colours."""
    head = element("tr", *(element("th", name, scope="col") for name in names))
    body = element("tbody", *(element("tr", *_cells(row, index if keys else None)) for index, row in enumerate(rows)))
    table = element("table", element("caption", caption), element("thead", head), body)
    return element("div", table, class_="scrolls", role="region", tabindex=0, aria_label=caption)


def _cells(row: Sequence[str], colour: int | None) -> Iterator[ET.Element]:
    first, *rest = row
    key = None if colour is None else element("span", class_=f"key colour-{colour}", aria_hidden="true")
    yield element("th", key, first, scope="row")
    yield from (element("td", text) for text in rest)
