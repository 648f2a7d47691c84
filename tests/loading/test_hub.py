import hashlib
import inspect
import os
import shutil
import subprocess
import sys
import types
from pathlib import Path

import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import ImageToImage, InputError, load
from keras_gan.loading.hub import check_digest, is_address
from tests import hostile_files

COMMIT, OTHER = "0123456789abcdef" * 2 + "01234567", "f" * 40


class NoSuchEntryError(Exception):
    """As the library has one, which is no OSError in every version."""


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A stand-in of `huggingface_hub`: directories by repository and revision, and what was asked for."""
    asked = []

    def hf_hub_download(repo_id, filename, *, revision=None):
        asked.append((repo_id, filename, revision))
        file = tmp_path / "hub" / repo_id / (revision or "main") / filename
        if not file.is_file():
            raise NoSuchEntryError(f"404: {repo_id}")
        return str(file)

    module = types.ModuleType("huggingface_hub")
    module.hf_hub_download = hf_hub_download
    monkeypatch.setitem(sys.modules, "huggingface_hub", module)

    def put(source, revision=COMMIT, name="gan.keras"):
        target = tmp_path / "hub" / "ada" / "digits" / revision / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return target

    return types.SimpleNamespace(asked=asked, put=put)


@pytest.fixture
def saved(make_gan, tmp_path):
    gan = make_gan()
    gan.save(tmp_path / "made.keras")
    return gan, tmp_path / "made.keras"


def sha256(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_a_model_of_a_commit(hub, saved):
    hub.put(saved[1])
    loaded = load(f"hf://ada/digits@{COMMIT}")
    assert_array_equal(loaded.sample(3, seed=0), saved[0].sample(3, seed=0))
    assert hub.asked == [("ada/digits", "gan.keras", COMMIT)], "one file, of that commit"


def test_the_best_of_a_repository(hub, saved):
    hub.put(saved[1], name="best.keras")
    load(f"hf://ada/digits@{COMMIT}", which="best")
    assert hub.asked == [("ada/digits", "best.keras", COMMIT)]


@pytest.mark.parametrize("address", ["hf://ada/digits", "hf://ada/digits@main", f"hf://ada/digits@{COMMIT}"])
def test_a_digest_pins_too(hub, saved, address):
    for revision in ("main", COMMIT):
        hub.put(saved[1], revision)
    assert load(address, digest=sha256(saved[1]).upper()) is not None
    with pytest.raises(
        InputError, match=rf"`digest` must be that of gan.keras, which has {sha256(saved[1])}. Received"
    ):
        load(address, digest="0" * 64)


@pytest.mark.parametrize("address", ["hf://ada/digits", "hf://ada/digits@main", f"hf://ada/digits@{COMMIT[:7]}"])
def test_what_pins_nothing_is_refused_and_not_asked_for(hub, address):
    with pytest.raises(InputError, match=rf"`path` must name a commit by all 40 digits.*Received: path='{address}'"):
        load(address)
    assert hub.asked == []


@pytest.mark.parametrize(
    "address",
    [
        *("hf://", "hf://digits", "hf://ada/digits/gan.keras", f"hf://../digits@{COMMIT}", "hf://ada/dig its@main"),
        *(f"hf://a/b@{COMMIT}@{COMMIT}", f"HF://ada/digits@{COMMIT}", f"hf://ada/-digits@{COMMIT}", "hf://ada/digits@"),
    ],
)
def test_bad_addresses(hub, address):
    with pytest.raises(InputError, match=r"`path` must be hf://USER/NAME@COMMIT for the hub. Received: path="):
        load(address, digest="0" * 64)
    assert hub.asked == []


@pytest.mark.parametrize("revision", ["../../x", "a/../b", "..", "a//b", "."])
def test_no_revision_leads_out_of_the_cache(hub, revision):
    with pytest.raises(InputError, match=r"`path` must not lead out of a repository. Received: path='hf://ada/digits@"):
        load(f"hf://ada/digits@{revision}", digest="0" * 64)
    assert hub.asked == []


def test_a_digest_that_is_none_is_told_before_anything_is_asked_for(hub):
    with pytest.raises(InputError, match=r"`digest` must be a SHA-256, 64 hexadecimal digits\. Received: digest='12'"):
        load("hf://ada/digits@main", digest="12")
    assert hub.asked == []


def test_what_is_not_there(hub):
    with pytest.raises(
        InputError, match=r"`path` must be a repository .* with a gan.keras. Received: .*NoSuchEntryError: 404"
    ):
        load(f"hf://ada/digits@{OTHER}")


def test_without_the_library_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(InputError, match=r"huggingface_hub .*: pip install 'keras_gan\[hub\]'. Received: path='hf://"):
        load(f"hf://ada/digits@{COMMIT}")


@pytest.mark.parametrize("name", ["lambda", "another_shape"])
def test_it_is_checked_as_any_foreign_file(hub, saved, name, tmp_path):
    """All that is hostile is tried by test_safe_load; here that nothing goes past it."""
    hostile_files.MAKERS[name](hostile_files.sound(tmp_path / "sound.keras"), tmp_path / "hostile.keras")
    hub.put(tmp_path / "hostile.keras")
    with pytest.raises(InputError, match=r"`path` must be a file that `GAN.save` wrote. Received: .*gan.keras"):
        load(f"hf://ada/digits@{COMMIT}")
    hub.put(saved[1])
    with pytest.raises(InputError, match=r"`path` must hold a keras_gan.ImageToImage"):
        load(f"hf://ada/digits@{COMMIT}", ImageToImage)


def test_the_digest_of_a_file_of_ones_own(saved, tmp_path):
    assert load(saved[1], digest=sha256(saved[1])) is not None
    for wrong in ("", "12", "g" * 64, 7):
        with pytest.raises(InputError, match=r"`digest` must be a SHA-256, 64 hexadecimal digits. Received: digest="):
            load(saved[1], digest=wrong)
    for name in ("gan.keras", "best.keras"):
        shutil.copyfile(saved[1], tmp_path / name)
    with pytest.raises(InputError, match=r"`digest` must be None for a run, .*Received: digest='0+'"):
        load(tmp_path, digest="0" * 64)
    assert load(tmp_path, which="best", digest=sha256(saved[1])) is not None


def test_parts(tmp_path):
    assert [is_address(path) for path in ("hf://a/b", "hf/a", tmp_path, "hf:/a")] == [True, False, False, False]
    (tmp_path / "file").write_bytes(b"abc")
    check_digest(tmp_path / "file", None)
    check_digest(tmp_path / "file", hashlib.sha256(b"abc").hexdigest())


def test_the_real_library_takes_what_the_stand_in_does():
    library = pytest.importorskip("huggingface_hub")
    parameters = inspect.signature(library.hf_hub_download).parameters
    assert [*parameters][:2] == ["repo_id", "filename"]
    assert "revision" in parameters


def test_the_real_library(saved, tmp_path, monkeypatch):
    """Against a server of this machine that answers as the hub does, in a process of its own."""
    pytest.importorskip("huggingface_hub")
    from tests.loading.hub_server import serving

    with serving({("ada/digits", COMMIT): saved[1]}) as endpoint:
        file = fetch_elsewhere(endpoint, f"hf://ada/digits@{COMMIT}", tmp_path)
        assert sha256(file) == sha256(saved[1])
        with pytest.raises(AssertionError, match=r"InputError: `path` must be a repository of the hub"):
            fetch_elsewhere(endpoint, f"hf://ada/digits@{OTHER}", tmp_path)


def fetch_elsewhere(endpoint, address, directory):
    """Return where `fetch` puts a file, with another endpoint, which the library reads at its import."""
    code = f"from keras_gan.loading.hub import fetch; print(fetch({address!r}, 'gan.keras', None))"
    paths = os.pathsep.join([str(Path(keras_gan.__file__).parents[1]), *sys.path])
    own = {"HF_ENDPOINT": endpoint, "HF_HOME": str(directory / "home"), "PYTHONPATH": paths, "HF_HUB_DISABLE_XET": "1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={**os.environ, **own})
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.splitlines()[-1])
