"""The game without pairs: two domains, and a translation each way."""

from dataclasses import replace
from typing import Any

import keras
import tensorflow as tf

from keras_gan import losses
from keras_gan.critic import Critic
from keras_gan.losses import AdversarialLoss
from keras_gan.terms.reconstruction import distance
from keras_gan.training.game.averages import moving_averages
from keras_gan.training.game.image_pool import ImagePool
from keras_gan.training.game.logs import Sums, sums, sums_of_finite
from keras_gan.training.game.moving_average import AverageLike
from keras_gan.training.game.player import Player
from keras_gan.training.game.signature import check_apart
from keras_gan.training.inputs.batches import unpack
from keras_gan.training.inputs.translation_signature import TranslationSignature
from keras_gan.training.sampling.pair_evaluator import PairEvaluator
from keras_gan.training.translation_model import TranslationModel
from keras_gan.types import Batch, Logs, OptimizerLike, Tensor
from keras_gan.utils.registry import Identifier, register
from keras_gan.utils.validation import InputError, check_integer, check_number


@register
class CycleGAN(TranslationModel):
    """Two generators that translate between two domains of images, learnt without pairs.

    `forward` makes images of the second domain from those of the first, `backward` the other way, and a discriminator
    for each domain tells what was made from what is real. That a translation keeps what it translates is asked of the
    way there and back: `backward(forward(x))` is to be `x`, and the same the other way round. Where both domains have
    as many channels, an image that is in the right domain already is to stay as it is.

    `fit(sources, targets)` takes `keras_gan.data.UnpairedData`, two arrays of images, uint8 or floating point in
    [-1, 1], or a `tf.data.Dataset` of `(sources, targets)`, all of the same sides: the first of both need not belong
    together. Called, or in `predict`, it is the sampling network of `forward`; `translate` goes both ways.

    Zhu et al. 2017, arXiv:1703.10593, equations 1 to 3 and section 5.2 (identity). Each step gives what the
    authors' PyTorch form gives, where the generators move first, and then the discriminators, by the fakes from before.

    Args:
        forward: a functional Keras model from images of the first domain to images of the second, in [-1, 1].
        backward: the other way.
        source_discriminator: from images of the first domain to logits, or a map of logits.
        target_discriminator: likewise of the second.
        ema: the moving average of both generators' weights that translates, or several, as in `GAN`.
        sampled_average: which of several translates, as in `GAN`.
        pool_size: of the past fakes of each domain that the discriminators see as well; 0 for none.
        image_size: the height and the width, or the side, of the images that are trained on, where the networks take
            any; `None` for any, which a pool does not take.
        seed: of all random numbers of training, in `[0, 2^31)`.
        name: the model's name.

    Raises:
        InputError: a network is no built Keras model of images, or they do not fit each other.

    Example:
    ```python
    ways = [keras_gan.models.resnet_translator(width=4, blocks=1, seed=seed) for seed in (0, 1)]
    judges = [keras_gan.models.patch_discriminator(receptive_field=16, width=4, seed=seed) for seed in (2, 3)]
    game = keras_gan.CycleGAN(*ways, *judges, image_size=16)
    game.compile("adam", "adam")
    game.fit(ops.zeros((4, 16, 16, 3)), ops.ones((4, 16, 16, 3)), batch_size=2, epochs=1, verbose=0)
    ```
    """

    log_names = (
        *("d_loss", "g_loss", "d_real", "d_fake", "cycle", "identity", "d_total", "g_total"),
        *("d_gradient_norm", "g_gradient_norm"),
    )
    evaluation_log_names = ("d_loss", "g_loss", "d_real", "d_fake", "cycle")

    signature: TranslationSignature
    loss: AdversarialLoss
    cycle_weight: float
    identity_weight: float

    def __init__(
        self,
        forward: keras.Model,
        backward: keras.Model,
        source_discriminator: keras.Model,
        target_discriminator: keras.Model,
        *,
        ema: AverageLike = None,
        sampled_average: int = 0,
        pool_size: int = 50,
        image_size: int | tuple[int, int] | None = None,
        seed: int = 0,
        name: str | None = None,
    ) -> None:
        open_sides = _signature(forward, backward, source_discriminator, target_discriminator)
        signature = _sized(open_sides, image_size, pool_size)
        generators = Player("generators", [forward, backward], moving_averages(ema))
        discriminators = Player("discriminators", [source_discriminator, target_discriminator])
        super().__init__([generators, discriminators], seed=seed, name=name)
        self.forward, self.backward = forward, backward
        self.source_discriminator, self.target_discriminator = source_discriminator, target_discriminator
        self.signature = signature
        self.set_average(ema, sampled_average)
        self.pool_size = check_integer("pool_size", pool_size, minimum=0)
        self.image_size = image_size
        self.source_pool = ImagePool(pool_size, signature.data_shape, name="source_pool")
        self.target_pool = ImagePool(pool_size, signature.sample_shape, name="target_pool")
        self.set_ways("generators", [open_sides.data_shape, open_sides.sample_shape])

    def compile(
        self,
        generators_optimizer: OptimizerLike,
        discriminators_optimizer: OptimizerLike,
        loss: Identifier[AdversarialLoss] = "least_squares",
        cycle_weight: float = 5.0,
        identity_weight: float | None = None,
        on_nonfinite: str = "stop",
        steps_per_execution: int | str = 1,
        jit_compile: bool | str = "auto",
        run_eagerly: bool = False,
    ) -> None:
        """Set the rules of the game.

        Args:
            generators_optimizer: of both generators: a Keras optimizer or its name.
            discriminators_optimizer: of both discriminators, likewise.
            loss: an adversarial loss: a name, a class, an instance or a config.
            cycle_weight: of the mean absolute difference between an image and what comes back of it, each way. The
                paper has 10 beside `(D - 1)^2`, of which `least_squares` is one half.
            identity_weight: of the mean absolute difference between an image and its translation into its own domain;
                `None` is half of the other where both domains have as many channels, and 0 elsewhere.
            on_nonfinite: as in `GAN.compile`.
            steps_per_execution: as in `GAN.compile`.
            jit_compile: as in `GAN.compile`.
            run_eagerly: as in Keras.

        Raises:
            InputError: an argument is not as above.
        """
        alike = self.signature.data_shape[-1] == self.signature.sample_shape[-1]
        self.loss = losses.get(loss)
        self.cycle_weight = check_number("cycle_weight", cycle_weight, minimum=0.0)
        default = 0.5 * cycle_weight if alike else 0.0
        weight = default if identity_weight is None else identity_weight
        self.identity_weight = check_number("identity_weight", weight, minimum=0.0)
        if weight and not alike:
            raise InputError(
                "`identity_weight` must be 0 where the domains have different channels, "
                f"{self.signature.data_shape[-1]} and {self.signature.sample_shape[-1]}. "
                f"Received: identity_weight={identity_weight}"
            )
        self.evaluator = PairEvaluator(None, reserved=self.evaluation_log_names)
        self.compile_players(
            {"generators": generators_optimizer, "discriminators": discriminators_optimizer},
            arguments={"loss": self.loss, "cycle_weight": cycle_weight, "identity_weight": identity_weight},
            moving=[self.source_pool, self.target_pool],
            on_nonfinite=on_nonfinite,
            steps_per_execution=steps_per_execution,
            jit_compile=jit_compile,
            run_eagerly=run_eagerly,
        )

    # The game.

    def train_step(self, data: Batch) -> Logs:
        """Move the generators, and the discriminators by what these have made before."""
        sources, targets = unpack(data, self.signature)
        with self.tape("generators") as tape:
            made_targets, made_sources = _images(self.forward, sources), _images(self.backward, targets)
            loss, logs = self.compute_generators_loss(sources, targets, made_sources, made_targets)
        generators = self.differentiate("generators", tape, loss, logs)

        random = self.random(tf.constant(0))  # of the global batch, on each replica
        seen_sources = self.source_pool.exchange(tf.stop_gradient(made_sources), random)
        seen_targets = self.target_pool.exchange(tf.stop_gradient(made_targets), random)
        with self.tape("discriminators") as tape:
            loss, logs = self.compute_discriminators_loss(sources, targets, seen_sources, seen_targets)
        discriminators = self.differentiate("discriminators", tape, loss, logs)
        norms = self.update_together({"generators": [generators], "discriminators": [discriminators]})
        self.log(sums_of_finite(g_gradient_norm=norms["generators"], d_gradient_norm=norms["discriminators"]))

        self.update_average(tf.shape(sources)[0])
        return self.finish_step()

    def compute_generators_loss(
        self, sources: Tensor, targets: Tensor, made_sources: Tensor, made_targets: Tensor
    ) -> tuple[Tensor, Sums]:
        """Return what the generators minimise (a float32 scalar), and what is logged."""
        # The discriminators are as the last step left them: they move after the generators, as in the authors' form.
        values = [
            self._adversarial("generator", network, real, made)
            for network, real, made in (
                (self.source_discriminator, sources, made_sources),
                (self.target_discriminator, targets, made_targets),
            )
        ]
        back, there = _images(self.backward, made_targets), _images(self.forward, made_sources)
        cycle = distance(back, sources, "l1") + distance(there, targets, "l1")
        total = sum(tf.reduce_mean(value) for value in values) + self.cycle_weight * tf.reduce_mean(cycle)
        logs = {**_joined("g_loss", values), **sums(cycle=cycle)}
        if self.identity_weight:
            same = distance(_images(self.forward, targets), targets, "l1")
            same += distance(_images(self.backward, sources), sources, "l1")
            total += self.identity_weight * tf.reduce_mean(same)
            logs |= sums(identity=same)
        total += self.players["generators"].regularization
        return total, {**logs, **sums(g_total=total)}

    def compute_discriminators_loss(
        self, sources: Tensor, targets: Tensor, seen_sources: Tensor, seen_targets: Tensor
    ) -> tuple[Tensor, Sums]:
        """Return what the discriminators minimise (a float32 scalar), and what is logged."""
        values, reals, fakes = [], [], []
        for network, real, fake in (
            (self.source_discriminator, sources, seen_sources),
            (self.target_discriminator, targets, seen_targets),
        ):
            critic = Critic(network, moves=True)
            reals.append(critic(real).logits)
            fakes.append(critic(fake).logits)
            values.append(self.loss.discriminator_loss(reals[-1], fakes[-1]))
        total = sum(tf.reduce_mean(value) for value in values) + self.players["discriminators"].regularization
        logs = {**_joined("d_loss", values), **_joined("d_real", reals), **_joined("d_fake", fakes)}
        return total, {**logs, **sums(d_total=total)}

    def _adversarial(self, player: str, network: keras.Model, real: Tensor, made: Tensor) -> Tensor:
        critic = Critic(network)
        logits = critic(real).logits if self.loss.generator_sees_real else None
        value: Tensor = getattr(self.loss, f"{player}_loss")(logits, critic(made).logits)
        return value

    def test_step(self, data: Batch) -> Logs:
        """Compute the losses of the sampling networks, with all networks in inference mode."""
        sources, targets = unpack(data, self.signature)
        forward, backward = (way.network for way in self.ways)
        made_targets, made_sources = tf.cast(forward(sources), tf.float32), tf.cast(backward(targets), tf.float32)
        parts: dict[str, list[Tensor]] = {name: [] for name in ("d_loss", "g_loss", "d_real", "d_fake")}
        for network, real, fake in (
            (self.source_discriminator, sources, made_sources),
            (self.target_discriminator, targets, made_targets),
        ):
            critic = Critic(network, training=False)
            real_logits, fake_logits = critic(real).logits, critic(fake).logits
            parts["d_real"].append(real_logits)
            parts["d_fake"].append(fake_logits)
            parts["d_loss"].append(self.loss.discriminator_loss(real_logits, fake_logits))
            parts["g_loss"].append(self.loss.generator_loss(real_logits, fake_logits))
        cycle = distance(backward(made_targets), sources, "l1") + distance(forward(made_sources), targets, "l1")
        logs = {name: total for key, values in parts.items() for name, total in _joined(key, values).items()}
        return self.finish_evaluation_step({**logs, **sums(cycle=cycle)}, tf.shape(sources)[0])


def _signature(
    forward: keras.Model, backward: keras.Model, source_judge: keras.Model, target_judge: keras.Model
) -> TranslationSignature:
    """Return what is translated to what; raise unless all fit each other."""
    there, back = (
        TranslationSignature.of(way, judge, paired=False)
        for way, judge in ((forward, target_judge), (backward, source_judge))
    )
    check_apart(forward, source_judge)
    check_apart(backward, target_judge)
    for one, other, names in ((forward, backward, "generators"), (source_judge, target_judge, "discriminators")):
        if one is other:
            raise InputError(f"The two {names} must be two networks. Received: {one.name!r} twice")
    channels = [(side.data_shape[-1], side.sample_shape[-1]) for side in (there, back)]
    if channels[0] != channels[1][::-1]:
        raise InputError(
            "`backward` must make what `forward` takes, and take what that makes. "
            f"Received: {channels[0][0]} channels to {channels[0][1]} there, {channels[1][0]} to {channels[1][1]} back"
        )
    return there


def _sized(signature: TranslationSignature, image_size: Any, pool_size: int) -> TranslationSignature:
    """Return the signature with the sides of the images that are trained on."""
    sides = image_size if isinstance(image_size, (tuple, list)) else (image_size, image_size)
    if len(sides) != 2:
        raise InputError(f"`image_size` must be a side or (height, width). Received: image_size={image_size!r}")
    given = [None if side is None else check_integer("image_size", side) for side in sides]
    shapes = []
    for shape in (signature.data_shape, signature.sample_shape):
        known = [own or side for own, side in zip(shape[:2], given, strict=True)]
        if pool_size and None in known:
            raise InputError(
                "`image_size` must be given for a pool, where the networks take images of any side. "
                f"Received: image_size={image_size!r} and pool_size={pool_size}"
            )
        shapes.append((*known, shape[-1]))
    return replace(signature, data_shape=shapes[0], sample_shape=shapes[1])


def _images(network: keras.Model, images: Tensor) -> Tensor:
    """Return what a network makes of images, float32, in training mode."""
    return tf.cast(network(images, training=True), tf.float32)


def _joined(name: str, values: list[Tensor]) -> Sums:
    """Return the sum and the number of the values of both domains, whose maps may have other sides."""
    return sums(**{name: tf.concat([tf.reshape(value, [-1]) for value in values], axis=0)})
