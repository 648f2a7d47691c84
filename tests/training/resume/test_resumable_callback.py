import keras

from keras_gan.callbacks import Checkpoint, HealthMonitor
from keras_gan.training import ResumableCallback


def test_it_is_a_callback_that_remembers_nothing_by_itself():
    callback = ResumableCallback()
    assert isinstance(callback, keras.callbacks.Callback)
    callback.open(None)
    callback.close()
    assert callback.state() == {}
    callback.restore({})
    assert not callback.comes_last
    assert Checkpoint.comes_last


def test_the_monitor_goes_on_with_what_it_found():
    first, second = HealthMonitor(), HealthMonitor()
    first.findings["collapse"] = "in words"
    second.restore(first.state())
    assert second.findings == {"collapse": "in words"}
