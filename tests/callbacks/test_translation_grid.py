import numpy as np
import pytest
from numpy.testing import assert_array_equal
from PIL import Image

from keras_gan import InputError
from keras_gan.callbacks import HealthMonitor, SampleGrid, TranslationGrid
from keras_gan.data import PairedData
from keras_gan.utils.uint8 import to_uint8
from tests.training import test_cycle_gan
from tests.training.test_image_to_image import made, pairs  # noqa: F401


class Doubles:
    """A translation whose result is known: three channels, of twice the sides."""

    ways = (None,)

    def side_by_side(self, sources, targets):
        return [sources, self.translate(sources), targets]

    def translate(self, sources):
        return np.repeat(sources, 3, axis=-1).repeat(2, axis=1).repeat(2, axis=2) / np.float32(127.5) - 1.0


def test_source_result_target(tmp_path):
    sources = np.arange(2 * 16, dtype=np.uint8).reshape(2, 4, 4, 1) * 8
    targets = np.zeros((2, 8, 8, 3), np.uint8) + np.array([9, 99, 199], np.uint8)
    callback = TranslationGrid(tmp_path, (sources, targets), scale=2)
    callback.set_model(Doubles())
    sheet = callback.picture()
    side, gap = 16, 1
    assert sheet.shape == (2 * side + gap, 3 * side + 2 * gap, 3)
    large = sources.repeat(4, axis=1).repeat(4, axis=2).repeat(3, axis=3)
    for row in range(2):
        top = row * (side + gap)
        for column, expected in enumerate((large, large, targets.repeat(2, axis=1).repeat(2, axis=2))):
            left = column * (side + gap)
            assert_array_equal(sheet[top : top + side, left : left + side], expected[row])


def test_in_fit(pairs, tmp_path):  # noqa: F811
    game = made(run_eagerly=True, pairs=False)
    data = PairedData(*pairs, batch_size=8)
    callback = TranslationGrid(tmp_path / "grids", data, rows=3)
    game.fit(data, epochs=1, steps_per_epoch=1, verbose=0, callbacks=[callback])
    files = sorted(path.name for path in (tmp_path / "grids").iterdir())
    assert files == ["samples.gif", "step_00000000.png", "step_00000001.png"]
    with Image.open(tmp_path / "grids" / files[1]) as picture:
        assert picture.size == (3 * 32 + 2 * 2, 3 * 32 + 2 * 2)


def test_both_ways(tmp_path):
    """Each row: a source, its translation and what comes back; then the same of the target."""
    game = test_cycle_gan.made()
    sources, targets = test_cycle_gan.images_of(8, 8)
    callback = TranslationGrid(tmp_path, (sources, targets[::-1]), rows=2, scale=1)
    callback.set_model(game)
    sheet = callback.picture()
    assert sheet.shape == (2 * 8 + 1, 6 * 8 + 5, 1)
    last = targets[:1]  # the rows are the first pair and the last
    there = game.translate(last, reverse=True)
    back = game.translate(there)
    for column, expected in ((0, sources[-1:]), (3, last), (4, to_uint8(there)), (5, to_uint8(back))):
        assert_array_equal(sheet[9:, 9 * column : 9 * column + 8], np.asarray(expected)[0])


@pytest.mark.parametrize(
    ("given", "message"),
    [(np.zeros((2, 4, 4, 1)), "Received: ndarray"), ((np.zeros(3), np.zeros(3)), "arrays of images")],
)
def test_what_is_refused(given, message, tmp_path, make_gan):
    with pytest.raises(InputError, match=message):
        TranslationGrid(tmp_path, given)
    callback = TranslationGrid(tmp_path, (np.zeros((2, 4, 4, 1)), np.zeros((2, 4, 4, 1))))
    callback.set_model(make_gan())
    with pytest.raises(InputError, match="games that translate images"):
        callback.on_train_begin()


def test_pairs_of_other_channels_are_refused(tmp_path):
    callback = TranslationGrid(tmp_path, (np.zeros((2, 8, 8, 3)), np.zeros((2, 8, 8, 2))))
    callback.set_model(made())
    with pytest.raises(InputError, match=r"must have sources of 1 channels.*\(2, 8, 8, 3\)"):
        callback.on_train_begin()


@pytest.mark.parametrize("callback", [SampleGrid("grids"), HealthMonitor()], ids=["grid", "monitor"])
def test_what_samples_is_not_for_it(callback):
    callback.set_model(made())
    with pytest.raises(InputError, match="is for games that sample"):
        callback.on_train_begin()
