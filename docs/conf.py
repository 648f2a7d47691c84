"""How Sphinx builds the documentation: `python -m sphinx -W -b html docs docs/_build`."""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from keras_gan.version import __version__

project = "keras_gan"
author = "the keras_gan authors"
copyright = "the keras_gan authors, Apache-2.0"
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_copybutton"]
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3  # so that links to headings of other pages are checked
myst_fence_as_directive = []

html_theme = "furo"
html_title = f"keras_gan {version}"
html_static_path = ["css"]
html_css_files = ["narrow.css"]
copybutton_exclude = ".linenos, .gp"

autodoc_default_options = {"members": True, "imported-members": True, "show-inheritance": True}
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it in words, with shapes and ranges
autodoc_class_signature = "mixed"
default_role = "literal"  # the docstrings write `code` as Markdown does
napoleon_google_docstring = True
napoleon_use_rtype = False
napoleon_use_ivar = True

_FENCE = re.compile(r"^(\s*)```(\w*)\s*$")


def fences_to_directives(app, what, name, obj, options, lines):
    """Write Markdown's fenced code, which the docstrings have, as reStructuredText has it."""
    out, inside = [], False
    for line in lines:
        fence = _FENCE.match(line)
        if fence and not inside:
            out += ["", f"{fence[1]}.. code-block:: {fence[2] or 'text'}", ""]
        elif fence:
            out.append("")
        else:
            out.append(f"    {line}" if inside and line.strip() else line)
        inside ^= bool(fence)
    lines[:] = out


def setup(app):
    """Register the hook, before napoleon's own reads the sections."""
    app.connect("autodoc-process-docstring", fences_to_directives, priority=400)
