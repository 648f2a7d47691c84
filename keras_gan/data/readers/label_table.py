"""Labels from a table: of each file name a class, tags or numbers."""

import csv
import io
import json
import os
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np

from keras_gan.data.readers.container import Container
from keras_gan.data.readers.reader import Targets
from keras_gan.utils.validation import InputError

FILE_COLUMNS = ("file", "file_name", "filename", "image", "name", "path")
_CLASS_COLUMNS = ("class", "label")
_TAGS_COLUMN = "tags"
_SHOWN = 3
_MAX_BYTES = 2**30

Row = Mapping[str, Any]
"""Columns and what one file has in them: text, a number, or a list of texts or of numbers."""


class LabelTable:
    """What a table says of each file.

    A `.csv` (or `.tsv`) begins with the names of its columns, of which one is called `file`, `file_name`, `filename`,
    `image`, `name` or `path`, or else the first holds the names; `.jsonl` has an object a line with such an entry;
    `.json` is StyleGAN's `dataset.json`, `{"labels": [[name, class or numbers], ...]}`. Names are paths in the folder
    or the archive, or, where no two files share one, without their folders.

    - One column of texts, or one called `class` or `label`: classes. Whole numbers keep their order.
    - A column called `tags`: several tags of each file, as a list, or in CSV separated by spaces, `;` or `|`. They
      become a condition of 0 and 1 for each tag, sorted by name.
    - Columns of numbers: conditions.

    Args:
        source: the table's name, for messages.
        rows: of each file name, the columns.

    Raises:
        InputError: a name comes twice, a row lacks a column, a value is NaN, or the columns are not as above.
    """

    def __init__(self, source: str, rows: Sequence[tuple[str, Row]]) -> None:
        self._source = source
        counts = Counter(name for name, _ in rows)
        twice = [name for name, count in counts.items() if count > 1]
        if twice:
            raise self._error("name each file once", f"{_some(twice)} more than once")
        if not rows:
            raise self._error("have rows", "none")
        self._rows = dict(rows)
        self.columns = [*rows[0][1]]
        for name, row in rows:
            if [*row] != self.columns:
                raise self._error(f"have the columns {self.columns} in each row", f"{name!r} with {[*row]}")
        if not self.columns:
            raise self._error("have a column beside the names of the files", "none")

    @classmethod
    def open(cls, path: str | os.PathLike[str], files: Container) -> Self:
        """Read a table that lies in a folder or an archive of images, or else anywhere."""
        name = os.fspath(path)
        if name in files.names:
            with files.open(name) as file:
                data = file.read(_MAX_BYTES)
        elif Path(name).expanduser().is_file():
            data = Path(name).expanduser().read_bytes()
        else:
            raise InputError(
                "`labels` must be 'folders', None, or a table that exists, in `path` or elsewhere. "
                f"Received: labels={name!r}"
            )
        suffix = Path(name).suffix.lower()
        reader = {".csv": _csv, ".tsv": _csv, ".jsonl": _json_lines, ".json": _dataset_json}.get(suffix)
        if reader is None:
            raise InputError(f"`labels` must end in .csv, .tsv, .jsonl or .json. Received: labels={name!r}")
        try:
            text = data.decode("utf-8-sig")
            return cls(name, [*reader(text, "\t" if suffix == ".tsv" else ",")])
        except InputError:
            raise
        except (ValueError, TypeError, AttributeError, KeyError, csv.Error) as error:
            kind = type(error).__name__
            raise InputError(f"`labels` must be a table. Received: {name!r} ({kind}: {error})") from error

    def of(self, images: Sequence[str], others: Collection[str] = ()) -> Targets:
        """Return the classes or conditions of images, in their order.

        Args:
            images: names of files.
            others: names that the table may hold, of files that can't be used.
        """
        rows = self._matched(images, others)
        if len(self.columns) == 1:
            (column,) = self.columns
            values = [row[column] for row in rows]
            if column.lower() == _TAGS_COLUMN or _are_tags(values):
                return self._tags(values)
            single = not any(isinstance(value, list) for value in values)
            if single and (column.lower() in _CLASS_COLUMNS or not all(map(_is_number, values))):
                return self._classes(column, values, images)
        return self._numbers(rows, images)

    def _matched(self, images: Sequence[str], others: Collection[str]) -> list[Row]:
        """Return a row for each image: by its path, or by its name alone."""
        keys = list(images)
        if not any(name in self._rows for name in images):
            alone = [name.rsplit("/", 1)[-1] for name in images]
            keys = alone if len(set(alone)) == len(alone) else keys
        others = {*others, *(name.rsplit("/", 1)[-1] for name in others)}
        missing = [image for image, key in zip(images, keys, strict=True) if key not in self._rows]
        unknown = [*(self._rows.keys() - set(keys) - others)]
        if unknown:
            raise self._error("name files that exist", f"{_some(sorted(unknown))}, of which there is no image")
        if missing:
            raise self._error("have a row for each image", f"none of {_some(missing)}")
        return [self._rows[key] for key in keys]

    def _classes(self, column: str, values: Sequence[Any], images: Sequence[str]) -> Targets:
        texts = [_whole(value) for value in values]
        for text, image in zip(texts, images, strict=True):
            if not isinstance(text, str) or not text.strip():
                raise self._error(f"have a class in {column!r} in each row", f"{text!r} of {image!r}")
        whole = all(text.lstrip("-").isdecimal() for text in texts)
        names = sorted(sorted(set(texts)), key=int) if whole else sorted(set(texts))
        number = {name: index for index, name in enumerate(names)}
        return Targets(np.array([number[text] for text in texts], np.int32), names)

    def _tags(self, values: Sequence[Any]) -> Targets:
        texts = [str(value) for value in values if not isinstance(value, list)]
        # One for the whole column: "blue sky" beside "blue sky;dog" is one tag.
        separator = next((each for each in ("|", ";") if any(each in text for text in texts)), None)
        tagged = [_split_tags(value, separator) for value in values]
        names = sorted({tag for tags in tagged for tag in tags})
        if not names:
            raise self._error("have tags", "none")
        number = {name: index for index, name in enumerate(names)}
        hot = np.zeros((len(tagged), len(names)), np.float32)
        for row, tags in enumerate(tagged):
            hot[row, [number[tag] for tag in tags]] = 1.0
        return Targets(conditions=hot, condition_names=names)

    def _numbers(self, rows: Sequence[Row], images: Sequence[str]) -> Targets:
        names: list[str] = []
        columns: list[Any] = []
        for column in self.columns:
            values = [row[column] if isinstance(row[column], list) else [row[column]] for row in rows]
            for value, image in zip(values, images, strict=True):
                if len(value) != len(values[0]) or not all(map(_is_number, value)):
                    raise self._error(
                        "have classes in one column, or numbers in all", f"{row_text(value)} in {column!r} of {image!r}"
                    )
            array = np.array(values, np.float64).astype(np.float32)
            bad = np.flatnonzero(~np.isfinite(array).all(axis=1))
            if len(bad):
                raise self._error(
                    "hold finite numbers", f"{row_text(values[bad[0]])} in {column!r} of {images[bad[0]]!r}"
                )
            columns.append(array)
            wide = array.shape[1] > 1 or isinstance(rows[0][column], list)
            names += [f"{column}_{index}" for index in range(array.shape[1])] if wide else [column]
        return Targets(conditions=np.concatenate(columns, axis=1), condition_names=names)

    def _error(self, wanted: str, received: str) -> InputError:
        return InputError(f"`labels` must {wanted}. Received: {self._source!r} with {received}")


def row_text(value: Sequence[Any]) -> str:
    """Return what a cell holds, as messages show it."""
    return repr(value[0] if len(value) == 1 else list(value))[:80]


def _csv(text: str, delimiter: str) -> Iterator[tuple[str, Row]]:
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    columns = [column.strip() for column in next(lines, [])]
    if len(set(columns)) < len(columns):
        raise ValueError(f"the columns {columns} must have names of their own")
    at = next((index for index, column in enumerate(columns) if column.lower() in FILE_COLUMNS), 0)
    for cells in lines:
        if not cells:
            continue
        if len(cells) != len(columns):
            raise ValueError(f"line {lines.line_num} has {len(cells)} cells, the first one has {len(columns)}")
        row = {column: cell.strip() for column, cell in zip(columns, cells, strict=True)}
        name = row.pop(columns[at])
        yield name, row


def _json_lines(text: str, _: str) -> Iterator[tuple[str, Row]]:
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        row = json.loads(line)
        key = next((key for key in row if key.lower() in FILE_COLUMNS), None) if isinstance(row, dict) else None
        if key is None:
            raise ValueError(f"line {number} must be an object with one of the entries {list(FILE_COLUMNS)}")
        name = row.pop(key)
        yield str(name), row


def _dataset_json(text: str, _: str) -> Iterator[tuple[str, Row]]:
    content = json.loads(text)
    if not isinstance(content, dict) or not isinstance(content.get("labels"), list):
        raise ValueError('a .json must be {"labels": [[file, class or numbers], ...]}')
    for name, label in content["labels"]:
        yield str(name), {"numbers" if isinstance(label, list) else "class": label}


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return isinstance(value, bool)  # true and false are 1 and 0
    try:
        float(value)
    except ValueError:
        return False
    return True


def _whole(value: Any) -> Any:
    """Return a whole number of a JSON file as its digits, and what is none as it is: texts stay what they are."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return value
    return str(int(value)) if float(value).is_integer() else value


def _are_tags(values: Sequence[object]) -> bool:
    """Return whether values are lists of texts, none of them a number."""
    listed = all(isinstance(value, list) for value in values)
    return listed and all(isinstance(tag, str) for value in values if isinstance(value, list) for tag in value)


def _split_tags(value: object, separator: str | None) -> list[str]:
    """Return the tags of a cell; without a separator spaces are one."""
    if isinstance(value, list):
        return [str(tag) for tag in value]
    return [tag.strip() for tag in str(value).split(separator) if tag.strip()]


def _some(names: Sequence[str]) -> str:
    """Return the first names, and how many there are besides."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(map(repr, names[:_SHOWN])) + more
