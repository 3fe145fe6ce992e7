"""scikit-learn's own tests of mutual information, with its two functions replaced by ours."""

import importlib.util
from unittest import mock

import numpy as np
import pytest

from fastmi.sklearn import mutual_info_classif, mutual_info_regression

OURS = {"mutual_info_classif": mutual_info_classif, "mutual_info_regression": mutual_info_regression}


def _their_module():
    """Import the tests once more, and let them import ours."""
    spec = importlib.util.find_spec("sklearn.feature_selection.tests.test_mutual_info")
    module = importlib.util.module_from_spec(spec)
    with mock.patch.multiple("sklearn.feature_selection", **OURS):
        spec.loader.exec_module(module)
    return module


_THEIRS = _their_module()
globals().update({name: thing for name, thing in vars(_THEIRS).items() if name.startswith("test_")})


@pytest.fixture(params=[np.float32, np.float64])
def global_dtype(request):
    return request.param


@pytest.fixture(params=range(10))
def global_random_seed(request):
    return request.param


def test_they_test_ours():
    assert all(getattr(_THEIRS, name) is ours for name, ours in OURS.items())
    assert sum(name.startswith("test_") for name in globals()) > 10
