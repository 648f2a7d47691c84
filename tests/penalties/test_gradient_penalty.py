import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

from keras_gan import InputError
from keras_gan.penalties import DRAGAN, GradientPenalty
from tests.critics import POINTS, linear, quadratic, round_of

BOTH = [GradientPenalty, DRAGAN]


@pytest.mark.parametrize("penalty", BOTH)
def test_of_a_linear_critic_is_the_squared_excess(penalty):
    round = round_of(linear([2.0, 3.0, -6.0]))  # the norm is 7
    assert_allclose(penalty().discriminator_term(round), np.full(5, 36.0), rtol=1e-5)
    assert_allclose(penalty(target=10.0).discriminator_term(round), np.full(5, 9.0), rtol=1e-5)


@pytest.mark.parametrize("penalty", BOTH)
def test_of_a_constant_critic_is_one_with_a_finite_gradient(penalty):
    model = linear([0.0, 0.0, 0.0])
    with tf.GradientTape() as tape:
        value = penalty().discriminator_term(round_of(model))
    assert_allclose(value, np.ones(5), rtol=1e-5)
    assert np.isfinite(tape.gradient(value, model.layers[-1].kernel.value).numpy()).all()


def test_one_side_leaves_small_gradients_alone():
    one_sided = GradientPenalty(one_sided=True)
    assert_allclose(one_sided.discriminator_term(round_of(linear([0.3, 0.0, 0.0]))), np.zeros(5))
    assert_allclose(one_sided.discriminator_term(round_of(linear([3.0, 0.0, 0.0]))), np.full(5, 4.0), rtol=1e-5)


def test_the_points_of_wgan_gp_lie_between_each_pair():
    fakes = POINTS + np.array([1.0, 10.0, 100.0], "float32")
    points = GradientPenalty().points(round_of(linear([1.0, 0.0, 0.0]), fakes=fakes)).numpy()
    shares = (fakes - points) / (fakes - POINTS)  # u, the same for all entries of a sample
    assert_allclose(shares, np.repeat(shares[:, :1], 3, axis=1), rtol=1e-3)
    assert ((shares > 0) & (shares < 1)).all()
    assert len(np.unique(shares[:, 0].round(4))) == 5


def test_on_a_quadratic_critic_it_is_the_closed_form_at_its_points():
    matrix = np.diag([1.0, 2.0, 3.0]).astype("float32")
    round = round_of(quadratic(matrix), fakes=-POINTS)
    norms = np.linalg.norm(GradientPenalty().points(round).numpy() @ matrix, axis=1)
    assert_allclose(GradientPenalty().discriminator_term(round), (norms - 1) ** 2, rtol=1e-4)


def test_the_points_of_dragan_lie_near_the_reals():
    points = DRAGAN(scale=0.5).points(round_of(linear([1.0, 0.0, 0.0]))).numpy()
    shifts = (points - POINTS) / (0.5 * POINTS.std())
    assert shifts.min() > 0
    assert shifts.max() < 1
    assert_allclose(DRAGAN(scale=0.0).points(round_of(linear([1.0, 0.0, 0.0]))), POINTS)


@pytest.mark.parametrize("penalty", BOTH)
def test_arguments(penalty):
    again = penalty.from_config(penalty(weight=3.0, target=2.0, interval=4).get_config())
    assert (again.weight, again.target, again.interval) == (3.0, 2.0, 4)
    with pytest.raises(InputError, match="`target` must be"):
        penalty(target=-1.0)
    with pytest.raises(InputError, match="`scale` must be"):
        DRAGAN(scale=float("inf"))
