"""Problems in many dimensions of which the mutual information is known."""

from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import quad
from scipy.special import gammaln, psi
from scipy.stats import norm

Rng = np.random.Generator
Array = NDArray[np.float64]
Sample = Callable[[Rng, int], tuple[Array, Array]]


class Problem(NamedTuple):
    """Variables that can be drawn, and their mutual information in nats."""

    name: str
    truth: float
    draw: Sample


def of_normals(rng: Rng, n: int, d: int, y: Callable[[Array, Array], Array]) -> tuple[Array, Array]:
    """Draw d normal columns, and a y made from them and a normal column of noise."""
    x = rng.normal(size=(n, d))
    return x, y(x, rng.normal(size=n))[:, np.newaxis]


def from_noise(sigma: float, density: Callable[[float], float], reach: float) -> float:
    """Return h(Y) less the entropy of normal noise of width sigma, of a Y of that density."""

    def integrand(y: float) -> float:
        p = density(y)
        return -p * np.log(p) if p > 0 else 0.0

    points = np.linspace(-reach, reach, 41)
    h = sum(quad(integrand, a, b, limit=200)[0] for a, b in pairwise(points))
    return h - 0.5 * np.log(2 * np.pi * np.e * sigma**2)


def smeared(values: Array, weights: Array, sigma: float) -> Callable[[float], float]:
    """Return the density of a variable of these values and weights plus normal noise."""
    return lambda y: float(weights @ norm.pdf(y, values, sigma))


def normal_nodes(n: int = 4001) -> tuple[Array, Array]:
    """Return points and weights for means over a normal variable."""
    points = np.linspace(-8, 8, n)
    weights = norm.pdf(points)
    return points, weights / weights.sum()


def truth_of_function(f: Callable[[Array], Array], sigma: float, reach: float) -> float:
    """Return I(X; f(X) + sigma noise) for normal X."""
    points, weights = normal_nodes()
    return from_noise(sigma, smeared(f(points), weights, sigma), reach)


def truth_of_product(sigma: float) -> float:
    """Return I(X; x_1 x_2 + sigma noise): y given x_1 is normal, of variance x_1^2 + sigma^2."""
    points, weights = normal_nodes()
    return from_noise(sigma, lambda y: float(weights @ norm.pdf(y, 0, np.hypot(points, sigma))), 30)


def truth_of_scale() -> float:
    """Return I(X; exp(x) noise): h(Y) less the mean of h(Y|x) = x + h(noise), which is h(noise); by z = log |y|."""
    points, weights = normal_nodes()

    def density_of_log(z: float) -> float:  # of log |noise| = t: 2 phi(e^t) e^t
        t = z - points
        return float(weights @ (2 * norm.pdf(np.exp(np.minimum(t, 30))) * np.exp(np.minimum(t, 30))))

    h_log = sum(quad(lambda z: _entropy_term(density_of_log(z)), a, a + 1, limit=200)[0] for a in range(-25, 12))
    mean_log = -(np.euler_gamma + np.log(2)) / 2  # of |noise|
    return h_log + mean_log + np.log(2) - 0.5 * np.log(2 * np.pi * np.e)


def _entropy_term(p: float) -> float:
    return -p * np.log(p) if p > 0 else 0.0


def normal_truth(cov: Array, d_x: int) -> float:
    """Return the mutual information of normal columns."""
    parts = (cov[:d_x, :d_x], cov[d_x:, d_x:])
    return 0.5 * (sum(np.linalg.slogdet(part).logabsdet for part in parts) - np.linalg.slogdet(cov).logabsdet)


def student_excess(nu: float, d_x: int, d_y: int) -> float:
    """Return by how much the mutual information of a multivariate Student law exceeds that of the normal law."""

    def f(d: int) -> float:  # entropy less log of the scale's determinant
        half = (nu + d) / 2
        return gammaln(nu / 2) + d / 2 * np.log(nu * np.pi) - gammaln(half) + half * (psi(half) - psi(nu / 2))

    return f(d_x) + f(d_y) - f(d_x + d_y)


def pairs(d: int, n_pairs: int, rho: float) -> Array:
    """Return the covariance of 2d columns of which `n_pairs` of x and of y are correlated."""
    cov = np.eye(2 * d)
    for i in range(n_pairs):
        cov[i, d + i] = cov[d + i, i] = rho
    return cov


def drawn_from(cov: Array, d_x: int, nu: float = np.inf) -> Sample:
    """Return how to draw normal columns, or Student's."""
    root = np.linalg.cholesky(cov)

    def draw(rng: Rng, n: int) -> tuple[Array, Array]:
        columns = rng.normal(size=(n, len(cov))) @ root.T
        if np.isfinite(nu):
            columns /= np.sqrt(rng.chisquare(nu, size=(n, 1)) / nu)
        return columns[:, :d_x], columns[:, d_x:]

    return draw


def curve(u: Array, d: int) -> Array:
    """Return smooth functions of u, of which the first gives it back."""
    j = np.arange(1, d)
    return np.column_stack([u, np.sin(0.5 * j * u[:, np.newaxis] + j)])


def on_curves(d_x: int, d_y: int) -> Sample:
    """Return how to draw columns that are all functions of u, and others of u with noise."""

    def draw(rng: Rng, n: int) -> tuple[Array, Array]:
        u = rng.normal(size=n)
        return curve(u, d_x), curve(u + 0.3 * rng.normal(size=n), d_y)

    return draw


_CENTRES = np.random.default_rng(20).normal(size=(2, 4, 5))
_CLUSTER_WIDTH = 1.0


def clusters(rng: Rng, n: int) -> tuple[Array, Array]:
    """Draw normal columns around centres, x and y around those of the same number."""
    c = rng.integers(4, size=n)
    x, y = (centres[c] + _CLUSTER_WIDTH * rng.normal(size=(n, 5)) for centres in _CENTRES)
    return x, y


def truth_of_clusters(n: int = 1_000_000) -> float:
    """Return the mean of log p(x, y) / p(x) p(y) over draws, good to 0.001."""
    x, y = clusters(np.random.default_rng(0), n)
    p_x, p_y = (
        np.exp(-0.5 * ((v[:, np.newaxis] - centres) ** 2).sum(axis=2) / _CLUSTER_WIDTH**2)
        for v, centres in zip((x, y), _CENTRES, strict=True)
    )
    return float(np.log((p_x * p_y).mean(axis=1) / p_x.mean(axis=1) / p_y.mean(axis=1)).mean())


def _low_rank() -> Array:
    loadings = np.random.default_rng(21).normal(size=(20, 3))
    return loadings @ loadings.T + 0.15 * np.eye(20)


def outside() -> list[Problem]:
    """Return problems of no benchmark, on which the bound was tried while it was made."""
    low_rank, ten, student = _low_rank(), pairs(10, 10, 0.6), pairs(5, 1, 0.8)
    on_curve = 0.5 * np.log1p(1 / 0.3**2)
    return [
        Problem(
            "x1² + 0.5 e, 12 + 1",
            truth_of_function(np.square, 0.5, 70),
            lambda rng, n: of_normals(rng, n, 12, lambda x, e: x[:, 0] ** 2 + 0.5 * e),
        ),
        Problem(
            "sin 3 x1 + 0.3 e, 12 + 1",
            truth_of_function(lambda x: np.sin(3 * x), 0.3, 4),
            lambda rng, n: of_normals(rng, n, 12, lambda x, e: np.sin(3 * x[:, 0]) + 0.3 * e),
        ),
        Problem(
            "x1 x2 + 0.3 e, 12 + 1",
            truth_of_product(0.3),
            lambda rng, n: of_normals(rng, n, 12, lambda x, e: x[:, 0] * x[:, 1] + 0.3 * e),
        ),
        Problem(
            "sign(x1 x2) + 0.3 e, 12 + 1",
            from_noise(0.3, smeared(np.array([-1.0, 1.0]), np.array([0.5, 0.5]), 0.3), 4),
            lambda rng, n: of_normals(rng, n, 12, lambda x, e: np.sign(x[:, 0] * x[:, 1]) + 0.3 * e),
        ),
        Problem(
            "exp(x1) e, 12 + 1",
            truth_of_scale(),
            lambda rng, n: of_normals(rng, n, 12, lambda x, e: np.exp(x[:, 0]) * e),
        ),
        Problem("curve in 12, 12 + 1", on_curve, on_curves(12, 1)),
        Problem("curves in 12 and 3, 12 + 3", on_curve, on_curves(12, 3)),
        Problem("4 shared clusters, 5 + 5", truth_of_clusters(), clusters),
        Problem("ten pairs of 0.6, 10 + 10", normal_truth(ten, 10), drawn_from(ten, 10)),
        Problem("rank 3 in 10 + 10", normal_truth(low_rank, 10), drawn_from(low_rank, 10)),
        Problem(
            "Student, nu = 3, one pair of 0.8, 5 + 5",
            normal_truth(student, 5) + student_excess(3, 5, 5),
            drawn_from(student, 5, nu=3),
        ),
    ]


def truth_of_laplace(a: float, b: float) -> float:
    """Return I(X; X + E) of Laplace variables of scales a and b."""

    def density(y: float) -> float:
        y = abs(y)
        return (a * np.exp(-y / a) - b * np.exp(-y / b)) / (2 * (a**2 - b**2))

    h = 2 * sum(quad(lambda y: _entropy_term(density(y)), i * a, (i + 1) * a)[0] for i in range(40))
    return h - 1 - np.log(2 * b)


def laplace_pairs(rng: Rng, n: int) -> tuple[Array, Array]:
    """Draw three Laplace pairs among six sources a side, each side mixed."""
    x = rng.laplace(size=(n, 6))
    y = rng.laplace(size=(n, 6))
    y[:, :3] = x[:, :3] + rng.laplace(scale=0.5, size=(n, 3))
    mixing = np.random.default_rng(22).normal(size=(2, 6, 6))
    return x @ mixing[0], y @ mixing[1]


def square_and_product(rng: Rng, n: int) -> tuple[Array, Array]:
    """Draw ten columns, and two of which one knows a square and the other a product."""
    x, e = rng.normal(size=(n, 10)), rng.normal(size=(n, 2))
    return x, np.column_stack([x[:, 0] ** 2 + 0.5 * e[:, 0], x[:, 1] * x[:, 2] + 0.3 * e[:, 1]])


def unseen() -> list[Problem]:
    """Return problems that were drawn up when the method was finished."""
    points, weights = normal_nodes()
    greater = 2 * weights * norm.cdf(points)
    weak = pairs(30, 20, 0.3)
    of_cubes = _low_rank()[np.ix_(range(12), range(12))]
    cubes = drawn_from(of_cubes, 6)
    return [
        Problem(
            "abs(x1 + x2 + x3) / 3^½ + 0.4 e, 8 + 1",
            from_noise(0.4, smeared(np.abs(points), weights, 0.4), 11),
            lambda rng, n: of_normals(rng, n, 8, lambda x, e: np.abs(x[:, :3].sum(axis=1)) / 3**0.5 + 0.4 * e),
        ),
        Problem(
            "max(x1, x2) + 0.3 e, 10 + 1",
            from_noise(0.3, smeared(points, greater, 0.3), 10),
            lambda rng, n: of_normals(rng, n, 10, lambda x, e: x[:, :2].max(axis=1) + 0.3 * e),
        ),
        Problem(
            "a square and a product, 10 + 2",
            truth_of_function(np.square, 0.5, 70) + truth_of_product(0.3),
            square_and_product,
        ),
        Problem("three Laplace pairs, mixed, 6 + 6", 3 * truth_of_laplace(1.0, 0.5), laplace_pairs),
        Problem("twenty pairs of 0.3, 30 + 30", normal_truth(weak, 30), drawn_from(weak, 30)),
        Problem(
            "cubes of rank 3 in 6 + 6",
            normal_truth(of_cubes, 6),
            lambda rng, n: tuple(side**3 for side in cubes(rng, n)),  # type: ignore[return-value, arg-type]
        ),
        Problem("Student, nu = 2, 4 + 4", student_excess(2, 4, 4), drawn_from(np.eye(8), 4, nu=2)),
    ]
