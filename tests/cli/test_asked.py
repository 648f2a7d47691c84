import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan_cli.asked import asked_labels, load_gan


def test_the_gan_of_a_path(conditional, translation):
    assert load_gan(conditional[0].path, "last", None).num_classes == 3
    with pytest.raises(InputError, match="`PATH` must hold a GAN"):
        load_gan(translation[0], "last", None)
    with pytest.raises(InputError, match=r"`--average` must be the number of a moving average.*Received: 9"):
        load_gan(conditional[0].path, "last", 9)


def test_classes_are_taken_in_turn(conditional):
    made, gan = conditional
    assert asked_labels(gan, made.path, (), (), 4) is None
    assert_array_equal(asked_labels(gan, made.path, ("2",), (), 3), [2, 2, 2])
    assert_array_equal(asked_labels(gan, made.path, ("2", "0"), (), 3), [2, 0, 2])
    assert_array_equal(asked_labels(gan, made.path, ("2", "0"), (), 2, [9, 5]), [0, 0])  # that of the seed
    with pytest.raises(InputError, match="networks that take conditions"):
        asked_labels(gan, made.path, (), ("age=1",), 3)
    assert np.asarray(asked_labels(gan, made.path, ("1",), (), 1)).dtype.kind == "i"


@pytest.fixture(scope="module")
def told():
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), condition_dim=3)
    return keras_gan.GAN(*networks, condition_dim=3)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_vectors_of_a_file_are_taken_in_turn(told, tmp_path, dtype):
    rows = np.arange(6, dtype=dtype).reshape(2, 3)
    np.save(tmp_path / "rows.npy", rows)
    np.save(tmp_path / "one.npy", rows[1])
    asked = asked_labels(told, tmp_path, (), (str(tmp_path / "rows.npy"),), 3)
    assert asked.dtype == np.float32
    assert_array_equal(asked, rows[[0, 1, 0]])
    assert_array_equal(asked_labels(told, tmp_path, (), (str(tmp_path / "rows.npy"),), 2, [5, 2]), rows[[1, 0]])
    asked = asked_labels(told, tmp_path, (), (str(tmp_path / "one.npy"),), 2)
    assert_array_equal(asked, rows[[1, 1]])
    assert told.sample(2, labels=asked).shape == (2, 8, 8, 1)


# A header of a terabyte, and no rows.
HUGE = b"\x93NUMPY\x01\x00\x76\x00" + b"%-117s\n" % (
    b"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000, 3), }"
)


@pytest.mark.parametrize(
    ("rows", "match"),
    [
        (np.zeros((2, 4)), r"numbers of shape \(3,\) or \(n, 3\).*float64 of shape \(2, 4\)"),
        (np.zeros((1, 1, 3)), "shape"),
        (np.zeros((0, 3)), "shape"),
        (np.array(["a", "b", "c"]), "numbers"),
        (np.full(3, np.nan), "finite"),
        (np.array(1.0), "shape"),
        (np.full(3, 1e300), "finite"),
        (b"no array", "a .npy file"),
        (b"PK\x03\x04", "a .npy file"),
        (HUGE, "a .npy file"),
        (None, "a .npy file"),
    ],
    ids=["width", "three axes", "none", "words", "NaN", "no axes", "1e300", "damaged", "zip", "header", "missing"],
)
def test_a_file_that_holds_no_vectors_is_refused(told, tmp_path, rows, match):
    file = tmp_path / "rows.npy"
    if isinstance(rows, bytes):
        file.write_bytes(rows)
    elif rows is not None:
        np.save(file, rows)
    with pytest.raises(InputError, match=f"`--condition` must.*{match}"):
        asked_labels(told, tmp_path, (), (str(file),), 3)


def test_another_archive_and_more_than_a_file_are_refused(told, tmp_path):
    file = tmp_path / "rows.npy"
    with file.open("wb") as archive:
        np.savez(archive, rows=np.zeros(3))
    with pytest.raises(InputError, match="another format"):
        asked_labels(told, tmp_path, (), (str(file),), 3)
    with pytest.raises(InputError, match=r"must be one \.npy file, or NAME=NUMBER alone"):
        asked_labels(told, tmp_path, (), (str(file), "0=1"), 3)
