"""What the tests share: tiny networks, a seed for all, and four logical devices."""

import collections
import os

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "1")  # as the command line has it: the processes of a test compute alike

import keras
import numpy as np
import pytest
import tensorflow as tf

import keras_gan


def pytest_addoption(parser):
    parser.addoption("--replicas", type=int, default=2, help="Devices of the tests that take any number.")
    parser.addoption("--full", action="store_true", help="All combinations where otherwise some are tried.")


def pytest_configure(config):
    # Before anything touches a device: four logical CPUs, for the tests of replicas.
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 4)


def pytest_collection_modifyitems(config, items):
    """Leave out what is full unless `--full`, and what is long of a run of all tests, which names no marker."""
    if not config.getoption("--full"):
        some = _some(items)
        _leave_out(config, items, lambda item: item.get_closest_marker("full") or item not in some)
    named = {(config.invocation_params.dir / argument).resolve() for argument in config.args}
    if not config.option.markexpr and named <= {config.rootpath, config.rootpath / "tests"}:
        _leave_out(config, items, lambda item: item.get_closest_marker("long"))


def _some(items):
    """Return the items less those cases that `some(n)` leaves out: n of a test's cases stay, spread over all."""
    cases = collections.defaultdict(list)
    for item in items:
        if not item.get_closest_marker("full"):
            cases[item.parent, getattr(item, "originalname", item.name)].append(item)
    kept = set()
    for each in cases.values():
        marker = each[0].get_closest_marker("some")
        count = min(marker.args[0], len(each)) if marker else len(each)
        kept.update(each[index * len(each) // count] for index in range(count))
    return kept


def _leave_out(config, items, unwanted):
    left_out = [item for item in items if unwanted(item)]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not unwanted(item)]


@pytest.fixture(autouse=True)
def _seeded():
    keras.utils.set_random_seed(0)
    yield
    keras.mixed_precision.set_global_policy("float32")


@pytest.fixture(scope="session")
def replicas(request):
    """The strategy that a whole session has: TensorFlow can't tell the collectives of two apart."""
    return tf.distribute.MirroredStrategy([f"CPU:{index}" for index in range(request.config.getoption("--replicas"))])


@pytest.fixture(scope="session")
def two_replicas(replicas):
    assert replicas.num_replicas_in_sync == 2
    return replicas


@pytest.fixture
def images():
    """uint8 images (40, 8, 8, 1) and labels of 3 classes."""
    generator = np.random.default_rng(0)
    return generator.integers(0, 256, (40, 8, 8, 1), dtype=np.uint8), generator.integers(0, 3, 40)


@pytest.fixture
def make_gan():
    """Return a compiled tiny GAN; keyword arguments go where they belong."""

    def make(num_classes=None, ema=0.9, seed=0, dropout=0.0, optimizer=keras.optimizers.Adam, **rules):
        networks = keras_gan.models.mlp(
            (8, 8, 1), latent_dim=4, hidden=(16,), num_classes=num_classes, dropout=dropout, seed=1
        )
        gan = keras_gan.GAN(*networks, num_classes=num_classes, ema=ema, seed=seed)
        gan.compile(optimizer(1e-2), optimizer(1e-2), **rules)
        return gan

    return make


@pytest.fixture(scope="session")
def _tfds_dir(tmp_path_factory):
    return tmp_path_factory.mktemp("tensorflow_datasets")


@pytest.fixture
def tfds_dir(_tfds_dir, monkeypatch):
    """TFDS prepares its data here, once a session, and not in the home directory."""
    monkeypatch.setenv("TFDS_DATA_DIR", str(_tfds_dir))
    return _tfds_dir


@pytest.fixture
def registry(monkeypatch):
    """What is registered meanwhile is forgotten afterwards: an example may define a class of a name that is taken."""
    objects = keras.saving.get_custom_objects()
    kept = dict(objects)
    monkeypatch.setattr(keras_gan.utils.registry, "_registered", dict(keras_gan.utils.registry._registered))
    yield
    objects.clear()
    objects.update(kept)
