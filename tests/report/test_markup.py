import json
from html.parser import HTMLParser

import pytest

from keras_gan.report.markup import data, document, element, script

HOSTILE = "</script></style></title>--><script>x()</script><img src=x onerror=x()> \" ' & \x00\ud800"


class Seen(HTMLParser):
    """Collects what a browser would see."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.texts = [], []
        self.feed(page.decode())

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))

    def handle_data(self, text):
        self.texts.append(text)


def test_texts_and_attributes_stay_what_they_are():
    seen = Seen(document(element("p", HOSTILE, element("b"), HOSTILE, title=HOSTILE)))
    assert [tag for tag, _ in seen.tags] == ["p", "b"]
    shown = HOSTILE.replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\ud800", "?")
    assert seen.tags[0][1] == {"title": shown}
    assert "".join(seen.texts).strip() == shown * 2


def test_attributes_have_the_names_of_html():
    made = element("td", class_="a", aria_label="b", hidden=True, title=None, open=False, colspan=2)
    assert made.attrib == {"class": "a", "aria-label": "b", "hidden": "", "colspan": "2"}


def test_texts_after_elements_come_after_them():
    assert document(element("p", "a", element("b", "c"), "d", None, "e")).endswith(b"<p>a<b>c</b>de</p>")


def test_data_can_not_end_their_element():
    page = document(element("body", data("told", {HOSTILE: [HOSTILE, 1.5, None]}), element("i")))
    seen = Seen(page)
    assert [tag for tag, _ in seen.tags] == ["body", "script", "i"]
    assert json.loads(seen.texts[-1]) == {HOSTILE: [HOSTILE, 1.5, None]}
    with pytest.raises(ValueError, match="Out of range"):
        data("told", float("nan"))


@pytest.mark.parametrize("source", ["a </SCRIPT> b", "<!-- a"])
def test_scripts_that_would_end_early_are_refused(source):
    with pytest.raises(ValueError, match="must not hold"):
        script(source)
    assert script("a < b").text == "a < b"
