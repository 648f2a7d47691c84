"""Pictures of any size, depth and arrangement go all the way: loaded, trained on, shown, written, measured.

`python -m pytest tests/integration/test_any_picture.py --full` takes every combination all the way.
"""

import io
import itertools
import json
import tarfile
import zipfile

import numpy as np
import pytest
import tensorflow as tf
import tifffile
from numpy.testing import assert_allclose
from PIL import Image

import keras_gan
from keras_gan import evaluation, runs
from keras_gan_cli.main import main

COUNT, BATCH = 24, 8
SIDES = [(8, 8), (33, 47), (64, 32), (28, 28)]
CHANNELS = [1, 3, 4, 7]
RANGE = {np.uint8: None, np.uint16: (0, 4095), np.float32: (-20, 40)}


def draw(side, channels, dtype, count=COUNT):
    """Smooth ramps, each of its own direction: pictures that a discriminator can tell apart from noise."""
    low, high = RANGE[dtype] or (0, 255)
    random = np.random.default_rng(0)
    down, right = np.mgrid[0 : side[0], 0 : side[1]] / max(side)
    slopes = random.normal(size=(2, count, 1, 1, channels))
    ramps = np.tanh(slopes[0] * down[..., None] + slopes[1] * right[..., None] + random.normal(size=(count, 1, 1, 1)))
    return (low + (ramps + 1) / 2 * (high - low)).astype(dtype)


def encoded(image, suffix):
    """The bytes of a file that holds an image exactly."""
    file = io.BytesIO()
    channels = image.shape[-1]
    if suffix == ".npy":
        np.save(file, image)
    elif suffix == ".tif":
        kind = {"photometric": "rgb" if channels in (3, 4) else "minisblack"}
        kind |= {"extrasamples": ["unassalpha"]} if channels == 4 else {}
        kind |= {"planarconfig": "contig"} if channels > 1 else {}
        tifffile.imwrite(file, image[..., 0] if channels == 1 else image, **kind)
    elif image.dtype == np.uint16:
        file.write(tf.io.encode_png(image).numpy())
    else:
        Image.fromarray(image[..., 0] if channels == 1 else image).save(file, "PNG")
    return file.getvalue()


def holds(row):
    _, channels, dtype, suffix, _ = row
    return suffix != ".png" or (channels <= 4 and dtype != np.float32)


ARRANGEMENTS = ("flat", "classes", "nested", "zip", "tar", "table")


def arranged(path, files, arrangement):
    """Write files in one of the arrangements; return what `load` is told, the order it reads in, and the labels."""
    kinds = ["cat" if index % 3 else "dog" for index in range(len(files))]
    names = [f"{index:02}{suffix}" for index, (suffix, _) in enumerate(files)]
    if arrangement in ("classes", "zip", "tar"):
        names = [f"{kind}/{name}" for kind, name in zip(kinds, names, strict=True)]
    if arrangement == "nested":
        names = [f"{kind}/{index % 2}/deep/{name}" for index, (kind, name) in enumerate(zip(kinds, names, strict=True))]
    content = {name: data for name, (_, data) in zip(names, files, strict=True)}
    if arrangement == "table":
        rows = [{"file_name": name, "kind": kind} for name, kind in zip(names, kinds, strict=True)]
        content["labels.jsonl"] = "\n".join(map(json.dumps, rows)).encode()
    path.mkdir()
    if arrangement == "zip":
        with zipfile.ZipFile(path / "pictures.zip", "w") as archive:
            for name, data in content.items():
                archive.writestr(f"pictures/{name}", data)
    elif arrangement == "tar":
        with tarfile.open(path / "pictures.tar.gz", "w:gz") as archive:
            for name, data in content.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    else:
        for name, data in content.items():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
    found = next((str(file) for file in path.glob("pictures.*")), str(path))
    order = sorted(range(len(names)), key=lambda index: names[index].split("/"))
    labels = None if arrangement == "flat" else [int(kinds[index] == "dog") for index in order]
    return found, {"labels": "labels.jsonl"} if arrangement == "table" else {}, order, labels


def read(tmp_path, side, channels, dtype, suffix, arrangement):
    """Write pictures, load them, and compare; return their data, and what `load` was told."""
    images = draw(side, channels, dtype)
    files = [(suffix, encoded(image, suffix)) for image in images]
    path, options, order, labels = arranged(tmp_path / "data", files, arrangement)
    options |= {"channels": channels, "value_range": RANGE[dtype]}
    data = keras_gan.data.load(path, batch_size=BATCH, **options)
    check_data(data, images[order], labels)
    return data, path, options


NARROW = {"width": 2, "latent_dim": 4}  # the tests are of shapes


def go_all_the_way(tmp_path, *row, **settings):
    data, path, options = read(tmp_path, *row)
    recipe = keras_gan.recipes.get("dcgan").but(data=path, epochs=1, steps_per_epoch=3, batch_size=BATCH, **settings)
    recipe = recipe.but(load_options=options, augmentation="none")
    gan = recipe.make(data)
    told = {**recipe.options, "depth": data.depth.get_config(), "class_names": data.class_names}
    run = runs.Run.create(tmp_path / "runs", "pictures", told)
    recipe.train(gan, data, [keras_gan.callbacks.SampleGrid(run.samples, columns=3, rows=2)], verbose=0)
    assert int(gan.step.numpy()) == 3
    run.save(gan)
    check_grid(run, data.channels)
    check_samples(run, gan, data, tmp_path)
    (measured,) = evaluation.measure([keras_gan.metrics.SlicedWasserstein()], gan, data)
    assert np.isfinite(measured["value"])
    check_export(gan, tmp_path, data.labels is not None)


def check_data(data, images, labels):
    assert (data.image_size, data.channels) == (images.shape[1:3], images.shape[3])
    assert data.class_names == (None if labels is None else ["cat", "dog"])
    assert data.labels is None if labels is None else data.labels.tolist() == labels
    assert data.examples.dtype == (np.uint8 if images.dtype == np.uint8 else np.float32)
    back = data.examples if images.dtype == np.uint8 else data.depth.from_signed(data.examples)
    assert back.dtype == images.dtype
    assert_allclose(back, images, rtol=0, atol=1e-5 if images.dtype == np.float32 else 0)


def check_grid(run, channels):
    last = max(run.samples.glob("step_*.png"))
    with Image.open(last) as picture:
        shown = {1: "L", 3: "RGB", 4: "RGBA", 7: "RGB"}[channels]
        assert picture.mode == shown
        assert np.asarray(picture).std() > 0
    with Image.open(run.samples / "samples.gif") as animation:
        assert animation.n_frames >= 1


def check_samples(run, gan, data, tmp_path):
    """Samples that are written are read back as they are."""
    expected = data.depth.from_signed(gan.sample(5, seed=0))
    assert command("sample", run.path, "--num", 5, "--out", tmp_path / "samples.npy") == 0
    written = np.load(tmp_path / "samples.npy")
    assert written.dtype == data.depth.dtype
    assert_allclose(written.astype(np.float64), expected.astype(np.float64), rtol=1e-4, atol=1.0)
    options = {} if data.depth.dtype == "uint8" else {"value_range": (data.depth.low, data.depth.high)}
    again = keras_gan.data.load(tmp_path / "samples.npy", batch_size=1, **options)
    assert (again.sample_shape, again.depth) == (data.sample_shape, data.depth)
    back = again.examples if written.dtype == np.uint8 else data.depth.from_signed(again.examples)
    assert_allclose(back, written, rtol=1e-5)


def check_export(gan, tmp_path, labelled):
    gan.export(tmp_path / "saved")
    sample = tf.saved_model.load(str(tmp_path / "saved")).signatures["sample"]
    options = {"labels": tf.constant([0, 1])} if labelled else {}
    made = sample(n=tf.constant(2), seed=tf.constant(0), **options)["images"]
    assert_allclose(made, gan.sample(2, seed=0, labels=[0, 1] if labelled else None), atol=1e-5)


def command(*arguments):
    with pytest.raises(SystemExit) as end:
        main([str(argument) for argument in arguments])
    return end.value.code


def pairs(*axes):
    """Rows in which every two values of two axes meet: greedily, from the whole product."""
    left = {pair for a, b in itertools.combinations(range(len(axes)), 2) for pair in _pairs(a, b, axes)}
    rows = [row for row in itertools.product(*axes) if holds(row)]
    while True:
        row = max(rows, key=lambda row: len(left & _met(row)))
        if not left & _met(row):
            return
        left -= _met(row)
        yield row


def _pairs(a, b, axes):
    return {((a, x), (b, y)) for x in axes[a] for y in axes[b]}


def _met(row):
    return set(itertools.combinations(enumerate(row), 2))


AXES = (SIDES, CHANNELS, [*RANGE], [".png", ".tif", ".npy"], ARRANGEMENTS)
PAIRS = [*pairs(*AXES)]
EACH = [  # side, channels, depth and file, each once
    ((8, 8), 1, np.uint16, ".png", "zip"),
    ((33, 47), 7, np.float32, ".npy", "table"),
    ((64, 32), 4, np.uint8, ".png", "flat"),
    ((28, 28), 3, np.uint16, ".tif", "nested"),
]
ALL = [row for row in itertools.product(*AXES) if holds(row)]


def name(value):
    return "x".join(map(str, value)) if isinstance(value, tuple) else getattr(value, "__name__", str(value))


def pytest_generate_tests(metafunc):
    if "each_row" in metafunc.fixturenames:
        rows = ALL if metafunc.config.getoption("--full") else PAIRS[::4]
        metafunc.parametrize("each_row", rows, ids=lambda row: "-".join(map(name, row)))


@pytest.mark.parametrize("row", PAIRS, ids=lambda row: "-".join(map(name, row)))
def test_every_pair_is_read_as_it_was_written(row, tmp_path):
    read(tmp_path, *row)


@pytest.mark.some(1)
@pytest.mark.filterwarnings("ignore:.*shows? the first")
@pytest.mark.parametrize("row", [row for row in EACH if row[0] != (64, 32)], ids=lambda row: "-".join(map(name, row)))
def test_the_whole_way(row, tmp_path):
    go_all_the_way(tmp_path, *row, **NARROW)


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.filterwarnings("ignore:.*shows? the first")
def test_the_whole_way_of_more(each_row, tmp_path):
    go_all_the_way(tmp_path, *each_row, **NARROW)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.filterwarnings("ignore:.*shows? the first")
@pytest.mark.parametrize("row", EACH, ids=lambda row: "-".join(map(name, row)))
def test_the_recipe_of_folders(row, tmp_path):
    go_all_the_way(tmp_path, *row)


def test_pairs_miss_nothing_that_can_be():
    wanted = set().union(*(_met(row) for row in ALL))
    assert set().union(*(_met(row) for row in PAIRS)) == wanted
    for axis, values in enumerate(AXES[:4]):
        assert {row[axis] for row in EACH} == set(values)
