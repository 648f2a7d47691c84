import io
import sys

import keras
import pytest

from keras_gan import InputError
from keras_gan.utils import progress as lib
from keras_gan.utils.progress import Display, Progress


class Clock:
    """A clock that is told the time."""

    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def terminal(monkeypatch):
    """Make stdout a terminal of so many columns; return what it got."""

    def make(columns=80):
        screen = io.StringIO()
        screen.isatty = lambda: True
        monkeypatch.setattr(sys, "stdout", screen)
        monkeypatch.setenv("TERM", "xterm")
        monkeypatch.setenv("COLUMNS", str(columns))
        monkeypatch.setenv("LINES", "24")
        return screen

    return make


def test_a_line_moves_on_a_terminal(terminal):
    screen, clock = terminal(), Clock()
    display = Display(1, clock)
    display.show("epoch 1/2", "10/20")
    display.show("epoch 1/2", "9")
    display.keep("epoch 1/2", then=["val_a 1", "val_b 2"])
    display.show("next")
    display.close()
    display.close()
    lines = screen.getvalue().split("\n")
    assert lines == [
        "\repoch 1/2  10/20\repoch 1/2  9    \repoch 1/2   ",
        "    val_a 1  val_b 2",
        "\rnext",
        "",
    ]


def test_what_is_said_meanwhile_begins_below_the_line_that_moves(terminal):
    screen = terminal()
    lib.make_room()
    display = Display(1)
    display.show("a")
    lib.make_room()
    lib.make_room()
    display.show("b")
    display.keep("c")
    lib.make_room()
    assert screen.getvalue() == "\ra\n\rb\rc\n"


def test_it_is_drawn_at_the_pace_of_people(terminal):
    terminal()
    clock = Clock()
    display = Display("auto", clock)
    assert not display.is_due()
    clock.now = 0.11
    assert display.is_due()
    display.show("a")
    assert not display.is_due()


def test_lines_are_plain_where_there_is_no_terminal(capsys):
    display = Display(1)
    display.show("epoch 1/2", "10/20")
    display.keep("epoch 1/2", then=["val_a 1"])
    display.close()
    assert capsys.readouterr().out == "epoch 1/2  10/20\nepoch 1/2\n    val_a 1\n"


def test_plain_lines_come_at_the_pace_of_people(capsys):
    clock, lines = Clock(), 0
    display = Display(1, clock)
    while clock.now < 10 * 3600:
        clock.now += 1.0
        if display.is_due():
            display.show("x")
            lines += 1
            assert lines > 1 or clock.now == 5.0
    assert 60 < lines < 180, "of ten hours"


def test_a_dumb_terminal_has_plain_lines(terminal, monkeypatch):
    terminal()
    monkeypatch.setenv("TERM", "dumb")
    assert not Display(1).moves


def test_a_notebook_has_a_line_that_moves(monkeypatch):
    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    monkeypatch.setattr(sys, "stdout", stream)
    assert Display(1).moves


@pytest.mark.parametrize("columns", [20, 40, 80, 200])
def test_no_line_is_wider_than_the_terminal(columns, terminal):
    screen = terminal(columns)
    display = Display(1)
    parts = ["epoch 123/456", "1,000/2,000", "1:02:03 left", "d_loss 1.23e-05", "g_loss 0.812", "12,345 images/s"]
    results = [f"val_{'x' * length} {length}" for length in range(1, 60, 7)]
    display.show(*parts)
    display.keep(*parts, then=results)
    lines = [line for part in screen.getvalue().split("\n") for line in part.split("\r")]
    assert max(map(len, lines)) < columns
    assert any("epoch 123/456" in line for line in lines)
    if columns >= 80:
        assert all(any(result in line for line in lines) for result in results)


def test_a_part_that_does_not_fit_makes_room_for_the_next():
    assert lib.joined(["one", "three", "x"], 7) == "one  x"
    assert lib.joined(["a very long one"], 6) == "a very"


def test_verbose_is_checked():
    assert [lib.check_verbose(verbose) for verbose in ("auto", 0, 1, 2, True, False)] == [1, 0, 1, 2, 1, 0]
    for bad in ("Auto", 3, -1, None, 1.5):
        with pytest.raises(InputError, match=r'`verbose` must be "auto", 0, 1 or 2. Received: verbose='):
            Display(bad)


def test_what_keras_was_told_is_heeded(capsys):
    keras.config.disable_interactive_logging()
    try:
        show(1)
    finally:
        keras.config.enable_interactive_logging()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(0.2, "0 s"), (59.4, "59 s"), (59.6, "1:00"), (125, "2:05"), (3725, "1:02:05"), (90_000, "1 d 01 h")],
)
def test_durations(seconds, expected):
    assert lib.duration(seconds) == expected


def test_rates():
    assert [lib.rate(value, "images") for value in (12345.6, 10, 2.345, 0.012)] == [
        "12,346 images/s",
        "10 images/s",
        "2.3 images/s",
        "0.012 images/s",
    ]


def show(verbose):
    progress = Progress(verbose)
    progress.add(10)  # of nobody knows how many
    progress.expect(30)
    for _ in range(3):
        progress.add(10)
    progress.finish({"frechet_distance": 1.25, "kernel_distance": -0.5})


@pytest.mark.parametrize("verbose", [1, 2])
def test_the_last_lines_have_the_results(verbose, capsys):
    show(verbose)
    first, last = capsys.readouterr().out.splitlines()[-2:]
    assert first == "evaluating  40/40 samples  0 s"
    assert last == "    frechet_distance 1.25  kernel_distance -0.5"


def test_how_far_it_is(terminal, monkeypatch):
    screen = terminal()
    monkeypatch.setattr(Display, "is_due", lambda self: self.verbose == 1)
    show(1)
    states = [state.split("  ") for state in screen.getvalue().split("\r")[1:]]
    assert [state[1].strip() for state in states[:4]] == [
        "10 samples",
        "20/40 samples",
        "30/40 samples",
        "40/40 samples",
    ]
    assert all(" left" in state[-1] or state[-1] == "" for state in states[1:4])


def test_it_can_be_silent(capsys):
    show(0)
    assert capsys.readouterr() == ("", "")


def test_whatever_takes_the_place_of_stdout_needs_no_more_than_write(monkeypatch):
    class Tee:
        text = ""

        def write(self, text):
            self.text += text

    tee = Tee()
    monkeypatch.setattr("sys.stdout", tee)
    display = Display(2)
    display.keep("epoch 1/1")
    display.close()
    assert tee.text == "epoch 1/1\n"
