"""What is measured: normal columns, k = 3, fresh numbers every time."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

K = 3


class Workload(NamedTuple):
    """A question about n samples of d_x and d_y columns: of all pairs of columns, or of the two sides jointly."""

    name: str
    n: int
    d_x: int
    d_y: int
    joint: bool

    def draw(self, rng: np.random.Generator) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return fresh equicorrelated normal columns: 0.6 for pairs, 0.5 jointly."""
        rho = 0.5 if self.joint else 0.6
        common = rng.normal(size=(self.n, 1))
        columns = np.sqrt(rho) * common + np.sqrt(1 - rho) * rng.normal(size=(self.n, self.d_x + self.d_y))
        return columns[:, : self.d_x].copy(), columns[:, self.d_x :].copy()


WORKLOADS = [
    Workload("14,183 samples, 1+1", 14_183, 1, 1, joint=False),
    Workload("14,183 samples, 12 pairs", 14_183, 12, 1, joint=False),
    Workload("14,183 samples, 12+1 joint", 14_183, 12, 1, joint=True),
]
