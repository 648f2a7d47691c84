"""Everything at once: all terms, with augmentation, an average with a half-life, top-k and clipping."""

import contextlib

import keras
import numpy as np
import pytest

import keras_gan
from keras_gan import penalties, priors, terms

pytestmark = pytest.mark.long

PENALTIES = ["r1", "r2", "gradient_penalty", "dragan", "le_cam", "balanced_consistency", "latent_consistency"]
TERMS = [
    *("feature_matching", "mutual_information", "latent_diversity"),
    *("orthogonal_regularization", "total_variation"),
]
OF_PAIRS = ["reconstruction", "perceptual", "paired_feature_matching", "patch_contrast"]  # for another game
OF_LABELS = {"num_classes": ["auxiliary_classifier"], "condition_dim": ["auxiliary_tags", "auxiliary_regressor"]}

OF_DECODERS = ["auto_encoding"]  # needs a discriminator that has some: tests/models/test_fastgan.py
OF_STYLES = ["path_length"]  # needs a generator that has some: tests/models/test_stylegan2.py


def test_no_term_is_missing():
    known = keras_gan.utils.registry.members(terms.Term)
    ours = {name for name, cls in known.items() if cls.__module__.startswith("keras_gan.")}
    of_labels = [*OF_LABELS["num_classes"], *OF_LABELS["condition_dim"]]
    assert ours == {*PENALTIES, *TERMS, *OF_PAIRS, *of_labels, *OF_DECODERS, *OF_STYLES}


MODES = {
    "graph": "num_classes",
    "xla": "condition_dim",
    "two devices": "num_classes",
    "mixed precision": "condition_dim",
}


@pytest.mark.some(2)
@pytest.mark.parametrize(("mode", "told"), MODES.items())
def test_the_full_house(mode, told, images, two_replicas):
    if mode == "mixed precision":
        keras.mixed_precision.set_global_policy("mixed_float16")
    with two_replicas.scope() if mode == "two devices" else contextlib.nullcontext():
        generator, _ = keras_gan.models.mlp((8, 8, 1), latent_dim=6, hidden=(16,), **{told: 3})
        x = keras.Input((8, 8, 1))
        features = keras.layers.Dense(16, "tanh")(keras.layers.Flatten()(x))
        heads = {"logits": 1, "classes": 3, "tags": 3, "numbers": 3, "codes": 4}
        outputs = {name: keras.layers.Dense(units)(features) for name, units in heads.items()}
        discriminator = keras.Model(x, {**outputs, "features": features})
        average = keras_gan.ExponentialMovingAverage(half_life=50, warm_up=True)
        prior = priors.Codes([2], continuous=1)
        gan = keras_gan.GAN(generator, discriminator, prior=prior, ema=average, **{told: 3})
        lazy = penalties.R1(weight=0.1, interval=2, name="lazy")
        gan.compile(
            keras.optimizers.Adam(1e-4),
            keras.optimizers.Adam(1e-4, global_clipnorm=1.0),
            loss="relativistic_average",
            terms=[*(terms.get(name) for name in (*PENALTIES, *TERMS, *OF_LABELS[told])), lazy],
            augmentation="diff_augment",
            top_k=0.75,
            jit_compile=mode == "xla",
        )
    pictures, classes = images
    labels = classes if told == "num_classes" else np.eye(3, dtype="float32")[classes]
    history = gan.fit(pictures, labels, batch_size=20, verbose=0).history
    assert gan.step.numpy() == 2
    assert set(history) == set(gan.log_names)
    assert np.isfinite([*history.values()]).all(), history
    assert all(np.isfinite(weight).all() for weight in gan.get_weights())
