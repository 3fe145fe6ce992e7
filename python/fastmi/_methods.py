"""What `method` may be, and what each method heeds."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike, NDArray

from fastmi._arguments import BinRange, Bins, Period, as_k, as_workers, check_correction, check_heeded
from fastmi._marginals import Marginals, check_marginals, with_marginals
from fastmi._variables import Discrete, Variable, as_numbers, as_variable, flags_of


class Method(NamedTuple):
    """A way to estimate information."""

    name: str
    knows_labels: bool
    knows_periods: bool


class Options(NamedTuple):
    """What an estimate may depend on beside the samples; each method takes what concerns it."""

    k: int = 3
    bins: Bins = 20
    range: BinRange = None
    correction: str | None = None
    workers: int = 0
    marginals: Marginals = None


_METHODS = (
    Method("ksg1", knows_labels=False, knows_periods=True),
    Method("ksg2", knows_labels=False, knows_periods=True),
    Method("mixed", knows_labels=True, knows_periods=True),
    Method("gaussian", knows_labels=False, knows_periods=False),
    Method("histogram", knows_labels=True, knows_periods=False),
)


def method_of(name: str, among: Iterable[str]) -> Method:
    """Return the method of that name."""
    names = list(among)
    if name not in names:
        raise ValueError(f"method={name!r} is unknown; use one of {', '.join(map(repr, names))}")
    return next(method for method in _METHODS if method.name == name)


def options_of(
    method: str,
    k: SupportsIndex,
    bins: Bins,
    range_: BinRange,
    correction: str | None,
    workers: int | None,
    marginals: Marginals = None,
) -> Options:
    """Check and gather the options."""
    check_correction(correction)
    check_heeded(method, range=range_, correction=correction)
    check_marginals(marginals)
    if marginals is not None and method == "histogram":
        raise ValueError(
            f"marginals={marginals!r} has no meaning for method='histogram'; pass marginals=None, or use a method by "
            "neighbours"
        )
    return Options(as_k(k), bins, range_, correction, as_workers(workers), marginals)


def variable_for(method: Method, name: str, values: ArrayLike, discrete: Discrete, period: Period) -> Variable:
    """Return the variable, of numbers alone where the method knows no others."""
    variable = as_variable(name, values, discrete, period) if method.knows_labels else as_numbers(name, values, period)
    if not method.knows_labels and discrete is not None and any(flags_of(name, discrete, variable.n_columns)):
        raise ValueError(
            f"{name}_discrete={discrete!r} says that there are labels, of which method={method.name!r} knows nothing; "
            "use method='mixed' or 'histogram'"
        )
    if any(variable.periods) and not method.knows_periods:
        raise ValueError(
            f"{name}_period={period!r} has no meaning for method={method.name!r}; pass None, or use a method by "
            "neighbours such as 'mixed'"
        )
    return variable


def prepared(variables: Sequence[Variable], rows: NDArray[np.bool_], options: Options) -> list[Variable]:
    """Return some rows of the variables, with the marginals that are asked for."""
    return [with_marginals(variable.select(rows), options.marginals, options.workers) for variable in variables]
