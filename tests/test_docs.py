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


PUBLIC = [name for name in fastmi.__all__ if name != "build_info"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_names_have_whole_docstrings(name):
    public = getattr(fastmi, name)
    outcome = () if inspect.isclass(public) else ("Returns", "Raises")
    for section in ("Parameters", *outcome, "References", "Examples"):
        assert f"{section}\n    ---" in public.__doc__


@pytest.mark.parametrize("name", [name for name in PUBLIC if inspect.isfunction(getattr(fastmi, name))])
def test_public_functions_have_a_reference(name):
    ours = inspect.signature(getattr(fastmi, name)).parameters
    theirs = inspect.signature(getattr(reference, name)).parameters
    assert list(ours.values()) == list(theirs.values())
