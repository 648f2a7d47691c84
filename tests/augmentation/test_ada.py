import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.augmentation import ADA
from keras_gan.data import ImageData
from keras_gan.optimizers import Cosine
from keras_gan.random import RandomStream
from tests.reference import augmentation as reference

GROUPS = ["blit", "geometry", "color", "filter", "noise", "cutout"]
COUNT = 2000


def noise(*shape, seed=0):
    return np.random.default_rng(seed).uniform(-1, 1, shape).astype("float32")


def augmented(groups, p, images, **stream):
    return ADA(groups, p=p).augment(tf.constant(images), RandomStream(5, **stream)).numpy()


# The pipeline.


@pytest.mark.parametrize("groups", [[group] for group in GROUPS] + [GROUPS])
@pytest.mark.parametrize("channels", [1, 3])
def test_with_probability_0_nothing_changes(groups, channels):
    images = noise(8, 6, 10, channels)
    assert_allclose(augmented(groups, 0.0, images), images, atol=1e-5)


def unchanged(group, p, channels):
    """The share of images that a group leaves as they are, 8 pixels wide and high."""
    half = 1 - p / 2
    return {
        # A mirrored half, three of four turns, and shifts in [-1, 1] that round to 0 in a half of all cases.
        "blit": half * (1 - 3 * p / 4) * half**2,
        "geometry": (1 - p) ** 5,  # scale, stretch, one or both rotations, two shifts
        "color": (1 - p) ** (4 if channels == 3 else 2) * half,  # a half of the mirrored lightness
        "filter": (1 - p) ** 4,
        "noise": 1 - p,
        "cutout": 1 - p,
    }[group]


@pytest.mark.parametrize("channels", [1, 3])
@pytest.mark.parametrize("p", [0.1, 0.4])
@pytest.mark.parametrize("group", GROUPS)
def test_the_share_of_changed_images(group, p, channels):
    images = noise(COUNT, 8, 8, channels)
    changes = np.abs(augmented([group], p, images) - images).max((1, 2, 3))
    expected = unchanged(group, p, channels)
    assert_allclose(np.mean(changes < 1e-4), expected, atol=4.5 * np.sqrt(expected * (1 - expected) / COUNT))


@pytest.mark.parametrize("group", GROUPS)
def test_with_probability_1_all_images_change(group):
    """But those that a blit brings back, or whose noise is next to none."""
    images = noise(COUNT, 8, 8, 3)
    changes = np.abs(augmented([group], 1.0, images) - images).max((1, 2, 3))
    expected = unchanged(group, 1.0, 3)
    assert_allclose(np.mean(changes < 1e-4), expected, atol=2e-3 + 4.5 * np.sqrt(expected / COUNT))


@pytest.mark.long
@pytest.mark.parametrize("p", [0.5, 1.0])
@pytest.mark.parametrize("groups", [[group] for group in GROUPS] + [["blit", "geometry", "color"], GROUPS], ids=str)
def test_it_is_the_authors_pipeline(groups, p):
    """Each image goes through the formulas of their `augment.py`, with the same uniform numbers."""
    images, random = noise(16, 6, 8, 3), RandomStream(5)
    grain = random.uniform("grain", (16, 6, 8, 3)).numpy().astype(float)
    result = augmented(groups, p, images)
    for index, image in enumerate(images.astype(float)):

        def numbers(name, index=index):
            values = random.uniform(name, (16, 3 if name == "cutout" else 2)).numpy()
            return values[index].astype(float)

        expected = reference.ada(image, numbers, grain[index], p, groups)
        assert_allclose(result[index], expected, atol=1e-3)


def test_a_blit_only_moves_pixels():
    images = np.tile(np.arange(64, dtype="float32").reshape(1, 8, 8, 1), (64, 1, 1, 1))
    moved = augmented(["blit"], 1.0, images)
    assert_allclose(moved, moved.round(), atol=1e-3)
    for image in moved:
        assert len(np.unique(image.round())) >= 49, "at most one row and one column go"


def test_quarter_turns_and_mirrors_alone_are_the_eight_symmetries():
    images = noise(400, 3, 3, 1)  # the shifts of a side of 3 round to 0
    moved = augmented(["blit"], 1.0, images)
    turned = [np.rot90(images, turns, (1, 2)) for turns in range(4)]
    symmetries = np.stack([*turned, *(image[:, :, ::-1] for image in turned)])
    equal = np.abs(symmetries - moved).max((2, 3, 4)) < 1e-5
    assert (equal.sum(0) == 1).all()
    assert_allclose(equal.mean(1), 1 / 8, atol=5 * np.sqrt(1 / 8 / 400))


def test_the_noise_has_its_deviation():
    grain = augmented(["noise"], 1.0, np.zeros((COUNT, 8, 8, 1), "float32"))
    deviations = grain.std((1, 2, 3))
    assert_allclose(np.sqrt(np.mean(deviations**2)), 0.1, rtol=0.1)  # E[(0.1 N)^2] = 0.01
    assert_allclose(np.median(deviations), 0.1 * 0.6745, rtol=0.1)  # the median of |N|
    assert_allclose(grain.mean(), 0, atol=0.002)


def test_cutouts_are_squares_of_half_the_side():
    seen = augmented(["cutout"], 1.0, np.ones((COUNT, 8, 12, 2), "float32"))
    assert set(np.unique(seen)) == {0.0, 1.0}
    assert_array_equal(seen[..., 0], seen[..., 1])
    hidden = 1 - seen[..., 0]
    rows, columns = hidden.max(2), hidden.max(1)
    assert_array_equal(hidden, rows[:, :, None] * columns[:, None])
    assert (rows.sum(1).min(), rows.sum(1).max()) == (2, 4)
    assert (columns.sum(1).min(), columns.sum(1).max()) == (3, 6)
    # A row at the height t is hidden if the centre is within 1/4 of it.
    heights = (np.arange(8) + 0.5) / 8
    expected = np.minimum(heights + 0.25, 1) - np.maximum(heights - 0.25, 0)
    assert_allclose(rows.mean(0), expected, atol=5 * 0.5 / np.sqrt(COUNT))


def test_grey_images_keep_to_grey():
    grey = noise(64, 4, 4, 1)
    one = augmented(["color"], 0.7, grey)
    three = augmented(["color"], 0.7, np.repeat(grey, 3, axis=3))
    assert_allclose(np.repeat(one, 3, axis=3), three, atol=1e-4)


def test_rows_depend_on_their_position_alone():
    images = noise(8, 8, 8, 3)
    whole = augmented(GROUPS, 0.8, images)
    assert_allclose(augmented(GROUPS, 0.8, images[5:], first=5), whole[5:], atol=1e-5)
    assert_allclose(augmented(GROUPS, 0.8, images[1::2], share=(2, 1)), whole[1::2], atol=1e-5)
    assert np.abs(augmented(GROUPS, 0.8, images, step=1) - whole).max() > 0.1


def test_the_order_of_the_groups_changes_nothing():
    images = noise(8, 8, 8, 3)
    assert_array_equal(augmented(GROUPS, 0.8, images), augmented(GROUPS[::-1], 0.8, images))


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("jit_compile", [False, True])
def test_both_derivatives_are_exact(jit_compile):
    """It is affine, y = Ax + b: the gradient of w.y is A'w, and that of |A'w|^2 with respect to w is 2AA'w."""
    augmentation, random = ADA(GROUPS, p=0.8), RandomStream(5)
    images, w, v = tf.constant(noise(3, 4, 8, 6, 3))

    @tf.function(jit_compile=jit_compile)
    def derivatives():
        with tf.GradientTape() as outer:
            outer.watch(w)
            with tf.GradientTape() as inner:
                inner.watch(images)
                value = tf.reduce_sum(w * augmentation.augment(images, random))
            gradient = inner.gradient(value, images)
            norm = tf.reduce_sum(gradient**2)
        return gradient, outer.gradient(norm, w)

    def linear(x):
        return augmentation.augment(x, random) - augmentation.augment(tf.zeros_like(x), random)

    first, second = derivatives()
    assert np.abs(first).max() > 0.1
    assert_allclose(
        tf.reduce_sum(w * linear(v), axis=(1, 2, 3)), tf.reduce_sum(first * v, axis=(1, 2, 3)), rtol=1e-3, atol=1e-3
    )
    assert_allclose(second, 2 * linear(first), rtol=1e-3, atol=1e-3)


# The controller.

SURE, UNSURE = [1.0, 2.0, 0.1, 3.0], [1.0, -1.0, 0.5, -0.5]  # r_t of 1 and of 0


def adapted(augmentation, *updates):
    for logits in updates:
        augmentation.adapt(tf.constant(logits), len(logits))
    return float(augmentation.current_p)


def test_p_moves_after_every_fourth_update():
    """By as many images as came, 16, of 1,000."""
    augmentation = ADA(speed=1000, p=0.5)
    moved = [adapted(augmentation, SURE) for _ in range(12)]
    assert_allclose(moved, [0.5] * 3 + [0.516] * 4 + [0.532] * 4 + [0.548], rtol=1e-6)


@pytest.mark.parametrize(
    ("updates", "target", "expected"),
    [
        ([SURE, SURE, SURE, SURE], 0.6, 0.516),
        ([UNSURE] * 4, 0.6, 0.484),
        ([SURE, SURE, SURE, UNSURE], 0.6, 0.516),  # the mean of the four, 3/4
        ([SURE, UNSURE, UNSURE, SURE], 0.6, 0.484),  # 1/2
        ([SURE, UNSURE, UNSURE, SURE], 0.4, 0.516),
        ([SURE, UNSURE, UNSURE, SURE], 0.5, 0.5),
        ([[100.0, -0.001, -0.001, -0.001]] * 4, 0.0, 0.484),  # signs, not sizes
        ([UNSURE] * 4, -0.5, 0.516),
    ],
)
def test_p_moves_towards_the_target(updates, target, expected):
    assert_allclose(adapted(ADA(speed=1000, target=target, p=0.5), *updates), expected, rtol=1e-6)


def test_what_was_seen_before_a_move_is_forgotten():
    augmentation = ADA(speed=1000, p=0.5)
    adapted(augmentation, *[SURE] * 4)
    assert_allclose(adapted(augmentation, *[UNSURE] * 4), 0.5, rtol=1e-6)


def test_batches_of_different_size_count_their_images():
    assert_allclose(adapted(ADA(speed=1000, p=0.5), SURE, SURE[:1], SURE[:2], SURE + SURE), 0.515, rtol=1e-6)


def test_p_stays_between_0_and_1():
    assert adapted(ADA(speed=10, p=0.9), *[SURE] * 4) == 1
    assert adapted(ADA(speed=10, p=0.1), *[UNSURE] * 4) == 0


def test_without_a_target_p_stays():
    augmentation = ADA(speed=1, p=0.25, target=None)
    assert adapted(augmentation, *[SURE] * 8) == 0.25
    assert_array_equal(augmentation.seen, [0, 0, 0])


def test_state_may_be_assigned():
    augmentation = ADA(["noise"], speed=1000, p=0.5)
    augmentation.current_target.assign(1.0)
    augmentation.current_speed.assign(100.0)
    assert_allclose(adapted(augmentation, *[UNSURE] * 4), 0.34, rtol=1e-6)
    augmentation.current_p.assign(0.0)
    images = noise(4, 4, 4, 1)
    assert_array_equal(augmentation.augment(tf.constant(images), RandomStream(0)), images)


def test_two_replicas_move_p_together(two_replicas):
    """With the mean over both and the images of both: r_t is 1/2 on one and 1 on the other."""
    with two_replicas.scope():
        augmentation = ADA(speed=1000, target=0.6, p=0.5)
    logits = tf.constant([[1.0, 1.0, 1.0, -1.0], [1.0, 1.0, 1.0, 1.0]])

    @tf.function
    def step():
        def replica():
            augmentation.adapt(logits[tf.distribute.get_replica_context().replica_id_in_sync_group], 4)

        two_replicas.run(replica)

    for _ in range(4):
        step()
    values = two_replicas.experimental_local_results(augmentation.current_p.value)
    assert_allclose([float(value) for value in values], [0.532] * len(values), rtol=1e-6)


# In a GAN.


@pytest.mark.long
def test_the_state_is_logged_saved_and_loaded(images, make_gan, tmp_path):
    augmentation = ADA(["blit"], speed=100, p=0.5, target=-1.0)
    gan = make_gan(augmentation=augmentation)
    data = ImageData(images[0], batch_size=8)
    history = gan.fit(data, verbose=0).history  # 5 updates: a move after the fourth
    assert gan.augmentation is augmentation
    assert_allclose(augmentation.current_p, 0.5 + 4 * 8 / 100, rtol=1e-6)
    assert_allclose(history["ada_p"], [(3 * 0.5 + 2 * 0.82) / 5], rtol=1e-6)
    assert_allclose([history["ada_target"], history["ada_speed"]], [[-1], [100]])
    augmentation.current_target.assign(-0.75)
    gan.save(tmp_path / "gan.keras")
    loaded = keras.models.load_model(tmp_path / "gan.keras")
    for name in ("current_p", "current_target", "current_speed", "seen"):
        assert_array_equal(getattr(loaded.augmentation, name), getattr(augmentation, name))
    assert loaded.augmentation.get_config() == augmentation.get_config()
    assert_array_equal(augmentation.seen[0], 1)
    for each in (gan, loaded):
        each.fit(data, epochs=2, verbose=0)
    assert_array_equal(loaded.augmentation.current_p, augmentation.current_p)
    for one, other in zip(gan.get_weights(), loaded.get_weights(), strict=True):
        assert_array_equal(one, other)


@pytest.mark.long
def test_logs_bear_its_name(images, make_gan):
    gan = make_gan(augmentation=ADA(["blit"], name="mine"))
    assert {"mine_p", "mine_target", "mine_speed"} <= set(gan.fit(images[0], verbose=0).history)


def test_colours_need_1_to_4_channels():
    gan = keras_gan.GAN(*keras_gan.models.mlp((4, 4, 7), latent_dim=2, hidden=(4,)))
    with pytest.raises(InputError, match=r"`groups` with 'color' needs 1 to 4 channels: .* Received: .*7\)"):
        gan.compile("sgd", "sgd", augmentation="ada")
    gan.compile("sgd", "sgd", augmentation=ADA(["blit", "filter", "noise", "cutout"]))


@pytest.mark.parametrize("groups", ["blit", [], None])
def test_groups_are_a_list(groups):
    with pytest.raises(InputError, match=r"`groups` must be a list out of .*'filter'.*Received: groups="):
        ADA(groups)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ({"groups": ["colour"]}, r"`groups` must be one of .*Did you mean 'color'\?"),
        ({"target": 1.5}, r"`target` must be a finite number in \[-1, 1\]"),
        ({"speed": 0}, r"`speed` must be a finite number"),
        ({"p": 1.1}, r"`p` must be a finite number in \[0, 1\]"),
        ({"p": None}, r"`p` must be a finite number in \[0, 1\]"),
    ],
)
def test_bad_arguments(bad, message):
    with pytest.raises(InputError, match=f"{message}.*Received: {next(iter(bad))}="):
        ADA(**bad)


def test_p_follows_a_schedule():
    augmentation = ADA({"geometry": 1.0, "cutout": 0.5}, target=None, p=Cosine(0.0, 0.8, 4))
    seen = [float(augmentation.current_p.value)]
    for _ in range(5):
        augmentation.adapt(tf.ones(8), tf.constant(8))
        seen.append(float(augmentation.current_p.value))
    assert_allclose(seen, [float(Cosine(0.0, 0.8, 4)(step)) for step in range(6)], atol=1e-6)
    with pytest.raises(InputError, match=r"`target` must be None where `p` follows a schedule\. Received: target=0\.6"):
        ADA(p=Cosine(0.0, 0.8, 4))


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_group_has_its_share_of_p(share):
    """Of squares that hide a part, at p = 0.8."""
    augmentation = ADA({"cutout": share}, target=None, p=0.8)
    images = tf.ones((4000, 8, 8, 1))
    hidden = np.mean(np.min(augmentation.augment(images, RandomStream(0)), axis=(1, 2, 3)) == 0)
    assert_allclose(hidden, 0.8 * share, atol=0.03)


@pytest.mark.parametrize("groups", [{"cutout": 1.5}, {"cutout": "much"}, {"nothing": 1.0}, {}])
def test_bad_shares(groups):
    with pytest.raises(InputError, match=r"`groups` must be .*Received: groups="):
        ADA(groups)
