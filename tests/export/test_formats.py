import pytest

from keras_gan import InputError
from keras_gan.export import FORMATS, of_samples, refuse_options, write


def test_the_difference_is_told(small, tmp_path, capsys):
    written = write(of_samples(small), tmp_path / "gan.keras", "keras", verbose=True)
    assert 0 <= written.difference < 1e-6
    assert capsys.readouterr().out == f"{written}\n"
    first, *more = str(written).splitlines()
    assert first.startswith(f"Saved artifact at '{tmp_path / 'gan.keras'}'. Largest difference to the samples: ")
    takes, gives = ", ".join(map(told, small.generator.inputs)), told(small.generator.output)
    assert more == [f"takes: {takes}", f"gives: {gives}", "where: latents are normal, images in [-1, 1]"]


def told(tensor):
    """Return how a tensor of a Keras network is told: by its own name."""
    return f"{tensor.name} {tensor.dtype} ({' x '.join(str(side or 'any') for side in tensor.shape)})"


def test_what_a_file_takes_and_gives_is_told(small, tmp_path):
    written = write(of_samples(small, 2), tmp_path / "model", "tf_saved_model")
    sides = " x ".join(map(str, small.sample_shape))
    takes, gives, _, also = str(written).splitlines()[1:]
    assert takes == f"takes: latents float32 (2 x {small.latent_dim}), labels int32 (2)"
    assert gives == f"gives: images float32 (2 x {sides})"
    assert also == "also: sample takes n int32 (a number), seed int32 (a number), labels int32 (any)"


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
