"""The structured prior of InfoGAN."""

from collections.abc import Sequence

import tensorflow as tf

from keras_gan.priors.prior import Normal, Prior
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import MAX_CLASSES, InputError, check_integer


@register
class Codes(Prior):
    """Latents that begin with codes, for InfoGAN: categorical ones, continuous ones, then normal noise.

    The columns are, in this order: for each categorical code a one-hot vector, its classes equally likely; one column
    for each continuous code, uniform on [-1, 1]; and noise from the standard normal distribution in all others.
    `terms.MutualInformation` teaches the generator to use the codes. Chen et al. 2016, arXiv:1606.03657, section 7.

    Args:
        categorical: the number of classes of each categorical code, 2 or more.
        continuous: how many continuous codes.

    Raises:
        InputError: an argument is not as above, or there is no code at all.

    Example:
    ```python
    prior = keras_gan.priors.Codes(categorical=[10], continuous=2)
    latents = prior.transform(np.random.default_rng(0).uniform(size=(5, 32)).astype("float32"))
    categorical, continuous = prior.split(latents)  # [(5, 10)] and (5, 2); the other 20 columns are noise
    ```
    """

    def __init__(self, categorical: Sequence[int] = (10,), continuous: int = 0) -> None:
        if isinstance(categorical, (int, str)) or not isinstance(categorical, Sequence):
            raise InputError(
                f"`categorical` must be a list of numbers of classes. Received: categorical={categorical!r}"
            )
        self.categorical = [
            check_integer("categorical", classes, minimum=2, bound=MAX_CLASSES) for classes in categorical
        ]
        self.continuous = check_integer("continuous", continuous, minimum=0, bound=MAX_CLASSES)
        if not self.width:
            raise InputError("`categorical` or `continuous` must name a code. Received: categorical=[], continuous=0")

    @property
    def width(self) -> int:
        """The number of columns that are codes."""
        return sum(self.categorical) + self.continuous

    def check(self, latent_dim: int) -> None:
        """Raise if the codes do not fit into `latent_dim` columns."""
        if latent_dim < self.width:
            raise InputError(
                f"The generator must take latents of at least {self.width} columns, the codes of the prior. "
                f"Received: latent_dim={latent_dim}"
            )

    def transform(self, uniform: Tensor, truncation: float | None = None) -> Tensor:
        """Return codes and noise; truncation is of the noise alone."""
        self.check(uniform.shape[1])
        *blocks, continuous, noise = tf.split(uniform, self._sizes(uniform.shape[1]), axis=1)
        one_hot = [
            # The first column of a block decides for all of it.
            tf.one_hot(tf.cast(block[:, 0] * classes, tf.int32), classes)
            for block, classes in zip(blocks, self.categorical, strict=True)
        ]
        return tf.concat([*one_hot, 2.0 * continuous - 1.0, Normal().transform(noise, truncation)], axis=1)

    def split(self, latents: Tensor) -> tuple[list[Tensor], Tensor]:
        """Return the categorical codes, one-hot `(batch, classes)` each, and the continuous ones, `(batch, n)`."""
        *categorical, continuous, _ = tf.split(latents, self._sizes(latents.shape[1]), axis=1)
        return categorical, continuous

    def _sizes(self, columns: int) -> list[int]:
        return [*self.categorical, self.continuous, columns - self.width]

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {"categorical": list(self.categorical), "continuous": self.continuous}
