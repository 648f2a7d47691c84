import os
import re
import stat
from pathlib import Path

import pytest

from keras_gan.utils import files
from keras_gan.utils.files import atomic_directory, atomic_write, cache_directory


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o022, 0o077])
def umask(request):
    old = os.umask(request.param)
    yield request.param
    os.umask(old)


def test_a_write_appears_at_the_end(tmp_path):
    target = tmp_path / "deep" / "down" / "options.json"
    with atomic_write(str(target)) as temporary:
        temporary.write_text("new")
        assert not target.exists()
        assert temporary.parent == target.parent
        assert temporary.suffix == ".json", "libraries choose the format by it"
        assert temporary.name.startswith("."), "a listing of the samples must not show it"
    assert target.read_text() == "new"
    assert os.listdir(target.parent) == ["options.json"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failing_write_leaves_the_old_file_and_nothing_else(error, tmp_path):
    target = tmp_path / "file.txt"
    target.write_text("old")

    def write():
        with atomic_write(target) as temporary:
            temporary.write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert target.read_text() == "old"
    assert os.listdir(tmp_path) == ["file.txt"]
    target.unlink()
    with pytest.raises(error):
        write()
    assert os.listdir(tmp_path) == []


def test_the_mode_of_a_file_is_kept_and_a_new_one_follows_the_umask(umask, tmp_path):
    target = tmp_path / "file.txt"
    with atomic_write(target) as temporary:
        temporary.write_text("first")
    assert mode(target) == 0o666 & ~umask
    target.chmod(0o640)
    with atomic_write(target) as temporary:
        temporary.write_text("second")
    assert (target.read_text(), mode(target)) == ("second", 0o640)


def test_a_write_may_replace_the_temporary_file(tmp_path):
    """As Keras does when it saves."""
    with atomic_write(tmp_path / "file.txt") as temporary:
        temporary.unlink()
        temporary.write_text("new")
    assert (tmp_path / "file.txt").read_text() == "new"


def test_a_directory_appears_at_the_end(umask, tmp_path):
    target = tmp_path / "deep" / "model"
    with atomic_directory(str(target)) as temporary:
        (temporary / "inner").mkdir()
        (temporary / "inner" / "file.txt").write_text("new")
        assert not target.exists()
    assert (target / "inner" / "file.txt").read_text() == "new"
    assert mode(target) == 0o777 & ~umask
    assert os.listdir(target.parent) == ["model"]


def test_a_directory_replaces_the_old_one_whole(tmp_path):
    target = tmp_path / "model"
    target.mkdir()
    (target / "old.txt").write_text("old")
    with atomic_directory(target) as temporary:
        (temporary / "new.txt").write_text("new")
        assert os.listdir(target) == ["old.txt"]
    assert os.listdir(target) == ["new.txt"]
    assert os.listdir(tmp_path) == ["model"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
@pytest.mark.parametrize("existed", [True, False])
def test_a_failing_directory_leaves_the_old_one_and_nothing_else(error, existed, tmp_path):
    target = tmp_path / "model"
    if existed:
        target.mkdir()
        (target / "old.txt").write_text("old")

    def write():
        with atomic_directory(target) as temporary:
            (temporary / "half.txt").write_text("half")
            raise error

    with pytest.raises(error):
        write()
    assert os.listdir(tmp_path) == (["model"] if existed else [])
    if existed:
        assert (target / "old.txt").read_text() == "old"


def test_a_directory_that_can_not_take_its_place_gives_it_back(tmp_path, monkeypatch):
    target = tmp_path / "model"
    target.mkdir()
    (target / "old.txt").write_text("old")
    rename, calls = os.rename, []

    def fail_once(source, destination):
        calls.append(source)
        if len(calls) == 2:  # the old one has been moved out of the way
            raise OSError("no space left on device")
        rename(source, destination)

    monkeypatch.setattr(os, "rename", fail_once)
    with pytest.raises(OSError, match="no space left"), atomic_directory(target) as temporary:
        (temporary / "new.txt").write_text("new")
    assert os.listdir(tmp_path) == ["model"]
    assert os.listdir(target) == ["old.txt"]


def test_where_it_is(monkeypatch, tmp_path):
    monkeypatch.delenv("KERAS_GAN_CACHE", raising=False)
    assert cache_directory() == Path.home() / ".cache" / "keras_gan"
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path))
    assert cache_directory() == tmp_path
    assert cache_directory("~/elsewhere") == Path.home() / "elsewhere"


def test_the_digest_of_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert (
        files.sha256(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    )  # FIPS 180-4


def test_where_nothing_can_be_written_the_file_itself_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "new.json"
    for write in (atomic_write, atomic_directory):
        with pytest.raises(OSError, match=re.escape(f"'{path}'")), write(path):
            pass
