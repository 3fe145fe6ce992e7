from collections.abc import Callable
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

class _BuildInfo(TypedDict):
    version: str
    compiler: str
    cpp_standard: str
    openmp: str | None
    max_workers: int
    instruction_sets: tuple[str, ...]
    instruction_set: str

def build_info() -> _BuildInfo: ...
def digamma(n: NDArray[np.int64]) -> NDArray[np.float64]: ...
def digamma_dot(weight: NDArray[np.int64]) -> float: ...

class Interruption(metaclass=_Metaclass):
    def __init__(self) -> None: ...
    def request(self) -> None: ...
    def heed(self) -> None: ...

def ksg_counts(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    x_period: list[float],
    y_period: list[float],
    k: int,
    workers: int,
) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]: ...
def ksg1(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    x_period: list[float],
    y_period: list[float],
    k: int,
    workers: int,
) -> tuple[float, int]: ...
def ksg1_local(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    x_period: list[float],
    y_period: list[float],
    k: int,
    workers: int,
) -> tuple[NDArray[np.float64], int]: ...
def ksg1_pairs(
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    x_period: list[float],
    y_period: list[float],
    k: int,
    workers: int,
    pairs: list[tuple[int, int]],
) -> tuple[NDArray[np.float64], NDArray[np.int64]]: ...
def ross_pairs(
    x: NDArray[np.float64],
    labels: NDArray[np.float64],
    k: int,
    workers: int,
    pairs: list[tuple[int, int]],
    from_float32: bool = False,
) -> NDArray[np.float64]: ...
def normal_quantile(p: NDArray[np.float64]) -> NDArray[np.float64]: ...
def uniform_scores(x: NDArray[np.float64], workers: int) -> NDArray[np.float64]: ...
def normal_scores(x: NDArray[np.float64], workers: int) -> NDArray[np.float64]: ...
def log_density(
    centres: NDArray[np.float64],
    bandwidth: NDArray[np.float64],
    queries: NDArray[np.float64],
    workers: int,
) -> NDArray[np.float64]: ...
def leave_one_out(
    centres: NDArray[np.float64],
    bandwidth: NDArray[np.float64],
    rows: NDArray[np.int64],
    workers: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...
def normal_mixture_cdf(
    centres: NDArray[np.float64],
    bandwidth: float,
    x: NDArray[np.float64],
    workers: int,
) -> NDArray[np.float64]: ...
def find_extremes(x: NDArray[np.float64], workers: int) -> tuple[list[tuple[float, float]], int, int, int]: ...
def fill_histogram(
    x: NDArray[np.float64], edges: list[NDArray[np.float64]], counts: NDArray[np.int64], workers: int
) -> tuple[int, bool]: ...
def sparse_histogram(
    x: NDArray[np.float64], edges: list[NDArray[np.float64]], workers: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], int, bool]: ...
def count_keys(keys: NDArray[np.uint64], workers: int) -> tuple[NDArray[np.uint64], NDArray[np.int64]]: ...
def kde_draw_dense(
    centres: NDArray[np.float64],
    bandwidth: list[float],
    edges: list[NDArray[np.float64]],
    n_draws: NDArray[np.int64],
    seed: int,
    progress: Callable[[int], object] | None,
    workers: int,
) -> tuple[NDArray[np.int64], int]: ...
def kde_draw_sparse(
    centres: NDArray[np.float64],
    bandwidth: list[float],
    edges: list[NDArray[np.float64]],
    n_draws: NDArray[np.int64],
    seed: int,
    progress: Callable[[int], object] | None,
    workers: int,
    max_cells: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]: ...
def kde_limit(
    centres: NDArray[np.float64], bandwidth: list[float], edges: list[NDArray[np.float64]], workers: int
) -> tuple[NDArray[np.float64], float, float]: ...
def kde_probabilities(
    centres: NDArray[np.float64],
    bandwidth: list[float],
    edges: list[NDArray[np.float64]],
    centre: NDArray[np.int64],
    bins: list[NDArray[np.int32]],
    workers: int,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float, float]: ...
def expected_plugin(
    probability: NDArray[np.float64], total: float, n_draws: float, workers: int
) -> tuple[float, float, float]: ...
def plugin_terms(
    probability: NDArray[np.float64], n_draws: float
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]: ...

class TooManyCellsError(MemoryError): ...
class _Metaclass(type): ...  # pybind11's

class Neighbours(metaclass=_Metaclass):
    def __init__(
        self, samples: NDArray[np.float64], period: list[float], workers: int, euclidean: bool = False
    ) -> None: ...
    def kth_distances(self, k: int) -> NDArray[np.float64]: ...
    def kth_and_next(self, k: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...
    def kth_distances_of(self, queries: Neighbours, k: int) -> NDArray[np.float64]: ...
    def count_closer(self, radius: NDArray[np.float64]) -> NDArray[np.int64]: ...
    def count_around(self, radius: NDArray[np.float64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]: ...
    def extents(self, radius: NDArray[np.float64], n_first: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]: ...

class KsgPairPermutations(metaclass=_Metaclass):
    def __init__(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        x_period: list[float],
        y_period: list[float],
        k: int,
        workers: int,
        pairs: list[tuple[int, int]],
    ) -> None: ...
    def estimates(self, rows: NDArray[np.int64]) -> NDArray[np.float64]: ...

class KsgJointPermutations(metaclass=_Metaclass):
    def __init__(
        self,
        x: NDArray[np.float64],
        y: NDArray[np.float64],
        x_period: list[float],
        y_period: list[float],
        k: int,
        workers: int,
    ) -> None: ...
    def estimates(self, rows: NDArray[np.int64]) -> NDArray[np.float64]: ...

def shuffles(seeds: NDArray[np.uint64], n: int, workers: int) -> NDArray[np.int64]: ...
def nearest_rows(
    z: NDArray[np.float64], period: list[float], radius: NDArray[np.float64], most: int, workers: int
) -> NDArray[np.int64]: ...
def take_in_turn(order: NDArray[np.int64], candidates: NDArray[np.int64]) -> NDArray[np.int64]: ...
