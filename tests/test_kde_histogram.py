"""A kernel density in bins: draws against their construction and the exact limit, the limit against its definition."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import fastmi
from fastmi import _kde_histogram, reference
from threefry import alias_table, outcomes, threefry, weights_of


def fitted(x, bandwidth=0.2, library=fastmi):
    return library.KernelDensity(bandwidth).fit(x)


def normal(n, d, seed=1):
    return np.random.default_rng(seed).normal(size=(n, d))


def chi_square_pvalue(counts, probability, n_draws):
    """Of counts, with the cells that expect less than ten pooled."""
    expected = n_draws * np.ravel(probability)
    counts = np.ravel(counts).astype(float)
    many = expected >= 10
    observed = np.append(counts[many], n_draws - counts[many].sum())
    expected = np.append(expected[many], n_draws - expected[many].sum())
    kept = expected > 1
    return stats.chi2.sf(np.sum((observed - expected)[kept] ** 2 / expected[kept]), np.count_nonzero(kept) - 1)


# --- Draws ---


@pytest.mark.parametrize(
    ("counter", "key", "words"),
    [
        ([0] * 4, [0] * 4, [0x531C7E4F, 0x39491EE5, 0x2C855A92, 0x3D6ABF9A]),
        ([0xFFFFFFFF] * 4, [0xFFFFFFFF] * 4, [0xC4189358, 0x1C9CC83A, 0xD5881C67, 0x6A0A89E0]),
        (
            [0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344],
            [0xA4093822, 0x299F31D0, 0x082EFA98, 0xEC4E6C89],
            [0x4AA71D8F, 0x734738C2, 0x431FC6A8, 0xAE6DEBF1],
        ),
    ],
)
def test_random_words_are_those_of_threefry(counter, key, words):
    """The known answers of the authors' Random123."""
    np.testing.assert_array_equal(threefry([[c] for c in counter], key)[:, 0], words)


def bins_reached(mass):
    """Return the first bin up to which there is weight, and how many there are to the last."""
    first = np.flatnonzero(np.cumsum(mass) >= 2.0**-33)
    last = np.flatnonzero(np.cumsum(mass[::-1])[::-1] >= 2.0**-33)
    return (int(first[0]), int(last[-1] - first[0]) + 1) if len(first) else (0, 0)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("bins", [(20,), (5, 7), (3, 300), (40, 1, 6)])
def test_draws_are_made_as_they_are_said_to_be(bins):
    """One random word a draw and column, whose outcome the alias table of the centre's bin masses tells."""
    d, n_draws = len(bins), 1000
    x = normal(3, d)
    drawn = fitted(x).histogram(bins=bins, n_samples=n_draws, range=(-1.5, 2), rng=5)

    generator = np.random.default_rng(5)
    n_draws_of = generator.multinomial(n_draws, np.full(3, 1 / 3))
    seed = int(generator.integers(2**64, dtype=np.uint64))
    counts, outside = np.zeros(bins, np.int64), 0
    for i, n in enumerate(n_draws_of):
        groups = np.arange(-(-n // 64) * 16)
        cell = np.empty((n, d), np.int64)
        for c in range(d):
            edges = np.linspace(-1.5, 2, bins[c] + 1)
            cdf = stats.norm.cdf((edges - x[i, c]) / 0.2)
            mass = np.diff(cdf)
            first, n_bins = bins_reached(mass)
            widest = max(bins_reached(np.diff(stats.norm.cdf((edges - centre) / 0.2)))[1] for centre in x[:, c])
            table = alias_table(
                weights_of([*mass[first : first + n_bins], cdf[0] + 1 - cdf[-1]]), max(widest.bit_length(), 4)
            )
            words = threefry([groups, [0], [1], [0]], [seed % 2**32, seed // 2**32, i, c])
            # Of 16 counters, the first words, then the second words ...
            words = words.reshape(4, -1, 16).transpose(1, 0, 2).ravel()[:n]
            outcome = outcomes(words, *table)
            cell[:, c] = np.where(outcome < n_bins, outcome + first, -1)
        inside = (cell >= 0).all(axis=1)
        np.add.at(counts, tuple(cell[inside].T), 1)
        outside += np.count_nonzero(~inside)
    np.testing.assert_array_equal(drawn.counts, counts)
    assert drawn.outside == outside


SHAPES = [
    pytest.param(2, 20, id="one part"),
    pytest.param(5, 20, id="leading columns"),
    pytest.param(2, 12_000, id="sparse"),
    pytest.param(13, 20, id="13 columns"),
]


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(("d", "bins"), SHAPES)
def test_the_same_seed_gives_the_same_histogram(d, bins):
    density = fitted(normal(200, d))
    one = density.histogram(bins=bins, n_samples=100_000, rng=3, workers=1)
    for workers in 2, 5:
        other = density.histogram(bins=bins, n_samples=100_000, rng=3, workers=workers)
        np.testing.assert_array_equal(one.counts, other.counts)
        assert one.is_sparse == other.is_sparse == (bins**d > 2**27)
        if one.is_sparse:
            np.testing.assert_array_equal(one.keys, other.keys)
        assert one.outside == other.outside
    another = density.histogram(bins=bins, n_samples=100_000, rng=4)
    assert not np.array_equal(one.counts, another.counts)


@pytest.mark.parametrize(("d", "bins", "h"), [(1, 20, 0.2), (1, 500, 0.5), (2, 20, 0.9), (3, 20, 0.2), (5, 20, 0.2)])
def test_draws_follow_the_limit(d, bins, h):
    density = fitted(normal(300, d), h)
    n_draws = 3_000_000
    drawn = density.histogram(bins=bins, n_samples=n_draws, range=(-2.5, 3), rng=7)
    limit = density.histogram(bins=bins, n_samples=None, range=(-2.5, 3))
    assert chi_square_pvalue(drawn.counts, limit.counts, n_draws) > 1e-3
    assert stats.binomtest(drawn.outside, n_draws, limit.outside).pvalue > 1e-3


def test_sparse_draws_follow_the_limit():
    """Fine bins are counted together as coarse ones."""
    density = fitted(normal(300, 2))
    fine = density.histogram(bins=12_000, n_samples=1_000_000, range=(-3, 3), rng=7)
    coarse = np.zeros((20, 20), np.int64)
    np.add.at(coarse, tuple((fine.indices // 600).T), fine.counts)
    limit = density.histogram(bins=20, n_samples=None, range=(-3, 3))
    assert chi_square_pvalue(coarse, limit.counts, 1_000_000) > 1e-3
    assert (np.diff(fine.keys) > 0).all()
    assert (fine.counts > 0).all()


def test_sparse_draws_of_many_columns_follow_the_limit():
    """Pairs of columns: the first two, the last two, and one of either end."""
    x = normal(50, 8)
    drawn = fitted(x).histogram(bins=30, n_samples=400_000, range=(-4, 4), rng=7)
    assert drawn.is_sparse
    for pair in (0, 1), (6, 7), (0, 7), (2, 5):
        marginal = np.zeros((30, 30), np.int64)
        np.add.at(marginal, tuple(drawn.indices[:, pair].T), drawn.counts)
        limit = fitted(x[:, pair]).histogram(bins=30, n_samples=None, range=(-4, 4))
        assert chi_square_pvalue(marginal, limit.counts, drawn.n_samples) > 1e-3


def test_draws_scatter_as_independent_ones_do():
    """Over many seeds the chi-square statistic has its distribution, neither too wide nor too narrow."""
    density = fitted(normal(100, 2), 0.3)
    limit = density.histogram(bins=10, n_samples=None, range=(-4, 4))
    pvalues = [
        chi_square_pvalue(
            density.histogram(bins=10, n_samples=20_000, range=(-4, 4), rng=seed).counts, limit.counts, 20_000
        )
        for seed in range(300)
    ]
    assert stats.kstest(pvalues, "uniform").pvalue > 1e-3


@settings(max_examples=60)
@given(
    d=st.integers(1, 6),
    bins=st.integers(1, 40),
    n_centres=st.integers(1, 20),
    n_draws=st.integers(1, 5000),
    log_h=st.floats(-12, 3),
    low=st.floats(-5, 1),
    width=st.floats(1e-3, 10),
    seed=st.integers(0, 2**32),
)
def test_no_draw_is_lost(d, bins, n_centres, n_draws, log_h, low, width, seed):
    density = fitted(normal(n_centres, d, seed), 10**log_h)
    drawn = density.histogram(
        bins=bins if bins**d < 2**21 else 3, n_samples=n_draws, range=(low, low + width), rng=seed
    )
    assert drawn.counts.sum() + drawn.outside == drawn.n_samples == n_draws
    assert drawn.counts.min() >= 0
    assert drawn.counts.dtype == np.int64


def test_one_centre_with_more_draws_than_are_sorted_at_a_time():
    """A part of a sparse grid is split again until it is small, down to a single cell."""
    density = fitted(np.zeros((1, 9)), 1e-3)
    drawn = density.histogram(bins=9, n_samples=9_000_000, range=(-4.5e-1, 4.5e-1), rng=1)
    assert drawn.is_sparse
    np.testing.assert_array_equal(drawn.counts, [9_000_000])
    wider = fitted(np.zeros((1, 9)), 0.03).histogram(bins=9, n_samples=9_000_000, range=(-0.45, 0.45), rng=1)
    assert wider.counts.sum() + wider.outside == 9_000_000
    centre = np.all(wider.indices == 4, axis=1)
    p = stats.norm.cdf(0.05 / 0.03) - stats.norm.cdf(-0.05 / 0.03)
    assert stats.binomtest(int(wider.counts[centre][0]), 9_000_000, p**9).pvalue > 1e-3


@pytest.mark.parametrize(("d", "bins"), [(2, 30), (7, 16)])
def test_more_centres_than_are_taken_at_a_time(d, bins):
    density = fitted(normal(40_000, d))
    drawn = density.histogram(bins=bins, n_samples=200_000, range=(-4, 4), rng=1)
    assert drawn.counts.sum() + drawn.outside == 200_000
    assert drawn.is_sparse == (d == 7)
    if drawn.is_sparse:
        assert (np.diff(drawn.keys) > 0).all()
    else:
        limit = density.histogram(bins=bins, n_samples=None, range=(-4, 4))
        assert chi_square_pvalue(drawn.counts, limit.counts, 200_000) > 1e-3


def test_progress_is_reported_and_may_stop_the_draws():
    density = fitted(normal(100, 3))
    calls = []
    density.histogram(n_samples=3_000_000, rng=1, progress=lambda *call: calls.append(call))
    assert calls[-1] == (3_000_000, 3_000_000)
    assert calls == sorted(calls)

    def stop(*_):
        raise RuntimeError("enough")

    with pytest.raises(RuntimeError, match="enough"):
        density.histogram(n_samples=10**12, rng=1, progress=stop)


def test_a_number_of_draws_beyond_all_patience_takes_no_memory():
    def stop(*_):
        raise RuntimeError("enough")

    for x in np.zeros((1, 1)), normal(1000, 5):
        with pytest.raises(RuntimeError, match="enough"):
            fitted(x).histogram(n_samples=2**61, rng=1, progress=stop)


def test_millions_of_bins_under_one_kernel():
    """So many that rounding all their masses would not leave a sum of one."""
    drawn = fitted(np.zeros((1, 1)), 1.0).histogram(bins=3_000_000, n_samples=3_000_000, range=(-6, 6), rng=1)
    assert drawn.counts.sum() + drawn.outside == 3_000_000
    limit = fitted(np.zeros((1, 1)), 1.0).histogram(bins=100, n_samples=None, range=(-6, 6))
    assert chi_square_pvalue(drawn.counts.reshape(100, -1).sum(axis=1), limit.counts, 3_000_000) > 1e-3


def test_the_reference_draws_from_the_same_density():
    x = normal(100, 2)
    limit = fitted(x).histogram(n_samples=None, range=(-3, 3))
    drawn = fitted(x, library=reference).histogram(n_samples=100_000, range=(-3, 3), rng=1)
    assert chi_square_pvalue(drawn.counts, limit.counts, 100_000) > 1e-3


def test_too_many_occupied_bins_are_refused(monkeypatch):
    monkeypatch.setattr(_kde_histogram, "_most_occupied_cells", lambda: 1000)
    with pytest.raises(MemoryError, match=r"n_samples=100000 fills more than 1000 of 8\.19e\+16 bins.*\.entropy"):
        fitted(normal(100, 13)).histogram(n_samples=100_000, rng=1)


# --- The limit ---


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(
    ("d", "h", "bins"), [(1, 0.2, 20), (2, [0.1, 1.0], (7, 30)), (3, 0.3, 12), (4, 0.5, (2, 9, 3, 8))]
)
def test_limit_equals_the_reference(d, h, bins):
    x = normal(40, d)
    ours, theirs = (fitted(x, h, library).histogram(bins=bins, n_samples=None) for library in (fastmi, reference))
    np.testing.assert_allclose(ours.counts, theirs.counts, rtol=1e-9, atol=1e-14)
    for a, b in zip(ours.edges, theirs.edges, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(ours.outside, theirs.outside, rtol=1e-6)
    assert ours.n_samples is None
    assert ours.counts.sum() + ours.outside + ours.truncation == pytest.approx(1, abs=1e-14)
    assert 0 <= ours.truncation < 1e-12


def test_limit_has_the_same_bits_everywhere(monkeypatch):
    density = fitted(normal(500, 4))
    one = density.histogram(n_samples=None, workers=1)
    for level in fastmi.build_info()["instruction_sets"]:
        monkeypatch.setenv("FASTMI_SIMD", level)
        try:
            other = density.histogram(n_samples=None, workers=3)
        except RuntimeError:
            continue  # this processor does not have it
        np.testing.assert_array_equal(one.counts, other.counts)
        assert density.entropy(n_samples=10**6, workers=1).value == density.entropy(n_samples=10**6, workers=3).value


def test_tails_are_kept_to_full_precision():
    """A bin five bandwidths and more away has its mass to all digits, not the difference of two ones."""
    limit = fitted([0.0], 1.0).histogram(bins=10, n_samples=None, range=(5, 7))
    edges = limit.edges[0]
    np.testing.assert_allclose(limit.counts, stats.norm.sf(edges[:-1]) - stats.norm.sf(edges[1:]), rtol=1e-13)
    assert limit.outside == pytest.approx(1 - stats.norm.sf(5) + stats.norm.sf(7), rel=1e-15)


@pytest.mark.parametrize(("d", "range_"), [(4, (4, 6)), (3, (5, 7)), (4, (5.3, 7)), (6, (-0.01, 0.01))])
def test_a_range_with_little_in_it(d, range_):
    """However little: what is left out is small beside it. Columns are independent."""
    column = fitted(np.zeros((1, 1)), 1.0).entropy(bins=8, range=range_)
    limit = fitted(np.zeros((1, d)), 1.0).histogram(bins=8, n_samples=None, range=range_)
    inside = (stats.norm.sf(range_[0]) - stats.norm.sf(range_[1])) ** d
    assert limit.counts.sum() + limit.truncation == pytest.approx(inside, rel=1e-9)
    assert limit.truncation < 1e-9 * inside
    assert limit.entropy() == pytest.approx(d * column, abs=1e-7)
    assert fitted(np.zeros((1, d)), 1.0).entropy(bins=8, range=range_) == pytest.approx(d * column, abs=1e-7)


@pytest.mark.parametrize(("centre", "h"), [(1.0, 1e-18), (1e15, 1e-3), (1.7e9, 1e-9)])
def test_kernels_narrower_than_floats_are_apart(centre, h):
    """On an edge, one half goes to either side."""
    density = fitted([centre, centre], h)
    around = (centre - 10, centre + 10) if centre > 10 else (0, 2)
    limit = density.histogram(bins=2, n_samples=None, range=around)
    np.testing.assert_array_equal(limit.counts, [0.5, 0.5])
    drawn = density.histogram(bins=2, n_samples=1000, range=around, rng=1)
    assert drawn.outside == 0
    assert stats.binomtest(int(drawn.counts[0]), 1000, 0.5).pvalue > 1e-3
    assert fitted([centre, centre + 8], h).histogram(n_samples=1000, rng=1).outside == 0


def test_bins_of_too_little_mass_to_be_drawn_one_by_one_are_drawn_together():
    density = fitted([0.0], 1.0)
    drawn = density.histogram(bins=2**20, n_samples=10**8, range=(-8.3, 8.3), rng=1)
    edge = drawn.edges[0][:-1]
    for z in 4.0, 4.7:
        tail = int(drawn.counts[(edge > z) | (edge < -z)].sum())
        assert stats.poisson(2e8 * stats.norm.sf(z)).interval(0.999)[0] <= tail
        assert tail <= stats.poisson(2e8 * stats.norm.sf(z)).interval(0.999)[1]
    inside = density.histogram(bins=2**22, n_samples=10**6, range=(-0.002, 0.002), rng=1)
    assert stats.binomtest(int(inside.counts.sum()), 10**6, 1 - 2 * stats.norm.sf(0.002)).pvalue > 1e-3


def test_one_column_of_very_many_bins():
    """Nothing has an entry for each of its bins."""
    drawn = fitted(normal(100, 2), 0.01).histogram(bins=(200, 2**24), n_samples=1000, rng=1)
    assert drawn.is_sparse
    assert drawn.counts.sum() + drawn.outside == 1000


def test_one_draw_is_alone():
    assert fitted([0.0], 0.1).entropy(bins=1, n_samples=1, range=(-9, 9)).singleton_fraction == 1


def test_range_is_what_ten_million_draws_span():
    density = fitted(normal(1000, 1))
    limit = density.histogram(n_samples=None)
    assert limit.outside == pytest.approx(2e-7, rel=1e-6)
    assert limit.range_rule == "where 10,000,000 draws are expected to have their extremes"
    mixed = fitted(normal(100, 2)).histogram(n_samples=100, range=[None, (0, 1)])
    assert mixed.range_rule.endswith("extremes, given for column 1")
    assert density.histogram(n_samples=100, range=(0, 1)).range_rule == "given"
    np.testing.assert_array_equal(density.histogram(n_samples=10).edges[0], limit.edges[0])


# --- Entropies ---


@pytest.mark.parametrize("n_samples", [None, 2, 10, 300, 5000])
def test_entropy_equals_the_reference(n_samples):
    x = normal(30, 2)
    ours, theirs = (fitted(x, 0.4, library).entropy(bins=6, n_samples=n_samples) for library in (fastmi, reference))
    assert ours.value == pytest.approx(theirs.value, abs=2e-6)  # the reference rounds the draws inside
    assert ours.slope == pytest.approx(theirs.slope, abs=1e-5)
    assert ours.singleton_fraction == pytest.approx(theirs.singleton_fraction, abs=1e-5)
    assert ours.ceiling == pytest.approx(theirs.ceiling, abs=1e-6)
    assert ours.std_error == 0


def test_entropy_in_other_units():
    density = fitted(normal(100, 2))
    nats, bits = density.entropy(n_samples=1000), density.entropy(n_samples=1000, base=2)
    assert bits == pytest.approx(nats / math.log(2))
    assert bits.ceiling == pytest.approx(nats.ceiling / math.log(2))


@pytest.mark.parametrize(
    ("mean", "n_draws"),
    [
        (mean, n_draws)
        for mean in (1e-9, 1e-3, 0.5, 3.0, 100.0, 255.0, 257.0, 1000.0, 1e5)
        for n_draws in (2, 30, 1000, 10**6)
        if mean < n_draws
    ],
)
def test_expected_logarithms_are_binomial(mean, n_draws):
    p = min(mean / (n_draws - 1), 1.0)
    others = stats.binom(n_draws - 1, p)
    c = np.arange(*others.support()) if n_draws <= 1000 else np.arange(max(0, mean - 4000), mean + 4000).astype(int)
    c = np.append(c, c[-1] + 1)
    c = c[c <= n_draws - 1]
    pmf = others.pmf(c)
    (surprise,), (slope,), (alone,) = fastmi._core.plugin_terms(np.array([p]), float(n_draws))
    assert surprise == pytest.approx(math.log(n_draws) - pmf @ np.log1p(c), abs=3e-8)
    assert slope == pytest.approx(n_draws * (np.log1p(1 / n_draws) - p * (pmf @ np.log1p(1 / (1 + c)))), abs=1e-6)
    assert alone == pytest.approx((1 - p) ** (n_draws - 1), rel=1e-6, abs=1e-300)


def test_expected_entropy_is_that_of_histograms():
    density = fitted(normal(300, 3))
    found = [float(density.histogram(n_samples=2000, rng=seed).entropy()) for seed in range(50)]
    expected = density.entropy(n_samples=2000)
    assert abs(np.mean(found) - expected) < 4 * np.std(found, ddof=1) / np.sqrt(50)
    singletons = [density.histogram(n_samples=2000, rng=seed).entropy().singleton_fraction for seed in range(20)]
    assert np.mean(singletons) == pytest.approx(expected.singleton_fraction, rel=0.03)


def test_a_single_centre_has_the_entropy_of_a_normal_distribution():
    """In closed form, and above so many cells by a Monte Carlo mean."""
    for d, bins in (1, 2000), (2, 400), (9, 60):
        h = fitted(np.zeros((1, d)), 0.7).entropy(bins=bins, rng=1)
        assert h == pytest.approx(d / 2 * math.log(2 * math.pi * math.e * 0.7**2), abs=2e-3 * d + 4 * h.std_error)
        assert (h.std_error > 0) == (d == 9)


def test_monte_carlo_agrees_with_the_exact_limit(monkeypatch):
    density = fitted(normal(300, 3))
    for n_samples in None, 3000:
        exact = density.entropy(n_samples=n_samples)
        with monkeypatch.context() as patch:
            patch.setattr(_kde_histogram, "_MOST_PRODUCTS", 0)
            drawn = density.entropy(n_samples=n_samples, rng=1)
        assert exact.std_error == 0 < drawn.std_error < 0.005
        assert abs(exact - drawn) < 4 * drawn.std_error
        assert drawn.singleton_fraction == pytest.approx(exact.singleton_fraction, abs=0.01)
        assert drawn.slope == pytest.approx(exact.slope, abs=0.01)


@pytest.mark.parametrize(("d", "h", "n_samples"), [(13, 0.67, 10**4), (13, 1.0, 10**6), (8, 0.3, 100)])
def test_monte_carlo_stays_below_its_ceiling(d, h, n_samples):
    for seed in range(4):
        echo = fitted(normal(300, d), h).entropy(n_samples=n_samples, rng=seed)
        assert echo <= echo.ceiling + 1e-9


def test_monte_carlo_in_a_narrow_range(monkeypatch):
    """How many draws fall inside is known, and makes no noise."""
    density = fitted(normal(300, 3))
    for n_samples in None, 100:
        exact = density.entropy(range=(-1, 0.5), n_samples=n_samples)
        with monkeypatch.context() as patch:
            patch.setattr(_kde_histogram, "_MOST_PRODUCTS", 0)
            found = [density.entropy(range=(-1, 0.5), n_samples=n_samples, rng=seed) for seed in range(20)]
        z = [(h - exact) / h.std_error for h in found]
        assert 0.5 < np.sqrt(np.mean(np.square(z))) < 1.6


@pytest.mark.parametrize("h", [1e-3, 1e-7, 2e-8, 1e-9, 1e-200])
def test_monte_carlo_of_columns_that_depend_on_each_other(h):
    """Eight times the same column: h is all that the kernels add in seven directions."""
    x = np.repeat(normal(200, 1), 8, axis=1) if h > 1e-100 else np.zeros((50, 8))
    first, second = (fitted(x, h).entropy(rng=seed, range=(-5, 5)) for seed in (1, 2))
    assert abs(first - second) < 5 * math.hypot(first.std_error, second.std_error) + 1e-9


def test_samples_are_those_inside_the_range():
    density = fitted(normal(300, 2))
    drawn = density.histogram(n_samples=10_000, bins=5, range=(-1, 1), rng=1).entropy()
    expected = density.entropy(n_samples=10_000, bins=5, range=(-1, 1))
    assert expected.n_samples + expected.outside == 10_000
    assert abs(expected.n_samples - drawn.n_samples) < 300


def test_thirteen_columns_echo_the_number_of_draws():
    density = fitted(normal(1000, 13), 0.7)
    echo = density.entropy(n_samples=10**8, rng=1)
    limit = density.entropy(rng=1)
    assert echo.saturated
    assert echo.slope > 0.5
    assert echo < echo.ceiling
    assert "WARNING" in str(echo)
    assert not limit.saturated
    assert limit > echo + 1
    assert limit.ceiling == math.inf


def test_more_cells_than_can_be_numbered_still_have_an_entropy():
    density = fitted(normal(100, 20), 0.5)
    assert np.isfinite(density.entropy(rng=1))
    with pytest.raises(ValueError, match="2\\*\\*63"):
        density.histogram(n_samples=100)


# --- Arguments ---


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"n_samples": 0}, ValueError, "n_samples=0"),
        ({"n_samples": 1.5}, TypeError, "n_samples=1.5 is not an integer"),
        ({"range": [("0", "1"), None]}, TypeError, "not a pair"),
        ({"n_samples": 2**62}, ValueError, "n_samples"),
        ({"bins": 0}, ValueError, "bins"),
        ({"bins": (3, 3, 3)}, ValueError, "bins has 3 entries for 2 columns"),
        ({"range": (1, 1)}, ValueError, "range"),
        ({"workers": 0}, ValueError, "workers"),
    ],
)
def test_bad_arguments_are_named(options, error, message):
    density = fitted(normal(10, 2))
    for method in density.histogram, density.entropy:
        with pytest.raises(error, match=message):
            method(**{"n_samples": 100, **options})


def test_whole_floats_are_numbers_of_draws():
    assert fitted(normal(10, 1)).histogram(n_samples=1e3).n_samples == 1000


def test_probabilities_of_too_many_bins_are_refused():
    with pytest.raises(ValueError, match=r"n_samples=None .* 8.19e\+16 bins in 13 .*\.entropy"):
        fitted(normal(10, 13)).histogram(n_samples=None)
    with pytest.raises(ValueError, match=r"n_samples=None .* the kernels reach"):
        fitted(normal(100_000, 6), 3.0).histogram(n_samples=None)


def test_too_many_bins_for_a_monte_carlo_mean_are_refused():
    with pytest.raises(ValueError, match=r"130000 in all columns together.*cross_entropy"):
        fitted(normal(10, 13)).entropy(bins=10_000)


def test_nothing_inside_the_range():
    density = fitted(normal(10, 2), 1e-3)
    assert density.histogram(n_samples=100, range=(50, 60)).outside == 100
    assert density.histogram(n_samples=None, range=(50, 60)).outside == 1
    with pytest.raises(ValueError, match="the range holds nothing"):
        density.entropy(range=(50, 60))
    with pytest.raises(ValueError, match=r"the range holds .*too little"):
        fitted(normal(10, 9), 1.0).entropy(range=(2.5, 3))


def test_not_fitted():
    for method in fastmi.KernelDensity().histogram, fastmi.KernelDensity().entropy:
        with pytest.raises(ValueError, match="fit"):
            method()
