"""Names of the arrays in whatever holds them by name.

None of these libraries is imported.
"""

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

_NAMES = {"pandas": "columns", "polars": "columns", "pyarrow": "column_names", "awkward": "fields"}


def names_in(event: Any) -> Collection[str] | None:
    """Return the names of the arrays of an event, None if it has no arrays by name."""
    if isinstance(event, Mapping):  # also an archive of NumPy's, a group of h5py's, a data set of xarray's
        return event
    if isinstance(event, np.ndarray | np.void):
        return event.dtype.names
    attribute = _NAMES.get(library_of(event, _NAMES))
    names = getattr(event, attribute, None) if attribute else None
    if names is None:
        return None
    # Of columns that have names of several levels, the first.
    return list(dict.fromkeys(name[0] if isinstance(name, tuple) else name for name in names))


def library_of(thing: Any, libraries: Collection[str]) -> str:
    """Return which of the libraries has the type of the thing, or one that it extends."""
    roots = (base.__module__.partition(".")[0] for base in type(thing).__mro__)
    return next((root for root in roots if root in libraries), "")
