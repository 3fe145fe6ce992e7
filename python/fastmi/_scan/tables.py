"""A result as a table of one line for each event, row and column, and as labelled arrays."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from fastmi._scan.labels import UNITS

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from fastmi._scan.result import ScanResult


def long_table(result: "ScanResult") -> dict[str, NDArray[Any]]:
    """Return the columns of the long table; names are objects."""
    return {
        **places(result.events, result.indices, result.x, result.kinds, result.y),
        **{measure: values.ravel() for measure, values in result.values.items()},
        "n_samples": result.n_samples.ravel(),
        "n_coincident": result.n_coincident.ravel(),
        "doubtful": result.doubtful.ravel(),
    }


def places(
    events: Sequence[str], indices: NDArray[np.int64], x: Sequence[str], kinds: Sequence[str], y: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Return the columns of the long table that say which event, row and column a line is about."""
    event, row, column = np.indices((len(events), len(x), len(y))).reshape(3, -1)
    return {
        "event": _names(events)[event],
        "index": indices[event],
        "x": _names(x)[row],
        "kind": _names(kinds)[row],
        "y": _names(y)[column],
    }


def to_dataframe(result: "ScanResult") -> "pd.DataFrame":
    """Return the long table as a data frame."""
    try:
        import pandas as pd
    except ImportError:
        raise ImportError("to_dataframe() needs pandas: pip install 'fastmi[scan]'") from None
    return pd.DataFrame(long_table(result))


def to_xarray(result: "ScanResult") -> "xr.Dataset":
    """Return the arrays with their labels."""
    try:
        import xarray as xr
    except ImportError:
        raise ImportError("to_xarray() needs xarray: pip install 'fastmi[scan]'") from None
    dims = ("event", "x", "y")
    return xr.Dataset(
        {
            **{measure: (dims, values, {"units": UNITS[measure]}) for measure, values in result.values.items()},
            "n_samples": (dims, result.n_samples),
            "n_coincident": (dims, result.n_coincident),
            "doubtful": (dims, result.doubtful),
        },
        coords={
            "event": _names(result.events),
            "index": ("event", result.indices),
            "x": _names(result.x),
            "kind": ("x", _names(result.kinds)),
            "y": _names(result.y),
        },
        attrs={"settings": json.dumps(dict(result.settings))},
    )


def _names(names: Iterable[str]) -> NDArray[np.object_]:
    """Return an array of names; what UTF-8 cannot hold, such as bytes of file names, is escaped."""
    return np.array([name.encode("utf-8", "backslashreplace").decode() for name in names], np.object_)
