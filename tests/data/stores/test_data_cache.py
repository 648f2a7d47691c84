import errno
import io
import os
import resource
import shutil
import signal
import subprocess
import sys
import tarfile
import warnings

import filelock
import numpy as np
import pytest
from PIL import Image

from keras_gan.data import load
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores.data_cache import DataCache
from keras_gan.data.stores.decoded_store import DecodedStore
from keras_gan.data.stores.file_store import FileStore
from keras_gan.data.stores.survey import Survey
from keras_gan.utils.validation import InputError

IMAGES = np.random.default_rng(0).integers(0, 256, (20, 4, 5, 3), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "pictures").mkdir()
    for index, image in enumerate(IMAGES):
        Image.fromarray(image).save(tmp_path / "pictures" / f"{index:02d}.png")
    return tmp_path / "pictures"


@pytest.fixture
def reader(folder):
    return ImageFiles(Folder(folder), Preprocessing())


@pytest.fixture
def cache(tmp_path):
    return DataCache(tmp_path / "cache")


def kept(cache, reader):
    """Return the store, and whether the files were read for it."""
    read, rows = [], type(reader).rows

    def counted(self):
        read.append(1)
        return rows(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(reader), "rows", counted)
        store, _ = cache.keep(reader, "mine")
    np.testing.assert_array_equal(store[:], IMAGES)
    return store, len(read)


def visible(cache):
    return [name for name in os.listdir(cache.path) if not name.endswith(".lock")]


def test_rows_are_written_in_pieces(cache, reader, monkeypatch):
    monkeypatch.setattr("keras_gan.data.stores.data_cache._PIECE", 7)
    kept(cache, reader)


def test_what_was_prepared_is_opened(cache, reader, folder):
    store, read = kept(cache, reader)
    assert isinstance(store, FileStore)
    assert read == 1
    assert kept(cache, ImageFiles(Folder(folder), Preprocessing()))[1] == 0
    assert visible(cache) == [*cache.entries()] == [reader.identity[:32]]
    (survey,) = cache.entries().values()
    assert (survey.name, survey.nbytes) == ("mine", 1200)


def test_other_files_or_options_are_prepared_by_themselves(cache, reader, folder):
    kept(cache, reader)
    cache.keep(ImageFiles(Folder(folder), Preprocessing(image_size=2)), "mine")
    os.utime(folder / "03.png", ns=(0, 0))
    assert kept(cache, ImageFiles(Folder(folder), Preprocessing()))[1] == 1
    assert len(cache.entries()) == 3


def cut(path):
    path.write_bytes(path.read_bytes()[:-1])


def flip(path):
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(whole)


@pytest.mark.parametrize("file", ["rows", "survey.json"])
@pytest.mark.parametrize("damage", [cut, flip, os.remove])
def test_what_is_damaged_is_told_of_and_prepared_again(cache, reader, file, damage):
    kept(cache, reader)
    damage(cache.path / reader.identity[:32] / file)
    with pytest.warns(UserWarning, match=r"is damaged: it is prepared again"):
        assert kept(cache, reader)[1] == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert kept(cache, reader)[1] == 0


def test_without_room_images_are_decoded_when_they_are_needed(cache, reader, monkeypatch):
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=2**20))
    with pytest.warns(UserWarning, match=r"no room for 'mine', which takes 1\.2 KB, and 1\.05 MB are free"):
        store, read = kept(cache, reader)
    assert isinstance(store, DecodedStore)
    assert read == 1
    again, read = kept(cache, reader)  # what is known of them needs no room
    assert (type(again), again.digest, read) == (DecodedStore, store.digest, 0)
    monkeypatch.undo()
    store, read = kept(cache, reader)  # there is room by now
    assert (type(store), read) == (FileStore, 1)


@pytest.fixture
def limit():
    """Set the limit of the size of files; Python turns the signal into an error."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    yield lambda size: resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_that_fills_while_it_is_prepared(cache, reader, limit):
    limit(1100)
    with pytest.warns(UserWarning, match="has no room for 'mine'"):
        store, _ = kept(cache, reader)
    assert isinstance(store, DecodedStore)
    assert os.listdir(cache.path / reader.identity[:32]) == ["survey.json"]
    assert visible(cache) == [reader.identity[:32]]


def test_a_disk_that_takes_nothing(cache, reader, limit):
    limit(300)
    with (
        pytest.warns(UserWarning, match="has no room for 'mine'"),
        pytest.warns(UserWarning, match=r"'mine' can't be kept in .* \(File too large\): its images are looked at"),
    ):
        store, _ = kept(cache, reader)
    assert isinstance(store, DecodedStore)
    assert visible(cache) == []


def test_a_directory_that_is_a_file(tmp_path, reader):
    (tmp_path / "cache").write_text("")
    with pytest.warns(UserWarning, match=r"'mine' can't be kept in .*cache/data' \("):
        assert isinstance(kept(DataCache(tmp_path / "cache"), reader)[0], DecodedStore)


def test_an_error_of_the_sources_leaves_nothing(cache, reader, folder):
    cut(folder / "10.png")
    (folder / "11.png").write_bytes(b"no picture")
    with pytest.raises(InputError, match=r"11\.png"):
        cache.keep(reader, "mine")
    assert visible(cache) == []


def test_what_a_killed_process_has_left_is_removed(cache, reader):
    left = cache.path / f".{reader.identity[:32]}.abc"
    left.mkdir(parents=True)
    (left / "rows").write_bytes(b"half")
    assert (cache.entries(), cache.names()) == ({}, [reader.identity[:32]])
    kept(cache, reader)
    assert visible(cache) == [reader.identity[:32]]


def test_removing(cache, reader):
    store, _ = kept(cache, reader)
    (name,) = cache.entries()
    with pytest.raises(InputError, match=rf"`name` must be one of \['{name}'\]\. Received: name='other'"):
        cache.remove("other")
    with pytest.raises(InputError, match=r"`name` must be one of"):
        cache.remove("../data")
    with filelock.FileLock(cache.path / f".{name}.lock"), pytest.raises(InputError, match="must not be in preparation"):
        cache.remove(name)
    cache.remove(name)
    assert cache.entries() == {}
    np.testing.assert_array_equal(store[:], IMAGES)  # who reads it reads on


_PREPARE = """
import os, sys, time
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores import store
from keras_gan.data.stores.data_cache import DataCache

class Slow(ImageFiles):
    def rows(self):
        for number, row in enumerate(super().rows()):
            yield row
            print(number, flush=True)
            while number == int(sys.argv[3]) and not os.path.exists(sys.argv[2] + "/go"):
                time.sleep(0.05)

store._BLOCK = 120
reader = Slow(Folder(sys.argv[1]), Preprocessing())
print(DataCache(sys.argv[2]).keep(reader, "mine")[0].digest)
"""


def prepare(folder, cache, held_at=-1):
    """Start a process that prepares, and waits after an image until there is a file called `go`."""
    command = [sys.executable, "-c", _PREPARE, str(folder), str(cache.path.parent), str(held_at)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.long
def test_a_kill_in_the_middle_leaves_nothing_half(folder, cache, reader):
    process = prepare(folder, cache, held_at=9)
    while process.stdout.readline().strip() != "9":
        assert process.poll() is None, process.stderr.read()
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert [*cache.entries()] == []
    assert any(name.startswith(f".{reader.identity[:32]}.") for name in visible(cache)), "it was in the middle"
    assert kept(cache, reader)[1] == 1
    assert visible(cache) == [reader.identity[:32]]


@pytest.mark.long
@pytest.mark.full
def test_two_processes_prepare_once(folder, cache, reader):
    first = prepare(folder, cache, held_at=2)
    while first.stdout.readline().strip() != "2":
        assert first.poll() is None, first.stderr.read()
    second = prepare(folder, cache)
    assert second.stdout.readline().strip() == "another process prepares these data: waiting for it"
    (cache.path.parent / "go").touch()
    results = [process.communicate(timeout=120)[0].splitlines() for process in (first, second)]
    assert results[0][-1] == results[1][-1]
    assert not any(line.isdigit() for line in results[1]), "it read no file"


def test_removing_what_a_killed_process_has_left(cache):
    (cache.path / ".abc.def").mkdir(parents=True)
    cache.remove("abc")
    assert visible(cache) == []


def tar_of(path, value):
    """Write a tar as Python does, with times of 0 if they are not set, of arrays of one size."""
    with tarfile.open(path, "w") as tar:
        for index in range(4):
            file = io.BytesIO()
            np.save(file, np.full((4, 4), value, np.uint8))
            member = tarfile.TarInfo(f"{index}.npy")
            member.size = file.tell()
            file.seek(0)
            tar.addfile(member, file)


def test_archives_that_look_alike_are_told_apart(tmp_path):
    options = {"in_memory": False, "cache_dir": tmp_path / "cache", "batch_size": 2}
    for name, value in (("a", 1), ("b", 2), ("a", 3)):  # another one, and the first anew
        tar_of(tmp_path / f"{name}.tar", value)
        assert (load(tmp_path / f"{name}.tar", **options).examples[:] == value).all()


def test_folders_that_look_alike_are_told_apart(tmp_path):
    options = {"in_memory": False, "cache_dir": tmp_path / "cache", "batch_size": 2}
    for name, value in (("a", 1), ("b", 2), ("a", 3)):
        (tmp_path / name).mkdir(exist_ok=True)
        for index in range(4):
            Image.fromarray(np.full((4, 4), value, np.uint8)).save(tmp_path / name / f"{index}.bmp")
            os.utime(tmp_path / name / f"{index}.bmp", (0, 0))
        assert (load(tmp_path / name, **options).examples[:] == value).all()


def test_bad_images_are_counted_once_where_the_disk_fills(tmp_path, monkeypatch):
    """The files are looked at a second time then."""
    for index in range(30):
        Image.fromarray(np.full((4, 4), index, np.uint8)).save(tmp_path / f"{index:02}.png")
    for index in (3, 7):
        (tmp_path / f"{index:02}.png").write_bytes((tmp_path / f"{index:02}.png").read_bytes()[:45])
    reader = ImageFiles(Folder(tmp_path), Preprocessing(), on_bad_image="skip")

    def full(self, path):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Survey, "write", full)
    with pytest.warns(UserWarning, match="skipped 2 of 30"):
        store, survey = DataCache(tmp_path / "cache").keep(reader, "mine")
    assert len(survey.skipped) == len({*survey.skipped}) == 2
    assert store[:][:, 0, 0, 0].tolist() == [index for index in range(30) if index not in (3, 7)]
