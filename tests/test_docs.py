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


@pytest.mark.parametrize("name", [name for name in fastmi.__all__ if name != "build_info"])
def test_public_functions_have_whole_docstrings_and_a_reference(name):
    function = getattr(fastmi, name)
    for section in ("Parameters", "Returns", "Raises", "References", "Examples"):
        assert f"{section}\n    ---" in function.__doc__
    ours = inspect.signature(function).parameters
    theirs = inspect.signature(getattr(reference, name)).parameters
    assert list(ours.values()) == list(theirs.values())
