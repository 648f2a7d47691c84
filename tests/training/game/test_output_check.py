import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import GAN, InputError


class Judge(keras.layers.Layer):
    """Hides what it ends in."""

    def __init__(self, end):
        super().__init__()
        self.dense, self.end = keras.layers.Dense(1), end

    def build(self, shape):
        self.dense.build(shape)

    def call(self, x):
        return self.end(self.dense(x))

    def compute_output_shape(self, shape):
        return (shape[0], 1)


def discriminator(end, heads=False):
    x = keras.Input((2, 2, 1))
    flat = keras.layers.Flatten()(x)
    logit = Judge(end)(flat)
    return keras.Model(x, {"logits": logit, "classes": keras.layers.Dense(3)(flat)} if heads else logit)


def generator(end):
    z = keras.Input((3,))
    dense = keras.layers.Dense(4)(z)
    return keras.Model(z, keras.layers.Reshape((2, 2, 1))(keras.layers.Lambda(end, output_shape=(4,))(dense)))


def compiled(made, judge):
    gan = GAN(made, judge)
    gan.compile("sgd", "sgd")
    return gan


@pytest.mark.parametrize("heads", [False, True])
@pytest.mark.parametrize(
    "end",
    [keras.ops.sigmoid, keras.ops.hard_sigmoid, lambda x: keras.ops.mean(keras.ops.sigmoid(x), axis=-1, keepdims=True)],
)
def test_logits_that_never_leave_0_to_1(end, heads):
    with pytest.raises(InputError, match=r"must end in logits.*Received: logits between 0 and 1, or 2"):
        compiled(generator(keras.ops.tanh), discriminator(end, heads))


@pytest.mark.parametrize("end", [keras.ops.sigmoid, keras.ops.relu, keras.ops.abs])
def test_images_that_are_never_dark(end):
    with pytest.raises(InputError, match=r"end it in tanh.*Received: no negative value"):
        compiled(generator(end), discriminator(lambda x: x))


@pytest.mark.parametrize(
    "end", [lambda x: x, keras.ops.tanh, keras.ops.softplus, lambda x: 0.0 * x, lambda x: x / 1000.0]
)
def test_honest_logits_whose_graph_does_not_tell(end):
    """Among them energies, which are never negative, and what is zero for now."""
    gan = compiled(generator(lambda z: 2.0 * keras.ops.sigmoid(z) - 1.0), discriminator(end))
    assert gan.compiled


def test_logits_that_are_in_0_to_1_by_chance():
    """A trained discriminator may say 0.4 to all that it is shown."""
    judge = discriminator(lambda x: x)
    judge.set_weights([np.zeros((4, 1)), np.full(1, 0.4)])
    assert compiled(generator(keras.ops.tanh), judge).compiled


def test_nothing_is_changed():
    made, judge = generator(lambda z: keras.ops.tanh(z)), discriminator(lambda x: x)
    before = [*made.get_weights(), *judge.get_weights()]
    compiled(made, judge)
    for old, new in zip(before, [*made.get_weights(), *judge.get_weights()], strict=True):
        np.testing.assert_array_equal(old, new)


@pytest.mark.parametrize("last", ["softmax", "sigmoid"])
def test_classes_through_a_softmax(last):
    x = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(x)
    heads = {"logits": keras.layers.Dense(1)(flat), "classes": keras.layers.Dense(10, last)(flat)}
    made = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,), num_classes=10).generator
    gan = GAN(made, keras.Model(x, heads), num_classes=10)
    with pytest.raises(InputError, match=r"`AuxiliaryClassifier` needs logits in the head 'classes'.*softmax"):
        gan.compile("sgd", "sgd", terms=["auxiliary_classifier"])


def test_codes_through_a_softmax():
    x = keras.Input((8, 8, 1))
    flat = keras.layers.Flatten()(x)
    heads = {"logits": keras.layers.Dense(1)(flat), "codes": keras.layers.Dense(4, "softmax")(flat)}
    made = keras_gan.models.mlp((8, 8, 1), latent_dim=6, hidden=(4,)).generator
    gan = GAN(made, keras.Model(x, heads), prior=keras_gan.priors.Codes([4]))
    with pytest.raises(InputError, match="`MutualInformation` needs logits of the codes in the head 'codes'"):
        gan.compile("sgd", "sgd", terms=["mutual_information"])


@pytest.mark.long
@pytest.mark.parametrize("last", ["softmax", None])
def test_a_classifier_that_ends_in_softmax(last, images):
    classifier = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten(), keras.layers.Dense(10, last)])
    gan = GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,)))
    gan.compile("sgd", "sgd", metrics=[keras_gan.metrics.ClassifierScore(classifier, splits=1)])
    if last is None:
        gan.fit(images[0], validation_data=images[0], verbose=0)
        return
    with pytest.raises(InputError, match=r"`extractor` .* must give logits: take the softmax"):
        gan.fit(images[0], validation_data=images[0], verbose=0)
    assert int(gan.step) == 0
