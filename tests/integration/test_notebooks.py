"""The notebooks, which are kept as text: they convert both ways, and run from their first cell to the last."""

import os
import re
import subprocess
import sys
from pathlib import Path

import jupytext
import nbclient
import nbformat
import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "examples" / "notebooks"
SHORT = {  # what takes the place of IMAGES, what is printed then, and what is made
    "first_steps": ("6k", "the same samples: True", ["gan.keras", "samples/samples.gif"]),
    "own_pictures": (
        "5k",
        "samples of both, bit for bit the same: True",
        ["mounted/runs/0001-pictures/report.html", "mounted/runs/0001-pictures/samples/samples.gif"],
    ),
    "image_to_image": ("400", "mean absolute error on the held out", ["colours.keras", "grids/samples.gif"]),
}
LENGTH = re.compile(r'^IMAGES = "(.*?)"', re.M)


def text_of(name):
    return (FOLDER / f"{name}.py").read_text()


def cells(notebook):
    return [(cell.cell_type, cell.source) for cell in notebook.cells]


def test_none_is_forgotten():
    assert {path.stem for path in FOLDER.glob("*.py")} == set(SHORT)


@pytest.mark.parametrize("name", SHORT)
def test_it_is_told_of_where_people_look(name):
    for page in ("examples", "tutorial"):
        assert f"jupytext --to ipynb examples/notebooks/{name}.py" in (ROOT / "docs" / f"{page}.md").read_text()


@pytest.mark.parametrize("name", SHORT)
def test_it_converts_both_ways_and_every_cell_compiles(name):
    text = text_of(name)
    notebook = jupytext.reads(text, fmt="py:percent")
    nbformat.validate(notebook)
    assert notebook.metadata.kernelspec.name == "python3", "Jupyter need not ask"
    back = jupytext.writes(nbformat.reads(nbformat.writes(notebook), as_version=4), fmt="py:percent")
    assert cells(jupytext.reads(back, fmt="py:percent")) == cells(notebook)
    assert back.partition("# %%")[2] == text.partition("# %%")[2], "what Jupyter saves changes nothing"

    kinds = [kind for kind, _ in cells(notebook)]
    assert kinds[0] == "markdown"
    assert notebook.cells[0].source.startswith("# "), "its title"
    assert {"code", "markdown"} == set(kinds)
    for index, (kind, source) in enumerate(cells(notebook)):
        assert source.strip(), f"cell {index} is empty"
        if kind == "code":
            compile(source, f"{name}, cell {index}", "exec")
    assert len(LENGTH.findall(text)) == 1, "one constant decides how long it is"


@pytest.mark.long
@pytest.mark.parametrize("name", SHORT)
def test_it_runs(name, tmp_path, monkeypatch):
    images, said, made = SHORT[name]
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # of the kernel, and of the process that a notebook starts
    monkeypatch.setenv("KERAS_GAN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("MPLBACKEND", "module://matplotlib_inline.backend_inline")  # as Jupyter has it
    source, file = tmp_path / f"{name}.py", tmp_path / f"{name}.ipynb"
    source.write_text(LENGTH.sub(f'IMAGES = "{images}"', text_of(name)))
    subprocess.run([sys.executable, "-m", "jupytext", "--to", "ipynb", source], check=True, capture_output=True)
    notebook = nbformat.read(file, as_version=4)
    nbclient.NotebookClient(notebook, timeout=240, resources={"metadata": {"path": os.fspath(tmp_path)}}).execute()

    outputs = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    assert not [output for output in outputs if output.output_type == "error"]
    printed = "".join(output.text for output in outputs if output.output_type == "stream")
    assert said in printed, printed
    shown = [output for output in outputs if "image/png" in output.get("data", {})]
    assert len(shown) >= 1 + (name != "own_pictures"), "pictures are under their cells"
    for path in made:
        assert (tmp_path / path).exists(), path
    if name == "own_pictures":
        assert re.search(r"goes on from step_0*[1-9]", printed), printed
        assert "SIGKILL" in printed
