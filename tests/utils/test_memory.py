import psutil
import pytest

from keras_gan.utils import memory
from keras_gan.utils.memory import available_memory, readable


@pytest.fixture
def group(tmp_path, monkeypatch):
    """A container of 1000 bytes, of which 700 are used, 200 of them by pages of files."""
    (tmp_path / "cgroup").write_text("0::/box\n")
    (tmp_path / "box").mkdir()
    contents = {"memory.max": "1000\n", "memory.current": "700\n", "memory.stat": "anon 500\ninactive_file 200\n"}
    for name, text in contents.items():
        (tmp_path / "box" / name).write_text(text)
    monkeypatch.setattr(memory, "_GROUP", tmp_path / "cgroup")
    monkeypatch.setattr(memory, "_LIMITS", tmp_path)
    return tmp_path / "box"


def test_the_machine_has_the_last_word(monkeypatch, tmp_path):
    monkeypatch.setattr(memory, "_GROUP", tmp_path / "gone")
    assert 0 < available_memory() <= psutil.virtual_memory().total


def test_a_container_has_less(group):
    assert available_memory() == 500
    (group / "memory.current").write_text("1300\n")
    assert available_memory() == 0


def test_a_container_without_a_limit(group):
    (group / "memory.max").write_text("max\n")
    assert available_memory() > 10**6


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 bytes"), (999, "999 bytes"), (2_460_000_000, "2.46 GB"), (15e6, "15 MB"), (3e18, "3e+06 TB")],
)
def test_sizes_for_people(size, text):
    assert readable(size) == text
