import numpy as np
import pytest
from numpy.testing import assert_array_equal

from keras_gan import InputError
from keras_gan.data import PairedData, UnpairedData


def numbered(count, side=8, channels=1, scale=1):
    """Images whose pixels tell which they are, and where: of a scale, each pixel is a square."""
    places = np.arange(side * side).reshape(1, side, side, 1)
    images = (places + np.arange(count).reshape(-1, 1, 1, 1) * 7) % 256
    images = images.repeat(scale, axis=1).repeat(scale, axis=2).repeat(channels, axis=-1)
    return images.astype(np.uint8)


def pairs(scale=1, **options):
    sources = numbered(10)
    return PairedData(sources, 255 - numbered(10, channels=2, scale=scale), batch_size=4, seed=3, **options)


def steps(data, start, count):
    return [tuple(np.asarray(part) for part in batch) for batch in data.dataset(start).take(count)]


@pytest.mark.parametrize("scale", [1, 2])
@pytest.mark.parametrize("options", [{}, {"crop": 5}, {"flip": True}, {"crop": 6, "flip": True}])
def test_both_of_a_pair_are_cropped_and_flipped_alike(options, scale):
    data = pairs(scale, **options)
    side = options.get("crop", 8)
    assert data.sample_shape == (side, side, 1)
    assert data.target_shape == (scale * side, scale * side, 2)
    seen = set()
    for sources, targets in steps(data, 0, 12):
        assert sources.shape == (4, side, side, 1)
        assert targets.shape == (4, scale * side, scale * side, 2)
        assert_array_equal(255 - targets[:, ::scale, ::scale, :1], sources)
        seen |= {each.tobytes() for each in sources}
    assert (len(seen) > 10) == bool(options)


def test_the_stream_starts_at_any_step():
    data = pairs(crop=5, flip=True)
    whole = steps(data, 0, 9)
    for step in (1, 4, 8):
        for ours, theirs in zip(steps(data, step, 1)[0], whole[step], strict=True):
            assert_array_equal(ours, theirs)
    assert data.steps_per_epoch == 2


def test_replicas_share_a_batch():
    data = pairs(crop=5, flip=True)
    (whole,) = steps(data, 5, 1)
    halves = [next(iter(data.dataset(5, range(i, i + 1), of=2))) for i in (0, 1)]
    for part in (0, 1):
        assert_array_equal(np.concatenate([half[part] for half in halves]), whole[part])


def test_in_order_the_middle_is_given():
    data = pairs(scale=2, crop=4, flip=True)
    (first, targets), *_ = data.in_order(10)
    assert_array_equal(first, numbered(10)[:, 2:6, 2:6])
    assert_array_equal(targets, 255 - numbered(10, channels=2, scale=2)[:, 4:12, 4:12])
    sources, others = data.some(np.array([7, 2]))
    assert_array_equal(sources, np.asarray(first)[[7, 2]])
    assert_array_equal(others, np.asarray(targets)[[7, 2]])


def test_the_digest_tells_all():
    digests = [pairs(**options).digest for options in ({}, {}, {"crop": 5}, {"flip": True}, {"scale": 2})]
    assert digests[0] == digests[1]
    assert len(set(digests)) == 4


def test_unpaired_orders_are_independent():
    data = UnpairedData(numbered(10), numbered(6, side=4, channels=3), batch_size=2, seed=1)
    assert (len(data), data.steps_per_epoch) == (10, 5)
    batches = steps(data, 0, 15)
    firsts, seconds = (np.concatenate([batch[part][:, 0, 0, 0] for batch in batches]) for part in (0, 1))
    assert seconds.shape == (30,)
    for epoch in range(3):  # each is a permutation, of 10 and of 6
        assert sorted(firsts[10 * epoch : 10 * epoch + 10]) == sorted(numbered(10)[:, 0, 0, 0])
    for epoch in range(5):
        assert sorted(seconds[6 * epoch : 6 * epoch + 6]) == sorted(numbered(6)[:, 0, 0, 0])
    assert len({(a, b) for a, b in zip(firsts, seconds, strict=True)}) > 15
    in_order = [np.asarray(part) for part in next(iter(data.in_order(10)))]
    assert_array_equal(in_order[1][:, 0, 0, 0], numbered(6)[np.arange(10) % 6, 0, 0, 0])


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: PairedData(numbered(3), numbered(4)), "as many as `sources`, 3. Received: 4"),
        (lambda: PairedData(numbered(3, side=8), numbered(3, side=12)), r"an integer times these.*\(12, 12\) pixels"),
        (lambda: PairedData(numbered(3, side=8), numbered(3, side=4)), "sides of `sources`"),
        (lambda: pairs(crop=9), "`crop` must be at most the sides"),
        (lambda: pairs(flip=1), "`flip`"),
        (lambda: UnpairedData(numbered(3), np.zeros((0, 8, 8, 1), np.uint8)), "nowhere empty"),
        (lambda: PairedData(numbered(3) + 300.0, numbered(3)), r"in \[-1, 1\]"),
    ],
)
def test_what_is_refused(make, message):
    with pytest.raises(InputError, match=message):
        make()
