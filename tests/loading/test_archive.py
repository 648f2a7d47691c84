import json
import zipfile

import h5py
import numpy as np
import pytest

from keras_gan import InputError
from keras_gan.loading.archive import read_archive
from tests import hostile_files


@pytest.fixture
def sound(make_gan, tmp_path):
    make_gan().save(tmp_path / "sound.keras")
    return tmp_path / "sound.keras"


def test_a_sound_file(sound):
    contents = hostile_files.members(sound)
    config, size = read_archive(str(sound))
    assert config == json.loads(contents["config.json"])
    assert size == len(contents["model.weights.h5"])


def test_a_comment_of_any_length_changes_nothing(sound):
    with zipfile.ZipFile(sound, "a") as archive:
        archive.comment = b"x" * 65535
    assert read_archive(sound)[0]["class_name"] == "GAN"


def test_bfloat16_is_kept_as_two_bytes(sound, tmp_path):
    def half(place):
        place.create_dataset("0", data=np.zeros((4, 16), "V2"))

    hostile_files.replaced(half)(sound, tmp_path / "half.keras")
    assert read_archive(tmp_path / "half.keras")


@pytest.mark.long
@pytest.mark.parametrize(
    ("change", "message"),
    [
        (hostile_files.with_member("assets/x"), r"It must hold .*\. Received: 4 members"),
        (hostile_files.linked, r"must be files\. Received: 'model\.weights\.h5'"),
        (hostile_files.bomb("config.json"), "must be stored, not compressed"),
        (hostile_files.external_link, "lie in the file itself. Received: 'x' is a link"),
        (hostile_files.replaced(hostile_files.virtual), r"Received: '/generator/.*/0' lies elsewhere"),
        (hostile_files.replaced(hostile_files.shape_bomb), r"of shape \(8589934592, 64\) in 0 bytes"),
        (hostile_files.replaced(hostile_files.text), "must be numbers.*object"),
    ],
)
def test_what_is_refused_is_named(change, message, sound, tmp_path):
    change(sound, tmp_path / "bad.keras")
    with pytest.raises(InputError, match=message):
        read_archive(tmp_path / "bad.keras")


def test_a_config_of_nine_megabytes(sound, tmp_path):
    hostile_files.rewrite(sound, tmp_path / "bad.keras", {"config.json": " " * 9_000_000 + "{}"})
    with pytest.raises(InputError, match=r"'config\.json' must have at most 8,388,608 bytes\. Received: 9,000,002"):
        read_archive(tmp_path / "bad.keras")


@pytest.mark.parametrize("member", ["metadata.json", "config.json", "model.weights.h5"])
def test_a_flipped_bit_anywhere(member, sound):
    data = bytearray(sound.read_bytes())
    with zipfile.ZipFile(sound) as archive:
        start = archive.getinfo(member).header_offset + 30 + len(member)
        length = archive.getinfo(member).file_size
    for place in np.linspace(start, start + length - 1, 20).astype(int):
        data[place] ^= 1
        sound.write_bytes(data)
        with pytest.raises(zipfile.BadZipFile, match="Bad CRC-32"):
            read_archive(sound)
        data[place] ^= 1


def test_weights_that_are_not_hdf5(sound, tmp_path):
    hostile_files.rewrite(sound, tmp_path / "bad.keras", {"model.weights.h5": b"nothing"})
    with pytest.raises(OSError, match="signature not found"):
        read_archive(tmp_path / "bad.keras")


def test_a_hard_link_to_a_place_that_was_seen(sound, tmp_path):
    def twice(weights):
        weights["vars/again"] = weights["vars/step"]
        assert isinstance(weights["vars"].get("again", getlink=True), h5py.HardLink)

    hostile_files.with_weights(twice)(sound, tmp_path / "bad.keras")
    with pytest.raises(InputError, match=r"must be a tree of arrays\. Received: '(again|step)', twice"):
        read_archive(tmp_path / "bad.keras")
