import signal
import threading

import pytest

from keras_gan.callbacks.preemption import Preemption


@pytest.fixture
def heard():
    """Handlers that stand before ours, and what they heard."""
    numbers = []
    before = {
        number: signal.signal(number, lambda n, _: numbers.append(n)) for number in (signal.SIGTERM, signal.SIGINT)
    }
    yield numbers
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize(("number", "ends"), [(signal.SIGTERM, SystemExit), (signal.SIGINT, KeyboardInterrupt)])
def test_it_ends_as_the_signal_would_have(number, ends, heard):
    preemption = Preemption()
    preemption.listen()
    assert not preemption.asked
    signal.raise_signal(number)
    assert preemption.asked
    assert heard == []
    end = preemption.ending()
    assert preemption.release() is None, "which has its effect already"
    with pytest.raises(ends) as raised:
        end()
    assert heard == [number]
    assert ends is KeyboardInterrupt or raised.value.code == 143
    signal.raise_signal(number)
    assert heard == [number, number], "the earlier handler is back"


def test_the_first_of_two_counts(heard):
    preemption = Preemption()
    preemption.listen()
    signal.raise_signal(signal.SIGINT)
    signal.raise_signal(signal.SIGTERM)
    assert preemption.release() == signal.SIGINT
    assert not preemption.asked


def test_what_was_ignored_stays_so(heard):
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    preemption = Preemption()
    preemption.listen()
    signal.raise_signal(signal.SIGINT)
    assert not preemption.asked
    preemption.release()
    assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN


def test_another_thread_hears_nothing(heard):
    preemption = Preemption()
    thread = threading.Thread(target=preemption.listen)
    thread.start()
    thread.join()
    signal.raise_signal(signal.SIGTERM)
    assert not preemption.asked
    assert heard == [signal.SIGTERM]
