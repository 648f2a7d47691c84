import numpy as np

from keras_gan.data.readers.reader import Reader, Targets, fill
from keras_gan.utils.depth import Depth


class Counted(Reader):
    """Rows that are their index, of which some can't be read."""

    def __init__(self, count, bad=()):
        self.shape, self.dtype, self.depth = (2, 3, 1), np.dtype(np.uint8), Depth()
        self.targets = Targets(np.arange(count, dtype=np.int32), [str(index) for index in range(count)])
        self.skipped = [f"{index}.png" for index in bad]
        self._count, self._bad = count, bad

    def __len__(self):
        return self._count

    @property
    def identity(self):
        return str(self._count)

    def read(self, index):
        return np.full(self.shape, index, np.uint8)

    def rows(self):
        return ((index, row) for index, row in super().rows() if index not in self._bad)


def test_filling_memory_is_a_loop_over_rows():
    images = fill(Counted(4))
    assert images.images.shape == (4, 2, 3, 1)
    assert images.images[:, 0, 0, 0].tolist() == images.targets.labels.tolist() == [0, 1, 2, 3]


def test_what_can_not_be_read_is_left_out_with_its_label():
    images = fill(Counted(5, bad=(1, 4)))
    assert images.images[:, 0, 0, 0].tolist() == images.targets.labels.tolist() == [0, 2, 3]
    assert images.skipped == ["1.png", "4.png"]
    assert images.targets.class_names == ["0", "1", "2", "3", "4"]


def test_targets_of_some_rows():
    targets = Targets(conditions=np.eye(3, dtype=np.float32), condition_names=["a", "b", "c"])
    assert targets.take([2, 0]).conditions.tolist() == [[0, 0, 1], [1, 0, 0]]
    assert targets.take([2]).condition_names == ["a", "b", "c"]
    assert Targets().take([0]) == Targets()
