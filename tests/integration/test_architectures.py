"""Every architecture by its recipe: at sides large and small, told nothing, classes or vectors, in every mode.

`python -m pytest tests/integration/test_architectures.py --full` tries all of these games.
"""

import contextlib
import itertools

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import recipes
from keras_gan.data import ImageData

# Of each recipe the settings that make it small. An architecture is added by its line.
SMALL = {
    "biggan": {"width": 1, "latent_dim": 8, "discriminator_steps": 1},
    "biggan_deep": {"width": 1, "latent_dim": 8, "discriminator_steps": 1},
    "fastgan": {"width": 2, "latent_dim": 8},
    "r3gan": {"width": 8, "blocks": 1, "latent_dim": 8},
    "sagan": {"width": 1, "latent_dim": 8},
    "sngan": {"width": 1, "latent_dim": 8, "discriminator_steps": 1},
    "stylegan2": {"width": 8, "latent_dim": 8},
}
ENDLESS = {"r3gan", "stylegan2"}  # end without tanh, so that few channels begin with large outputs for some latents
TOLD = ("nothing", "classes", "vectors")
SHAPES = ((8, 8, 1), (32, 32, 3), (48, 32, 2), (64, 64, 3), (128, 128, 3), (50, 37, 3))
MODES = ("graph", "xla", "bfloat16", "two devices")
ROWS, BATCH, STEPS = 24, 8, 3
GAMES = list(itertools.product(SMALL, TOLD, SHAPES))


def way_out_of(name, told, shape):
    """Return the mode in which a game takes the way out, which costs more than its steps do: it turns with each part.

    In the other modes of one device a game takes its steps alone, and on two devices it is compared with one.
    """
    turn = list(SMALL).index(name) + TOLD.index(told) + SHAPES.index(shape)
    return MODES[(turn + 3) % len(MODES)]


WAYS_OUT = [(*game, way_out_of(*game)) for game in GAMES]
STEPS_ALONE = [(*game, mode) for game in GAMES for mode in MODES[:3] if (*game, mode) not in WAYS_OUT]

# What is tried where all are not: each network (of BigGAN two devices against one), all that it may be told, each mode.
# Two devices: lazy terms of a generator whose layers reduce.
SOME = [
    ("sngan", "classes", SHAPES[0]),
    ("sagan", "classes", SHAPES[0]),
    ("biggan_deep", "nothing", SHAPES[0]),
    ("fastgan", "classes", SHAPES[0]),
    ("stylegan2", "vectors", SHAPES[0]),
    ("r3gan", "nothing", SHAPES[2]),
]


def pytest_generate_tests(metafunc):
    full = metafunc.config.getoption("--full")
    cases = {
        "way_out": WAYS_OUT if full else [(*game, way_out_of(*game)) for game in SOME],
        "steps_alone": STEPS_ALONE,
        "game": GAMES if full else [("biggan", "vectors", SHAPES[0])],
    }
    for argument in cases.keys() & set(metafunc.fixturenames):
        metafunc.parametrize(argument, cases[argument], ids=lambda case: "-".join(str(value) for value in case))


def data_of(told, shape):
    random = np.random.default_rng(0)
    pixels = random.integers(0, 256, (ROWS, *shape), dtype=np.uint8)
    labels = np.arange(ROWS) % 3 if told == "classes" else None
    vectors = random.normal(size=(ROWS, 2)).astype("float32") if told == "vectors" else None
    return ImageData(pixels, labels, conditions=vectors, batch_size=BATCH)


def labels_of(told, count):
    """Return what samples are asked for with."""
    labels = {"classes": np.arange(count, dtype=np.int32) % 3, "vectors": np.eye(count, 2, dtype=np.float32)}
    return labels.get(told)


def made(name, data, **compiled):
    """Return the recipe's GAN for these data, in a small form, and the recipe; `compiled` goes to `compile` again."""
    recipe = recipes.get(name).but(images=BATCH * STEPS, batch_size=BATCH, steps_per_epoch=STEPS, **SMALL[name])
    gan = recipe.make(data, seed=1)
    if compiled:
        rules = {rule: getattr(gan, rule) for rule in ("loss", "terms", "augmentation", "discriminator_steps")}
        optimizers = compiled.pop("optimizers", (gan.generator_optimizer, gan.discriminator_optimizer))
        gan.compile(*optimizers, **{**rules, **compiled})
    return gan, recipe


@pytest.mark.long
def test_three_steps_and_the_way_out(way_out, two_replicas, tmp_path):
    name, told, shape, mode = way_out
    data = data_of(told, shape)
    devices = two_replicas.scope if mode == "two devices" else contextlib.nullcontext
    gan = takes_three_steps(name, told, data, mode, devices)
    comes_back_and_goes_on(gan, data, tmp_path, devices)
    is_exported(gan, labels_of(told, 4), tmp_path / "saved_model")


@pytest.mark.long
@pytest.mark.full
def test_three_steps(steps_alone):
    name, told, shape, mode = steps_alone
    takes_three_steps(name, told, data_of(told, shape), mode)


def takes_three_steps(name, told, data, mode, devices=contextlib.nullcontext):
    """Return the game after three steps, having looked at its samples and weights."""
    if mode == "bfloat16":
        keras.mixed_precision.set_global_policy("mixed_bfloat16")
    with devices():
        gan, recipe = made(name, data, **({"jit_compile": True} if mode == "xla" else {}))
    start = [np.array(weight) for weight in gan.trainable_weights]
    asked = {"labels": labels_of(told, 3), "seed": 0}
    largest = max(10.0, 2 * np.abs(gan.sample(3, **asked)).max()) if name in ENDLESS else 1.0
    recipe.train(gan, data, verbose=0)
    assert int(gan.step.numpy()) == STEPS
    samples = gan.sample(3, **asked)
    assert samples.shape == (3, *data.sample_shape)
    assert samples.dtype == np.float32
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= largest
    assert samples.std() > 1e-3, "grey"
    for weight in gan.trainable_weights:
        assert np.isfinite(np.array(weight)).all(), weight.path
    moved = [
        np.abs(before - np.array(after)).max() > 0 for before, after in zip(start, gan.trainable_weights, strict=True)
    ]
    assert np.mean(moved) > 0.9, "all learn, but for what only a nought in the middle hides"
    return gan


def comes_back_and_goes_on(gan, data, folder, devices):
    gan.save(folder / "gan.keras")
    with devices():
        loaded = keras_gan.load(folder / "gan.keras")
    assert_array_equal(loaded.sample(4, seed=0), gan.sample(4, seed=0))
    for each in (gan, loaded):
        each.fit(data, epochs=1, verbose=0)
    for ours, theirs in zip(loaded.weights, gan.weights, strict=True):
        assert_array_equal(ours, theirs, err_msg=theirs.path)


def is_exported(gan, told, folder):
    gan.export(folder)
    sample = tf.saved_model.load(str(folder)).signatures["sample"]
    given = {} if told is None else {"labels": tf.constant(told)}
    images = sample(n=tf.constant(4), seed=tf.constant(0), **given)["images"]
    apart = np.abs(images - gan.sample(4, labels=told, seed=0))
    half = keras.config.dtype_policy().compute_dtype != "float32"
    assert np.sqrt(np.mean(np.square(apart))) < 1.5e-2 if half else apart.max() < 1e-5


@pytest.mark.long
def test_two_devices_are_one(game, two_replicas):
    """To 1e-4, or as nearly as one device is itself after a rounding.

    Layers with statistics of batches, singular vectors, attention, draws. Adam would make rounding large. So do the
    kinks of ReLU, hinges and absolute values, in some games: there a third run tells by how much, number by number.
    """
    one, names = after_three_steps(game)
    two, _ = after_three_steps(game, two_replicas.scope)
    assert one.keys() == two.keys()
    for key, theirs in one.items():
        assert two[key].dtype == theirs.dtype
        assert np.isfinite(two[key].astype("float64")).all(), names[key]
        if theirs.dtype.kind != "f":
            assert_array_equal(two[key], theirs, err_msg=names[key])
    apart = deviations(two, one)
    unequal = {key: distance for key, distance in apart.items() if distance > 1e-4}
    if unequal:
        rounded, _ = after_three_steps(game, rounding=1e-6)
        allowed = {key: 3 * distance for key, distance in deviations(rounded, one).items()}
        assert {names[key]: (unequal[key], allowed[key]) for key in unequal if unequal[key] > allowed[key]} == {}


def after_three_steps(game, devices=contextlib.nullcontext, rounding=0.0):
    """Return all that a model and its optimizers, augmentation and terms have by then, and the names of these."""
    name, told, shape = game
    data, random = data_of(told, shape), np.random.default_rng(0)
    with devices():
        rules = {"optimizers": (keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01))}
        gan, recipe = made(name, data, **rules)
        for weight in gan.trainable_weights:
            if weight.shape == () and not weight.numpy():  # what hides noise and attention at first
                weight.assign(0.3)
            elif rounding:
                weight.assign(weight.numpy() * (1.0 + rounding * random.choice([-1.0, 1.0], weight.shape)))
    recipe.train(gan, data, verbose=0)
    state = gan.named_state()
    return {key: np.array(value) for key, value in state.items()}, {key: value.path for key, value in state.items()}


def deviations(ours, theirs):
    """Return the largest deviation of each array of floats, relatively to its largest number."""
    floats = {key: array for key, array in theirs.items() if array.dtype.kind == "f"}
    return {
        key: np.abs(ours[key] - array).max(initial=0.0) / max(np.abs(array).max(initial=0.0), 1e-2)
        for key, array in floats.items()
    }


@pytest.mark.parametrize("name", SMALL)
def test_is_planned_for_any_side(name):
    for shape in SHAPES:
        plan = recipes.get(name).plan(data_of("nothing", shape))
        assert str(plan)
        assert plan.facts.sample_shape == shape
