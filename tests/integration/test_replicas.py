"""Training on several replicas is training on one with the same global batch.

`python -m pytest tests/integration/test_replicas.py --full` tries every combination.
"""

import contextlib
import itertools
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import augmentation, layers, penalties

BATCH, CLASSES, STEPS = 16, 3, 10
LOSSES = ["minimax", "non_saturating", "least_squares", "wasserstein", "hinge", "relativistic", "relativistic_average"]
# Penalties, in two groups: those of one group train together.
PENALTIES = {
    "of the samples": lambda: [
        penalties.R1(weight=0.1),
        penalties.R2(weight=0.1),
        penalties.LeCam(weight=0.1, decay=0.5),
        penalties.BalancedConsistency(weight=0.1, augmentation="diff_augment"),
    ],
    "of what lies about them": lambda: [
        penalties.GradientPenalty(weight=0.1),
        penalties.DRAGAN(weight=0.1),
        penalties.LatentConsistency(weight=0.1),
    ],
}
AUGMENTATIONS = {
    "none": lambda: None,
    "DiffAugment": lambda: "diff_augment",
    "ADA": lambda: augmentation.ADA(p=0.3, speed=500),
}
EVERY = list(itertools.product(LOSSES, PENALTIES, [None, CLASSES], AUGMENTATIONS))


def some():
    """Return cases with every loss, which sees the logits alone, and every pair of values of two of the other three."""

    def of(case):
        loss, *others = case
        return {loss, *itertools.combinations(enumerate(others), 2)}

    missing, chosen = set().union(*map(of, EVERY)), []
    while missing:
        chosen.append(max(EVERY, key=lambda case: len(of(case) & missing)))
        missing -= of(chosen[-1])
    return chosen


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        cases = EVERY if metafunc.config.getoption("--full") else some()
        metafunc.parametrize("case", cases, ids=lambda case: "-".join(str(value) for value in case))


def networks(num_classes):
    """Return networks with batch normalization, dropout and all of our layers."""
    seeds = itertools.count()

    def initializer():
        return keras.initializers.GlorotUniform(seed=next(seeds))

    latents = keras.Input((6,))
    x = keras.layers.Dense(4 * 4 * 4, use_bias=False, kernel_initializer=initializer())(latents)
    x = keras.layers.Reshape((4, 4, 4))(x)
    labels = [] if num_classes is None else [keras.Input((), dtype="int32")]
    if labels:
        x = layers.ConditionalBatchNormalization(num_classes, momentum=0.5)([x, *labels])
    else:
        x = layers.BatchNormalization(momentum=0.5)(x)
    x = layers.Resample()(keras.layers.LeakyReLU()(x))
    x = layers.PixelNorm()(layers.SelfAttention(seed=1)(x))
    x = keras.layers.Conv2D(1, 3, padding="same", activation="tanh", kernel_initializer=initializer())(x)
    generator = keras.Model([latents, *labels], x)

    images = keras.Input((8, 8, 1))
    clip = penalties.WeightClip(0.5)
    x = keras.layers.Conv2D(4, 3, 2, "same", kernel_initializer=initializer(), kernel_constraint=clip)(images)
    x = layers.Dropout(0.3, seed=2)(keras.layers.LeakyReLU()(x))
    x = layers.MinibatchStdDev(4)(layers.Blur()(x))
    x = layers.SpectralNormalization(keras.layers.Dense(8, kernel_initializer=initializer()))(keras.layers.Flatten()(x))
    x = keras.layers.LeakyReLU()(x)
    score = keras.layers.Dense(1, kernel_initializer=initializer())(x)
    if num_classes is None:
        return generator, keras.Model(images, score)
    labels = keras.Input((), dtype="int32")
    score = keras.layers.Add()([score, layers.Projection(num_classes, seed=3)([x, labels])])
    return generator, keras.Model([images, labels], score)


class Stop(keras.callbacks.Callback):
    """Ends the run, unforeseen, after a number of steps."""

    def __init__(self, step):
        super().__init__()
        self.step = step

    def on_train_batch_begin(self, batch, logs=None):
        if self.model.step.numpy() == self.step:
            raise InterruptedError


def trained(case, checkpoints=None, stop=None):
    """Return the weights after ten steps, and the logs; or train from the last checkpoint, up to a step."""
    loss, chosen, num_classes, augmented = case
    gan = keras_gan.GAN(*networks(num_classes), num_classes=num_classes, ema=0.5, seed=7)
    options = {"terms": PENALTIES[chosen](), "augmentation": AUGMENTATIONS[augmented]()}
    gan.compile(keras.optimizers.SGD(0.02), keras.optimizers.SGD(0.02), loss=loss, **options)
    random = np.random.default_rng(0)
    pixels, labels = random.integers(0, 256, (48, 8, 8, 1), dtype=np.uint8), np.arange(48) % CLASSES
    data = keras_gan.data.ImageData(pixels, labels, batch_size=BATCH)
    callbacks = [] if checkpoints is None else [keras_gan.callbacks.Checkpoint(checkpoints, every=1), Stop(stop)]
    if checkpoints is not None:
        checkpoints.mkdir(exist_ok=True)
    options = {"epochs": 2, "steps_per_epoch": STEPS // 2, "callbacks": callbacks, "verbose": 0}
    with contextlib.suppress(InterruptedError):
        history = gan.fit(data, resume=checkpoints, **options)
    if int(gan.step.numpy()) < STEPS:
        return None
    return {f"{index} {w.name}": w.numpy() for index, w in enumerate(gan.weights)}, history.history


def check_equal(ours, theirs):
    """Compare to 1e-5 of the largest entry of each weight, and of each log."""
    for name, expected in theirs[0].items():
        assert_allclose(ours[0][name], expected, rtol=0, atol=1e-5 * max(np.abs(expected).max(), 1e-2), err_msg=name)
    assert ours[1].keys() == theirs[1].keys()
    for name, expected in theirs[1].items():
        assert_allclose(ours[1][name], expected, rtol=1e-5, atol=1e-5, err_msg=name)


@pytest.mark.long
@pytest.mark.some(2)
def test_replicas_are_one(case, replicas):
    alone = trained(case)
    with replicas.scope():
        check_equal(trained(case), alone)


def test_replicas_draw_other_noise(replicas):
    """And together they draw that of one."""
    with replicas.scope():
        gan = keras_gan.GAN(*networks(None), seed=7)
    rows = BATCH // replicas.num_replicas_in_sync
    step = tf.function(lambda: replicas.run(lambda: gan.sample_latents("discriminator", rows)))
    drawn = [part.numpy() for part in replicas.experimental_local_results(step())]
    assert len({part.tobytes() for part in drawn}) == replicas.num_replicas_in_sync
    alone = keras_gan.GAN(*networks(None), seed=7)
    assert_allclose(np.concatenate(drawn), alone.sample_latents("discriminator", BATCH), rtol=1e-6)


@pytest.mark.long
@pytest.mark.full
@pytest.mark.filterwarnings("ignore:Training goes on to rounding only")
def test_a_checkpoint_goes_on_on_another_number_of_replicas(replicas, tmp_path):
    """From one to several and back, in the middle of epochs."""
    case = ("non_saturating", "of the samples", CLASSES, "ADA")
    unbroken = trained(case)
    checkpoints = tmp_path / "checkpoints"
    for place, stop in enumerate((3, 7, None)):
        with replicas.scope() if place == 1 else contextlib.nullcontext():
            ours = trained(case, checkpoints, stop)
    check_equal(ours, unbroken)


@pytest.mark.long
@pytest.mark.full
def test_four_replicas_too(replicas):
    """In a process of their own: TensorFlow can't tell the collectives of two strategies apart."""
    if replicas.num_replicas_in_sync != 2:
        pytest.skip("this is what the test runs")
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "--replicas", "4", "-p", "no:cacheprovider", __file__]
    chosen = "noise or checkpoint or hinge"
    done = subprocess.run([*command, "-k", chosen], capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stdout[-3000:]


def test_on_a_gpu_too():
    """The same on real devices, where there are any."""
    if len(tf.config.list_physical_devices("GPU")) < 2:
        pytest.skip("two GPUs are needed: TensorFlow sees fewer here")
    case = EVERY[0]
    alone = trained(case)
    with tf.distribute.MirroredStrategy().scope():
        check_equal(trained(case), alone)


@pytest.mark.long
def test_a_gradient_penalty_and_batch_normalization_in_the_discriminator(replicas):
    """The penalty differentiates the statistics twice."""

    def make():
        samples = keras.Input((8, 8, 1))
        x = keras.layers.Dense(16, kernel_initializer=keras.initializers.GlorotUniform(seed=1))(
            keras.layers.Flatten()(samples)
        )
        x = keras.layers.LeakyReLU()(layers.BatchNormalization(momentum=0.5)(x))
        score = keras.layers.Dense(1, kernel_initializer=keras.initializers.GlorotUniform(seed=2))(x)
        generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), seed=3)
        gan = keras_gan.GAN(generator, keras.Model(samples, score), seed=7)
        terms = [penalties.R1(weight=0.1), penalties.GradientPenalty(weight=0.1)]
        gan.compile(keras.optimizers.SGD(0.02), keras.optimizers.SGD(0.02), terms=terms)
        pixels = np.random.default_rng(0).integers(0, 256, (48, 8, 8, 1), dtype=np.uint8)
        history = gan.fit(keras_gan.data.ImageData(pixels, batch_size=BATCH), epochs=2, verbose=0)
        return {f"{index} {w.name}": w.numpy() for index, w in enumerate(gan.weights)}, history.history

    alone = make()
    with replicas.scope():
        check_equal(make(), alone)
