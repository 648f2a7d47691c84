import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import keras_gan
from keras_gan.random import RandomStream


def make(ema=0.9, num_classes=None, dropout=0.0, kind=keras.layers.BatchNormalization):
    z = keras.Input((4,))
    y = keras.Input((), dtype="int32")
    x = (
        z
        if num_classes is None
        else keras.layers.Concatenate()([z, keras.layers.CategoryEncoding(num_classes, output_mode="one_hot")(y)])
    )
    x = keras.layers.Dense(6)(x)
    x = keras.layers.Dropout(dropout, seed=1)(x)
    x = kind(center=False, scale=False, name="norm")(x)
    x = keras.layers.Reshape((8, 8, 1))(keras.layers.Dense(64, "tanh")(x))
    generator = keras.Model(z if num_classes is None else [z, y], x)
    _, discriminator = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,), num_classes=num_classes)
    gan = keras_gan.GAN(generator, discriminator, ema=ema, num_classes=num_classes)
    gan.compile(keras.optimizers.Adam(0.05), "adam")
    return gan


def statistics(network):
    return [np.asarray(v) for v in (network.get_layer("norm").moving_mean, network.get_layer("norm").moving_variance)]


@pytest.fixture
def trained(images):
    gan = make()
    gan.fit(images[0], batch_size=8, epochs=4, verbose=0)
    return gan


def expected(gan, truncation=None):
    """Of the network's own activations of 4 batches of 64 samples, all together, in float64."""
    kernel, bias = (w.astype("float64") for w in gan.averages["generator"][0].layers[1].get_weights())
    streams = [RandomStream(0, batch).uniform("standing_statistics", (64, 4)) for batch in range(4)]
    activations = np.concatenate([gan.prior.transform(each, truncation).numpy() for each in streams]) @ kernel + bias
    return activations.mean(axis=0), activations.var(axis=0)


USES = {
    "sample": lambda gan, path: gan.sample(2),
    "call": lambda gan, path: gan(np.zeros((2, 4), "float32")),
    "predict": lambda gan, path: gan.predict(np.zeros((2, 4), "float32"), verbose=0),
    "predict_on_batch": lambda gan, path: gan.predict_on_batch(np.zeros((2, 4), "float32")),
    "evaluate": lambda gan, path: gan.evaluate(np.zeros((2, 8, 8, 1), "uint8"), verbose=0),
    "test_on_batch": lambda gan, path: gan.test_on_batch(np.zeros((2, 8, 8, 1), "uint8")),
    "sampling_generator": lambda gan, path: gan.sampling_generator,
    "get_weights": lambda gan, path: gan.get_weights(),
    "save": lambda gan, path: gan.save(path / "gan.keras"),
    "save_weights": lambda gan, path: gan.save_weights(path / "gan.weights.h5"),
    "export": lambda gan, path: gan.export(path / "saved_model"),
}


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("use", USES)
@pytest.mark.filterwarnings("ignore:All pixels of the first images")
def test_whoever_uses_the_average_gets_the_statistics_of_its_own_activations(use, trained, tmp_path):
    USES[use](trained, tmp_path)
    mean, variance = statistics(trained.averages["generator"][0])
    wanted = expected(trained)
    assert_allclose(mean, wanted[0], atol=1e-5)
    assert_allclose(variance, wanted[1], rtol=1e-4)


@pytest.mark.long
def test_the_normalized_activations_of_the_average_are_normal(trained):
    network = trained.sampling_generator
    z = trained.prior.transform(RandomStream(9).uniform("any", (2000, 4)))
    normalized = np.asarray(keras.Model(network.input, network.get_layer("norm").output)(z, training=False))
    assert np.abs(normalized.mean(axis=0)).max() < 0.25
    assert np.abs(normalized.std(axis=0) - 1).max() < 0.25


@pytest.mark.long
def test_they_are_computed_once_for_the_same_weights(trained, monkeypatch):
    calls = []
    original = keras_gan.training.sampling.standing_statistics.StandingStatistics._after
    monkeypatch.setattr(
        keras_gan.training.sampling.standing_statistics.StandingStatistics,
        "_after",
        lambda self, *given: calls.append(given) or original(self, *given),
    )
    for _ in range(2):
        trained.sample(2)
        trained.get_weights()
    assert len(calls) == 0, "they have been, at the end of `fit`"
    trained.set_weights(trained.get_weights())
    for _ in range(2):
        trained.sample(2)
    assert len(calls) == 4


@pytest.mark.long
def test_training_is_not_touched_by_who_looks(images):
    """Not the trained generator, nor the state of dropout, nor what training does next."""
    ours, theirs = make(dropout=0.3), make(dropout=0.3)
    theirs.set_weights(ours.get_weights())
    for epoch in range(2):
        for gan in (ours, theirs):
            gan.fit(images[0], batch_size=8, verbose=0)
        if epoch == 0:
            ours.sample(3)
    layer = ours.sampling_generator.get_layer("norm")
    assert (layer.momentum, layer.trainable) == (0.99, False)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        assert_array_equal(a, b)
    held = {name: np.asarray(value) for name, value in theirs.hold_state().items()}
    for name, value in ours.hold_state().items():
        assert_array_equal(value, held[name])


@pytest.mark.long
def test_a_file_and_a_checkpoint_bring_the_same_samples(trained, images, tmp_path):
    before = trained.sample(3, seed=0)
    trained.save(tmp_path / "gan.keras")
    assert_array_equal(keras_gan.load(tmp_path / "gan.keras").sample(3, seed=0), before)
    state = {name: np.asarray(value) for name, value in trained.hold_state().items()}
    trained.fit(images[0], batch_size=8, verbose=0)
    trained.load_state(state)
    assert_array_equal(trained.sample(3, seed=0), before)


def test_truncated_samples_have_statistics_of_their_own(images, tmp_path):
    gan = make()
    gan.fit(images[0], batch_size=8, verbose=0)
    plain, before = gan.sample(3, seed=0), statistics(gan.averages["generator"][0])
    with gan.sampler.truncated(0.5):
        found = statistics(gan.averages["generator"][0])
    wanted = expected(gan, 0.5)
    assert_allclose(found[0], wanted[0], atol=1e-5)
    assert_allclose(found[1], wanted[1], rtol=1e-4)
    assert np.all(found[1] < 0.5 * before[1]), "latents of half the deviation or less"
    typical = gan.sample(3, seed=0, truncation=0.5)
    with gan.sampler.truncated(0.5):
        made = gan.averages["generator"][0](gan.prior.transform(gan.sampler._uniform(0, 0, 3), 0.5))
    assert_allclose(typical, made, atol=1e-6)
    space = keras_gan.exploration.ZSpace(gan)
    points = space.points([4, 7], truncation=0.5)
    assert_allclose(space.images(points), gan.sample(seed=[4, 7], truncation=0.5), atol=1e-6)
    gan.save(tmp_path / "gan.keras")
    for each in (gan, keras_gan.load(tmp_path / "gan.keras")):
        for truncation, samples in ((None, plain), (0.5, typical), (None, plain)):
            assert_allclose(each.sample(3, seed=0, truncation=truncation), samples, rtol=0, atol=1e-6)
    assert_array_equal(statistics(gan.averages["generator"][0]), before)
    gan.fit(images[0], batch_size=8, verbose=0)
    assert_allclose(statistics(gan.sampling_generator)[0], expected(gan)[0], atol=1e-5)
    with pytest.raises(keras_gan.InputError, match="truncation"):
        gan.sample(2, truncation=-1.0)
    assert_allclose(statistics(gan.sampling_generator)[0], expected(gan)[0], atol=1e-5)


def test_truncated_samples_leave_the_network_as_it_is(images):
    """Whoever has it in hand, or is in the middle of drawing."""
    gan = make(ema=[0.5, 0.9])
    gan.fit(images[0], batch_size=8, verbose=0)
    networks, z = gan.averages["generator"], gan.sampler.latents([1, 2, 3])
    before = [np.asarray(network(z)) for network in networks if gan.get_weights()]
    whole = gan.sample(6, seed=0)
    batches = gan.sampler.batches(6, None, 0, None, 3)
    first = next(batches)[1]
    gan.sample(2, seed=0, truncation=0.5)
    assert_allclose(np.concatenate([first, next(batches)[1]]), whole, atol=1e-6)
    for truncation in (*np.linspace(0.1, 1.0, 10), 0.5):
        gan.sample(seed=[3], truncation=float(truncation))
    with pytest.raises(keras_gan.InputError, match="truncation"):
        gan.sample(2, truncation=[0.5])
    for network, values in zip(networks, before, strict=True):
        assert_array_equal(network(z), values)


def test_dropout_is_off_as_it_is_for_samples(images):
    gan = make(dropout=0.5)
    gan.fit(images[0], batch_size=8, verbose=0)
    mean, variance = statistics(gan.sampling_generator)
    wanted = expected(gan)
    assert_allclose(mean, wanted[0], atol=1e-5)
    assert_allclose(variance, wanted[1], rtol=1e-4)


def test_a_frozen_layer_keeps_its_statistics(images):
    gan = make()
    layer = gan.generator.get_layer("norm")
    layer.moving_mean.assign(np.arange(6.0))
    layer.trainable = False
    gan.compile("adam", "adam")
    gan.fit(images[0], batch_size=8, verbose=0)
    assert_array_equal(statistics(gan.sampling_generator), statistics(gan.generator))
    assert_array_equal(layer.moving_mean, np.arange(6.0))


@pytest.mark.long
def test_labels_are_taken_from_all_classes(images, monkeypatch):
    """However few samples there are: of 1,000 classes those are not all among the first."""
    asked = []
    spread = keras_gan.conditions.Classes.spread
    monkeypatch.setattr(
        keras_gan.conditions.Classes, "spread", lambda *where: asked.append(spread(*where).numpy()) or spread(*where)
    )
    gan = make(num_classes=1000)
    gan.fit(images[0], images[1] + 900, batch_size=8, verbose=0)
    assert np.isfinite(gan.sample(6, seed=0)).all()
    assert np.abs(statistics(gan.sampling_generator)[0]).max() > 0
    assert [len(labels) for labels in asked[:4]] == [64] * 4
    assert all(np.bincount(labels * 8 // 1000, minlength=8).min() >= 6 for labels in asked), "of each eighth"


def test_few_rows_at_once_have_the_variance_of_all():
    """Of large images there are few to a batch, whose own variance would be (n - 1) / n of it, and noise."""
    z = keras.Input((4,))
    x = keras.layers.BatchNormalization(name="norm")(keras.layers.Dense(6)(z))
    generator = keras.Model(z, keras.layers.Reshape((1024, 1024, 1))(keras.layers.Dense(1024 * 1024, "tanh")(x)))
    image = keras.Input((1024, 1024, 1))
    discriminator = keras.Model(image, keras.layers.Dense(1)(keras.layers.GlobalAveragePooling2D()(image)))
    gan = keras_gan.GAN(generator, discriminator, ema=0.9)
    gan.compile("sgd", "sgd")
    mean, variance = statistics(gan.sampling_generator)
    kernel, bias = (w.astype("float64") for w in gan.averages["generator"][0].layers[1].get_weights())
    streams = [RandomStream(0, batch).uniform("standing_statistics", (4, 4)) for batch in range(16)]
    activations = np.concatenate([gan.prior.transform(each).numpy() for each in streams]) @ kernel + bias
    assert_allclose(mean, activations.mean(axis=0), atol=1e-5)
    assert_allclose(variance, activations.var(axis=0), rtol=1e-4)


@pytest.mark.long
def test_a_generator_without_an_average_keeps_its_moving_statistics(images):
    gan = make(ema=None)
    gan.fit(images[0], batch_size=8, verbose=0)
    before = statistics(gan.generator)
    gan.sample(3)
    assert_array_equal(statistics(gan.sampling_generator), before)


def test_a_generator_without_batch_normalization_costs_nothing(make_gan):
    assert [each.variables for each in make_gan()._statistics] == [[]]


@pytest.mark.long
@pytest.mark.full
def test_replicas_sample_from_them_too(two_replicas, images):
    with two_replicas.scope():
        gan = make(kind=keras_gan.layers.BatchNormalization)
    alone = make(kind=keras_gan.layers.BatchNormalization)
    gan.set_weights(alone.get_weights())
    for each in (gan, alone):
        each.fit(images[0][:32], batch_size=8, shuffle=False, validation_data=images[0][:8], verbose=0)
    assert_allclose(gan.sample(4, seed=0), alone.sample(4, seed=0), atol=1e-3)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("ema", [0.999, keras_gan.ExponentialMovingAverage(half_life=50_000)])
def test_a_short_training_under_a_slow_average_is_not_flat(ema, images):
    """With an average that remembers the initial weights, or has statistics of other weights, samples are grey."""
    gan = make(ema)
    gan.fit(images[0], batch_size=8, epochs=10, verbose=0)
    raw = np.asarray(gan.generate(gan.sample_latents("test", 200), None))
    assert gan.sample(200, seed=0).std(axis=0).mean() > 0.8 * raw.std(axis=0).mean()
