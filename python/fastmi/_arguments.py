"""Checks and conversions of what users pass in.

Every message names the argument, the value or the first bad row, and the way out.
"""

import math
import operator
from collections.abc import Hashable, Sequence
from numbers import Real
from typing import Any, Literal, NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._containers import columns_of, numbers

NanPolicy = Literal["raise", "omit", "propagate"]
Period = float | Sequence[float | None] | NDArray[np.float64] | None
Bins = SupportsIndex | Sequence[SupportsIndex] | NDArray[np.integer]
Lags = Sequence[int] | NDArray[np.integer]
BinRange = Sequence[float] | Sequence[Sequence[float] | None] | NDArray[np.float64] | None

CONDITIONAL_ENTROPY_METHODS = ("knn", "discrete", "histogram")
ENTROPY_METHODS = (*CONDITIONAL_ENTROPY_METHODS, "kde")
_METRICS = ("chebyshev", "euclidean")
_CORRECTIONS = ("miller-madow", "grassberger", "chao-shen", "nsb")
_NAN_POLICIES = ("raise", "omit", "propagate")
# Twice a period must not overflow, nor the distance of two values that are less than one period from zero.
_LARGEST_PERIOD = np.finfo(np.float64).max / 4
_MOST_BINS = 2**27  # of a column, whose edges are an array


class Features(NamedTuple):
    """Functions of other variables, row by row."""

    y: NDArray[np.float64]
    jacobian: NDArray[np.float64]  # of shape (n_samples, n_features, n_inputs)
    complete: NDArray[np.bool_]  # rows, of those that were passed, without NaN


def as_columns(name: str, values: ArrayLike, at_least: str) -> NDArray[np.float64]:
    """Return `values` as float64 of shape (n_samples, n_columns), not copied where they are float64 already."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would be lost; pass {name}.astype(float).filled(numpy.nan) "
            "with nan_policy='omit'"
        )
    columns = columns_of(values)
    if columns is not None:
        return _side_by_side(name, columns, len(values), at_least)  # type: ignore[arg-type]
    array = as_array(name, values)
    _check_dtype(name, array)
    if array.ndim not in (1, 2):
        raise ValueError(
            f"{name} has shape {array.shape}; pass an array of shape (n_samples,) or (n_samples, n_columns)"
        )
    check_not_empty(name, array.shape, at_least)
    matrix = array if array.ndim == 2 else array[:, np.newaxis]
    if matrix.dtype == np.float64:
        return np.require(matrix, np.float64, ["ALIGNED"])
    with np.errstate(over="ignore"):  # wider floats that overflow are reported as infinite
        return np.asfortranarray(matrix, np.float64)  # so that no other copy follows


def as_array(name: str, values: ArrayLike) -> NDArray[Any]:
    """Return what is to be numbers as an array of whatever shape and type, not copied where it is one already."""
    exported = numbers(name, values)
    try:
        return np.asarray(exported)
    except ValueError as error:
        raise ValueError(
            f"{name} cannot be read as an array{_first_ragged_row(exported)}; pass rows of equal length"
        ) from error


def is_vector(name: str, values: ArrayLike) -> bool:
    """Return whether samples are of shape (n_samples,)."""
    return columns_of(values) is None and np.ndim(numbers(name, values)) == 1


def check_not_empty(name: str, shape: tuple[int, ...], at_least: str) -> None:
    """Raise unless there are rows and columns."""
    if 0 in shape:
        raise ValueError(f"{name} is empty (shape {shape}); pass at least {at_least} and one column")


def check_no_lists(name: str, width: int) -> None:
    """Raise if a column of a data frame holds several entries a row."""
    if width != 1:
        raise ValueError(f"{name} holds lists of {width} numbers; pass it by itself, or as columns")


def column_of(name: str, column: Hashable) -> str:
    """Return what messages call a column."""
    return f"column {column!r} of {name}"


def _side_by_side(name: str, columns: list[tuple[Hashable, Any]], n_rows: int, at_least: str) -> NDArray[np.float64]:
    """Return the columns of a data frame as one matrix, column after column."""
    matrix = np.empty((n_rows, len(columns)), order="F")
    check_not_empty(name, matrix.shape, at_least)
    for c, (column, values) in enumerate(columns):
        block = as_columns(column_of(name, column), values, at_least)
        check_no_lists(column_of(name, column), block.shape[1])
        matrix[:, c] = block[:, 0]
    return matrix


def as_samples(name: str, values: ArrayLike, at_least: str = "k + 1 rows") -> tuple[NDArray[np.float64], bool]:
    """Return `values` as float64 of shape (n_samples, n_columns), column after column, and whether any is NaN."""
    samples = np.asfortranarray(as_columns(name, values, at_least))
    if np.isfinite(samples).all():
        return samples, False
    infinite = np.isinf(samples)
    if infinite.any():
        row = int(np.argmax(infinite.any(axis=1)))
        raise ValueError(
            f"{name} has an infinite value in row {row}; remove the row, or set it to NaN and pass nan_policy='omit'"
        )
    return samples, True


def as_finite_samples(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as float64 of shape (n_samples, n_columns), column after column, where NaN has no meaning."""
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would be lost; pass the rows that are whole, as an array"
        )
    samples = np.asfortranarray(as_columns(name, values, "one row"))
    bad = np.asarray(~np.isfinite(samples).all(axis=1))
    if bad.any():
        finite = f"numpy.isfinite({name})" + (".all(axis=1)" if np.ndim(values) == 2 else "")
        raise ValueError(
            f"{name} has NaN or infinite values in {int(bad.sum())} of {len(bad)} rows, first in row "
            f"{int(np.argmax(bad))}; remove such rows: {name}[{finite}] of the array"
        )
    return samples


def as_scores(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return the scores of pairs as a float64 vector, all of them finite."""
    scores = _finite_scores(name, values)
    if scores.shape[1] != 1:
        raise ValueError(f"{name} has shape {scores.shape}; pass one score a pair, as an array of shape (n_pairs,)")
    return scores[:, 0]


def as_score_matrix(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return the scores of every x with every y as a square float64 matrix, all of them finite."""
    scores = _finite_scores(name, values)
    if len(scores) != scores.shape[1]:
        raise ValueError(
            f"{name} has shape {np.shape(values)}, which is no square; pass the score of every x with every y, as an "
            "array of shape (n, n)"
        )
    return scores


def _finite_scores(name: str, values: ArrayLike) -> NDArray[np.float64]:
    if isinstance(values, np.ma.MaskedArray):
        raise TypeError(
            f"{name} is a masked array, whose mask would be lost; pass the scores of the pairs that count, as an array"
        )
    scores = as_columns(name, values, "one row")
    bad = np.asarray(~np.isfinite(scores).all(axis=1))
    if bad.any():
        raise ValueError(
            f"{name} has NaN or infinite scores in {int(bad.sum())} of {len(bad)} rows, first in row "
            f"{int(np.argmax(bad))}; pass the scores of a critic that gives every pair a finite one"
        )
    return scores


def features_with_jacobian(y: ArrayLike, jacobian: ArrayLike, nan_policy: NanPolicy) -> Features:
    """Return features and their derivatives, and the rows without NaN, of which "raise" demands all."""
    check_nan_policy(nan_policy)
    y_samples, y_has_nan = as_samples("y", y)
    n_samples, n_features = y_samples.shape
    derivatives, jacobian_has_nan = as_samples("jacobian", _flat_jacobian(jacobian, n_samples, n_features))
    complete = np.ones(n_samples, np.bool_)
    if y_has_nan:
        complete &= complete_rows("y", rows_with_nan(y_samples), nan_policy)
    if jacobian_has_nan:
        complete &= complete_rows("jacobian", rows_with_nan(derivatives), nan_policy)
    return Features(y_samples, derivatives.reshape(n_samples, n_features, -1), complete)


def _flat_jacobian(jacobian: ArrayLike, n_samples: int, n_features: int) -> ArrayLike:
    """Return the derivatives of every sample as one row."""
    is_frame = columns_of(jacobian) is not None
    jacobian = as_columns("jacobian", jacobian, "one row") if is_frame else numbers("jacobian", jacobian)
    try:
        shape = np.shape(jacobian)
    except ValueError:
        return jacobian  # ragged, of which as_samples says more
    if len(shape) in (2, 3) and shape[0] != n_samples:
        raise ValueError(f"y has {n_samples} rows but jacobian has {shape[0]}; row i of both must be the same sample")
    if len(shape) == 3 and shape[1] == n_features:
        return np.reshape(jacobian, (n_samples, n_features * shape[2]))
    if len(shape) == 2 and n_features == 1:
        return jacobian
    raise ValueError(
        f"jacobian has shape {shape}, but y has {n_samples} rows and {n_features} columns; pass an array of shape "
        f"({n_samples}, {n_features}, n_inputs)" + (f" or ({n_samples}, n_inputs)" if n_features == 1 else "")
    )


def complete_samples(name: str, values: ArrayLike, nan_policy: NanPolicy) -> NDArray[np.float64] | None:
    """Return the samples without NaN, of which "raise" demands all; None if there is NaN to "propagate"."""
    check_nan_policy(nan_policy)
    samples, has_nan = as_samples(name, values, "one row")
    if not has_nan:
        return samples
    kept = kept_rows(name, rows_with_nan(samples), nan_policy)
    return None if kept is None else samples[kept]


def as_several_columns(name: str, values: ArrayLike) -> NDArray[np.float64]:
    """Return `values` as float64 of shape (n_samples, n_columns), with two columns at least."""
    columns = as_columns(name, values, "k + 1 rows")
    if columns.shape[1] < 2:
        raise ValueError(
            f"{name} has 1 column (shape {np.shape(values)}); pass two or more, of shape (n_samples, n_columns)"
        )
    return columns


def same_columns(p: ArrayLike, q: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return p and q, which are samples of the same columns, as many rows as there are."""
    p_columns, q_columns = as_columns("p", p, "one row"), as_columns("q", q, "k rows")
    if p_columns.shape[1] != q_columns.shape[1]:
        raise ValueError(
            f"p has {p_columns.shape[1]} columns but q has {q_columns.shape[1]}; pass samples of the same columns"
        )
    return p_columns, q_columns


def kept_rows(name: str, missing: NDArray[np.bool_], nan_policy: NanPolicy) -> NDArray[np.bool_] | None:
    """Return which rows are not missing, at least one; None if there are missing ones to "propagate"."""
    if not missing.any():
        return ~missing
    complete = complete_rows(name, missing, nan_policy)
    if nan_policy == "propagate":
        return None
    if not complete.any():
        raise ValueError(f"{name} has NaN in all of its {len(missing)} rows; pass rows without NaN")
    return complete


def rows_with_nan(samples: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return in which rows any column is NaN."""
    return np.asarray(np.isnan(samples).any(axis=1))


def check_nan_policy(nan_policy: NanPolicy) -> None:
    """Raise unless the policy exists."""
    if nan_policy not in _NAN_POLICIES:
        raise ValueError(f"nan_policy={nan_policy!r} is unknown; use one of {', '.join(map(repr, _NAN_POLICIES))}")


def complete_rows(name: str, missing: NDArray[np.bool_], nan_policy: NanPolicy) -> NDArray[np.bool_]:
    """Return which rows are not missing, or raise if the policy is "raise"."""
    if nan_policy == "raise":
        raise ValueError(
            f"{name} has NaN in {int(missing.sum())} of {len(missing)} rows, first in row {int(np.argmax(missing))}; "
            "pass nan_policy='omit' to leave such rows out, or 'propagate' to get NaN"
        )
    return ~missing


def check_no_second_side(y: ArrayLike | None, **options: object) -> None:
    """Raise if options of y are given without y."""
    for name, value in options.items():
        if y is None and value is not None:
            raise ValueError(f"{name}={value!r} is given without y; {name.replace('y_', 'x_')} holds for both sides")


def check_no_third_side(z: ArrayLike | None, **options: object) -> None:
    """Raise if options of z are given without z."""
    for name, value in options.items():
        if z is None and value is not None:
            raise ValueError(f"{name}={value!r} is given without z; pass z, or {name}=None")


def as_k(k: SupportsIndex) -> int:
    """Return `k` as an int of at least 1."""
    try:
        as_int = operator.index(k)
    except TypeError:
        raise TypeError(f"k={k!r} is not an integer; pass the number of neighbours, usually 3") from None
    if as_int < 1:
        raise ValueError(f"k={k} is less than 1; pass the number of neighbours, usually 3")
    return as_int


def as_count(name: str, count: SupportsIndex) -> int:
    """Return `count`, which may be a float such as 1e6, as an int of at least 1."""
    if isinstance(count, float | np.floating) and float(count).is_integer():
        count = int(count)
    try:
        as_int = operator.index(count)
    except TypeError:
        raise TypeError(f"{name}={count!r} is not an integer; pass how many") from None
    if as_int < 1:
        raise ValueError(f"{name}={count} is less than 1; pass how many")
    return as_int


def as_lags(lag: int | Lags, n_samples: int, at_least: int | None = None) -> list[int]:
    """Return the lags, each of which leaves some of the samples."""
    try:
        lags = [operator.index(entry) for entry in np.atleast_1d(np.asarray(lag, dtype=object))]
    except (TypeError, ValueError):
        raise TypeError(f"lag={lag!r} is not an integer, or a sequence of them") from None
    for entry in lags:
        if at_least is not None and entry < at_least:
            raise ValueError(f"lag={entry} is less than {at_least}; pass how many steps x lies back")
        if abs(entry) >= n_samples:
            raise ValueError(f"lag={entry} leaves nothing of {n_samples} rows; pass a smaller lag or a longer series")
    return lags


def check_full_rank(ranks: NDArray[np.intp], n_features: int, rows: NDArray[np.intp]) -> None:
    """Raise unless the Jacobians, of these rows of the samples, have the rank of as many features."""
    deficient = ranks < n_features
    if deficient.any():
        first = int(np.argmax(deficient))
        raise ValueError(
            f"jacobian has rank {ranks[first]} for {n_features} columns of y in {int(deficient.sum())} of {len(ranks)} "
            f"rows, first in row {rows[first]}: where features do not change with x, or only together, the information "
            "is infinite; pass features that do, and that do independently"
        )


def check_enough_samples(n_samples: int, k: int, which: str = "x and y") -> None:
    """Raise unless every sample has k others."""
    if n_samples <= k:
        raise ValueError(
            f"k={k} needs at least {k + 1} samples, but {which} have {n_samples} rows without NaN; pass more samples "
            "or a smaller k"
        )


def check_enough_of_q(n_samples: int, k: int) -> None:
    """Raise unless there are k samples of q."""
    if n_samples < k:
        raise ValueError(
            f"k={k} needs at least {k} samples of q, but q has {n_samples} rows without NaN; pass more samples or a "
            "smaller k"
        )


def as_periods(name: str, period: Period, n_columns: int) -> list[float]:
    """Return one period for each column, 0 where it is linear."""
    if period is None:
        return [0.0] * n_columns
    try:
        entries = [0.0 if p is None else p for p in np.atleast_1d(np.asarray(period, dtype=object))]
        if any(isinstance(p, str | bytes | bool | np.bool_) for p in entries):
            raise TypeError
        array = np.array(entries, np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={period!r} is not None, a number, or a sequence of them") from None
    if np.ndim(period) == 0:  # type: ignore[arg-type]
        array = np.full(n_columns, array[0])
    if array.shape != (n_columns,):
        raise ValueError(
            f"{name} has {array.size} entries for {n_columns} columns; pass one number for all columns, or one entry "
            "a column (None for a linear one)"
        )
    bad = ~((array >= 0) & (array <= _LARGEST_PERIOD))
    if bad.any():
        raise ValueError(
            f"{name} has the entry {float(array[bad][0])!r}; a period is positive and finite, and None or 0 means linear"
        )
    return [float(p) for p in array]


def as_bins(bins: Bins, n_columns: int) -> tuple[int, ...]:
    """Return the number of bins of each column."""
    try:
        all_bins = tuple(operator.index(b) for b in np.atleast_1d(np.asarray(bins, dtype=object)))
    except (TypeError, ValueError):
        raise TypeError(f"bins={bins!r} is not an integer, or a sequence of one integer a column") from None
    if np.ndim(bins) == 0:  # type: ignore[arg-type]
        all_bins *= n_columns
    if len(all_bins) != n_columns:
        raise ValueError(
            f"bins has {len(all_bins)} entries for {n_columns} columns; pass one integer for all columns, or one a "
            "column"
        )
    for b in all_bins:
        if not 1 <= b <= _MOST_BINS:
            raise ValueError(f"bins={bins!r} has {b} for a column; pass from 1 to 2**27")
    return all_bins


def as_ranges(value: BinRange, n_columns: int) -> list[tuple[float, float] | None]:
    """Return the range of each column, None where it is left to the samples."""
    if value is None:
        return [None] * n_columns
    try:
        entries = list(value)
    except TypeError:
        raise TypeError(f"range={value!r} is not None, a pair (low, high), or a sequence of one a column") from None
    if len(entries) == 2 and all(isinstance(entry, Real) for entry in entries):
        entries = [entries] * n_columns
    if len(entries) != n_columns:
        raise ValueError(
            f"range has {len(entries)} entries for {n_columns} columns; pass one pair (low, high) for all columns, or "
            "a pair or None a column"
        )
    return [None if entry is None else _as_pair(entry) for entry in entries]


def _as_pair(entry: object) -> tuple[float, float]:
    try:
        low, high = (float(operator.pos(end)) for end in entry)  # type: ignore[attr-defined]
    except (TypeError, ValueError, OverflowError):
        raise TypeError(f"range has the entry {entry!r}, which is not a pair (low, high) of numbers") from None
    if not (math.isfinite(low) and math.isfinite(high)):
        raise ValueError(f"range has the entry ({low}, {high}); pass finite ends")
    if not low < high:
        raise ValueError(f"range has the entry ({low}, {high}); pass the lower end first, and a higher one second")
    return low, high


def as_workers(workers: int | None) -> int:
    """Return the core's number for `workers`: 0 is OpenMP's default, -1 all cores."""
    if workers is None:
        return 0
    try:
        as_int = operator.index(workers)
    except TypeError:
        raise TypeError(f"workers={workers!r} is not an integer or None") from None
    if not (as_int == -1 or 1 <= as_int <= np.iinfo(np.int32).max):
        raise ValueError(f"workers={workers} is not a number of threads; pass None, -1 for all cores, or 1 and more")
    return as_int


def unit_of(base: object) -> float:
    """Return the size in nats of one unit of information to the given base."""
    if base is None:
        return 1.0
    if not isinstance(base, Real):
        raise TypeError(f"base={base!r} is not a number; pass 2 for bits, or None for nats")
    if not 1 < float(base) < math.inf:
        raise ValueError(f"base={base!r} is not a finite number above 1; pass 2 for bits, or None for nats")
    return math.log(float(base))


def check_entropy_method(method: str, among: Sequence[str], **periods: Period) -> None:
    """Raise unless the method of an entropy exists, and knows periods if there are any."""
    if method not in among:
        raise ValueError(f"method={method!r} is unknown; use one of {', '.join(map(repr, among))}")
    for name, period in periods.items():
        if method != "knn" and period is not None:
            raise ValueError(f"method={method!r} knows no period; use method='knn', or pass {name}=None")


def check_of_density(method: str, metric: str, density: bool) -> None:
    """Raise if an entropy is wanted in a metric or without a density where the method has no such thing."""
    if metric != "chebyshev" and method != "knn":
        raise ValueError(f"metric={metric!r} has no meaning for method={method!r}; use method='knn'")
    if not density and method in ("knn", "kde"):
        raise ValueError(f"density=False has no meaning for method={method!r}; use method='histogram'")


def check_metric(metric: str, periods: Sequence[float]) -> None:
    """Raise unless the metric exists, and holds for columns of these periods."""
    if not isinstance(metric, str) or metric not in _METRICS:
        raise ValueError(f"metric={metric!r} is unknown; use one of {', '.join(map(repr, _METRICS))}")
    if metric == "euclidean" and any(periods):
        raise ValueError("metric='euclidean' knows no period; use metric='chebyshev', or pass period=None")


def check_correction(correction: str | None) -> None:
    """Raise unless the correction of an entropy exists."""
    if correction is not None and correction not in _CORRECTIONS:
        raise ValueError(
            f"correction={correction!r} is unknown; use None or one of {', '.join(map(repr, _CORRECTIONS))}"
        )


_HEEDED = {"range": ("histogram",), "correction": ("histogram", "discrete")}


def check_heeded(method: str, **options: object) -> None:
    """Raise if an option is given that the method does not heed."""
    for name, value in options.items():
        if value is not None and method not in _HEEDED[name]:
            raise ValueError(
                f"{name}={value!r} has no meaning for method={method!r}; pass {name}=None, or use method='histogram'"
            )


def _check_dtype(name: str, array: NDArray[np.generic]) -> None:
    if array.dtype.kind in "biuf":
        return
    if array.dtype.kind == "c":
        raise TypeError(
            f"{name} holds complex numbers ({array.dtype}), which have no order; pass real and imaginary parts as two "
            "columns"
        )
    if array.dtype.kind == "O":
        raise TypeError(
            f"{name} has dtype object{_first_object_row(array)}; pass real numbers, with numpy.nan for what is missing"
        )
    raise TypeError(f"{name} has dtype {array.dtype}; pass real numbers, or labels to method='mixed' of mutual_info")


def _first_object_row(array: NDArray[np.generic]) -> str:
    rows = np.atleast_1d(array)
    rows = rows.reshape(len(rows), math.prod(rows.shape[1:]))
    for row, entries in enumerate(rows):
        for entry in entries:
            if not isinstance(entry, Real):
                return f", in row {row} a {type(entry).__name__}"
    return ", although its entries are numbers (convert it with .astype(float))"


def _first_ragged_row(values: ArrayLike) -> str:
    if not isinstance(values, Sequence):
        return ""
    lengths = [len(row) if isinstance(row, Sequence | np.ndarray) else None for row in values]
    for row, length in enumerate(lengths):
        if length != lengths[0]:
            return f": it is ragged, row {row} has {_entries(length)} and row 0 has {_entries(lengths[0])}"
    return ""


def _entries(length: int | None) -> str:
    return "a bare number" if length is None else f"{length} entries"
