import base64
import io
import json
import re
import shutil
import subprocess

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

import keras_gan
from keras_gan import InputError
from keras_gan.exploration import write_wall
from keras_gan.utils.content_security import policy
from keras_gan.utils.uint8 import to_uint8

BROWSER = shutil.which("chromium")
HOSTILE = "</script><script>document.title='run'</script><img src=x onerror=\"document.title='run'\">"

# What a person does: keys, a click, a filter.
DRIVE = """<script>
const press = (key) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
const said = [];
const say_ = () => said.push(command.textContent);
cards[0].focus(); press(" "); press("ArrowRight"); press("ArrowRight"); press("Enter"); press("End"); press(" ");
say_();
cards[3].click(); cards[2].click(); say_();
byClass.value = "1"; byClass.dispatchEvent(new Event("input")); said.push(visible().join());
byClass.value = ""; seeds.value = "4, 6-8"; seeds.dispatchEvent(new Event("input")); said.push(visible().join());
press("Escape"); cards[4].focus(); press("Escape"); say_();
document.body.textContent = JSON.stringify({ said, title: document.title });
</script></body>"""


def shown(path):
    page = path.read_text("utf-8")
    return page, json.loads(re.search(r'<script id="data" type="application/json">(.*?)</script>', page, re.S)[1])


def opened(path):
    """Return the page as a browser has it after its scripts ran."""
    command = [BROWSER, "--headless=new", "--no-sandbox", "--disable-gpu", "--dump-dom", path.as_uri()]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


def test_it_holds_the_images_of_the_seeds(classes, tmp_path):
    write_wall(classes, tmp_path / "wall.html", seeds=[3, 8, 5], class_names=["a", "b", "c"], title="toy")
    page, data = shown(tmp_path / "wall.html")
    assert data["classes"] == ["a", "b", "c"]
    assert [sample["seed"] for sample in data["samples"]] == [3, 8, 5]
    assert [sample["class"] for sample in data["samples"]] == [0, 2, 2]
    for sample, expected in zip(data["samples"], to_uint8(classes.sample(seed=[3, 8, 5])).numpy(), strict=True):
        picture = Image.open(io.BytesIO(base64.b64decode(sample["src"].split(",")[1])))
        assert_array_equal(np.asarray(picture)[..., :1], expected)
    assert "http" not in page.replace("http-equiv", ""), "it needs no network"


def test_one_class_and_truncation(classes, plain, tmp_path):
    write_wall(classes, tmp_path / "wall.html", seeds=[3, 8], labels=1, truncation=0.5)
    assert [sample["class"] for sample in shown(tmp_path / "wall.html")[1]["samples"]] == [1, 1]
    write_wall(plain, tmp_path / "wall.html", seeds=[3])
    assert shown(tmp_path / "wall.html")[1]["classes"] == []


def test_names_are_no_markup(classes, tmp_path):
    options = {"title": HOSTILE, "command": HOSTILE, "class_names": [HOSTILE, "{{data}}", "c"]}
    write_wall(classes, tmp_path / "wall.html", seeds=range(6), **options)
    page, data = shown(tmp_path / "wall.html")
    assert data["command"] == HOSTILE
    assert HOSTILE not in page
    assert page.count("<script") == 2


@pytest.mark.long
@pytest.mark.skipif(BROWSER is None, reason="needs Chromium")
def test_seeds_are_chosen_by_keys_and_clicks(classes, tmp_path):
    path = tmp_path / "wall.html"
    write_wall(classes, path, seeds=range(10), command="sample it", class_names=[HOSTILE, "b", "c"])
    # The browser runs the page's own script by its digest, and nobody else's: the driver needs one too.
    theirs = re.search("<script>(.*)</script>", DRIVE, re.DOTALL)[1]
    told = path.read_text("utf-8").replace("script-src ", f"{policy([], [theirs]).split('; ')[3]} ")
    path.write_text(told.replace("</body>", DRIVE), "utf-8")
    found = json.loads(re.search(r"<body>(.*)</body>", opened(path), re.S)[1])
    assert found["title"] == "samples"
    assert found["said"] == [
        "sample it --seeds 0,2,9",
        "sample it --seeds 0,3,9",
        "1,4,7",
        "4,6,7,8",
        "Nothing chosen yet.",
    ]


def test_what_no_wall_shows(classes, tmp_path):
    points = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3))
    with pytest.raises(InputError, match="`gan` must make images"):
        write_wall(points, tmp_path / "wall.html")
    with pytest.raises(InputError, match="`seeds` must be at most 5,000"):
        write_wall(classes, tmp_path / "wall.html", seeds=range(5001))
    assert not (tmp_path / "wall.html").exists()
