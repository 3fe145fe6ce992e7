"""What is measured: normal columns unless a workload says otherwise, k = 3, fresh numbers every time."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

K = 3

Columns = NDArray[np.float64]


class Workload(NamedTuple):
    """A question about n samples of d_x and d_y columns: of all pairs of columns, or of the two sides jointly."""

    name: str
    n: int
    d_x: int
    d_y: int
    joint: bool = False
    alone: bool = False  # for fastmi only: most peers take minutes
    least: int = 3  # rounds of fastmi, however long they take
    columns: Callable[[np.random.Generator, int, int], Columns] | None = None  # instead of normal ones: (rng, n, d)

    def draw(self, rng: np.random.Generator) -> tuple[Columns, Columns]:
        """Return fresh columns."""
        columns = (self.columns or self._normal)(rng, self.n, self.d_x + self.d_y)
        return columns[:, : self.d_x].copy(), columns[:, self.d_x :].copy()

    def _normal(self, rng: np.random.Generator, n: int, d: int) -> Columns:
        """Return equicorrelated normal columns: 0.6 for pairs, 0.5 jointly."""
        rho = 0.5 if self.joint else 0.6
        return np.sqrt(rho) * rng.normal(size=(n, 1)) + np.sqrt(1 - rho) * rng.normal(size=(n, d))


WORKLOADS = [
    Workload("14,183 samples, 1+1", 14_183, 1, 1),
    Workload("14,183 samples, 12 pairs", 14_183, 12, 1),
    Workload("14,183 samples, 240 pairs", 14_183, 12, 20),
    Workload("100,000 samples, 1+1", 100_000, 1, 1),
    Workload("1,000,000 samples, 1+1", 1_000_000, 1, 1),
    Workload("10,000,000 samples, 1+1", 10_000_000, 1, 1, alone=True, least=1),
    Workload("14,183 samples, 12+1 joint", 14_183, 12, 1, joint=True),
    Workload("100,000 samples, 3+1 joint", 100_000, 3, 1, joint=True),
    Workload("100,000 samples, 12+1 joint", 100_000, 12, 1, joint=True, alone=True),
]
