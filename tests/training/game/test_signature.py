import keras
import pytest

import keras_gan
from keras_gan import InputError
from keras_gan.conditions import Classes, condition
from keras_gan.training.game.signature import Signature


def model(inputs, outputs, activation=None):
    x = keras.Input(inputs)
    return keras.Model(x, keras.layers.Dense(outputs, activation)(x))


def conditional(inputs, outputs):
    x, y = keras.Input(inputs), keras.Input((), dtype="int32")
    embedded = keras.layers.Embedding(3, 2)(y)
    return keras.Model([x, y], keras.layers.Dense(outputs)(keras.layers.Concatenate()([x, embedded])))


def test_reads_all_from_the_networks():
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=5, num_classes=3)
    signature = Signature.of(*networks, Classes(3))
    assert signature == Signature(
        latent_dim=5, sample_shape=(8, 8, 1), condition=Classes(3), discriminator_takes_labels=True
    )
    assert signature.is_image
    assert not Signature.of(model((4,), 2), model((2,), 1), None).is_image


def test_a_sequential_with_an_input_will_do():
    generator = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)])
    discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    assert Signature.of(generator, discriminator, None).latent_dim == 4


@pytest.mark.parametrize(
    ("generator", "discriminator", "num_classes", "message"),
    [
        (model((4,), 3), model((2,), 1), None, r"must be what the discriminator takes.*\(None, 3\).*\(None, 2\)"),
        (model((4,), 2), model((2,), 10), None, r"one logit a sample.*\(None, 10\)"),
        (model((4,), 2), model((2,), 1, "sigmoid"), None, "must end in logits.*'sigmoid'"),
        (model((4, 4), 2), model((2,), 1), None, r"latents of shape \(batch, latent_dim\)"),
        (conditional((4,), 2), model((2,), 1), 3, "both take labels or both take none"),
        (conditional((4,), 2), conditional((2,), 1), None, "`num_classes` is required"),
        (model((4,), 2), model((2,), 1), 3, "`num_classes` is for networks that take labels"),
        (conditional((4,), 2), conditional((2,), 1), 0, "`num_classes` must be an integer >= 1"),
        (keras.Sequential([keras.layers.Dense(2)]), model((2,), 1), None, "`generator` must be a Keras model that"),
        (model((4,), 2), "discriminator", None, "`discriminator` must be a Keras model that knows its inputs"),
        (model((4,), 2), model((3, 2, 2, 2, 2), 1), None, r"images \(batch.*vectors.*sequences.*or volumes"),
    ],
)
def test_what_does_not_fit_is_named(generator, discriminator, num_classes, message):
    with pytest.raises(InputError, match=message):
        Signature.of(generator, discriminator, condition(num_classes, None))


def test_a_discriminator_with_a_head_for_classes_takes_no_labels():
    x = keras.Input((2,))
    heads = keras.Model(x, {"logits": keras.layers.Dense(1)(x), "classes": keras.layers.Dense(3)(x)})
    assert not Signature.of(conditional((4,), 2), heads, Classes(3)).discriminator_takes_labels


def test_heads_need_logits():
    x = keras.Input((2,))
    heads = keras.Model(x, {"score": keras.layers.Dense(1)(x)})
    with pytest.raises(InputError, match=r"name one `logits`.*\['score'\]"):
        Signature.of(model((4,), 2), heads, None)


def test_channels_first_is_refused():
    x = keras.Input((4,))
    generator = keras.Model(x, keras.layers.Reshape((1, 2, 2))(keras.layers.Dense(4)(x)))
    y = keras.Input((1, 2, 2))
    discriminator = keras.Model(y, keras.layers.Dense(1)(keras.layers.Flatten()(y)))
    keras.config.set_image_data_format("channels_first")
    try:
        with pytest.raises(InputError, match="channels last"):
            Signature.of(generator, discriminator, None)
    finally:
        keras.config.set_image_data_format("channels_last")


def test_shared_layers_are_refused():
    y = keras.Input((), dtype="int32")
    shared = keras.layers.Embedding(3, 2, name="shared")
    networks = []
    for inputs, outputs in ((4, 2), (2, 1)):
        x = keras.Input((inputs,))
        joined = keras.layers.Concatenate()([x, shared(y)])
        networks.append(keras.Model([x, y], keras.layers.Dense(outputs)(joined)))
    with pytest.raises(InputError, match=r"must not share layers. Received: \['shared/embeddings'\]"):
        Signature.of(*networks, Classes(3))


def test_a_softmax_head_beside_the_logits_is_fine():
    x = keras.Input((2,))
    heads = {"logits": keras.layers.Dense(1)(x), "probabilities": keras.layers.Dense(3, "softmax")(x)}
    assert Signature.of(model((4,), 2), keras.Model(x, heads), None).num_classes is None


def test_one_hot_label_inputs_are_refused():
    x, y = keras.Input((4,)), keras.Input((3,))
    generator = keras.Model([x, y], keras.layers.Dense(2)(keras.layers.Concatenate()([x, y])))
    with pytest.raises(InputError, match=r"second input of `generator` must be labels.*\(None, 3\)"):
        Signature.of(generator, conditional((2,), 1), Classes(3))


def test_a_packed_discriminator_takes_several_samples():
    generator = model((4,), 2)
    assert Signature.of(generator, model((6,), 1), None, pack=3).sample_shape == (2,)
    images = keras_gan.models.mlp((8, 8, 1)).generator
    _, discriminator = keras_gan.models.mlp((8, 8, 2))
    assert Signature.of(images, discriminator, None, pack=2).sample_shape == (8, 8, 1)


@pytest.mark.parametrize(
    ("discriminator", "pack", "message"),
    [
        (model((2,), 1), 2, r"2 of them joined along the last axis.*\(None, 2\).*\(None, 2\)"),
        (model((4,), 1), 1, "must be what the discriminator takes"),
        (model((4,), 1), 0, "`pack` must be an integer >= 1"),
    ],
)
def test_bad_packs(discriminator, pack, message):
    with pytest.raises(InputError, match=message):
        Signature.of(model((4,), 2), discriminator, None, pack)


def test_labels_are_not_packed():
    with pytest.raises(InputError, match=r"`pack` above 1 is for networks without labels. Received: pack=2"):
        Signature.of(conditional((4,), 2), conditional((4,), 1), Classes(3), pack=2)


def squashed(kind):
    """Discriminators whose logits have been through a sigmoid, which is not in their last layer."""
    x = keras.Input((2,))
    logit = keras.layers.Dense(1)(x)
    if kind == "operation":
        return keras.Model(x, keras.ops.sigmoid(logit))
    if kind == "nested":
        inner = model((2,), 1, "sigmoid")
        return keras.Model(x, inner(x))
    if kind == "nested_sequential":
        return keras.Sequential(
            [keras.Input((2,)), keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, "sigmoid")])]
        )
    if kind == "heads":
        return keras.Model(x, {"logits": keras.layers.Dense(1, "sigmoid")(x), "classes": keras.layers.Dense(3)(x)})
    if kind == "reshaped":
        return keras.Model(x, keras.layers.Reshape((1,))(keras.ops.cast(keras.ops.sigmoid(logit), "float32")))
    if kind == "wrapped":
        return keras.Model(x, keras_gan.layers.SpectralNormalization(keras.layers.Dense(1, "sigmoid"))(x))
    return keras.Model(x, keras.activations.hard_sigmoid(logit))


@pytest.mark.parametrize(
    "kind", ["operation", "nested", "nested_sequential", "heads", "reshaped", "wrapped", "hard_sigmoid"]
)
def test_a_squashed_logit_is_found_wherever_it_is(kind):
    with pytest.raises(InputError, match=r"must end in logits: .* Received: activation='(hard_)?sigmoid'"):
        Signature.of(model((4,), 2), squashed(kind), None)


@pytest.mark.parametrize("last", ["sigmoid", "relu", "softplus", "hard_sigmoid", keras.layers.ReLU()])
def test_a_generator_of_images_that_makes_nothing_dark(last):
    z, x = keras.Input((4,)), keras.Input((2, 2, 1))
    generator = keras.Model(z, keras.layers.Reshape((2, 2, 1))(keras.layers.Dense(4, last)(z)))
    judge = keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(x)))
    with pytest.raises(InputError, match=r"must make images in \[-1, 1\].*end it in tanh.*Received: activation="):
        Signature.of(generator, judge, None)
    rescaled = keras.Model(z, keras.layers.Rescaling(2.0, -1.0)(generator(z)))
    assert Signature.of(rescaled, judge, None).is_image
    vectors = keras.Model(z, keras.layers.Dense(2, last)(z))  # of any range
    assert Signature.of(vectors, model((2,), 1), None).sample_shape == (2,)


@pytest.mark.parametrize("shape", [(5,), (6, 3), (4, 4, 3), (2, 4, 4, 1)])
def test_vectors_sequences_images_and_volumes(shape):
    signature = Signature.of(*keras_gan.models.mlp(shape, latent_dim=4, hidden=(4,)), None)
    assert signature.sample_shape == shape
    assert signature.is_image == (len(shape) == 3)


def test_a_sum_is_seen_through_only_where_an_addend_is():
    x = keras.Input((2,))
    dense = keras.layers.Dense(1)
    honest = keras.Model(x, dense(x) + 1e-8)
    squashed_sum = keras.Model(x, keras.ops.sigmoid(keras.layers.Dense(1)(x)) + 1e-8)
    assert Signature.of(model((4,), 2), honest, None).sample_shape == (2,)
    gan = keras_gan.GAN(model((4,), 2), squashed_sum)  # where the graph does not tell, `compile` looks
    with pytest.raises(InputError, match="must end in logits"):
        gan.compile("sgd", "sgd")
