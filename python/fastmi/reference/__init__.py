"""What fastmi computes, in plain NumPy and SciPy, by brute force: slow, and readable as the papers.

The functions and classes have the names, parameters and results of their namesakes in :mod:`fastmi`, and are what the compiled core is
tested against. They need SciPy.
"""

from fastmi.reference._divergence import cross_entropy, kl_divergence
from fastmi.reference._entropy import entropy, relative_entropy
from fastmi.reference._histogram import histogram
from fastmi.reference._kernel_density import KernelDensity
from fastmi.reference._ksg import ksg_counts, local_mutual_info, mutual_info, mutual_info_matrix

__all__ = [
    "KernelDensity",
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
