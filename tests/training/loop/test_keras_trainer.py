import keras
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError, distribution


@pytest.mark.long
@pytest.mark.parametrize("method", ["train_on_batch", "test_on_batch"])
def test_single_batches_are_for_one_replica(method, make_gan, images, two_replicas):
    getattr(make_gan(), method)(images[0][:8])
    with two_replicas.scope():
        gan = make_gan()
    with pytest.raises(InputError, match=f"`{method}` is for one replica"):
        getattr(gan, method)(images[0][:8])


def test_single_batches_are_judged_alone(make_gan, images):
    """Each call anew, in the order of `evaluate`, and past the means of training."""
    gan, batch = make_gan(), images[0][:8]
    trained = gan.train_on_batch(batch, return_dict=True)
    results = [gan.test_on_batch(batch) for _ in range(3)]
    assert results[0] == results[1] == results[2] == gan.evaluate(batch, batch_size=8, verbose=0)
    assert gan.test_on_batch(batch, return_dict=True) == dict(zip(gan.evaluation_log_names, results[0], strict=True))
    assert {name: float(value) for name, value in gan.get_metrics_result().items()} == trained
    assert len(gan.train_on_batch(batch)) == len(gan.log_names)


@pytest.mark.parametrize(
    ("rules", "match"),
    [
        ({"jit_compile": True}, "With several replicas `jit_compile` must be False"),
        (
            {"optimizer": lambda rate: keras.optimizers.SGD(rate, gradient_accumulation_steps=2)},
            "`gradient_accumulation_steps` of an optimizer",
        ),
    ],
)
def test_what_keras_can_not_do_is_refused(rules, match, make_gan, two_replicas):
    with two_replicas.scope(), pytest.raises(InputError, match=match):
        make_gan(**rules)


def test_all_is_made_in_the_scope(make_gan, images, two_replicas):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(8,))
    with two_replicas.scope(), pytest.raises(InputError, match=r"make it inside `strategy\.scope"):
        keras_gan.GAN(*networks)
    optimizer = keras.optimizers.Adam(1e-3)
    with two_replicas.scope():
        gan = make_gan()
        with pytest.raises(InputError, match=r"Adam has state: make it inside `strategy.scope"):
            gan.compile(optimizer, "adam")
    alone = make_gan()
    with two_replicas.scope(), pytest.raises(InputError, match=r"GAN has state: make it inside"):
        alone.fit(images[0])


def networks_with(place):
    """Small networks, of which one has batch normalization over all replicas."""
    normalized = keras_gan.layers.BatchNormalization
    hidden = {name: normalized() if name == place else keras.layers.ReLU() for name in ("generator", "discriminator")}
    z, x = keras.Input((4,)), keras.Input((8, 8, 1))
    made = keras.layers.Dense(64)(hidden["generator"](keras.layers.Dense(8)(z)))
    seen = hidden["discriminator"](keras.layers.Dense(8)(keras.layers.Flatten()(x)))
    heads = {"logits": keras.layers.Dense(1)(seen), "codes": keras.layers.Dense(3)(seen)}
    return keras.Model(z, keras.layers.Reshape((8, 8, 1))(made)), keras.Model(x, heads)


class OfMyOwn(keras_gan.terms.Term):
    """A term that does not say what it runs."""

    def discriminator_term(self, round):
        return round.critic(round.generator(round.latents, round.labels)).logits


class RunsTheGenerator(OfMyOwn):
    runs = ("generator",)


LAZY = {
    "r1": keras_gan.penalties.R1,
    "balanced_consistency": keras_gan.penalties.BalancedConsistency,
    "latent_consistency": keras_gan.penalties.LatentConsistency,
    "latent_diversity": keras_gan.terms.LatentDiversity,
    "mutual_information": keras_gan.terms.MutualInformation,
    "of_my_own": OfMyOwn,
    "runs_the_generator": RunsTheGenerator,
}


@pytest.mark.long
@pytest.mark.parametrize(
    ("place", "allowed"),
    [
        ("generator", {"r1", "balanced_consistency", "mutual_information"}),
        ("discriminator", {"latent_diversity", "mutual_information", "runs_the_generator"}),
    ],
)
def test_a_lazy_term_runs_no_network_that_reduces(place, allowed, two_replicas):
    prior = keras_gan.priors.Codes(categorical=[3])
    with two_replicas.scope():
        for name, term in LAZY.items():
            gan = keras_gan.GAN(*networks_with(place), prior=prior)
            if name in allowed:
                gan.compile("sgd", "sgd", terms=[term(interval=2)])
                continue
            with pytest.raises(InputError, match=rf"`interval` of `{name}` must be 1.*batch_norm.*interval=2"):
                gan.compile("sgd", "sgd", terms=[term(interval=2)])
            gan.compile("sgd", "sgd", terms=[term()])


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("place", "names"),
    [("generator", ["r1", "mutual_information"]), ("discriminator", ["latent_diversity", "mutual_information"])],
)
def test_where_it_may_be_lazy_two_replicas_are_one(place, names, images, two_replicas):
    def fitted():
        keras.utils.set_random_seed(0)
        gan = keras_gan.GAN(*networks_with(place), prior=keras_gan.priors.Codes(categorical=[3]))
        gan.compile(*(keras.optimizers.SGD(0.05) for _ in range(2)), terms=[LAZY[name](0.1, 2) for name in names])
        gan.fit(images[0], batch_size=8, shuffle=False, verbose=0)
        return gan.get_weights()

    with two_replicas.scope():
        two = fitted()
    for ours, theirs in zip(two, fitted(), strict=True):
        assert_allclose(ours, theirs, rtol=0, atol=2e-6)


def test_a_lazy_term_and_an_augmentation_that_reduces(two_replicas):
    class Whiten(keras_gan.augmentation.Augmentation):
        is_global = True

        def augment(self, images, random):
            return images - distribution.global_mean(images, axis=0)

    with two_replicas.scope():
        gan = keras_gan.GAN(*networks_with(None))
        lazy = [keras_gan.penalties.R1(interval=2)]
        with pytest.raises(InputError, match=r"`interval` of `r1` must be 1.*whiten"):
            gan.compile("sgd", "sgd", terms=lazy, augmentation=Whiten())
        gan.compile("sgd", "sgd", terms=lazy)
        with pytest.raises(InputError, match=r"`interval` of `balanced_consistency` must be 1.*whiten"):
            gan.compile("sgd", "sgd", terms=[LAZY["balanced_consistency"](interval=2, augmentation=Whiten())])


def test_what_a_term_runs_has_a_name(two_replicas):
    class Misspelt(OfMyOwn):
        runs = ("generater",)

    with two_replicas.scope(), pytest.raises(InputError, match=r"`runs` must be one of .*Did you mean 'generator'"):
        keras_gan.GAN(*networks_with(None)).compile("sgd", "sgd", terms=[Misspelt(interval=2)])


@pytest.mark.long
def test_half_precision_penalties_and_batch_normalization(images, two_replicas):
    keras.mixed_precision.set_global_policy("mixed_float16")
    with two_replicas.scope():
        gan = keras_gan.GAN(*keras_gan.models.dcgan((16, 16, 1), latent_dim=4, width=2))
        gan.compile("sgd", "sgd", terms=[keras_gan.penalties.R1(0.1)])
    pixels = tf.image.resize(images[0], (16, 16)).numpy().astype("uint8")
    history = gan.fit(pixels, batch_size=8, verbose=0).history
    assert history["r1"][0] > 0
