import os
import re
import struct
import subprocess
import sys
import warnings
import zlib
from typing import NamedTuple

import numpy as np
import pytest
from PIL import Image

from keras_gan.data.pixels.decoding import PICTURES
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers import image_files
from keras_gan.data.readers.arrangement import FOLDERS
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.readers.reader import fill
from keras_gan.utils.validation import InputError

RED, BLUE = (255, 0, 0), (0, 0, 255)


def scan(path, split="train", on_bad_image="error", labels=FOLDERS, **options):
    return ImageFiles(Folder(path), Preprocessing(**options), labels, split, on_bad_image)


def read_folder(path, *arguments, **options):
    images, targets, _, skipped = fill(scan(path, *arguments, **options))
    return Read(images, targets.labels, targets.class_names, skipped)


def read_image(path, **options):
    """Read the only image of a folder."""
    (image,) = read_folder(path.parent, **options).images
    return image


class Read(NamedTuple):
    images: np.ndarray
    labels: np.ndarray | None
    class_names: list[str] | None
    skipped: list[str]


def save(path, colour=RED, size=(4, 4), mode="RGB", **options):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new(mode, size, colour).save(path, **options)
    return path


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


TEXT = chunk(b"tEXt", b"Comment\0of no consequence")


def png_header(path, width, height, further=b""):
    """Write a PNG that announces a size and holds next to nothing; with a further chunk Pillow reads its header."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + head + further + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""))
    return path


def test_a_flat_folder_is_unlabelled_and_sorted(tmp_path):
    for index, name in enumerate(["b.png", "a.png", "c.PNG"]):
        save(tmp_path / name, (index, 0, 0))
    images, labels, names, _ = read_folder(tmp_path)
    assert images.shape == (3, 4, 4, 3)
    assert images.dtype == np.uint8
    assert images[:, 0, 0, 0].tolist() == [1, 0, 2]
    assert labels is None
    assert names is None


def test_folders_are_classes_in_the_order_of_their_names(tmp_path):
    for name in ("dog/1.png", "cat/2.png", "cat/1.png"):
        save(tmp_path / name, RED if "cat" in name else BLUE)
    images, labels, names, _ = read_folder(str(tmp_path))
    assert names == ["cat", "dog"]
    assert labels.tolist() == [0, 0, 1]
    assert labels.dtype == np.int32
    assert images[:, 0, 0].tolist() == [list(RED), list(RED), list(BLUE)]


KINDS = {"jfif": "JPEG", "jpe": "JPEG", "apng": "PNG", "pnm": "PPM"}


@pytest.mark.parametrize("suffix", [suffix[1:] for suffix in PICTURES if suffix not in (".pbm", ".pgm")])
def test_formats(tmp_path, suffix):
    image = read_image(save(tmp_path / f"a.{suffix}", format=KINDS.get(suffix)))
    assert image.shape == (4, 4, 3)
    np.testing.assert_allclose(image[0, 0], RED, atol=8)


def test_the_first_frame_of_an_animation(tmp_path):
    path = tmp_path / "a.gif"
    Image.new("RGB", (4, 4), BLUE).save(path, save_all=True, append_images=[Image.new("RGB", (4, 4), RED)])
    assert read_image(path)[0, 0].tolist() == list(BLUE)


def test_the_orientation_of_the_exif_data_is_applied(tmp_path):
    pixels = np.zeros((8, 16, 3), np.uint8)
    pixels[:, :8] = 255  # left half white
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was held so that the left of the file is the top of the scene
    Image.fromarray(pixels).save(tmp_path / "a.jpg", exif=exif, quality=100)
    image = read_image(tmp_path / "a.jpg", image_size=8)[..., 0]
    assert image[0].mean() > 250
    assert image[-1].mean() < 5


def test_one_pixel(tmp_path):
    assert read_image(save(tmp_path / "a.png", size=(1, 1)), image_size=3)[1, 1].tolist() == list(RED)


def test_grey_only_if_all_are(tmp_path):
    save(tmp_path / "a.png", 5, mode="L")
    assert read_folder(tmp_path).images.shape == (1, 4, 4, 1)
    assert read_folder(tmp_path, channels=3).images.shape == (1, 4, 4, 3)
    save(tmp_path / "b.png")
    assert read_folder(tmp_path).images.shape == (2, 4, 4, 3)
    assert read_folder(tmp_path, channels=1).images.shape == (2, 4, 4, 1)


def test_what_is_skipped(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / ".hidden.png").write_text("x")
    (tmp_path / ".thumbs").mkdir()
    (tmp_path / "empty").mkdir()
    with pytest.warns(UserWarning, match=r"are left out: path=.* with 1 \.txt beside 1 that can be read"):
        assert scan(tmp_path).names == ["a.png"]


def test_what_pillow_warns_of_is_told_with_the_name_of_the_file(tmp_path):
    # EXIF data of two tags, of which the second is cut off.
    exif = b"Exif\0\0II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0\x01\0\0\0"
    for name in ("a.jpg", "b.jpg"):
        Image.new("L", (4, 4)).save(tmp_path / name, exif=exif)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        read_folder(tmp_path)
    (told,) = [str(warning.message) for warning in caught]
    assert re.match(r"'a\.jpg' and 1 other in '.*': Corrupt EXIF data", told)
    assert caught[0].filename == __file__


def test_links_are_followed(tmp_path):
    save(tmp_path / "elsewhere" / "a.png")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cat").symlink_to(tmp_path / "elsewhere")
    assert read_folder(tmp_path / "data").class_names == ["cat"]


def test_sizes_are_kept_only_if_all_agree(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png", size=(6, 6))
    message = r"`image_size` must be given .*image_size=None and .*a\.png' has 4x4, .*b\.png' has 6x6"
    with pytest.raises(InputError, match=message):
        read_folder(tmp_path)
    assert read_folder(tmp_path, image_size=5).images.shape == (2, 5, 5, 3)


def test_what_is_not_square_keeps_its_size(tmp_path):
    for name in ("a.png", "b.png"):
        save(tmp_path / name, size=(6, 4))
    assert read_folder(tmp_path).images.shape == (2, 4, 6, 3)
    assert read_folder(tmp_path, image_size=4).images.shape == (2, 4, 4, 3)
    assert read_folder(tmp_path, image_size=(5, 3)).images.shape == (2, 5, 3, 3)


def cut(path):
    path.write_bytes(path.read_bytes()[:-200])


def test_a_truncated_jpeg_is_named(tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    for name in ("a.jpg", "b.jpg"):
        Image.fromarray(noise).save(tmp_path / name)
    cut(tmp_path / "b.jpg")
    message = r"`path` must hold readable images\. Received: '.*b\.jpg', .*truncated"
    with pytest.raises(InputError, match=message):
        read_folder(tmp_path)


def test_a_file_that_is_no_image_is_named(tmp_path):
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(InputError, match=r"Received: '.*a\.png', no readable image"):
        read_folder(tmp_path)
    (tmp_path / "a.png").write_bytes(b"")
    with pytest.raises(InputError, match=r"Received: '.*a\.png', no readable image"):
        read_folder(tmp_path)


@pytest.mark.parametrize(("width", "height"), [(8193, 8192), (65000, 65000), (2**31 - 1, 2)])
@pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")
def test_bombs_are_refused_by_their_header(tmp_path, width, height):
    png_header(tmp_path / "bomb.png", width, height)
    with pytest.raises(InputError, match=r"Received: '.*bomb\.png', (an image of .* more than|no readable)"):
        read_image(tmp_path / "bomb.png", image_size=8)


def test_an_announced_size_without_data_is_refused(tmp_path):
    png_header(tmp_path / "a.png", 64, 64)
    with pytest.raises(InputError, match=r"a\.png', no readable image"):
        read_image(tmp_path / "a.png")


@pytest.mark.parametrize("values", [np.full((4, 4, 1), 300, np.uint16), np.full((4, 4, 1), 0.7, np.float32)])
def test_a_file_that_became_deeper_since_the_scan_is_named(tmp_path, values):
    for name in ("a.npy", "b.npy"):
        np.save(tmp_path / name, np.zeros((4, 4, 1), np.uint8))
    reader = ImageFiles(Folder(tmp_path), Preprocessing())
    np.save(tmp_path / "b.npy", values)
    with pytest.raises(InputError, match=r"b\.npy.*announced as \(4, 4, 1\) uint8"):
        fill(reader)


def test_a_dangling_link_is_named(tmp_path):
    save(tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to(tmp_path / "gone.png")
    with pytest.raises(InputError, match=r"Received: '.*b\.png', a link to nothing"):
        read_folder(tmp_path)


def test_what_only_looks_like_a_file_is_named(tmp_path):
    (tmp_path / "a.png").mkdir()
    with pytest.raises(InputError, match=r"Received: '.*a\.png', not a file"):
        read_folder(tmp_path)
    (tmp_path / "a.png").rmdir()
    os.mkfifo(tmp_path / "a.png")  # opening it would wait for ever
    with pytest.raises(InputError, match=r"Received: '.*a\.png', not a file"):
        read_folder(tmp_path)


def test_folders_without_images(tmp_path):
    with pytest.raises(InputError, match=r"`path` must hold images \(.*\)\. Received: path='.*' without any"):
        read_folder(tmp_path)
    (tmp_path / "a.txt").write_text("x")
    (tmp_path / "empty").mkdir()
    with pytest.raises(InputError, match="without any"):
        read_folder(tmp_path)
    save(tmp_path / "full" / "a.png")
    with pytest.raises(InputError, match=r"with the folder 'empty' without images"):
        read_folder(tmp_path)


def test_a_header_that_pillow_itself_refuses_is_named_too(tmp_path):
    with pytest.raises(InputError, match=r"Received: '.*bomb\.png', no readable image \(Image size"):
        read_image(png_header(tmp_path / "bomb.png", 65000, 65000, TEXT))
    with pytest.raises(InputError, match=r"Received: '.*bomb\.png', an image of 65000x65000 pixels, more than"):
        read_image(png_header(tmp_path / "bomb.png", 65000, 65000))


def text(path):
    path.write_text("hello")


def empty(path):
    path.write_bytes(b"")


def truncated(path):
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    Image.fromarray(noise).save(path)
    cut(path)


def flipped_png(path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)).save(path)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 16
    path.write_bytes(data)


def unreadable(path):
    """A file that opens and gives nothing, for root too."""
    path.symlink_to("/proc/self/mem")


BAD = {
    "text.png": (text, "no readable image"),
    "empty.jpg": (empty, "no readable image"),
    "truncated.jpg": (truncated, "truncated"),
    "truncated.png": (truncated, "no readable image"),
    "flipped.png": (flipped_png, "no readable image"),
    "unreadable.png": (unreadable, "Input/output error"),
    "directory.png": (os.mkdir, "not a file"),
    "pipe.png": (os.mkfifo, "not a file"),
    "dangling.png": (lambda path: path.symlink_to("gone.png"), "a link to nothing"),
    "loop.png": (lambda path: path.symlink_to(path), "a link to nothing"),
    "bomb.png": (lambda path: png_header(path, 8193, 8192), "an image of 8193x8192 pixels, more than the 67108864"),
    "pillows_bomb.png": (lambda path: png_header(path, 20000, 20000, TEXT), "Image size .* exceeds limit"),
    "headers_only.png": (lambda path: png_header(path, 64, 64), "no readable image"),
}


@pytest.fixture
def with_one_bad(tmp_path, request):
    for number in range(3):
        save(tmp_path / f"{number}.png", (number, 0, 0))
    BAD[request.param][0](tmp_path / request.param)
    return tmp_path / request.param, BAD[request.param][1]


@pytest.mark.parametrize("with_one_bad", BAD, indirect=True)
def test_a_bad_image_is_named(with_one_bad):
    file, problem = with_one_bad
    with pytest.raises(InputError, match=rf"Received: '{file}', .*{problem}"):
        read_folder(file.parent, image_size=4)


@pytest.mark.parametrize("with_one_bad", BAD, indirect=True)
def test_a_bad_image_is_skipped(with_one_bad):
    file, problem = with_one_bad
    with pytest.warns(UserWarning, match=rf"skipped 1 of 4 images of '{file.parent}': '{file.name}': .*{problem}"):
        found = read_folder(file.parent, image_size=4, on_bad_image="skip")
    assert found.images[:, 0, 0, 0].tolist() == [0, 1, 2]
    assert found.skipped == [str(file)]


def test_labels_stay_with_their_images(tmp_path):
    for number in range(20):
        save(tmp_path / ("cat" if number < 10 else "dog") / f"{number:02}.png", (number, 0, 0))
    text(tmp_path / "cat" / "03.png")
    (tmp_path / "dog" / "11.png").unlink()
    (tmp_path / "dog" / "11.png").symlink_to("gone")
    with pytest.warns(UserWarning, match="skipped 2 of 20 images"):
        found = read_folder(tmp_path, on_bad_image="skip")
    assert found.images[:, 0, 0, 0].tolist() == [n for n in range(20) if n not in (3, 11)]
    assert found.labels.tolist() == [0] * 9 + [1] * 9
    assert found.class_names == ["cat", "dog"]


@pytest.mark.parametrize("waiting", [0, 2**24], ids=["four tasks ahead", "all at once"])
def test_however_far_ahead_they_are_decoded(tmp_path, monkeypatch, waiting):
    monkeypatch.setattr(image_files, "_WAITING", waiting)
    for number in range(200):
        save(tmp_path / f"{number:03}.png", (number, 0, 0))
    whole = (tmp_path / "150.png").read_bytes()
    reader = scan(tmp_path, on_bad_image="skip")
    (tmp_path / "150.png").write_bytes(whole[:-20])
    with pytest.warns(UserWarning, match="skipped 1 of 200 images"):
        rows = [*reader.rows()]
    assert [index for index, _ in rows] == [row[0, 0, 0] for _, row in rows] == [n for n in range(200) if n != 150]
    first = scan(tmp_path, on_bad_image="skip").rows()
    assert next(first)[0] == 0
    first.close()


def test_more_than_a_tenth_is_an_error_still(tmp_path):
    for number in range(10):
        save(tmp_path / f"{number}.png")
    text(tmp_path / "3.png")
    empty(tmp_path / "7.png")
    with pytest.raises(InputError, match=r"skips at most 10% .* 2 of 10 are bad: '3\.png': .*'7\.png'"):
        read_folder(tmp_path, on_bad_image="skip")


def test_headers_come_first(tmp_path, monkeypatch):
    """The last file is a bomb: nothing was decoded when that is found."""
    for number in range(3):
        save(tmp_path / f"{number}.png")
    png_header(tmp_path / "9.png", 8193, 8192)
    decoded = []
    monkeypatch.setattr("keras_gan.data.readers.image_files.decode", lambda file, *_: decoded.append(file))
    with pytest.raises(InputError, match=r"9\.png', an image of 8193x8192"):
        read_folder(tmp_path)
    assert not decoded


def test_sides_that_differ_are_no_bad_images(tmp_path):
    save(tmp_path / "a.png")
    save(tmp_path / "b.png", size=(6, 4))
    with pytest.raises(InputError, match=r"`image_size` must be given .*b\.png' has 6x4"):
        read_folder(tmp_path, on_bad_image="skip")


@pytest.mark.long
def test_a_bomb_of_a_megabyte_takes_no_memory(tmp_path):
    """20000x20000 pixels of black: decoded they are 1.2 GB."""
    (tmp_path / "images").mkdir()
    line, deflate = b"\0" * 60001, zlib.compressobj(9)
    data = b"".join(deflate.compress(line) for _ in range(20000)) + deflate.flush()
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 20000, 20000, 8, 2, 0, 0, 0))
    bomb = tmp_path / "images" / "bomb.png"
    bomb.write_bytes(b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", data) + chunk(b"IEND", b""))
    assert bomb.stat().st_size < 1.3e6
    code = """
import resource, sys
from keras_gan.data import load
start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    load(sys.argv[1], image_size=8)
except ValueError as error:
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - start, error)
"""
    command = [sys.executable, "-c", code, str(bomb.parent)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    kilobytes, message = done.stdout.split(maxsplit=1)
    assert "bomb.png" in message
    assert int(kilobytes) < 200 * 1024
