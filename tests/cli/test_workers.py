import json
import signal
import subprocess
import sys
import time

import pytest

from keras_gan_cli.workers import launch

INDEX = "import json, os; index = json.loads(os.environ['TF_CONFIG'])['task']['index']; "


def run(code, count=3):
    return launch(count, [sys.executable, "-c", code])


def test_each_knows_all_and_itself(tmp_path):
    code = INDEX + f"open(f'{tmp_path}/{{index}}', 'w').write(os.environ['TF_CONFIG'])"
    assert run(code) == 0
    configs = [json.loads((tmp_path / str(index)).read_text()) for index in range(3)]
    assert [config["task"] for config in configs] == [{"type": "worker", "index": index} for index in range(3)]
    (addresses,) = {tuple(config["cluster"]["worker"]) for config in configs}
    assert len(set(addresses)) == 3


def test_what_the_first_says_is_shown_and_of_the_others_why_they_fail(capfd):
    assert run(INDEX + "print('I am', index, flush=True); raise SystemExit(3 if index == 2 else 0)") == 3
    said = capfd.readouterr()
    assert said.out == "I am 0\n"
    assert "worker 2: I am 2" in said.err


@pytest.mark.parametrize("killed", [0, 1])
def test_who_was_killed_is_named(killed, capfd):
    assert run(f"{INDEX} os.kill(os.getpid(), 9) if index == {killed} else None", count=2) == 137
    assert capfd.readouterr().err.endswith(f"worker {killed} was ended by SIGKILL, and the others with it\n")


@pytest.mark.long
@pytest.mark.parametrize(("end", "code"), [("sys.exit(2)", 2), ("os.kill(os.getpid(), 9)", 137)])
def test_how_the_first_to_fail_ended_is_the_end(end, code):
    assert run(f"import sys, time; {INDEX} time.sleep(0 if index else 2); {end} if index == 1 else None") == code


@pytest.mark.long
def test_nobody_outlives_the_others_for_long(monkeypatch):
    """However many they are."""
    monkeypatch.setattr("keras_gan_cli.workers._PATIENCE", 10)
    start = time.monotonic()
    assert run(INDEX + "import time; time.sleep(600 if index else 0); raise SystemExit(4)", count=4) == 4
    assert time.monotonic() - start < 20


@pytest.mark.long
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
def test_signals_are_handed_on_and_waited_for(number, code, tmp_path):
    """Each worker ends in its own time, here after a second."""
    worker = (
        "import signal, sys, time, pathlib; "
        f"end = lambda *_: (time.sleep(1), pathlib.Path('{tmp_path}', str(index)).touch(), sys.exit({code})); "
        f"signal.signal({int(number)}, end); print('ready', flush=True); time.sleep(60)"
    )
    command = [sys.executable, "-c", INDEX + worker]
    code_of_parent = f"import sys; from keras_gan_cli.workers import launch; sys.exit(launch(2, {command!r}))"
    parent = subprocess.Popen([sys.executable, "-c", code_of_parent], stdout=subprocess.PIPE, text=True)
    assert parent.stdout.readline() == "ready\n"
    time.sleep(2)  # for the other
    parent.send_signal(number)
    assert parent.wait(60) == code
    assert sorted(path.name for path in tmp_path.iterdir()) == ["0", "1"]
