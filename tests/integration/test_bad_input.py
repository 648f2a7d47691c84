"""The table of bad input, row by row: our own exception, the argument, what came, and nothing trained.

Files and folders of images have their table in `tests/data/test_folder.py`, the command line in `tests/cli`.
"""

import re

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan
from keras_gan import GAN, InputError, models
from keras_gan.data import ArrayData, ImageData, gaussian_mixture, load

random = np.random.default_rng(0)
PIXELS = random.integers(0, 256, (8, 8, 8, 1), dtype=np.uint8)
FLOATS = (PIXELS / 127.5 - 1.0).astype("float32")
CLASSES = np.arange(8) % 3
NAN = float("nan")


def spoilt(value, count=2000):
    """Floats of which number 1500 has one other pixel."""
    images = np.repeat(FLOATS, -(-count // 8), axis=0)[:count].copy()
    images[1500, 3, 3, 0] = value
    return images


def dataset(*parts):
    return tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0]).batch(4)


class Batches(keras.utils.PyDataset):
    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        if isinstance(self.batches[index], Exception):
            raise self.batches[index]
        return self.batches[index]


def failing():
    yield from (PIXELS[:4], PIXELS[4:])
    raise OSError("the disk is gone")


def failing_dataset(first=2):
    def read():
        yield from (PIXELS[:4], PIXELS[4:])[:first]
        raise OSError("the disk is gone")

    return tf.data.Dataset.from_generator(read, output_signature=tf.TensorSpec((4, 8, 8, 1), tf.uint8))


def gan(num_classes=None):
    made = GAN(*models.mlp((8, 8, 1), latent_dim=4, hidden=(4,), num_classes=num_classes), num_classes=num_classes)
    made.compile("sgd", "sgd")
    return made


@pytest.fixture(scope="module")
def plain():
    return gan()


@pytest.fixture(scope="module")
def conditional():
    return gan(3)


SHAPE = r"Samples must have the shape .*\(batch, 8, 8, 1\).*Received: shape "
KIND = "Samples must be uint8 in 0..255 or floating point in \\[-1, 1\\]. Received: dtype "
RANGE = r"must be .*in \[-1, 1\].*Received: values from "
EMPTY = "(Samples|The data set) must not be empty"
GONE = "The data must be readable to their end. Received: .*the disk is gone"
SAMPLES = {
    # Range and type.
    "floats_to_255": (PIXELS.astype("float32"), RANGE),
    "floats_to_255_late": (spoilt(200.0), RANGE),
    "float64_to_255": (PIXELS.astype("float64"), RANGE),
    "nan": (spoilt(NAN, 1501), "must be finite. Received: NaN or infinity"),
    "infinity": (spoilt(np.inf), "must be finite"),
    "int64": (PIXELS.astype("int64"), KIND + "int64"),
    "bool": (PIXELS > 127, KIND + "bool"),
    "string": (PIXELS.astype(str), KIND),
    "object": (PIXELS.astype(object), KIND + "object|Unsupported object"),
    "complex": (FLOATS.astype("complex64"), KIND + "complex64"),
    "string_dataset": (dataset(PIXELS.astype(str)), KIND),
    # Shape.
    "rank_3": (PIXELS[..., 0], SHAPE + r"\(8, 8, 8\)"),
    "rank_5": (PIXELS[None], SHAPE + r"\(1, 8, 8, 8, 1\)"),
    "sides": (PIXELS[:, :6], SHAPE + r"\(8, 6, 8, 1\)"),
    "2_channels": (PIXELS.repeat(2, -1), SHAPE + r"\(8, 8, 8, 2\)"),
    "4_channels": (PIXELS.repeat(4, -1), SHAPE + r"\(8, 8, 8, 4\)"),
    "channels_first": (PIXELS.transpose(0, 3, 1, 2), SHAPE + r"\(8, 1, 8, 8\)"),
    "channels_first_dataset": (dataset(PIXELS.transpose(0, 3, 1, 2)), SHAPE + r"\(4, 1, 8, 8\)"),
    "3_channels_data": (ImageData(PIXELS.repeat(3, -1), batch_size=4), SHAPE),
    "vectors": (gaussian_mixture(num_samples=64), SHAPE),
    "dictionary": ({"image": PIXELS}, "must be samples or"),
    "list": (PIXELS.tolist(), "must be samples or"),
    "a_name": ("digits", "must be samples or"),
    "a_number": (5, "must be samples or"),
    # Data set.
    "empty": (PIXELS[:0], EMPTY),
    "empty_dataset": (dataset(PIXELS).take(0), EMPTY),
    "empty_py_dataset": (Batches([]), EMPTY),
    "nothing": (None, EMPTY),
    "reader_fails_at_once": (failing_dataset(0), GONE),
    "reader_fails_midway": (failing_dataset(), GONE),
    "py_dataset_fails_at_once": (Batches([OSError("the disk is gone")]), GONE + ", at batch 0"),
    "py_dataset_fails_midway": (Batches([PIXELS, OSError("the disk is gone")]), GONE + ", at batch 1"),
}
LABELS = {
    "below_0": (CLASSES - 1, r"Labels must be in 0\.\.2.*Received: labels from -1 to 1"),
    "num_classes": (CLASSES + 1, "Received: labels from 1 to 3"),
    "float": (CLASSES.astype("float32"), "Labels must be integers .*dtype float32"),
    "text": (np.array(list("abcabcab")), "Labels must be integers"),
    "short": (CLASSES[:5], r"of shape \(8,\), one a sample.*shape \(5,\)"),
    "one_hot": (np.eye(3)[CLASSES], r"Received: dtype float64 and shape \(8, 3\)"),
    "one_hot_integers": (np.eye(3, dtype=int)[CLASSES], r"shape \(8, 3\)"),
    "missing": (None, "need data with labels.*Received: samples without labels"),
}


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_samples(method, name, plain):
    x, message = SAMPLES[name]
    weights = plain.get_weights()
    with pytest.raises(InputError, match=f"(?s){message}"):
        getattr(plain, method)(x, verbose=0)
    if "midway" not in name:
        for before, after in zip(weights, plain.get_weights(), strict=True):
            np.testing.assert_array_equal(before, after)


@pytest.mark.parametrize("name", LABELS)
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_labels(method, name, conditional):
    y, message = LABELS[name]
    with pytest.raises(InputError, match=message):
        getattr(conditional, method)(PIXELS, y, verbose=0)
    if y is not None and len(y) == 8:
        with pytest.raises(InputError, match=message.replace("8", "4")):
            getattr(conditional, method)(dataset(PIXELS, y).map(lambda x, y: (x, y)), verbose=0)
    assert int(conditional.step) == 0


@pytest.mark.parametrize("name", ["rank_3", "floats_to_255", "empty", "a_number"])
def test_validation_data(name, plain):
    x, message = SAMPLES[name]
    with pytest.raises(InputError, match=message):
        plain.fit(PIXELS, validation_data=x, verbose=0)


def test_a_generator_that_fails_midway(plain):
    with pytest.raises(InputError, match=GONE):
        plain.fit(failing(), steps_per_epoch=3, verbose=0)


def late(kind, x, y=None):
    """Data in two batches, of which the second one is bad."""
    parts = [(x[:4], *([] if y is None else [y[:4]])), (x[4:], *([] if y is None else [y[4:]]))]
    if kind == "generator":
        return (part for part in parts)
    if kind == "py_dataset":
        return Batches(parts)
    return dataset(x, y).map(lambda *both: both) if y is not None else dataset(x)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["dataset", "py_dataset", "generator"])
@pytest.mark.parametrize("method", ["fit", "evaluate"])
@pytest.mark.parametrize("value", [-1, 3])
def test_a_late_label(value, method, kind, conditional):
    labels = np.array([0, 1, 2, 0, 1, 2, 0, value])
    found = "-1 to 2" if value < 0 else "0 to 3"
    message = rf"Labels must be in 0\.\.2, because num_classes=3\. Received: labels from {found},? in batch 1"
    with pytest.raises(InputError, match=message):
        getattr(conditional, method)(late(kind, PIXELS, labels), verbose=0)


@pytest.mark.parametrize("kind", ["dataset", "py_dataset", "generator"])
@pytest.mark.parametrize("value", [NAN, np.inf, 200.0])
def test_a_late_pixel(value, kind, plain):
    images = spoilt(value, 8) if value == 0 else FLOATS.copy()
    images[6, 3, 3, 0] = value
    with pytest.raises(InputError, match=r"must be finite.* in batch 1$"):
        plain.fit(late(kind, images), verbose=0)
    assert np.isfinite(plain.get_weights()[0]).all()


def test_a_late_number_of_vectors():
    points = np.ones((8, 2), "float32")
    points[5, 0] = NAN
    made = GAN(*models.mlp((2,), latent_dim=4, hidden=(4,)))
    made.compile("sgd", "sgd")
    with pytest.raises(InputError, match=r"Samples must be finite\..* in batch 1"):
        made.fit(dataset(points), verbose=0)


def test_a_late_shape_of_unknown_shapes(plain):
    def read():
        yield PIXELS[:4]
        yield PIXELS[4:, :7]

    data = tf.data.Dataset.from_generator(read, output_signature=tf.TensorSpec(None, tf.uint8))
    with pytest.raises(InputError, match=r"\(batch, 8, 8, 1\)\. Received: shape 4 7 8 1"):
        plain.fit(data, verbose=0)


@pytest.mark.long
@pytest.mark.parametrize("labelled", [False, True])
def test_shapes_that_tensorflow_does_not_know_are_set(labelled, plain, conditional):
    def decoded(*row):
        image = tf.numpy_function(lambda pixels: pixels, [row[0]], tf.uint8)
        return (image, tf.numpy_function(lambda label: label, [row[1]], tf.int64)) if labelled else image

    rows = (PIXELS, CLASSES) if labelled else (PIXELS,)
    data = tf.data.Dataset.from_tensor_slices(rows).map(decoded).batch(4)
    model = conditional if labelled else plain
    before = int(model.step)
    model.fit(data, validation_data=data, verbose=0)
    assert int(model.step) == before + 2


def test_an_error_of_the_networks_stays_theirs():
    """What TensorFlow says of it is no fault of the reader."""

    class Failing(keras.layers.Layer):
        def call(self, x):
            with tf.control_dependencies([tf.debugging.Assert(tf.reduce_max(x) < 0.5, ["too large"])]):
                return tf.identity(x)

    x = keras.Input((8, 8, 1))
    judge = keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(Failing()(x))))
    made = GAN(models.mlp((8, 8, 1), latent_dim=4, hidden=(4,)).generator, judge)
    made.compile("sgd", "sgd")
    with pytest.raises(tf.errors.InvalidArgumentError, match="too large"):
        made.fit(dataset(PIXELS), verbose=0)


UNIT = np.tile(PIXELS / 255.0, (2, 1, 1, 1)).astype("float32")


@pytest.mark.parametrize("data", [UNIT, UNIT.astype("float64"), dataset(UNIT), Batches([UNIT]), (UNIT > 0.5) * 1.0])
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_floats_from_0_to_1(method, data, plain):
    message = r"in \[-1, 1\] if they are floating point, and seem to be in \[0, 1\], such as `x / 255`.*`2 \* x - 1`"
    with pytest.raises(InputError, match=message):
        getattr(plain, method)(data, verbose=0)
    with pytest.raises(InputError, match=message):
        plain.fit(PIXELS, validation_data=data, verbose=0)
    if isinstance(data, np.ndarray):
        with pytest.raises(InputError, match=message):
            ImageData(data)
        with pytest.raises(InputError, match=message):
            gan().train_on_batch(data)
        plain.discriminate(data)  # bright images are nothing strange there


@pytest.mark.long
def test_a_few_bright_images_may_be_all_that_there_is(plain):
    """Of fewer than 16 it is said, and not refused."""
    few = UNIT[:8]
    for use in (lambda: gan().fit(few, verbose=0), lambda: ImageData(few), lambda: plain.evaluate(few[:1], verbose=0)):
        with pytest.warns(UserWarning, match="seem to be in"):
            use()
    bright = np.concatenate([np.abs(FLOATS[:1]), FLOATS[1:], FLOATS])
    gan().fit(dataset(bright).unbatch().batch(1), verbose=0)  # the first batch alone is bright


def test_masks_of_0_and_1_are_told_of():
    masks = np.tile((PIXELS > 128).astype(np.uint8), (2, 1, 1, 1))
    with pytest.warns(UserWarning, match=r"none of their pixels is above 1 of 255.*`255 \* x`"):
        gan().fit(masks, verbose=0)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(("classes", "kind"), [(256, "uint8"), (200, "int8"), (300, "int64")])
def test_many_classes_in_a_small_type(classes, kind):
    made = gan(classes)
    made.fit(dataset(PIXELS, CLASSES.astype(kind)).map(lambda *both: both), verbose=0)
    assert int(made.step) == 2


@pytest.mark.long
def test_a_component_that_is_none(plain):
    before = int(plain.step)
    plain.fit(dataset(PIXELS).map(lambda x: (x, None)), verbose=0)
    assert int(plain.step) == before + 2


@pytest.mark.long
@pytest.mark.parametrize("make", [
    lambda: tf.data.Dataset.range(2).repeat().interleave(lambda _: dataset(PIXELS)),
    lambda: dataset(PIXELS).repeat().filter(lambda x: True),
])  # fmt: skip
def test_data_without_an_end_of_unknown_length(make, plain):
    with pytest.raises(InputError, match="must be given for data without an end"):
        plain.fit(make(), verbose=0)
    plain.fit(make().take(2), verbose=0)


def test_a_rest_beyond_the_range_is_taken_everywhere():
    images = np.clip(FLOATS * 1.0005, -1.0005, 1.0005)
    assert np.abs(images).max() > 1.0004
    gan().fit(ImageData(images, batch_size=4), validation_data=images, verbose=0)
    metric = keras_gan.metrics.SlicedWasserstein()
    metric.update_real(np.pad(images, [(0, 0), (4, 4), (4, 4), (0, 0)]))


# What `fit` takes, and in which form.


class Foreign:
    """An array of another library."""

    def __init__(self, array):
        self.array = array
        self.shape, self.dtype = array.shape, str(array.dtype)

    def __array__(self, dtype=None, copy=None):
        return self.array

    def __len__(self):
        return len(self.array)


class Table(Foreign):
    """A table of pandas's."""

    def to_numpy(self):
        return self.array


FORMS = {
    "array": lambda x, y: (x, y),
    "pair": lambda x, y: ((x, y),),
    "tensors": lambda x, y: (tf.constant(x), tf.constant(y)),
    "pair_of_tensors": lambda x, y: ((tf.constant(x), tf.constant(y)),),
    "foreign": lambda x, y: (Foreign(x), Foreign(y)),
    "column": lambda x, y: (x, y[:, None]),
    "list_of_labels": lambda x, y: (x, y.tolist()),
    "table_of_labels": lambda x, y: (x, Table(y)),
    "data": lambda x, y: (ImageData(x, y, batch_size=4),),
    "dataset": lambda x, y: (dataset(x, y).map(lambda *both: both),),
    "py_dataset": lambda x, y: (Batches([(x, y)]),),
    "generator": lambda x, y: (iter([(x, y)]),),
}
REFUSED = {
    "list": (lambda x, y: ([x, y],), r"not dictionaries or nested\. Received: list: `np.stack`"),
    "list_of_images": (lambda x, y: ([*x], y), "Received: list: `np.stack` makes an array"),
    "dictionary": (lambda x, y: ({"x": x}, y), "Received: dict"),
    "name": (lambda x, y: ("digits",), "Received: str: `keras_gan.data.load`"),
    "labels_twice": (lambda x, y: ((x, y), y), "Labels must come once"),
    "weights": (lambda x, y: ((x, y, np.ones(8)),), "`sample_weight` is not supported"),
    "sparse": (lambda x, y: (tf.sparse.from_dense(x), y), "dense arrays. Received: SparseTensor"),
    "ragged": (lambda x, y: (tf.ragged.constant([[1], [2, 3]]), y), "dense arrays"),
}


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_forms(method, form, conditional):
    getattr(conditional, method)(*FORMS[form](PIXELS, CLASSES), verbose=0)
    if form not in ("generator",):
        given = FORMS[form](PIXELS, CLASSES)
        conditional.fit(PIXELS, CLASSES, validation_data=given if len(given) > 1 else given[0], verbose=0)


@pytest.mark.parametrize("form", REFUSED)
@pytest.mark.parametrize("method", ["fit", "evaluate", "train_on_batch"])
def test_forms_that_are_refused(method, form, conditional):
    make, message = REFUSED[form]
    with pytest.raises(InputError, match=message):
        getattr(conditional, method)(*make(PIXELS, CLASSES))


def test_a_table_of_points():
    made = GAN(*models.mlp((2,), latent_dim=4, hidden=(4,)))
    made.compile("sgd", "sgd")
    made.fit(Table(np.ones((8, 2), "float32")), verbose=0)
    with pytest.raises(InputError, match=r"must be floating point\. Received: dtype int64"):
        made.fit(Table(np.ones((8, 2), "int64")), verbose=0)


def test_labels_of_a_single_batch_may_be_a_list(conditional):
    conditional.train_on_batch(PIXELS, CLASSES.tolist())
    np.testing.assert_array_equal(
        conditional.discriminate(PIXELS, CLASSES.tolist()), conditional.discriminate(PIXELS, CLASSES)
    )


def test_single_batches_are_checked(conditional):
    for method in ("train_on_batch", "test_on_batch"):
        for x, y, message in ((PIXELS, CLASSES + 1, "Labels must be in"), (PIXELS, None, "need data with labels"),
                              (PIXELS * 1.0, CLASSES, RANGE), (PIXELS[..., 0], CLASSES, SHAPE)):  # fmt: skip
            with pytest.raises(InputError, match=message):
                getattr(conditional, method)(x, y)


@pytest.mark.parametrize("data", [dataset(PIXELS).repeat(), Batches(None)])
def test_data_without_an_end(data, plain):
    if isinstance(data, Batches):
        data.__class__ = type("Endless", (Batches,), {"num_batches": None})
    with pytest.raises(InputError, match="`steps_per_epoch` must be given for data without an end"):
        plain.fit(data, verbose=0)
    with pytest.raises(InputError, match="`steps` must be given for data without an end"):
        plain.evaluate(data, verbose=0)
    with pytest.raises(InputError, match="`validation_steps` must be given for data without an end"):
        plain.fit(PIXELS, validation_data=data, verbose=0)
    if isinstance(data, tf.data.Dataset):
        plain.fit(data, steps_per_epoch=2, validation_data=data, validation_steps=1, verbose=0)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("x", [np.full((8, 8, 8, 1), 7, np.uint8), np.zeros((8, 8, 8, 1), "float32")])
def test_constant_images_are_warned_of(x):
    made = gan()
    value = x.flat[0]
    with pytest.warns(UserWarning, match=f"All pixels of the first images are {value}: there is nothing") as caught:
        made.fit(x, verbose=0)
    assert caught[0].filename == __file__, "at the user's line"
    with pytest.warns(UserWarning, match=f"All pixels of all images are {value}"):
        ImageData(x)


def test_other_floats_are_taken():
    made = gan()
    for kind in ("float64", "float16"):
        made.fit(FLOATS.astype(kind), verbose=0)
    made.fit(tf.cast(FLOATS, tf.bfloat16), verbose=0)
    assert int(made.step) == 3


# Numbers.


@pytest.mark.parametrize("value", [0, -1, 1.5, "2", True])
@pytest.mark.parametrize("name", ["batch_size", "epochs", "steps_per_epoch", "validation_batch_size"])
def test_counts_of_fit(name, value, plain):
    with pytest.raises(InputError, match=rf"`{name}` must be an integer >= 1\. Received: {name}={value!r}"):
        plain.fit(PIXELS, verbose=0, **{name: value})


@pytest.mark.parametrize("value", [-1, 1.5])
def test_the_first_epoch(value, plain):
    with pytest.raises(InputError, match=rf"`initial_epoch` must be an integer >= 0\. Received: .*{value}"):
        plain.fit(PIXELS, initial_epoch=value, verbose=0)


@pytest.mark.long
@pytest.mark.parametrize("rules", [
    *({name: value} for name in ("discriminator_steps", "accumulation_steps", "steps_per_execution")
      for value in (0, -1, 1.5)),
    {"discriminator_steps": 10**12}, {"accumulation_steps": 1025},
    {"top_k": 0}, {"top_k": 1.5}, {"top_k": NAN},
    {"loss": "hing"}, {"loss": 5}, {"loss": None}, {"terms": ["r3"]}, {"terms": "r1"}, {"terms": 5}, {"terms": None},
    {"augmentation": "adda"}, {"augmentation": 5},
], ids=str)  # fmt: skip
def test_rules(rules):
    (name,) = rules
    with pytest.raises(InputError, match=rf"(?s)`{name}` must .*Received: "):
        gan().compile("sgd", "sgd", **rules)


@pytest.mark.parametrize("rate", [NAN, -1e-3, np.inf])
@pytest.mark.parametrize("player", ["generator", "discriminator"])
def test_learning_rates(player, rate):
    optimizers = {f"{each}_optimizer": keras.optimizers.Adam(1e-3) for each in ("generator", "discriminator")}
    optimizers[f"{player}_optimizer"] = keras.optimizers.Adam(rate)
    message = rf"`{player}_optimizer` must have a finite learning rate of 0 or more\. Received: learning_rate="
    with pytest.raises(InputError, match=message):
        gan().compile(**optimizers)
    schedule = keras.optimizers.schedules.ExponentialDecay(rate, 10, 0.5)
    optimizers[f"{player}_optimizer"] = keras.optimizers.SGD(schedule)
    with pytest.raises(InputError, match=message):
        gan().compile(**optimizers)


@pytest.mark.parametrize("seed", [-1, 2**31, 10**30, 1.5, None])
def test_seeds(seed, plain):
    message = r"`seed` must be an integer from 0 to 2147483647\. Received: seed="
    for use in (
        lambda: GAN(*models.mlp((2,)), seed=seed),
        lambda: models.mlp((2,), seed=seed),
        lambda: models.dcgan((8, 8, 1), seed=seed),
        lambda: ImageData(PIXELS, seed=seed),
        lambda: gaussian_mixture(seed=seed),
        lambda: load("digits", seed=seed),
        *([] if seed is None else [lambda: plain.sample(2, seed=seed)]),
    ):
        with pytest.raises(InputError, match=message):
            use()


@pytest.mark.parametrize("arguments", [
    {"pack": 0}, {"pack": 2**20}, {"ema": 1.0}, {"ema": -0.1}, {"ema": NAN}, {"ema": "fast"}, {"prior": "norml"},
    {"prior": 5}, {"num_classes": 3}, {"num_classes": 0},
], ids=str)  # fmt: skip
def test_the_gan(arguments):
    (name,) = arguments
    with pytest.raises(InputError, match=f"(?s)`{name}` (must|is).*Received: "):
        GAN(*models.mlp((8, 8, 1), hidden=()), **arguments)


@pytest.mark.parametrize("arguments", [
    {"n": 0}, {"n": 2.0}, {"n": 2, "batch_size": 0}, {"n": 2, "labels": 3}, {"n": 2, "labels": -1},
    {"n": 2, "labels": [0]}, {"n": 2, "labels": 0.5}, {"n": 2, "labels": "a"}, {"n": 2, "truncation": 0},
    {"n": 2, "truncation": NAN}, {"n": 2, "truncation": "a"},
], ids=str)  # fmt: skip
def test_sample(arguments, conditional):
    name = list(arguments)[-1]
    with pytest.raises(InputError, match=f"`{name}` must .*Received: "):
        conditional.sample(**arguments)


def test_discriminate(plain, conditional):
    for name in ("floats_to_255", "nan", "rank_3", "empty", "2_channels"):
        x, message = SAMPLES[name]
        with pytest.raises(InputError, match=message):
            plain.discriminate(x)
    for y, message in LABELS.values():
        with pytest.raises(InputError, match=message):
            conditional.discriminate(PIXELS, y)


# Networks.


def generator(latent_dim=4, shape=(8, 8, 1), labels=False):
    z = keras.Input((latent_dim,))
    y = keras.layers.Reshape(shape)(keras.layers.Dense(int(np.prod(shape)))(z))
    return keras.Model([z, keras.Input((), dtype="int32")] if labels else z, y)


def discriminator(*last, units=1, labels=False):
    x = keras.Input((8, 8, 1))
    y = keras.layers.Dense(units)(keras.layers.Flatten()(x))
    for layer in last:
        y = layer(y)
    return keras.Model([x, keras.Input((), dtype="int32")] if labels else x, y)


@pytest.mark.parametrize(("networks", "arguments", "message"), [
    ((generator(shape=(8, 8, 3)), discriminator()), {}, r"What the generator makes .*\(None, 8, 8, 3\)"),
    ((generator(shape=(1, 8, 8)), discriminator()), {}, r"What the generator makes .*\(None, 1, 8, 8\)"),
    ((generator(), discriminator(units=5)), {}, r"one logit a sample.*Received: shape \(None, 5\)"),
    ((generator(), discriminator(keras.layers.Softmax())), {}, "must end in logits.*'softmax'"),
    ((generator(), discriminator(keras.layers.Activation("softmax"))), {}, "must end in logits.*'softmax'"),
    ((generator(), discriminator(keras.layers.Activation("sigmoid"))), {}, "must end in logits.*'sigmoid'"),
    ((generator(labels=True), discriminator()), {"num_classes": 3}, "both take labels or both take none"),
    ((generator(), discriminator(labels=True)), {"num_classes": 3}, "both take labels or both take none"),
    ((generator(labels=True), discriminator(labels=True)), {}, "`num_classes` is required"),
    ((discriminator(units=4), discriminator()), {}, r"must be latents of shape \(batch, latent_dim\)"),
    ((generator(4), discriminator()), {"prior": keras_gan.priors.Codes([10])}, "at least 10 columns.*latent_dim=4"),
    ((None, discriminator()), {}, "`generator` must be a Keras model"),
    ((generator(), keras.Sequential([keras.layers.Dense(1)])), {}, "`discriminator` must be a Keras model"),
    ((generator(), discriminator(keras.layers.RepeatVector(2**27))), {}, "at most 67,108,864 numbers a sample"),
])  # fmt: skip
def test_networks(networks, arguments, message):
    with pytest.raises(InputError, match=message):
        GAN(*networks, **arguments)


@pytest.mark.parametrize("side", [0, 4, 7, 2**20, 8.0, "8"])
def test_sides_that_the_architecture_can_not_make(side):
    with pytest.raises(InputError, match="`sample_shape` must "):
        models.dcgan((8, side, 3))


@pytest.mark.parametrize("channels", [0, 65, "rgb", True])
def test_channels_of_the_architecture(channels):
    with pytest.raises(InputError, match="`sample_shape` must "):
        models.dcgan((8, 8, channels))


# Data.


@pytest.mark.parametrize(("arguments", "message"), [
    ({"examples": PIXELS.astype("float32")}, r"`examples` must be finite and in \[-1, 1\].*from 0 to 255"),
    ({"examples": spoilt(NAN)}, r"must be finite.*a NaN or an infinity in examples\[1500\]"),
    ({"examples": PIXELS.astype("int64")}, "uint8 or float.*int64"),
    ({"examples": PIXELS > 1}, "uint8 or float.*bool"),
    ({"examples": PIXELS.astype(str)}, "uint8 or float.*<U3"),
    ({"examples": PIXELS.tolist()}, "must be a NumPy array.*list"),
    ({"examples": PIXELS[..., 0]}, r"channels last.*\(8, 8, 8\)"),
    ({"examples": PIXELS[None]}, "channels last"),
    ({"examples": PIXELS.repeat(65, -1)}, "1 to 64.*65"),
    ({"examples": PIXELS.transpose(0, 3, 1, 2)}, "seem to be channels first"),
    ({"conditions": CLASSES[:, None] * NAN}, r"`conditions` must be finite.*conditions\[0\]"),
    ({"conditions": CLASSES}, r"`conditions` must be vectors of shape \(8, k\)"),
    ({"conditions": CLASSES[:, None], "labels": CLASSES}, "`labels` must be None where there are `conditions`"),
    ({"examples": PIXELS[:0]}, "nowhere empty"),
    ({"labels": CLASSES - 1}, r"`labels` must be in 0\.\..*from -1"),
    ({"labels": CLASSES, "class_names": ["a", "b"]}, r"`labels` must be in 0\.\.1,.*to 2"),
    ({"labels": CLASSES.astype(float)}, "`labels` must be integers.*float64"),
    ({"labels": CLASSES[:5]}, r"`labels` must be integers of shape \(8,\).*\(5,\)"),
    ({"labels": np.eye(3)[CLASSES]}, r"\(8, 3\)"),
    ({"class_names": ["a"]}, "`class_names` must be None without labels"),
    ({"balanced": True}, "`balanced` needs labels"),
    ({"batch_size": 0}, "`batch_size` must be an integer >= 1"),
])  # fmt: skip
def test_image_data(arguments, message):
    with pytest.raises(InputError, match=message):
        ImageData(**{"examples": PIXELS, **arguments})


def test_fewer_than_a_batch(plain):
    message = "`batch_size` must be at most the number of examples, 8. Received: batch_size=9"
    for data in (ImageData(PIXELS, batch_size=9), ArrayData(PIXELS, batch_size=9)):
        with pytest.raises(InputError, match=re.escape(message)):
            plain.fit(data, verbose=0)


def test_unknown_names(tfds_dir):
    with pytest.raises(InputError, match=r"`name_or_path` must .*Did you mean 'mnist'\?.*'mnst'"):
        load("mnst")
    with pytest.raises(InputError, match=r"`recipe` must be one of .*Did you mean 'digits'\?"):
        keras_gan.recipes.get("digts")


# Absurd numbers: past what any network has, before memory is asked for.

BIG = 10**12
ABSURD = {
    "num_classes": [
        lambda: keras_gan.layers.ConditionalBatchNormalization(BIG),
        lambda: keras_gan.layers.Projection(BIG),
        lambda: models.mlp((2,), num_classes=BIG),
        lambda: models.dcgan((8, 8, 1), num_classes=BIG),
    ],
    "group_size": [lambda: keras_gan.layers.MinibatchStdDev(BIG), lambda: keras_gan.layers.MinibatchStdDev(1025)],
    "num_features": [lambda: keras_gan.layers.MinibatchStdDev(num_features=BIG)],
    "factor": [lambda: keras_gan.layers.Resample(factor=BIG)],
    "kernel": [lambda: keras_gan.layers.Blur([1.0] * 65), lambda: keras_gan.layers.Resample(kernel=[1.0] * 10**6)],
    "padding": [lambda: keras_gan.layers.ReflectionPadding2D(BIG)],
    "inputs": [lambda: keras_gan.layers.SelfAttention()(keras.Input((256, 256, 8)))],
    "categorical": [lambda: keras_gan.priors.Codes([BIG])],
    "continuous": [lambda: keras_gan.priors.Codes([2], continuous=BIG)],
    "interval": [lambda: keras_gan.penalties.R1(interval=BIG)],
    "weight": [lambda: keras_gan.penalties.R1(weight=np.inf)],
    "width": [lambda: models.dcgan((8, 8, 1), width=BIG)],
    "latent_dim": [lambda: models.mlp((2,), latent_dim=BIG), lambda: models.dcgan((8, 8, 1), latent_dim=BIG)],
    "hidden": [lambda: models.mlp((2,), hidden=[BIG]), lambda: models.mlp((2,), hidden=[1] * 10**6)],
    "sample_shape": [lambda: models.mlp((BIG,)), lambda: models.dcgan((BIG, 8, 1)), lambda: models.dcgan((8, 8192, 1))],
    "num_samples": [lambda: gaussian_mixture(num_samples=BIG)],
    "batch_size": [lambda: ImageData(PIXELS, batch_size=10**5000)],
}


@pytest.mark.parametrize(("name", "index"), [(name, index) for name in ABSURD for index in range(len(ABSURD[name]))])
def test_absurd_numbers(name, index):
    with pytest.raises(InputError, match=f"`{name}` must be .*Received: ") as caught:
        ABSURD[name][index]()
    assert len(str(caught.value)) < 400
