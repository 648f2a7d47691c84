import io

from keras_gan.data.readers.container import Container, sort_key


class Memory(Container):
    """Files in a dictionary: the smallest container there is."""

    def __init__(self, files):
        super().__init__("memory")
        self._held = files
        self.names = sorted(files, key=sort_key)

    def open(self, name):
        return io.BytesIO(self._held[name])

    def stamp(self, name):
        return str(len(self._held[name]))


def test_names_are_sorted_part_by_part():
    assert Memory({"a-b/c": b"", "a/d": b"", "a/b/c": b""}).names == ["a/b/c", "a/d", "a-b/c"]


def test_suffixes_change_no_order():
    for suffix in (".jpg", ".png"):
        names = [f"a{suffix}", f"a-1{suffix}", f"a.m{suffix}", f"a/b{suffix}"]
        assert [*map(Memory(dict.fromkeys(names, b"")).names.index, names)] == [0, 2, 3, 1]


def test_what_a_member_has_to_say():
    files = Memory({"a.png": b"xyz"})
    assert files.shown("a.png") == "memory/a.png"
    assert (files.bad, files.folders) == ([], [])
    assert files.open("a.png").read() == b"xyz"
