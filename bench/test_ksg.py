"""Times of every workload with pytest-benchmark: ``pytest bench``. A new data set for each round."""

import itertools

import numpy as np
import pytest

import fastmi
from bench.workloads import WORKLOADS, K


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("workload", WORKLOADS, ids=lambda w: w.name)
def test_workload(benchmark, workload, workers):
    rng = np.random.default_rng(0)
    # One data set again and again would let the branch predictor learn it by heart.
    data = itertools.cycle([workload.draw(rng) for _ in range(16)])
    function = fastmi.mutual_info if workload.joint else fastmi.mutual_info_matrix
    benchmark.pedantic(
        lambda x, y: function(x, y, k=K, workers=workers),
        setup=lambda: (next(data), {}),
        rounds=16,
        warmup_rounds=1,
    )
