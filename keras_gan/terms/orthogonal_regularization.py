"""BigGAN's regularization of the generator's weights."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor, Variable
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError

_MANY = 1024  # columns whose products take a matrix of 4 MB


@register
class OrthogonalRegularization(Term):
    """Keeps the generator smooth, so that truncated latents make good samples: its kernels' columns stay apart.

    `|| W^T W * (1 - I) ||^2`, the squares of the products of all pairs of columns, added up over the weights of two
    axes or more; of a kernel the columns are its outputs. The lengths of the columns are free. `weight` is the paper's
    beta. It costs as much as the weights are large, whatever the batch.

    Brock et al. 2019, arXiv:1809.11096, equation 3. (Its authors' later code takes half of the gradient.)

    Args:
        weight: the factor before the term: a number or a schedule.
        interval: at every so many steps only; see `Term`.
        name: in the logs.
        exclude: names of the layers whose weights are left alone; the paper does so with the embedding of the classes
            that all blocks share.

    Raises:
        InputError: `exclude` is no list of names, or the generator has no such weights.

    Example:
    ```python
    gan.compile("adam", "adam", loss="hinge", terms=[keras_gan.terms.OrthogonalRegularization(weight=1e-4)])
    ```
    """

    generator_sees_real = False
    runs = ()

    def __init__(
        self,
        weight: Weight = 1e-4,
        interval: int = 1,
        name: str | None = None,
        exclude: Sequence[str] = ("shared_embedding",),
    ) -> None:
        if not isinstance(exclude, (list, tuple)) or not all(isinstance(layer, str) for layer in exclude):
            raise InputError(f"`exclude` must be a list of names of layers. Received: exclude={exclude!r}")
        super().__init__(weight, interval, name)
        self.exclude = list(exclude)

    def generator_term(self, round: Round) -> Tensor:
        """Return the penalty, the same for each sample of the batch."""
        weights = self._regularized(round.network)
        penalty = tf.add_n([_off_diagonal(weight.value) for weight in weights])
        return tf.fill(tf.shape(round.fake.logits), penalty)

    def _regularized(self, network: keras.Model | None) -> list[Variable]:
        weights = [] if network is None else network.trainable_weights
        found = [w for w in weights if len(w.shape) > 1 and not set(self.exclude) & set(w.path.split("/"))]
        if not found:
            raise InputError("The generator must have weights of two axes or more. Received: one without")
        return found

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "exclude": self.exclude}


def _off_diagonal(weight: Tensor) -> Tensor:
    """Return the sum of the squared products of different columns: of all products, without those of the diagonal."""
    columns = tf.reshape(tf.cast(weight, tf.float32), (-1, weight.shape[-1]))
    rows, count = columns.shape
    if count > max(2 * rows, _MANY):
        # || W^T W || = || W W^T ||, whose matrix is small here: BigGAN's dense layer has 20 rows and thousands of
        # columns. So many of about one length are far from orthogonal, and the difference keeps its digits.
        lengths = tf.reduce_sum(tf.square(columns), axis=0)
        products = tf.matmul(columns, columns, transpose_b=True)
        return tf.reduce_sum(tf.square(products)) - tf.reduce_sum(tf.square(lengths))
    products = tf.matmul(columns, columns, transpose_a=True)
    return tf.reduce_sum(tf.square(tf.linalg.set_diag(products, tf.zeros(products.shape[0]))))
