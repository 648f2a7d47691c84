import pytest

from keras_gan import InputError
from keras_gan.export import FORMATS, of_samples, refuse_options, write


def test_the_difference_is_told(small, tmp_path, capsys):
    difference = write(of_samples(small), tmp_path / "gan.keras", "keras", verbose=True)
    assert 0 <= difference < 1e-6
    told = capsys.readouterr().out
    assert told.startswith(f"Saved artifact at '{tmp_path / 'gan.keras'}'. Largest difference to the samples: ")


@pytest.mark.parametrize("format", ["tflite", "tf_savedmodel", None])
def test_unknown_formats(format, small, tmp_path):
    with pytest.raises(InputError, match=r"`format` must be one of .*'onnx'.* Received: format="):
        write(of_samples(small), tmp_path / "gan", format)


def test_each_kind_of_weights_is_a_format():
    assert [FORMATS[f"litert{kind}"].weights for kind in ("", "_float16", "_int8")] == ["float32", "float16", "int8"]


def test_options_of_keras_are_refused():
    refuse_options(None, {})
    with pytest.raises(InputError, match=r"Received: \['input_signature'\]"):
        refuse_options([1], {})
