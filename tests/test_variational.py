"""Variational bounds: against the reference, by hand, and with the best critic of a bivariate normal."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import closed_forms
import fastmi
from fastmi import reference

MODULES = (fastmi, reference)
BOUNDS = ("donsker_varadhan_bound", "nwj_bound", "infonce_bound")
FUNCTIONS = [getattr(module, name) for module in MODULES for name in BOUNDS]
NORMAL = closed_forms.bivariate_normal(0.7)
N_SEEDS = 40


def arguments(function, scores):
    """Return scores as what the function takes."""
    return (scores,) if function.__name__ == "infonce_bound" else (scores[0], scores[1])


def log_ratios(seed, n, shift=0.0):
    """Return log p(x, y) / p(x) p(y) of pairs that were drawn together, and apart."""
    rng = np.random.default_rng(seed)
    (x, y), (_, other) = NORMAL.sample(rng, n), NORMAL.sample(rng, n)
    return NORMAL.local(x, y) + shift, NORMAL.local(x, other) + shift


def score_matrix(seed, n):
    x, y = NORMAL.sample(np.random.default_rng(seed), n)
    return NORMAL.local(np.repeat(x, n), np.tile(y, n)).reshape(n, n)


@settings(max_examples=30)
@given(
    seed=st.integers(0, 1000),
    n=st.integers(1, 40),
    scale=st.sampled_from([0.1, 1.0, 30.0]),
    base=st.sampled_from([None, 2]),
)
def test_equals_the_reference(seed, n, scale, base):
    rng = np.random.default_rng(seed)
    joint, product, scores = (scale * rng.normal(size=shape) for shape in (n, n + 3, (n, n)))
    for name, samples in zip(BOUNDS, [(joint, product)] * 2 + [(scores,)], strict=True):
        ours, theirs = (getattr(module, name)(*samples, base=base) for module in MODULES)
        assert math.isclose(ours, theirs, rel_tol=1e-12, abs_tol=1e-12)


@pytest.mark.parametrize("module", MODULES)
def test_by_hand(module):
    joint, product = [1.0, 2.0], np.log([1.0, 2.0, 6.0])
    assert module.donsker_varadhan_bound(joint, product) == pytest.approx(1.5 - math.log(3))
    assert module.nwj_bound(joint, product) == pytest.approx(1.5 - 3 / math.e)
    scores = np.log([[3.0, 1.0], [2.0, 2.0]])
    assert module.infonce_bound(scores) == pytest.approx((math.log(3 / 2) + math.log(2 / 2)) / 2)
    assert module.infonce_bound(scores, base=2) == pytest.approx(math.log2(3 / 2) / 2)
    assert module.infonce_bound([[5.0]]) == 0.0


def test_the_best_critic_reaches_the_information():
    """Within three standard errors over seeds; the bias of Donsker and Varadhan's is of the order 1 / n."""
    n = 20_000
    found = np.array(
        [
            (
                fastmi.donsker_varadhan_bound(*log_ratios(seed, n)),
                fastmi.nwj_bound(*log_ratios(seed, n, shift=1.0)),
            )
            for seed in range(N_SEEDS)
        ]
    )
    standard_error = found.std(axis=0, ddof=1) / math.sqrt(N_SEEDS)
    assert np.all(standard_error < 0.003)
    assert np.all(np.abs(found.mean(axis=0) - NORMAL.truth) < 3 * standard_error)


def test_the_best_critic_picks_pairs():
    found = [fastmi.infonce_bound(score_matrix(seed, 300)) for seed in range(N_SEEDS)]
    standard_error = np.std(found, ddof=1) / math.sqrt(N_SEEDS)
    assert abs(np.mean(found) - NORMAL.truth) < 3 * standard_error + 0.01  # which is what 300 pairs cost


def test_picking_tells_at_most_log_n():
    surely = fastmi.infonce_bound(1e3 * np.eye(8))
    assert surely == pytest.approx(math.log(8))
    for seed in range(20):
        assert fastmi.infonce_bound(score_matrix(seed, 3)) <= math.log(3)


def test_the_log_of_a_mean_is_biased():
    joint, product = (scores.reshape(2000, 5) for scores in log_ratios(1, 10_000))
    few = [fastmi.donsker_varadhan_bound(*pairs) for pairs in zip(joint, product, strict=True)]
    assert np.mean(few) > NORMAL.truth + 3 * np.std(few) / math.sqrt(len(few))


@settings(max_examples=30)
@given(seed=st.integers(0, 1000), shift=st.floats(-1e6, 1e6))
def test_shifts(seed, shift):
    joint, product = log_ratios(seed, 20)
    scores = score_matrix(seed, 6)
    tolerance = 1e-15 * abs(shift) * 10 + 1e-12
    plain = fastmi.donsker_varadhan_bound(joint, product)
    assert abs(fastmi.donsker_varadhan_bound(joint + shift, product + shift) - plain) < tolerance
    assert abs(fastmi.infonce_bound(scores + shift) - fastmi.infonce_bound(scores)) < tolerance
    assert fastmi.nwj_bound(joint + shift, product + shift) <= plain + tolerance
    of_each_x = np.random.default_rng(seed).normal(size=(6, 1))
    assert fastmi.infonce_bound(scores + of_each_x) == pytest.approx(fastmi.infonce_bound(scores))


@pytest.mark.parametrize("module", MODULES)
def test_huge_scores_do_not_overflow(module):
    huge = np.array([1e5, 1e5 + 1])
    assert module.donsker_varadhan_bound(huge, huge) == pytest.approx(0.5 - math.log((1 + math.e) / 2))
    assert module.donsker_varadhan_bound(huge, -huge) == pytest.approx(2e5 + 0.5 - math.log((1 + 1 / math.e) / 2))
    assert module.infonce_bound([[1e5, -1e5], [-1e5, 1e5]]) == pytest.approx(math.log(2))
    assert module.nwj_bound(huge, -huge) == 1e5 + 0.5
    assert module.nwj_bound(huge, huge) == -math.inf


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_types(function):
    scores = np.random.default_rng(1).integers(-3, 4, size=(5, 5))
    before = scores.copy()
    wanted = function(*arguments(function, scores.astype(float)))
    for same in (scores, scores.astype(np.float32), scores.tolist(), np.asfortranarray(scores)):
        assert function(*arguments(function, same)) == wanted
    assert isinstance(wanted, float)
    assert np.array_equal(scores, before)


BAD_SCORES = [
    ([0.0, np.nan, 1.0], ValueError, "{name} has NaN or infinite scores in 1 of 3 rows, first in row 1; pass"),
    ([0.0, 1.0, -np.inf], ValueError, "{name} has NaN or infinite scores in 1 of 3 rows, first in row 2"),
    ([], ValueError, r"{name} is empty \(shape \(0,\)\)"),
    ([[1.0], [1.0, 2.0]], ValueError, "{name} cannot be read .*ragged, row 1"),
    ([1j], TypeError, "{name} holds complex numbers"),
    (["high"], TypeError, "{name} has dtype <U4"),
    (np.ma.masked_less([1.0, 2.0], 1.5), TypeError, "{name} is a masked array.*pairs that count"),
]
NOT_ONE_A_PAIR = (np.zeros((2, 3)), ValueError, r"{name} has shape \(2, 3\)")


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
@pytest.mark.parametrize(("bad", "error", "message"), [*BAD_SCORES, NOT_ONE_A_PAIR])
def test_bad_scores(function, bad, error, message):
    if function.__name__ == "infonce_bound":
        with pytest.raises(error, match=message.format(name="scores")):
            function(bad)
        return
    with pytest.raises(error, match=message.format(name="joint")):
        function(bad, [0.0])
    with pytest.raises(error, match=message.format(name="product")):
        function([0.0], bad)


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_bad_base(function):
    with pytest.raises(ValueError, match="base=1 is not a finite number above 1"):
        function(*arguments(function, np.zeros((2, 2))), base=1)


@pytest.mark.parametrize("module", MODULES)
def test_a_vector_is_no_square(module):
    with pytest.raises(ValueError, match=r"scores has shape \(3,\), which is no square; pass the score of every x"):
        module.infonce_bound([1.0, 2.0, 3.0])
