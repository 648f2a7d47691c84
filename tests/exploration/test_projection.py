import numpy as np
import pytest
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.exploration import WSpace, ZSpace, project


@pytest.mark.parametrize(("gan", "space"), [("plain", ZSpace), ("classes", ZSpace), ("styled", WSpace)])
def test_what_was_generated_is_found_again(gan, space, request):
    gan = request.getfixturevalue(gan)
    told = {} if gan.num_classes is None else {"labels": [0, 2, 1]}
    wanted = gan.sample(seed=[3, 17, 25], **told)
    found = project(space(gan), wanted, steps=300, starts=4, verbose=0, **told)
    assert found.errors.max() < 1e-3 * wanted.var()
    assert_allclose(found.images, space(gan).images(found.points), atol=1e-6)
    assert_allclose(found.errors, ((found.images - wanted) ** 2).mean(axis=(1, 2, 3)), rtol=1e-4)
    if gan.num_classes is not None and space is ZSpace:
        assert found.points.conditions.argmax(axis=1).tolist() == [0, 2, 1]


def test_more_steps_are_no_worse_and_each_picture_is_searched_alone(plain):
    space, wanted = ZSpace(plain), plain.sample(seed=[3, 17])
    one, few, many = (project(space, wanted, steps=steps, starts=2, verbose=0).errors for steps in (1, 20, 100))
    assert (many < few).all()
    assert (few < one).all()
    alone = project(space, wanted[1:], steps=20, starts=2, verbose=0)
    assert_allclose(alone.errors[0], few[1], rtol=1e-2)


def test_large_images_are_made_in_parts_and_nothing_else_changes(plain, monkeypatch):
    space, wanted = ZSpace(plain), plain.sample(seed=[3, 17, 25])
    whole = project(space, wanted, steps=20, starts=2, verbose=0)
    monkeypatch.setattr("keras_gan.exploration.projection._NUMBERS", 64 * 5)  # 5 images: 2 pictures by their starts
    parts = project(space, wanted, steps=20, starts=2, verbose=0)
    assert_allclose(parts.points.values, whole.points.values, atol=1e-3)
    assert_allclose(parts.errors, whole.errors, rtol=1e-2)


def test_uint8_pictures(plain):
    wanted = np.round((plain.sample(seed=[3]) + 1) * 127.5).clip(0, 255).astype("uint8")
    found = project(ZSpace(plain), wanted, steps=100, starts=2, verbose=0)
    assert_allclose(found.images, wanted / 127.5 - 1, atol=0.3)


@pytest.mark.parametrize(
    ("gan", "given", "match"),
    [
        ("plain", {"images": np.zeros((2, 8, 9, 1), "float32")}, r"`images` must have the shape \(batch, 8, 8, 1\)"),
        ("plain", {"images": np.zeros((0, 8, 8, 1), "float32")}, "`images` must not be empty"),
        ("plain", {"images": np.zeros((2, 8, 8, 1), "int64")}, r"must be uint8 in 0\.\.255 or floating point"),
        ("plain", {"images": np.full((2, 8, 8, 1), np.nan)}, "must be finite"),
        ("plain", {"images": np.zeros((2, 8, 8, 1)), "labels": 1}, "these take none"),
        ("classes", {"images": np.zeros((2, 8, 8, 1))}, "`labels` must say what the pictures are, 2 or one for all"),
        ("plain", {"images": np.zeros((2, 8, 8, 1)), "steps": 0}, "`steps` must be an integer >= 1"),
        ("plain", {"images": np.zeros((2, 8, 8, 1)), "starts": 1025}, "`starts` must be an integer from 1 to 1024"),
    ],
)
def test_bad_input(gan, given, match, request):
    with pytest.raises(InputError, match=match):
        project(ZSpace(request.getfixturevalue(gan)), verbose=0, **given)
