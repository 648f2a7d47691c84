import tensorflow as tf

from keras_gan import distribution
from keras_gan.training.loop.worker_consensus import WorkerConsensus


def test_alone_one_agrees_at_once():
    consensus = WorkerConsensus()
    assert not consensus.reached("end", False)
    assert consensus.reached("checkpoint", True)
    assert not consensus.reached("checkpoint", False)  # once
    assert consensus.asked().shape == (0,)


def two(monkeypatch):
    """Return the agreements of two workers, and a function that plays a step of both."""
    monkeypatch.setattr(distribution, "num_workers", lambda strategy=None: 2)
    workers = [WorkerConsensus(), WorkerConsensus()]

    def step():
        total = tf.add_n([worker.asked() for worker in workers])
        for worker in workers:
            worker.hear(total)
            worker.look(worker.ours.numpy())

    return workers, step


def test_all_learn_of_it_after_the_same_step(monkeypatch):
    (first, second), step = two(monkeypatch)
    step()
    answers = []
    for number in range(5):
        answers.append((first.reached("end", False), second.reached("end", number == 1)))
        step()
    assert answers == [(False, False), (False, False), (True, True), (False, False), (False, False)]


def test_what_all_ask_for_is_done_once(monkeypatch):
    (first, second), step = two(monkeypatch)
    answers = []
    for number in range(6):
        wanted = number in (0, 1)
        answers.append((first.reached("checkpoint", wanted), second.reached("checkpoint", number == 0)))
        step()
    assert answers == [(False, False), (True, True)] + [(False, False)] * 4


def test_a_new_run_forgets(monkeypatch):
    """Also what was asked for after the last step."""
    workers, step = two(monkeypatch)
    step()
    workers[0].reached("end", True)
    step()
    workers[1].reached("end", True)
    for worker in workers:
        worker.reset()
    for _ in range(3):
        assert not any(worker.reached("end", False) for worker in workers)
        step()


def test_what_is_asked_for_is_known_here_before_all_have_heard_of_it(monkeypatch):
    (first, second), step = two(monkeypatch)
    step()
    assert not first.is_asked("stop")
    assert not first.reached("stop", True)
    assert first.is_asked("stop")
    assert not second.is_asked("stop")
    step()
    assert first.reached("stop", False)
    assert not first.is_asked("stop")
