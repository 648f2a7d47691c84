import abc

import keras
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.utils.registry import getter, members, snake_case


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self): ...

    def get_config(self):
        return {}


@keras_gan.register
class UnitSquare(Shape):
    def area(self):
        return 1


@keras_gan.register
class Rectangle(Shape):
    def __init__(self, height=2):
        self.height = height

    def area(self):
        return self.height

    def get_config(self):
        return {"height": self.height}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


@keras_gan.register
class AbstractShape(Shape):
    pass


get = getter(Shape, "shape")


@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("NonSaturating", "non_saturating"),
        ("R1", "r1"),
        ("GAN", "gan"),
        ("DRAGANPenalty", "dragan_penalty"),
        ("a", "a"),
    ],
)
def test_snake_case(name, snake):
    assert snake_case(name) == snake
    assert snake_case(snake) == snake


def test_members_are_the_registered_concrete_ones():
    class Unregistered(Shape):
        area = None

    assert members(Shape) == {"rectangle": Rectangle, "unit_square": UnitSquare}


def test_register_returns_the_class_and_tells_keras():
    assert keras_gan.register(Rectangle) is Rectangle
    assert keras.saving.get_registered_name(Rectangle) == "keras_gan>Rectangle"


def test_get_takes_a_name_a_class_an_instance_and_a_config():
    for name in ("unit_square", "UnitSquare"):
        assert isinstance(get(name), UnitSquare)
    assert isinstance(get(Rectangle), Rectangle)
    ours = Rectangle(height=5)
    assert get(ours) is ours
    copy = get(keras.saving.serialize_keras_object(ours))
    assert isinstance(copy, Rectangle)
    assert copy.height == 5


@pytest.mark.parametrize("bad", ["circle", None, 3, 2.5, list, ["rectangle"], "gan", "abstract_shape"])
def test_get_lists_the_names_that_exist(bad):
    message = r"^`shape` must be a Shape: .* one of the names \['rectangle', 'unit_square'\].* Received: shape="
    with pytest.raises(InputError, match=message):
        get(bad)


def test_get_names_the_nearest():
    with pytest.raises(InputError, match=r"Did you mean 'rectangle'\? Received: shape='rectangel'$"):
        get("rectangel")


def test_our_names_are_taken():
    with pytest.raises(InputError, match=r"must not be one of keras_gan's own. Received: Minimax"):
        keras_gan.register(type("Minimax", (keras_gan.losses.AdversarialLoss,), {"__module__": "__main__"}))
    assert isinstance(keras_gan.losses.get("minimax"), keras_gan.losses.Minimax)


def test_a_config_of_another_family_is_refused():
    with pytest.raises(InputError, match="`shape` must be a Shape"):
        get(keras.saving.serialize_keras_object(keras_gan.losses.Minimax()))


@pytest.mark.parametrize("bad", [{}, {"class_name": "NoSuchClass", "config": {}}, {"height": 2}])
def test_a_dictionary_that_is_no_config_is_refused_alike(bad):
    with pytest.raises(InputError, match=r"`shape` must be a Shape.* Received: shape="):
        get(bad)
