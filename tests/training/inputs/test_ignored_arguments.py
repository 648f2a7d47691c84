import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.data import ArrayData, ImageData
from keras_gan.training.inputs.ignored_arguments import refuse_ignored

PIXELS = np.random.default_rng(0).integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)


class Batches(keras.utils.PyDataset):
    def __init__(self):
        super().__init__()

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return PIXELS[4 * index : 4 * index + 4]


def dataset():
    return tf.data.Dataset.from_tensor_slices(PIXELS).batch(4)


BRING_THEIR_OWN = {
    "ImageData": lambda: ImageData(PIXELS, batch_size=4),
    "ArrayData": lambda: ArrayData(PIXELS, batch_size=4),
    "Dataset": dataset,
    "Batches": Batches,
    "generator": lambda: (PIXELS[:4] for _ in range(2)),
}


@pytest.mark.parametrize("kind", BRING_THEIR_OWN)
def test_data_that_bring_their_own_batches_and_labels(kind):
    x = BRING_THEIR_OWN[kind]()
    refuse_ignored(x, None, {"epochs": 2, "batch_size": None, "validation_split": 0.0})
    brings = rf"{kind}\(\.\.\., batch_size=4\) brings" if kind.endswith("eData") else f"{kind}.* brings its own"
    with pytest.raises(InputError, match=rf"`batch_size` is for arrays; .*{brings}.*Received: batch_size=128"):
        refuse_ignored(x, None, {"batch_size": 128})
    with pytest.raises(InputError, match=r"`validation_split` is for arrays; .*Received: validation_split=0\.5"):
        refuse_ignored(x, None, {"validation_split": 0.5})
    with pytest.raises(InputError, match=r"`y` is for arrays; .*Received: y of type ndarray"):
        refuse_ignored(x, np.zeros(8, int), {})
    validation = {"validation_data": x, "validation_batch_size": 2}
    with pytest.raises(InputError, match=r"`validation_batch_size` is for arrays; .*Received: validation_batch_size=2"):
        refuse_ignored(PIXELS, None, validation)


def test_arrays_take_all():
    refuse_ignored(PIXELS, np.zeros(8), {"batch_size": 4, "shuffle": False, "validation_split": 0.5})
    refuse_ignored(tf.constant(PIXELS), None, {"batch_size": 4, "validation_data": (PIXELS,), "validation_freq": 2})
    refuse_ignored(PIXELS, None, {"validation_data": PIXELS, "validation_batch_size": 2, "validation_steps": 1})


def test_the_order_of_array_data_is_their_own():
    with pytest.raises(InputError, match=r"`shuffle` is for arrays; .*`seed` decides.*Received: shuffle=False"):
        refuse_ignored(ArrayData(PIXELS, batch_size=4), None, {"shuffle": False})


@pytest.mark.parametrize(("name", "value"), [("validation_steps", 3), ("validation_batch_size", 2)])
def test_what_needs_validation(name, value):
    with pytest.raises(InputError, match=rf"`{name}` needs `validation_data` or .*Received: {name}={value}"):
        refuse_ignored(PIXELS, None, {name: value})
    refuse_ignored(PIXELS, None, {name: value, "validation_split": 0.5})


def test_only_one_validation():
    with pytest.raises(InputError, match=r"`validation_split` and `validation_data` can't both.*validation_split=0\.5"):
        refuse_ignored(PIXELS, None, {"validation_split": 0.5, "validation_data": PIXELS})


@pytest.mark.long
def test_fit_evaluate_and_predict_refuse_it(make_gan):
    gan, data = make_gan(), ImageData(PIXELS, batch_size=4)
    for method in (gan.fit, gan.evaluate):
        with pytest.raises(InputError, match=r"`batch_size` is for arrays; ImageData\(\.\.\., batch_size=4\) brings"):
            method(data, batch_size=128, verbose=0)
    latents = tf.data.Dataset.from_tensor_slices(np.zeros((4, 4), "float32")).batch(2)
    with pytest.raises(InputError, match=r"`batch_size` is for arrays; .*Received: batch_size=1"):
        gan.predict(latents, batch_size=1, verbose=0)
    gan.fit(PIXELS, batch_size=4, validation_data=data, verbose=0)
    assert gan.predict(latents, verbose=0).shape == (4, 8, 8, 1)
