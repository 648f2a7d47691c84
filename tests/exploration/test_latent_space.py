import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import InputError, exploration
from keras_gan.exploration import Points


def test_points_are_chosen_joined_and_moved():
    points = Points(np.arange(6.0).reshape(3, 2), np.eye(3))
    chosen = points[[2, 0]]
    assert_array_equal(chosen.values, [[4, 5], [0, 1]])
    assert_array_equal(chosen.conditions, [[0, 0, 1], [1, 0, 0]])
    assert len(points) == 3
    joined = Points.joined([points[:1], chosen])
    assert_array_equal(joined.values, [[0, 1], [4, 5], [0, 1]])
    assert_array_equal(joined.conditions[:, 0], [1, 0, 1])
    assert Points.joined([Points(np.zeros((2, 2)))]).conditions is None
    moved = points.moved(np.array([1.0, 0.0]), by=-2)
    assert_array_equal(moved.values, [[-2, 1], [0, 3], [2, 5]])
    assert_array_equal(moved.conditions, points.conditions)
    assert moved.values.dtype == np.float32


def test_points_keep_the_truncation_that_all_of_them_have(plain, tmp_path):
    space = exploration.ZSpace(plain)
    typical, others = space.points([1, 2], truncation=0.5), space.points([3])
    assert (typical.truncation, typical[:1].truncation, others.truncation) == (0.5, 0.5, None)
    assert typical.moved(np.ones(6), by=1.0).truncation == 0.5
    assert Points.joined([typical, typical]).truncation == 0.5
    assert Points.joined([typical, others]).truncation is None
    middle = np.array([0.5])
    assert exploration.along(space, typical[:1], typical[1:], middle).truncation == 0.5
    for ends in (typical[:1], others), (others, typical[:1]):
        assert exploration.along(space, *ends, middle).truncation is None
    typical.save(tmp_path / "points.npz")
    assert Points.load(tmp_path / "points.npz").truncation == 0.5
    others.save(tmp_path / "points.npz")
    assert Points.load(tmp_path / "points.npz").truncation is None


@pytest.mark.parametrize(("gan", "space"), [("classes", "ZSpace"), ("vectors", "ZSpace"), ("styled", "WSpace")])
def test_the_batch_size_changes_nothing(gan, space, request):
    space = getattr(exploration, space)(request.getfixturevalue(gan))
    points = space.points(range(7))
    np.testing.assert_allclose(space.images(points, batch_size=3), space.images(points), atol=1e-5)


def test_the_spread_of_normal_latents(plain):
    mean, deviation = exploration.ZSpace(plain).spread
    assert mean.shape == (6,)
    assert abs(mean).max() < 0.1
    assert 0.97 < deviation < 1.03


def test_labels_for_networks_without(plain):
    with pytest.raises(InputError, match="`labels` are for networks that take labels"):
        exploration.ZSpace(plain).points([1], labels=0)


def test_what_does_not_sample():
    with pytest.raises(InputError, match=r"`gan` must be one that samples, as keras_gan\.GAN\. Received: a object"):
        exploration.ZSpace(object())


def test_a_space_stays_with_the_average_that_was_sampled():
    networks = keras_gan.models.dcgan((8, 8, 1), latent_dim=4, width=2)
    gan = keras_gan.GAN(*networks, ema=[0.0, 0.99])
    gan.compile("adam", keras_gan.optimizers.Adam(1e-2))
    gan.train_on_batch(np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8))
    spaces, expected = [], []
    for number in range(2):
        gan.sampled_average = number
        spaces.append(exploration.ZSpace(gan))
        expected.append(gan.sample(seed=[3, 5]))
    assert np.abs(expected[0] - expected[1]).max() > 1e-4
    for space, images in zip(spaces, expected, strict=True):
        np.testing.assert_allclose(space.images(space.points([3, 5])), images, atol=1e-6)


@pytest.mark.parametrize("conditions", [None, np.eye(3, dtype=np.float32)], ids=["none", "classes"])
def test_points_are_written_and_read(conditions, tmp_path):
    points = Points(np.arange(6, dtype=np.float32).reshape(3, 2), conditions)
    points.save(tmp_path / "points.npz")
    read = Points.load(tmp_path / "points.npz")
    assert_array_equal(read.values, points.values)
    assert (read.conditions is None) == (conditions is None)
    assert conditions is None or np.array_equal(read.conditions, conditions)


@pytest.mark.parametrize(
    "arrays",
    [
        {},
        {"values": np.zeros(3)},
        {"values": np.zeros((0, 2))},
        {"values": np.full((2, 2), np.nan)},
        {"values": np.zeros((2, 2)), "conditions": np.zeros((3, 2))},
        {"values": np.array([["a"]])},
        {"values": np.array([[None]])},
    ],
    ids=["nothing", "one axis", "none", "NaN", "others", "words", "objects"],
)
def test_what_are_no_points_is_refused(arrays, tmp_path):
    np.savez(tmp_path / "points.npz", **arrays)
    with pytest.raises(InputError, match="`points` must"):
        Points.load(tmp_path / "points.npz")
    (tmp_path / "points.npz").write_bytes(b"PK")
    with pytest.raises(InputError, match=r"`points` must be a file that `Points\.save` wrote"):
        Points.load(tmp_path / "points.npz")
