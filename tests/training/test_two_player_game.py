"""What `GAN` and `ImageToImage` share; what each does with it is in the tests of their own."""

import keras
import pytest

import keras_gan
from keras_gan.training.two_player_game import TwoPlayerGame
from tests.training.test_image_to_image import made


def test_both_games_are_such(make_gan):
    for game in (make_gan(), made()):
        assert isinstance(game, TwoPlayerGame)
        assert list(game.players) == ["discriminator", "generator"]
        assert game.log_names[:2] == ("d_loss", "g_loss")


@pytest.mark.parametrize("game", ["gan", "pairs"])
def test_a_rehearsal_changes_nothing(game, make_gan):
    game = make_gan() if game == "gan" else made()
    before = game.get_weights()
    game.compile("sgd", "sgd", terms=["r1"])
    assert all((a == b).all() for a, b in zip(game.get_weights(), before, strict=True))
    batch = game.rehearsal(4)
    assert batch.samples.shape[0] == 4
    assert game.fake(batch).shape == batch.samples.shape


def test_the_base_alone_is_no_game():
    class Nothing(TwoPlayerGame):
        pass

    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    game = Nothing([keras_gan.Player("discriminator", [network])])
    with pytest.raises(NotImplementedError):
        game.read(None, parts=1)
