"""The base of the games that make images of images."""

import os
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from keras_gan import export as export_lib
from keras_gan.training.generative_model import GenerativeModel
from keras_gan.training.inputs.translation_signature import TranslationSignature
from keras_gan.training.sampling.translator import Translator
from keras_gan.types import Shape, Tensor
from keras_gan.utils.validation import InputError, check_bool


class TranslationModel(GenerativeModel):
    """A model that translates images of any side, one way or both, and exports what translates."""

    signature: TranslationSignature
    _ways: Sequence[Sequence[Translator]]

    def set_ways(self, player: str, shapes: Sequence[Shape]) -> None:
        """Let a player's networks translate, by the averages that they have.

        Args:
            player: its name; the first network is from the sources to the targets, the second goes back.
            shapes: of what each takes; `None` for a side that may be any.
        """
        networks = self.averages.get(player, self.players[player].networks)
        # Of several averages: all ways by the first, then all by the next.
        groups = [networks[first : first + len(shapes)] for first in range(0, len(networks), len(shapes))]
        self._ways = [[Translator(*way) for way in zip(group, shapes, strict=True)] for group in groups]

    @property
    def ways(self) -> Sequence[Translator]:
        """From the sources to the targets and, where the game goes both ways, back: by `sampled_average`."""
        return self._ways[self.sampled_average]

    def call(self, inputs: Tensor, training: bool = False) -> Tensor:
        """Return what is made of sources in [-1, 1], by the average where there is one."""
        return self.ways[0].network(inputs, training=training)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of what is made, as the network tells it."""
        return self.ways[0].network.compute_output_shape(input_shape)

    def translate(
        self,
        images: ArrayLike,
        tile: int | None = None,
        overlap: int | None = None,
        batch_size: int = 1,
        reverse: bool = False,
    ) -> np.ndarray:
        """Return what the sampling network makes of images of any side, in inference mode.

        Larger images than a tile are translated in overlapping tiles, which are mixed without a seam. Where the network
        sees no further than a quarter of the overlap, and has no instance normalization, the result is that of the
        whole image.

        Args:
            images: `(n, height, width, channels)`, uint8, or floating point in [-1, 1].
            tile: pixels a side that are translated at once: 512, or what the network takes where that is known.
            overlap: pixels that neighbouring tiles share, at most half a tile: 64, or as many as there may be.
            batch_size: tiles, or images that are no larger than one, at once.
            reverse: from targets to sources, in a game that goes both ways.

        Returns:
            float32, `(n, scale * height, scale * width, channels)` in [-1, 1].

        Raises:
            InputError: an argument is not as above.
        """
        self.known_weights.warn_of_others(self)
        return self.way(reverse).translate(images, tile, overlap, batch_size)

    def side_by_side(self, sources: np.ndarray, targets: np.ndarray) -> list[np.ndarray]:
        """Return what a picture shows of them, column by column: the sources, what is made of them, and the targets.

        Where the game goes both ways it is the sources, what is made of them and what comes back, then the same of the
        targets.
        """
        if len(self.ways) == 1:
            return [sources, self.translate(sources), targets]
        columns = []
        for images, reverse in ((sources, False), (targets, True)):
            made = self.translate(images, reverse=reverse)
            columns += [images, made, self.translate(made, reverse=not reverse)]
        return columns

    def export(
        self,
        filepath: str | os.PathLike[str],
        format: str = "tf_saved_model",
        verbose: bool | None = None,
        input_signature: object = None,
        reverse: bool = False,
        batch_size: int | None = None,
        **kwargs: object,
    ) -> export_lib.Written:
        """Write the sampling network (never a discriminator) for programs that do not know keras_gan.

        Args:
            filepath: of a SavedModel a directory: new, empty, or one to replace; of others a file that ends in
                `.onnx`, `.tflite` or `.keras`. It is complete, and was tried, or is not there.
            format: `"tf_saved_model"`, `"onnx"`, `"litert"`, `"litert_float16"`, `"litert_int8"` or `"keras"`.
            verbose: whether to print what is returned: where it is, how far from the translations, what it takes and
                gives.
            input_signature: must be `None`: the signatures are those of `keras_gan.export.of_translation`.
            batch_size: images of each call; `None` for any number.
            reverse: whether it is the way back, in a game that goes both ways.
            **kwargs: none; Keras's other options belong to other formats.

        Returns:
            What was written: `path`, the largest `difference`, and names, types and shapes of what the file takes and
            gives. `print` tells it.

        Raises:
            InputError: an argument is not as above, a library is missing, or something else is at `filepath`.
            ExportError: the format can't hold the network, or the file gives other numbers: it is not kept.
        """
        export_lib.refuse_options(input_signature, kwargs)
        self.known_weights.warn_of_others(self)
        way = self.way(reverse)
        return export_lib.write(
            export_lib.of_translation(way.network, way.shape, batch_size), filepath, format, verbose
        )

    def way(self, reverse: bool = False) -> Translator:
        """Return what translates sources, or with `reverse` what translates targets.

        Raises:
            InputError: the game does not go both ways.
        """
        if check_bool("reverse", reverse) and len(self.ways) == 1:
            raise InputError(f"`reverse` is for games that go both ways. Received: reverse=True of {self.name!r}")
        return self.ways[int(reverse)]
