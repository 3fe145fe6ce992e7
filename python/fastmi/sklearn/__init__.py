"""Mutual information for scikit-learn: its two functions, the same numbers many times sooner, and a selector.

It needs scikit-learn 1.6 or later, which nothing else of fastmi imports.
"""

try:
    import sklearn  # noqa: F401
except ImportError as error:
    raise ImportError("fastmi.sklearn needs scikit-learn: pip install scikit-learn") from error

from fastmi.sklearn._mutual_info import mutual_info_classif, mutual_info_regression
from fastmi.sklearn._selector import MutualInfoSelector

__all__ = ["MutualInfoSelector", "mutual_info_classif", "mutual_info_regression"]
