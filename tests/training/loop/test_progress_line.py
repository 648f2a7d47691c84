import os
import pty
import re
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf

from keras_gan import InputError
from keras_gan.data import ArrayData
from keras_gan.training import AdversarialModel
from keras_gan.utils.progress import Display
from tests.cycle_model import CycleModel, dense


@pytest.fixture
def always(monkeypatch):
    """It is always time for a line."""
    monkeypatch.setattr(Display, "is_due", lambda self: self.verbose == 1)


def test_plain_lines_of_a_fit(make_gan, images, capsys, always):
    make_gan().fit(ArrayData(images[0], batch_size=10), epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert [re.match(r"epoch (\d)/2  (?:(\d+)/80 images)?", line).groups() for line in lines] == [
        *((("1", str(10 * step))) for step in range(1, 5)),
        ("1", None),
        *((("2", str(10 * step))) for step in range(5, 9)),
        ("2", None),
    ]
    number = r"-?[\d.,e-]+"
    assert re.fullmatch(rf"epoch 1/2  10/80 images  d_loss {number}  g_loss {number}", lines[0]), (
        "the trace tells no speed"
    )
    assert re.fullmatch(
        rf"epoch 1/2  20/80 images  \d+ s left  d_loss {number}  g_loss {number}  {number} images/s", lines[1]
    )
    assert re.fullmatch(rf"epoch 2/2  took [\d:]+( s)?  d_loss {number}  g_loss {number}  {number} images/s", lines[-1])


@pytest.mark.long
def test_a_short_fit_has_a_first_and_a_last_line(make_gan, images, capsys):
    make_gan().fit(images[0], batch_size=1, epochs=3)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in (lines[0], lines[-1])] == ["epoch 1/3", "epoch 3/3"]
    assert len(lines) < 10  # two, but on a machine that is busy
    assert "\b" not in "".join(lines)
    assert "\r" not in "".join(lines)


@pytest.mark.long
def test_a_line_an_epoch(make_gan, images, capsys):
    make_gan().fit(images[0], validation_data=images[0], batch_size=10, epochs=3, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("  ")[0] for line in lines[::2]] == ["epoch 1/3", "epoch 2/3", "epoch 3/3"]
    for line in lines[1::2]:
        assert re.fullmatch(r"    val_d_fake \S+  val_d_loss \S+  val_d_real \S+  val_g_loss \S+", line) or (
            re.fullmatch(r"    val_d_loss \S+  val_g_loss \S+  val_d_real \S+  val_d_fake \S+", line)
        )


def test_silence(make_gan, images, capsys):
    gan = make_gan()
    gan.fit(images[0], validation_data=images[0], verbose=0)
    gan.evaluate(images[0], verbose=0)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("method", ["fit", "evaluate"])
def test_verbose_is_checked(method, make_gan, images):
    with pytest.raises(InputError, match=r"`verbose` must be .*Received: verbose='loud'"):
        getattr(make_gan(), method)(images[0], verbose="loud")


@pytest.mark.long
def test_the_end_is_told_where_a_callback_ends_it(make_gan, images, capsys):
    early = keras.callbacks.EarlyStopping("d_real", mode="max", patience=1, min_delta=1e9)
    make_gan().fit(images[0], epochs=9, callbacks=[early])
    assert " took " in capsys.readouterr().out.splitlines()[-1]


def test_data_of_which_the_size_is_not_known(make_gan, images, capsys, always):
    data = tf.data.Dataset.from_tensor_slices(images[0]).batch(10).filter(lambda x: True)
    make_gan().fit(data, epochs=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("epoch 1/2  1 steps  d_loss")
    assert " steps/s" in lines[1]
    assert " left" not in lines[1]
    assert re.match(r"epoch 2/2  6/8 steps  \d+ s left", lines[6]), "the first epoch has told"


def test_the_speed_of_batches_whose_size_is_known(make_gan, images, capsys, always):
    data = tf.data.Dataset.from_tensor_slices(images[0]).batch(10, drop_remainder=True)
    make_gan().fit(data)
    assert capsys.readouterr().out.splitlines()[-1].endswith(" images/s")


def test_another_game_shows_its_own_losses(capsys):
    model = CycleModel(*(dense(2, 2 if name[0] == "g" else 1) for name in ("g_ab", "g_ba", "d_a", "d_b")))
    assert isinstance(model, AdversarialModel)
    model.compile("sgd", "sgd")
    points = np.zeros((8, 2), "float32")
    model.fit(tf.data.Dataset.from_tensor_slices((points, points)).batch(4, drop_remainder=True))
    assert re.search(r"d_loss \S+  g_loss \S+  \S+ samples/s", capsys.readouterr().out.splitlines()[-1])


@pytest.mark.long
def test_keras_own_bar_is_shown_where_it_is_given(make_gan, images, capsys):
    make_gan().fit(images[0], verbose=2, callbacks=[keras.callbacks.ProgbarLogger()])
    assert "2/2 - " in capsys.readouterr().out


def test_an_evaluation(make_gan, images, capsys):
    gan, heard = make_gan(steps_per_execution=3), []
    look = keras.callbacks.LambdaCallback(on_test_end=lambda logs: heard.append(logs))
    logs = gan.evaluate(images[0], batch_size=10, callbacks=[look], return_dict=True)
    *_, first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("evaluating  4/4 steps  ")  # the last of them: a slow machine tells how far it is before
    assert second.split("  ")[2:] == [f"{name} {value:.4g}" for name, value in heard[0].items()]
    assert heard[0].keys() == logs.keys()


SCRIPT = """
import numpy as np, os, signal, keras_gan
gan = keras_gan.GAN(*keras_gan.models.mlp((8, 8, 1), latent_dim=4, hidden=(4,)))
gan.compile("adam", "adam")
data = keras_gan.data.ArrayData(np.zeros((64, 8, 8, 1), "uint8") + np.uint8(np.arange(8))[:, None], batch_size=2)
gan.fit(data, validation_data=data, epochs=3)
"""


@pytest.mark.long
@pytest.mark.some(1)
@pytest.mark.parametrize("columns", [40, 80])
def test_no_line_wraps_on_a_terminal(columns):
    parent, child = pty.openpty()
    environment = {**os.environ, "COLUMNS": str(columns), "LINES": "24", "TERM": "xterm"}
    command = [sys.executable, "-W", "ignore", "-c", SCRIPT]
    process = subprocess.Popen(command, stdout=child, stderr=subprocess.DEVNULL, env=environment)
    os.close(child)
    written = b""
    while True:
        try:
            part = os.read(parent, 65536)
        except OSError:  # so Linux says that the other end is closed
            break
        if not part:
            break
        written += part
    assert process.wait(120) == 0
    screen = [state for line in written.decode().split("\n") for state in line.split("\r") if state.strip()]
    assert max(map(len, screen)) < columns
    assert len(screen) > 6
    kept = [line for line in written.decode().split("\n") if line.strip()]
    assert len(kept) == (9 if columns == 40 else 6), "an epoch is a line and its results"
