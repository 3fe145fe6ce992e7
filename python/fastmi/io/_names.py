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
    attribute = _NAMES.get(library_of(event))
    names = getattr(event, attribute, None) if attribute else None
    if names is None:
        return None
    # Of columns that have names of several levels, the first.
    return list(dict.fromkeys(name[0] if isinstance(name, tuple) else name for name in names))


def library_of(thing: Any) -> str:
    """Return the library of a thing's type, or of one that it extends."""
    libraries = (base.__module__.partition(".")[0] for base in type(thing).__mro__)
    return next((library for library in libraries if library in _NAMES), "")
