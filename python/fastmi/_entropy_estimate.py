"""An entropy together with what is needed to judge it."""

import functools
import math
from typing import Any, NoReturn, Self

# Bins that hold many samples each are rarely alone with one: from this share of singletons on, the estimate follows the
# logarithm of the sample size rather than the distribution.
_SATURATED = 0.1
# Below this share the bias of an uncorrected estimate is below 0.01 nats. Above, it is this many times the share, as
# seen for normal distributions of 3 to 6 dimensions.
_BIASED = 0.003
_BIAS_PER_SINGLETON = 2.7

_UNIT_NAMES = {1.0: "nats", math.log(2): "bits"}


class EntropyEstimate(float):
    """An entropy that carries what is needed to judge it.

    It is a float, and arithmetic with it gives plain floats. Printing it shows the evidence against it, if there is
    any: an entropy estimated from too few samples for its bins says how many samples there were, and nothing else.

    Parameters
    ----------
    value : float
        The estimate.
    std_error : float
        Standard error of the estimate where it comes from random draws, else 0.
    ceiling : float
        log(n_samples) plus the mean log volume of a bin: what the estimate without correction would be if every sample
        were alone in its bin, and so the most it can be. Infinite in the limit of infinitely many samples, and without bins.
    singleton_fraction : float
        Share of the samples that are alone in their bin. Small where the bins are well filled; 0.003 of them means
        that an uncorrected estimate is about 0.01 nats too low.
    slope : float
        How much the uncorrected estimate grows with the logarithm of the number of samples: 0 where it has converged,
        1 where it only follows the ceiling.
    n_samples : int or None
        Samples behind the estimate; None in the limit of infinitely many.
    outside : int or float
        Samples outside the range, which were left out; a probability in the limit of infinitely many.
    unit : float
        Size in nats of the unit in which value, std_error and ceiling are given.

    Attributes
    ----------
    value : float
        The estimate as a plain float, as ``float(...)`` gives it.
    saturated : bool
        Whether the estimate echoes the sample size rather than the distribution: more than a tenth of the samples are
        alone in their bin.

    See Also
    --------
    entropy : estimates an entropy.

    References
    ----------
    L. Paninski, "Estimation of entropy and mutual information", Neural Computation 15, 1191 (2003), on the bias.

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> x = np.random.default_rng(1).normal(size=(10_000, 6))
    >>> h = fastmi.entropy(x, method="histogram", bins=20)
    >>> print(f"{h:.2f}, in theory {3 * np.log(2 * np.pi * np.e):.2f}")
    3.60, in theory 8.51
    >>> print(h)  # doctest: +ELLIPSIS
    3.5961 nats
    WARNING: saturated. 98% of the 10000 samples are alone in their bin, the ceiling for so many samples is 3.60877, ...
    >>> h.saturated, round(h.slope, 2)
    (True, 0.99)
    """

    std_error: float
    ceiling: float
    singleton_fraction: float
    slope: float
    n_samples: int | None
    outside: float
    unit: float

    def __new__(
        cls,
        value: float,
        *,
        std_error: float = 0.0,
        ceiling: float = math.inf,
        singleton_fraction: float = 0.0,
        slope: float = 0.0,
        n_samples: int | None = None,
        outside: float = 0,
        unit: float = 1.0,
    ) -> Self:
        """Attach the evidence to the value."""
        self = super().__new__(cls, value)
        vars(self).update(
            std_error=std_error,
            ceiling=ceiling,
            singleton_fraction=singleton_fraction,
            slope=slope,
            n_samples=n_samples,
            outside=outside,
            unit=unit,
        )
        return self

    @property
    def value(self) -> float:
        """The estimate as a plain float."""
        return float(self)

    @property
    def saturated(self) -> bool:
        """Whether the estimate echoes the sample size rather than the distribution."""
        return self.singleton_fraction > _SATURATED

    def __repr__(self) -> str:
        """Show the value and all that is known about it on one line."""
        shown = [f"{float(self):.6g}", f"unit={self._unit_name!r}"]
        if self.std_error > 0:
            shown.append(f"std_error={self.std_error:.2g}")
        if self.n_samples is not None:
            shown.append(f"n_samples={self.n_samples}")
        if self.n_samples is not None and math.isfinite(self.ceiling):
            shown.append(f"ceiling={self.ceiling:.6g}")
            shown.append(f"singleton_fraction={self.singleton_fraction:.3g}")
            shown.append(f"slope={self.slope:.3g}")
        if self.outside > 0:
            shown.append(f"outside={self.outside:.6g}")
        if self.saturated:
            shown.append("saturated=True")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __str__(self) -> str:
        """Show the value with its unit and, below it, what speaks against it."""
        error = f" +/- {self.std_error:.2g}" if self.std_error > 0 else ""
        lines = [f"{float(self):.6g}{error} {self._unit_name}"]
        if self.outside > 0:
            lines.append(self._outside_note)
        if self.saturated:
            lines.append(self._saturation_warning)
        elif self.singleton_fraction > _BIASED:
            lines.append(self._bias_note)
        return "\n".join(lines)

    @property
    def _unit_name(self) -> str:
        return _UNIT_NAMES.get(self.unit, f"units of {self.unit:.6g} nats")

    @property
    def _outside_note(self) -> str:
        if self.n_samples is None:
            return f"Note: a share of {self.outside:.2g} lies outside the range and is left out."
        return f"Note: {self.outside} samples lie outside the range and are left out."

    @property
    def _saturation_warning(self) -> str:
        return (
            f"WARNING: saturated. {self.singleton_fraction:.0%} of the {self.n_samples} samples are alone in their "
            f"bin, the ceiling for so many samples is {self.ceiling:.6g}, and the estimate grows by "
            f"{self.slope:.2f} per unit of log(n_samples): it says little about the distribution; take more samples "
            "or fewer bins."
        )

    @property
    def _bias_note(self) -> str:
        bias = _BIAS_PER_SINGLETON * self.singleton_fraction / self.unit
        return (
            f"Note: {self.singleton_fraction:.1%} of the {self.n_samples} samples are alone in their bin; without a "
            f"correction such an estimate is about {bias:.1g} too low."
        )

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle and copy as a call with the same arguments."""
        return functools.partial(type(self), **vars(self)), (float(self),)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        """Refuse: the evidence belongs to the value."""
        raise AttributeError(f"{type(self).__name__} is read-only; {name} cannot be set")

    def __delattr__(self, name: str) -> NoReturn:
        """Refuse: the evidence belongs to the value."""
        raise AttributeError(f"{type(self).__name__} is read-only; {name} cannot be deleted")
