"""Fast, exact mutual information by nearest neighbours.

Arrays have the shape (n_samples,) or (n_samples, n_columns); results are in nats unless ``base`` is given.
"""

from fastmi import _core
from fastmi._bound import MutualInfoBound, mutual_info_bound
from fastmi._build_info import build_info
from fastmi._conditional import conditional_mutual_info, transfer_entropy
from fastmi._conditional_entropy import conditional_entropy
from fastmi._diagnosis import Diagnosis, diagnose
from fastmi._divergence import cross_entropy, kl_divergence
from fastmi._entropy import entropy
from fastmi._entropy_estimate import EntropyEstimate
from fastmi._error import mutual_info_error
from fastmi._histogram import Histogram, histogram
from fastmi._information import Information
from fastmi._kernel_density import KernelDensity
from fastmi._ksg import ksg_counts
from fastmi._mutual_info import local_mutual_info, mutual_info, mutual_info_matrix
from fastmi._mutual_info_test import MutualInfoMatrixTest, MutualInfoTest, mutual_info_matrix_test, mutual_info_test
from fastmi._normalized import (
    information,
    information_correlation,
    information_distance,
    information_quality_ratio,
    normalized_mutual_info,
    proficiency,
    redundancy,
    symmetric_uncertainty,
)
from fastmi._pointwise import pointwise_mutual_info
from fastmi._pointwise_table import PointwiseMutualInfo
from fastmi._relative_entropy import relative_entropy
from fastmi._renormalized import renormalized_mutual_info
from fastmi._scan import ScanResult, scan
from fastmi._total_correlation import total_correlation
from fastmi._variational import donsker_varadhan_bound, infonce_bound, nwj_bound

__version__ = _core.build_info()["version"]

__all__ = [
    "Diagnosis",
    "EntropyEstimate",
    "Histogram",
    "Information",
    "KernelDensity",
    "MutualInfoBound",
    "MutualInfoMatrixTest",
    "MutualInfoTest",
    "PointwiseMutualInfo",
    "ScanResult",
    "build_info",
    "conditional_entropy",
    "conditional_mutual_info",
    "cross_entropy",
    "diagnose",
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
    "scan",
    "symmetric_uncertainty",
    "total_correlation",
    "transfer_entropy",
]
