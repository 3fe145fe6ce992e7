"""Conditional mutual information and transfer entropy: against the references, truths, and what must hold exactly."""

import inspect
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.linalg import solve_discrete_lyapunov

import closed_forms
import fastmi
from fastmi import reference
from samples import KINDS, mixed_problems, mixed_sides, options_of

METHODS = ["mixed", "gaussian", "histogram"]
SEEDS = st.integers(0, 2**32 - 1)

pytestmark = pytest.mark.filterwarnings("ignore:.* alone with their labels")


def cmi(x, y, z, **options):
    return fastmi.conditional_mutual_info(x, y, z, **options)


def chain(rng, n, d_z=1):
    """Draw x and y that depend on each other by z, and beyond it."""
    z = rng.normal(size=(n, d_z))
    x = z.sum(axis=1) + rng.normal(size=n)
    return x, 0.5 * x + z[:, 0] + rng.normal(size=n), z


# The reference, written from the papers


@settings(max_examples=50)
@given(problem=mixed_problems("xyz", max_samples=40, max_columns=2))
def test_mixed_is_the_reference(problem):
    sides, k = problem
    columns, options = [side.values for side in sides], options_of(sides, "xyz") | {"k": k}
    ours, theirs = (module.conditional_mutual_info(*columns, **options) for module in (fastmi, reference))
    assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)


@settings(max_examples=30)
@given(widths=st.tuples(*[st.integers(1, 3)] * 3), n=st.integers(15, 100), seed=SEEDS)
def test_gaussian_is_the_reference(widths, n, seed):
    rng = np.random.default_rng(seed)
    mixed = rng.normal(size=(n, sum(widths))) @ rng.normal(size=(sum(widths), sum(widths)))
    sides = np.split(mixed + rng.normal(size=mixed.shape), np.cumsum(widths)[:-1], axis=1)
    ours, theirs = (m.conditional_mutual_info(*sides, method="gaussian") for m in (fastmi, reference))
    assert math.isclose(ours, theirs, abs_tol=1e-9)


@settings(max_examples=30)
@given(data=st.data(), n=st.integers(2, 80), seed=SEEDS, correction=st.sampled_from([None, "grassberger", "chao-shen"]))
def test_histogram_is_the_reference(data, n, seed, correction):
    rng = np.random.default_rng(seed)
    kinds = tuple(kind for kind in KINDS if not KINDS[kind].period)
    sides = [data.draw(mixed_sides(n, rng, max_columns=2, kinds=kinds)) for _ in "xyz"]
    n_columns = sum(side.values.shape[1] for side in sides)
    bins = data.draw(st.lists(st.integers(1, 8), min_size=n_columns, max_size=n_columns))
    options = {"method": "histogram", "bins": bins, "correction": correction} | options_of(sides, "xyz")
    ours, theirs = (m.conditional_mutual_info(*(s.values for s in sides), **options) for m in (fastmi, reference))
    assert math.isclose(ours, theirs, abs_tol=1e-10)


# What holds exactly


@settings(max_examples=25)
@given(problem=mixed_problems(max_samples=80), constant=st.floats(-1e300, 1e300))
def test_a_constant_z_is_no_condition(problem, constant):
    (x, y), k = problem
    options = options_of([x, y]) | {"k": k}
    value = fastmi.mutual_info(x.values, y.values, method="mixed", **options)
    n = len(x.values)
    for z in (np.full(n, constant), ["all"] * n, np.full((n, 2), constant)):
        assert cmi(x.values, y.values, z, **options) == value


@pytest.mark.parametrize("method", ["gaussian", "histogram"])
def test_a_constant_z_is_no_condition_by_other_methods(method):
    x, y, _ = chain(np.random.default_rng(1), 200)
    value = fastmi.mutual_info(x, y, method=method)
    assert math.isclose(cmi(x, y, np.full(200, 3.7), method=method), value, rel_tol=1e-12)


@settings(max_examples=20)
@given(problem=mixed_problems("xyz", max_samples=80, max_columns=2), seed=SEEDS)
def test_same_bits_for_any_order_of_rows_workers_and_sides(problem, seed):
    (x, y, z), k = problem
    value = cmi(x.values, y.values, z.values, k=k, workers=1, **options_of([x, y, z], "xyz"))
    order = np.random.default_rng(seed).permutation(len(x.values))
    exchanged = options_of([y, x, z], "xyz") | {"k": k}
    for workers in (None, 2, 5):
        assert cmi(y.values[order], x.values[order], z.values[order], workers=workers, **exchanged) == value


@pytest.mark.usefixtures("instruction_set")
def test_the_reference_on_any_instruction_set_and_engine(monkeypatch):
    x, y, z = chain(np.random.default_rng(2), 200, d_z=3)
    labels = (z[:, 0] > 0).astype(str)
    for given_z in (z, z.round(1), labels):
        expected = reference.conditional_mutual_info(x, y.round(1), given_z)
        for engine in ("tree", "bitmap"):
            monkeypatch.setenv("FASTMI_ENGINE", engine)
            assert math.isclose(cmi(x, y.round(1), given_z), expected, abs_tol=1e-12)


@pytest.mark.parametrize("k", [1, 4, 20])
def test_given_labels_it_is_the_mean_within_classes(k):
    rng = np.random.default_rng(3)
    z = rng.choice(["a", "b", "c", "d"], size=600, p=[0.1, 0.2, 0.3, 0.4])
    x = rng.normal(size=(600, 2))
    y = np.where(z == "a", 0, x[:, 0]) + rng.normal(size=600)
    within = [np.mean(z == label) * fastmi.mutual_info(x[z == label], y[z == label], k=k) for label in set(z)]
    assert math.isclose(cmi(x, y, z, k=k), sum(within), abs_tol=1e-12)


def test_labels_of_z_in_several_columns_are_their_tuples():
    rng = np.random.default_rng(4)
    x, y, z = rng.normal(size=200), rng.normal(size=200), rng.integers(3, size=(200, 2))
    together = 3 * z[:, 0] + z[:, 1]
    assert cmi(x, y, z, z_discrete=True) == cmi(x, y, together, z_discrete=True) == cmi(x, y, together.astype(str))


@settings(max_examples=25)
@given(seed=SEEDS, n=st.integers(2, 200), bins=st.integers(1, 9))
def test_chain_rule_of_histograms(seed, n, bins):
    """I(X,Z;Y) = I(Z;Y) + I(X;Y|Z)."""
    x, y, z = chain(np.random.default_rng(seed), n, d_z=2)
    options = {"method": "histogram", "bins": bins}
    both = fastmi.mutual_info(np.column_stack([x, z]), y, **options)
    assert math.isclose(both, fastmi.mutual_info(z, y, **options) + cmi(x, y, z, **options), abs_tol=1e-10)


def test_chain_rule_of_normals():
    x, y, z = chain(np.random.default_rng(5), 300, d_z=2)
    both = fastmi.mutual_info(np.column_stack([x, z]), y, method="gaussian")
    first = fastmi.mutual_info(z, y, method="gaussian")
    assert math.isclose(both, first + cmi(x, y, z, method="gaussian"), rel_tol=1e-10)


def test_what_is_given_twice_is_given_once():
    x, y, z = chain(np.random.default_rng(6), 300, d_z=2)
    assert cmi(x, y, np.hstack([z, z[:, ::-1]])) == cmi(x, y, z)
    labels = (z > 0).astype(int)
    assert cmi(x, y, np.hstack([labels, labels]), z_discrete=True) == cmi(x, y, labels, z_discrete=True)


def test_angles_know_no_cut():
    rng = np.random.default_rng(7)
    turn = 2 * np.pi
    z = rng.uniform(0, turn, size=500)
    x, y = (z + 0.3 * rng.normal(size=500) for _ in range(2))
    periods = {"x_period": turn, "y_period": turn, "z_period": turn}
    value = cmi(*(np.mod(side, turn) for side in (x, y, z)), **periods)
    turned = cmi(*(np.mod(side + 2.0, turn) for side in (x, y, z)), **periods)
    assert math.isclose(value, turned, abs_tol=1e-3)  # but for ties by rounding
    assert math.isclose(value, reference.conditional_mutual_info(x, y, z, **periods), abs_tol=1e-3)


def test_few_samples():
    for z in ([1.0, 1.0], ["a", "b"], ["a", "a"], [3.0, 4.0]):
        ours, theirs = (m.conditional_mutual_info([0.0, 1], [5.0, 6], z, k=1) for m in (fastmi, reference))
        assert math.isclose(ours, theirs, abs_tol=1e-15)
    assert cmi([0.0, 1], [5.0, 6], ["a", "b"], k=1) == 0  # each alone in its class
    rng = np.random.default_rng(8)
    x, y, z = rng.normal(size=(3, 30))
    with pytest.raises(ValueError, match="k=30 needs at least 31 samples, but x, y and z have 30 rows without NaN"):
        cmi(x, y, z, k=30)
    assert cmi(x, y, z, k=29) == pytest.approx(reference.conditional_mutual_info(x, y, z, k=29), abs=1e-12)


# How far the mean of 200 estimates of 2000 samples, k = 3, is from the truth; about 0 for the others.
BIASES = {
    "normal 1+1 given 1": 0.003,
    "common cause": -0.0055,
    "xor": 0.001,
    "table of three": -0.002,
    "normals of a class": 0.004,
}


@pytest.mark.parametrize("known", closed_forms.CONDITIONAL_MUTUAL_INFO, ids=str)
def test_closed_forms(known):
    x_discrete, y_discrete, z_discrete = known.discrete or (False,) * 3
    kinds = {"x_discrete": x_discrete, "y_discrete": y_discrete, "z_discrete": z_discrete}
    values = [cmi(*known.sample(np.random.default_rng(seed), 2000), **kinds) for seed in range(10)]
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - known.truth - BIASES.get(known.name, 0.0)) < 3 * standard_error + 0.001


@pytest.mark.parametrize("known", [k for k in closed_forms.CONDITIONAL_MUTUAL_INFO if "normal " in k.name], ids=str)
def test_normals_by_correlations(known):
    values = [cmi(*known.sample(np.random.default_rng(s), 2000), method="gaussian") for s in range(20)]
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    sides = known.sample(np.random.default_rng(0), 2)
    d_x, d_y = (side[0].size for side in sides[:2])
    assert abs(np.mean(values) - known.truth - d_x * d_y / 4000) < 3 * standard_error


def test_partial_correlation():
    x, y, z = chain(np.random.default_rng(9), 1000, d_z=2)
    design = np.column_stack([np.ones(1000), z])
    rest = [side - design @ np.linalg.lstsq(design, side)[0] for side in (x, y)]
    r = np.corrcoef(*rest)[0, 1]
    assert math.isclose(cmi(x, y, z, method="gaussian"), -0.5 * math.log1p(-(r**2)), rel_tol=1e-9)


@pytest.mark.parametrize(("d_z", "bias"), [(1, 0.010), (3, -0.0325)])
def test_a_z_that_has_nothing_to_do_with_it_costs_bias(d_z, bias):
    known = closed_forms.bivariate_normal(0.8)
    values = []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        values.append(cmi(*known.sample(rng, 2000), rng.normal(size=(2000, d_z))))
    standard_error = np.std(values, ddof=1) / math.sqrt(len(values))
    assert abs(np.mean(values) - known.truth - bias) < 3 * standard_error + 0.002


@pytest.mark.parametrize("method", ["mixed", "histogram"])
def test_exclusive_or(method):
    x, y = np.random.default_rng(10).integers(2, size=(2, 4000))
    z = np.where(x == y, "same", "different")
    options = {"method": method, "x_discrete": True, "y_discrete": True}
    assert abs(fastmi.mutual_info(x, y, **options)) < 0.002
    assert abs(cmi(x, y, z, **options) - math.log(2)) < 0.002


# Transfer entropy


def autoregression(rng, n, a, noise=(1.0, 1.0)):
    """Draw x, y that follow (x, y)[t] = a (x, y)[t - 1] + normal noise, from their stationary state on."""
    state, states = np.zeros(2), []
    for shock in rng.normal(size=(n + 100, 2)) * np.sqrt(noise):
        state = np.asarray(a) @ state + shock
        states.append(state)
    return np.array(states)[100:].T


def transfer_of_autoregression(a, noise=(1.0, 1.0), y_history=60):
    """Half the log ratio of the variances of y's present given its own past, and given all (Barnett et al. 2009)."""
    a = np.asarray(a)
    cov = solve_discrete_lyapunov(a, np.diag(noise))
    lagged = [cov]
    for _ in range(y_history):
        lagged.append(a @ lagged[-1])  # cov of the state s steps later with the state
    auto = np.array([c[1, 1] for c in lagged])
    past = auto[np.abs(np.subtract.outer(np.arange(y_history), np.arange(y_history)))]
    alone = auto[0] - auto[1:] @ np.linalg.solve(past, auto[1:])
    to_x = np.array([lagged[s][1, 0] if s else cov[0, 1] for s in range(y_history + 1)])
    own = np.array([lagged[s][0, 1] for s in range(y_history)])  # x[t - 1] with y[t - 1 - s]
    cross = np.block([[past, own[:, np.newaxis]], [own, cov[0, 0]]])
    target = np.append(auto[1:], to_x[1])
    together = auto[0] - target @ np.linalg.solve(cross, target)
    return 0.5 * math.log(alone / together)


COUPLED = [[0.7, 0.0], [0.6, 0.4]]


def test_the_closed_form_has_all_noise_left_when_all_is_known():
    assert math.isclose(transfer_of_autoregression([[0.5, 0.0], [0.0, 0.5]]), 0, abs_tol=1e-14)
    a, b = transfer_of_autoregression(COUPLED, y_history=1), transfer_of_autoregression(COUPLED, y_history=60)
    assert 0 < b < a


@pytest.mark.parametrize("y_history", [1, 2])
def test_autoregression(y_history):
    truth = transfer_of_autoregression(COUPLED, y_history=y_history)
    values = {"gaussian": [], "mixed": []}
    back = []
    for seed in range(10):
        x, y = autoregression(np.random.default_rng(seed), 2000, COUPLED)
        for method, found in values.items():
            found.append(fastmi.transfer_entropy(x, y, y_history=y_history, method=method))
        back.append(fastmi.transfer_entropy(y, x, method="gaussian"))
    for (method, found), bias in zip(values.items(), (1 / 4000, {1: 0.005, 2: 0.001}[y_history]), strict=True):
        standard_error = np.std(found, ddof=1) / math.sqrt(len(found))
        assert abs(np.mean(found) - truth - bias) < 3 * standard_error + 0.001, method
    assert 0 <= np.mean(back) < 1e-3


@st.composite
def series(draw):
    n = draw(st.integers(12, 30))
    rng = np.random.default_rng(draw(SEEDS))
    sides = [draw(mixed_sides(n, rng, max_columns=2)) for _ in "xyz"]
    names = draw(st.sampled_from(["xy", "xyz"]))
    options = options_of(sides[: len(names)], names)
    options |= {f"{name}_history": draw(st.integers(1, 3)) for name in names}
    if names == "xyz":
        options["z"] = sides[2].values
    return sides[0].values, sides[1].values, options | {"lag": draw(st.sampled_from([1, 2, 4, [1, 3], [5, 2, 2]]))}


@settings(max_examples=25)
@given(problem=series(), k=st.integers(1, 3))
def test_transfer_entropy_is_the_reference(problem, k):
    x, y, options = problem
    ours, theirs = (m.transfer_entropy(x, y, k=k, **options) for m in (fastmi, reference))
    np.testing.assert_allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("method", ["gaussian", "histogram"])
def test_transfer_entropy_is_the_reference_by_other_methods(method):
    rng = np.random.default_rng(11)
    x, y = autoregression(rng, 150, COUPLED)
    z = rng.normal(size=(150, 2))
    options = {"z": z, "x_history": 2, "y_history": 2, "lag": [1, 3], "method": method}
    if method == "histogram":  # x past, y, y past, z past
        options |= {"bins": [2, 3, 4, 5, 2, 3, 2]}
    ours, theirs = (m.transfer_entropy(x, y, **options) for m in (fastmi, reference))
    np.testing.assert_allclose(ours, theirs, atol=1e-10)


@pytest.mark.parametrize("method", METHODS)
def test_transfer_entropy_is_conditional_mutual_information_of_pasts(method):
    x, y = autoregression(np.random.default_rng(12), 300, COUPLED)
    found = fastmi.transfer_entropy(x, y, method=method)
    assert found == cmi(x[:-1], y[1:], y[:-1], method=method)
    z = x * y
    found = fastmi.transfer_entropy(x, y, z=z, lag=3, x_history=2, z_history=2, method=method)
    x_past, z_past = np.column_stack([x[1:-3], x[:-4]]), np.column_stack([z[3:-1], z[2:-2]])
    assert found == cmi(x_past, y[4:], np.column_stack([y[3:-1], z_past]), method=method)


@pytest.mark.parametrize("method", METHODS)
def test_lags_at_once_are_lags_one_by_one(method):
    x, y = autoregression(np.random.default_rng(13), 200, COUPLED)
    lags = np.array([3, 1, 7])
    found = fastmi.transfer_entropy(x, y, lag=lags, method=method, base=2)
    assert found.dtype == np.float64
    assert found.tolist() == [fastmi.transfer_entropy(x, y, lag=int(lag), method=method, base=2) for lag in lags]
    assert isinstance(fastmi.transfer_entropy(x, y, lag=np.int64(2), method=method), float)


@pytest.mark.parametrize("method", ["mixed", "histogram"])
def test_symbols(method):
    """A fair coin that another copies with errors: log 2 less the entropy of an error is transferred, a toss later."""
    rng = np.random.default_rng(14)
    x = rng.choice(["heads", "tails"], size=4000)
    other = {"heads": "tails", "tails": "heads"}
    y = np.array(["heads", *(side if rng.random() < 0.9 else other[side] for side in x[:-1])])
    truth = math.log(2) + 0.9 * math.log(0.9) + 0.1 * math.log(0.1)
    assert abs(fastmi.transfer_entropy(x, y, method=method) - truth) < 0.03
    assert abs(fastmi.transfer_entropy(y, x, method=method)) < 0.003
    assert fastmi.transfer_entropy(x == "heads", y == "tails", method=method) == pytest.approx(
        fastmi.transfer_entropy(x, y, method=method), abs=1e-12
    )


# NaN and other trouble


def holes(rng, n, share):
    columns = rng.normal(size=(3, n))
    columns[rng.uniform(size=columns.shape) < share] = np.nan
    return columns


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("module", [fastmi, reference])
def test_nan_in_rows(module, method):
    x, y, z = holes(np.random.default_rng(15), 100, 0.1)
    kept = ~np.isnan(x + y + z)
    options = {"method": method, "bins": 3}
    function = module.conditional_mutual_info
    assert function(x, y, z, nan_policy="omit", **options) == function(x[kept], y[kept], z[kept], **options)
    assert np.isnan(function(x, y, z, nan_policy="propagate", **options))
    first = int(np.argmax(np.isnan(z)))
    with pytest.raises(ValueError, match=rf"z has NaN in {np.isnan(z).sum()} of 100 rows, first in row {first};"):
        function(np.nan_to_num(x), np.nan_to_num(y), z, **options)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("module", [fastmi, reference])
def test_nan_in_series(module, method):
    x, y, z = holes(np.random.default_rng(16), 200, 0.05)
    options = {"z": z, "lag": [1, 4], "x_history": 2, "method": method, "bins": 2}
    found = module.transfer_entropy(x, y, nan_policy="omit", **options)
    for value, lag in zip(found, (1, 4), strict=True):
        now = np.arange(lag + 1, 200)
        x_past, past = np.column_stack([x[now - lag], x[now - lag - 1]]), np.column_stack([y[now - 1], z[now - 1]])
        kept = ~np.isnan(np.column_stack([x_past, y[now], past])).any(axis=1)
        by_hand = module.conditional_mutual_info(x_past[kept], y[now][kept], past[kept], method=method, bins=2)
        assert math.isclose(value, by_hand, abs_tol=1e-12)
    assert np.isnan(module.transfer_entropy(x, y, nan_policy="propagate", **options)).all()
    at_the_end = np.r_[np.zeros(199), np.nan] + np.arange(200) % 7
    assert np.isfinite(module.transfer_entropy(at_the_end, np.arange(200.0) ** 2 % 11, nan_policy="propagate"))


def test_rows_with_nan_are_named_as_they_were_passed():
    x, y = np.random.default_rng(17).normal(size=(2, 50))
    y[20] = np.nan
    with pytest.raises(ValueError, match="y has NaN in 1 of 50 rows, first in row 20"):
        fastmi.transfer_entropy(x, y, lag=5)
    with pytest.raises(ValueError, match="z has NaN in 1 of 50 rows, first in row 20"):
        fastmi.transfer_entropy(x, x, z=y, lag=5)


@pytest.mark.parametrize("module", [fastmi, reference])
def test_series_that_are_whole_only_when_shifted(module):
    """Of x the even rows are missing, and of z the odd: together they are whole an odd number of steps apart."""
    rng = np.random.default_rng(18)
    x, y, z = rng.normal(size=(3, 60))
    x[::2], z[1::2] = np.nan, np.nan
    now = np.arange(3, 60, 2)
    expected = module.conditional_mutual_info(x[now - 2], y[now], np.column_stack([y[now - 1], z[now - 1]]))
    assert module.transfer_entropy(x, y, z=z, lag=2, nan_policy="omit") == expected
    with pytest.raises(ValueError, match="0 rows without NaN"):
        module.transfer_entropy(x, y, z=z, lag=1, nan_policy="omit")


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("function", [fastmi.conditional_mutual_info, fastmi.transfer_entropy])
def test_types_do_not_matter_and_inputs_are_not_modified(function, method):
    rng = np.random.default_rng(19)
    sides = [rng.normal(size=80).astype(np.float32), rng.integers(-9, 9, size=80), rng.integers(0, 99, 80, np.uint8)]
    before = [side.copy() for side in sides]
    for side in sides:
        side.flags.writeable = False
    options = {"method": method, "bins": 3}
    x, y, z = sides
    copies = [side.astype(np.float64) for side in sides]
    found = function(x, y, z=z, **options)
    assert found == function(copies[0], copies[1], z=copies[2], **options)
    assert found == function(x.tolist(), y.tolist(), z=z.tolist(), **options)
    for side, copy in zip(sides, before, strict=True):
        np.testing.assert_array_equal(side, copy, strict=True)


def test_base_is_the_unit():
    x, y, z = chain(np.random.default_rng(20), 200)
    for method in METHODS:
        assert math.isclose(cmi(x, y, z, method=method, base=2), cmi(x, y, z, method=method) / math.log(2))


GOOD = np.linspace(0.0, 1.0, 12) ** 2
REFUSED = [
    ({"method": "ksg1"}, ValueError, "method='ksg1' is unknown; use one of 'mixed', 'gaussian', 'histogram'"),
    ({"k": 0}, ValueError, "k=0 is less than 1"),
    ({"k": 2**70}, ValueError, "k=1180591620717411303424 needs at least"),
    ({"z_period": [1.0, 2.0]}, ValueError, "z_period has 2 entries for 1 columns"),
    ({"z_period": 1.0, "z_discrete": True}, ValueError, "z_period has 1.0 for column 0, which holds labels"),
    ({"z_period": 1.0, "method": "gaussian"}, ValueError, "z_period=1.0 has no meaning for method='gaussian'"),
    ({"y_period": 1.0, "method": "histogram"}, ValueError, "y_period=1.0 has no meaning for method='histogram'"),
    ({"z_discrete": True, "method": "gaussian"}, ValueError, "z_discrete=True says that there are labels"),
    ({"z_discrete": [True, False]}, ValueError, "z_discrete has 2 entries for 1 columns"),
    ({"z_discrete": "label"}, TypeError, "z_discrete='label' is not None, True, False"),
    ({"bins": [2, 2], "method": "histogram"}, ValueError, "bins has 2 entries for [34] columns"),
    ({"range": [(0, 1)] * 5, "method": "histogram"}, ValueError, "range has 5 entries for [34] columns"),
    ({"correction": "jackknife", "method": "histogram"}, ValueError, "correction='jackknife' is unknown"),
    ({"nan_policy": "drop"}, ValueError, "nan_policy='drop' is unknown"),
    ({"base": 1}, ValueError, "base=1 is not a finite number above 1"),
    ({"workers": 0}, ValueError, "workers=0 is not a number of threads"),
]


@pytest.mark.parametrize("name", ["conditional_mutual_info", "transfer_entropy"])
@pytest.mark.parametrize("module", [fastmi, reference])
@pytest.mark.parametrize(("options", "error", "message"), REFUSED)
def test_refused_options(module, name, options, error, message):
    function = getattr(module, name)
    with pytest.raises(error, match=message):
        function(GOOD, GOOD[::-1], z=np.sin(GOOD), **options)


@pytest.mark.parametrize(
    ("bad", "error", "message"),
    [
        (np.where(GOOD == 0, np.inf, GOOD), ValueError, "{name} has an infinite value in row 0"),
        (GOOD + 1j, TypeError, "{name} holds complex numbers"),
        (np.ma.masked_less(GOOD, 0.1), TypeError, r"{name} is a masked array.*\.filled\(numpy.nan\).*'omit'"),
        ([], ValueError, r"{name} is empty"),
        (3.0, ValueError, r"{name} has shape \(\)"),
        ([[1, 2], [3]] * 6, TypeError, "{name} holds a list in row 0"),
        (GOOD[1:], ValueError, r"has 12 rows but .* has 11|has 11 rows but .* has 12"),
    ],
)
@pytest.mark.parametrize("function", [fastmi.conditional_mutual_info, fastmi.transfer_entropy])
def test_refused_samples(function, bad, error, message):
    for name in "xyz":
        with pytest.raises(error, match=message.format(name=name)):
            function(**({"x": GOOD, "y": GOOD, "z": GOOD} | {name: bad}))


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"lag": 0}, ValueError, "lag=0 is less than 1; pass how many steps x lies back"),
        ({"lag": [1, -2]}, ValueError, "lag=-2 is less than 1"),
        ({"lag": 12}, ValueError, "lag=12 leaves nothing of 12 rows; pass a smaller lag or a longer series"),
        ({"lag": 1.5}, TypeError, r"lag=1.5 is not an integer, or a sequence of them"),
        ({"lag": 10, "x_history": 3}, ValueError, "x_history=3 and a lag of 10 leave nothing of 12 rows"),
        ({"y_history": 12}, ValueError, "y_history=12 and a lag of 1 leave nothing of 12 rows; pass less history"),
        ({"x_history": 0}, ValueError, "x_history=0 is less than 1"),
        ({"y_history": 1.5}, TypeError, "y_history=1.5 is not an integer"),
        ({"lag": 9}, ValueError, "k=3 needs at least 4 samples, but x, y and the past of y have 3 rows"),
    ],
)
def test_refused_lags_and_histories(options, error, message):
    with pytest.raises(error, match=message):
        fastmi.transfer_entropy(GOOD, GOOD, **options)


def test_samples_outside_a_range_are_warned_of():
    x, y, z = np.random.default_rng(21).normal(size=(3, 100))
    n_outside = int((np.abs([x, y, z]) > 1).any(axis=0).sum())
    with pytest.warns(UserWarning, match=f"{n_outside} of 100 samples lie outside the range") as caught:
        cmi(x, y, z, method="histogram", range=(-1, 1))
    assert len(caught) == 1
    assert caught[0].filename == inspect.getfile(chain)
