"""Path length regularization of a generator with styles."""

from typing import Self

import keras
import numpy as np
import tensorflow as tf

from keras_gan import distribution
from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor, Variable
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer, check_number

_EPSILON = 1e-12  # inside of the root: its derivative stays finite where nothing depends on the styles


@register
class PathLength(Term):
    """A step of one size in the styles changes the image by one size, in all directions and everywhere.

    `(||J^T y|| - a)^2`, with the Jacobian J of the image by the styles, normal noise y over the pixels divided by the
    root of their number, and `a` the moving average of the norms. The squared norm is summed over the numbers of a
    style and averaged over its places. A generator that is smooth so is easier to invert, and its images are better.

    The network needs a layer that makes styles, `(batch, places, width)`, from which alone the images are made: in
    `keras_gan.models.stylegan2` it is that of the name `"mapping"`.

    Karras et al. 2020, arXiv:1912.04958, section 3.2, equation 4, and appendix B.

    Args:
        weight: the factor before it, a number or a Keras schedule of `gan.step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        decay: how far `a` moves towards the batch's mean, in (0, 1].
        shrink: every how manyth sample of the batch it is computed for.
        layer: the name of the layer that makes the styles.
        name: its name in the logs.

    Attributes:
        average: `a`, a variable that is saved with the GAN.

    Raises:
        InputError: an argument is out of range; in training, the generator has no such layer.

    Example:
    ```python
    networks = keras_gan.models.stylegan2((8, 8, 1), latent_dim=4, style_dim=8, channel_base=64, mapping_depth=2)
    gan = keras_gan.GAN(*networks)
    gan.compile("adam", "adam", terms=[keras_gan.penalties.R1(interval=16), keras_gan.terms.PathLength()])
    ```
    """

    generator_sees_real = False
    differentiates = True
    is_global = True
    moves_when_due = True
    runs = ("generator",)

    def __init__(
        self,
        weight: Weight = 2.0,
        interval: int = 4,
        decay: float = 0.01,
        shrink: int = 2,
        layer: str = "mapping",
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.decay = check_number("decay", decay, minimum=1e-9, maximum=1.0)
        self.shrink = check_integer("shrink", shrink)
        self.layer = layer
        self.average = self.add_weight(
            shape=(), dtype="float32", initializer="zeros", trainable=False, aggregation="none", name="average"
        )

    def generator_term(self, round: Round) -> Tensor:
        """Return `(||J^T y|| - a)^2` for every `shrink`-th sample, float32, and move `a`."""
        mapping, synthesis = self._parts(round.network)
        state = [(variable, tf.identity(variable.value)) for variable in _state(mapping, synthesis)]
        value, average = self._computed(mapping, synthesis, round)
        due = tf.equal(round.step % self.interval, 0)  # under XLA, and on replicas, it is computed at all steps
        self.average.assign(tf.where(due, average, self.average.value))
        for variable, before in state:
            variable.assign(tf.where(due, variable.value, before))
        return value

    def carry_over(self, other: Self) -> str:
        """Begin with `a` of another: from 0 on, a generator that has learnt would first be made to stand still."""
        self.average.assign(other.average)
        return f"the mean path length, {float(self.average.numpy()):.3g}"

    def _computed(self, mapping: keras.Model, synthesis: keras.Model, round: Round) -> tuple[Tensor, Tensor]:
        """Return the values, and `a` as they move it."""
        if round.latents is None:
            raise InputError("PathLength is for generators of latents. Received: one of images")
        latents, labels = round.latents[:: self.shrink], round.labels
        told = [latents] if labels is None or len(mapping.inputs) == 1 else [latents, labels[:: self.shrink]]
        styles = mapping(told if len(told) > 1 else latents, training=True)
        with tf.GradientTape() as tape:
            tape.watch(styles)
            images = tf.cast(synthesis(styles, training=True), tf.float32)
            shape = (tf.shape(images)[0], *images.shape[1:])
            noise = round.random.every(self.shrink, 0).normal(f"{self.name}/noise", shape)
            value = tf.reduce_sum(images * noise) / np.sqrt(np.prod(images.shape[1:3]))
        gradient = tf.cast(tape.gradient(value, styles), tf.float32)
        lengths = tf.sqrt(tf.reduce_mean(tf.reduce_sum(tf.square(gradient), axis=2), axis=1) + _EPSILON)
        mean = distribution.global_mean(tf.stop_gradient(lengths))
        average = self.average.value + self.decay * (mean - self.average.value)
        return tf.square(lengths - average), average

    def _parts(self, network: keras.Model | None) -> tuple[keras.Model, keras.Model]:
        """Return the part of the generator that makes styles, and the one that makes images of them."""
        names = [] if network is None else [layer.name for layer in network.layers]
        if network is None or self.layer not in names:
            raise InputError(
                f"`layer` must be the name of the generator's layer that makes styles. "
                f"Received: layer={self.layer!r}, layers {names[:20]}"
            )
        styles = network.get_layer(self.layer).output
        return keras.Model(network.inputs, styles), keras.Model(styles, network.outputs[0])

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "decay": self.decay, "shrink": self.shrink, "layer": self.layer}


def _state(*parts: keras.Model) -> list[Variable]:
    """Return what a pass of a generator's parts may move: averages, and the counts of draws."""
    return list({id(variable): variable for part in parts for variable in part.non_trainable_variables}.values())
