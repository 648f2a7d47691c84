import io
import os

import numpy as np
import pytest
from PIL import Image

from keras_gan.report import pictures as pictures_lib
from keras_gan.report.pictures import MOST, Pictures


def grids(folder, steps, side=64, mode="RGB", noise=True):
    random = np.random.default_rng(0)
    files = {}
    for step in steps:
        shape = (side, side, len(mode)) if len(mode) > 1 else (side, side)
        pixels = random.integers(0, 256, shape) if noise else np.full(shape, 90)
        files[step] = folder / f"step_{step:08d}.png"
        Image.fromarray(pixels.astype(np.uint8), mode).save(files[step])
    return files


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_a_grid_looks_as_it_did(tmp_path, mode):
    files = grids(tmp_path, [3], mode=mode, noise=False)
    ((picture,),) = Pictures().of([files], [None])
    assert (picture.step, picture.size) == (3, (64, 64))
    with Image.open(io.BytesIO(picture.webp)) as image:
        assert image.format == "WEBP"
        assert np.abs(np.asarray(image).astype(int) - 90).max() == 0, "flat colours lose nothing"


def test_all_of_them_together_fit_a_page(tmp_path, monkeypatch):
    monkeypatch.setattr(pictures_lib, "_BYTES", 200_000)
    files = grids(tmp_path, range(20), side=300)
    (made,) = Pictures().of([files], [None])
    assert len(made) == 20
    assert 60_000 < sum(len(picture.webp) for picture in made) <= 200_000


def test_large_ones_become_smaller(tmp_path):
    ((picture,),) = Pictures().of([grids(tmp_path, [0], side=1500, noise=False)], [None])
    assert picture.size == (640, 640)


def test_of_too_many_some_stay_the_wanted_one_too(tmp_path):
    files = dict.fromkeys(range(1000), *grids(tmp_path, [0]).values())
    (made,) = Pictures().of([files], [777])
    steps = [picture.step for picture in made]
    assert len(steps) <= MOST
    assert {0, 777, 999} <= {*steps}
    assert max(np.diff(steps)) <= 6
    several = Pictures().of([files, files], [None, None])
    assert sum(map(len, several)) <= MOST


def test_what_was_made_is_remembered_until_the_file_changes(tmp_path, monkeypatch):
    files, made = grids(tmp_path, [0, 1]), []
    encode = pictures_lib._encoded
    monkeypatch.setattr(pictures_lib, "_encoded", lambda *given: made.append(1) or encode(*given))
    pictures = Pictures()
    first = pictures.of([files], [None])
    assert pictures.of([files], [None]) == first
    assert len(made) == 2
    grids(tmp_path, [1], side=65)
    assert pictures.of([files], [None])[0][1].size == (65, 65)
    assert len(made) == 3


@pytest.mark.parametrize("content", [b"", b"no picture", "cut", "GIF"])
def test_what_can_not_be_read_is_left_out_and_named(tmp_path, content):
    files = grids(tmp_path, [0, 1, 2])
    if content == "GIF":
        Image.new("L", (8, 8)).save(files[1], "GIF")
    else:
        files[1].write_bytes(files[1].read_bytes()[:500] if content == "cut" else content)
    pictures = Pictures()
    (made,) = pictures.of([files], [None])
    assert [picture.step for picture in made] == [0, 2]
    assert pictures.unreadable == [files[1]]
    files[2].unlink()
    assert [picture.step for picture in pictures.of([files], [None])[0]] == [0]


def test_a_pipe_is_not_read(tmp_path):
    files = grids(tmp_path, [0])
    os.mkfifo(tmp_path / "pipe")
    (made,) = Pictures().of([{**files, 1: tmp_path / "pipe", 2: tmp_path}], [None])
    assert [picture.step for picture in made] == [0]


def test_no_link_is_followed(tmp_path):
    files = grids(tmp_path, [0])
    (tmp_path / "link.png").symlink_to(files[0])
    pictures = Pictures()
    (made,) = pictures.of([{**files, 1: tmp_path / "link.png"}], [None])
    assert [picture.step for picture in made] == [0]
    assert pictures.unreadable == [tmp_path / "link.png"], "it is told of"


def test_pictures_are_the_same_each_time(tmp_path):
    files = grids(tmp_path, [0])
    assert Pictures().of([files], [None]) == Pictures().of([files], [None])
