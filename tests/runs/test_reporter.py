import pytest

from keras_gan import report
from keras_gan.data import ImageData
from keras_gan.runs import Run, reporter
from keras_gan.runs.reporter import Reporter


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path, "toy", {})


@pytest.fixture
def written(monkeypatch):
    """Notes each report that is written, which takes a second by a clock that nothing else moves."""
    clock, times = [0.0], []

    def write(records, file, pictures):
        clock[0] += 1.0
        times.append(clock[0])

    monkeypatch.setattr(reporter.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(report, "write", write)
    return clock, times


def test_a_run_has_its_report_from_the_start_on(make_gan, images, run):
    make_gan().fit(ImageData(images[0], batch_size=20), verbose=0, callbacks=run.callbacks(make_gan()))
    page = run.report_file.read_text()
    assert "0001-toy" in page
    assert "finished" in page
    assert 'src="data:image/webp' in page


def test_it_takes_a_hundredth_of_the_time(run, written):
    clock, times = written
    writer = Reporter(run, run.report_file, (1,))
    writer.begin()
    for _ in range(1000):
        clock[0] += 1.0
        writer.write()
    assert times[:3] == [1.0, 102.0, 203.0]
    assert len(times) == 11
    writer.end()
    assert len(times) == 12


def test_one_that_can_not_be_written_is_told_once_and_training_goes_on(make_gan, images, run):
    run.report_file.mkdir()
    gan = make_gan()
    with pytest.warns(UserWarning, match=r"Reporter: the report could not be written, and training goes on\.") as told:
        gan.fit(ImageData(images[0], batch_size=20), verbose=0, callbacks=[Reporter(run, run.report_file, None)])
    assert len([each for each in told if "Reporter" in str(each.message)]) == 1
    assert int(gan.step) == 2
