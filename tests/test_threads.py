"""Threads may call in at once, on the same arrays and the same objects: each gets the bits that it would get alone."""

import subprocess
import sys
import sysconfig
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import numpy as np
import pytest

import fastmi
from fastmi import _core

N_THREADS = 8
N_COLUMNS = [1, 2, 3, 9]  # sorted columns, strips, the tree, bitmaps

Call = Callable[[], object]


def at_once(calls: list[Call]) -> list[object]:
    """Make all calls at the same moment, a thread each."""
    barrier = Barrier(len(calls))

    def make(call: Call) -> object:
        barrier.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(make, calls))


def bits(result: object) -> object:
    """Return what is equal for results of the same bits, and for no others."""
    if isinstance(result, tuple | list):
        return [bits(part) for part in result]
    array = np.asarray(result)
    return array.dtype, array.shape, array.tobytes()


def normals(seed: int, n: int, n_columns: int) -> np.ndarray:
    return np.asfortranarray(np.random.default_rng(seed).normal(size=(n, n_columns)))


def calls_of_the_core() -> dict[str, Call]:
    x, y = normals(1, 1500, 3), normals(2, 1500, 2)
    linear = [0.0] * 3, [0.0] * 2
    rows = np.ascontiguousarray(x)
    scale = np.full(3, 0.3)
    edges = [np.linspace(-4, 4, 21)] * 3
    grid = x, [0.3] * 3, edges
    n_draws = np.full(len(x), 7)
    centre, bins = np.arange(50), [np.full(50, 9, dtype=np.int32)] * 3
    sorted_column = np.sort(rows[:, 0])
    keys = np.random.default_rng(3).integers(50, size=5000).astype(np.uint64)
    weight = np.arange(3000)
    label = np.asfortranarray(np.floor(3 * y[:, :1]))
    order = np.random.default_rng(4).permutation(len(x))
    nearby = np.random.default_rng(5).integers(len(x), size=(len(x), 5))

    def filled() -> object:
        counts = np.zeros(20**3, dtype=np.int64)
        return _core.fill_histogram(x, edges, counts, 2), counts

    return {
        "ksg_counts": lambda: _core.ksg_counts(x, y, *linear, 3, 2),
        "ksg1": lambda: _core.ksg1(x, y, *linear, 3, 1),
        "ksg1_local": lambda: _core.ksg1_local(x, y, *linear, 3, 1),
        "ksg1_pairs": lambda: _core.ksg1_pairs(x, y, *linear, 3, 2, [(i, j) for i in range(3) for j in range(2)]),
        "ross_pairs": lambda: _core.ross_pairs(x, label, 3, 2, [(i, 0) for i in range(3)]),
        "shuffles": lambda: _core.shuffles(np.arange(5, dtype=np.uint64), 1500, 2),
        "nearest_rows": lambda: _core.nearest_rows(x, [0.0] * 3, np.full(1500, 0.5), 5, 2),
        "take_in_turn": lambda: _core.take_in_turn(order, nearby),
        "normal_quantile": lambda: _core.normal_quantile(np.linspace(0.01, 0.99, 500)),
        "uniform_scores": lambda: _core.uniform_scores(x, 2),
        "normal_scores": lambda: _core.normal_scores(x, 2),
        "log_density": lambda: _core.log_density(rows, scale, rows[:200], 2),
        "leave_one_out": lambda: _core.leave_one_out(rows, scale, np.arange(200), 1),
        "normal_mixture_cdf": lambda: _core.normal_mixture_cdf(sorted_column, 0.3, sorted_column, 1),
        "find_extremes": lambda: _core.find_extremes(x, 2),
        "fill_histogram": filled,
        "sparse_histogram": lambda: _core.sparse_histogram(x, edges, 2),
        "count_keys": lambda: _core.count_keys(keys, 2),
        "kde_draw_dense": lambda: _core.kde_draw_dense(*grid, n_draws, 5, None, 2),
        "kde_draw_sparse": lambda: _core.kde_draw_sparse(*grid, n_draws, 5, None, 1, 10**5),
        "kde_limit": lambda: _core.kde_limit(*grid, 2),
        "kde_probabilities": lambda: _core.kde_probabilities(*grid, centre, bins, 1),
        "expected_plugin": lambda: _core.expected_plugin(np.full(1000, 1e-3), 1.0, 1e4, 2),
        "plugin_terms": lambda: _core.plugin_terms(np.linspace(1e-3, 1, 500), 1e4),
        "digamma": lambda: _core.digamma(np.arange(1, 3000)),
        "digamma_dot": lambda: _core.digamma_dot(weight),
        "build_info": lambda: str(_core.build_info()),
    }


CALLS = calls_of_the_core()


def test_every_function_of_the_core_is_called():
    functions = {name for name in dir(_core) if not name.startswith("_") and not isinstance(getattr(_core, name), type)}
    assert functions == set(CALLS)


@pytest.mark.parametrize("name", CALLS)
def test_many_threads_make_one_call(name):
    alone = bits(CALLS[name]())
    for result in at_once([CALLS[name]] * N_THREADS):
        assert bits(result) == alone


def test_many_threads_make_different_calls():
    alone = {name: bits(call()) for name, call in CALLS.items()}
    for shift in range(3):
        names = list(CALLS)[shift:] + list(CALLS)[:shift]
        for name, result in zip(names, at_once([CALLS[name] for name in names]), strict=True):
            assert bits(result) == alone[name], name


def neighbours(n_columns: int, euclidean: bool = False) -> _core.Neighbours:
    return _core.Neighbours(normals(7, 700, n_columns), [0.0] * n_columns, 2, euclidean)


def questions(asked: _core.Neighbours, others: _core.Neighbours) -> list[Call]:
    radius = np.full(700, 0.5)
    return [
        lambda: asked.kth_distances(3),
        lambda: asked.kth_and_next(4),
        lambda: asked.kth_distances_of(others, 2),
        lambda: asked.count_closer(radius),
        lambda: asked.count_around(radius),
        lambda: asked.extents(radius, 1),
    ]


@pytest.mark.parametrize("n_columns", N_COLUMNS)
def test_many_threads_ask_of_the_same_neighbours(n_columns):
    alone = [bits(ask()) for ask in questions(neighbours(n_columns), neighbours(n_columns))]
    for _ in range(10):  # each time none of their data structures is there yet
        asked, others = neighbours(n_columns), neighbours(n_columns)
        found = at_once(2 * questions(asked, others))
        assert [bits(result) for result in found] == 2 * alone


def test_neighbours_that_ask_of_each_other_do_not_wait_for_each_other():
    one, other = neighbours(3, euclidean=True), neighbours(3, euclidean=True)
    alone = bits(neighbours(3, euclidean=True).kth_distances_of(other, 2))
    calls = [lambda: one.kth_distances_of(other, 2), lambda: other.kth_distances_of(one, 2)]
    for result in at_once(N_THREADS // 2 * calls):
        assert bits(result) == alone


@pytest.mark.parametrize("n_columns", N_COLUMNS)
def test_many_threads_ask_for_the_same_permutations(n_columns):
    x, y, linear = normals(7, 300, n_columns), normals(8, 300, 2), ([0.0] * n_columns, [0.0] * 2)
    rows = _core.shuffles(np.arange(6, dtype=np.uint64), 300, 1)
    joint = _core.KsgJointPermutations(x, y, *linear, 3, 2)
    pairs = _core.KsgPairPermutations(x, y, *linear, 3, 2, [(0, 0), (0, 1)])
    calls: list[Call] = [lambda: joint.estimates(rows), lambda: pairs.estimates(rows)]
    alone = [bits(call()) for call in calls]
    assert [bits(result) for result in at_once(4 * calls)] == 4 * alone


def test_many_threads_ask_of_the_same_kernel_density():
    x = normals(11, 300, 2)
    density = fastmi.KernelDensity(0.4).fit(x)
    calls: list[Call] = [
        lambda: density.score_samples(x),
        lambda: density.cross_entropy(),
        lambda: density.sample(50, rng=1),
        lambda: density.histogram(bins=8, n_samples=5000, rng=1).counts,
        lambda: float(density.entropy(bins=8)),
    ]
    alone = [bits(call()) for call in calls]
    assert [bits(result) for result in at_once(2 * calls)] == 2 * alone


def test_many_threads_estimate_from_the_same_arrays():
    x, y = normals(13, 600, 2), normals(17, 600, 1)
    label = np.where(x[:, 0] > 0, "signal", "background")
    calls: list[Call] = [
        lambda: fastmi.mutual_info(x, y),
        lambda: fastmi.mutual_info(x, y, method="ksg2"),
        lambda: fastmi.mutual_info(x, label, method="mixed"),
        lambda: fastmi.mutual_info_matrix(x, y),
        lambda: fastmi.conditional_mutual_info(x, y, label),
        lambda: float(fastmi.entropy(x)),
        lambda: float(fastmi.entropy(label, method="discrete", correction="nsb")),
        lambda: fastmi.kl_divergence(x, x + 1),
    ]
    alone = [bits(call()) for call in calls]
    assert [bits(result) for result in at_once(2 * calls)] == 2 * alone


@pytest.mark.skipif(not sysconfig.get_config_var("Py_GIL_DISABLED"), reason="needs a free-threaded Python")
def test_importing_leaves_the_gil_off():
    code = "import sys, fastmi; sys.exit(sys._is_gil_enabled())"
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True)
