"""What a pair of networks is, read from the networks themselves, and whether the two fit each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, Self

import keras
import tensorflow as tf

from keras_gan.conditions import Classes, Condition
from keras_gan.types import Shape, Tensor
from keras_gan.utils.networks import check_sizes, last_function
from keras_gan.utils.validation import InputError, check_integer

MAX_PACK = 1024
_RANKS = (1, 2, 3, 4)  # of a sample: a vector, a sequence, an image, a volume

# What a function makes, by its name in Keras.
PROBABILITIES = ("sigmoid", "softmax", "hard_sigmoid", "log_sigmoid", "log_softmax", "sparse_sigmoid", "sparsemax")
NOT_NEGATIVE = (
    *("sigmoid", "softmax", "hard_sigmoid", "sparse_sigmoid", "sparsemax", "relu", "re_lu", "relu6"),
    *("softplus", "exponential", "exp", "square", "abs", "absolute"),
)


class DataSignature(Protocol):
    """What networks agree on, as far as the data have to know."""

    @property
    def data_shape(self) -> Shape:
        """The shape of one of the samples that `fit` is given; `None` for a side that may be any."""
        ...

    @property
    def sample_shape(self) -> Shape:
        """The shape of one that is generated."""
        ...

    @property
    def condition(self) -> Condition | None:
        """What goes with each of them; `None` for nothing."""
        ...

    @property
    def num_classes(self) -> int | None:
        """How many classes the labels name."""
        ...

    @property
    def domains(self) -> Collection[str]:
        """Which data of two domains it takes: `"paired"`, `"unpaired"`."""
        ...

    def check_together(self, samples: Shape, labels: Shape) -> None:
        """Raise unless labels of a shape can go with samples of another, `(batch, ...)`."""
        ...

    def images_among(self, inputs: Sequence[keras.KerasTensor]) -> list[keras.KerasTensor]:
        """Return what of a discriminator's inputs is judged."""
        ...

    @property
    def is_image(self) -> bool:
        """Whether samples are images, in [-1, 1]."""
        ...


@dataclass(frozen=True)
class Signature:
    """What the two networks of a GAN agree on.

    Attributes:
        latent_dim: the columns of the latents.
        sample_shape: the shape of one sample: `(features,)`, of a sequence `(time, features)`, of an image
            `(height, width, channels)`, of a volume `(depth, height, width, channels)`.
        condition: what the labels are; `None` for networks without labels.
        discriminator_takes_labels: whether the labels go into the discriminator too, or only its heads are told them.
    """

    domains = ()  # of which it takes data; see `TranslationSignature`

    latent_dim: int
    sample_shape: tuple[int, ...]
    condition: Condition | None
    discriminator_takes_labels: bool

    @property
    def num_classes(self) -> int | None:
        """How many classes the labels name; `None` where they name none."""
        return self.condition.num_classes if isinstance(self.condition, Classes) else None

    @property
    def data_shape(self) -> tuple[int, ...]:
        """The shape of what `fit` is given: of what is generated."""
        return self.sample_shape

    @property
    def is_image(self) -> bool:
        """Whether a sample is an image, in [-1, 1]. Vectors, sequences and volumes may be in any range."""
        return len(self.sample_shape) == 3

    def check_together(self, samples: Shape, labels: Shape) -> None:
        """Do nothing: labels have one shape, whatever that of the samples is."""

    def images_among(self, inputs: Sequence[keras.KerasTensor]) -> list[keras.KerasTensor]:
        """Return what of a discriminator's inputs is judged: all but the labels, which come last."""
        return [*inputs] if self.condition is None else [*inputs[:-1]]

    @classmethod
    def of(cls, generator: keras.Model, discriminator: keras.Model, condition: Condition | None, pack: int = 1) -> Self:
        """Read the signature from the networks.

        Args:
            generator: a built Keras model.
            discriminator: likewise; it takes `pack` samples joined along the last axis.
            condition: what the labels are, for networks that take them.
            pack: how many samples are judged together.

        Raises:
            InputError: a network is not a built Keras model, or the two, or they and the condition, do not fit.
        """
        latents, *g_labels = _inputs("generator", generator, condition)
        samples, *d_labels = _inputs("discriminator", discriminator, condition)
        check_sizes("generator", generator)
        check_sizes("discriminator", discriminator)
        check_apart(generator, discriminator)
        latent_dim = latents[-1]
        if len(latents) != 2 or latent_dim is None:
            raise InputError(
                f"The generator's first input must be latents of shape (batch, latent_dim). Received: shape {latents}"
            )
        check_integer("pack", pack, bound=MAX_PACK)
        made = _check_samples(generator, samples, pack)
        heads = check_logits(discriminator)
        if bool(g_labels) != bool(d_labels) and not (g_labels and heads > 1):
            raise InputError(
                "The generator and the discriminator must both take labels or both take none (only a discriminator "
                "with a head for the classes, as in AC-GAN, does without). Received: a generator "
                f"with {1 + len(g_labels)} and a discriminator with {1 + len(d_labels)} inputs"
            )
        if condition is not None:
            if not g_labels:
                raise InputError(
                    f"`{condition.argument}` is for networks that take labels, as a second input; these take none. "
                    f"Received: {condition.argument}={getattr(condition, condition.argument)}"
                )
            if pack > 1:
                raise InputError(f"`pack` above 1 is for networks without labels. Received: pack={pack}")
        return cls(latent_dim, made, condition, bool(d_labels))


def _inputs(argument: str, network: object, condition: Condition | None) -> list[Shape]:
    inputs = getattr(network, "inputs", None)
    if not isinstance(network, keras.Model) or not inputs:
        raise InputError(
            f"`{argument}` must be a Keras model that knows its inputs: a functional model, or a Sequential that "
            "begins with `keras.Input`. Wrap any other one: `keras.Model(inputs, model(inputs))`. "
            f"Received: {argument}={network!r}"
        )
    if len(inputs) > 2:
        raise InputError(f"`{argument}` must have one input, or two with labels. Received: {len(inputs)} inputs")
    shapes = [tuple(tensor.shape) for tensor in inputs]
    if len(shapes) == 2 and condition is None:
        wanted = (
            "`num_classes` is required for networks that take labels (or `condition_dim`, for vectors)"
            if len(shapes[1]) < 3
            else f"The second input of `{argument}` must be labels of shape (batch,) or vectors (batch, condition_dim)"
        )
        raise InputError(f"{wanted}. Received: num_classes=None, condition_dim=None and labels of shape {shapes[1]}")
    if len(shapes) == 2 and condition is not None and not condition.takes(shapes[1]):
        wanted = ", ".join(["batch", *map(str, condition.label_shape)])
        raise InputError(
            f"The second input of `{argument}` must be labels of shape ({wanted}), because of `{condition.argument}`. "
            f"Received: shape {shapes[1]}"
        )
    return shapes


def check_apart(generator: keras.Model, discriminator: keras.Model) -> None:
    """Check that no variable is in both networks: two optimizers would move it against each other."""
    ours = {id(variable) for variable in generator.variables}
    shared = [variable.path for variable in discriminator.variables if id(variable) in ours]
    if shared:
        raise InputError(f"The two networks must not share layers. Received: {shared} in both")


def symbolic_output(network: keras.Model) -> keras.KerasTensor | Mapping[str, keras.KerasTensor]:
    """Return the symbolic output, of the structure that a call gives (`outputs` is flat, and a Sequential's only)."""
    return network(network.inputs if len(network.inputs) > 1 else network.inputs[0])


def _check_samples(generator: keras.Model, samples: Shape, pack: int) -> tuple[int, ...]:
    """Check what goes from one network to the other; return the shape of one sample."""
    if len(samples) - 1 not in _RANKS or None in samples[1:]:
        raise InputError(
            "The discriminator must take images (batch, height, width, channels), vectors (batch, features), sequences "
            "(batch, time, features) or volumes (batch, depth, height, width, channels), all but the batch known. "
            f"Received: shape {samples}"
        )
    if len(samples) == 4 and keras.config.image_data_format() != "channels_last":
        raise InputError("keras_gan works with channels last. Received: image_data_format() is 'channels_first'")
    # A custom output may have no shape, such as a dictionary: the comparison below then says what came.
    output = symbolic_output(generator)
    made = tuple(getattr(output, "shape", None) or ())
    joined = (*made[:-1], made[-1] * pack) if made and made[-1] else made
    if joined[1:] != samples[1:]:
        packed = f", {pack} of them joined along the last axis," if pack > 1 else ""
        raise InputError(
            f"What the generator makes{packed} must be what the discriminator takes. Received: a generator that makes "
            f"{made or None} and a discriminator that takes {samples}"
        )
    if len(samples) == 4 and last_function(output) in NOT_NEGATIVE:
        raise InputError(not_dark(f"activation={last_function(output)!r}"))
    return made[1:]


def check_logits(discriminator: keras.Model) -> int:
    """Check the discriminator's output; return the number of its heads."""
    output = symbolic_output(discriminator)
    heads = len(output) if isinstance(output, dict) else 1
    if isinstance(output, dict):
        if "logits" not in output:
            raise InputError(
                f"A discriminator with several heads must name one `logits`. Received: heads {sorted(output)}"
            )
        output = output["logits"]
    shape = getattr(output, "shape", None)
    if shape is None or not (len(shape) == 1 or shape[-1] == 1):
        raise InputError(
            "The discriminator must give one logit a sample, of shape (batch, 1) or (batch,), or a map of them, "
            f"(batch, ..., 1), or a dictionary with `logits`. Received: shape {shape}"
        )
    if last_function(output) in PROBABILITIES:
        raise InputError(not_logits(f"activation={last_function(output)!r}"))
    return heads


def not_dark(received: str) -> str:
    """Return the message about a generator of images whose values are never negative."""
    return (
        "The generator must make images in [-1, 1], the range in which the discriminator gets the data: end it in "
        f"tanh. With values that are never negative it can make nothing dark. Received: {received}"
    )


def not_logits(received: str) -> str:
    """Return the message about logits that have been through a sigmoid or the like."""
    return f"The discriminator must end in logits: take the activation off its last layer. Received: {received}"


def apply_generator(generator: keras.Model, latents: Tensor, labels: Tensor | None, training: bool = False) -> Tensor:
    """Return float32 samples from latents and, where the generator takes them, labels."""
    return tf.cast(generator(latents if labels is None else [latents, labels], training=training), tf.float32)
