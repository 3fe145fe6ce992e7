"""The functions of fastmi in plain NumPy and SciPy, by brute force: slow, and readable as the papers.

They have the names, parameters and results of their namesakes in :mod:`fastmi`, and are what the compiled core is
tested against. They need SciPy.
"""

from fastmi.reference._entropy import entropy, relative_entropy
from fastmi.reference._ksg import ksg_counts, local_mutual_info, mutual_info, mutual_info_matrix

__all__ = [
    "entropy",
    "ksg_counts",
    "local_mutual_info",
    "mutual_info",
    "mutual_info_matrix",
    "relative_entropy",
]
