import pytest

from keras_gan.data.readers.bad_images import BadImage, BadImages
from keras_gan.utils.validation import InputError

FOLDER = "/data/cats"


def bad(name="a.png"):
    return BadImage(f"{FOLDER}/{name}", "cut off")


def test_an_error_at_the_first():
    with pytest.raises(InputError, match=r"`path` must hold readable images\. Received: '/data/cats/a\.png', cut off"):
        BadImages("error").add(bad())


def test_none_is_nothing():
    BadImages("error").check(FOLDER, 5)
    BadImages("skip").check(FOLDER, 0)


@pytest.mark.parametrize(("count", "total"), [(1, 2), (1, 9), (2, 20), (5, 50), (100, 1000)])
def test_a_tenth_is_told(count, total):
    found = BadImages("skip")
    for index in range(count):
        found.add(bad(f"{index}.png"))
    more = f" and {count - 3} more" if count > 3 else ""
    message = rf"skipped {count} of {total} images of '/data/cats': '0\.png': cut off.*{more}$"
    with pytest.warns(UserWarning, match=message):
        found.check(FOLDER, total)


@pytest.mark.parametrize(("count", "total"), [(1, 1), (2, 9), (2, 19), (6, 50), (101, 1000), (3, 3)])
def test_more_is_an_error(count, total):
    found = BadImages("skip")
    for index in range(count):
        found.add(bad(f"{index}.png"))
    message = (
        rf"`on_bad_image` skips at most 10% .*Received: path='/data/cats', in which {count} of {total} are bad: '0"
    )
    with pytest.raises(InputError, match=message):
        found.check(FOLDER, total)


def test_an_image_that_is_looked_at_again_counts_once():
    found = BadImages("skip")
    for _ in range(3):
        found.add(bad())
    with pytest.warns(UserWarning, match="skipped 1 of 10 images"):
        found.check(FOLDER, 10)


def test_another_choice():
    with pytest.raises(InputError, match=r"`on_bad_image` must be one of \['error', 'skip'\]\. Did you mean 'skip'"):
        BadImages("skp")
