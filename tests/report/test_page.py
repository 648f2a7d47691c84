import base64
import hashlib
import json
import re

import numpy as np
import pytest
from PIL import Image

from keras_gan import InputError, report
from keras_gan.report import Journal, Record
from keras_gan.runs import Run
from tests.report.test_markup import HOSTILE, Seen


@pytest.fixture
def run(tmp_path):
    made = Run.create(tmp_path, "toy", {HOSTILE: HOSTILE, "settings": {HOSTILE: [HOSTILE]}})
    name = "</script><script>x()</script>"
    made.log_file.write_text(f"epoch,step,d_loss,{name},val_{name}\n1,1,1,2,3\n1,2,3,4,5\n")
    made.samples.mkdir()
    for step in range(3):
        pixels = np.random.default_rng(step).integers(0, 256, (40, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(made.samples / f"step_{step:08d}.png")
    facts = {"networks": {HOSTILE: 1}, "versions": {HOSTILE: HOSTILE}, "warnings": (HOSTILE,), "game": HOSTILE}
    Journal(**facts).write(made.journal_file)
    result = {"name": HOSTILE, "value": 1.0, "num_real": 2, "num_fake": 2, "extractor": HOSTILE}
    (made.path / "metrics.json").write_text(json.dumps({"real_vs_real": False, "metrics": [result]}))
    return made


def written(records, tmp_path):
    report.write(records, tmp_path / "report.html")
    return (tmp_path / "report.html").read_bytes()


def test_it_holds_all_that_it_shows_and_runs_its_own_scripts_alone(run, tmp_path):
    page = written([Record.read(run)], tmp_path)
    seen = Seen(page)
    sources = [value for _, attributes in seen.tags for name, value in attributes.items() if name in ("src", "href")]
    assert sources
    assert all(value.startswith(("#", "data:image/webp;base64,")) for value in sources), "no network"
    assert not {"iframe", "object", "embed", "form", "base"} & {tag for tag, _ in seen.tags}
    assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on") or name == "style"]
    scripts = [attributes for tag, attributes in seen.tags if tag == "script"]
    assert scripts == [{"type": "application/json", "id": "data"}, {}, {}]


def test_the_policy_lets_in_nothing_else(run, tmp_path):
    page = written([Record.read(run)], tmp_path)
    (policy,) = (a["content"] for _, a in Seen(page).tags if a.get("http-equiv") == "Content-Security-Policy")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["img-src"] == "data:"
    assert "unsafe" not in policy
    assert page.index(b"Content-Security-Policy") < page.index(b"<style>"), "what comes before it, it does not hold for"

    def digests(tag):
        found = re.findall(rf"<{tag}>(.*?)</{tag}>".encode(), page, re.DOTALL)
        return [f"'sha256-{base64.b64encode(hashlib.sha256(text).digest()).decode()}'" for text in found]

    assert rules["script-src"].split() == digests("script")
    assert rules["style-src"].split() == digests("style")


def test_markup_is_shown_as_it_is(run, tmp_path):
    seen = Seen(written([Record.read(run)], tmp_path))
    shown = HOSTILE.replace("\x00", "\N{REPLACEMENT CHARACTER}").replace("\ud800", "?")
    assert "".join(seen.texts).count(shown) >= 5
    assert "x()" not in "".join(name for tag, _ in seen.tags for name in tag)


def test_several_runs(run, tmp_path):
    other = Run.create(tmp_path, "other", {"a": 1})
    seen = Seen(written([Record.read(run), Record.read(other)], tmp_path))
    assert "2 runs" in seen.texts
    assert "Options that differ" in seen.texts
    told = json.loads(next(text for text in seen.texts if text.startswith('{"unit":')))
    assert [len(told["galleries"][key]) for key in "01"] == [3, 0]
    assert [curve["label"] for curve in told["plots"][0]["curves"]] == ["0001-toy d_loss"]


def test_two_with_one_name_are_told_apart(tmp_path):
    runs = [Run.create(tmp_path / root, "toy", {}) for root in "ab"]
    texts = Seen(written([Record.read(run) for run in runs], tmp_path)).texts
    assert {"a/0001-toy", "b/0001-toy"} <= {*texts}


def test_headings_and_their_sections(run, tmp_path):
    seen = Seen(written([Record.read(run)], tmp_path))
    sections = [attributes for tag, attributes in seen.tags if tag == "section"]
    assert [section["id"] for section in sections] == ["summary", "samples", "curves", "details"]
    links = [attributes["href"] for tag, attributes in seen.tags if tag == "a"]
    assert links == [f"#{section['id']}" for section in sections]
    assert ("html", {"lang": "en"}) in seen.tags
    bare = Seen(written([Record("bare")], tmp_path))
    assert [attributes["id"] for tag, attributes in bare.tags if tag == "section"] == ["summary"]


def test_the_licence_of_what_is_not_ours_goes_with_it(tmp_path):
    page = written([Record("a")], tmp_path)
    assert b"Copyright (c) 2022 Leon Sorokin" in page
    assert len(page) < 100_000, "what each page has, whatever the run is"


@pytest.mark.parametrize("count", [0, 9])
def test_none_and_too_many_are_refused(count, tmp_path):
    with pytest.raises(InputError, match=rf"`records` must be 1 to 8 runs. Received: {count}"):
        written([Record("a")] * count, tmp_path)
    assert not list(tmp_path.iterdir())
