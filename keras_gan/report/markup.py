"""Elements of a page. What is text stays text: no name and no option can become markup."""

import json
import xml.etree.ElementTree as ET
from typing import Any, TypeAlias

Content: TypeAlias = "ET.Element | str | None"

_CONTROL = dict.fromkeys((*range(9), 11, *range(12, 32), *range(127, 160)), "�")


def element(tag: str, *content: Content, **attributes: str | int | bool | None) -> ET.Element:
    """Return an element.

    Args:
        tag: its name.
        *content: elements and texts; `None` for nothing.
        **attributes: by name, with `_` for `-`, and one at the end where Python has the word for itself; those that are
            `None` or `False` are left out.

    Example:
    ```python
    from keras_gan.report.markup import document, element

    page = document(element("p", "a < b & c", class_="sum"))
    assert page.endswith(b'<p class="sum">a &lt; b &amp; c</p>')
    ```
    """
    made = ET.Element(tag)
    for name, value in attributes.items():
        if value is not None and value is not False:
            made.set(name.rstrip("_").replace("_", "-"), "" if value is True else _clean(str(value)))
    for part in content:
        if isinstance(part, str):
            _add_text(made, _clean(part))
        elif part is not None:
            made.append(part)
    return made


def script(source: str, kind: str | None = None) -> ET.Element:
    """Return a script, or with another type than a script's what one reads."""
    if "</script" in source.lower() or "<!--" in source:
        raise ValueError("A script must not hold what would end it.")
    made = ET.Element("script", {} if kind is None else {"type": kind})
    made.text = source
    return made


def data(name: str, value: Any) -> ET.Element:
    """Return JSON that scripts find by a name: nothing in it can end its element."""
    text = json.dumps(value, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    made = script(text, "application/json")
    made.set("id", name)
    return made


def document(root: ET.Element) -> bytes:
    """Return the page."""
    return b"<!DOCTYPE html>\n" + ET.tostring(root, "unicode", method="html").encode("utf-8", "replace")


def _add_text(made: ET.Element, text: str) -> None:
    if len(made):
        made[-1].tail = (made[-1].tail or "") + text
    else:
        made.text = (made.text or "") + text


def _clean(text: str) -> str:
    """Return a text without the characters that HTML forbids."""
    return text.translate(_CONTROL)
