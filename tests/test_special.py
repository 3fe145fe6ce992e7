"""The relatives of the gamma function against SciPy's."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from fastmi._special import digamma, log_rising, trigamma

POSITIVE = np.concatenate([np.geomspace(1e-30, 1e30, 2001), np.linspace(0.01, 30, 3000), np.arange(1, 50)])


def test_digamma():
    np.testing.assert_allclose(digamma(POSITIVE), special.digamma(POSITIVE), rtol=2e-14, atol=5e-15)


def test_trigamma():
    np.testing.assert_allclose(trigamma(POSITIVE), special.polygamma(1, POSITIVE), rtol=1e-13)


@pytest.mark.parametrize("n", [0, 1, 2, 17, 10_000, 10**10])
def test_log_rising(n):
    x = np.geomspace(1e-30, 1e6, 500)
    expected = special.gammaln(x + n) - special.gammaln(x)
    scale = np.abs(special.gammaln(x)) + np.abs(special.gammaln(x + n))  # what the difference of two loses
    assert (np.abs(log_rising(x, n) - expected) <= 1e-14 * (1 + scale)).all()


@given(x=st.floats(1e-40, 1e40), n=st.integers(0, 40))
def test_log_rising_is_the_log_of_a_product(x, n):
    factors = [math.log(x + j) for j in range(n)]
    assert math.isclose(log_rising(x, n), math.fsum(factors), rel_tol=1e-13, abs_tol=1e-13)


def test_scalars_and_shapes():
    assert digamma(2).shape == trigamma(2).shape == log_rising(2, 3).shape == ()
    assert log_rising(np.ones((4, 1)), np.arange(3)).shape == (4, 3)
    assert digamma([]).shape == (0,)
