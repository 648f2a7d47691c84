import copy
import inspect
import types

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_allclose

import keras_gan
from keras_gan import InputError
from keras_gan.training.game import optimizers


def test_get_names_its_argument():
    assert isinstance(optimizers.get("adam", "generator_optimizer"), keras.optimizers.Adam)
    for bad in ("adamm", 3, None):
        with pytest.raises(InputError, match="`generator_optimizer` must be a Keras optimizer"):
            optimizers.get(bad, "generator_optimizer")


@pytest.mark.parametrize(("policy", "scaled"), [("float32", False), ("mixed_bfloat16", False), ("mixed_float16", True)])
def test_only_float16_needs_a_loss_scale(policy, scaled):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, dtype=policy)])
    optimizer = optimizers.scale_loss_for(keras.optimizers.SGD(), [network])
    assert isinstance(optimizer, keras.optimizers.LossScaleOptimizer) == scaled


def test_a_loss_scale_is_not_wrapped_twice():
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, dtype="mixed_float16")])
    own = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD())
    assert optimizers.scale_loss_for(own, [network]) is own


def kernels(step):
    """Return how many of Adam's kernels a step has."""
    operations = step.get_concrete_function(tf.zeros((3, 2))).graph.get_operations()
    return sum(operation.type == "ResourceApplyAdam" for operation in operations)


def moved(optimizer, jit_compile, apply=keras.optimizers.Optimizer.apply, expected=0):
    """Return a weight after ten steps, and what the optimizer remembers."""
    weight = keras.Variable(np.ones((3, 2), "float32"))
    optimizer.build([weight])
    step = tf.function(lambda gradient: apply(optimizer, [gradient], [weight]), jit_compile=jit_compile)
    assert kernels(step) == expected
    for gradient in np.random.default_rng(0).normal(size=(10, 3, 2)).astype("float32"):
        step(gradient)
    return [np.array(variable) for variable in [weight, *optimizer.variables]]


@pytest.mark.some(4)
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize(
    "options",
    [
        {},
        {"beta_1": 0.0, "beta_2": 0.9},
        {"epsilon": 1e-2, "weight_decay": 0.1, "clipnorm": 0.5},
        {"learning_rate": keras.optimizers.schedules.CosineDecay(0.1, 5), "use_ema": True},
        {"amsgrad": True},
    ],
)
def test_adam_in_one_kernel_is_that_of_keras(options, jit_compile):
    theirs = keras.optimizers.Adam(**{"learning_rate": 0.1, **options})
    ours = keras.optimizers.Adam.from_config(theirs.get_config())
    found = moved(ours, jit_compile, optimizers.apply, expected=int("amsgrad" not in options))
    for our, their in zip(found, moved(theirs, jit_compile), strict=True):
        assert_allclose(our, their, rtol=1e-5, atol=1e-7)


def test_adam_in_one_kernel_on_replicas(two_replicas):
    alone = moved(keras.optimizers.Adam(0.1), False)
    with two_replicas.scope():
        optimizer = keras.optimizers.Adam(0.1)
        weight = keras.Variable(np.ones((3, 2), "float32"))
        optimizer.build([weight])
    step = tf.function(lambda gradient: two_replicas.run(optimizers.apply, (optimizer, [gradient], [weight])))
    assert kernels(step) == 2
    for gradient in np.random.default_rng(0).normal(size=(10, 3, 2)).astype("float32"):
        step(gradient)
    for variable, other in zip([weight, *optimizer.variables], alone, strict=True):
        for replica in two_replicas.experimental_local_results(variable.value):
            assert_allclose(replica, other, rtol=1e-5, atol=1e-7)


def test_another_rule_than_that_of_adam_is_kept():
    class Mine(keras.optimizers.Adam):
        def update_step(self, gradient, variable, learning_rate):
            variable.assign_sub(gradient)

    def mine(gradient, variable, learning_rate):
        variable.assign_add(gradient)

    adam = keras.optimizers.Adam()
    adam.update_step = mine
    weights = [weight := keras.Variable(np.ones((3, 2), "float32"))]
    for optimizer, after in ((Mine(), 0.0), (adam, 1.0)):
        optimizer.build(weights)
        optimizers.apply(optimizer, [tf.ones((3, 2))], weights)
        assert_allclose(weight, np.full((3, 2), after))
    assert adam.update_step is mine
    assert moved(keras.optimizers.AdamW(), False, optimizers.apply, expected=1)


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("scaled", [False, True])
def test_the_optimizer_of_the_user_is_as_it_was(scaled, make_gan, images, two_replicas):
    """Used elsewhere afterwards, it reduces over replicas and moves weights as Keras's does."""
    with two_replicas.scope():
        made = []

        def optimizer(rate):
            made.append(keras.optimizers.Adam(rate))
            return keras.optimizers.LossScaleOptimizer(made[-1]) if scaled else made[-1]

        gan = make_gan(optimizer=optimizer)
        names = [{*vars(one)} for one in made]
        gan.fit(images[0], batch_size=8, verbose=0)
    assert [{*vars(one)} for one in made] == names
    assert not {"update_step", "_all_reduce_sum_gradients"} & {name for of_one in names for name in of_one}


def test_the_group_shows_keras_what_its_callbacks_look_for(make_gan, images):
    gan = make_gan()
    group = gan.optimizer
    assert group.built
    assert len(group.variables) == len(gan.generator_optimizer.variables) + len(gan.discriminator_optimizer.variables)
    schedule = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate)
    gan.fit(images[0], epochs=2, verbose=0, callbacks=[schedule])
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(0.0025)
    assert int(group.iterations) == 4


# Every optimizer of Keras with every one of its arguments: a new one of a new Keras has no entry, and fails.

SCHEDULE = keras.optimizers.schedules.ExponentialDecay(0.05, 2, 0.5)
WORKS = {
    "adam_beta_1": [0.5],
    "adam_beta_2": [0.9],
    "adam_lr_ratio": [0.5],
    "adam_weight_decay": [0.1],
    "amsgrad": [True],
    "beta": [0.1],
    "beta_1": [0.5],
    "beta_2": [0.9],
    "beta_2_decay": [-0.5],
    "centered": [True],
    "clip_threshold": [0.1],
    "clipnorm": [0.5],
    "clipvalue": [0.3],
    "dynamic_growth_steps": [2],
    "ema_momentum": [0.5],  # which count where `use_ema` does
    "ema_overwrite_frequency": [2],
    "epsilon": [1e-3],
    "epsilon_1": [1e-3],
    "epsilon_2": [1e-2],
    "exclude_embeddings": [False],
    "exclude_layers": [["kernel"]],
    "global_clipnorm": [0.5],
    "gradient_accumulation_steps": [2],
    "initial_accumulator_value": [0.5],
    "initial_scale": [4.0],
    "inner_optimizer": [keras.optimizers.Adam(0.1), keras.optimizers.SGD(0.1, gradient_accumulation_steps=2)],
    "l1_regularization_strength": [0.1],
    "l2_regularization_strength": [0.1],
    "l2_shrinkage_regularization_strength": [0.1],
    "learning_rate": [0.05, SCHEDULE, lambda: 0.05],
    "learning_rate_power": [-0.3],
    "loss_scale_factor": [8.0],
    "momentum": [0.5],
    "muon_a": [3.0],
    "muon_b": [-4.5],
    "muon_c": [2.0],
    "name": ["mine"],
    "nesterov": [True, False],
    "ns_steps": [3],
    "relative_step": [False],
    "rho": [0.5],
    "rms_rate": [0.1],
    "warmup_steps": [2],
    "weight_decay": [0.1],
}
REFUSED = {"use_ema": (True, r"`generator_optimizer` must not average the weights.*`keras_gan.GAN\(\.\.\., ema=")}
SEVERAL = r"`generator_optimizer` must be one optimizer for all weights.*Received: generator_optimizer=MultiOptimizer"
OPTIMIZERS = {
    name: kind
    for name, kind in vars(keras.optimizers).items()
    if inspect.isclass(kind) and issubclass(kind, keras.optimizers.Optimizer) and kind is not keras.optimizers.Optimizer
}
ARGUMENTS = [
    (name, argument.name)
    for name, kind in OPTIMIZERS.items()
    for argument in inspect.signature(kind).parameters.values()
    if argument.kind is not inspect.Parameter.VAR_KEYWORD
]


def build_optimizer(name, argument, value):
    if name == "MultiOptimizer":
        given = {argument: value, "optimizer_map": lambda variable: keras.optimizers.SGD()}
    elif name == "LossScaleOptimizer":
        given = {"inner_optimizer": keras.optimizers.SGD(0.1), argument: value}
    else:
        given = {"momentum": 0.5, argument: value} if argument == "nesterov" else {argument: value}
    if isinstance(given.get("inner_optimizer"), keras.optimizers.Optimizer):  # each has one of its own
        inner = given["inner_optimizer"]
        given["inner_optimizer"] = type(inner).from_config(inner.get_config())
    return OPTIMIZERS[name](**given)


def variables_after(optimizer, prepared):
    """Return weights after two steps on the same gradients, and all variables of the optimizer."""
    weights = [
        keras.Variable(np.ones((3, 2), "float32"), name="kernel"),
        keras.Variable(np.ones(2, "float32"), name="bias"),
    ]
    if prepared:
        player = types.SimpleNamespace(name="generator", networks=[], trainable_variables=weights)
        optimizer = optimizers.prepare(optimizers.get(optimizer, "generator_optimizer"), player)
    else:
        optimizer.build(weights)
    draw = np.random.default_rng(0).normal
    for _ in range(2):
        optimizer.apply([tf.constant(draw(size=weight.shape), tf.float32) for weight in weights], weights)
    return [variable.numpy() for variable in [*weights, *optimizer.variables]]


@pytest.mark.long
@pytest.mark.some(35)
@pytest.mark.parametrize(("name", "argument"), ARGUMENTS)
def test_every_argument_of_every_optimizer(name, argument):
    if name == "MultiOptimizer":
        with pytest.raises(InputError, match=SEVERAL):
            optimizers.get(build_optimizer(name, "name", "mine"), "generator_optimizer")
    elif argument in REFUSED:
        value, message = REFUSED[argument]
        with pytest.raises(InputError, match=message):
            optimizers.get(build_optimizer(name, argument, value), "generator_optimizer")
    else:
        assert argument in WORKS, f"`{argument}` of {name} is not in the table"
        for value in WORKS[argument]:
            ours = variables_after(build_optimizer(name, argument, value), prepared=True)
            theirs = variables_after(build_optimizer(name, argument, value), prepared=False)
            for our, their in zip(ours, theirs, strict=True):
                assert_allclose(our, their, rtol=1e-5, atol=1e-6)
            assert np.abs(ours[0] - 1.0).max() > 0


@pytest.mark.parametrize("excluded", [{"var_names": ["bias"]}, {"var_names": ["kernel", "bias"]}])
def test_weights_that_do_not_decay(excluded):
    made = [keras.optimizers.AdamW(0.1, weight_decay=0.5) for _ in range(2)]
    for optimizer in made:
        optimizer.exclude_from_weight_decay(**excluded)
    for our, their in zip(variables_after(made[0], True), variables_after(made[1], False), strict=True):
        assert_allclose(our, their, rtol=2e-5, atol=1e-6)


@pytest.mark.long
@pytest.mark.parametrize(
    ("kind", "policy"),
    [
        (keras.optimizers.Adam, "float32"),
        (keras.optimizers.AdamW, "float32"),
        (keras.optimizers.SGD, "float32"),
        (keras.optimizers.Adam, "mixed_float16"),
    ],
)
def test_a_gan_whose_optimizers_accumulate_gradients(kind, policy, make_gan, images):
    keras.mixed_precision.set_global_policy(policy)
    gan = make_gan(optimizer=lambda rate: kind(rate, gradient_accumulation_steps=2))
    start, after = gan.generator.get_weights(), []
    for batch in (images[0][:8], images[0][8:16]):
        gan.train_on_batch(batch)
        after.append(gan.generator.get_weights())
    assert all(map(np.array_equal, start, after[0])), "the first gradient waits"
    assert not any(map(np.array_equal, start, after[1]))
    assert int(gan.optimizer.iterations) == 1


def test_an_average_of_an_optimizer_is_refused_within_a_loss_scale():
    scaled = keras.optimizers.LossScaleOptimizer(keras.optimizers.SGD(use_ema=True))
    with pytest.raises(InputError, match=r"must not average the weights.*Received: use_ema=True"):
        optimizers.get(scaled, "generator_optimizer")


def test_an_optimizer_of_another_gan_is_refused(make_gan):
    first, second = make_gan(), make_gan()
    first.compile(first.generator_optimizer, first.discriminator_optimizer)  # its own may go on
    with pytest.raises(InputError, match=r"`generator_optimizer` must be new.*Received: generator_optimizer=Adam, bu"):
        second.compile(first.generator_optimizer, "sgd")


# `gan.optimizer` is none.


@pytest.mark.parametrize("name", sorted({name for name in dir(keras.optimizers.Adam()) if not name.startswith("_")}))
def test_what_an_optimizer_has_is_refused_of_the_group(name):
    group = optimizers.OptimizerGroup({name: keras.optimizers.SGD() for name in ("discriminator", "generator")})
    if name not in ("build", "built", "iterations", "variables"):
        assert not hasattr(group, name)
        with pytest.raises(InputError, match=rf"`gan\.discriminator_optimizer\.{name}` and .*Received: reading"):
            getattr(group, name)
    with pytest.raises(InputError, match=rf"`gan\.generator_optimizer\.{name} = 1e-05`\. Received: "):
        setattr(group, name, 1e-5)


def test_another_learning_rate_for_the_group_is_refused(make_gan):
    gan = make_gan()
    line = r"`gan\.{}_optimizer\.learning_rate = 1e-05`"
    with pytest.raises(InputError, match=f"{line.format('discriminator')} and {line.format('generator')}"):
        gan.optimizer.learning_rate = 1e-5
    assert float(gan.generator_optimizer.learning_rate) == pytest.approx(1e-2)


def test_callbacks_of_keras_go_on_with_the_group(make_gan, images, tmp_path):
    gan = make_gan()
    callbacks = [
        keras.callbacks.ReduceLROnPlateau("g_loss", factor=0.5, patience=1, mode="min", min_delta=1e9),
        keras.callbacks.BackupAndRestore(tmp_path / "backup"),
    ]
    gan.fit(images[0], epochs=3, verbose=0, callbacks=callbacks)
    for optimizer in (gan.generator_optimizer, gan.discriminator_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(0.0025)


@pytest.mark.long
@pytest.mark.parametrize("names", [(None, None), ("fast", "slow")])
def test_the_logs_name_learning_rates_after_the_players(names, images):
    networks = keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=())
    gan = keras_gan.GAN(*networks)
    generator, discriminator = (
        keras.optimizers.Adam(rate, name=name) for rate, name in zip((0.1, 0.2), names, strict=True)
    )
    before = generator.name, discriminator.name
    gan.compile(generator, discriminator)
    logs = {}
    callbacks = [
        keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.5 * rate),
        keras.callbacks.ReduceLROnPlateau(monitor="g_loss", mode="min", patience=5),
        keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, now: logs.update(now)),
    ]
    gan.fit(images[0], verbose=0, callbacks=callbacks)
    rates = {name: value for name, value in logs.items() if name.startswith("learning_rate")}
    assert rates == {
        "learning_rate_generator": pytest.approx(0.05),
        "learning_rate_discriminator": pytest.approx(0.1),
    }
    assert (generator.name, discriminator.name) == before
    assert (gan.generator_optimizer, gan.discriminator_optimizer) == (generator, discriminator)


def test_the_face_of_an_optimizer_can_be_copied(make_gan):
    (face, *_) = make_gan().optimizer.optimizers
    assert copy.copy(face).name == face.name == "discriminator"
