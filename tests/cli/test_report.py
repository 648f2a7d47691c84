from keras_gan.runs import Run


def test_a_run(run, tmp_path):
    made = Run.create(tmp_path / "runs", "toy", {"loss": "hinge"})
    code, out, err = run("report", made.path)
    assert (code, out, err) == (0, f"wrote: {made.report_file}\n", "")
    assert "hinge" in made.report_file.read_text()


def test_several(run, tmp_path):
    made = [Run.create(tmp_path / "runs", "toy", {"loss": loss}).path for loss in ("hinge", "wasserstein")]
    code, out, _ = run("report", *made, "--out", "both.html")
    assert (code, out) == (0, "wrote: both.html\n")
    page = (tmp_path / "work" / "both.html").read_text()
    assert "Options that differ" in page
    assert page.index("hinge") < page.index("wasserstein")


def test_what_is_no_run(refused, tmp_path):
    refused("report", tmp_path, match="must be the directory of a run, with an options.json")
    refused("report", tmp_path / "none", match="does not exist")
    refused("report", match="Missing argument 'RUN")
    broken = Run.create(tmp_path / "runs", "toy", {})
    broken.log_file.write_text("step\nmany\n")
    refused("report", broken.path, match="`log.csv` must be as it was written")
