"""Local processes that train together, for trying out what a cluster does."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import TextIO

import click

_PATIENCE = 60  # seconds in which the others end by themselves when one has failed
_SHOWN = 2000  # characters of what a worker said last


def launch(count: int, command: Sequence[str]) -> int:
    """Run a command in `count` processes that find each other by `TF_CONFIG`; return the code of the first to fail.

    What the first process says is shown; of the others, what they said last when one of them fails first. One that was
    killed says nothing: it is named. SIGTERM and SIGINT are handed on to them, so that they can write a checkpoint.
    """
    cluster = {"worker": [f"127.0.0.1:{port}" for port in _free_ports(count)]}
    with contextlib.ExitStack() as stack:
        said = [None, *(stack.enter_context(tempfile.TemporaryFile("w+")) for _ in range(count - 1))]
        workers = [stack.enter_context(_worker(cluster, index, command, said[index])) for index in range(count)]
        stack.enter_context(_handed_on(workers))
        first = _first_to_fail(workers)
        if first is None:
            return 0
        deadline = time.monotonic() + _PATIENCE
        for worker in workers:
            with contextlib.suppress(subprocess.TimeoutExpired):
                worker.wait(max(0.0, deadline - time.monotonic()))
        output = said[first]
        if output is not None:
            output.seek(0)
            click.echo(f"worker {first}: {output.read()[-_SHOWN:]}", err=True)
        code: int = workers[first].returncode
        if code < 0:
            click.echo(f"worker {first} was ended by {_name_of(-code)}, and the others with it", err=True)
        return code if code > 0 else 128 - code


@contextlib.contextmanager
def _worker(
    cluster: dict[str, list[str]], index: int, command: Sequence[str], output: TextIO | None
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker, which does not outlive the context."""
    config = json.dumps({"cluster": cluster, "task": {"type": "worker", "index": index}})
    environment = {**os.environ, "TF_CONFIG": config}
    worker = subprocess.Popen(command, env=environment, stdout=output, stderr=output)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


@contextlib.contextmanager
def _handed_on(workers: Sequence[subprocess.Popen[bytes]]) -> Iterator[None]:
    """Send the workers what this process is sent, where it is its main thread that asks."""

    def hand_on(number: int, frame: FrameType | None) -> None:
        for worker in workers:
            worker.send_signal(number)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    earlier = {number: signal.signal(number, hand_on) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in earlier.items():
            signal.signal(number, handler)


def _first_to_fail(workers: Sequence[subprocess.Popen[bytes]]) -> int | None:
    """Wait until one worker fails, whose index is returned, or all are done."""
    while True:
        for index, worker in enumerate(workers):
            if worker.poll():
                return index
        if all(worker.poll() == 0 for worker in workers):
            return None
        with contextlib.suppress(subprocess.TimeoutExpired):
            next(worker for worker in workers if worker.poll() is None).wait(0.2)


def _free_ports(count: int) -> list[int]:
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _name_of(number: int) -> str:
    """Return the name of a signal; those for real time have none."""
    with contextlib.suppress(ValueError):
        return signal.Signals(number).name
    return f"signal {number}"
