import importlib.util
import os

import keras
import numpy as np
import pytest
import tensorflow as tf
from numpy.testing import assert_array_equal
from PIL import Image

import keras_gan
from keras_gan import InputError
from keras_gan.callbacks import SampleGrid
from keras_gan.data import ImageData
from keras_gan.utils.images import grid
from keras_gan.utils.layout import Layout
from keras_gan.utils.uint8 import to_uint8


def pictures(directory):
    return sorted(name for name in os.listdir(directory) if name.endswith(".png"))


def read(path):
    return np.asarray(Image.open(path))


@pytest.fixture
def watch(images, make_gan, tmp_path):
    """Train two epochs of 5 steps with a `SampleGrid`, and return the directory that it wrote."""

    def run(*, num_classes=None, epochs=2, before=0, steps_per_execution=1, **arguments):
        gan = make_gan(num_classes, steps_per_execution=steps_per_execution)
        gan.step.assign(before)
        callback = SampleGrid(tmp_path / "samples", **{"columns": 2, "rows": 2, "scale": 1, **arguments})
        gan.fit(*images, batch_size=8, epochs=epochs, verbose=0, callbacks=[callback])
        return tmp_path / "samples"

    return run


@pytest.mark.long
def test_every_epoch(watch):
    directory = watch()
    names = [f"step_{step:08d}.png" for step in (0, 5, 10)]
    assert sorted(os.listdir(directory)) == ["samples.gif", *names], "complete, and no temporary file"
    first, second, third = (read(directory / name) for name in names)
    assert first.shape == (2 * 8 + 1, 2 * 8 + 1)
    assert (first != second).any()
    assert (second != third).any()


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize(
    ("every", "steps_per_execution", "expected"),
    [
        (1, 1, list(range(11))),
        (3, 1, [0, 3, 6, 9, 10]),
        (4, 1, [0, 4, 8, 10]),
        (7, 1, [0, 7, 10]),
        (100, 1, [0, 10]),
        (3, 2, [0, 3, 6, 9, 10]),  # executions end there, too
        (4, 5, [0, 4, 8, 10]),
        ([1, 2, 7], 4, [0, 1, 2, 7, 10]),
        ((4, 100), "auto", [0, 4, 10]),
    ],
)
def test_every_n_steps(every, steps_per_execution, expected, watch):
    directory = watch(every=every, steps_per_execution=steps_per_execution, animation="none")
    assert pictures(directory) == [f"step_{step:08d}.png" for step in expected]


def test_names_go_on_where_the_step_stands(watch):
    assert pictures(watch(before=123_456, every=5)) == [
        f"step_{s:08d}.png" for s in (123_456, 123_460, 123_465, 123_466)
    ]


@pytest.mark.long
def test_a_picture_is_named_by_the_step_whose_state_it_shows(images, make_gan, tmp_path):
    """Keras numbers the batches of a short last execution as if it were a full one."""
    actual = []

    class Watched(SampleGrid):
        def picture(self):
            actual.append(int(self.model.step))
            return super().picture()

    gan = make_gan(steps_per_execution=2)
    callback = Watched(tmp_path, every=3, columns=1, rows=1, animation="none")
    gan.fit(images[0], batch_size=8, epochs=2, verbose=0, callbacks=[callback])
    named = [int(name[5:13]) for name in pictures(tmp_path)]
    assert named == actual


def test_a_picture_shows_the_state_of_its_step(images, make_gan, tmp_path):
    """The one of step 10 is what the trained GAN draws, with the latents of the callback's seed."""
    gan = make_gan()
    callback = SampleGrid(tmp_path, columns=3, rows=2, scale=1, seed=7)
    gan.fit(ImageData(images[0], batch_size=8), epochs=2, verbose=0, callbacks=[callback])
    expected = grid(to_uint8(gan.sample(6, seed=7)).numpy(), columns=3, gap=1)[..., 0]
    assert_array_equal(read(tmp_path / "step_00000010.png"), expected)
    assert (read(tmp_path / "step_00000000.png") != expected).any()


def test_the_same_latents_again(make_gan):
    callback, other = SampleGrid("unused", columns=2, rows=2), SampleGrid("unused", columns=2, rows=2, seed=1)
    gan = make_gan()
    callback.set_model(gan)
    other.set_model(gan)
    assert_array_equal(callback.picture(), callback.picture())
    assert (callback.picture() != other.picture()).any()


def test_it_draws_from_the_moving_average(make_gan):
    gan = make_gan(ema=0.9)
    callback = SampleGrid("unused", columns=2, rows=2)
    callback.set_model(gan)
    before = callback.picture()
    gan.generator.set_weights([weight + 1 for weight in gan.generator.get_weights()])
    assert_array_equal(callback.picture(), before)


def test_a_row_is_a_class_and_a_column_its_latents(make_gan):
    gan = make_gan(3)
    callback = SampleGrid("unused", columns=4, rows=10, scale=1, seed=2)
    callback.set_model(gan)
    picture = callback.picture()
    assert picture.shape == (3 * 8 + 2, 4 * 8 + 3, 1)
    for label in range(3):
        row = grid(to_uint8(gan.sample(4, labels=label, seed=2)).numpy(), columns=4, gap=1)
        assert_array_equal(picture[label * 9 : label * 9 + 8], row)


def test_real_images_are_above_and_names_beside(make_gan):
    gan, real = make_gan(3), np.random.default_rng(0).integers(0, 256, (9, 8, 8, 1), dtype=np.uint8)
    for images in (real, real / np.float32(127.5) - 1.0):
        callback = SampleGrid("unused", columns=4, scale=2, seed=2, real=images, names=["a", "b", "no more than this"])
        callback.set_model(gan)
        picture = callback.picture()
        assert picture.shape[:2] == callback._layout().size
        sheet = picture[:, -(4 * 17 - 1) :]
        assert_array_equal(sheet[:16], grid(real[[0, 3, 5, 8]], columns=4, scale=2))
        plain = SampleGrid("unused", columns=4, scale=2, seed=2)
        plain.set_model(gan)
        assert_array_equal(sheet[17:], plain.picture())
        margin = picture[:, : -4 * 17 + 1, 0]
        assert all(margin[first : first + 16].max() > 100 for first in (0, 17, 34, 51)), "what they are is written"


def test_real_images_without_room_for_them_are_left_out(make_gan, monkeypatch):
    monkeypatch.setattr("keras_gan.utils.layout._most_pixels", lambda: 100)
    callback = SampleGrid("unused", columns=1, rows=1, scale=1, real=np.zeros((2, 8, 8, 1), np.uint8))
    callback.set_model(make_gan())
    assert callback._layout().rows == 1
    assert callback.picture().shape[0] == 8


def test_real_images_are_as_those_that_are_made(make_gan):
    wrong = [
        (
            {"real": np.zeros((2, 8, 8, 3), np.uint8)},
            r"`real` must have the shape that the GAN makes, \(batch, 8, 8, 1\)",
        ),
        ({"real": np.zeros((0, 8, 8, 1), np.uint8)}, r"`real` must not be empty. Received: 0 samples"),
        ({"real": np.full((2, 8, 8, 1), 255.0)}, r"`real` must be finite and in \[-1, 1\]"),
        (
            {"real": np.zeros((2, 8, 8, 1), np.int64)},
            "`real` must be uint8 .* or floating point .* Received: dtype int64",
        ),
        ({"names": ["a", "b"]}, "`names` must be one a class, of None. Received: 2 names"),
    ]
    for arguments, message in wrong:
        callback = SampleGrid("unused", **arguments)
        callback.set_model(make_gan())
        with pytest.raises(InputError, match=message):
            callback.on_train_begin()


@pytest.mark.parametrize(("scale", "side"), [(None, 32), (1, 8), (3, 24)])
def test_scale(scale, side, make_gan):
    callback = SampleGrid("unused", columns=1, rows=1, scale=scale)
    callback.set_model(make_gan())
    assert callback.picture().shape == (side, side, 1)


@pytest.mark.long
@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_the_animation_has_a_frame_a_picture(kind, watch):
    directory = watch(animation=kind, scale=4)
    with Image.open(directory / f"samples.{kind}") as animation:
        assert animation.n_frames == 3
        assert animation.size == Image.open(directory / "step_00000000.png").size
        for index, name in enumerate(pictures(directory)):
            animation.seek(index)
            frame = np.asarray(animation.convert("L"), float)
            assert np.abs(frame - read(directory / name)).mean() < 10, "the frame is its picture (webp loses a little)"


@pytest.mark.long
def test_no_animation(watch):
    assert [name for name in os.listdir(watch(animation="none")) if not name.endswith(".png")] == []


def test_a_callback_serves_two_fits(images, make_gan, tmp_path):
    gan, callback = make_gan(), SampleGrid(tmp_path, columns=2, rows=2)
    for _ in range(2):
        gan.fit(ImageData(images[0], batch_size=8), verbose=0, callbacks=[callback])
    assert pictures(tmp_path) == [f"step_{step:08d}.png" for step in (0, 5, 10)]
    with Image.open(tmp_path / "samples.gif") as animation:
        assert animation.n_frames == 2, "of the second fit"


@pytest.mark.long
def test_the_step_counts_in_data_of_unknown_length(images, make_gan, tmp_path):
    gan = make_gan()
    data = tf.data.Dataset.from_tensor_slices(images[0]).batch(8).filter(lambda x: True)
    gan.fit(data, epochs=2, verbose=0, callbacks=[SampleGrid(tmp_path, every=3, animation="none")])
    assert pictures(tmp_path) == [f"step_{step:08d}.png" for step in (0, 3, 6, 9, 10)]


@pytest.mark.long
def test_a_picture_that_can_not_be_written_ends_nothing(make_gan, images, tmp_path, monkeypatch):
    def fail(image, path, *args, **kwargs):
        with open(path, "wb") as file:
            file.write(b"half")
        raise OSError("no space left on device")

    monkeypatch.setattr(Image.Image, "save", fail)
    gan = make_gan()
    with pytest.warns(UserWarning, match="SampleGrid: the picture of step 0 could not be made.* no space left") as told:
        gan.fit(images[0], batch_size=8, epochs=3, verbose=0, callbacks=[SampleGrid(tmp_path, every=2)])
    assert len(told) == 1, "not one a picture"
    assert int(gan.step) == 15
    assert os.listdir(tmp_path) == []


@pytest.mark.long
def test_an_animation_that_can_not_be_written_ends_nothing(make_gan, images, tmp_path, monkeypatch):
    save = Image.Image.save

    def fail(image, path, *args, save_all=False, **kwargs):
        save(image, path, *args, **kwargs)
        if save_all:
            raise ValueError("dimensions")

    monkeypatch.setattr(Image.Image, "save", fail)
    with pytest.warns(UserWarning, match="SampleGrid: the animation could not be made, and .*ValueError: dimensions"):
        make_gan().fit(images[0], verbose=0, callbacks=[SampleGrid(tmp_path)])
    assert sorted(os.listdir(tmp_path)) == ["step_00000000.png", "step_00000002.png"]


def test_a_generator_that_can_not_draw_ends_nothing(make_gan, images, tmp_path, monkeypatch):
    def fail(self, *args, **kwargs):
        raise MemoryError("too many")

    monkeypatch.setattr(keras_gan.GAN, "sample", fail)
    gan = make_gan()
    with pytest.warns(UserWarning, match="MemoryError: too many"):
        gan.fit(images[0], verbose=0, callbacks=[SampleGrid(tmp_path)])
    assert int(gan.step) == 2


def shaped(shape, num_classes=None):
    networks = keras_gan.models.mlp(shape, latent_dim=2, hidden=(), num_classes=num_classes)
    gan = keras_gan.GAN(*networks, num_classes=num_classes)
    gan.compile("sgd", "sgd")
    return gan


def train_one_step(gan, callback):
    images = np.zeros((2, *gan.sample_shape), np.uint8)
    images[0] = 255
    labels = None if gan.num_classes is None else np.zeros(2, int)
    gan.fit(images, labels, verbose=0, callbacks=[callback])


@pytest.mark.long
@pytest.mark.some(2)
@pytest.mark.parametrize(
    ("animation", "shape", "num_classes", "arguments", "size", "told"),
    [
        ("webp", (8, 8, 1), 500, {"columns": 1}, (24, 500 * 25 - 1), "500 rows, 1 columns, scale 3"),
        ("gif", (1000, 1, 1), 70, {"columns": 1}, (1, 65 * 1001 - 1), "They are of 65 rows, 1 columns"),
        ("webp", (8, 8, 1), None, {"columns": 2000, "rows": 1}, (1820 * 9 - 1, 8), "They are of 1 rows, 1,820 columns"),
    ],
)
def test_what_no_file_can_hold_is_made_smaller_with_a_word(
    animation, shape, num_classes, arguments, size, told, tmp_path
):
    callback = SampleGrid(tmp_path, animation=animation, **arguments)
    with pytest.warns(UserWarning, match=f"SampleGrid: its files can't hold pictures of .*{told}"):
        train_one_step(shaped(shape, num_classes), callback)
    with Image.open(tmp_path / "step_00000000.png") as picture:
        assert picture.size == size
    with Image.open(tmp_path / f"samples.{animation}") as picture:
        assert picture.n_frames >= 1


def test_an_image_that_is_too_long_for_an_animation_has_none(tmp_path):
    gan = shaped((2, 20_000, 1))
    with pytest.warns(UserWarning, match=r"no .webp is written, which holds at most 16,383 pixels a side"):
        train_one_step(gan, SampleGrid(tmp_path, animation="webp", columns=1, rows=1))
    assert sorted(os.listdir(tmp_path)) == ["step_00000000.png", "step_00000001.png"]


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("animation", ["gif", "webp"])
@pytest.mark.parametrize(("channels", "shown"), [(2, 1), (3, 3), (4, 4), (7, 3)])
def test_any_number_of_channels(channels, shown, animation, tmp_path, recwarn):
    callback = SampleGrid(tmp_path, animation=animation, columns=2, rows=1, scale=1)
    train_one_step(shaped((1, 1, channels)), callback)
    told = [str(warning.message) for warning in recwarn if "SampleGrid" in str(warning.message)]
    assert told == (
        [] if shown == channels else [f"SampleGrid: pictures show the first {shown} of {channels} channels."]
    )
    picture = read(tmp_path / "step_00000001.png")
    assert picture.shape == ((1, 3) if shown == 1 else (1, 3, shown))
    with Image.open(tmp_path / f"samples.{animation}") as made:
        assert made.size == (3, 1)


def test_more_pictures_than_files_may_be_open(tmp_path):
    import resource

    (tmp_path / "samples").mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    callback = SampleGrid(tmp_path / "samples", scale=1)
    paths = [tmp_path / "samples" / f"step_{step:08d}.png" for step in range(80)]
    for step, path in enumerate(paths):
        Image.new("L", (4, 4), step).save(path)
    callback._frames = dict(enumerate(paths))
    callback._layout = lambda: Layout((4, 4, 1), 1, 1, 1)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + 40, hard))
    try:
        callback._animate()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    with Image.open(tmp_path / "samples" / "samples.gif") as animation:
        assert animation.n_frames == 80


def test_a_directory_that_can_not_be_made(make_gan, images, tmp_path):
    (tmp_path / "file").touch()
    for arguments in ({"directory": tmp_path / "file"}, {"directory": tmp_path / "s", "log_dir": tmp_path / "file"}):
        gan = make_gan()
        with pytest.raises(InputError, match=r"of SampleGrid must be in a directory. Received: .*file"):
            gan.fit(images[0], verbose=0, callbacks=[SampleGrid(**arguments)])
        assert int(gan.step) == 0


def test_vectors_are_refused(tmp_path):
    gan = keras_gan.GAN(*keras_gan.models.mlp((2,), latent_dim=3, hidden=()))
    gan.compile("sgd", "sgd")
    points = np.zeros((8, 2), "float32")
    with pytest.raises(InputError, match=r"`SampleGrid` shows images; this GAN makes vectors.*Received: .*\(2,\)"):
        gan.fit(points, verbose=0, callbacks=[SampleGrid(tmp_path / "samples")])
    assert int(gan.step) == 0
    assert not (tmp_path / "samples").exists()


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        ({"every": 0}, "every"),
        ({"every": "epochs"}, "every"),
        ({"every": 1.5}, "every"),
        ({"every": []}, "every"),
        ({"every": [1, 0]}, "every"),
        ({"every": [2, 1]}, "every"),
        ({"every": [2, 2]}, "every"),
        ({"columns": 0}, "columns"),
        ({"rows": 0}, "rows"),
        ({"seed": -1}, "seed"),
        ({"scale": 0}, "scale"),
        ({"animation": "mp4"}, "animation"),
        ({"animation": None}, "animation"),
    ],
)
def test_bad_arguments(bad, name):
    with pytest.raises(InputError, match=rf"`{name}` must be .*Received: {name}="):
        SampleGrid("unused", **bad)


def test_tensorboard(images, make_gan, tmp_path):
    callback = SampleGrid(tmp_path / "samples", columns=2, rows=2, log_dir=tmp_path / "logs")
    gan = make_gan()
    if importlib.util.find_spec("tensorboard") is None:
        with pytest.raises(
            InputError, match=r"`log_dir` needs the package tensorboard: pip install .*Received: log_dir="
        ):
            gan.fit(images[0], verbose=0, callbacks=[callback])
        assert int(gan.step) == 0
        assert os.listdir(tmp_path) == []
    else:
        gan.fit(images[0], verbose=0, callbacks=[callback])
        assert any("tfevents" in name for name in os.listdir(tmp_path / "logs"))


def test_it_is_a_keras_callback():
    assert issubclass(SampleGrid, keras.callbacks.Callback)
