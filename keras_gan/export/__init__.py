"""A trained network as a file for programs that do not know keras_gan, tried in the program that reads it.

Formats are `"tf_saved_model"`, `"onnx"`, `"litert"`, `"litert_float16"`, `"litert_int8"` and `"keras"`: see their
classes.
"""

from keras_gan.export.exported import Endpoint, Exportable, Exported, of_samples, of_translation
from keras_gan.export.format import ExportError, Format
from keras_gan.export.formats import FORMATS, Written, refuse_options, write

__all__ = [
    "FORMATS",
    "Endpoint",
    "ExportError",
    "Exportable",
    "Exported",
    "Format",
    "Written",
    "of_samples",
    "of_translation",
    "refuse_options",
    "write",
]
