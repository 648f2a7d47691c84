"""What keeps a translation from becoming another picture, without pairs and without a way back."""

from collections.abc import Sequence
from typing import Protocol

import keras
import tensorflow as tf

from keras_gan.round import Round
from keras_gan.terms.term import Term, Weight
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_bool, check_integer, check_number


class _Projector(Protocol):
    """What is asked of a layer that makes vectors of pixels: `layers.PatchProjector`."""

    output: keras.KerasTensor

    def project(self, pixels: Tensor) -> Tensor:
        """Return vectors of norm 1, `(batch, pixels, width)`."""
        ...


@register
class PatchContrast(Term):
    """Each place of what the generator makes belongs to the same place of its source, and to no other.

    At each `layers.PatchProjector` of the generator some pixels of its maps are drawn, of the source and, at the same
    places, of what was made of it, and become vectors `v` and `w` of norm 1. Of a vector `w_i` all `v_j` of that image
    are candidates, and `-log(exp(w_i v_i / t) / sum_j exp(w_i v_j / t))` tells how surely the right one is found: the
    mean over pixels and layers. Into the vectors of the source no gradient goes.

    With `identity` the generator is to leave an image of the targets' domain as it is: the term is the mean of that of
    the sources and of that of the targets.

    Park et al. 2020, arXiv:2007.15651 (CUT), equations 3 to 5; the vectors of other pictures are no candidates.

    Args:
        weight: a number or a Keras schedule of `step`; the paper's 1 (10 without `identity`) is beside `(D - 1)^2`, of
            which `least_squares` is one half.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        pixels: that are drawn in each layer, at least 2; all of a layer that has fewer.
        temperature: `t`.
        identity: whether targets are translated as well.
        name: its name in the logs.

    Raises:
        InputError: an argument is not as above; in training, the generator has no such layer, takes no images, or
            makes images of other channels or sides.

    Example:
    ```python
    generator = keras_gan.models.resnet_translator(width=4, blocks=1, projectors=True)
    game = keras_gan.CUT(generator, keras_gan.models.patch_discriminator(receptive_field=16, width=4))
    game.compile("adam", "adam", loss="least_squares", terms=[keras_gan.terms.PatchContrast(weight=0.5)])
    ```
    """

    generator_sees_real = False
    runs = ("generator",)

    def __init__(
        self,
        weight: Weight = 1.0,
        interval: int = 1,
        pixels: int = 256,
        temperature: float = 0.07,
        identity: bool = True,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.pixels = check_integer("pixels", pixels, minimum=2)
        self.temperature = check_number("temperature", temperature, minimum=1e-3)
        self.identity = check_bool("identity", identity)

    def generator_term(self, round: Round) -> Tensor:
        """Return the mean over pixels and layers, float32 `(batch,)`."""
        if round.source is None or round.samples is None or round.network is None:
            raise InputError(f"`{type(self).__name__}` is for generators of images of others. Received: no sources")
        images = {"sources": round.source, "what is made": round.fake.images}
        if self.identity:
            images["targets"] = round.samples
        channels = {name: x.shape[-1] for name, x in images.items()}
        if len({*channels.values()}) > 1:
            raise InputError(
                f"`{type(self).__name__}` compares what the generator's layers make of all images, which must have as "
                f"many channels as the sources. Received: channels {channels}"
            )
        sides = [tuple(x.shape[1:3]) for x in (round.source, round.fake.images)]
        if sides[0] != sides[1]:
            raise InputError(
                f"`{type(self).__name__}` compares places, so the generator must keep the sides of the sources. "
                f"Received: {sides[0]}, and {sides[1]} of what is made"
            )
        projectors = _projectors(round.network)
        # The maps of the projectors, and what comes before them, are all that is computed.
        maps = keras.Model(round.network.inputs[0], [layer.output for layer in projectors])
        value = self._contrast(round, maps, projectors, round.source, round.fake.images, "source")
        if not self.identity:
            return value
        same = round.generator(round.samples)
        return 0.5 * (value + self._contrast(round, maps, projectors, round.samples, same, "target"))

    def _contrast(
        self,
        round: Round,
        maps: keras.Model,
        projectors: Sequence[_Projector],
        given: Tensor,
        made: Tensor,
        purpose: str,
    ) -> Tensor:
        """Return how hard the places of `given` are found by those of `made`, float32 `(batch,)`."""
        keys, queries = (tf.nest.flatten(maps(images, training=True)) for images in (given, made))
        values = []
        # By number: a layer's name tells how many of its kind this process had made before.
        for number, (layer, key, query) in enumerate(zip(projectors, keys, queries, strict=True)):
            places = _places(round, f"{self.name}/{purpose}/{number}", key, self.pixels)
            wanted, found = (layer.project(_drawn(x, places)) for x in (key, query))
            likeness = tf.einsum("bid,bjd->bij", found, tf.stop_gradient(wanted)) / self.temperature
            surprise = tf.reduce_logsumexp(likeness, axis=-1) - tf.linalg.diag_part(likeness)
            values.append(tf.reduce_mean(surprise, axis=-1))
        return tf.add_n(values) / len(values)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        own = {"pixels": self.pixels, "temperature": self.temperature, "identity": self.identity}
        return {**super().get_config(), **own}


def _projectors(network: keras.Model) -> list[_Projector]:
    found = [layer for layer in network.layers if hasattr(layer, "project")]
    if not found:
        raise InputError(
            "`PatchContrast` needs a generator with `layers.PatchProjector`, as `models.resnet_translator` makes with "
            f"`projectors=True`. Received: layers {[layer.name for layer in network.layers][:20]}"
        )
    return found


def _places(round: Round, purpose: str, maps: Tensor, most: int) -> Tensor:
    """Return the numbers of different pixels of each image's maps, int32 `(batch, pixels)`."""
    shape = tf.shape(maps)
    number = shape[1] * shape[2]
    # The largest of as many random numbers: a pixel that is drawn twice would be a wrong answer to itself.
    drawn = round.random.uniform(purpose, (shape[0], _known(maps) or number))
    return tf.math.top_k(drawn, tf.minimum(number, most), sorted=False).indices


def _known(maps: Tensor) -> int | None:
    """Return how many pixels there are, where the sides are known."""
    height, width = maps.shape[1:3]
    return None if height is None or width is None else height * width


def _drawn(maps: Tensor, places: Tensor) -> Tensor:
    """Return some pixels of each image, `(batch, pixels, channels)`."""
    shape = tf.shape(maps)
    return tf.gather(tf.reshape(maps, (shape[0], -1, maps.shape[-1])), places, batch_dims=1)
