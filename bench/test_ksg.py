"""Times of estimates by engine and dimension with pytest-benchmark: ``pytest bench``. A new data set for each round."""

import itertools

import numpy as np
import pytest

import fastmi
from bench.workloads import K, Workload

N = 14_183
SIDES = [(1, 1), (2, 1), (3, 1), (5, 1), (12, 1), (2, 2), (3, 3), (4, 4), (6, 6)]
CASES = [("strips", 1, 1), *((engine, *sides) for sides in SIDES for engine in ("tree", "bitmap"))]


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("engine", "d_x", "d_y"), CASES)
def test_mutual_info(benchmark, monkeypatch, engine, d_x, d_y, workers):
    monkeypatch.setenv("FASTMI_ENGINE", engine)
    benchmark.group = f"{N} samples, {d_x}+{d_y}, workers={workers}"
    rng = np.random.default_rng(0)
    workload = Workload("", N, d_x, d_y, joint=True)
    # One data set again and again would let the branch predictor learn it by heart.
    data = itertools.cycle([workload.draw(rng) for _ in range(16)])
    benchmark.pedantic(
        lambda x, y: fastmi.mutual_info(x, y, k=K, workers=workers),
        setup=lambda: (next(data), {}),
        rounds=16,
        warmup_rounds=1,
    )
