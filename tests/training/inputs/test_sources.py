import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.training.inputs.reader_errors import reading
from keras_gan.training.inputs.sources import as_data, is_source
from tests.data.stores.test_source_store import Source

ROWS = np.random.default_rng(0).normal(size=(30, 2)).astype("float32")
LABELS = np.arange(30) % 3


def make(seed=0):
    keras.utils.set_random_seed(seed)
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=(8,), num_classes=3), num_classes=3)
    gan.compile("adam", "adam")
    return gan


def source():
    return Source(*zip(ROWS, LABELS, strict=True))


def test_what_is_one():
    assert is_source(source())
    others = (ROWS, [ROWS], (ROWS, LABELS), {"x": ROWS}, "digits", ArrayData(ROWS), iter([ROWS]), None)
    assert not any(is_source(x) for x in others)


def test_the_size_of_batches_is_taken_out():
    options = {"batch_size": 7, "epochs": 2}
    data = as_data(source(), options)
    assert (data.batch_size, data.num_classes, data.name, options) == (7, 3, "Source", {"epochs": 2})
    assert as_data(source(), {}).batch_size == 32
    vectors = as_data(Source(*zip(ROWS, ROWS[:, :1], strict=True)), {})
    assert (vectors.condition_dim, vectors.labels) == (1, None)
    with pytest.raises(InputError, match="`batch_size` must be an integer"):
        as_data(source(), {"batch_size": 0})


@pytest.mark.long
def test_fit_equals_that_of_an_array_and_goes_on_exactly(tmp_path):
    whole, gan = make(), make()
    whole.fit(ArrayData(ROWS, LABELS, batch_size=8), epochs=4, verbose=0)
    keep = keras_gan.callbacks.Checkpoint(tmp_path)
    gan.fit(source(), batch_size=8, epochs=2, verbose=0, callbacks=[keep], resume=tmp_path)
    again = make(seed=3)
    again.fit(source(), batch_size=8, epochs=4, verbose=0, resume=tmp_path)
    for ours, theirs in zip(again.state, whole.state, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs), err_msg=theirs.path)


@pytest.mark.long
def test_it_is_evaluated_and_validates():
    gan, held = make(), Source(*zip(ROWS[:9], LABELS[:9], strict=True))
    expected = gan.evaluate(ROWS[:9], LABELS[:9], verbose=0, return_dict=True)
    assert gan.evaluate(held, verbose=0, return_dict=True) == pytest.approx(expected)
    history = gan.fit(source(), batch_size=8, validation_data=held, validation_batch_size=3, verbose=0)
    assert "val_d_loss" in history.history


def test_an_item_that_fails_while_it_trains():
    class Fails(Source):
        def __getitem__(self, index):
            if self.asked > 33:
                raise OSError("gone")
            return super().__getitem__(index)

    with pytest.raises(InputError, match="Received: OSError: gone, at item"), reading():
        make().fit(Fails(*zip(ROWS, LABELS, strict=True)), batch_size=8, epochs=9, verbose=0)
