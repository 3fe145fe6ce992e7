"""Distributions whose information is known, in nats, to judge estimates by.

The groups are MUTUAL_INFO = CONTINUOUS + MIXED + DISCRETE, CONDITIONAL_MUTUAL_INFO, ENTROPY, DIVERGENCE and
CROSS_ENTROPY. Every entry draws samples, and says what a perfect estimate of them would be:

    @pytest.mark.parametrize("known", closed_forms.CONTINUOUS, ids=str)
    def test_mutual_info(known):
        x, y = known.sample(rng, 1000)
        assert abs(fastmi.mutual_info(x, y) - known.truth) < ...

The functions make entries with other parameters.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy import stats
from scipy.integrate import quad
from scipy.special import digamma, gammaln, xlogy


@dataclass(frozen=True)
class Known:
    """A distribution, and what is known of it."""

    name: str
    truth: float  # in nats
    sample: Callable[[np.random.Generator, int], tuple[np.ndarray, ...]]  # x, y, z; or samples of p and of q
    local: Callable[..., np.ndarray]  # the exact log ratio of densities of each row of samples; its mean is the truth
    discrete: tuple[bool, ...] = ()  # which of the variables are, where some are

    def __str__(self):
        return self.name


# Mutual information of continuous variables


def normal_mutual_info(cov, d_x):
    """I(X;Y) = 1/2 log(det S_x det S_y / det S) of the first d_x columns and the others (Cover & Thomas, section 8.5)."""
    cov = np.asarray(cov)
    return 0.5 * (_log_det(cov[:d_x, :d_x]) + _log_det(cov[d_x:, d_x:]) - _log_det(cov))


def normal(cov, d_x):
    cov = np.asarray(cov)
    d_y = len(cov) - d_x

    def local(x, y):
        x, y = _matrix(x), _matrix(y)
        joint = _normal_log_density(np.hstack([x, y]), cov)
        return joint - _normal_log_density(x, cov[:d_x, :d_x]) - _normal_log_density(y, cov[d_x:, d_x:])

    return Known(
        f"normal {d_x}+{d_y}",
        normal_mutual_info(cov, d_x),
        lambda rng, n: _split(_draw_normal(rng, n, cov), d_x, d_y),
        local,
    )


def bivariate_normal(rho):
    """I = -1/2 log(1 - rho^2)."""
    return replace(normal([[1, rho], [rho, 1]], 1), name=f"bivariate normal {rho}")


def sum_of_uniforms(a):
    """Return X ~ U(0, 1) and Y = X + a U(0, 1), a trapezoid with H(Y) - log a = a/2 - log a if a <= 1, else 1/2a."""

    def sample(rng, n):
        x = rng.random(n)
        return x, x + a * rng.random(n)

    def local(_, y):
        rise = np.minimum(y, 1 + a - y)  # from the nearer end, up to the plateau
        return -np.log(np.minimum(rise, min(a, 1)))  # p(y|x) = 1/a; p(y) = min(rise, a, 1) / a

    return Known(f"sum of uniforms {a}", a / 2 - np.log(a) if a <= 1 else 1 / (2 * a), sample, local)


def gamma_exponential(theta):
    """Return X ~ Gamma(theta) and Y ~ Exp(rate X): I = psi(theta + 1) - log theta (Darbellay & Vajda 2000).

    p(y) = theta / (1 + y)^(theta + 1); take the mean of log X - X Y - log theta + (theta + 1) log(1 + Y).
    """

    def sample(rng, n):
        x = rng.gamma(theta, size=n)
        return x, rng.exponential(size=n) / x

    def local(x, y):
        return stats.expon.logpdf(y, scale=1 / x) - stats.lomax.logpdf(y, theta)

    return Known(f"gamma-exponential {theta}", digamma(theta + 1) - np.log(theta), sample, local)


def mckay_gamma(p, q):
    """Return X ~ Gamma(p) and Y = X + Gamma(q), McKay's bivariate gamma: I = H(Gamma(p + q)) - H(Gamma(q)).

    With p = q = 1, Y = X + E of two exponentials, I is Euler's constant.
    """

    def sample(rng, n):
        x = rng.gamma(p, size=n)
        return x, x + rng.gamma(q, size=n)

    def local(x, y):
        return stats.gamma.logpdf(y - x, q) - stats.gamma.logpdf(y, p + q)

    def entropy(a):
        return a + gammaln(a) + (1 - a) * digamma(a)

    return Known(f"McKay's gamma {p}, {q}", entropy(p + q) - entropy(q), sample, local)


# Mutual information where a variable is discrete, or in part


def uniform_windows(m):
    """Return X ~ U{0 .. m - 1} and Y ~ U(X, X + 2): I = log m - (m - 1) log(2) / m (Gao et al. 2017, section 5).

    Y tells X but for which of two, unless it lies in the first or the last unit.
    """

    def sample(rng, n):
        x = rng.integers(m, size=n)
        return x, x + 2 * rng.random(n)

    def local(_, y):
        return np.log(np.where((y < 1) | (y >= m), m, m / 2))

    return Known(f"uniform windows {m}", np.log(m) - (m - 1) * np.log(2) / m, sample, local, (True, False))


def zero_inflated_poisson(p):
    """Return X ~ Exp(1) and Y ~ Poisson(X), of which a share p is set to 0.

    P(0|x) = p + (1 - p) e^-x and P(k) = (1 - p) 2^-(k + 1) for k > 0. With p = 0 the mean log ratio is
    2 log 2 - gamma - sum log(k) 2^-k, of which k = 0 is log(2)/2 - 1/4; with p > 0 that term is an integral over
    P(0|x). Gao et al. 2017, section 5, have (1 - p) times the first, as if zeros that were set could be told from others.
    """
    zero = (1 + p) / 2
    k = np.arange(1, 200)
    above_zero = 1.5 * np.log(2) + 0.25 - np.euler_gamma - np.sum(np.log(k) * 0.5**k)
    at_zero = -((1 - p**2) / 4 + xlogy(p**2, p) / 2) / (1 - p) - zero * np.log(zero)

    def sample(rng, n):
        x = rng.exponential(size=n)
        return x, np.where(rng.random(n) < p, 0, rng.poisson(x))

    def local(x, y):
        given_x = p * (y == 0) + (1 - p) * stats.poisson.pmf(y, x)
        return np.log(given_x) - np.log(np.where(y == 0, zero, (1 - p) * 0.5 ** (y + 1.0)))

    return Known(f"zero-inflated Poisson {p}", (1 - p) * above_zero + at_zero, sample, local, (False, True))


def label_of_a_mixture(p, distance):
    """Return a label X ~ Bernoulli(p) and Y ~ N(distance X, 1): I = H(Y) - H(Y|X), by quadrature."""

    def density(y):
        return (1 - p) * stats.norm.pdf(y) + p * stats.norm.pdf(y - distance)

    def sample(rng, n):
        x = (rng.random(n) < p).astype(int)
        return x, distance * x + rng.normal(size=n)

    def local(x, y):
        return stats.norm.logpdf(y - distance * x) - np.log(density(y))

    entropy, _ = quad(lambda y: -xlogy(density(y), density(y)), -12, distance + 12, points=[0, distance], epsabs=1e-12)
    truth = entropy - stats.norm.entropy()
    return Known(f"label of a mixture {p}, {distance}", truth, sample, local, (True, False))


def half_on_lattice(rho, agreement):
    """Return one half of bivariate normals, and one half of signs that agree so often (Gao et al. 2017, section 5).

    x and y both tell which half: I = log 2 + (I of the normals + I of the signs) / 2.
    """
    continuous = bivariate_normal(rho)

    def sample(rng, n):
        x, y = continuous.sample(rng, n)
        sign = rng.choice([-1.0, 1.0], size=n)
        other = np.where(rng.random(n) < agreement, sign, -sign)
        is_sign = rng.random(n) < 0.5
        return np.where(is_sign, sign, x), np.where(is_sign, other, y)

    def local(x, y):
        of_signs = np.log(2 * np.where(x == y, agreement, 1 - agreement))
        return np.log(2) + np.where(np.abs(x) == 1, of_signs, continuous.local(x, y))

    of_signs = np.log(2) + xlogy(agreement, agreement) + xlogy(1 - agreement, 1 - agreement)
    truth = np.log(2) + (continuous.truth + of_signs) / 2
    return Known(f"half on a lattice {rho}, {agreement}", truth, sample, local)


# Mutual information of discrete variables


def table_mutual_info(table):
    """Return sum p log(p / p_x p_y)."""
    table = np.asarray(table)
    return np.sum(xlogy(table, table)) - sum(np.sum(xlogy(m, m)) for m in (table.sum(axis=1), table.sum(axis=0)))


def table(name, probability):
    """Return indices (x, y) of a table of probabilities."""
    probability = np.asarray(probability)

    def local(x, y):
        ratio = probability / np.outer(probability.sum(axis=1), probability.sum(axis=0))
        return np.log(ratio[x, y])

    return Known(
        name,
        table_mutual_info(probability),
        lambda rng, n: _draw_cells(rng, n, probability),
        local,
        (True, True),
    )


def shared_poisson(a, b, c):
    """Return X = A + C and Y = B + C with Poisson counts of these means, by summation."""
    most = max(a, b) + c
    counts = np.arange(int(most + 10 * np.sqrt(most)) + 20)  # beyond are less than 10^-16
    shared = counts[:, np.newaxis]
    of_x, of_y = (stats.poisson.pmf(counts - shared, own) for own in (a, b))
    joint = np.einsum("c,cx,cy->xy", stats.poisson.pmf(counts, c), of_x, of_y)

    def sample(rng, n):
        common = rng.poisson(c, size=n)
        return rng.poisson(a, size=n) + common, rng.poisson(b, size=n) + common

    def local(x, y):
        return np.log(joint[x, y]) - stats.poisson.logpmf(x, a + c) - stats.poisson.logpmf(y, b + c)

    return Known(f"shared Poisson {a}, {b}, {c}", table_mutual_info(joint), sample, local, (True, True))


# Conditional mutual information


def normal_conditional_mutual_info(cov, d_x, d_y):
    """I(X;Y|Z) = 1/2 log(det S_xz det S_yz / (det S_z det S_xyz)), Z being the last columns."""
    cov = np.asarray(cov)
    x, y, z = np.split(np.arange(len(cov)), [d_x, d_x + d_y])
    xz, yz = np.r_[x, z], np.r_[y, z]
    return 0.5 * sum(sign * _log_det(cov[np.ix_(i, i)]) for sign, i in ((1, xz), (1, yz), (-1, z), (-1, np.r_[x, yz])))


def conditional_normal(cov, d_x, d_y):
    cov = np.asarray(cov)
    d_z = len(cov) - d_x - d_y

    def local(x, y, z):
        columns = dict(zip("xyz", (_matrix(x), _matrix(y), _matrix(z)), strict=True))
        index = dict(zip("xyz", np.split(np.arange(len(cov)), [d_x, d_x + d_y]), strict=True))

        def log_density(names):
            i = np.concatenate([index[name] for name in names])
            return _normal_log_density(np.hstack([columns[name] for name in names]), cov[np.ix_(i, i)])

        return log_density("xyz") + log_density("z") - log_density("xz") - log_density("yz")

    return Known(
        f"normal {d_x}+{d_y} given {d_z}",
        normal_conditional_mutual_info(cov, d_x, d_y),
        lambda rng, n: _split(_draw_normal(rng, n, cov), d_x, d_y, d_z),
        local,
    )


def common_cause():
    """Return X and Y that depend on each other by Z alone: I(X;Y|Z) = 0."""

    def sample(rng, n):
        z = rng.normal(size=n)
        return z + 0.5 * rng.normal(size=n), np.sin(2 * z) + 0.5 * rng.normal(size=n), z

    return Known("common cause", 0.0, sample, lambda x, *_: np.zeros(len(x)))


def xor():
    """Return two fair coins and whether they differ: nothing in pairs, log 2 in all."""

    def sample(rng, n):
        x, y = rng.integers(2, size=(2, n))
        return x, y, x ^ y

    return Known("xor", np.log(2), sample, lambda x, *_: np.full(len(x), np.log(2)), (True, True, True))


def conditional_table(name, probability):
    """Return indices (x, y, z) of a table: I(X;Y|Z) = sum p log(p p_z / p_xz p_yz)."""
    p = np.asarray(probability)
    ratio = p * p.sum(axis=(0, 1)) / (p.sum(axis=1, keepdims=True) * p.sum(axis=0, keepdims=True))
    return Known(
        name,
        np.sum(xlogy(p, ratio)),
        lambda rng, n: _draw_cells(rng, n, p),
        lambda x, y, z: np.log(ratio[x, y, z]),
        (True, True, True),
    )


def normals_of_a_class(rhos):
    """Return bivariate normals whose correlation and place depend on the class Z, all equally likely: the mean of the I."""
    rhos = np.asarray(rhos)

    def sample(rng, n):
        z = rng.integers(len(rhos), size=n)
        x, own = rng.normal(size=(2, n))
        return x + z, rhos[z] * x + np.sqrt(1 - rhos[z] ** 2) * own - z, z

    def local(x, y, z):
        rho = rhos[z]
        given_x = stats.norm.logpdf(y + z, loc=rho * (x - z), scale=np.sqrt(1 - rho**2))
        return given_x - stats.norm.logpdf(y + z)

    return Known("normals of a class", np.mean(-0.5 * np.log(1 - rhos**2)), sample, local, (False, False, True))


# Differential entropy


def normal_entropy(cov):
    """H = 1/2 log det(2 pi e S)."""
    return 0.5 * _log_det(2 * np.pi * np.e * np.asarray(cov))


def entropy_of_normal(cov):
    cov = np.asarray(cov)
    return Known(
        f"normal {len(cov)}",
        normal_entropy(cov),
        lambda rng, n: _split(_draw_normal(rng, n, cov), len(cov)),
        lambda x: -_normal_log_density(x, cov),
    )


def entropy_of_box(*sides):
    """H = sum log of the sides."""
    truth = np.sum(np.log(sides))
    return Known(
        f"uniform {len(sides)}",
        truth,
        lambda rng, n: _split(rng.random((n, len(sides))) * sides, len(sides)),
        lambda x: np.full(len(x), truth),
    )


def entropy_of(name, truth, law):
    """Return a law of scipy.stats, with the truth from elsewhere."""
    return Known(name, truth, lambda rng, n: (law.rvs(size=n, random_state=rng),), lambda x: -law.logpdf(x))


# Divergence and cross entropy


def normal_divergence(mean_p, cov_p, mean_q, cov_q):
    """D = 1/2 (tr S_q^-1 S_p + m^T S_q^-1 m - d + log det S_q / det S_p), m being the difference of the means."""
    cov_p, cov_q = np.atleast_2d(cov_p), np.atleast_2d(cov_q)
    m = np.subtract(mean_p, mean_q)
    return 0.5 * (
        np.trace(np.linalg.solve(cov_q, cov_p))
        + m @ np.linalg.solve(cov_q, m)
        - len(cov_p)
        + _log_det(cov_q)
        - _log_det(cov_p)
    )


def divergence_of_normals(mean_p, cov_p, mean_q, cov_q):
    mean_p, cov_p, mean_q, cov_q = (np.asarray(a) for a in (mean_p, cov_p, mean_q, cov_q))
    d = len(cov_p)

    def sample(rng, n):
        p, q = mean_p + _draw_normal(rng, n, cov_p), mean_q + _draw_normal(rng, n, cov_q)
        return (*_split(p, d), *_split(q, d))

    def local(p, _):
        p = _matrix(p)
        return _normal_log_density(p - mean_p, cov_p) - _normal_log_density(p - mean_q, cov_q)

    return Known(f"normals {d}", normal_divergence(mean_p, cov_p, mean_q, cov_q), sample, local)


def divergence_of_exponentials(rate_p, rate_q):
    """D = log(rate_p / rate_q) + rate_q / rate_p - 1."""

    def local(p, _):
        return stats.expon.logpdf(p, scale=1 / rate_p) - stats.expon.logpdf(p, scale=1 / rate_q)

    return Known(
        f"exponentials {rate_p}, {rate_q}",
        np.log(rate_p / rate_q) + rate_q / rate_p - 1,
        lambda rng, n: (rng.exponential(1 / rate_p, size=n), rng.exponential(1 / rate_q, size=n)),
        local,
    )


def cross_entropy_of_normals(mean_p, cov_p, mean_q, cov_q):
    """H(p, q) = H(p) + D(p||q)."""
    divergence = divergence_of_normals(mean_p, cov_p, mean_q, cov_q)
    return replace(
        divergence,
        truth=normal_entropy(cov_p) + divergence.truth,
        local=lambda p, _: -_normal_log_density(_matrix(p) - mean_q, np.asarray(cov_q)),
    )


def cross_entropy_of_exponentials(rate_p, rate_q):
    """H(p, q) = rate_q / rate_p - log rate_q."""
    return replace(
        divergence_of_exponentials(rate_p, rate_q),
        truth=rate_q / rate_p - np.log(rate_q),
        local=lambda p, _: rate_q * p - np.log(rate_q),
    )


# What is in the samples, and what they are drawn from


def _split(columns, *widths):
    """Return sides of so many columns each, vectors where it is one."""
    sides = np.split(columns, np.cumsum(widths)[:-1], axis=1)
    return tuple(side[:, 0] if side.shape[1] == 1 else side for side in sides)


def _matrix(columns):
    return columns if columns.ndim == 2 else columns[:, np.newaxis]


def _draw_normal(rng, n, cov):
    return rng.normal(size=(n, len(cov))) @ np.linalg.cholesky(cov).T


def _draw_cells(rng, n, probability):
    cells = rng.choice(probability.size, size=n, p=probability.reshape(-1))
    return np.unravel_index(cells, probability.shape)


def _normal_log_density(x, cov):
    return np.atleast_1d(stats.multivariate_normal(cov=cov).logpdf(x))


def _log_det(cov):
    return np.linalg.slogdet(cov).logabsdet


# The catalogue

TWO_AND_ONE = np.array([[1, 0.5, 0.6], [0.5, 2, -0.3], [0.6, -0.3, 1.5]])
_LOADINGS = np.random.default_rng(5).normal(size=(5, 3))
THREE_AND_TWO = _LOADINGS @ _LOADINGS.T + np.diag([0.5, 1, 1.5, 2, 2.5])
_CHAIN = np.array([[1, 0.49, 0.7], [0.49, 1, 0.7], [0.7, 0.7, 1]])  # X - Z - Y: rho_xy = rho_xz rho_zy
_JOINT_OF_THREE = np.random.default_rng(7).dirichlet(np.ones(2 * 3 * 2)).reshape(2, 3, 2)

CONTINUOUS = [
    bivariate_normal(0.0),
    bivariate_normal(0.5),
    bivariate_normal(0.9),
    normal(TWO_AND_ONE, 2),
    normal(THREE_AND_TWO, 3),
    sum_of_uniforms(0.3),
    sum_of_uniforms(2.0),
    gamma_exponential(1.0),
    gamma_exponential(3.0),
    mckay_gamma(1.0, 1.0),
    mckay_gamma(2.0, 0.7),
]
MIXED = [
    uniform_windows(2),
    uniform_windows(5),
    zero_inflated_poisson(0.0),
    zero_inflated_poisson(0.15),
    label_of_a_mixture(0.5, 2.0),
    label_of_a_mixture(0.1, 3.0),
    half_on_lattice(0.9, 0.9),
]
DISCRETE = [
    table("independent coins", np.outer([0.3, 0.7], [0.6, 0.4])),
    table("binary symmetric channel", [[0.45, 0.05], [0.05, 0.45]]),
    table("table with empty cells", np.array([[4, 0, 1], [1, 3, 0]]) / 9),
    shared_poisson(1.0, 2.0, 1.5),
]
MUTUAL_INFO = CONTINUOUS + MIXED + DISCRETE
CONDITIONAL_MUTUAL_INFO = [
    replace(conditional_normal(_CHAIN, 1, 1), name="normal chain"),
    conditional_normal(TWO_AND_ONE, 1, 1),
    conditional_normal(THREE_AND_TWO, 2, 1),
    common_cause(),
    xor(),
    conditional_table("table of three", _JOINT_OF_THREE),
    normals_of_a_class([0.9, 0.0, -0.6]),
]
ENTROPY = [
    entropy_of_normal([[4.0]]),
    entropy_of_normal(THREE_AND_TWO[:3, :3]),
    entropy_of_box(0.3),
    entropy_of_box(2.0, 0.5, 3.0),
    entropy_of("exponential", 1 - np.log(2), stats.expon(scale=1 / 2)),
    entropy_of("Laplace", 1 + np.log(2 * 3), stats.laplace(scale=3)),
    entropy_of("Cauchy", np.log(4 * np.pi), stats.cauchy()),
]
DIVERGENCE = [
    replace(divergence_of_normals([0.0], [[1.0]], [0.0], [[1.0]]), name="equal normals"),
    divergence_of_normals([1.0], [[1.0]], [0.0], [[4.0]]),
    divergence_of_normals([0.0, 1.0, 0.0], TWO_AND_ONE, [0.5, 0.0, 0.0], 2 * np.eye(3)),
    divergence_of_exponentials(2.0, 1.0),
    divergence_of_exponentials(1.0, 2.0),
]
CROSS_ENTROPY = [
    replace(cross_entropy_of_normals([0.0], [[1.0]], [0.0], [[1.0]]), name="equal normals"),
    cross_entropy_of_normals([1.0], [[1.0]], [0.0], [[4.0]]),
    cross_entropy_of_normals([0.0, 1.0, 0.0], TWO_AND_ONE, [0.5, 0.0, 0.0], 2 * np.eye(3)),
    cross_entropy_of_exponentials(2.0, 1.0),
]
