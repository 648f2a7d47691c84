"""The distance of what is made from what it should be, in the features of a network."""

from collections.abc import Sequence

import keras
import tensorflow as tf

from keras_gan.round import Round
from keras_gan.terms.reconstruction import distance, targets_of
from keras_gan.terms.term import Term, Weight, head
from keras_gan.types import Config, Tensor
from keras_gan.utils.registry import register
from keras_gan.utils.validation import InputError, check_choice

NORMS = ("l1", "l2")


@register
class Perceptual(Term):
    """The generator makes what looks to a network as the targets do.

    `sum_i mean |f_i(G(s)) - f_i(t)|` over the chosen layers `f_i` of a trained network, such as a classifier: less than
    a difference of pixels it asks for the one average of all answers. The network is not trained, and is saved with the
    game.

    Johnson et al. 2016, arXiv:1603.08155, equation 2; Ledig et al. 2017, arXiv:1609.04802, section 2.2.1.

    Args:
        network: a functional Keras model from images in [-1, 1] of the targets' channels; what it wants otherwise, such
            as another range, it does in layers of its own.
        layers: the names of its layers whose outputs are compared; `None` for its output alone.
        norm: `"l1"`, or `"l2"` for squares.
        weight: a number or a Keras schedule of `step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        name: its name in the logs.

    Raises:
        InputError: an argument is not as above; in training, the game has no pairs.

    Example:
    ```python
    x = keras.Input((None, None, 3))
    y = keras.layers.Conv2D(8, 3, activation="relu", name="edges")(x)
    network = keras.Model(x, keras.layers.GlobalAveragePooling2D()(y))
    term = keras_gan.terms.Perceptual(network, layers=["edges"], weight=10.0)
    ```
    """

    generator_sees_real = False
    runs = ()

    def __init__(
        self,
        network: keras.Model,
        layers: Sequence[str] | None = None,
        norm: str = "l1",
        weight: Weight = 1.0,
        interval: int = 1,
        name: str | None = None,
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        if not isinstance(network, keras.Model) or len(getattr(network, "inputs", None) or ()) != 1:
            raise InputError(f"`network` must be a functional Keras model of images. Received: network={network!r}")
        known = [layer.name for layer in network.layers]
        self.layers = None if layers is None else [check_choice("layers", layer, known) for layer in layers]
        self.norm = check_choice("norm", norm, NORMS)
        self.network = network
        outputs = [network.output] if layers is None else [network.get_layer(name).output for name in layers]
        self._features = keras.Model(network.inputs[0], outputs)

    def generator_term(self, round: Round) -> Tensor:
        """Return the sum of the distances in all layers, float32 `(batch,)`."""
        targets = targets_of(round, type(self).__name__)
        made, wanted = (tf.nest.flatten(self._features(x, training=False)) for x in (round.fake.images, targets))
        return sum(distance(a, tf.stop_gradient(b), self.norm) for a, b in zip(made, wanted, strict=True))

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        network = keras.saving.serialize_keras_object(self.network)
        return {**super().get_config(), "network": network, "layers": self.layers, "norm": self.norm}

    @classmethod
    def from_config(cls, config: Config) -> "Perceptual":
        """Return the term that `get_config` described; the weights of the network come with the game's state."""
        return cls(**{**config, "network": keras.saving.deserialize_keras_object(config["network"])})


@register
class PairedFeatureMatching(Term):
    """The generator makes what looks to the discriminator's layers as the targets do.

    `sum_i mean |D_i(s, t) - D_i(s, G(s))|` over heads of the discriminator that are maps of its layers: it steadies the
    game, and needs no network that was trained before.

    Wang et al. 2018, arXiv:1711.11585, equation 4 (pix2pixHD).

    Args:
        weight: a number or a Keras schedule of `step`.
        interval: compute it at every `interval`-th step, with `interval` times the weight.
        heads: their names; `None` for all whose names begin with `layer_`, as those of `models.patch_discriminator`.
        name: its name in the logs.

    Raises:
        InputError: in training, there is no such head, or the game has no pairs.

    Example:
    ```python
    discriminator = keras_gan.models.patch_discriminator(3, 3, receptive_field=16, width=4, heads=True)
    term = keras_gan.terms.PairedFeatureMatching(weight=10.0, heads=["layer_0", "layer_1"])
    ```
    """

    runs = ()

    def __init__(
        self, weight: Weight = 10.0, interval: int = 1, heads: Sequence[str] | None = None, name: str | None = None
    ) -> None:
        super().__init__(weight=weight, interval=interval, name=name)
        self.heads = None if heads is None else [*heads]

    def generator_term(self, round: Round) -> Tensor:
        """Return the sum of the distances in all heads, float32 `(batch,)`."""
        user = type(self).__name__
        targets_of(round, user)
        if round.critic.augmentation is not None:  # the passes draw independently
            raise InputError(f"`{user}` compares two passes: there must be no augmentation. Received: one")
        names = self.heads or sorted(name for name in round.fake.outputs if name.startswith("layer_"))
        if not names:
            raise InputError(f"`{user}` needs heads of layers. Received: heads {sorted(round.fake.outputs)}")
        pairs = [(head(round.fake, name, user), head(round.real, name, user)) for name in names]
        return sum(distance(made, tf.stop_gradient(wanted), "l1") for made, wanted in pairs)

    def get_config(self) -> Config:
        """Return the constructor's arguments."""
        return {**super().get_config(), "heads": self.heads}
