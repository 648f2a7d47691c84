"""What the house looks like: the lengths, the comments, and how many parameters say nothing by their type.

python examples/house.py
python examples/house.py path/to/another/package --most 10

A body is a function without its head and docstring. A comment is a line with `#` that is not an order to a tool. A
parameter is `Any` if that is its annotation, with or without `None`, or if it has none; `self` and `cls` don't count.
"""

import argparse
import ast
import io
import re
import statistics
import tokenize
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "keras_gan"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ANY = re.compile(r"Any( \| None)?|None \| Any|Optional\[Any\]")
ORDERS = re.compile(r"#\s*(noqa|type:)")


class File:
    """What is counted of one file."""

    def __init__(self, path, package):
        source = path.read_text(encoding="utf-8")
        functions = [node for node in ast.walk(ast.parse(source)) if isinstance(node, FUNCTIONS)]
        self.name = path.relative_to(package).as_posix()
        self.group = self.name.partition("/")[0] if "/" in self.name else "the files beside them"
        self.lines = len(source.splitlines())
        self.comments = comments(source)
        self.bodies = [body_lines(function) for function in functions]
        self.parameters = [says_nothing(annotation) for function in functions for annotation in annotations(function)]
        self.any = sum(self.parameters)


def comments(source):
    """Return the number of lines with a comment."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return sum(token.type == tokenize.COMMENT and not ORDERS.match(token.string) for token in tokens)


def body_lines(function):
    """Return the number of lines of a function without its head and docstring."""
    code = function.body[ast.get_docstring(function) is not None :]
    return code[-1].end_lineno - code[0].lineno + 1 if code else 0


def annotations(function):
    """Return the annotations of all parameters but `self` and `cls`; None for a parameter without one."""
    all = function.args
    named = [*all.posonlyargs, *all.args, *all.kwonlyargs, *filter(None, (all.vararg, all.kwarg))]
    return [each.annotation for each in named if each.arg not in ("self", "cls")]


def says_nothing(annotation):
    """Whether an annotation tells a reader no more than none would."""
    quoted = isinstance(annotation, ast.Constant) and isinstance(annotation.value, str)
    text = annotation.value if quoted else annotation and ast.unparse(annotation)
    return text is None or ANY.fullmatch(text.replace("typing.", "")) is not None


def describe(name, files):
    """Print one row about some files."""
    lines, parameters = sum(file.lines for file in files), sum(len(file.parameters) for file in files)
    comments, any = sum(file.comments for file in files), sum(file.any for file in files)
    share = 100 * any / max(parameters, 1)
    print(f"{name:24}{lines:8}{100 * comments / max(lines, 1):10.1f}{parameters:12}{any:6}{share:8.1f} %")


def main(package=PACKAGE, most=5):
    files = [File(path, package) for path in sorted(Path(package).rglob("*.py"))]
    bodies = [lines for file in files for lines in file.bodies]
    if not bodies:
        raise SystemExit(f"`package` must be a folder with functions in it. Received: {package}")
    print(f"{len(files)} files, median {statistics.median(file.lines for file in files):g} lines; the longest:")
    for file in sorted(files, key=lambda file: -file.lines)[:most]:
        print(f"{file.lines:6}  {file.name}")
    print(f"{len(bodies)} functions, median body {statistics.median(bodies):g} lines, longest {max(bodies)}\n")
    print(f"{'':24}{'lines':>8}{'# / 100':>10}{'parameters':>12}{'Any':>6}{'share':>10}")
    describe("the package", files)
    for group in sorted({file.group for file in files}):
        describe(group, [file for file in files if file.group == group])
    print("\nmost parameters that are Any:")
    for file in sorted(files, key=lambda file: -file.any)[:most]:
        print(f"{file.any:6}  {file.name}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("package", type=Path, nargs="?", default=PACKAGE)
    parser.add_argument("--most", type=int, default=5)
    main(**vars(parser.parse_args()))
