"""Every public class goes through every property that all of its family share, and none escapes."""

import inspect
import itertools
import re
import types
import typing

import keras
import numpy as np
import pytest
from numpy.testing import assert_array_equal

import keras_gan
from keras_gan import (
    augmentation,
    callbacks,
    data,
    layers,
    losses,
    metrics,
    models,
    optimizers,
    penalties,
    priors,
    recipes,
    report,
    runs,
    terms,
    training,
)
from keras_gan.data import ArrayData, ImageData

LOSSES = [
    losses.Hinge(),
    losses.LeastSquares(),
    losses.LeastSquares(-1.0, 1.0, 0.0),
    losses.Minimax(),
    losses.NonSaturating(),
    losses.RandomMarginHinge(),
    losses.RandomMarginHinge(0.5, 2.0),
    losses.Relativistic(),
    losses.RelativisticAverage(),
    losses.Wasserstein(),
]
TERMS = [
    penalties.BalancedConsistency(),
    penalties.BalancedConsistency(augmentation=augmentation.ADA(["blit"], target=None, p=0.8)),
    penalties.LatentConsistency(),
    terms.LatentDiversity(),
    penalties.DRAGAN(),
    penalties.GradientPenalty(),
    penalties.GradientPenalty(weight=1.0, interval=2, target=0.0, one_sided=True, name="zero"),
    penalties.LeCam(),
    penalties.R1(),
    penalties.R1(weight=0.5, interval=3, name="lazy"),
    penalties.R1(weight=keras.optimizers.schedules.ExponentialDecay(1.0, 10, 0.5)),
    penalties.R2(),
    terms.AutoEncoding(weight=0.5),
    terms.AuxiliaryClassifier(),
    terms.AuxiliaryRegressor(),
    terms.AuxiliaryTags(),
    terms.FeatureMatching(weight=0.1),
    terms.MutualInformation(),
    terms.PatchContrast(pixels=16),
    terms.PairedFeatureMatching(heads=["layer_0"]),
    terms.Reconstruction(norm="charbonnier"),
    terms.TotalVariation(),
    terms.OrthogonalRegularization(),
    terms.OrthogonalRegularization(1e-3, exclude=["last"], name="columns"),
    terms.PathLength(interval=2),
]
PRIORS = [priors.Normal(), priors.Uniform(), priors.Codes([2], continuous=1)]
AUGMENTATIONS = [
    augmentation.ADA(),
    augmentation.ADA(["blit", "geometry", "color", "filter", "noise", "cutout"], p=0.9, name="all"),
    augmentation.ADA({"geometry": 1.0, "cutout": 0.5}, target=None, p=optimizers.Cosine(0.0, 0.8, 10), name="fixed"),
    augmentation.DiffAugment(),
    augmentation.DiffAugment(["cutout"]),
]
METRICS = [
    metrics.ClassAccuracy(),
    metrics.ClassifierScore(splits=3),
    metrics.ConditionCorrelation(),
    metrics.DensityCoverage(k=2),
    metrics.FrechetDistance(metrics.ModelFeatures(name="elsewhere", digest="7"), num_real=10, name="fd"),
    metrics.FrechetDistance(statistics="reference.npz"),
    metrics.KernelDistance(subsets=5, subset_size=10, seed=1),
    metrics.MongeDistance(directions=9, seed=2),
    metrics.MultiscaleSSIM(pairs=3),
    metrics.Novelty(cache_dir="somewhere"),
    metrics.PrecisionRecall(num_fake=20),
    metrics.SlicedWasserstein(directions=8, patches=2),
    metrics.TagAccuracy(),
    metrics.VendiScore(q="inf"),
    metrics.VendiScore(q=2.0, num_fake=20),
]
BUILDERS = {
    "mlp": lambda **arguments: models.mlp((8, 8, 1), latent_dim=4, hidden=(16,), **arguments),
    "dcgan": lambda **arguments: models.dcgan((8, 8, 1), latent_dim=4, width=4, **arguments),
    "r3gan": lambda **arguments: models.r3gan((8, 8, 1), latent_dim=4, width=8, blocks=1, **arguments),
    "stylegan2": lambda **arguments: models.stylegan2(
        (8, 8, 1), latent_dim=4, style_dim=8, channel_base=64, mapping_depth=2, **arguments
    ),
}
# From images to images, and what judges them: for other games, each with its networks in a test of its own.
TRANSLATORS = {"patch_discriminator", "resnet_translator", "rrdb", "srresnet", "unet"}
PLAYED_ELSEWHERE = {"biggan", "biggan_deep", "fastgan", "sagan", "sngan"}  # by tests/integration/test_architectures.py


def judged_by(layer):
    """Return a builder whose discriminator ends in `layer()`, a dense layer of one unit."""

    def build(num_classes=None):
        x = keras.Input((8, 8, 1))
        discriminator = keras.Model(x, layer()(keras.layers.Flatten()(x)))
        return BUILDERS["mlp"]().generator, discriminator

    return build


def with_heads(num_classes=3):
    """Return a generator with labels, and a discriminator without, which has the heads that terms ask for."""
    x = keras.Input((8, 8, 1))
    features = keras.layers.Dense(16, "relu")(keras.layers.Flatten()(x))
    heads = {"logits": keras.layers.Dense(1)(features), "classes": keras.layers.Dense(num_classes)(features)}
    discriminator = keras.Model(x, {**heads, "features": features, "codes": keras.layers.Dense(3)(features)})
    return BUILDERS["mlp"](num_classes=num_classes).generator, discriminator


def told_vectors(condition_dim=3):
    """Return networks that are told vectors layer by layer, and a discriminator with heads that read them."""
    latents, labels = keras.Input((4,)), keras.Input((condition_dim,))
    y = keras.layers.Reshape((4, 4, 4))(keras.layers.Dense(64)(latents))
    y = layers.ConditionalBatchNormalization(condition_dim=condition_dim)([y, labels])
    y = keras.layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh", dtype="float32")(keras.layers.ReLU()(y))
    x, vectors = keras.Input((8, 8, 1)), keras.Input((condition_dim,))
    features = keras.layers.Dense(16, "leaky_relu")(keras.layers.Flatten()(x))
    logits = layers.Projection(condition_dim=condition_dim, spectral_normalization=True)([features, vectors])
    heads = {name: keras.layers.Dense(condition_dim, name=name)(features) for name in ("tags", "numbers")}
    return keras.Model([latents, labels], y), keras.Model([x, vectors], {"logits": logits, **heads})


def seen_through(*stack):
    """Return a builder whose discriminator has these layers between its convolutions and its logit."""

    def build(num_classes=None):
        x = keras.Input((8, 8, 1))
        y = keras.layers.Conv2D(8, 3, activation="leaky_relu")(x)
        for layer in stack:
            y = layer()(y)
        y = keras.layers.Conv2D(4, 3, activation="leaky_relu")(y)
        return BUILDERS["mlp"]().generator, keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(y)))

    return build


def conditional(num_classes=3):
    """Return networks that are told the labels layer by layer: the generator's normalization, the projection."""
    latents, labels = keras.Input((4,)), keras.Input((), dtype="int32")
    y = keras.layers.Reshape((4, 4, 4))(keras.layers.Dense(64)(latents))
    y = keras.layers.ReLU()(layers.ConditionalBatchNormalization(num_classes)([y, labels]))
    y = keras.layers.Conv2DTranspose(1, 4, 2, "same", activation="tanh", dtype="float32")(y)
    x, classes = keras.Input((8, 8, 1)), keras.Input((), dtype="int32")
    features = keras.layers.Dense(16, "leaky_relu")(keras.layers.Flatten()(x))
    logits = layers.Projection(num_classes, spectral_normalization=True)([features, classes])
    return keras.Model([latents, labels], y), keras.Model([x, classes], logits)


def padded_and_cropped(num_classes=None):
    """Return networks whose discriminator pads its images, and cuts off what it has made of them."""
    x = keras.Input((8, 8, 1))
    y = keras.layers.Conv2D(4, 3, 2, "same", activation="leaky_relu")(layers.PadToMultiple(5)(x))
    y = layers.CropLike()([layers.RepeatLike()([y, keras.layers.UpSampling2D(2)(y)]), x])
    return BUILDERS["mlp"]().generator, keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(y)))


def styled(num_classes=None):
    """Return a generator of one convolution with a style, and of what goes with it."""
    latents = keras.Input((4,))
    styles = layers.MappingNetwork(1, 8, 1, seed=1, name="mapping")(latents)
    maps = layers.LearnedConstant((4, 4, 4), seed=2)(styles)
    y = layers.ModulatedConv2D(1, upsample=True, seed=3)([maps, styles[:, 0]])
    y = keras.layers.Activation("tanh", dtype="float32")(layers.Noise(seed=4)(y))
    return keras.Model(latents, y), BUILDERS["mlp"]().discriminator


def decoded(num_classes=None):
    """Return networks of which the discriminator has a decoder."""
    x = keras.Input((8, 8, 1))
    maps = keras.layers.Conv2D(8, 4, 4, activation="leaky_relu")(x)
    decoder = keras.Sequential([keras.Input((2, 2, 8)), keras.layers.Conv2DTranspose(1, 4, 4, dtype="float32")])
    heads = {"whole": layers.AuxiliaryDecoder(decoder, name="whole")(maps)}
    heads["logits"] = keras.layers.Dense(1)(keras.layers.Flatten()(maps))
    return BUILDERS["mlp"]().generator, keras.Model(x, heads)


def excited(num_classes=None):
    """Return networks of which the discriminator's large maps are scaled by small ones."""
    x = keras.Input((8, 8, 1))
    large = keras.layers.Conv2D(4, 3, activation="leaky_relu")(x)
    small = keras.layers.Conv2D(8, 3, 2, activation="leaky_relu")(large)
    y = layers.SkipLayerExcitation(spectral_normalization=True, seed=1)([small, large])
    return BUILDERS["mlp"]().generator, keras.Model(x, keras.layers.Dense(1)(keras.layers.Flatten()(y)))


# What a network is built with, rather than what a GAN is given.
PARTS = {
    layers.AuxiliaryDecoder: decoded,
    layers.BatchNormalization: seen_through(layers.BatchNormalization),
    layers.Blur: seen_through(layers.Blur),
    layers.Conv2D: seen_through(lambda: layers.Conv2D(1, 5, padding="same")),
    layers.Conv2DTranspose: seen_through(lambda: layers.Conv2DTranspose(1, 4, 2, "same")),
    layers.CropLike: padded_and_cropped,
    layers.Dropout: seen_through(lambda: layers.Dropout(0.2, seed=1)),
    layers.ConditionalBatchNormalization: conditional,
    layers.EqualizedConv2D: seen_through(lambda: layers.EqualizedConv2D(4, 3, seed=1)),
    layers.EqualizedDense: seen_through(lambda: layers.EqualizedDense(4, seed=1)),
    layers.LearnedConstant: styled,
    layers.MappingNetwork: styled,
    layers.MinibatchStdDev: seen_through(layers.MinibatchStdDev),
    layers.PadToMultiple: padded_and_cropped,
    layers.RepeatLike: padded_and_cropped,
    layers.ModulatedConv2D: styled,
    layers.Noise: styled,
    layers.PatchProjector: seen_through(lambda: layers.PatchProjector(4)),
    layers.PixelNorm: seen_through(layers.PixelNorm),
    layers.Projection: conditional,
    layers.ReflectionPadding2D: seen_through(layers.ReflectionPadding2D),
    layers.Resample: seen_through(lambda: layers.Resample("down"), lambda: layers.Resample("up")),
    layers.ScaledLeakyReLU: seen_through(layers.ScaledLeakyReLU),
    layers.SelfAttention: seen_through(lambda: layers.SelfAttention(spectral_normalization=True)),
    layers.SkipLayerExcitation: excited,
    layers.SpectralNormalization: judged_by(lambda: layers.SpectralNormalization(keras.layers.Dense(1))),
    penalties.WeightClip: judged_by(lambda: keras.layers.Dense(1, kernel_constraint=penalties.WeightClip(0.05))),
}
NETWORKS = {
    **BUILDERS,
    **{part.__name__: build for part, build in PARTS.items()},
    "heads": with_heads,
    "vectors": told_vectors,
}
MIXING = (BUILDERS["stylegan2"], styled)  # mix in the styles of latents that they draw themselves: of a normal prior
FAMILIES = [
    (losses, "loss", LOSSES),
    (terms, "terms", TERMS),
    (priors, "prior", PRIORS),
    (augmentation, "augmentation", AUGMENTATIONS),
    (metrics, "metrics", METRICS),
]
# Public, and not of a family that is trained with: each has tests of its own, in the file that mirrors it.
OTHERS = {
    augmentation.Augmentation,
    losses.AdversarialLoss,
    terms.Term,
    priors.Prior,
    models.Networks,
    optimizers.Adam,
    optimizers.Cosine,
    optimizers.Linear,
    callbacks.BestModel,
    callbacks.Checkpoint,
    callbacks.HealthMonitor,
    callbacks.SampleGrid,
    callbacks.TranslationGrid,
    data.ArrayData,
    data.Degradation,
    data.Downsampled,
    data.Grey,
    data.Masked,
    data.Noisy,
    data.PairedData,
    data.UnpairedData,
    data.GaussianMixture,
    data.ImageData,
    metrics.ClassifierFeatures,
    metrics.ContrastiveFeatures,
    metrics.DINOv2Features,
    metrics.FeatureExtractor,
    metrics.GenerativeMetric,
    metrics.InceptionFeatures,
    metrics.ModeCoverage,  # needs its mixture, so there is none by name
    metrics.L1,
    metrics.MSSSIM,
    metrics.ModelFeatures,
    metrics.Moments,
    metrics.PSNR,
    metrics.PairMetric,
    metrics.SSIM,
    terms.Perceptual,  # needs its network, so there is none by name
    training.AdversarialModel,
    training.ExponentialMovingAverage,
    training.PowerFunctionAverage,
    training.CUT,
    training.CycleGAN,
    training.GAN,
    training.ImageToImage,
    training.NonFiniteError,
    training.Player,
    training.ResumableCallback,
    keras_gan.Critic,
    keras_gan.Judgement,
    keras_gan.RandomStream,
    keras_gan.Round,
    keras_gan.WorkerLostError,
    *(vars(recipes)[name] for name in ("Choice", "Facts", "Integer", "Number", "Plan", "Recipe", "Rule", "Setting")),
    *(report.Journal, report.Record, report.Stretch),
    *(
        cls
        for name, cls in vars(keras_gan.exploration).items()
        if name in keras_gan.exploration.__all__ and inspect.isclass(cls)
    ),
    runs.DryRun,
    runs.Run,
    runs.Selection,
    runs.TrainingRun,
    keras_gan.ExportError,
    keras_gan.InputError,
}
PACKAGES = [
    keras_gan,
    training,
    *(p for p in vars(keras_gan).values() if inspect.ismodule(p) and hasattr(p, "__path__")),
]
OF_THE_HOUSE = {
    f"keras_gan.{name}" for name in ("distribution", "export", "loading", "ops", "utils")
}  # and not for users
PACKAGES = [p for p in dict.fromkeys(PACKAGES) if p.__name__ not in OF_THE_HOUSE]


def public():
    """Return every public class and function by its dotted name."""
    found = {}
    for package in PACKAGES:
        for name in package.__all__:
            symbol = getattr(package, name)
            if not isinstance(symbol, types.ModuleType) and callable(symbol):
                found[f"{package.__name__}.{name}"] = symbol
    return found


def identifier(value):
    return value if isinstance(value, str) else type(value).__name__


members = [pytest.param(family, argument, member, id=f"{argument}-{identifier(member)}-{index}")
           for family, argument, of_family in FAMILIES for index, member in enumerate(of_family)]  # fmt: skip


# Nothing escapes.


def test_every_public_class_is_listed():
    listed = {type(member) for _, _, of_family in FAMILIES for member in of_family} | OTHERS | set(PARTS)
    classes = {symbol for symbol in public().values() if inspect.isclass(symbol)}
    assert classes == listed


def test_every_builder_of_networks_is_listed():
    builders = {name for name in models.__all__ if inspect.isfunction(getattr(models, name))}
    assert builders == set(BUILDERS) | PLAYED_ELSEWHERE | TRANSLATORS


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_all_is_what_there_is(package):
    assert package.__doc__
    assert len(set(package.__all__)) == len(package.__all__)
    assert all(hasattr(package, name) for name in package.__all__)
    ours = {name for name, value in vars(package).items() if inspect.isclass(value) or inspect.isfunction(value)}
    helpers = {"getter"}
    assert {name for name in ours if not name.startswith("_")} - helpers <= set(package.__all__)


def test_every_registered_class_is_public():
    ours = {cls for name, cls in keras.saving.get_custom_objects().items() if cls.__module__.startswith("keras_gan.")}
    assert ours
    assert ours <= {symbol for symbol in public().values() if inspect.isclass(symbol)}


# Every symbol explains itself.


@pytest.mark.parametrize("name", sorted(public()))
def test_docstring(name):
    symbol = public()[name]
    doc = inspect.getdoc(symbol)
    assert doc
    first = doc.splitlines()[0]
    assert first.endswith((".", ":"))
    assert len(first) <= 120
    for method, function in vars(symbol).items() if inspect.isclass(symbol) else ():
        if inspect.isfunction(function) and not method.startswith("_"):
            assert inspect.getdoc(function) or inspect.getdoc(getattr(symbol, method)), f"{name}.{method}"


WITHOUT_EXAMPLE = {
    "keras_gan.ExportError",  # raised, not made
    "keras_gan.InputError",
    "keras_gan.NonFiniteError",
    "keras_gan.training.NonFiniteError",
    "keras_gan.AdversarialModel",  # an example would be a game: see tests/cycle_model.py
    "keras_gan.Player",  # only its subclasses make one
    "keras_gan.training.AdversarialModel",
    "keras_gan.training.Player",
    "keras_gan.models.Networks",  # made by the builders
    "keras_gan.priors.Prior",  # shown by its members
    "keras_gan.terms.Term",
    "keras_gan.recipes.Plan",  # made by `Recipe.plan`
    "keras_gan.recipes.Setting",  # abstract
    "keras_gan.runs.DryRun",  # made by `dry_run`
    "keras_gan.runs.TrainingRun",  # made by `start`
    "keras_gan.recipes.names",
    "keras_gan.recipes.for_data",
    "keras_gan.runs.Run",
    "keras_gan.metrics.get_pair",  # as the `get` of the others
    *(f"{family.__name__}.get" for family, _, _ in FAMILIES if family is not metrics),
}


@pytest.mark.parametrize("name", sorted(set(public()) - WITHOUT_EXAMPLE))
def test_example(name):
    assert examples(public()[name]), f"{name} has no ```python example"


def test_what_needs_no_example_exists():
    assert set(public()) >= WITHOUT_EXAMPLE


def examples(symbol):
    return re.findall(r"```python\n(.*?)```", inspect.getdoc(symbol), re.DOTALL)


def documented():
    return {**public(), **{package.__name__: package for package in PACKAGES}}


@pytest.mark.parametrize("name", sorted(name for name, symbol in documented().items() if examples(symbol)))
def test_examples_compile(name):
    for code in examples(documented()[name]):
        compile(code, name, "exec")


REGISTERED = {
    family: sorted({type(member).__name__ for member in of_family})
    for family, of_family in {
        "losses": LOSSES,
        "penalties": [*(t for t in TERMS if "penalties" in type(t).__module__), penalties.WeightClip()],
        "priors": PRIORS,
        "augmentation": AUGMENTATIONS,
    }.items()
}
RUN = [
    "keras_gan.losses.AdversarialLoss",
    *(f"keras_gan.layers.{name}" for name in layers.__all__),
    *(f"keras_gan.{family}.{name}" for family, names in REGISTERED.items() for name in names),
    "keras_gan.models.mlp",
    "keras_gan.models.dcgan",
    "keras_gan.models.fastgan",
    "keras_gan.models.r3gan",
    "keras_gan.models.stylegan2",
    "keras_gan.GAN",
    "keras_gan.load",
    "keras_gan.optimizers.Adam",
    "keras_gan.optimizers.Cosine",
    "keras_gan.optimizers.Linear",
    "keras_gan.register",
    "keras_gan.augmentation.Augmentation",
    "keras_gan.callbacks.BestModel",
    "keras_gan.callbacks.Checkpoint",
    "keras_gan.callbacks.HealthMonitor",
    "keras_gan.callbacks.SampleGrid",
    "keras_gan.callbacks.TranslationGrid",
    "keras_gan.ExponentialMovingAverage",
    "keras_gan.PowerFunctionAverage",
    "keras_gan.terms.AutoEncoding",
    "keras_gan.terms.LatentDiversity",
    "keras_gan.terms.PatchContrast",
    "keras_gan.terms.PathLength",
    "keras_gan.data.ArrayData",
    "keras_gan.data.GaussianMixture",
    "keras_gan.data.ImageData",
    *(f"keras_gan.data.{name}" for name in ("Degradation", "Grey", "PairedData", "UnpairedData")),
    *(f"keras_gan.models.{name}" for name in sorted(TRANSLATORS)),
    *(
        f"keras_gan.terms.{name}"
        for name in ("PairedFeatureMatching", "Perceptual", "Reconstruction", "TotalVariation")
    ),
    "keras_gan.ImageToImage",
    "keras_gan.CUT",
    "keras_gan.CycleGAN",
    *(f"keras_gan.metrics.{name}" for name in metrics.__all__),
    "keras_gan.Critic",
    "keras_gan.Judgement",
    "keras_gan.RandomStream",
    "keras_gan.Round",
    "keras_gan.WorkerLostError",
    *(f"keras_gan.exploration.{name}" for name in keras_gan.exploration.__all__),
    "keras_gan.sums",
    *(f"keras_gan.recipes.{name}" for name in recipes.__all__),
    *(f"keras_gan.report.{name}" for name in report.__all__),
    "keras_gan.runs.write_card",
    "keras_gan.runs.write_report",
]


@pytest.mark.long
@pytest.mark.parametrize("name", RUN)
def test_examples_run(name, make_gan, registry, monkeypatch, tmp_path):
    """With what a reader has at hand: a GAN, its networks, and images. `fit` is cut short."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(keras_gan.GAN, "fit", lambda *args, **kwargs: None)
    monkeypatch.setattr(recipes.Recipe, "fit", lambda recipe, **kwargs: recipe)
    monkeypatch.setattr(recipes.catalogue, "_RECIPES", {**recipes.catalogue._RECIPES})
    generator, discriminator = models.mlp((8, 8, 1), latent_dim=4, hidden=(16,))
    given = {"keras_gan": keras_gan, "keras": keras, "ops": keras.ops, "np": np}
    given |= {"generator": generator, "discriminator": discriminator, "gan": make_gan()}
    given["images"] = np.zeros((8, 8, 8, 1), np.uint8)
    for code in examples(public()[name]):
        exec(compile(code, name, "exec"), given)


# Config and names.


@pytest.mark.parametrize(("family", "argument", "member"), members)
def test_config_round_trip(family, argument, member):
    config = member.get_config()
    again = type(member).from_config(config)
    assert type(again) is type(member)
    assert again.get_config() == config
    assert sorted(config) == sorted(arguments(type(member))), "exactly the constructor's arguments"


def arguments(cls):
    for parameter in inspect.signature(cls).parameters.values():
        if parameter.kind is parameter.VAR_KEYWORD:
            (handed_on,) = typing.get_args(parameter.annotation)
            yield from handed_on.__annotations__
        else:
            yield parameter.name


@pytest.mark.parametrize(("family", "argument", "member"), members)
def test_keras_serializes_it(family, argument, member):
    serialized = keras.saving.serialize_keras_object(member)
    assert serialized["registered_name"] == f"keras_gan>{type(member).__name__}"
    again = keras.saving.deserialize_keras_object(serialized)
    assert type(again) is type(member)
    assert again.get_config() == member.get_config()


@pytest.mark.parametrize(("family", "argument", "member"), members)
def test_get(family, argument, member):
    cls = type(member)
    for asked in (keras_gan.utils.registry.snake_case(cls.__name__), cls.__name__, cls):
        assert type(family.get(asked)) is cls
    assert family.get(member) is member
    assert family.get(keras.saving.serialize_keras_object(member)).get_config() == member.get_config()
    with pytest.raises(keras_gan.InputError, match=rf"`{argument}` must be .*Received: {argument}='nothing'"):
        family.get("nothing")


# Training.


@pytest.fixture
def traces(monkeypatch):
    """How often a step was traced, as the length of a list."""
    calls, step = [], keras_gan.GAN.train_step

    def counted(gan, batch):
        calls.append(1)
        return step(gan, batch)

    monkeypatch.setattr(keras_gan.GAN, "train_step", counted)
    return calls


def as_vectors(images):
    """Return images whose labels are one-hot vectors."""
    return images[0], np.eye(3, dtype=np.float32)[images[1]]


def play(images, num_classes=None, networks="mlp", prior=None, **rules):
    """Return a GAN after one epoch of five steps."""
    if networks == "vectors":
        condition, data = {"condition_dim": 3}, ArrayData(images[0], conditions=as_vectors(images)[1], batch_size=8)
    else:
        condition, data = {"num_classes": num_classes}, ImageData(*images, batch_size=8)
    gan = keras_gan.GAN(*NETWORKS[networks](**condition), **condition, prior=prior, ema=0.9)
    gan.compile(keras.optimizers.Adam(1e-3), keras.optimizers.Adam(1e-3), **rules)
    history = gan.fit(data, verbose=0).history
    assert int(gan.step) == 5
    assert np.isfinite(list(history.values())).all(), history
    return gan


NEEDED = {terms.AutoEncoding: "AuxiliaryDecoder", terms.PathLength: "MappingNetwork"}  # networks of terms
# Of no GAN: tests/training/test_image_to_image.py, test_cut.py and tests/terms/test_perceptual.py train with them.
OF_PAIRS = (terms.Reconstruction, terms.PairedFeatureMatching, terms.PatchContrast)
TOLD_VECTORS = (terms.AuxiliaryRegressor, terms.AuxiliaryTags)


def roles():
    """Every member in its part: arguments of `play`."""
    for index, loss in enumerate(LOSSES):
        yield pytest.param({"loss": loss}, id=f"loss-{identifier(loss)}-{index}")
    for index, term in enumerate(TERMS):
        if isinstance(term, OF_PAIRS):
            continue
        heads = {"networks": "heads", "num_classes": 3} if hasattr(term, "head") else {}
        heads = {"networks": "vectors"} if isinstance(term, TOLD_VECTORS) else heads
        heads |= {"prior": PRIORS[-1]} if isinstance(term, terms.MutualInformation) else {}
        heads |= {"networks": NEEDED[type(term)]} if type(term) in NEEDED else {}
        yield pytest.param({"terms": [term], **heads}, id=f"term-{identifier(term)}-{index}")
    for index, member in enumerate(AUGMENTATIONS):
        yield pytest.param({"augmentation": member}, id=f"augmentation-{identifier(member)}-{index}")
    for prior in PRIORS:
        yield pytest.param({"prior": prior}, id=f"prior-{identifier(prior)}")
    for networks in NETWORKS:
        yield pytest.param({"networks": networks, "num_classes": _classes_of(networks)}, id=f"networks-{networks}")


def _classes_of(networks):
    unconditional = [part.__name__ for part, build in PARTS.items() if build is not conditional]
    return None if networks in unconditional else 3


@pytest.mark.long
@pytest.mark.full
@pytest.mark.parametrize("arguments", list(roles()))
def test_each_alone_trains_in_one_trace_and_comes_back(arguments, images, traces, tmp_path):
    gan = play(images, **arguments)
    assert len(traces) == 1
    assert_comes_back(gan, images, tmp_path / "gan.keras")


def assert_comes_back(gan, images, path):
    gan.save(path)
    loaded = keras.models.load_model(path)
    for name in ("num_classes", "condition_dim", "prior", "ema", "seed", "name"):
        assert loaded.get_config()[name] == gan.get_config()[name]
    assert loaded.get_compile_config() == gan.get_compile_config()
    assert int(loaded.step) == 5
    assert_array_equal(loaded.sample(5, seed=0), gan.sample(5, seed=0))
    seen = as_vectors(images) if gan.condition_dim else images
    assert_array_equal(loaded.discriminate(*seen), gan.discriminate(*seen))


def crowds():
    """Every member in some game, one of each family at a time: arguments of `play`."""
    others = [term for term in TERMS if not hasattr(term, "head") and not isinstance(term, OF_PAIRS)]
    others = iter([term for term in others if type(term) not in NEEDED])
    for index, networks in enumerate(NETWORKS):
        if networks == "heads":
            heads = [term for term in TERMS if hasattr(term, "head") and not isinstance(term, TOLD_VECTORS)]
            rules = {"terms": heads, "prior": PRIORS[-1]}
        elif networks == "vectors":
            rules = {"terms": [term for term in TERMS if isinstance(term, TOLD_VECTORS)], "prior": PRIORS[0]}
        else:
            prior = PRIORS[0] if NETWORKS[networks] in MIXING else PRIORS[index % 2]
            rules = {"terms": list(itertools.islice(others, 1)), "prior": prior}
            rules["terms"] += [term for term in TERMS if NEEDED.get(type(term)) == networks]
        rules |= {"loss": LOSSES[index % len(LOSSES)], "augmentation": AUGMENTATIONS[index % len(AUGMENTATIONS)]}
        yield pytest.param({"networks": networks, "num_classes": _classes_of(networks), **rules}, id=networks)


@pytest.mark.long
@pytest.mark.some(5)
@pytest.mark.parametrize("arguments", list(crowds()))
def test_trains_in_one_trace_in_half_precision_and_comes_back(arguments, images, traces, tmp_path):
    keras.mixed_precision.set_global_policy("mixed_float16")
    gan = play(images, **arguments)
    assert len(traces) == 1
    samples = gan.sample(3)
    assert np.isfinite(samples).all()
    seen = as_vectors(images) if gan.condition_dim else images
    assert samples.dtype == gan.discriminate(*seen).dtype == np.float32
    assert all(variable.dtype == "float32" for variable in gan.generator.trainable_variables)
    assert_comes_back(gan, images, tmp_path / "gan.keras")


def test_every_member_is_in_a_crowd():
    played = [argument for crowd in crowds() for argument in crowd.values[0].values()]
    played += [term for crowd in crowds() for term in crowd.values[0]["terms"]]
    of_gans = [term for term in TERMS if not isinstance(term, OF_PAIRS)]
    for member in (*LOSSES, *of_gans, *AUGMENTATIONS, *PRIORS, *NETWORKS):
        assert any(member is other or member == other for other in played), member


def test_a_gan_has_its_config():
    networks = models.mlp((2,), latent_dim=3, num_classes=4)
    gan = keras_gan.GAN(*networks, num_classes=4, prior="uniform", ema=0.5, seed=7, name="mine")
    config = gan.get_config()
    assert sorted(config) == sorted(inspect.signature(keras_gan.GAN).parameters)
    again = keras.saving.deserialize_keras_object(keras.saving.serialize_keras_object(gan))
    assert again.get_config() == config
    assert (again.name, again.seed, again.ema) == ("mine", 7, 0.5)
