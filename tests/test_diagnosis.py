"""What speaks against an estimate is found, and nothing where nothing does."""

import warnings

import numpy as np
import pytest

import fastmi


def found(x, y, **options):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        diagnosis = fastmi.diagnose(x, y, rng=1, **options)
    assert [str(warning.message) for warning in caught] == [finding.message for finding in diagnosis.findings]
    assert diagnosis.reliable == (not diagnosis.findings)
    return {finding.name for finding in diagnosis.findings}


def normals(n=1000, d=1, seed=1):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, d))
    return x, x[:, 0] + rng.normal(size=n)


@pytest.mark.parametrize("d", [1, 2])
def test_nothing_speaks_against_few_normal_columns(d):
    x, y = normals(d=d)
    assert found(x, y) == set()
    assert found(x, np.random.default_rng(2).normal(size=1000)) == set()


def test_the_estimate_is_that_of_mutual_info():
    x, y = normals()
    diagnosis = fastmi.diagnose(x, y, k=4, base=2)
    assert diagnosis.mutual_info == pytest.approx(fastmi.mutual_info(x, y, k=4, base=2))
    assert diagnosis.standard_error == pytest.approx(fastmi.mutual_info_error(x, y, k=4, base=2, by="local"))
    assert "nothing speaks against it" in str(diagnosis)


def test_many_columns():
    assert "too low" in found(*normals(d=15))


def test_a_fine_dependence_on_one_of_many_columns():
    rng = np.random.default_rng(3)
    x = rng.normal(size=(3000, 12))
    y = np.sin(3 * x[:, 0]) + 0.1 * rng.normal(size=3000)
    assert "too low" in found(x[:, :8], y)
    assert "negative" in found(x, y)


def test_heavy_tails():
    x, y = normals(3000)
    assert found(np.exp(4 * x), y**5) == {"tails"}
    assert found(np.exp(4 * x), y**5, marginals="normal") == set()


def test_ties():
    rng = np.random.default_rng(4)
    x, y = rng.poisson(1, size=(2, 1000))
    assert "ties" in found(x, y)
    assert "ties" in found(*(side.round(1) for side in normals(2000)))


def test_large_k():
    assert "large k" in found(*normals(100), k=20)


def test_nan():
    x, y = normals()
    x[0] = np.nan
    assert np.isnan(fastmi.diagnose(x, y, nan_policy="propagate").mutual_info)
    assert found(x, y, nan_policy="omit") == set()
    with pytest.raises(ValueError, match="x has NaN in 1 of 1000 rows"):
        fastmi.diagnose(x, y)


def test_arguments():
    x, y = normals(4)
    with pytest.raises(ValueError, match="k=4 needs at least 5 samples"):
        fastmi.diagnose(x, y, k=4)
    with pytest.raises(ValueError, match="marginals='ranks' is unknown"):
        fastmi.diagnose(x, y, marginals="ranks")


def test_printing():
    with pytest.warns(UserWarning, match="too low"):
        text = str(fastmi.diagnose(*normals(d=15), rng=1))
    assert "too low: KSG of all columns reads" in text
