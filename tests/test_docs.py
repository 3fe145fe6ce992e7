"""What the documentation says is so."""

import doctest
import importlib
import inspect
import pkgutil

import pytest

import fastmi
from fastmi import reference

MODULES = ["fastmi", *(m.name for m in pkgutil.walk_packages(fastmi.__path__, "fastmi.") if "__main__" not in m.name)]


@pytest.mark.parametrize("name", MODULES)
def test_examples_run(name):
    module = importlib.import_module(name)
    assert doctest.testmod(module).failed == 0


CLASSES = [name for name in fastmi.__all__ if inspect.isclass(getattr(fastmi, name))]
FUNCTIONS = [name for name in fastmi.__all__ if name not in CLASSES and name != "build_info"]


def assert_has_sections(documented, *sections):
    for section in sections:
        assert f"{section}\n    ---" in documented.__doc__


@pytest.mark.parametrize("name", CLASSES)
def test_public_classes_have_whole_docstrings(name):
    assert_has_sections(getattr(fastmi, name), "Parameters", "References", "Examples")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_public_functions_have_whole_docstrings_and_a_reference(name):
    function = getattr(fastmi, name)
    assert_has_sections(function, "Parameters", "Returns", "Raises", "References", "Examples")
    ours = inspect.signature(function).parameters
    theirs = inspect.signature(getattr(reference, name)).parameters
    assert list(ours.values()) == list(theirs.values())
