import numpy as np
import pytest

from keras_gan.callbacks import SampleGrid, TranslationGrid
from keras_gan.data import PairedData
from keras_gan.runs.grids import grids


def test_samples_are_drawn_with_the_real_ones_and_the_names(make_gan, tmp_path):
    real = np.zeros((4, 8, 8, 1), np.uint8)
    (drawn,) = grids(tmp_path, make_gan(num_classes=3), (5, 7), real, names=["a", "b", "c"])
    assert type(drawn) is SampleGrid
    assert drawn.directory == tmp_path
    assert drawn.next_step(5) == 7
    assert drawn.names == ["a", "b", "c"]
    assert drawn.real is real
    drawn.set_model(make_gan(num_classes=3))
    assert drawn.picture().dtype == np.uint8


@pytest.mark.parametrize(("classes", "rows"), [(20, None), (21, 20)])
def test_of_many_classes_the_first_are_shown(classes, rows, make_gan, tmp_path):
    (drawn,) = grids(tmp_path, make_gan(num_classes=classes), names=["too", "few"])
    assert drawn.rows == rows
    assert drawn.names == []
    assert drawn.next_step(1) is None  # one an epoch


def test_translations_show_what_becomes_of_the_data(make_gan, tmp_path):
    images = np.zeros((4, 8, 8, 1), np.uint8)
    (drawn,) = grids(tmp_path, make_gan(), pairs=PairedData(images, images, batch_size=2))
    assert type(drawn) is TranslationGrid


def test_vectors_have_no_pictures(tmp_path):
    class Vectors:
        class signature:
            is_image = False

    assert grids(tmp_path, Vectors()) == []
