import importlib.util
import os
import sys

import numpy as np
import pytest
from PIL import Image

from keras_gan import InputError
from keras_gan.exploration import write_video

IMAGES = np.linspace(-1, 1, 5)[:, None, None, None] * np.ones((5, 8, 6, 3), "float32")


@pytest.mark.parametrize("suffix", ["webp", "gif"])
def test_an_animation(suffix, tmp_path):
    path = tmp_path / f"way.{suffix}"
    write_video(IMAGES, path, fps=10, scale=3)
    assert os.listdir(tmp_path) == [path.name]
    with Image.open(path) as video:
        assert video.n_frames == 5
        assert video.size == (18, 24)
        assert video.info["loop"] == 0
        for index in range(5):
            video.seek(index)
            video.load()
            assert video.info["duration"] == 100
            grey = np.asarray(video.convert("RGB"), int)
            assert np.abs(grey - round((index / 4) * 255)).max() <= 4


@pytest.mark.skipif(importlib.util.find_spec("imageio_ffmpeg") is None, reason="needs imageio-ffmpeg")
def test_an_mp4(tmp_path):
    import imageio_ffmpeg

    write_video(IMAGES[:, :, :5], tmp_path / "way.mp4", fps=10, scale=17)
    frames = imageio_ffmpeg.read_frames(str(tmp_path / "way.mp4"))
    told = next(frames)
    assert told["source_size"] == (86, 136)
    assert told["fps"] == 10
    grey = [np.frombuffer(frame, np.uint8).reshape(136, 86, 3)[5:-5, 5:-5].mean() for frame in frames]
    np.testing.assert_allclose(grey, [0, 64, 128, 191, 255], atol=6)


def test_an_mp4_without_the_library(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    with pytest.raises(InputError, match=r"`path` may end in .mp4 where imageio-ffmpeg is installed"):
        write_video(IMAGES, tmp_path / "way.mp4")
    assert os.listdir(tmp_path) == []


def test_small_images_are_made_larger(tmp_path):
    write_video(IMAGES[..., :1], tmp_path / "way.webp")
    with Image.open(tmp_path / "way.webp") as video:
        assert video.size == (96, 128)


@pytest.mark.parametrize(
    ("given", "match"),
    [
        ({"path": "way.png"}, r"`path` must end in one of \['.webp', '.gif', '.mp4'\]"),
        ({"images": IMAGES[0]}, "`images` must be of shape"),
        ({"fps": 0}, "`fps` must be a finite number"),
        ({"scale": 0}, "`scale` must be an integer >= 1"),
        ({"scale": 5000}, "`scale` must make sides of at most 16,383 pixels"),
    ],
)
def test_bad_input(given, match, tmp_path):
    path = tmp_path / given.pop("path", "way.webp")
    with pytest.raises(InputError, match=match):
        write_video(**{"images": IMAGES, "path": path, **given})
    assert os.listdir(tmp_path) == []
