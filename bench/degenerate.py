"""Inputs that have no density, or one that no grid fits: a tree or a sort may take forever on them.

Only fastmi is asked. Its time should not depend much on what the numbers are.
"""

import numpy as np

from bench.workloads import Columns, Workload

Rng = np.random.Generator


def poisson(rng: Rng, n: int, d: int) -> Columns:
    return rng.poisson(1.0, size=(n, d)).astype(float)


def constant_x(rng: Rng, n: int, d: int) -> Columns:
    return rng.normal(size=(n, d)) * (np.arange(d) > 0)


def constant_y(rng: Rng, n: int, d: int) -> Columns:
    return rng.normal(size=(n, d)) * (np.arange(d) < d - 1)


def rounded(rng: Rng, n: int, d: int) -> Columns:
    return rng.normal(size=(n, d)).round(1)


def cauchy(rng: Rng, n: int, d: int) -> Columns:
    return rng.standard_cauchy(size=(n, d))


def lognormal(rng: Rng, n: int, d: int) -> Columns:
    return rng.lognormal(sigma=5.0, size=(n, d))


def clusters(rng: Rng, n: int, d: int) -> Columns:
    """Return points around 10 centres, a million times closer to them than the centres are to each other."""
    centres = rng.normal(size=(10, d))
    return centres[rng.integers(10, size=n)] + 1e-6 * rng.normal(size=(n, d))


WORKLOADS = [
    Workload("normal", 14_183, 1, 1),
    Workload("both Poisson, mean 1", 14_183, 1, 1, columns=poisson),
    Workload("x constant", 14_183, 1, 1, columns=constant_x),
    Workload("y constant", 14_183, 1, 1, columns=constant_y),
    Workload("rounded to 1 decimal", 14_183, 1, 1, columns=rounded),
    Workload("Cauchy", 14_183, 1, 1, columns=cauchy),
    Workload("lognormal, sigma 5", 14_183, 1, 1, columns=lognormal),
    Workload("10 clusters, 1e-6 wide", 14_183, 1, 1, columns=clusters),
]
