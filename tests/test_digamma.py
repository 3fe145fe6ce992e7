"""The table of psi(n) behind every estimate."""

import numpy as np
import pytest
from scipy.special import digamma

from fastmi import _core


def test_within_two_ulp_of_scipy_up_to_ten_million():
    n = np.arange(1, 10**7 + 1)
    expected = digamma(n.astype(np.float64))
    assert np.all(np.abs(_core.digamma(n) - expected) <= 2 * np.spacing(np.abs(expected)))


def test_any_order_of_growth_gives_the_same_bits():
    n = np.array([123_456, 1, 999_999, 2, 123_456])
    single = [_core.digamma(n[i : i + 1])[0] for i in range(len(n))]
    np.testing.assert_array_equal(_core.digamma(n), single)


def test_harmonic_numbers():
    """psi(n + 1) = H_n - gamma, exactly rounded from a sum of fractions."""
    from fractions import Fraction

    gamma = Fraction("0.57721566490153286060651209008240243104215933593992")
    harmonic = Fraction(0)
    for n in range(1, 60):
        assert _core.digamma(np.array([n]))[0] == pytest.approx(float(harmonic - gamma), rel=2e-16)
        harmonic += Fraction(1, n)
