"""Times of joint estimates with pytest-benchmark: ``pytest bench``. A new data set for each round."""

import itertools

import numpy as np
import pytest

import fastmi
from bench.workloads import K, Workload

N = 14_183


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("n", "d_x", "d_y"), [(N, 1, 1), (N, 2, 1), (N, 3, 1), (N, 5, 1), (N, 12, 1)])
def test_mutual_info(benchmark, n, d_x, d_y, workers):
    rng = np.random.default_rng(0)
    workload = Workload(f"{n} samples, {d_x}+{d_y}", n, d_x, d_y, joint=True)
    # One data set again and again would let the branch predictor learn it by heart.
    data = itertools.cycle([workload.draw(rng) for _ in range(16)])
    benchmark.pedantic(
        lambda x, y: fastmi.mutual_info(x, y, k=K, workers=workers),
        setup=lambda: (next(data), {}),
        rounds=16,
        warmup_rounds=1,
    )
