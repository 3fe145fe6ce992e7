"""nan_policy: raise, omit (pair by pair in a matrix), propagate."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import reference

NAMES = ["mutual_info", "local_mutual_info", "ksg_counts", "mutual_info_matrix"]


@pytest.fixture
def holes():
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=(200, 3)), rng.normal(size=(200, 2))
    x[rng.uniform(size=x.shape) < 0.1] = np.nan
    y[rng.uniform(size=y.shape) < 0.1] = np.nan
    return x, y


@pytest.mark.parametrize("module", [fastmi, reference])
@pytest.mark.parametrize("name", NAMES)
def test_raise_names_argument_and_row(module, name):
    x, y = np.arange(20.0), np.arange(20.0) ** 2
    y[[7, 11]] = np.nan
    with pytest.raises(ValueError, match=r"y has NaN in 2 of 20 rows, first in row 7; pass nan_policy='omit'"):
        getattr(module, name)(x, y)
    with pytest.raises(ValueError, match=r"x has NaN in 2 of 20 rows, first in row 7"):
        getattr(module, name)(y, x)


def test_omit_is_the_same_as_leaving_the_rows_out(holes):
    x, y = holes
    complete = ~np.isnan(np.column_stack([x, y])).any(axis=1)
    assert fastmi.mutual_info(x, y, nan_policy="omit") == fastmi.mutual_info(x[complete], y[complete])

    local = fastmi.local_mutual_info(x, y, nan_policy="omit")
    np.testing.assert_array_equal(local[complete], fastmi.local_mutual_info(x[complete], y[complete]))
    assert np.isnan(local[~complete]).all()

    counts = fastmi.ksg_counts(x, y, nan_policy="omit")
    for all_rows, kept in zip(counts, fastmi.ksg_counts(x[complete], y[complete]), strict=True):
        np.testing.assert_array_equal(all_rows[complete], kept)
    assert np.isnan(counts.radius[~complete]).all()
    assert (counts.n_x[~complete] == -1).all()
    assert (counts.n_y[~complete] == -1).all()


def test_the_matrix_omits_pair_by_pair(holes):
    x, y = holes
    matrix = fastmi.mutual_info_matrix(x, y, nan_policy="omit")
    for i, x_i in enumerate(x.T):
        for j, y_j in enumerate(y.T):
            assert matrix[i, j] == fastmi.mutual_info(x_i, y_j, nan_policy="omit")
    np.testing.assert_allclose(matrix, reference.mutual_info_matrix(x, y, nan_policy="omit"), atol=1e-12)


@settings(max_examples=50)
@given(seed=st.integers(0, 10_000), period=st.sampled_from([None, 1.0]), share=st.sampled_from([0.01, 0.3, 0.7]))
def test_the_matrix_of_one_side_omits_pair_by_pair(seed, period, share):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(100, 3))
    x[rng.uniform(size=x.shape) < share] = np.nan
    matrix = fastmi.mutual_info_matrix(x, nan_policy="omit", x_period=period, k=1)
    for i, x_i in enumerate(x.T):
        for j, x_j in enumerate(x.T):
            alone = fastmi.mutual_info(x_i, x_j, nan_policy="omit", x_period=period, y_period=period, k=1)
            assert matrix[i, j] == alone


@pytest.mark.parametrize("module", [fastmi, reference])
def test_propagate(module, holes):
    x, y = holes
    assert np.isnan(module.mutual_info(x, y, nan_policy="propagate"))
    assert np.isnan(module.local_mutual_info(x, y, nan_policy="propagate")).all()
    radius, n_x, n_y = module.ksg_counts(x, y, nan_policy="propagate")
    assert np.isnan(radius).all()
    assert (n_x == -1).all()
    assert (n_y == -1).all()

    clean = np.column_stack([np.nan_to_num(x[:, 0]), x[:, 1]])
    matrix = module.mutual_info_matrix(clean, np.nan_to_num(y[:, 0]), nan_policy="propagate")
    np.testing.assert_array_equal(np.isnan(matrix), [[False], [True]])


def test_propagate_and_omit_without_nan_change_nothing():
    rng = np.random.default_rng(2)
    x, y = rng.normal(size=(2, 50))
    for policy in ("propagate", "omit"):
        assert fastmi.mutual_info(x, y, nan_policy=policy) == fastmi.mutual_info(x, y)


@pytest.mark.parametrize("module", [fastmi, reference])
def test_omit_must_leave_enough_rows(module):
    x, y = np.arange(10.0), np.arange(10.0) ** 2
    x[:7] = np.nan
    with pytest.raises(ValueError, match=r"k=3 needs at least 4 samples, but x and y have 3 rows without NaN"):
        module.mutual_info(x, y, nan_policy="omit")
    with pytest.raises(ValueError, match=r"column 1 of x and column 0 of y have 3 rows"):
        fastmi.mutual_info_matrix(np.column_stack([y, x]), y, nan_policy="omit")
    with pytest.raises(ValueError, match=r"column 0 of x and column 1 of x have 3 rows"):
        fastmi.mutual_info_matrix(np.column_stack([y, x]), nan_policy="omit")


def test_all_rows_missing():
    x = np.full(10, np.nan)
    with pytest.raises(ValueError, match="have 0 rows without NaN"):
        fastmi.mutual_info(x, np.arange(10.0), nan_policy="omit")
    assert np.isnan(fastmi.mutual_info_matrix(x, np.arange(10.0), nan_policy="propagate")).all()
