"""What a scan found."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastmi._estimate import are_doubtful
from fastmi._scan import files, plots, printed, tables
from fastmi._scan.failure import Failure
from fastmi._scan.labels import KINDS, LABELS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr
    from matplotlib.figure import Figure

__all__ = ["KINDS", "MEASURES", "Failure", "ScanResult"]

MEASURES = tuple(LABELS)


@dataclass(frozen=True, eq=False, repr=False)
class ScanResult:
    """What the columns of x know of those of y, event by event.

    Printing it shows the mean over events, as a table of a row for each column of x, for all of them jointly and for
    each control, and of a column for each of y. Notebooks show the same with shaded cells.

    Parameters
    ----------
    events : sequence of str
        Names of the events that were measured.
    indices : ndarray of int64, shape (n_events,)
        Their places among the events that were passed.
    x : sequence of str
        Names of the rows: the columns of x, "joint" for all of them together, and the controls.
    kinds : sequence of str
        What each row is: "x", "joint" or "control", in this order.
    y : sequence of str
        Names of the columns of y.
    values : mapping of str to ndarray of float64, shape (n_events, n_x, n_y)
        The measures: "mutual_info" and "conditional_entropy" in nats, "proficiency" as a share of the entropy of y.
    n_samples : ndarray of int64, shape (n_events, n_x, n_y)
        How many samples each estimate comes from.
    n_coincident : ndarray of int64, shape (n_events, n_x, n_y)
        How many of them coincide with at least k others, where there must not be any.
    failures : sequence of Failure
        The events that could not be measured: index, event, error and message of each.
    settings : mapping of str to Any
        How the scan was made, of what JSON can hold.

    Attributes
    ----------
    doubtful : ndarray of bool, shape (n_events, n_x, n_y)
        Where so many samples coincide that the estimate means little.

    Notes
    -----
    Controls know nothing of y: what the estimator says of them is its noise, and a column of x that says no more has
    told nothing. Negative estimates are returned as they are. A mean is NaN where any of its events is.

    References
    ----------
    A. Kraskov, H. Stögbauer, P. Grassberger, "Estimating mutual information", Phys. Rev. E 69, 066138 (2004).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> result = fastmi.ScanResult(
    ...     events=["event 7", "event 8"],
    ...     indices=np.array([0, 1]),
    ...     x=["latent[0]", "latent[1]", "joint", "normal"],
    ...     kinds=["x", "x", "joint", "control"],
    ...     y=["pt", "phi"],
    ...     values={"mutual_info": np.array([[[0.8, 0.1], [0.2, 1.3], [1.1, 1.9], [0.0, 0.0]],
    ...                                      [[0.6, 0.1], [0.2, 1.5], [1.0, 2.0], [0.01, -0.01]]])},
    ...     n_samples=np.full((2, 4, 2), 14_000),
    ...     n_coincident=np.zeros((2, 4, 2), np.int64),
    ...     failures=[],
    ...     settings={"k": 3},
    ... )
    >>> result
    ScanResult: 2 columns of x and all jointly, 2 of y, 2 events, k = 3
    mean mutual information (nats), ± standard error
                         pt             phi
    ----------------------------------------
    latent[0]  0.700 ±0.100    0.100 ±0.000
    latent[1]  0.200 ±0.000    1.400 ±0.100
    ----------------------------------------
    joint      1.050 ±0.050    1.950 ±0.050
    ----------------------------------------
    normal     0.005 ±0.005   -0.005 ±0.005
    ----------------------------------------
    samples           14000           14000
    >>> result.mean().shape
    (4, 2)
    >>> result.to_dataframe().columns.tolist()
    ['event', 'index', 'x', 'kind', 'y', 'mutual_info', 'n_samples', 'n_coincident', 'doubtful']
    """

    events: Sequence[str]
    indices: NDArray[np.int64]
    x: Sequence[str]
    kinds: Sequence[str]
    y: Sequence[str]
    values: Mapping[str, NDArray[np.float64]]
    n_samples: NDArray[np.int64]
    n_coincident: NDArray[np.int64]
    failures: Sequence[Failure]
    settings: Mapping[str, Any]

    @property
    def doubtful(self) -> NDArray[np.bool_]:
        """Where so many samples coincide that the estimate means little, of shape (n_events, n_x, n_y)."""
        return are_doubtful(self.n_coincident, self.n_samples)

    def mean(self, measure: str = "mutual_info") -> NDArray[np.float64]:
        """Return the mean over events.

        Parameters
        ----------
        measure : str
            "mutual_info", "proficiency" or "conditional_entropy", of those that were measured.

        Returns
        -------
        ndarray of float64, shape (n_x, n_y)
            NaN where an event is NaN, and where there are none.

        Raises
        ------
        ValueError
            If the measure was not measured.
        """
        values = self._of(measure)
        with np.errstate(over="ignore", invalid="ignore"):
            mean: NDArray[np.float64] = values.sum(axis=0) / (len(values) or np.nan)
        return mean

    def standard_error(self, measure: str = "mutual_info") -> NDArray[np.float64]:
        """Return the standard error of the mean, from how much the events differ.

        Parameters
        ----------
        measure : str
            "mutual_info", "proficiency" or "conditional_entropy", of those that were measured.

        Returns
        -------
        ndarray of float64, shape (n_x, n_y)
            The standard deviation of the events, by n_events - 1, over the square root of n_events. NaN for less than
            two events, and where an event is NaN.

        Raises
        ------
        ValueError
            If the measure was not measured.
        """
        values = self._of(measure)
        n_events = len(values)
        if n_events < 2:
            return np.full(values.shape[1:], np.nan)
        with np.errstate(over="ignore", invalid="ignore"):
            error: NDArray[np.float64] = values.std(axis=0, ddof=1) / np.sqrt(n_events)
        return error

    def table(self, measure: str = "mutual_info") -> str:
        """Return the mean over events as text, with standard errors where there are several events.

        Parameters
        ----------
        measure : str
            "mutual_info", "proficiency" or "conditional_entropy", of those that were measured.

        Returns
        -------
        str
            All rows and columns; what is doubtful in any event is marked.

        Raises
        ------
        ValueError
            If the measure was not measured.
        """
        self._of(measure)
        return printed.whole_text(self, measure)

    def to_dataframe(self) -> "pd.DataFrame":
        """Return the values as a data frame, a line for each event, row and column.

        Returns
        -------
        pandas.DataFrame
            With the columns event (its name), index (its place among those passed), x, kind, y, one for each measure,
            n_samples, n_coincident and doubtful.

        Raises
        ------
        ImportError
            If pandas is missing.
        """
        return tables.to_dataframe(self)

    def to_xarray(self) -> "xr.Dataset":
        """Return the values as labelled arrays.

        Returns
        -------
        xarray.Dataset
            A variable for each measure, n_samples, n_coincident and doubtful, with the dimensions event, x and y; index
            belongs to event, kind to x. The attribute settings is JSON.

        Raises
        ------
        ImportError
            If xarray is missing.
        """
        return tables.to_xarray(self)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the result to a file, which appears once it is whole.

        Parameters
        ----------
        path : str or path
            Its suffix tells the format. ".npz" and ".parquet" hold everything, bit for bit, and can be loaded;
            ".parquet" and ".csv" hold the long table of `to_dataframe` for other programs.

        Returns
        -------
        None

        Raises
        ------
        ValueError
            If the suffix is another one.
        FileNotFoundError
            If the folder does not exist.
        ImportError
            If the file is to be Parquet and pyarrow is missing.
        """
        files.save(self, Path(path))

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> "ScanResult":
        """Read a result that was saved.

        Parameters
        ----------
        path : str or path
            The file, a .npz or a .parquet.

        Returns
        -------
        ScanResult
            The same as was saved, bit for bit.

        Raises
        ------
        ValueError
            If the suffix is another one, or the file is damaged or something else.
        FileNotFoundError
            If the file does not exist.
        ImportError
            If the file is Parquet and pyarrow is missing.
        """
        return cls(**files.load(Path(path)))

    def plot(self, view: str = "mutual_info") -> "Figure":
        """Draw the result; ``result.plot().savefig("mi.png")`` saves the picture.

        Parameters
        ----------
        view : str
            A measure, for a heat map of its mean over events: all jointly have colours of their own, controls share
            those of the columns of x, so that noise looks like nothing; what is doubtful is grey and marked. Or
            "spread", for how the first measure spreads over events: for each column of y the best column of x and all
            of them jointly, as boxes of quartiles with whiskers around 95% of the events, each over a band around 95% of
            the events of its controls: of every single column, and of all jointly, which "permutation" has.

        Returns
        -------
        matplotlib.figure.Figure
            Made without pyplot, which need not be closed.

        Raises
        ------
        ValueError
            If there is no such view, or the measure was not measured.
        ImportError
            If matplotlib is missing.
        """
        return plots.plot(self, view)

    def __repr__(self) -> str:
        """Show as much of the table as can be seen at once."""
        return printed.short_text(self)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return printed.html(self)

    def _of(self, measure: str) -> NDArray[np.float64]:
        if measure not in self.values:
            raise ValueError(
                f"measure={measure!r} was not measured; there are {', '.join(self.values)}. "
                f"To have others pass measures=(...) to scan, any of {', '.join(MEASURES)}"
            )
        return self.values[measure]
