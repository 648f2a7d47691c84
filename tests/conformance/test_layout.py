"""The packages are laid out as they are meant to be read."""

import ast
from pathlib import Path

import pytest

import keras_gan

ROOT = Path(keras_gan.__file__).parents[1]
TESTS = Path(__file__).parents[1]
MIRRORS = {"keras_gan": TESTS, "keras_gan_cli": TESTS / "cli"}
WITHOUT_MIRROR = {"__init__", "__main__", "types", "version"}
FILES = sorted(path.relative_to(ROOT) for package in MIRRORS for path in (ROOT / package).rglob("*.py"))
MOST_LINES = 300  # past them a file holds more than one idea


@pytest.mark.parametrize("file", [file for file in FILES if file.stem not in WITHOUT_MIRROR], ids=str)
def test_every_file_has_its_test(file):
    package, *within = file.with_name(f"test_{file.name}").parts
    assert MIRRORS[package].joinpath(*within).is_file()


@pytest.mark.parametrize("file", FILES, ids=str)
def test_only_public_keras(file):
    for name in imports(ROOT / file):
        assert not f"{name}.".startswith(("keras.src.", "keras.api.", "tf_keras.", "tensorflow.keras.")), name


@pytest.mark.parametrize("file", FILES, ids=str)
def test_length(file):
    source = (ROOT / file).read_text()
    assert len(source.splitlines()) <= MOST_LINES
    assert ast.get_docstring(ast.parse(source)), "a file begins with what it is for"


@pytest.mark.parametrize("file", FILES, ids=str)
def test_functions_fit_on_a_screen(file):
    for node in ast.walk(ast.parse((ROOT / file).read_text())):
        if isinstance(node, ast.FunctionDef):
            assert body_lines(node) <= 40, f"{node.name} has {body_lines(node)} lines"


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module or ''}.{alias.name}" for alias in node.names)


def body_lines(function):
    """Lines of code, without the docstring."""
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return 0 if not body else body[-1].end_lineno - body[0].lineno + 1
