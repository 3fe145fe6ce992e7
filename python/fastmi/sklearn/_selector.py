"""Selection of features that are informative together, rather than one by one."""

import warnings
from numbers import Integral
from typing import Any, ClassVar, NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.base import BaseEstimator
from sklearn.feature_selection import SelectorMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from fastmi._mutual_info import mutual_info
from fastmi.sklearn._exact import information, to_unit_spread
from fastmi.sklearn._features import check_enough_samples, features_of, workers_of

Array = NDArray[np.float64]
Indices = NDArray[np.intp]


class MutualInfoSelector(SelectorMixin, BaseEstimator):  # type: ignore[misc]
    """Select features by mutual information with the target, and with each other.

    Features are taken one after the other: first the one that tells most of the target, then in each step the one with
    the highest score given those that are taken. All information is by ``method="mixed"`` of
    :func:`fastmi.mutual_info`, of columns brought to a spread near one by powers of two: no noise, no clipping, ties
    and constant columns as they are. Features of equal score are taken in the order of the columns.

    Parameters
    ----------
    k : int, default 10
        How many features to take.
    method : {"mrmr", "jmi", "mim"}
        The score of a feature x given the features s that are taken. "mrmr", minimum redundancy and maximum relevance:
        I(x;y) less the mean of I(x;s), so that copies are left out. "jmi", joint mutual information: the mean of
        I(x,s;y), which also finds features that tell something only together, and takes longest. "mim", mutual
        information maximisation: I(x;y) alone, as ``sklearn.feature_selection.SelectKBest`` has it.
    n_neighbors : int, default 3
        Neighbours that set the radius of a sample.
    discrete_features : bool or array_like, default False
        Which features are labels: all or none, a mask, or indices.
    discrete_target : {"auto", bool}, default "auto"
        Whether the target is labels. "auto" takes floats for numbers, and integers, booleans and text for labels.
    n_jobs : int, optional
        Threads: None for OpenMP's default, -1 for all cores. The result does not depend on it.

    Attributes
    ----------
    relevance_ : ndarray of float64, shape (n_features,)
        I(x;y) of each feature in nats, which may be negative by scatter.
    scores_ : ndarray of float64, shape (n_features,)
        The score of each feature when it was taken; of those that were not, in the last step.
    ranking_ : ndarray of int, shape (n_features,)
        1 for the feature that was taken first, 2 for the second and so on; one more than the last for the others.
    support_ : ndarray of bool, shape (n_features,)
        Which features were taken.
    n_features_in_ : int
        How many features there were.
    feature_names_in_ : ndarray of str, shape (n_features,)
        Their names, if X was a data frame with names of columns.

    See Also
    --------
    mutual_info_regression, mutual_info_classif : scores for scikit-learn's own selectors.

    References
    ----------
    H. Peng, F. Long, C. Ding, "Feature selection based on mutual information", IEEE Trans. Pattern Anal. Mach. Intell.
    27, 1226 (2005), for "mrmr".
    H. Yang, J. Moody, "Data visualization and feature selection", NIPS 12 (1999), for "jmi".
    G. Brown, A. Pocock, M.-J. Zhao, M. Lujan, "Conditional likelihood maximisation", J. Mach. Learn. Res. 13, 27 (2012),
    for all of them side by side.

    Examples
    --------
    >>> import numpy as np
    >>> from fastmi.sklearn import MutualInfoSelector
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.normal(size=(2, 500))
    >>> X = np.column_stack([a, a + 0.1 * rng.normal(size=500), b])
    >>> y = 2 * a + b
    >>> MutualInfoSelector(k=2, method="mim").fit(X, y).get_support()
    array([ True,  True, False])
    >>> MutualInfoSelector(k=2, method="mrmr").fit(X, y).get_support()
    array([ True, False,  True])
    """

    _parameter_constraints: ClassVar[dict[str, list[Any]]] = {
        "k": [Interval(Integral, 1, None, closed="left")],
        "method": [StrOptions({"mrmr", "jmi", "mim"})],
        "n_neighbors": [Interval(Integral, 1, None, closed="left")],
        "discrete_features": ["boolean", "array-like"],
        "discrete_target": [StrOptions({"auto"}), "boolean"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        k: int = 10,
        *,
        method: str = "mrmr",
        n_neighbors: int = 3,
        discrete_features: bool | ArrayLike = False,
        discrete_target: str | bool = "auto",
        n_jobs: int | None = None,
    ) -> None:
        self.k = k
        self.method = method
        self.n_neighbors = n_neighbors
        self.discrete_features = discrete_features
        self.discrete_target = discrete_target
        self.n_jobs = n_jobs

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:  # noqa: N803
        """Choose the features.

        Parameters
        ----------
        X : array_like of shape (n_samples, n_features)
            The features.
        y : array_like of shape (n_samples,)
            The target.

        Returns
        -------
        MutualInfoSelector
            Itself.

        Raises
        ------
        ValueError
            For parameters out of range, NaN, infinity, lengths that differ, and n_samples <= n_neighbors.
        """
        self._validate_params()
        samples, target = validate_data(self, X, y)
        n_samples, n_features = samples.shape
        check_enough_samples(n_samples, self.n_neighbors)
        if self.k > n_features:
            warnings.warn(
                f"k={self.k} is greater than n_features={n_features}: all are taken", UserWarning, stacklevel=2
            )
        n_taken = min(self.k, n_features)
        informed = self._informed(samples, target)
        self.relevance_ = informed.about_target(np.arange(n_features))
        self.scores_ = self.relevance_.copy()
        self.ranking_ = np.full(n_features, n_taken + 1)
        left, total = np.arange(n_features), np.zeros(n_features)
        for rank in range(1, n_taken + 1):
            best = left[np.argmax(self.scores_[left])]
            self.ranking_[best] = rank
            left = left[left != best]
            if rank == n_taken:
                break
            if self.method == "mrmr":
                total[left] += informed.about_feature(left, best)
                self.scores_[left] = self.relevance_[left] - total[left] / rank
            elif self.method == "jmi":
                total[left] += informed.about_target_with(left, best)
                self.scores_[left] = total[left] / rank
        self.support_ = self.ranking_ <= n_taken
        return self

    def _informed(self, X: NDArray[Any], y: NDArray[Any]) -> "_Information":  # noqa: N803
        """Return what answers the questions of information about these samples."""
        discrete_target = y.dtype.kind != "f" if self.discrete_target == "auto" else bool(self.discrete_target)
        if discrete_target:
            check_classification_targets(y)
        discrete = features_of(X, self.discrete_features).discrete
        return _Information(
            np.where(discrete, X, to_unit_spread(X)),
            discrete,
            y if discrete_target else to_unit_spread(y),
            discrete_target,
            self.n_neighbors,
            workers_of(self.n_jobs),
        )

    def _get_support_mask(self) -> NDArray[np.bool_]:
        check_is_fitted(self)
        return np.asarray(self.support_)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        return tags


class _Information(NamedTuple):
    """Samples of comparable spread, and what they tell."""

    X: Array
    discrete: NDArray[np.bool_]
    y: NDArray[Any]
    discrete_target: bool
    k: int
    workers: int | None

    def about_target(self, features: Indices) -> Array:
        """Return I(x;y) of each feature."""
        x, x_discrete = self.X[:, features], self.discrete[features]
        return information(x, self.y, x_discrete, self.discrete_target, self.k, self.workers)

    def about_feature(self, features: Indices, s: int) -> Array:
        """Return I(x;s) of each feature and another."""
        x, x_discrete = self.X[:, features], self.discrete[features]
        return information(x, self.X[:, s], x_discrete, bool(self.discrete[s]), self.k, self.workers)

    def about_target_with(self, features: Indices, s: int) -> Array:
        """Return I(x,s;y) of each feature, known together with another."""
        return np.array([self._joint([feature, s]) for feature in features])

    def _joint(self, features: list[int]) -> float:
        return mutual_info(
            self.X[:, features],
            self.y,
            k=self.k,
            method="mixed",
            x_discrete=self.discrete[features],
            y_discrete=self.discrete_target,
            workers=self.workers,
        )
