"""Histograms: numpy.histogramdd's counts and edges, integer for integer and bit for bit; and what numpy has not."""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

import fastmi
from fastmi import _core, reference
from samples import KINDS

same_fixtures_for_all = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def assert_same(found, expected):
    for got, want in zip(found.edges, expected.edges, strict=True):
        np.testing.assert_array_equal(got, want, strict=True)
    np.testing.assert_array_equal(found.counts, expected.counts, strict=True)
    assert found.is_sparse == expected.is_sparse
    if found.is_sparse:
        np.testing.assert_array_equal(found.keys, expected.keys, strict=True)
    assert (found.n_samples, found.outside) == (expected.n_samples, expected.outside)


def is_refused(call):
    try:
        call()
    except ValueError as error:
        assert "too narrow" in str(error) or "wider than the greatest" in str(error)  # noqa: PT017
        return True
    return False


# Numbers of every size, and plain ones, so that low and high are often of the same order.
ends = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-100, 100),
    st.integers(-10, 10).map(float),
    st.sampled_from([0.0, -0.0, 5e-324, 1e-310, -2.5e-308, 1e6, 1e6 + 1e-3, -1e16, 1e16, 1e300, -1e300]),
)


@st.composite
def hostile_columns(draw, n):
    """Draw a range, a number of bins, and n values on its edges, beside them, in between and beyond."""
    low, high = sorted((draw(ends), draw(ends)))
    assume(low < high)
    bins = draw(st.sampled_from([1, 2, 3, 7, 20, 21, 64, 1000]))
    with np.errstate(over="ignore", invalid="ignore"):
        edges = np.linspace(low, high, bins + 1)
    assume(np.isfinite(edges).all())
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    on_edge = rng.choice(edges, n)
    with np.errstate(over="ignore"):
        below, above = np.nextafter(on_edge, -np.inf), np.nextafter(on_edge, np.inf)
    kinds = [
        on_edge,
        below,
        above,
        np.clip(low + rng.uniform(size=n) * (high - low), low, high),
        rng.choice([low, high, 0.0, -0.0, 1.7e308, -1.7e308, 5e-324, low / 2, high / 2], n),
    ]
    values = np.choose(rng.integers(len(kinds), size=n), kinds)
    return (low, high), bins, np.nan_to_num(values)


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # numpy, of edges that it then replaces
@pytest.mark.usefixtures("instruction_set")
@settings(same_fixtures_for_all, max_examples=200)
@given(n=st.integers(1, 300), data=st.data())
def test_values_on_edges_and_beside_them(n, data):
    pair, bins, values = data.draw(hostile_columns(n))
    if is_refused(lambda: fastmi.histogram(values, bins=bins, range=pair)):
        with np.errstate(over="ignore", invalid="ignore"):
            assert not (np.diff(np.linspace(*pair, bins + 1)) > 0).all()
        return
    assert_same(fastmi.histogram(values, bins=bins, range=pair), reference.histogram(values, bins=bins, range=[pair]))


@pytest.mark.filterwarnings("ignore:overflow:RuntimeWarning")  # numpy, of edges that it then replaces
@pytest.mark.usefixtures("instruction_set")
@settings(same_fixtures_for_all, max_examples=50)
@given(n=st.integers(1, 100), d=st.integers(1, 3), data=st.data())
def test_columns_of_all_sizes_together(n, d, data):
    pairs, bins, columns = zip(*(data.draw(hostile_columns(n)) for _ in range(d)), strict=True)
    x, bins = np.column_stack(columns), [min(b, 64) for b in bins]
    assume(not is_refused(lambda: fastmi.histogram(x, bins=bins, range=pairs)))
    assert_same(fastmi.histogram(x, bins=bins, range=pairs), reference.histogram(x, bins=bins, range=pairs))


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("kind", [*KINDS, "far offset", "subnormal", "huge", "zeros of both signs"])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_the_samples_own_extremes(kind, d):
    more = {
        "far offset": lambda rng, n: 1e6 + 1e-3 * rng.normal(size=n),
        "subnormal": lambda rng, n: 5e-324 * rng.integers(-1000, 1000, size=n),
        "huge": lambda rng, n: 1e307 * rng.normal(size=n),
        "zeros of both signs": lambda rng, n: rng.choice([0.0, -0.0], size=n),
    }
    draw = more[kind] if kind in more else KINDS[kind].draw
    rng = np.random.default_rng(1)
    x = np.column_stack([draw(rng, 3001) for _ in range(d)])
    assert_same(fastmi.histogram(x), reference.histogram(x))
    ranges = [None, (-0.5, 0.25), None][:d]
    assert_same(
        fastmi.histogram(x, bins=[7, 20, 3][:d], range=ranges),
        reference.histogram(x, bins=[7, 20, 3][:d], range=ranges),
    )


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("n", [1, 7, 8, 9, 1023, 1024, 1025, 16385, 70_001])
@pytest.mark.parametrize("bins", [20, 60, 700])  # cells few enough for several tables, for one, and more than rows
def test_around_the_sizes_of_blocks_and_tables(n, bins):
    x = np.random.default_rng(n).normal(size=(n, 2))
    expected = reference.histogram(x, bins=bins, range=[(-3, 3)] * 2)
    for workers in (1, 2, 5, None):
        assert_same(fastmi.histogram(x, bins=bins, range=(-3, 3), workers=workers), expected)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(("d", "bins"), [(7, 20), (13, 20), (40, 2), (62, 2), (2, 2**20), (3, 2**21 - 1)])
@pytest.mark.parametrize("kind", ["normal", "cauchy", "constant", "rounded"])
def test_sparse(d, bins, kind):
    rng = np.random.default_rng(2)
    x = np.column_stack([KINDS[kind].draw(rng, 2000) for _ in range(d)])
    x = np.concatenate([x, x[::3]])
    expected = reference.histogram(x, bins=bins, range=[(-2, 2)] * d)
    for workers in (1, 3):
        assert_same(fastmi.histogram(x, bins=bins, range=(-2, 2), workers=workers), expected)
    assert_same(fastmi.histogram(x, bins=bins), reference.histogram(x, bins=bins))


@pytest.mark.parametrize("d", [33, 200])
def test_more_columns_than_an_array_has(d):
    x = np.random.default_rng(12).normal(size=(500, d))
    bins = [1] * (d - 2) + [3, 4]
    found = fastmi.histogram(x, bins=bins)
    assert_same(found, reference.histogram(x, bins=bins))
    assert found.is_sparse
    np.testing.assert_array_equal(found.indices[:, -2:], np.argwhere(np.histogramdd(x[:, -2:], [3, 4])[0]))
    assert not found.indices[:, :-2].any()


def test_dense_and_sparse_agree():
    x = np.random.default_rng(3).normal(size=(5000, 3))
    dense = fastmi.histogram(x, bins=20)
    edges = list(dense.edges)
    keys, counts, n_uncounted, all_finite = _core.sparse_histogram(x, edges, 1)
    np.testing.assert_array_equal(keys, np.flatnonzero(dense.counts))
    np.testing.assert_array_equal(counts, dense.counts[dense.counts > 0])
    assert (n_uncounted, all_finite) == (0, True)
    wide = fastmi.histogram(
        np.column_stack([x, np.zeros(5000)]), bins=[20, 20, 20, 2**20], range=[None] * 3 + [(-1, 1)]
    )
    np.testing.assert_array_equal(wide.indices[:, :3], dense.indices)
    np.testing.assert_array_equal(wide.counts, dense.counts[tuple(dense.indices.T)])


@pytest.mark.parametrize("bins", [20, 700, 2**14])
def test_any_strides_and_no_copy(bins):
    rng = np.random.default_rng(4)
    x = rng.normal(size=(3000, 2))
    expected = reference.histogram(x, bins=bins, range=[(-2, 2)] * 2)
    wide = np.zeros((6000, 7))
    wide[::2, 1::4] = x
    backwards = np.ascontiguousarray(x[::-1, ::-1])[::-1, ::-1]
    misaligned = np.frombuffer(b"." + x.tobytes(), np.uint8)[1:].view(float).reshape(x.shape)
    for same in (x, np.asfortranarray(x), wide[::2, 1::4], backwards, misaligned, x.tolist(), x.astype(">f8")):
        assert_same(fastmi.histogram(same, bins=bins, range=(-2, 2)), expected)
    row = np.broadcast_to(x[0], x.shape)
    assert fastmi.histogram(row, bins=bins, range=(-9, 9)).counts.max() == 3000


@pytest.mark.parametrize("dtype", [np.float32, np.float16, np.int8, np.int64, np.uint16, np.bool_, np.longdouble])
def test_other_types_count_as_their_float64_copies(dtype):
    rng = np.random.default_rng(5)
    x = np.abs(rng.normal(scale=20, size=(500, 2))).astype(dtype)
    assert_same(fastmi.histogram(x), reference.histogram(x.astype(np.float64)))
    assert_same(fastmi.histogram(x, range=(0, 10)), reference.histogram(x.astype(np.float64), range=[(0, 10)] * 2))


def test_integers_beyond_32_bits():
    x = np.array([2**53, 2**53 + 2, 2**60, -(2**62)])
    assert_same(fastmi.histogram(x, bins=1000), reference.histogram(x, bins=1000))


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("d", [1, 3, 9])
@pytest.mark.parametrize("pair", [None, (-1, 1)])
@pytest.mark.parametrize("n", [50, 5000])
def test_omit_is_the_same_as_leaving_the_rows_out(d, pair, n):
    rng = np.random.default_rng(6)
    x = rng.normal(size=(n, d))
    x[rng.uniform(size=x.shape) < 0.1 / d] = np.nan
    complete = x[~np.isnan(x).any(axis=1)]
    found = fastmi.histogram(x, range=pair, nan_policy="omit", workers=2)
    assert found.n_samples == len(complete) < n
    assert_same(found, fastmi.histogram(complete, range=pair))
    assert_same(found, reference.histogram(x, range=pair, nan_policy="omit"))


@pytest.mark.parametrize("pair", [None, (-1, 1)])
@pytest.mark.parametrize("bins", [20, 2**20])
def test_what_is_not_finite_is_refused(pair, bins):
    x = np.random.default_rng(7).normal(size=(20_000, 2))
    x[[12_345, 17_000], 1] = np.nan
    options = {"range": pair, "bins": bins}
    with pytest.raises(ValueError, match=r"x has NaN in 2 of 20000 rows, first in row 12345; pass nan_policy='omit'"):
        fastmi.histogram(x, **options)
    with pytest.raises(ValueError, match=r"first in row 12345; which counts cannot show .* pass nan_policy='omit'"):
        fastmi.histogram(x, nan_policy="propagate", **options)
    x[19_999, 0] = -np.inf
    for policy in ("raise", "omit", "propagate"):
        with pytest.raises(ValueError, match="x has an infinite value in row 19999, which no bin can hold: remove"):
            fastmi.histogram(x, nan_policy=policy, **options)
    with pytest.raises(ValueError, match="x has NaN in all of its 9 rows; pass at least one row without"):
        fastmi.histogram(np.full(9, np.nan), nan_policy="omit", range=pair, bins=bins)


X = np.linspace(0, 1, 10)


@pytest.mark.parametrize("module", [fastmi, reference])
@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"bins": 0}, ValueError, r"bins=0 has 0 for a column; pass from 1 to 2\*\*27"),
        ({"bins": [5, -1]}, ValueError, r"bins=\[5, -1\] has -1"),
        ({"bins": 2**80}, ValueError, r"pass from 1 to 2\*\*27"),
        ({"bins": 20.0}, TypeError, r"bins=20\.0 is not an integer, or a sequence of one integer a column"),
        ({"bins": "20"}, TypeError, "bins='20' is not an integer"),
        ({"bins": None}, TypeError, "bins=None is not an integer"),
        ({"bins": [20]}, ValueError, "bins has 1 entries for 2 columns; pass one integer for all columns, or one a"),
        ({"range": 3}, TypeError, r"range=3 is not None, a pair \(low, high\), or a sequence of one a column"),
        ({"range": [(0, 1)]}, ValueError, r"range has 1 entries for 2 columns; pass one pair \(low, high\)"),
        ({"range": (None, 5)}, TypeError, r"range has the entry 5, which is not a pair \(low, high\) of numbers"),
        ({"range": [(0, 1), (0, 1, 2)]}, TypeError, r"range has the entry \(0, 1, 2\)"),
        ({"range": [(0, 1), "ab"]}, TypeError, "range has the entry 'ab'"),
        ({"range": (1, 0)}, ValueError, r"range has the entry \(1\.0, 0\.0\); pass the lower end first"),
        ({"range": (1, 1)}, ValueError, r"range has the entry \(1\.0, 1\.0\)"),
        ({"range": (0, np.inf)}, ValueError, r"range has the entry \(0\.0, inf\); pass finite ends"),
        ({"range": (np.nan, 1)}, ValueError, r"range has the entry \(nan, 1\.0\); pass finite ends"),
        ({"workers": 0}, ValueError, "workers=0"),
        ({"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown"),
    ],
)
def test_bad_options(module, options, error, message):
    with pytest.raises(error, match=message):
        module.histogram(np.column_stack([X, X]), **options)


@pytest.mark.parametrize(
    ("x", "options", "error", "message"),
    [
        ([], {}, ValueError, r"x is empty \(shape \(0,\)\); pass at least one row and one column"),
        (np.zeros((3, 0)), {}, ValueError, "x is empty"),
        (np.zeros((3, 2, 2)), {}, ValueError, r"x has shape \(3, 2, 2\)"),
        ([1j], {}, TypeError, "x holds complex numbers"),
        (["a"], {}, TypeError, "x has dtype <U1"),
        (X, {"range": (-1.7e308, 1.7e308)}, ValueError, "column 0 is wider than the greatest float64; divide x by 2"),
        (X, {"range": (1, np.nextafter(1, 2))}, ValueError, r"column 0 is too narrow for 20 bins: float64 cannot tell"),
        (
            np.full(9, 1e17),
            {},
            ValueError,
            "column 0 is too narrow for 20 bins: .* pass fewer bins, a wider range, or x",
        ),
        (np.zeros((9, 13)), {"bins": 100}, ValueError, r"100\^13 bins make more than 2\*\*63 - 1 cells"),
        (np.zeros((9, 63)), {"bins": 2}, ValueError, r"2\^63 bins make more than"),
    ],
)
def test_bad_samples_and_ranges(x, options, error, message):
    with pytest.raises(error, match=message):
        fastmi.histogram(x, **options)


def test_the_range_rule_is_told():
    x = np.column_stack([X, np.ones(10), X])
    assert fastmi.histogram(x, range=(0, 1)).range_rule == "given"
    assert fastmi.histogram(x[:, ::2]).range_rule == "the samples' own extremes"
    told = fastmi.histogram(x, range=[(0, 1), None, None]).range_rule
    assert told == "the samples' own extremes, given for column 0, half a unit around constant column 1"


def test_a_histogram_describes_itself():
    dense = fastmi.histogram(np.column_stack([X, 2 * X]), bins=[4, 5], range=(0, 1))
    assert (dense.n_dims, dense.bins, dense.widths, dense.is_sparse) == (2, (4, 5), (0.25, 0.2), False)
    assert repr(dense) == "<Histogram of 4 x 5 bins, dense: 10 samples in 5 cells, 5 outside; range: given>"
    np.testing.assert_array_equal(dense.indices, np.argwhere(dense.counts))
    sparse = fastmi.histogram(np.column_stack([X] * 7), bins=20)
    np.testing.assert_array_equal(sparse.indices, np.repeat(np.histogram(X, 20)[0].nonzero()[0], 7).reshape(-1, 7))
    assert "20^7 bins, sparse: 10 samples in 10 cells, 0 outside; range: the samples'" in repr(sparse)
    limit = fastmi.Histogram(np.array([0.25, 0.5]), (np.arange(3.0),), None, 0.25, None, "given")
    assert repr(limit) == "<Histogram of 2 bins, dense: probabilities of 2 cells, 0.25 outside; range: given>"
    for same in (copy.deepcopy(sparse), pickle.loads(pickle.dumps(sparse))):
        assert_same(same, sparse)
    with pytest.raises(AttributeError):
        dense.outside = 3


def test_entropy_is_that_of_the_counts():
    x = np.random.default_rng(11).normal(size=(2000, 2))
    filled = fastmi.histogram(x, bins=10, range=[(-2, 2), (-1, 1)])
    p = filled.counts[filled.counts > 0] / filled.counts.sum()
    shannon = -np.sum(p * np.log(p))
    volume = np.log(0.4 * 0.2)
    assert np.isclose(filled.entropy(density=False), shannon)
    assert np.isclose(filled.entropy(), shannon + volume)
    assert np.isclose(filled.entropy(base=2), (shannon + volume) / np.log(2))
    assert filled.entropy().outside == filled.outside > 0
    assert filled.entropy(correction="miller-madow") > filled.entropy()

    limit = fastmi.Histogram(filled.counts / len(x), filled.edges, None, filled.outside / len(x), None, "given")
    assert np.isclose(limit.entropy(), filled.entropy(), rtol=1e-14)
    assert (limit.entropy().n_samples, limit.entropy().ceiling) == (None, np.inf)
    assert limit.entropy().outside == limit.outside
    with pytest.raises(ValueError, match="correction='nsb' is for finitely many samples"):
        limit.entropy(correction="nsb")


def test_nothing_inside_has_no_entropy():
    with pytest.raises(ValueError, match="range"):
        fastmi.histogram(X, range=(5, 6)).entropy()
    with pytest.raises(ValueError, match="nothing is inside the range"):
        fastmi.Histogram(np.zeros(2), (np.arange(3.0),), None, 1.0, None, "given").entropy()


def test_input_is_not_modified_and_may_be_read_only():
    x = np.random.default_rng(8).normal(size=(100, 3))
    before = x.copy()
    x.flags.writeable = False
    fastmi.histogram(x)
    fastmi.histogram(x, bins=2**20, range=(-1, 1))
    np.testing.assert_array_equal(x, before)


@settings(max_examples=50)
@given(
    n=st.sampled_from([0, 1, 2, 127, 128, 129, 5000, 40_000]),
    bits=st.integers(0, 64),
    shift=st.integers(0, 63),
    few=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_keys_are_counted(n, bits, shift, few, seed):
    rng = np.random.default_rng(seed)
    keys = rng.integers(2**64 - 1, size=n, dtype=np.uint64, endpoint=True)
    keys = (keys >> np.uint64(min(64 - bits, 63))) << np.uint64(shift)
    if few and n:
        keys = rng.choice(keys[: 1 + n // 50], n)
    for got, want in zip(_core.count_keys(keys, 1), np.unique(keys, return_counts=True), strict=True):
        np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("workers", [1, 2, 5])
def test_many_keys_are_counted(workers):
    rng = np.random.default_rng(9)
    n = 600_000
    crowded = rng.integers(2**40, size=n, dtype=np.uint64)
    crowded[:3] = [0, 2**63, 2**64 - 1]
    mostly_one = np.where(rng.uniform(size=n) < 0.9, 77, rng.integers(2**20, size=n)).astype(np.uint64)
    for keys in (crowded, mostly_one, np.full(n, 2**64 - 1, np.uint64), rng.integers(3, size=n, dtype=np.uint64)):
        for got, want in zip(_core.count_keys(keys, workers), np.unique(keys, return_counts=True), strict=True):
            np.testing.assert_array_equal(got, want)


def test_threads_may_call_at_once():
    x = np.random.default_rng(10).normal(size=(20_000, 3))
    expected = fastmi.histogram(x, workers=1)
    with ThreadPoolExecutor(8) as pool:
        for call in [pool.submit(fastmi.histogram, x, workers=workers) for workers in [1, 2, None, 3] * 5]:
            assert_same(call.result(), expected)
