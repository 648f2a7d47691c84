import bz2
import gzip
import io
import lzma
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from keras_gan.data import load
from keras_gan.data.readers.archive import TarArchive, ZipArchive, open_archive
from keras_gan.utils.validation import InputError


def png(level, size=(6, 4)):
    file = io.BytesIO()
    Image.new("L", size, level).save(file, "PNG")
    return file.getvalue()


CLASSES = {"cat/1.png": png(1), "dog/deep/2.png": png(2), "cat/3.png": png(3)}


def zipped(path, files, **options):
    with zipfile.ZipFile(path, "w", **options) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def tarred(path, files, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return path


MAKERS = {
    "zip": lambda path, files: zipped(path / "data.zip", files),
    "deflated": lambda path, files: zipped(path / "data.zip", files, compression=zipfile.ZIP_DEFLATED),
    "tar": lambda path, files: tarred(path / "data.tar", files),
    "gz": lambda path, files: tarred(path / "data.tar.gz", files, "w:gz"),
    "bz2": lambda path, files: tarred(path / "data.tar.bz2", files, "w:bz2"),
    "xz": lambda path, files: tarred(path / "data.tar.xz", files, "w:xz"),
}


@pytest.mark.parametrize("kind", MAKERS)
def test_an_archive_is_what_it_holds(kind, tmp_path):
    data = load(MAKERS[kind](tmp_path, CLASSES), batch_size=1)
    assert data.class_names == ["cat", "dog"]
    assert data.labels.tolist() == [0, 0, 1]
    assert data.examples[:, 0, 0, 0].tolist() == [1, 3, 2]
    assert data.examples.shape == (3, 4, 6, 1)
    assert [path.name for path in tmp_path.iterdir()] == [path.name for path in tmp_path.glob("data.*")]


@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_a_folder_around_everything_is_no_class(kind, tmp_path):
    around = {f"data/{name}": data for name, data in CLASSES.items()} | {"__MACOSX/x.png": b"", "data/.hidden": b""}
    assert open_archive(MAKERS[kind](tmp_path, around)).names == ["cat/1.png", "cat/3.png", "dog/deep/2.png"]
    flat = open_archive(MAKERS[kind](tmp_path, {"data/1.png": png(1), "data/2.png": png(2)}))
    assert (flat.names, flat.folders) == (["1.png", "2.png"], [])


def test_stamps_and_kinds(tmp_path):
    zipped_files, tarred_files = (open_archive(MAKERS[kind](tmp_path, CLASSES)) for kind in ("zip", "tar"))
    assert (type(zipped_files), type(tarred_files)) == (ZipArchive, TarArchive)
    for files in (zipped_files, tarred_files):
        assert len({files.stamp(name) for name in files.names}) == 3
        assert files.open("cat/1.png").read() == CLASSES["cat/1.png"]
    (tmp_path / "a.txt").write_text("hello")
    assert open_archive(tmp_path / "a.txt") is None


@pytest.mark.parametrize("name", ["../a.png", "cat/../../a.png", "cat/../a.png", "/etc/a.png", "..\\a.png", "C:/a.png"])
@pytest.mark.parametrize("kind", ["zip", "tar"])
def test_names_that_lead_out(kind, name, tmp_path):
    with pytest.raises(InputError, match=r"`path` must hold files below it alone\. .*which leads out of it"):
        load(MAKERS[kind](tmp_path, {**CLASSES, name: png(9)}), batch_size=1)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["deflated", "gz", "bz2", "xz"])
def test_bombs(kind, tmp_path):
    path = MAKERS[kind](tmp_path, {**CLASSES, "cat/bomb.png": bytes(80 * 2**20)})
    with pytest.raises(InputError, match=r"`path` must not be a bomb\. Received: .*"):
        load(path, batch_size=1)


def test_a_zip_that_lies_about_a_size(tmp_path):
    """Its directory announces less than the member holds: no more is read than was announced, and it is named."""
    path = zipped(tmp_path / "data.zip", {"a.png": png(1), "b.npy": bytes(2**20)}, compression=zipfile.ZIP_DEFLATED)
    data = bytearray(path.read_bytes())
    at = data.rindex(b"PK\x01\x02")  # of the last entry of the directory
    data[at + 24 : at + 28] = (1000).to_bytes(4, "little")
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"b\.npy', no readable image \(Bad CRC-32"):
        load(path, batch_size=1)


def test_a_truncated_member_is_named(tmp_path):
    path = MAKERS["tar"](tmp_path, {"a.png": png(1), "b.png": png(2, (300, 200)) + bytes(20_000)})
    path.write_bytes(path.read_bytes()[:4096])
    with pytest.raises(InputError, match=r"data\.tar/b\.png', .*cut off after .* bytes"):
        load(path, batch_size=1)


def test_a_damaged_member_is_named_or_skipped(tmp_path):
    files = {f"{number}.png": png(number) for number in range(12)}
    path = zipped(tmp_path / "data.zip", files)
    data = bytearray(path.read_bytes())
    at = data.index(files["7.png"])
    data[at + 40] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"data\.zip/7\.png', no readable image \(Bad CRC-32"):
        load(path, batch_size=1)
    with pytest.warns(UserWarning, match=r"skipped 1 of 12 images of '.*data\.zip': '7\.png'"):
        assert len(load(path, batch_size=1, on_bad_image="skip")) == 11


@pytest.mark.parametrize("kind", ["zip", "gz", "xz"])
def test_an_archive_that_is_cut_off(kind, tmp_path):
    path = MAKERS[kind](tmp_path, {**CLASSES, "cat/noise.png": np.random.default_rng(0).bytes(5000)})
    path.write_bytes(path.read_bytes()[:-1000])
    with pytest.raises(InputError, match=r"`path` must be (an archive that is whole|a folder of images that exists)"):
        load(path, batch_size=1)


def test_links_in_a_tar(tmp_path):
    with tarfile.open(tmp_path / "data.tar", "w") as archive:
        member = tarfile.TarInfo("cat/1.png")
        member.size = len(png(1))
        archive.addfile(member, io.BytesIO(png(1)))
        for name, target, kind in (
            ("dog/2.png", "../cat/1.png", tarfile.SYMTYPE),
            ("dog/3.png", "cat/1.png", tarfile.LNKTYPE),
            ("dog/4.png", "/etc/passwd", tarfile.SYMTYPE),
        ):
            link = tarfile.TarInfo(name)
            link.linkname, link.type = target, kind
            archive.addfile(link)
    files = open_archive(tmp_path / "data.tar")
    assert files.names == ["cat/1.png", "dog/2.png", "dog/3.png"]
    assert files.open("dog/2.png").read() == png(1)
    with pytest.raises(InputError, match=r"dog/4\.png', a link to nothing in the archive"):
        load(tmp_path / "data.tar", batch_size=1)


def test_the_same_name_twice(tmp_path):
    with zipfile.ZipFile(tmp_path / "data.zip", "w") as archive:
        archive.writestr("a.png", png(1))
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("a.png", png(2))
    with pytest.raises(InputError, match=r"`path` must hold each file once\. .*'a\.png' twice"):
        load(tmp_path / "data.zip", batch_size=1)


def test_an_encrypted_zip(tmp_path):
    path = zipped(tmp_path / "data.zip", {"a.png": png(1)})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match=r"`path` must hold no encrypted files\. .*'a\.png'"):
        load(path, batch_size=1)


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_compressed_and_no_tar(pack, tmp_path):
    (tmp_path / "a.gz").write_bytes(pack(b"hello" * 1000))
    assert open_archive(tmp_path / "a.gz") is None


def test_every_byte_of_a_compressed_tar_that_is_spoilt(tmp_path):
    """Whatever the decompressor raises, it is told of: nothing but our error comes out."""
    path = MAKERS["gz"](tmp_path, CLASSES)
    good, told = path.read_bytes(), set()
    for at in range(10, len(good), 7):
        path.write_bytes(good[:at] + bytes([good[at] ^ 0x5A]) + good[at + 1 :])
        try:
            open_archive(path)
        except InputError as error:
            told.add(type(error.__cause__).__name__)
    assert "error" in told, "zlib's"
