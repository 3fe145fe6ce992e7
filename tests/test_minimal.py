"""Does the installed package work at all? Runs without pytest's plugins and without SciPy: the wheel's smoke test."""

import numpy as np

import fastmi


def test_estimates_are_near_the_truth():
    rng = np.random.default_rng(0)
    x = rng.normal(size=4000)
    y = 0.8 * x + 0.6 * rng.normal(size=4000)
    assert abs(fastmi.mutual_info(x, y) + 0.5 * np.log(1 - 0.8**2)) < 0.05
    assert abs(fastmi.mutual_info(np.column_stack([x, rng.normal(size=4000)]), y) + 0.5 * np.log(1 - 0.8**2)) < 0.1


def test_build_info_is_complete():
    info = fastmi.build_info()
    assert info["version"] == fastmi.__version__
    assert info["instruction_set"] in info["instruction_sets"]
    assert info["max_workers"] >= 1
    assert info["max_workers"] == 1 or info["openmp"] is not None
