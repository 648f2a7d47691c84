"""The standard deviation over the minibatch."""

from typing import Unpack

import keras
from keras import ops

from keras_gan.layers.inputs import LayerOptions, at_least_float32, check_channels
from keras_gan.types import Config, Shape, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_integer

_EPSILON = 1e-8  # as in StyleGAN2; inside the root, so that a group of equal samples has derivatives of every order
MAX_GROUP = 1024  # the rows that a smaller batch is filled up to


@register
class MinibatchStdDev(keras.layers.Layer):
    """Shows the discriminator how much the samples of a group differ, as further channels.

    The batch is cut into groups; in each, the standard deviation over the group is averaged over positions and
    channels, and appended to every sample of it. A generator that repeats itself is seen. It stands near the end of
    the discriminator. Images `(batch, h, w, c)` become `(batch, h, w, c + num_features)`, vectors `(batch, c)` become
    `(batch, c + num_features)`; the statistic is computed in float32.

    A group is of neighbours (rows 0 to 3 are the first), so a batch that replicas share in contiguous parts has the
    same groups; StyleGAN2's code strides through the batch, which for shuffled samples is the same statistic. Where the
    group size doesn't divide the batch, the last rows are a smaller group: every batch size works, and a sample alone
    in its group has deviation 0.

    Karras et al. 2018, arXiv:1710.10196, section 3; groups as in the code of Karras et al. 2020, arXiv:1912.04958.

    Args:
        group_size: samples in a group, up to 1024.
        num_features: channels to append; the input's channels are divided among them.

    Raises:
        InputError: inputs of another rank, or channels that `num_features` doesn't divide.

    Example:
    ```python
    x = keras.Input((4, 4, 32))
    y = keras_gan.layers.MinibatchStdDev()(x)  # (batch, 4, 4, 33)
    ```
    """

    def __init__(self, group_size: int = 4, num_features: int = 1, **kwargs: Unpack[LayerOptions]) -> None:
        check_integer("group_size", group_size, bound=MAX_GROUP)
        check_integer("num_features", num_features)
        super().__init__(**kwargs)
        self.group_size = group_size
        self.num_features = num_features

    def build(self, input_shape: Shape) -> None:
        """Check the shape of the inputs."""
        channels = check_channels(input_shape, ranks=(2, 4))
        if channels % self.num_features:
            raise InputError(
                f"`num_features` must divide the {channels} channels. Received: num_features={self.num_features}"
            )
        self.built = True

    def call(self, inputs: Tensor) -> Tensor:
        """Return the inputs with the deviation of their group appended."""
        rows = ops.shape(inputs)[0]
        deviation = self._deviation(at_least_float32(inputs), rows)  # (groups, features)
        deviation = ops.repeat(deviation, self.group_size, axis=0)[:rows]  # (batch, features)
        sides = ops.shape(inputs)[1:-1]
        deviation = ops.reshape(deviation, (-1, *(1 for _ in sides), self.num_features))
        deviation = ops.broadcast_to(deviation, (rows, *sides, self.num_features))
        return ops.concatenate([inputs, ops.cast(deviation, inputs.dtype)], axis=-1)

    def _deviation(self, x: Tensor, rows: Tensor) -> Tensor:
        """Return the mean deviation of each group and feature."""
        groups = (rows + self.group_size - 1) // self.group_size
        places = groups * self.group_size
        sides, channels = ops.shape(x)[1:-1], x.shape[-1]
        # The last group is filled up with rows that count for nothing: the number of rows is known to the graph alone.
        x = ops.concatenate([x, ops.zeros((places - rows, *sides, channels), dtype=x.dtype)], axis=0)
        x = ops.reshape(x, (groups, self.group_size, -1, self.num_features, channels // self.num_features))
        counts = ops.reshape(ops.cast(ops.arange(places) < rows, x.dtype), (groups, self.group_size, 1, 1, 1))
        members = ops.sum(counts, axis=1, keepdims=True)
        mean = ops.sum(x, axis=1, keepdims=True) / members
        variance = ops.sum(counts * ops.square(x - mean), axis=1) / members[:, 0]
        return ops.mean(ops.sqrt(variance + _EPSILON), axis=(1, 3))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the inputs with `num_features` more channels."""
        return (*input_shape[:-1], check_channels(input_shape, ranks=(2, 4)) + self.num_features)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "group_size": self.group_size, "num_features": self.num_features}
