import keras
import pytest

from keras_gan import InputError
from keras_gan.training.inputs import monitors


def test_what_is_logged_may_be_monitored():
    names = ["d_loss", "val_d_loss"]
    monitors.check_monitors([keras.callbacks.ModelCheckpoint("m.keras")], names)  # its default is not read
    monitors.check_monitors([keras.callbacks.EarlyStopping("val_d_loss", mode="min")], names)
    with pytest.raises(InputError, match=r"ModelCheckpoint.*\['d_loss', 'val_d_loss'\].*Did you mean 'val_d_loss'"):
        monitors.check_monitors([keras.callbacks.ModelCheckpoint("m.keras", monitor="val_dloss", mode="min")], names)
    with pytest.raises(InputError, match="monitor='val_loss'"):
        monitors.check_monitors([keras.callbacks.ModelCheckpoint("m.keras", save_best_only=True)], names)


@pytest.mark.parametrize("callback", [keras.callbacks.EarlyStopping, keras.callbacks.ReduceLROnPlateau])
def test_a_mode_that_keras_cannot_tell_is_asked_for_at_once(callback):
    with pytest.raises(InputError, match=r"`mode` of .* must be 'min' or 'max'"):
        monitors.check_monitors([callback("val_d_loss")], ["val_d_loss"])


def test_what_is_no_callback_is_named():
    with pytest.raises(InputError, match=r"must be Keras callbacks. Received: 'x'"):
        monitors.check_monitors(["x"], [])


def test_a_metric_tells_its_direction():
    callback = keras.callbacks.EarlyStopping("val_fd")
    monitors.check_monitors(callback, ["val_fd"], {"fd": "down"})
    assert callback.mode == "min"
