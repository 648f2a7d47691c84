import pytest

from keras_gan.utils.progress import Progress


def show(verbose):
    progress = Progress(verbose)
    progress.add(10)  # of nobody knows how many
    progress.expect(30)
    for _ in range(3):
        progress.add(10)
    progress.finish({"frechet_distance": 1.25, "kernel_distance": -0.5})


@pytest.mark.parametrize("verbose", [1, 2])
def test_the_last_line_has_the_results(verbose, capsys):
    show(verbose)
    last = capsys.readouterr().out.splitlines()[-1]
    assert "40/40" in last
    assert last.count(" - frechet_distance: 1.2500 - kernel_distance: -") == 1
    assert "ms/sample" in last or "us/sample" in last or "s/sample" in last


def test_it_can_be_silent(capsys):
    show(0)
    assert capsys.readouterr() == ("", "")
