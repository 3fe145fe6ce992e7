"""The order of columns, seen through counts: every way of sorting, at the sizes where one gives way to another."""

import numpy as np
import pytest

import fastmi
from samples import KINDS

LINEAR = [name for name, kind in KINDS.items() if kind.period == 0]


def closer_than_kth_in_one_column(x, k):
    """Return n_x of KSG with itself: how many others are strictly closer than the k-th nearest."""
    ordered = np.sort(x)
    place = np.searchsorted(ordered, x)
    padded = np.concatenate([np.full(k, -np.inf), ordered, np.full(k, np.inf)])
    offsets = np.concatenate([np.arange(-k, 0), np.arange(1, k + 1)])
    nearest = np.sort(np.abs(padded[place[:, np.newaxis] + k + offsets] - x[:, np.newaxis]), axis=1)
    return nearest[:, k - 1], (nearest < nearest[:, [k - 1]]).sum(axis=1)


@pytest.mark.parametrize("n", [50, 5000, 200_001])
@pytest.mark.parametrize("kind", [kind for kind in LINEAR if kind not in ("constant", "rounded", "integer")])
def test_columns_without_ties(kind, n):
    x = KINDS[kind].draw(np.random.default_rng(n), n)
    x = np.unique(x)
    x = np.random.default_rng(0).permutation(x)
    radius, n_x, n_y = fastmi.ksg_counts(x, x, k=3)
    expected_radius, expected_n = closer_than_kth_in_one_column(x, 3)
    np.testing.assert_array_equal(radius, expected_radius)
    np.testing.assert_array_equal(n_x, expected_n)
    np.testing.assert_array_equal(n_y, expected_n)


@pytest.mark.parametrize("n", [5000, 200_001])
def test_ties_and_scales_mixed(n):
    """Values over the whole range of floats, a cluster, and a heavy tie: against the same problem in halves' order."""
    rng = np.random.default_rng(1)
    x = np.concatenate(
        [
            np.exp(rng.uniform(-700, 700, n // 4)),
            -np.exp(rng.uniform(-700, 700, n // 4)),
            np.zeros(n // 4),
            1 + 1e-15 * rng.integers(0, 50, n - 3 * (n // 4)),
        ]
    )
    order = rng.permutation(n)
    y = rng.normal(size=n)
    forwards = fastmi.ksg_counts(x, y)
    shuffled = fastmi.ksg_counts(x[order], y[order])
    for a, b in zip(forwards, shuffled, strict=True):
        np.testing.assert_array_equal(a[order], b)
    sampled = order[:200]
    for i in sampled:
        d_x, d_y = np.delete(np.abs(x - x[i]), i), np.delete(np.abs(y - y[i]), i)
        assert forwards.radius[i] == np.partition(np.maximum(d_x, d_y), 2)[2]
        assert forwards.n_x[i] == (d_x < forwards.radius[i]).sum()
