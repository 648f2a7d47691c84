"""The distance of what is made from what it should be."""

import tensorflow as tf
from keras import ops

from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_choice, check_number

NORMS = ("l1", "l2", "charbonnier")


def targets_of(round: Round, user: str) -> Tensor:
    """Return the targets of a round of pairs.

    Raises:
        InputError: it is another game's.
    """
    if round.targets is None:
        raise InputError(f"`{user}` is for games of pairs, such as `ImageToImage`. Received: a round without targets")
    return round.targets


def distance(made: Tensor, target: Tensor, norm: str, epsilon: float = 0.0) -> Tensor:
    """Return the distance of each sample from its target, `(batch,)`: the mean over all other axes.

    Args:
        made: `(batch, ...)`.
        target: of the same shape.
        norm: `"l1"`, `"l2"` (squared) or `"charbonnier"`, `sqrt(d^2 + epsilon^2)`.
        epsilon: of the last one.
    """
    difference = ops.cast(made, "float32") - ops.cast(target, "float32")
    if norm == "l1":
        values = ops.abs(difference)
    elif norm == "l2":
        values = ops.square(difference)
    else:
        values = ops.sqrt(ops.square(difference) + epsilon**2)
    return ops.mean(values, axis=tuple(range(1, len(values.shape))))


@register
class Reconstruction(Term):
    """The generator makes what the targets of its sources are, pixel by pixel.

    Of the errors it leaves the average of what could be there: blurred where there is more than one answer, which the
    game then sharpens. The mean over the pixels and channels of a sample, whose range is [-1, 1].

    Isola et al. 2017, arXiv:1611.07004, equation 3 (L1, weight 100); Charbonnier et al. 1994,
    doi:10.1109/ICIP.1994.413553, and Lai et al. 2017, arXiv:1704.03915, equation 5.

    Args:
        weight: a number or a Keras schedule of `step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        norm: `"l1"`; `"l2"`, the squared difference; or `"charbonnier"`, `sqrt(d^2 + epsilon^2)`, an L1 that is smooth
            at 0.
        epsilon: of the last one, above 0.
        name: its name in the logs.

    Raises:
        InputError: an argument is not as above; in training, the game has no pairs.

    Example:
    ```python
    term = keras_gan.terms.Reconstruction(weight=100.0, norm="charbonnier")
    ```
    """

    generator_sees_real = False
    runs = ()

    def __init__(
        self,
        weight: Weight = 100.0,
        interval: int = 1,
        norm: str = "l1",
        epsilon: float = 1e-3,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.norm = check_choice("norm", norm, NORMS)
        self.epsilon = check_number("epsilon", epsilon, minimum=1e-12)

    def generator_term(self, round: Round) -> Tensor:
        """Return the distance of each fake from its target, float32 `(batch,)`."""
        return distance(round.fake.images, targets_of(round, type(self).__name__), self.norm, self.epsilon)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "norm": self.norm, "epsilon": self.epsilon}


@register
class TotalVariation(Term):
    """The generator makes images whose neighbouring pixels differ little.

    The mean over pixels and channels of `|x(i + 1, j) - x(i, j)| + |x(i, j + 1) - x(i, j)|`, the anisotropic form:
    Rudin et al. 1992, doi:10.1016/0167-2789(92)90242-F; as a regularizer of networks, Johnson et al. 2016,
    arXiv:1603.08155, section 3.2.

    Args:
        weight: a number or a Keras schedule of `step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        name: its name in the logs.

    Raises:
        InputError: in training, samples are no images.

    Example:
    ```python
    term = keras_gan.terms.TotalVariation(weight=0.1)
    ```
    """

    generator_sees_real = False
    runs = ()

    def __init__(self, weight: Weight = 1.0, interval: int = 1, name: str | None = None) -> None:
        super().__init__(weight=weight, interval=interval, name=name)

    def generator_term(self, round: Round) -> Tensor:
        """Return the total variation of each fake a number, float32 `(batch,)`."""
        images = round.fake.images
        if len(images.shape) != 4:
            shape = tuple(images.shape[1:])
            raise InputError(f"`{type(self).__name__}` is for images. Received: samples of shape {shape}")
        down = tf.abs(images[:, 1:] - images[:, :-1])
        right = tf.abs(images[:, :, 1:] - images[:, :, :-1])
        numbers = tf.cast(tf.reduce_prod(tf.shape(images)[1:]), tf.float32)
        return (tf.reduce_sum(down, axis=(1, 2, 3)) + tf.reduce_sum(right, axis=(1, 2, 3))) / numbers
