import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import InputError
from keras_gan.data import ImageData


@pytest.mark.long
@pytest.mark.some(9)
@pytest.mark.parametrize(
    "kind", ["array", "float", "pair", "dataset", "labelled", "pydataset", "generator", "image_data"]
)
@pytest.mark.parametrize("num_classes", [None, 3])
def test_fit_takes(kind, num_classes, images, make_gan):
    x, y = images

    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 5

        def __getitem__(self, index):
            part = slice(8 * index, 8 * index + 8)
            return x[part], y[part]

    arguments = {
        "array": (x, y if num_classes else None),
        "float": ((x / 127.5 - 1).astype("float32"), y),
        "pair": (x, y),
        "dataset": (tf.data.Dataset.from_tensor_slices((x, y) if num_classes else x).batch(8),),
        "labelled": (tf.data.Dataset.from_tensor_slices((x, y)).batch(8),),
        "pydataset": (Batches(),),
        "generator": (((x[i : i + 8], y[i : i + 8]) for _ in range(2) for i in range(0, 40, 8)),),
        "image_data": (ImageData(x, y, batch_size=8),),
    }[kind]
    more = {"batch_size": 8} if kind in ("array", "float", "pair") else {}
    more = {"steps_per_epoch": 5} if kind == "generator" else more
    gan = make_gan(num_classes)
    history = gan.fit(*arguments, epochs=2, verbose=0, **more)
    assert int(gan.step) == 10
    assert set(history.history) == set(gan.log_names)
    assert np.isfinite(list(history.history.values())).all()


def test_fit_refuses_what_has_no_meaning(images, make_gan):
    gan = make_gan()
    for name in ("class_weight", "sample_weight"):
        with pytest.raises(InputError, match=f"`{name}` is not supported"):
            gan.fit(images[0], **{name: {0: 1.0}})
    with pytest.raises(InputError, match="`epochs`"):
        gan.fit(images[0], epochs=0)
    with pytest.raises(InputError, match=r"`batch_size` must be an integer >= 1. Received: batch_size=0"):
        gan.fit(images[0], batch_size=0)
    with pytest.raises(InputError, match=r"shape \(40, 8, 8, 3\)"):
        gan.fit(images[0].repeat(3, -1))
    assert int(gan.step) == 0


def test_fit_before_compile(images):
    gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1)))
    with pytest.raises(ValueError, match="compile"):
        gan.fit(images[0])


def test_evaluate_lists_in_the_documented_order(images, make_gan):
    gan = make_gan()
    by_name = gan.evaluate(images[0], verbose=0, return_dict=True)
    assert gan.evaluate(images[0], verbose=0) == [by_name[name] for name in ("d_loss", "g_loss", "d_real", "d_fake")]
