import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan_cli.asked import asked_labels, load_gan


def test_the_gan_of_a_path(conditional, translation):
    assert load_gan(conditional[0].path, "last").num_classes == 3
    with pytest.raises(InputError, match="`PATH` must hold a GAN"):
        load_gan(translation[0], "last")


def test_classes_are_taken_in_turn(conditional):
    made, gan = conditional
    assert asked_labels(gan, made.path, (), (), 4) is None
    assert_array_equal(asked_labels(gan, made.path, ("2",), (), 3), [2, 2, 2])
    assert_array_equal(asked_labels(gan, made.path, ("2", "0"), (), 3), [2, 0, 2])
    assert_array_equal(asked_labels(gan, made.path, ("2", "0"), (), 2, [9, 5]), [0, 0])  # that of the seed
    with pytest.raises(InputError, match="must not both be given"):
        asked_labels(gan, made.path, ("2",), ("age=1",), 3)
    with pytest.raises(InputError, match="networks that take conditions"):
        asked_labels(gan, made.path, (), ("age=1",), 3)
    assert np.asarray(asked_labels(gan, made.path, ("1",), (), 1)).dtype.kind == "i"
