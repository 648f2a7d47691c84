"""What both games of images share. Their networks are in the tests of their own, the export is in `tests/export`."""

import numpy as np
import pytest

from keras_gan import InputError
from keras_gan.training.translation_model import TranslationModel
from tests.training import test_cycle_gan, test_image_to_image


def test_both_are_such():
    pairs, cycle = test_image_to_image.made(ema=0.9), test_cycle_gan.made(ema=0.9)
    for game, ways in ((pairs, 1), (cycle, 2)):
        assert isinstance(game, TranslationModel)
        averages = [average for _, _, average in game.averaged_networks()]
        assert [way.network for way in game.ways] == averages
        assert len(averages) == ways
        assert game.compute_output_shape((None, 8, 8, 1)) == game.ways[0].network.compute_output_shape((None, 8, 8, 1))


def test_the_way_back():
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1), dtype=np.uint8)
    cycle = test_cycle_gan.made()
    there, back = (cycle.translate(images, reverse=reverse) for reverse in (False, True))
    assert np.abs(there - back).max() > 1e-3
    pairs = test_image_to_image.made()
    assert pairs.ways[0].network is pairs.generator
    with pytest.raises(InputError, match="`reverse` is for games that go both ways"):
        pairs.translate(images, reverse=True)
    with pytest.raises(InputError, match="`reverse`"):
        cycle.translate(images, reverse=2)
    assert cycle.way(reverse=True) is cycle.ways[1]


def test_what_is_shown_side_by_side():
    sources, targets = np.random.default_rng(0).integers(0, 256, (2, 3, 8, 8, 1), dtype=np.uint8)
    pairs, cycle = test_image_to_image.made(pairs=False), test_cycle_gan.made()
    one_way = pairs.side_by_side(sources, targets)
    assert one_way[0] is sources
    assert one_way[2] is targets
    np.testing.assert_array_equal(one_way[1], pairs.translate(sources))
    both = cycle.side_by_side(sources, targets)
    assert [images.shape for images in both] == [(3, 8, 8, 1)] * 6
    np.testing.assert_array_equal(both[2], cycle.translate(cycle.translate(sources), reverse=True))
    np.testing.assert_array_equal(both[4], cycle.translate(targets, reverse=True))


def test_several_averages_translate_each_by_itself():
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 1), dtype=np.uint8)
    cycle = test_cycle_gan.made(ema=[0.5, 0.9])
    assert [way.network for way in cycle.ways] == cycle.averages["generators"][:2]
    cycle.averages["generators"][3].set_weights([0.0 * w for w in cycle.averages["generators"][3].get_weights()])
    first = cycle.translate(images, reverse=True)
    cycle.sampled_average = 1
    assert [way.network for way in cycle.ways] == cycle.averages["generators"][2:]
    assert np.abs(cycle.translate(images, reverse=True) - first).max() > 1e-3
    pairs = test_image_to_image.made(ema=[0.5, 0.9])
    pairs.sampled_average = 1
    assert pairs.ways[0].network is pairs.averages["generator"][1]
