import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan import InputError
from keras_gan.augmentation import ADA, Augmentation, DiffAugment
from keras_gan.critic import Critic
from keras_gan.random import RandomStream
from tests.critics import POINTS, linear


class Recorded(Augmentation):
    """Changes nothing, and keeps a number for each row of each pass, and what it was told of the reals."""

    def __init__(self):
        super().__init__()
        self.passes, self.learnt = [], []

    def augment(self, images, random):
        self.passes.append(random.uniform("number", (tf.shape(images)[0], 1))[:, 0])
        return images

    def adapt(self, real_logits, images):
        self.learnt.append(real_logits)


class Multiplied(Augmentation):
    def augment(self, images, random):
        return images * random.uniform("factor", (tf.shape(images)[0], 1))


class Mirrored(Augmentation):
    def augment(self, images, random):
        return images[:, :, ::-1]


def test_by_default_it_has_no_state_and_logs_nothing():
    augmentation = Mirrored()
    assert augmentation.name == "mirrored"
    assert augmentation.get_config() == {"name": "mirrored"}
    assert augmentation.logs() == {}
    assert list(augmentation.log_names) == []
    assert augmentation.adapt(tf.constant([1.0]), 1) is None
    with pytest.raises(NotImplementedError):
        Augmentation().augment(tf.zeros((1, 2, 2, 1)), RandomStream(0))


@pytest.mark.parametrize(("loss", "passes"), [("hinge", 3), ("relativistic", 4)])
def test_all_passes_of_a_step_draw_independently(loss, passes, images, make_gan):
    """Reals and fakes of the discriminator's turn, fakes (and reals, where they are needed) of the generator's."""
    augmentation = Recorded()
    gan = make_gan(loss=loss, augmentation=augmentation, run_eagerly=True)
    augmentation.passes.clear()
    gan.fit(images[0][:16], batch_size=8, verbose=0)
    numbers = np.array(augmentation.passes)
    assert numbers.shape == (2 * passes, 8)
    assert len(np.unique(numbers)) == 2 * passes * 8, "no two rows of the two steps are alike"


def test_discriminator_updates_and_parts_draw_for_their_rows(images, make_gan):
    augmentation = Recorded()
    gan = make_gan(augmentation=augmentation, run_eagerly=True, discriminator_steps=2, accumulation_steps=2)
    augmentation.passes.clear()
    gan.fit(images[0][:16], batch_size=16, verbose=0)
    numbers = np.concatenate(augmentation.passes)
    assert len(np.unique(numbers)) == len(numbers) == 8 + 8 + 8 + 8 + 8  # twice reals and fakes, and the generator's
    assert len(augmentation.learnt) == 2


def test_it_learns_from_the_logits_of_the_reals(images, make_gan):
    augmentation = Recorded()
    gan = make_gan(augmentation=augmentation, run_eagerly=True, optimizer=lambda rate: keras.optimizers.SGD(0.0))
    data = images[0][:8]
    gan.fit(data, batch_size=8, shuffle=False, verbose=0)
    assert len(augmentation.learnt) == 1
    assert_allclose(augmentation.learnt[0], gan.discriminate(data), rtol=1e-5)


@pytest.mark.long
def test_reals_are_augmented_in_training(images, make_gan):
    """Mirrored on the way, or mirrored before: the same logits."""

    def d_real(data, augmentation=None):
        gan = make_gan(augmentation=augmentation)
        return gan.fit(data, batch_size=8, verbose=0).history["d_real"][0]

    data = images[0][:8]
    assert_allclose(d_real(data, Mirrored()), d_real(data[:, :, ::-1]), rtol=1e-5)
    assert abs(d_real(data, Mirrored()) - d_real(data)) > 1e-4


def test_fakes_are_augmented_in_both_turns(images, make_gan):
    """All images become black: reals and fakes are alike, and the generator learns nothing."""

    class Black(Augmentation):
        def augment(self, images, random):
            return 0.0 * images - 1.0

    gan = make_gan(augmentation=Black(), ema=None)
    before = gan.generator.get_weights()
    logs = gan.fit(images[0][:8], batch_size=8, verbose=0).history
    assert_allclose(logs["d_real"], logs["d_fake"], rtol=1e-6)
    assert logs["g_gradient_norm"] == [0.0]
    for one, other in zip(before, gan.generator.get_weights(), strict=True):
        assert_array_equal(one, other)


def test_it_is_for_training_alone(images, make_gan):
    plain, augmented = make_gan(), make_gan(augmentation=Recorded(), run_eagerly=True)
    augmented.augmentation.passes.clear()
    assert_allclose(augmented.evaluate(images[0], verbose=0), plain.evaluate(images[0], verbose=0), rtol=1e-5)
    assert_array_equal(augmented.discriminate(images[0]), plain.discriminate(images[0]))
    assert_array_equal(augmented.sample(4, seed=0), plain.sample(4, seed=0))
    assert augmented.augmentation.passes == []


def test_the_input_gradient_is_with_respect_to_the_images_before_it():
    """D(T(x)) = u a.x + b: the gradient is u a, and the second pass has other factors u."""
    random = RandomStream(2)
    critic = Critic(linear([2.0, 3.0, -6.0], 0.5), augmentation=Multiplied(), random=random)
    gradients = []
    for number in (1, 2):
        evaluation = critic(tf.constant(POINTS))
        factors = random.uniform(f"augmentation/{number}/factor", (5, 1)).numpy()
        assert_array_equal(evaluation.images, POINTS)
        assert_allclose(evaluation.logits, factors[:, 0] * (POINTS @ [2.0, 3.0, -6.0]) + 0.5, rtol=1e-4)
        gradients.append(evaluation.input_gradient().numpy())
        assert_allclose(gradients[-1], factors * [2.0, 3.0, -6.0], rtol=1e-5)
    assert (gradients[0] != gradients[1]).all()


def test_vectors_are_refused():
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=2, hidden=(4,)))
    with pytest.raises(InputError, match=r"`augmentation` is for images\. Received: samples of shape \(2,\)"):
        gan.compile("sgd", "sgd", augmentation="diff_augment")


def test_unknown_names(make_gan):
    with pytest.raises(
        InputError, match=r"`augmentation` must be .*'ada'.*'diff_augment'.*Received: augmentation='dif"
    ):
        make_gan(augmentation="dif_augment")


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("augmentation", [DiffAugment, lambda: ADA(["blit", "cutout"], speed=100, p=0.5)])
def test_two_replicas_equal_one(augmentation, images, two_replicas):
    """The same global batch: each image is changed as if it were alone, wherever it is computed."""

    def train():
        gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), seed=1))
        gan.compile(keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1), augmentation=augmentation())
        logs = gan.fit(images[0], batch_size=8, shuffle=False, verbose=0).history
        return gan.get_weights(), logs

    one, one_logs = train()
    with two_replicas.scope():
        two, two_logs = train()
    for a, b in zip(one, two, strict=True):
        assert_allclose(a, b, atol=1e-5)
    for name, values in one_logs.items():  # among them p, which moved
        assert_allclose(values, two_logs[name], rtol=1e-4, atol=1e-5)


class Counting(Augmentation):
    def __init__(self, numbers=1, name=None):
        super().__init__(name)
        self.seen = self.add_weight(shape=(numbers,), initializer="zeros", trainable=False, name="seen")

    def augment(self, images, random):
        return images


def test_state_is_carried_over_where_it_fits():
    source, target, other = Counting(), Counting(), Counting(2)
    source.seen.assign([3.0])
    assert target.carry_over(source) == "the state of Counting"
    assert float(target.seen.numpy()[0]) == 3.0
    assert other.carry_over(source) == "not the state of Counting, which has other shapes here"
    assert not other.seen.numpy().any()
