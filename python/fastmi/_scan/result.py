"""What a scan found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fastmi._estimate import are_doubtful
from fastmi._scan.failure import Failure

MEASURES = ("mutual_info", "proficiency", "conditional_entropy")
KINDS = ("x", "joint", "control")  # of rows, in the order in which they come


@dataclass(frozen=True, eq=False)
class ScanResult:
    """What the columns of x know of those of y, event by event."""

    events: Sequence[str]
    indices: NDArray[np.int64]
    x: Sequence[str]
    kinds: Sequence[str]
    y: Sequence[str]
    values: Mapping[str, NDArray[np.float64]]
    n_samples: NDArray[np.int64]
    n_coincident: NDArray[np.int64]
    failures: Sequence[Failure]
    settings: Mapping[str, Any]

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Where so many samples coincide that the estimate means little, of shape (n_events, n_x, n_y)."""
        return are_doubtful(self.n_coincident, self.n_samples)
