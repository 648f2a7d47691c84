from keras_gan_cli import commands
from keras_gan_cli.views import VIEWS


def test_what_a_view_takes_is_an_option():
    known = {option.name for option in commands.explore.params}
    assert {name for view in VIEWS.values() for name in view.takes} == known - {
        "path",
        "view",
        "out",
        "which",
        "average",
    } - {
        "quiet",
        "file",
    }


def test_seeds_that_are_not_given_are_as_many_as_it_takes():
    assert all(view.least <= len(view.seeds) <= view.most for view in VIEWS.values())
