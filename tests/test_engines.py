"""Contract: every engine, with every instruction set, gives the same bits. FASTMI_ENGINE and FASTMI_SIMD force them."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

import fastmi
from fastmi import reference
from samples import KINDS, correlated, problems

ENGINES = ["strips", "tree", "bitmap"]


@pytest.fixture(params=ENGINES)
def engine(request, monkeypatch):
    monkeypatch.setenv("FASTMI_ENGINE", request.param)
    return request.param


def assert_same(found, expected):
    for name, got, want in zip(("radius", "n_x", "n_y"), found, expected, strict=True):
        np.testing.assert_array_equal(got, want, err_msg=name, strict=True)


def counts_by(engine, monkeypatch, *samples, **options):
    monkeypatch.setenv("FASTMI_ENGINE", engine)
    return fastmi.ksg_counts(*samples, **options)


same_fixtures_for_all = settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("engine", ["tree", "bitmap"], indirect=True)
@same_fixtures_for_all
@given(problem=problems())
def test_any_mix_of_columns(engine, problem):  # noqa: ARG001
    expected = reference.ksg_counts(problem.x, problem.y, **problem.options)
    assert_same(fastmi.ksg_counts(problem.x, problem.y, **problem.options), expected)


LINEAR = [name for name, kind in KINDS.items() if not kind.period]


@pytest.mark.usefixtures("engine", "instruction_set")
@same_fixtures_for_all
@given(problem=problems(max_x=1, max_y=1, kinds=LINEAR, max_k=8))
def test_two_linear_columns(problem):
    expected = reference.ksg_counts(problem.x, problem.y, **problem.options)
    assert_same(fastmi.ksg_counts(problem.x, problem.y, **problem.options), expected)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("d_x", "d_y"), [(3, 2), (12, 1), (6, 6)])
def test_thousands_of_one_kind(kind, d_x, d_y, monkeypatch):
    rng = np.random.default_rng(1)
    n = 3000
    x = np.column_stack([KINDS[kind].draw(rng, n) for _ in range(d_x)])
    y = np.column_stack([KINDS[kind].draw(rng, n) for _ in range(d_y)])
    options = {"x_period": KINDS[kind].period, "y_period": KINDS[kind].period}
    tree, bitmap = (counts_by(engine, monkeypatch, x, y, **options) for engine in ("tree", "bitmap"))
    assert_same(bitmap, tree)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(("d_x", "d_y"), [(1, 12), (25, 25)])
@pytest.mark.parametrize("k", [1, 3, 100])
def test_thousands_of_all_kinds(d_x, d_y, k, monkeypatch):
    rng = np.random.default_rng(2)
    n = 4321
    names = rng.choice(list(KINDS), size=d_x + d_y)
    both = np.column_stack([KINDS[name].draw(rng, n) for name in names])
    periods = [KINDS[name].period for name in names]
    x, y = np.hsplit(both, [d_x])
    options = {"k": k, "x_period": periods[:d_x], "y_period": periods[d_x:]}
    tree, bitmap = (counts_by(engine, monkeypatch, x, y, **options) for engine in ("tree", "bitmap"))
    assert_same(bitmap, tree)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize(("d_x", "rho"), [(1, 0.9), (3, 0.5), (12, 0.0), (12, 0.99)])
def test_thousands_of_correlated_samples(d_x, rho, monkeypatch):
    x, y = correlated(5000, rho, np.random.default_rng(3), d_x)
    tree, alone, together = (
        counts_by(engine, monkeypatch, x, y, workers=workers)
        for engine, workers in (("tree", 1), ("bitmap", 1), ("bitmap", 3))
    )
    assert_same(alone, tree)
    assert_same(together, tree)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("kind", ["constant", "integer", "normal"])
def test_a_side_in_which_nearly_all_are_close(kind, monkeypatch):
    rng = np.random.default_rng(5)
    x = np.column_stack([1e-3 * KINDS[kind].draw(rng, 3000) for _ in range(8)])
    x[::7] += 1
    y = rng.normal(size=3000)
    tree, bitmap = (counts_by(engine, monkeypatch, x, y) for engine in ("tree", "bitmap"))
    assert_same(bitmap, tree)


@pytest.mark.usefixtures("instruction_set")
@pytest.mark.parametrize("n", [2, 127, 128, 129, 256, 257, 512, 513, 641, 1025])
def test_around_the_sizes_of_leaves_and_blocks(n, monkeypatch):
    rng = np.random.default_rng(4)
    x, y = rng.normal(size=(n, 5)), rng.normal(size=(n, 2))
    for k in {1, min(127, n - 1)}:
        tree, bitmap = (counts_by(engine, monkeypatch, x, y, k=k) for engine in ("tree", "bitmap"))
        assert_same(bitmap, tree)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ball-tree", "FASTMI_ENGINE=ball-tree is unknown; use one of strips, tree, bitmap"),
        ("strips", "FASTMI_ENGINE=strips has no answer for these columns and k"),
    ],
)
def test_an_engine_that_cannot_be(name, message, monkeypatch):
    monkeypatch.setenv("FASTMI_ENGINE", name)
    with pytest.raises(RuntimeError, match=message):
        fastmi.mutual_info(np.eye(20), np.arange(20.0))


def test_the_bitmap_has_no_answer_for_a_large_k(monkeypatch):
    monkeypatch.setenv("FASTMI_ENGINE", "bitmap")
    with pytest.raises(RuntimeError, match="no answer"):
        fastmi.mutual_info(np.eye(300), np.arange(300.0), k=128)
