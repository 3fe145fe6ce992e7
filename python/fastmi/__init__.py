"""Fast, exact mutual information by nearest neighbours.

Arrays have the shape (n_samples,) or (n_samples, n_columns); results are in nats unless ``base`` is given.
"""

from fastmi import _core
from fastmi._build_info import build_info
from fastmi._divergence import cross_entropy, kl_divergence
from fastmi._entropy import entropy
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._histogram import Histogram, histogram
from fastmi._kernel_density import KernelDensity
from fastmi._ksg import ksg_counts, local_mutual_info, mutual_info, mutual_info_matrix
from fastmi._relative_entropy import relative_entropy

__version__ = _core.build_info()["version"]

__all__ = [
    "EntropyEstimate",
    "Histogram",
    "KernelDensity",
    "build_info",
    "cross_entropy",
    "entropy",
    "histogram",
    "kl_divergence",
    "ksg_counts",
    "local_mutual_info",
    "mutual_info",
    "mutual_info_matrix",
    "relative_entropy",
]
