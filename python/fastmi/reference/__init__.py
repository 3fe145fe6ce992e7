"""What fastmi computes, in plain NumPy and SciPy, by brute force: slow, and readable as the papers.

The functions and classes have the names, parameters and results of their namesakes in :mod:`fastmi`, and are what the compiled core is
tested against. They need SciPy.
"""

from fastmi.reference._bound import mutual_info_bound
from fastmi.reference._conditional import conditional_mutual_info, transfer_entropy
from fastmi.reference._conditional_entropy import conditional_entropy
from fastmi.reference._divergence import cross_entropy, kl_divergence
from fastmi.reference._entropy import entropy, relative_entropy
from fastmi.reference._error import mutual_info_error
from fastmi.reference._histogram import histogram
from fastmi.reference._kernel_density import KernelDensity
from fastmi.reference._ksg import ksg_counts
from fastmi.reference._mutual_info import local_mutual_info, mutual_info, mutual_info_matrix
from fastmi.reference._mutual_info_test import mutual_info_matrix_test, mutual_info_test
from fastmi.reference._normalized import (
    information,
    information_correlation,
    information_distance,
    information_quality_ratio,
    normalized_mutual_info,
    proficiency,
    redundancy,
    symmetric_uncertainty,
)
from fastmi.reference._pointwise import pointwise_mutual_info
from fastmi.reference._renormalized import renormalized_mutual_info
from fastmi.reference._total_correlation import total_correlation
from fastmi.reference._variational import donsker_varadhan_bound, infonce_bound, nwj_bound

__all__ = [
    "KernelDensity",
    "conditional_entropy",
    "conditional_mutual_info",
    "cross_entropy",
    "donsker_varadhan_bound",
    "entropy",
    "histogram",
    "infonce_bound",
    "information",
    "information_correlation",
    "information_distance",
    "information_quality_ratio",
    "kl_divergence",
    "ksg_counts",
    "local_mutual_info",
    "mutual_info",
    "mutual_info_bound",
    "mutual_info_error",
    "mutual_info_matrix",
    "mutual_info_matrix_test",
    "mutual_info_test",
    "normalized_mutual_info",
    "nwj_bound",
    "pointwise_mutual_info",
    "proficiency",
    "redundancy",
    "relative_entropy",
    "renormalized_mutual_info",
    "symmetric_uncertainty",
    "total_correlation",
    "transfer_entropy",
]
