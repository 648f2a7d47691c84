import pytest

from keras_gan import InputError
from keras_gan.runs import Run, write_report


def test_one_run_has_it_in_its_directory(tmp_path):
    run = Run.create(tmp_path, "toy", {})
    assert write_report([str(run.path)]) == run.report_file
    assert "0001-toy" in run.report_file.read_text()


def test_several_have_it_where_it_is_asked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    paths = [Run.create(tmp_path, "toy", {}).path for _ in range(2)]
    assert write_report(paths).read_text().count("0002-toy") >= 1
    assert (tmp_path / "report.html").exists()
    assert write_report(paths, tmp_path / "deep" / "a.html").exists()


def test_what_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match="`path` must be the directory of a run"):
        write_report([tmp_path])
    with pytest.raises(InputError, match=r"`records` must be 1 to 8 runs. Received: 0"):
        write_report([])
