"""What the documentation says is so."""

import doctest
import importlib
import inspect
import pkgutil
from pathlib import Path

import pytest

import fastmi
from fastmi import reference

# What examples need beside fastmi.
NEEDED = {
    "fastmi._scan.result": "pandas",
    "coming-from.md": "sklearn",
    "containers.md": "pandas",
    "scikit-learn.md": "sklearn",
}

MODULES = ["fastmi", *(m.name for m in pkgutil.walk_packages(fastmi.__path__, "fastmi.") if "__main__" not in m.name)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    pytest.importorskip("sklearn" if name.startswith("fastmi.sklearn") else NEEDED.get(name, "fastmi"))
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


CLASSES = [name for name in fastmi.__all__ if inspect.isclass(getattr(fastmi, name))]
FUNCTIONS = [name for name in fastmi.__all__ if name not in CLASSES and name != "build_info"]
WITHOUT_REFERENCE = {"diagnose", "scan"}  # which ask the other functions


def assert_sections(thing, *sections):
    for section in sections:
        assert f"{section}\n{'-' * len(section)}\n" in inspect.getdoc(thing), (thing, section)


def assert_same_signature(ours, theirs):
    assert list(inspect.signature(ours).parameters.values()) == list(inspect.signature(theirs).parameters.values())


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_have_whole_docstrings_and_a_reference(name):
    function = getattr(fastmi, name)
    assert_sections(function, "Parameters", "Returns", "Raises", "References", "Examples")
    if name not in WITHOUT_REFERENCE:
        assert_same_signature(function, getattr(reference, name))


@pytest.mark.parametrize("name", CLASSES)
def test_public_classes_have_whole_docstrings_and_a_reference(name):
    ours, theirs = getattr(fastmi, name), getattr(reference, name, None)
    assert_sections(ours, "Parameters", "References", "Examples")
    if theirs is None:
        return  # a result, which the references give too
    assert_same_signature(ours, theirs)
    for method, function in inspect.getmembers(ours, inspect.isfunction):
        if not method.startswith("_"):
            assert_sections(function, "Parameters", "Returns", "Raises")
            assert_same_signature(function, getattr(theirs, method))


PAGES = sorted((Path(__file__).parents[1] / "docs").glob("*.md"))


@pytest.mark.parametrize(
    "page", [page for page in PAGES if ">>> " in page.read_text(encoding="utf-8")], ids=lambda page: page.name
)
def test_examples_in_pages_run(page, tmp_path, monkeypatch):
    pytest.importorskip(NEEDED.get(page.name, "fastmi"))
    monkeypatch.chdir(tmp_path)  # some write files
    assert doctest.testfile(str(page), module_relative=False, encoding="utf-8").failed == 0
