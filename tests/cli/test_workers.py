import json
import sys
import time

import pytest

from keras_gan.cli.workers import launch

SAYS = "import os, sys; print(os.environ['TF_CONFIG'], file=sys.stderr); "
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


@pytest.mark.parametrize(("end", "code"), [("sys.exit(2)", 2), ("os.kill(os.getpid(), 9)", 137)])
def test_how_the_first_to_fail_ended_is_the_end(end, code):
    assert run(f"import sys, time; {INDEX} time.sleep(0 if index else 2); {end} if index == 1 else None") == code


def test_nobody_outlives_the_others_for_long(monkeypatch):
    monkeypatch.setattr("keras_gan.cli.workers._PATIENCE", 1)
    start = time.monotonic()
    assert run(INDEX + "import time; time.sleep(0 if index else 600); raise SystemExit(4)", count=2) == 4
    assert time.monotonic() - start < 30
