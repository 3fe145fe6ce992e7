"""What estimates give where it is hard: ``python -m bench.behaviour``, or ``-k ties`` for one table.

Prints means and standard deviations over data sets, in nats, as Markdown, for docs/choosing-an-estimator.md.
"""

import argparse
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri, xlogy
from scipy.stats import rankdata
from tests import closed_forms

import fastmi
from bench.scatter import scatter
from bench.turns import markdown

N_SETS = 20
MANY_SETS = 200  # for what is quick and scatters much
ALARM_SETS = 1000

Rng = np.random.Generator
Array = NDArray[np.float64]
Draw = Callable[[Rng], tuple[Array, ...]]
Table = Iterator[list[str]]  # the head, and then the rows


def normals(rho: float, n: int) -> Draw:
    """Return a way to draw normals of this correlation."""

    def draw(rng: Rng) -> tuple[Array, Array]:
        x, noise = rng.normal(size=(2, n))
        return x, rho * x + math.sqrt(1 - rho**2) * noise

    return draw


def of_normals(rho: float) -> float:
    """Return their mutual information."""
    return -0.5 * math.log1p(-(rho**2))


def mutual_info(draw: Draw, **options: Any) -> str:
    """Return mean and scatter of `fastmi.mutual_info`."""
    return scatter(lambda rng: fastmi.mutual_info(*draw(rng), **options), N_SETS)


def strong() -> Table:
    """Strong dependence: normals, n = 10,000."""
    yield ["correlation", "truth", "`ksg1`", "`ksg1`, n = 1,000", "`ksg2`", "`gaussian`", "`histogram`"]
    for rho in (0.9, 0.99, 0.999, 0.9999, 0.99999, 1.0):
        draw = normals(rho, 10_000)
        yield [
            f"{rho:g}",
            f"{of_normals(rho):.3f}" if rho < 1 else "infinite",
            mutual_info(draw),
            mutual_info(normals(rho, 1000)),
            mutual_info(draw, method="ksg2"),
            mutual_info(draw, method="gaussian") if rho < 1 else "inf",
            mutual_info(draw, method="histogram"),
        ]


def tails() -> Table:
    """Heavy tails: normals of correlation 0.6 (0.223 nats), each column stretched by a monotone map, n = 1,000."""
    yield ["columns", "`ksg1`", "`ksg2`", "`gaussian`", "`histogram`", "`ksg1` of ranks", "`ksg1` of normal scores"]
    maps: dict[str, Callable[[Array], Array]] = {
        "x": lambda x: x,
        "exp(x)": np.exp,
        "exp(3x)": lambda x: np.exp(3 * x),
        "exp(5x)": lambda x: np.exp(5 * x),
        "x^3": lambda x: x**3,
    }
    for name, f in maps.items():

        def stretched(rng: Rng, f: Callable[[Array], Array] = f) -> tuple[Array, ...]:
            return tuple(f(side) for side in normals(0.6, 1000)(rng))

        yield [
            name,
            *(mutual_info(stretched, method=method) for method in ("ksg1", "ksg2", "gaussian", "histogram")),
            *(
                scatter(lambda rng, f=f, g=g: fastmi.mutual_info(*map(g, map(f, normals(0.6, 1000)(rng)))), N_SETS)
                for g in (rankdata, normal_scores)
            ),
        ]


def normal_scores(x: Array) -> Array:
    """Return what samples of a normal in the same order would be."""
    return np.asarray(ndtri(rankdata(x) / (len(x) + 1)))


def ties() -> Table:
    """Ties: normals of correlation 0.6 rounded to multiples of a step, n = 1,000."""
    yield ["step", "truth", "`ksg1`", "`mixed`", "`histogram` of labels, miller-madow"]
    labels = {"x_discrete": True, "y_discrete": True}
    for step in (0.001, 0.01, 0.1, 0.5, 1.0):

        def rounded(rng: Rng, step: float = step) -> tuple[Array, ...]:
            return tuple(step * np.round(side / step) for side in normals(0.6, 1000)(rng))

        yield [
            f"{step:g}",
            f"{rounded_truth(0.6, step):.3f}",
            mutual_info(rounded),
            mutual_info(rounded, method="mixed"),
            mutual_info(rounded, method="histogram", correction="miller-madow", **labels),
        ]


def rounded_truth(rho: float, step: float) -> float:
    """Return the information of rounded normals, by integration over x."""
    if step < 0.05:
        return of_normals(rho)  # to three decimals
    edges = step * (np.arange(-round(8 / step), round(8 / step) + 2) - 0.5)
    within = (np.arange(100) + 0.5) / 100 * step
    x = edges[:-1, np.newaxis] + within
    below = ndtr((edges - rho * x[..., np.newaxis]) / math.sqrt(1 - rho**2))
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi) * step / len(within)
    p = np.einsum("xi,xiy->xy", density, np.diff(below))
    return float(np.sum(xlogy(p, p)) - sum(np.sum(xlogy(m, m)) for m in (p.sum(axis=0), p.sum(axis=1))))


def kinds() -> Table:
    """Kinds of data (tests/closed_forms.py), n = 1,000 and, in the last two columns, 10,000."""
    methods = ("`mixed`", "`histogram`, miller-madow")
    yield ["data", "truth", "`ksg1`", *methods, *methods]
    for known in (
        closed_forms.label_of_a_mixture(0.5, 2.0),
        closed_forms.label_of_a_mixture(0.1, 3.0),
        closed_forms.uniform_windows(5),
        closed_forms.zero_inflated_poisson(0.15),
        closed_forms.half_on_lattice(0.9, 0.9),
        closed_forms.shared_poisson(1.0, 2.0, 1.5),
    ):
        x_label, y_label = known.discrete or (False, False)
        labels = {"x_discrete": x_label, "y_discrete": y_label}

        def draw(rng: Rng, n: int = 1000, known: closed_forms.Known = known) -> tuple[Array, ...]:
            return known.sample(rng, n)

        def many(rng: Rng, draw: Callable[..., tuple[Array, ...]] = draw) -> tuple[Array, ...]:
            return draw(rng, 10_000)

        row = [known.name, f"{known.truth:.3f}", mutual_info(draw)]
        for samples in (draw, many):
            row.append(mutual_info(samples, method="mixed"))
            row.append(mutual_info(samples, method="histogram", correction="miller-madow", **labels))
        yield row


def tables() -> Table:
    """Small discrete tables (tests/closed_forms.py): the corrections of `histogram`."""
    corrections = (None, "miller-madow", "grassberger", "chao-shen", "nsb")
    yield ["data", "n", "truth", *(f"`{correction}`" for correction in corrections)]
    for known in (closed_forms.DISCRETE[1], closed_forms.shared_poisson(1.0, 2.0, 1.5)):
        for n in (100, 1000):

            def draw(rng: Rng, n: int = n, known: closed_forms.Known = known) -> tuple[Array, ...]:
                return known.sample(rng, n)

            options = {"method": "histogram", "x_discrete": True, "y_discrete": True}
            estimates = [mutual_info(draw, correction=correction, **options) for correction in corrections]
            yield [known.name, f"{n:,}", f"{known.truth:.3f}", *estimates]


def columns() -> Table:
    """Many columns: one column of x tells of y (0.511 nats), or all do together; n = 10,000."""
    yield ["columns of x", "one tells, `ksg1`", "`ksg1`, k = 10", "`gaussian`", "all tell, `ksg1`", "`gaussian`"]
    noise = 0.75  # correlation 0.8
    for d in (1, 3, 6, 12, 24):

        def one(rng: Rng, d: int = d) -> tuple[Array, Array]:
            x, own = rng.normal(size=(10_000, d)), rng.normal(size=10_000)
            return x, 0.8 * x[:, 0] + 0.6 * own

        def every(rng: Rng, d: int = d) -> tuple[Array, Array]:
            y = rng.normal(size=10_000)
            return y[:, np.newaxis] + noise * math.sqrt(d) * rng.normal(size=(10_000, d)), y

        yield [
            str(d),
            mutual_info(one),
            mutual_info(one, k=10),
            mutual_info(one, method="gaussian"),
            mutual_info(every),
            mutual_info(every, method="gaussian"),
        ]


def units() -> Table:
    """Units: y against (signal, noise column times a scale), 0.511 nats; and y times a scale; n = 10,000, `ksg1`."""
    yield ["scale", "of the noise column beside the signal", "of y, one column against it"]
    for scale in (0.01, 0.1, 1.0, 10.0, 100.0, 1000.0, 10_000.0):

        def beside(rng: Rng, scale: float = scale) -> tuple[Array, Array]:
            x, y = normals(0.8, 10_000)(rng)
            return np.column_stack([x, scale * rng.normal(size=10_000)]), y

        def against(rng: Rng, scale: float = scale) -> tuple[Array, Array]:
            x, y = normals(0.8, 10_000)(rng)
            return x, scale * y

        yield [f"{scale:g}", mutual_info(beside), mutual_info(against)]


def outliers() -> Table:
    """Outliers: normals of correlation 0.6 (0.223 nats), n = 1,000, some of which are drawn a thousand times wider."""
    yield ["outliers", "`ksg1`", "`ksg2`", "`gaussian`", "`histogram`"]
    for many in (0, 1, 10, 50):

        def with_outliers(rng: Rng, many: int = many) -> tuple[Array, ...]:
            x, y = normals(0.6, 1000)(rng)
            x[:many], y[:many] = 1000 * rng.normal(size=(2, many))
            return x, y

        methods = ("ksg1", "ksg2", "gaussian", "histogram")
        yield [str(many), *(mutual_info(with_outliers, method=method) for method in methods)]


def samples() -> Table:
    """Few samples: normals, `ksg1`, and the plug-in of 20 x 20 bins."""
    rhos = (0.0, 0.6, 0.99)
    yield [
        "n",
        *(f"{of_normals(rho):.3f}, `ksg1`" for rho in rhos),
        *(f"{of_normals(rho):.3f}, `histogram`" for rho in rhos[:2]),
    ]
    for n in (20, 50, 100, 300, 1000, 10_000, 100_000):
        yield [
            f"{n:,}",
            *(mutual_info(normals(rho, n)) for rho in rhos),
            *(mutual_info(normals(rho, n), method="histogram") for rho in rhos[:2]),
        ]


def neighbours() -> Table:
    """How k matters: normals, `ksg1`, n = 1,000."""
    rhos = (0.0, 0.6, 0.99)
    yield ["k", *(f"truth {of_normals(rho):.3f}" for rho in rhos), "3 + 3 columns, truth 0.669"]
    for k in (1, 3, 10, 30, 100):
        yield [str(k), *(mutual_info(normals(rho, 1000), k=k) for rho in rhos), mutual_info(three_and_three, k=k)]


def three_and_three(rng: Rng, n: int = 1000) -> tuple[Array, Array]:
    """Draw three columns, each with a partner of correlation 0.6."""
    x, noise = rng.normal(size=(2, n, 3))
    return x, 0.6 * x + 0.8 * noise


def entropies() -> Table:
    """One radius or three: normals, n = 1,000, by nearest neighbours."""
    yield ["data", "truth", "`mutual_info`", "H(X) + H(Y) - H(X,Y)"]
    cases: dict[str, tuple[float, Draw]] = {
        "1 + 1, correlation 0": (0.0, normals(0.0, 1000)),
        "1 + 1, correlation 0.6": (of_normals(0.6), normals(0.6, 1000)),
        "1 + 1, correlation 0.99": (of_normals(0.99), normals(0.99, 1000)),
        "3 + 3, independent": (0.0, lambda rng: tuple(rng.normal(size=(2, 1000, 3)))),
        "3 + 3, correlation 0.6 in pairs": (3 * of_normals(0.6), three_and_three),
        "6 + 6, independent": (0.0, lambda rng: tuple(rng.normal(size=(2, 1000, 6)))),
        "1 + 1 exponentials, independent": (0.0, lambda rng: tuple(rng.exponential(size=(2, 1000)))),
    }
    for name, (truth, draw) in cases.items():

        def of_entropies(rng: Rng, draw: Draw = draw) -> float:
            x, y = draw(rng)
            return fastmi.entropy(x) + fastmi.entropy(y) - fastmi.entropy(np.column_stack([x, y]))

        yield [name, f"{truth:.3f}", mutual_info(draw), scatter(of_entropies, N_SETS)]


def dimensions() -> Table:
    """Entropies by nearest neighbours: normals of unit variance, the estimate less the truth, n = 1,000 and 10,000."""
    yield ["columns", "truth", "cubes", "spheres", "cubes, n = 10,000", "spheres, n = 10,000"]
    for d in (1, 2, 3, 6, 12):
        truth = 0.5 * d * math.log(2 * math.pi * math.e)

        def excess(rng: Rng, n: int, metric: str, d: int = d, truth: float = truth) -> float:
            return fastmi.entropy(rng.normal(size=(n, d)), metric=metric) - truth

        cases = [(n, metric) for n in (1000, 10_000) for metric in ("chebyshev", "euclidean")]
        estimates = [scatter(lambda rng, of=excess, case=case: of(rng, *case), N_SETS) for case in cases]
        yield [str(d), f"{truth:.3f}", *estimates]


def divergences() -> Table:
    """Divergences of normals, 1,000 samples of each."""
    yield ["columns", "equal: truth 0", "q twice as wide: truth", "estimate", "p twice as wide: truth", "estimate"]
    for d in (1, 3, 6):

        def estimate(rng: Rng, width_p: float, width_q: float, d: int = d) -> float:
            p, q = rng.normal(size=(2, 1000, d))
            return fastmi.kl_divergence(width_p * p, width_q * q)

        yield [
            str(d),
            scatter(lambda rng, of=estimate: of(rng, 1, 1), N_SETS),
            f"{d * (math.log(2) - 3 / 8):.3f}",
            scatter(lambda rng, of=estimate: of(rng, 1, 2), N_SETS),
            f"{d * (3 / 2 - math.log(2)):.3f}",
            scatter(lambda rng, of=estimate: of(rng, 2, 1), N_SETS),
        ]


def conditional() -> Table:
    """Given several columns of z, of which the first tells of x and y or none does."""
    yield [
        "columns of z",
        "truth 0.223, n = 1,000",
        "n = 10,000",
        "`gaussian`, n = 1,000",
        "truth 0, n = 1,000",
        "n = 10,000",
        "`gaussian`, n = 1,000",
    ]

    def direct(n: int, d: int) -> Draw:
        return lambda rng: (*normals(0.6, n)(rng), rng.normal(size=(n, d)))

    def common_cause(n: int, d: int) -> Draw:
        def draw(rng: Rng) -> tuple[Array, ...]:
            z = rng.normal(size=(n, d))
            x, y = z[:, 0] + 0.5 * rng.normal(size=(2, n))
            return x, y, z

        return draw

    for d in (1, 2, 3, 6, 12):
        row = [str(d)]
        for case in (direct, common_cause):
            for n, method in ((1000, "mixed"), (10_000, "mixed"), (1000, "gaussian")):
                draw = case(n, d)

                def answer(rng: Rng, draw: Draw = draw, method: str = method) -> float:
                    return fastmi.conditional_mutual_info(*draw(rng), method=method)

                row.append(scatter(answer, N_SETS))
        yield row


def series() -> Table:
    """Series with a memory: x and y autoregressive and independent, x and y driven by x; n = 1,000."""
    yield [
        "autocorrelation",
        "independent: `mutual_info`",
        "`transfer_entropy`",
        "histories of 3",
        "`gaussian`",
        "driven: `transfer_entropy`",
        "histories of 3",
        "`gaussian`",
    ]

    def remembering(rng: Rng, memory: float, drive: Array | float = 0.0) -> Array:
        y = rng.normal(size=1100) + drive
        for t in range(1, len(y)):
            y[t] += memory * y[t - 1]
        return y

    def pair(rng: Rng, memory: float, coupling: float) -> tuple[Array, Array]:
        x = remembering(rng, memory)
        return x[100:], remembering(rng, memory, coupling * np.roll(x, 1))[100:]

    for memory in (0.0, 0.5, 0.9, 0.99):
        row = [f"{memory:g}", scatter(lambda rng, m=memory: fastmi.mutual_info(*pair(rng, m, 0.0)), N_SETS)]
        for coupling in (0.0, 0.5):
            for options in ({}, {"x_history": 3, "y_history": 3}, {"method": "gaussian"}):

                def answer(rng: Rng, m: float = memory, c: float = coupling, options: Any = options) -> float:
                    return fastmi.transfer_entropy(*pair(rng, m, c), **options)

                row.append(scatter(answer, N_SETS))
        yield row


def alarms() -> Table:
    """Test independent series at 5 %: the share of false alarms. Each is `memory` times its last value and noise; k = 10."""
    yield ["memory", "n", "rows permuted", "`min_shift=1`", "greater shifts"]

    def slow(rng: Rng, memory: float, n: int) -> Array:
        y = rng.normal(size=n)
        y[1:] *= math.sqrt(1 - memory**2)
        for t in range(1, n):
            y[t] += memory * y[t - 1]
        return y

    def share(memory: float, n: int, min_shift: int | None) -> str:
        p = []
        for seed in range(ALARM_SETS):
            rng = np.random.default_rng(seed)
            pair = slow(rng, memory, n), slow(rng, memory, n)
            p.append(fastmi.mutual_info_test(*pair, k=10, n_resamples=19, min_shift=min_shift, rng=rng).pvalue)
        return f"{np.mean(np.array(p) <= 0.05):.1%}"

    for memory, n, shift in ((0.95, 600, 40), (0.95, 300, 60), (0.99, 1000, 100)):
        yield [
            f"{memory:g}",
            str(n),
            share(memory, n, None),
            share(memory, n, 1),
            f"{share(memory, n, shift)} ({shift})",
        ]


def bounds() -> Table:
    """Bounds from the true log ratio of pairs of correlation 0.9, 500 scores (InfoNCE: 500 x 500, at most 6.215)."""
    yield ["columns", "truth", "Donsker-Varadhan", "of permuted y", "NWJ", "InfoNCE", "`ksg1` of the 500 samples"]
    rho, n = 0.9, 500
    for d in (1, 2, 5, 10):

        def draw(rng: Rng, d: int = d) -> tuple[Array, Array]:
            x, noise = rng.normal(size=(2, n, d))
            return x, rho * x + math.sqrt(1 - rho**2) * noise

        def log_ratio(x: Array, y: Array) -> Array:
            given_x = (y - rho * x) ** 2 / (1 - rho**2)
            return np.sum(y**2 - given_x, axis=-1) / 2 - 0.5 * y.shape[-1] * math.log(1 - rho**2)

        def of_shifted(rng: Rng, bound: Callable[..., float], constant: float, draw: Draw = draw) -> float:
            x, y = draw(rng)
            return bound(log_ratio(x, y) + constant, log_ratio(x, np.roll(y, 1, axis=0)) + constant)

        def of_permuted(rng: Rng, draw: Draw = draw) -> float:
            x, y = draw(rng)
            return fastmi.donsker_varadhan_bound(log_ratio(x, y), log_ratio(x, rng.permutation(y)))

        def all_pairs(rng: Rng, draw: Draw = draw) -> float:
            x, y = draw(rng)
            return fastmi.infonce_bound(log_ratio(x[:, np.newaxis], y))

        yield [
            f"{d} + {d}",
            f"{d * of_normals(rho):.3f}",
            scatter(lambda rng, of=of_shifted: of(rng, fastmi.donsker_varadhan_bound, 0.0), MANY_SETS),
            scatter(of_permuted, MANY_SETS),
            scatter(lambda rng, of=of_shifted: of(rng, fastmi.nwj_bound, 1.0), MANY_SETS),
            scatter(all_pairs, N_SETS),
            mutual_info(draw),
        ]


TABLES = (
    strong,
    tails,
    ties,
    kinds,
    tables,
    columns,
    units,
    outliers,
    samples,
    neighbours,
    entropies,
    dimensions,
    divergences,
    conditional,
    series,
    alarms,
    bounds,
)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description="What estimates give where it is hard.")
    parser.add_argument("-k", default="", help="only the tables with this in their name")
    arguments = parser.parse_args()
    for table in TABLES:
        if arguments.k in table.__name__:
            head, *rows = table()
            print(f"\n{table.__name__}: {table.__doc__}\n\n{markdown(head, rows)}", flush=True)
    print(f"\nMeans ± standard deviations of {N_SETS} data sets, in nats ({MANY_SETS}: Donsker-Varadhan and NWJ).")
    print("k = 3 unless it says otherwise.")


if __name__ == "__main__":
    main()
