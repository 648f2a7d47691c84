import keras
import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from keras_gan import InputError
from keras_gan.metrics import FrechetDistance, ModelFeatures
from keras_gan.metrics.features.model_features import as_extractor


@pytest.fixture
def model():
    inputs = keras.Input((8, 8, 1))
    hidden = keras.layers.Dense(4)(keras.layers.Dropout(0.5)(keras.layers.Flatten()(inputs)))
    return keras.Model(inputs, hidden, name="hidden")


def test_a_model_gets_images_in_its_range(model, images):
    expected = np.asarray(model(images[0] / np.float32(127.5) - 1, training=False))
    extractor = ModelFeatures(model, batch_size=7)
    assert extractor.name == "hidden"
    assert_allclose(extractor(images[0]), expected, atol=1e-5)
    assert_allclose(extractor(images[0], "logits"), expected, atol=1e-5)


def test_vectors_and_functions():
    points = np.arange(6, dtype=np.float32).reshape(3, 2)
    assert_array_equal(
        ModelFeatures(keras.Sequential([keras.Input((2,)), keras.layers.Rescaling(3.0)]))(points), 3 * points
    )

    def squares(samples):
        assert isinstance(samples, np.ndarray)
        return samples**2

    extractor = as_extractor(squares)
    assert (extractor.name, extractor.digest) == ("squares", None)
    assert_array_equal(extractor(points), points**2)
    assert ModelFeatures(squares, digest="squares-1").get_config()["digest"] == "squares-1"


def test_a_model_from_a_file_is_checked(model, images, tmp_path):
    file = tmp_path / "some.keras"
    model.save(file)
    extractor = ModelFeatures(file)
    assert extractor.digest == ModelFeatures(model).digest
    config = extractor.get_config()
    assert config == {"name": "some", "batch_size": 256, "model": str(file), "digest": extractor.digest}
    again = ModelFeatures.from_config(config)
    assert_array_equal(again(images[0]), extractor(images[0]))
    with pytest.raises(InputError, match=r"`model` must be the one with the digest 123. Received: model=.*some.keras"):
        ModelFeatures(file, digest="123")(images[0])


def test_a_model_in_memory_is_saved_as_its_digest_alone(model, images):
    metric = FrechetDistance(model)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(metric))
    assert again.get_config() == metric.get_config()
    assert again.extractor.digest == ModelFeatures(model).digest
    with pytest.raises(InputError, match="`extractor` 'hidden' was a model in memory"):
        again.update_real(images[0])


def test_a_dictionary_of_heads(images):
    inputs = keras.Input((8, 8, 1))
    features = keras.layers.Flatten()(inputs)
    model = keras.Model(inputs, {"features": features, "logits": keras.layers.Dense(3)(features)})
    extractor = ModelFeatures(model)
    assert (extractor(images[0]).shape, extractor(images[0], "logits").shape) == ((40, 64), (40, 3))


def test_the_digest_is_of_the_weights_of_now(model, images, tmp_path):
    metric = FrechetDistance(model, cache_dir=tmp_path)
    digests = []
    for _ in range(2):
        for fresh in (True, False):
            metric.reset_state()
            assert metric.start_real("data") is fresh
            if fresh:
                metric.update_real(images[0])
                metric.finish_real()
        digests.append(metric.extractor.digest)
        model.set_weights([2 * weight for weight in model.get_weights()])
    assert len(set(digests)) == len(list(tmp_path.iterdir())) == 2


def test_arguments(tmp_path):
    with pytest.raises(InputError, match=r"`extractor` must be a file if it is a path.*extractor='nosuch.keras'"):
        FrechetDistance("nosuch.keras")
    (tmp_path / "bad.keras").write_text("nothing")
    for file in ("nosuch.keras", tmp_path / "bad.keras"):
        with pytest.raises(InputError, match=rf"`model` must be a .keras file. Received: model='{file}'"):
            ModelFeatures(file)(np.zeros((1, 2)))
    with pytest.raises(InputError, match=r"`model` must be a keras.Model.*Received: model=3"):
        ModelFeatures(3)
    with pytest.raises(InputError, match=r"`extractor` must be a FeatureExtractor.*Received: extractor=3"):
        FrechetDistance(3)
    assert as_extractor(None) is None
