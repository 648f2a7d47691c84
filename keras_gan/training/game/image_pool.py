"""A memory of past fakes."""

import keras
import tensorflow as tf

from keras_gan import distribution
from keras_gan.random import RandomStream
from keras_gan.types import Shape, Tensor
from keras_gan.utils.validation import check_integer

MAX_SIZE = 4096


class ImagePool(keras.layers.Layer):
    """Past fakes, of which the discriminator sees some in place of new ones, lest it forget.

    Image by image: the first ones fill the pool, and are shown; after that half of them, chosen at random, are kept in
    the place of an old one, which is shown, and the others are shown. So it goes through the global batch, in its order
    and by its random numbers: the pool of several replicas is that of one, and each replica has it whole.

    Shrivastava et al. 2017, arXiv:1612.07828, section 2.3; Zhu et al. 2017, arXiv:1703.10593, section 4 (50 images).

    Args:
        size: how many are kept; 0 for none, where the new ones are shown as they are.
        shape: of one of them, `(height, width, channels)`.
        name: of the layer, which tells the random numbers of two pools apart.

    Raises:
        InputError: `size` is not in 0..4096.
    """

    def __init__(self, size: int, shape: Shape, name: str) -> None:
        super().__init__(name=name, dtype="float32", trainable=False)
        self.size = check_integer("pool_size", size, minimum=0, maximum=MAX_SIZE)
        # "none": each replica assigns its own part, and all assign the same.
        options = {"initializer": "zeros", "trainable": False, "aggregation": "none"}
        if self.size:
            self.images = self.add_weight(shape=(self.size, *shape), dtype="float32", name="images", **options)
            self.count = self.add_weight(shape=(), dtype="int32", name="count", **options)
        self.built = True

    def exchange(self, fakes: Tensor, random: RandomStream) -> Tensor:
        """Return what is shown for the new fakes of this replica, `(batch, ...)`, and keep some of them.

        Args:
            fakes: float32, `(batch, height, width, channels)`, as many on each replica.
            random: the numbers of the step, from the first row of the global batch on.
        """
        if not self.size:
            return fakes
        new = distribution.global_batch(fakes)
        rows = tf.shape(new)[0]
        drawn = random.uniform(f"{self.name}/exchange", (rows, 2))
        slots = tf.cast(drawn[:, 1] * self.size, tf.int32)
        kept, shown = self._moved(drawn[:, 0] < 0.5, slots, rows)
        # Of numbers only, until here: the images are moved once, however many there are.
        known = tf.concat([self.images.value, new], axis=0)
        self.images.assign(tf.gather(known, kept))
        self.count.assign(tf.minimum(self.count.value + rows, self.size))
        mine = tf.shape(fakes)[0]
        first = tf.cast(distribution.first_position(mine), tf.int32)
        seen = tf.gather(known, shown[first : first + mine])
        # The slice has lost the static number of rows, which batch statistics and XLA ask for.
        return tf.ensure_shape(seen, fakes.shape)

    def _moved(self, swapped: Tensor, slots: Tensor, rows: Tensor) -> tuple[Tensor, Tensor]:
        """Return which image lies in each slot afterwards, and which is shown in each row.

        Images are numbered: those of the pool from 0, the new ones from `size` on.
        """

        def one(row: Tensor, count: Tensor, pool: Tensor, shown: Tensor) -> tuple[Tensor, ...]:
            fills = count < self.size
            # By `gather`: what is cut out by its index XLA takes for a constant, and compiles anew for each value.
            slot = tf.where(fills, count, tf.gather(slots, row))
            number, swaps = self.size + row, tf.gather(swapped, row)
            told = tf.where(fills | ~swaps, number, tf.gather(pool, slot))
            pool = tf.where((fills | swaps) & (tf.range(self.size) == slot), number, pool)
            return row + 1, count + tf.cast(fills, tf.int32), pool, tf.where(places == row, told, shown)

        # One image after another, as in the paper: what a row puts into the pool a later row may take out again. A
        # vectorized form would have to follow such chains, and this one moves integers only.
        places = tf.reshape(tf.range(rows), tf.shape(slots))
        start = (tf.constant(0), self.count.value, tf.range(self.size), tf.zeros_like(slots))
        _, _, pool, shown = tf.while_loop(lambda row, *_: row < rows, one, start)
        return pool, shown
