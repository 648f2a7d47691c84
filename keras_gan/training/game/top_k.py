"""Training the generator on its best samples alone."""

from typing import TypeAlias

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.types import Tensor
from keras_gan.utils.validation import InputError, check_number

Share: TypeAlias = float | keras.optimizers.schedules.LearningRateSchedule
"""A share of the batch: a number in (0, 1], or a Keras schedule of `gan.step`."""


class TopK:
    """The weights that leave the generator only the fakes which the discriminator finds most real.

    Sinha et al. 2020, arXiv:2002.06224, section 3, equation 3: the others' gradients point away from the data.

    Args:
        share: of the batch that is kept, in (0, 1]: a number, or a Keras schedule of `gan.step`. The paper begins with
            all and lowers the share by 1 % an epoch, to 1/2 or 3/4.

    Raises:
        InputError: `share` is neither.
    """

    def __init__(self, share: Share) -> None:
        schedule = keras.optimizers.schedules.LearningRateSchedule
        if not isinstance(share, schedule) and check_number("top_k", share, minimum=0.0, maximum=1.0) == 0:
            raise InputError("`top_k` must be above 0. Received: top_k=0")
        self.share = share

    def weights(self, logits: Tensor, step: Tensor) -> Tensor:
        """Return weights of mean 1 over the global batch, of the shape of the logits: 0 for all but the largest.

        Of maps of logits the `share` that is kept are the best patches, wherever they are. Equal logits share a fate,
        so that more may be kept than asked for; one at least is.
        """
        logits = tf.stop_gradient(logits)  # which samples are chosen is no part of the loss
        share = tf.cast(self.share(step) if callable(self.share) else self.share, tf.float32)
        # Over all replicas: the best of each replica's own share would be others than the best of the batch.
        ranked = tf.sort(distribution.global_batch(tf.reshape(logits, [-1])), direction="DESCENDING")
        count = tf.cast(tf.size(ranked), tf.float32)
        kept = tf.clip_by_value(tf.math.ceil(share * count - 1e-3), 1.0, count)  # ceil(0.1 * 30) is 4 in float32
        chosen = tf.cast(logits >= ranked[tf.cast(kept, tf.int32) - 1], tf.float32)
        return chosen / distribution.global_mean(chosen)
