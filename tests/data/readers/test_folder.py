import os

import pytest

from keras_gan.data.readers.folder import Folder
from keras_gan.utils.validation import InputError


def touch(path, content="x"):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)


def test_all_files_below_sorted_by_their_parts(tmp_path):
    for name in ("b.txt", "a/c/d.png", "a/b.png", "a-b/e.png", ".hidden/f.png", "a/.g.png"):
        touch(tmp_path / name)
    files = Folder(tmp_path)
    assert files.names == ["a/b.png", "a/c/d.png", "a-b/e.png", "b.txt"]
    assert files.folders == ["a", "a-b"]
    with files.open("a/b.png") as file:
        assert file.read() == b"x"
    assert files.shown("a/b.png") == str(tmp_path / "a" / "b.png")


def test_the_home(tmp_path, monkeypatch):
    touch(tmp_path / "a.png")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Folder("~").names == ["a.png"]


def test_a_stamp_changes_with_the_file(tmp_path):
    touch(tmp_path / "a.png")
    before = Folder(tmp_path).stamp("a.png")
    assert Folder(tmp_path).stamp("a.png") == before
    touch(tmp_path / "a.png", "xy")
    assert Folder(tmp_path).stamp("a.png") != before


def test_links_to_folders_are_followed_but_not_in_circles(tmp_path):
    touch(tmp_path / "elsewhere" / "a.png")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "cat").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "up").symlink_to(tmp_path / "data")
    (tmp_path / "elsewhere" / "self").symlink_to(tmp_path / "elsewhere")
    assert Folder(tmp_path / "data").names == ["cat/a.png"]


def test_what_is_no_file_is_bad(tmp_path):
    (tmp_path / "gone.png").symlink_to("nowhere")
    (tmp_path / "itself.png").symlink_to("itself.png")
    (tmp_path / "folder.png").mkdir()
    os.mkfifo(tmp_path / "pipe.jpg")
    bad = {os.path.basename(error.file): error.problem for error in Folder(tmp_path).bad}
    assert bad["gone.png"] == bad["itself.png"] == "a link to nothing"
    assert bad["folder.png"] == bad["pipe.jpg"] == "not a file, though its name ends like that of an image"


@pytest.mark.parametrize("mode", [0o744, 0o711])
@pytest.mark.parametrize("below", ["", "sub"])
def test_a_folder_whose_names_or_files_may_not_be_read(tmp_path, monkeypatch, mode, below):
    (tmp_path / "cat" / below).mkdir(parents=True)
    (tmp_path / "cat" / below / "1.png").touch()
    (tmp_path / "cat").chmod(mode)
    tmp_path.chmod(0o755)
    monkeypatch.chdir(tmp_path)  # the folders around it belong to root alone
    user = os.geteuid()
    os.seteuid(user or 65534)  # root may read all
    try:
        with pytest.raises(InputError, match=r"must be readable\. Received: path='\./cat/?' \(Permission denied"):
            Folder(".")
    finally:
        os.seteuid(user)
        (tmp_path / "cat").chmod(0o755)


def test_a_folder_that_can_not_be_read(tmp_path):
    with pytest.raises(InputError, match=r"`path` must be readable\. Received: path='.*gone'"):
        Folder(tmp_path / "gone")
