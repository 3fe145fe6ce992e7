"""Columns brought to one marginal distribution, which leaves mutual information as it is and helps to estimate it."""

from typing import Literal

import numpy as np

from fastmi import _core
from fastmi._variables import Variable

Marginals = Literal["normal"] | None


def check_marginals(marginals: Marginals) -> None:
    """Raise unless the marginals are None or known."""
    if marginals is not None and marginals != "normal":
        raise ValueError(f"marginals={marginals!r} is unknown; pass 'normal', or None for the columns as they are")


def with_marginals(variable: Variable, marginals: Marginals, workers: int) -> Variable:
    """Return the variable with such marginals; columns of labels, which have no order, as they are."""
    if marginals is None:
        return variable
    for column, period in enumerate(variable.periods):
        if period:
            raise ValueError(
                f"marginals={marginals!r} has no meaning for column {column} of {variable.name}, of period {period}: on "
                "a circle no value is the lowest; pass marginals=None, or the column without its period"
            )
    values = np.array(variable.values, order="F")
    numbers = ~np.array(variable.is_label)
    values[:, numbers] = _core.normal_scores(np.asfortranarray(values[:, numbers]), workers)
    return variable._replace(values=values)
