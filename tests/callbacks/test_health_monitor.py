import types
import warnings

import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.callbacks import HealthMonitor
from keras_gan.callbacks.health_monitor import share_of_twins
from keras_gan.conditions import Classes

VARIED = np.random.default_rng(0).normal(size=(64, 6))
FINE, WON, LOST = {"d_accuracy": 0.7, "g_loss": 1.0}, {"d_accuracy": 1.0}, {"d_accuracy": 0.5}


class Step(np.ndarray):
    """What a variable of one number is."""

    def numpy(self):
        return self.item()


class Model:
    """What a monitor asks of a GAN: it draws `samples`, and remembers how it was asked."""

    def __init__(self, samples=VARIED, num_classes=None, step=1000):
        self.samples = samples
        self.signature = types.SimpleNamespace(
            condition=num_classes and Classes(num_classes), is_image=samples.ndim == 4
        )
        self.start = step
        self.stop_training = False
        self.asked = []

    @property
    def step(self):
        """Another one whenever somebody asks."""
        self.start += 1
        return np.array(self.start).view(Step)

    def sample(self, n, labels=None, seed=None):
        self.asked.append((n, labels, seed))
        return self.samples[:n]


def monitored(epochs, model=None, **options):
    """Return a monitor after these logs, its model, and the warnings."""
    model = model or Model()
    monitor = HealthMonitor(**options)
    monitor.set_model(model)
    monitor.on_train_begin()
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for epoch, logs in enumerate(epochs):
            monitor.on_epoch_end(epoch, logs)
    return monitor, model, [str(warning.message) for warning in caught]


# Findings.


@pytest.mark.parametrize("epochs", [[FINE] * 5, [{}] * 5, [None] * 5, [LOST] * 5])
def test_what_is_healthy_warns_of_nothing(epochs):
    monitor, model, words = monitored(epochs, stop=True)
    assert (words, monitor.findings, model.stop_training) == ([], {}, False)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_told_of_once(value):
    monitor, _, words = monitored([FINE, {**FINE, "g_loss": value, "d_loss": value}, {"d_loss": value}])
    assert list(monitor.findings) == ["not_finite"]
    assert words == [f"HealthMonitor: {monitor.findings['not_finite']}"]
    assert "in epoch 2: g_loss, d_loss." in words[0]


def test_samples_that_are_not_finite():
    samples = VARIED.copy()
    samples[-1, -1] = np.nan
    monitor, _, words = monitored([FINE] * 2, Model(samples))
    assert list(monitor.findings) == ["not_finite"]
    assert len(words) == 1
    assert "in epoch 1: the samples." in words[0]


def test_a_winning_discriminator_is_told_of_once():
    monitor, _, words = monitored([WON] * 5, patience=3)
    assert list(monitor.findings) == ["discriminator_wins"]
    assert len(words) == 1
    assert "for 3 looks" in words[0]


@pytest.mark.parametrize(
    ("epochs", "found"),
    [
        ([WON, WON], False),
        ([WON, WON, LOST, WON, WON], False),
        ([WON, WON, {}, WON, WON], False),
        ([WON, WON, LOST, WON, WON, WON], True),
        ([{"d_accuracy": 0.99}] * 3, True),
        ([{"d_accuracy": 0.98}] * 9, False),
    ],
)
def test_patience_begins_anew_after_each_loss(epochs, found):
    assert ("discriminator_wins" in monitored(epochs)[0].findings) == found


def test_the_words_claim_no_more_than_was_seen():
    """An epoch at the bound and then two of 100%."""
    _, _, words = monitored([{"d_accuracy": 0.993}, WON, WON])
    assert "99.0% of all samples or more for 3 looks" in words[0]


@pytest.mark.parametrize("value", [0.0, 0.7, -1.0])
@pytest.mark.parametrize("shape", [(64, 5), (64, 4, 4, 3)])
def test_a_constant_generator_has_collapsed(value, shape):
    monitor, _, words = monitored([FINE] * 2, Model(np.full(shape, value, "float32")))
    assert list(monitor.findings) == ["collapse"]
    assert len(words) == 1
    assert "100% of 64 samples have a twin in epoch 1" in words[0]


GREY = np.random.default_rng(1).normal(0.1, 0.014, (64, 4, 4, 1))


def test_flat_images_are_told_of_once():
    """They have no twins, since each differs from the others by what nobody sees."""
    monitor, _, words = monitored([FINE] * 5, Model(GREY))
    assert list(monitor.findings) == ["flat"]
    assert len(words) == 1
    assert "64 samples are about equal (a standard deviation of 0.014 of [-1, 1]) for 3 looks" in words[0]


@pytest.mark.parametrize(
    ("samples", "options", "step"),
    [
        (GREY * 10, {}, 1000),
        (GREY, {}, 80),
        (GREY, {"flat": 0}, 1000),
        (GREY, {"patience": 6}, 1000),
        (VARIED * 0.01, {}, 1000),
    ],
)
def test_what_is_not_flat(samples, options, step):
    assert monitored([FINE] * 5, Model(samples, step=step), **options)[0].findings == {}


def test_all_findings_at_once_and_each_alone():
    monitor, _, words = monitored([WON, WON, {"d_loss": np.nan}], Model(np.ones((64, 3))), patience=2)
    assert list(monitor.findings) == ["collapse", "discriminator_wins", "not_finite"]
    assert len(words) == 3


def test_the_share_of_duplicates_counts():
    half = np.concatenate([np.repeat(VARIED[:16], 2, axis=0), VARIED[16:48]])
    assert list(monitored([FINE], Model(half), duplicates=0.5)[0].findings) == ["collapse"]
    assert monitored([FINE], Model(half), duplicates=0.51)[0].findings == {}


@pytest.mark.parametrize(("num_classes", "labels"), [(None, None), (3, 0)])
def test_samples_are_of_one_class_and_one_seed(num_classes, labels):
    _, model, _ = monitored([FINE] * 2, Model(num_classes=num_classes), n=10, seed=7)
    assert model.asked == [(10, labels, 7)] * 2


@pytest.mark.parametrize(("epochs", "samples"), [([WON], VARIED), ([{"x": np.nan}], VARIED), ([FINE], VARIED * 0)])
@pytest.mark.parametrize("stop", [False, True])
def test_stop_ends_the_run(epochs, samples, stop):
    _, model, words = monitored(epochs, Model(samples), patience=1, stop=stop)
    assert len(words) == 1
    assert model.stop_training is stop


def test_a_new_run_begins_anew():
    monitor, _, _ = monitored([WON, WON])
    monitor.on_train_begin()
    monitor.on_epoch_end(0, WON)
    monitor.on_epoch_end(1, WON)
    assert monitor.findings == {}
    with pytest.warns(UserWarning, match="HealthMonitor: the discriminator was right"):
        monitor.on_epoch_end(2, WON)
    monitor.on_train_begin()
    assert monitor.findings == {}


# Twins.


def test_share_of_twins_by_hand():
    """On a line, with the mean square (0 + 1 + 1.21 + 9 + 25) / 5 = 7.242: the root is 2.691."""
    samples = np.array([[0.0], [1.0], [1.1], [3.0], [5.0]])
    root = np.sqrt(7.242)
    for distance, share in [(0.09, 0.0), (0.11, 0.4), (0.99, 0.4), (1.01, 0.6), (1.89, 0.6), (1.91, 0.8), (2.01, 1.0)]:
        assert_allclose(share_of_twins(samples, distance / root), share)


def test_without_a_distance_only_copies_are_twins():
    assert share_of_twins(VARIED, 0.0) == 0
    assert share_of_twins(np.concatenate([VARIED, VARIED[:16]]), 0.0) == 32 / 80
    assert share_of_twins(VARIED * [[1e-3]] * 3 + 5, 0.0) == 0
    assert share_of_twins(np.zeros((4, 2)), 0.0) == 1


@pytest.mark.parametrize("scale", [1e-6, 1.0, 1e4])
def test_share_of_twins_does_not_depend_on_the_scale(scale):
    near = np.concatenate([VARIED, VARIED[:16] + 1e-3])
    assert share_of_twins(scale * near.astype("float32"), 0.02) == 32 / 80


# In a run.


@pytest.mark.long
@pytest.mark.parametrize("num_classes", [None, 3])
def test_a_healthy_run(num_classes, images, make_gan):
    monitor = HealthMonitor(n=16)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        x = images if num_classes else images[:1]
        make_gan(num_classes).fit(*x, batch_size=8, epochs=3, verbose=0, callbacks=[monitor])
    assert monitor.findings == {}


@pytest.mark.long
def test_it_looks_when_enough_steps_have_passed(images, make_gan):
    monitor, gan = HealthMonitor(n=16, every=10), make_gan()
    looks = []
    gan.sample = lambda n, **options: looks.append(int(gan.step.numpy())) or VARIED[:n]
    gan.fit(images[0], batch_size=8, epochs=7, verbose=0, callbacks=[monitor])  # of 5 steps each
    assert looks == [10, 20, 30]


def test_it_ends_the_run_of_a_collapsed_generator(images, make_gan):
    gan = make_gan(ema=None, optimizer=lambda rate: keras.optimizers.SGD(0.0))
    gan.generator.set_weights([0 * weight for weight in gan.generator.get_weights()])
    monitor = HealthMonitor(stop=True)
    with pytest.warns(UserWarning, match="100% of 64 samples have a twin in epoch 1") as caught:
        history = gan.fit(images[0], batch_size=8, epochs=5, verbose=0, callbacks=[monitor]).history
    assert len(history["d_loss"]) == 1
    assert len([warning for warning in caught if "HealthMonitor" in str(warning.message)]) == 1


def test_it_sees_a_discriminator_that_wins():
    """Reals far off, a generator that does not move."""
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=(8,)))
    gan.compile(keras.optimizers.SGD(0.0), keras.optimizers.Adam(0.05))
    points = np.random.default_rng(0).normal(50.0, 1.0, (320, 2)).astype("float32")
    monitor = HealthMonitor(patience=2, stop=True)
    with pytest.warns(UserWarning, match="the discriminator was right"):
        gan.fit(points, batch_size=32, epochs=20, verbose=0, callbacks=[monitor])
    assert list(monitor.findings) == ["discriminator_wins"]


def test_it_sees_nan(images, make_gan):
    gan = make_gan()
    monitor = HealthMonitor()
    gan.averages["generator"][0].set_weights([w * np.nan for w in gan.generator.get_weights()])
    with pytest.warns(UserWarning, match="not finite in epoch 1: .*the samples"):
        gan.fit(images[0], batch_size=8, epochs=2, verbose=0, callbacks=[monitor])
    assert list(monitor.findings) == ["not_finite"]


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"accuracy": 1.1}, "accuracy"),
        ({"patience": 0}, "patience"),
        ({"n": 1}, "n"),
        ({"duplicates": 0.0}, "duplicates"),
        ({"duplicates": 1.1}, "duplicates"),
        ({"distance": -0.1}, "distance"),
        ({"flat": -0.1}, "flat"),
        ({"beginning": -1}, "beginning"),
        ({"seed": -1}, "seed"),
        ({"every": 0}, "every"),
    ],
)
def test_bad_arguments(bad, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        HealthMonitor(**bad)


# Against data.

PICTURES = np.random.default_rng(1).choice([-0.8, 0.8], (64, 4, 4, 1))


@pytest.mark.parametrize(
    ("samples", "found"),
    [
        (PICTURES, False),
        (PICTURES * 0.5, False),
        (PICTURES * 0.2, True),
        (np.repeat(PICTURES[:1], 64, axis=0), True),
    ],
    ids=["as the data", "half", "pale", "alike"],
)
def test_samples_that_are_paler_than_the_data_or_alike(samples, found):
    monitor, model, told = monitored(4 * [FINE], Model(samples), real=PICTURES, duplicates=1.0, flat=0.0)
    assert ("pale" in monitor.findings) is found
    assert any("samples vary by" in words for words in told) is found
    assert (64, None, 0) in model.asked, "of all classes"


def test_bytes_are_read_as_pictures():
    monitor, *_ = monitored(4 * [FINE], Model(PICTURES), real=np.uint8((PICTURES + 1) * 127.5))
    assert not monitor.findings


def test_a_pale_beginning_is_nothing_to_worry_about():
    assert not monitored(2 * [FINE], Model(PICTURES * 0.2), real=PICTURES)[0].findings
    assert not monitored(4 * [FINE], Model(PICTURES * 0.2), real=PICTURES, beginning=9999)[0].findings
    assert not monitored(4 * [FINE], Model(PICTURES * 0.2))[0].findings, "nothing to compare with"


def test_how_long_they_were_pale_is_remembered():
    before, *_ = monitored(2 * [FINE], Model(PICTURES * 0.2), real=PICTURES)
    after = HealthMonitor(real=PICTURES)
    after.set_model(Model(PICTURES * 0.2, step=2000))
    after.on_train_begin()
    after.restore(before.state())
    with pytest.warns(UserWarning, match="for 3 looks: they are pale"):
        after.on_epoch_end(3, FINE)
