"""No command and no line of code in the README and the pages of the documentation is untested."""

import functools
import importlib.util
import re
import shlex
from pathlib import Path

import pytest
import tensorflow as tf

import keras_gan
from keras_gan.metrics import ClassifierFeatures
from keras_gan_cli.main import main

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text() for path in [ROOT / "README.md", *ROOT.glob("docs/*.md")]}
RUN = [name for name, page in PAGES.items() if re.search(r"^```(python|bash)$", page, re.M)]
SHORT = ["--images", "1k", "--set", "batch_size=32"]


def blocks(page, languages="python|bash"):
    """Return the language and the text of each block."""
    return re.findall(rf"^```({languages})\n(.*?)^```", page, re.M | re.S)


def run(line):
    """Run a line of a shell: a command of ours, which trains for a short time."""
    arguments = shlex.split(line, comments=True)[1:]
    trains = arguments[0] == "train" and not {"--resume", "--dry-run"} & set(arguments)
    if trains and "--images" in arguments:
        del arguments[(where := arguments.index("--images")) : where + 2]
    with pytest.raises(SystemExit) as exit:
        main([*arguments, *(SHORT if trains else [])])
    assert exit.value.code == 0, line


@pytest.mark.parametrize("name", PAGES)
def test_no_line_is_lost_as_a_comment(name):
    """MyST takes a line that begins with a percent sign for one, such as `90 % at 64` broken before the sign."""
    text = re.sub(r"^```.*?^```", "", PAGES[name], flags=re.M | re.S)
    assert not re.findall(r"^\s*%.*", text, re.M)


@pytest.mark.long
@pytest.mark.filterwarnings("ignore:kernel_distance")
@pytest.mark.parametrize("name", RUN)
def test_blocks_run_one_after_the_other(name, tmp_path, monkeypatch, capsys, tfds_dir, registry, two_replicas):
    monkeypatch.setattr(tf.distribute, "MirroredStrategy", lambda: two_replicas)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(ClassifierFeatures, "train", functools.partial(ClassifierFeatures.train, steps=20))
    names = {}
    for language, block in blocks(PAGES[name]):
        if language == "python":
            exec(compile(block, name, "exec"), names)
        elif block.startswith("keras-gan"):
            for line in block.splitlines():
                run(line)
    if name == "README.md":
        assert names["images"].shape == (16, 8, 8, 1)
        for made in ("gan.keras", "runs/0001-digits/metrics.json", "runs/0001-digits/gan.keras", "threes.png"):
            assert (tmp_path / made).exists()
    if name == "docs/tutorial.md":
        assert names["threes"].shape == (2, 16, 16, 1)


def test_the_two_commands_at_the_top_are_the_ones_that_ci_runs_and_the_entry_point():
    train, tests = [block for _, block in blocks(README, "bash")][:2]
    assert train.strip().endswith(".venv/bin/keras-gan train")
    assert tests.strip().endswith(".venv/bin/python -m pytest")
    assert "pytest" in (ROOT / ".ci" / "run").read_text()


def test_the_readme_is_short():
    assert len(README.splitlines()) <= 150


def anchors(page):
    """Return what the headings of a page are linked by."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", page, flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("name", PAGES)
def test_links_exist(name):
    for link in re.findall(r"\]\(((?!http)[^)]+)\)", PAGES[name]):
        path, _, anchor = link.partition("#")
        target = (ROOT / name).parent / path
        assert target.exists(), link
        assert not anchor or anchor in anchors(target.read_text()), link
    for page in re.findall(r"{doc}`([^`]+)`", PAGES[name]):
        assert f"docs/{page}.md" in PAGES


def test_every_page_is_found_from_the_first_and_from_the_readme():
    for name in PAGES:
        if name not in ("README.md", "docs/index.md"):
            assert re.search(rf"^{Path(name).stem}$", PAGES["docs/index.md"], re.M), name
            assert f"]({name}" in README, name


def test_every_example_is_named():
    for path in (ROOT / "examples").rglob("*.py"):
        if path.parent.name in ("sides", "crash", "notebooks"):  # what belongs to examples; see `test_notebooks.py`
            continue
        assert f"`python {path.relative_to(ROOT).as_posix()}" in PAGES["docs/examples.md"]


def test_the_reference_has_every_public_name():
    """Packages list their names in `__all__`, which Sphinx follows; those of the top are listed one by one."""
    reference = {path.stem: path.read_text() for path in ROOT.glob("docs/api/*.md")}
    for name in keras_gan.__all__:
        is_package = importlib.util.find_spec(f"keras_gan.{name}") is not None
        if is_package:
            assert f"automodule:: keras_gan.{name}\n" in reference[name]
            assert re.search(rf"^{name}$", reference["index"], re.M)
        elif name != "__version__":
            assert re.search(rf"auto\w+:: keras_gan\.{name}$", reference["keras_gan"], re.M), name


def test_the_concepts_name_all_members():
    page = PAGES["docs/concepts.md"]
    for family in ("losses", "terms", "layers", "models", "callbacks", "priors", "optimizers"):
        package = getattr(keras_gan, family)
        bases = {"AdversarialLoss", "Term", "Prior", "Networks", "get"}
        for name in set(package.__all__) - bases:
            assert f"`{name}`" in page, name
