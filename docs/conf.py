"""How Sphinx builds these pages: ``nox -s docs``."""

import fastmi

project = "fastmi"
author = "The fastmi developers"
copyright = author  # noqa: A001
release = fastmi.__version__

extensions = [
    "matplotlib.sphinxext.plot_directive",
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_copybutton",
]
nitpicky = True
templates_path = ["_templates"]

html_theme = "furo"
html_title = f"fastmi {release}"
html_copy_source = False

myst_heading_anchors = 3

autodoc_typehints = "none"  # the docstrings say what may be passed, in fewer words
numpydoc_show_class_members = False  # the template of classes lists them

copybutton_exclude = ".linenos, .gp, .go"  # neither prompts nor what they print

plot_formats = [("png", 150)]
plot_html_show_formats = False
plot_html_show_source_link = True
plot_rcparams = {
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "figure.constrained_layout.use": True,
    "figure.figsize": (7, 3.6),
    "grid.alpha": 0.3,
    "legend.frameon": False,
}
