"""scikit-learn's functions of mutual information, as users call them."""

from collections.abc import Callable, Mapping
from numbers import Integral
from typing import Any, TypeVar, cast

import numpy as np
from numpy.typing import ArrayLike, NDArray
from sklearn.utils import check_random_state
from sklearn.utils._param_validation import Interval, StrOptions, validate_params
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_X_y

from fastmi.sklearn._as_scikit_learn import classification_scores, regression_scores
from fastmi.sklearn._exact import exact_scores
from fastmi.sklearn._features import features_of, workers_of

Scores = NDArray[np.float64]
RandomState = int | np.random.RandomState | None
_Function = TypeVar("_Function", bound=Callable[..., Any])

_ARGUMENTS: Mapping[str, object] = {
    "X": ["array-like", "sparse matrix"],
    "y": ["array-like"],
    "discrete_features": [StrOptions({"auto"}), "boolean", "array-like"],
    "n_neighbors": [Interval(Integral, 1, None, closed="left")],
    "copy": ["boolean"],
    "random_state": ["random_state"],
    "n_jobs": [Integral, None],
    "exact": ["boolean"],
}


def _checked(function: _Function) -> _Function:
    """Let scikit-learn check the arguments, and say what it says of its own functions."""
    return cast("_Function", validate_params(dict(_ARGUMENTS), prefer_skip_nested_validation=True)(function))


@_checked
def mutual_info_regression(
    X: ArrayLike,  # noqa: N803
    y: ArrayLike,
    *,
    discrete_features: str | bool | ArrayLike = "auto",
    n_neighbors: int = 3,
    copy: bool = True,  # noqa: ARG001
    random_state: RandomState = None,
    n_jobs: int | None = None,
    exact: bool = False,
) -> Scores:
    """Estimate the mutual information of each feature and a continuous target.

    The values are those of ``sklearn.feature_selection.mutual_info_regression`` with the same `random_state`.

    Parameters
    ----------
    X : array_like or sparse matrix of shape (n_samples, n_features)
        The features. Never overwritten.
    y : array_like of shape (n_samples,)
        The target.
    discrete_features : {"auto", bool, array_like}, default "auto"
        Which features are labels, equal or not and nothing else: all or none, a mask, or indices. "auto" means none of
        a dense X, and all of a sparse one, which must not have others.
    n_neighbors : int, default 3
        Neighbours that set the radius of a sample. More lowers the variance and raises the bias.
    copy : bool, default True
        Taken for the sake of scikit-learn's signature; of no effect.
    random_state : int, RandomState or None
        Of the noise that is added to continuous columns. Without a meaning if `exact`.
    n_jobs : int, optional
        Threads: None for OpenMP's default (scikit-learn has 1), -1 for all cores, -2 for all but one. The result does
        not depend on it.
    exact : bool, default False
        False does as scikit-learn does: continuous columns are divided by their standard deviation, noise of 1e-10
        times the mean absolute value (of 1e-10 if that is less than 1) is added, and negative estimates become 0. Where
        a column lies far from 0, the noise swamps it; where it is constant, or values repeat, the noise is all there
        is to measure.

        True adds no noise and clips nothing. Columns are brought to a spread near one by a power of two, so that no
        distance loses a bit and equal ones stay equal, wherever a column lies; then ``method="mixed"`` of
        :func:`fastmi.mutual_info` takes care of ties. A constant column has exactly 0. The score of one that tells
        nothing scatters around 0.

    Returns
    -------
    ndarray of float64, shape (n_features,)
        The estimates in nats.

    Raises
    ------
    ValueError
        As scikit-learn: for parameters out of range, NaN, infinity, lengths that differ, continuous features in a
        sparse X, n_samples <= n_neighbors; for a discrete feature of which no value repeats.
    IndexError
        For `discrete_features` that X does not have.

    Warns
    -----
    UserWarning
        If `exact`, where many samples are alone with their label.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004), equation (8).
    B. C. Ross, PLoS ONE 9, e87357 (2014), for discrete features.

    Examples
    --------
    >>> import numpy as np
    >>> from fastmi.sklearn import mutual_info_regression
    >>> rng = np.random.default_rng(1)
    >>> X = rng.normal(size=(1000, 3))
    >>> y = X[:, 0] + 0.5 * X[:, 1] + 0.5 * rng.normal(size=1000)
    >>> mutual_info_regression(X, y, random_state=0).round(2)
    array([0.56, 0.1 , 0.  ])
    """
    matrix, target = check_X_y(X, y, accept_sparse="csc", y_numeric=True)
    features, workers = features_of(matrix, discrete_features), workers_of(n_jobs)
    if exact:
        return exact_scores(features, target, discrete_target=False, k=n_neighbors, workers=workers)
    return regression_scores(features, target, n_neighbors, check_random_state(random_state), workers)


@_checked
def mutual_info_classif(
    X: ArrayLike,  # noqa: N803
    y: ArrayLike,
    *,
    discrete_features: str | bool | ArrayLike = "auto",
    n_neighbors: int = 3,
    copy: bool = True,  # noqa: ARG001
    random_state: RandomState = None,
    n_jobs: int | None = None,
    exact: bool = False,
) -> Scores:
    """Estimate the mutual information of each feature and a discrete target.

    The values are those of ``sklearn.feature_selection.mutual_info_classif`` with the same `random_state`.

    Parameters
    ----------
    X, discrete_features, n_neighbors, copy, random_state, n_jobs
        As for :func:`mutual_info_regression`.
    y : array_like of shape (n_samples,)
        The labels.
    exact : bool, default False
        As for :func:`mutual_info_regression`. True and False differ for continuous features only: for discrete ones
        both give the plug-in value of the table of counts.

    Returns
    -------
    ndarray of float64, shape (n_features,)
        The estimates in nats.

    Raises
    ------
    ValueError, IndexError
        As for :func:`mutual_info_regression`; and for a target that is no labels, or of which none repeats.

    Warns
    -----
    UserWarning
        As for :func:`mutual_info_regression`.

    References
    ----------
    B. C. Ross, "Mutual information between discrete and continuous data sets", PLoS ONE 9, e87357 (2014).

    Examples
    --------
    >>> import numpy as np
    >>> from fastmi.sklearn import mutual_info_classif
    >>> rng = np.random.default_rng(1)
    >>> X = rng.normal(size=(1000, 3))
    >>> y = np.where(X[:, 0] + X[:, 1] > 0, "right", "left")
    >>> mutual_info_classif(X, y, random_state=0).round(2)
    array([0.26, 0.16, 0.  ])
    """
    check_classification_targets(y)
    matrix, target = check_X_y(X, y, accept_sparse="csc", y_numeric=False)
    features, workers = features_of(matrix, discrete_features), workers_of(n_jobs)
    if exact:
        return exact_scores(features, target, discrete_target=True, k=n_neighbors, workers=workers)
    return classification_scores(features, target, n_neighbors, check_random_state(random_state), workers)
