"""Where the rows are kept is no matter to training: its bits are those of memory, resumed and on replicas too."""

import keras
import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import keras_gan
from keras_gan.data import ImageData, load
from keras_gan.data.pixels.preprocessing import Preprocessing
from keras_gan.data.readers.folder import Folder
from keras_gan.data.readers.image_files import ImageFiles
from keras_gan.data.stores.decoded_store import DecodedStore
from keras_gan.data.stores.file_store import FileStore

EPOCHS = 3  # of 7 steps
KINDS = ("memory", "file", "decoded")


class Break(keras.callbacks.Callback):
    """Ends training before a step, as a fault would."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_begin(self, batch, logs=None):
        if int(self.model.step.numpy()) == self.step:
            raise InterruptedError


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Pictures of three classes, by where they are kept."""
    folder = tmp_path_factory.mktemp("pictures")
    for index in range(31):
        pixels = np.random.default_rng(index).integers(0, 256, (6, 5, 3), dtype=np.uint8)
        (folder / "abc"[index % 3]).mkdir(exist_ok=True)
        Image.fromarray(pixels).save(folder / "abc"[index % 3] / f"{index}.png")
    options = {"batch_size": 4, "seed": 5, "balanced": True}
    memory = load(folder, in_memory=True, **options)
    file = load(folder, in_memory=False, cache_dir=tmp_path_factory.mktemp("cache"), **options)
    assert isinstance(file.store, FileStore)
    rows = DecodedStore(ImageFiles(Folder(folder), Preprocessing()), np.arange(31))
    return {"memory": memory, "file": file, "decoded": ImageData(rows, memory.labels, **options)}


def make(seed=0):
    keras.utils.set_random_seed(seed)
    networks = keras_gan.models.mlp((6, 5, 3), latent_dim=4, hidden=(8,), num_classes=3, dropout=0.1)
    gan = keras_gan.GAN(*networks, num_classes=3, ema=0.9)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), terms=["r1"])
    return gan


def assert_same(gan, other):
    assert int(gan.step.numpy()) == int(other.step.numpy()) == 7 * EPOCHS
    for ours, theirs in zip(gan.state, other.state, strict=True):
        np.testing.assert_array_equal(np.array(ours), np.array(theirs), err_msg=theirs.path)


@pytest.fixture(scope="module")
def whole(data):
    gan = make()
    gan.fit(data["memory"], epochs=EPOCHS, verbose=0)
    return gan


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS[1:])
def test_the_bits_of_memory(kind, data, whole):
    gan = make()
    gan.fit(data[kind], epochs=EPOCHS, verbose=0)
    assert_same(gan, whole)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("step", "before", "after"),
    [(2, "file", "file"), (7, "decoded", "decoded"), (10, "memory", "file"), (17, "file", "decoded")],
)
def test_a_run_that_was_broken_goes_on(step, before, after, data, whole, tmp_path):
    keep = keras_gan.callbacks.Checkpoint(tmp_path, every=1)
    with pytest.raises(InterruptedError):
        make().fit(data[before], epochs=EPOCHS, verbose=0, callbacks=[keep, Break(step)], resume=tmp_path)
    gan = make(seed=7)
    gan.fit(data[after], epochs=EPOCHS, verbose=0, resume=tmp_path)
    assert_same(gan, whole)


@pytest.mark.long
@pytest.mark.some(4)
@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("step", [1, 3, 5, 6, 8, 9, 13, 14, 15, 20])
def test_ten_points_to_break_at(step, kind, data, whole, tmp_path):
    test_a_run_that_was_broken_goes_on(step, kind, kind, data, whole, tmp_path)


@pytest.mark.parametrize("kind", KINDS[1:])
def test_replicas_share_the_same_rows(kind, data, two_replicas):
    def batches(kind):
        return iter(two_replicas.experimental_distribute_dataset(data[kind].dataset(3)))

    for ours, theirs, _ in zip(batches(kind), batches("memory"), range(9), strict=False):
        for part, same in zip(tf.nest.flatten(ours), tf.nest.flatten(theirs), strict=True):
            for one, other in zip(part.values, same.values, strict=True):
                np.testing.assert_array_equal(one, other)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS[1:])
def test_metrics_compare_with_the_same_rows(kind, data):
    values = []
    for where in ("memory", kind):
        gan = make()
        gan.compile("sgd", "sgd", metrics=[keras_gan.metrics.SlicedWasserstein(num_fake=31, patch_size=3)])
        values.append(gan.evaluate(data[where], verbose=0, return_dict=True))
    assert values[0] == values[1]
