"""Every estimator of mutual information, in one form."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from fastmi import _binned, _gaussian, _mixed
from fastmi._arguments import as_bins, as_ranges, check_enough_samples
from fastmi._estimate import Estimate, Estimates, LocalEstimate
from fastmi._ksg import ksg1, ksg1_matrix, local_ksg1
from fastmi._ksg2 import ksg2, local_ksg2
from fastmi._methods import Options
from fastmi._variables import Variable


class Estimator(NamedTuple):
    """A way to estimate mutual information from samples without NaN."""

    estimate: Callable[[Variable, Variable, Options], Estimate]
    local: Callable[[Variable, Variable, Options], LocalEstimate]
    matrix: Callable[[Variable, Variable, NDArray[np.bool_], Options], Estimates] | None = (
        None  # for many pairs at once
    )


def cells_of(variables: Sequence[Variable], options: Options) -> list[_binned.Cells]:
    """Return the cells of variables whose columns, one after the other, have the bins and ranges of the options."""
    widths = [variable.n_columns for variable in variables]
    bins, ranges = as_bins(options.bins, sum(widths)), as_ranges(options.range, sum(widths))
    ends = np.cumsum(widths)
    cells = [
        _binned.codes_of(variable, bins[end - width : end], ranges[end - width : end])
        for variable, end, width in zip(variables, ends, widths, strict=True)
    ]
    n_samples, n_outside = variables[0].n_samples, _binned.n_outside(*cells)
    if n_outside == n_samples:
        raise ValueError("no samples are in the bins; pass a range that holds some of them, or range=None")
    _binned.warn_if_outside(n_outside, n_samples)
    return cells


def _mixed_estimate(x: Variable, y: Variable, options: Options) -> Estimate:
    check_enough_samples(x.n_samples, options.k, f"{x.name} and {y.name}")
    return Estimate(_mixed.mutual_info(x, y, options.k, options.workers), x.n_samples)


def _mixed_local(x: Variable, y: Variable, options: Options) -> LocalEstimate:
    check_enough_samples(x.n_samples, options.k, f"{x.name} and {y.name}")
    return LocalEstimate(_mixed.local_mutual_info(x, y, options.k, options.workers))


def _gaussian_estimate(x: Variable, y: Variable, _: Options) -> Estimate:
    return Estimate(_gaussian.mutual_info(x.values, y.values), x.n_samples)


def _gaussian_local(x: Variable, y: Variable, _: Options) -> LocalEstimate:
    return LocalEstimate(_gaussian.local_mutual_info(x.values, y.values))


def _histogram_estimate(x: Variable, y: Variable, options: Options) -> Estimate:
    x_cells, y_cells = cells_of([x, y], options)
    return Estimate(_binned.mutual_info(x_cells, y_cells, options.correction), x.n_samples)


def _histogram_local(x: Variable, y: Variable, options: Options) -> LocalEstimate:
    x_cells, y_cells = cells_of([x, y], options)
    return LocalEstimate(_binned.local_mutual_info(x_cells, y_cells))


ESTIMATORS = {
    "ksg1": Estimator(ksg1, local_ksg1, ksg1_matrix),
    "ksg2": Estimator(ksg2, local_ksg2),
    "mixed": Estimator(_mixed_estimate, _mixed_local),
    "gaussian": Estimator(_gaussian_estimate, _gaussian_local),
    "histogram": Estimator(_histogram_estimate, _histogram_local),
}
