"""Whether an estimate of mutual information can be believed, as users ask it."""

import math
from dataclasses import dataclass
from typing import NamedTuple, SupportsIndex

import numpy as np
from numpy.typing import ArrayLike

from fastmi import _mixed
from fastmi._arguments import NanPolicy, as_k, as_workers, check_enough_samples, unit_of
from fastmi._bound import SIGNIFICANT, MutualInfoBound, bound_of, normal_ksg
from fastmi._estimate import LocalEstimate
from fastmi._kde_histogram import Seed
from fastmi._ksg import local_ksg1
from fastmi._marginals import Marginals, check_marginals
from fastmi._methods import Options, prepared
from fastmi._variables import Variable, as_numbers, complete_rows_of
from fastmi._warnings import warn

_LARGE_K = 1 / 20  # of the samples in a ball


class Finding(NamedTuple):
    """A reason not to believe an estimate."""

    name: str  # "too low", "tails", "ties", "large k" or "negative"
    message: str


@dataclass(frozen=True)
class Diagnosis:
    """What speaks against an estimate.

    Printing it shows the estimate and every finding in a line.

    Parameters
    ----------
    mutual_info : float
        The estimate that was examined.
    standard_error : float
        Standard deviation of its terms over sqrt(n_samples); see ``mutual_info_error(..., by="local")``.
    bound : MutualInfoBound
        What views of few columns carry.
    findings : tuple of Finding
        Each with a ``name`` ("too low", "tails", "ties", "large k" or "negative") and a ``message`` that says what to do.

    Attributes
    ----------
    reliable : bool
        Whether nothing was found. Some errors cannot be found: see :func:`mutual_info_bound`.

    See Also
    --------
    diagnose : makes it.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004).

    Examples
    --------
    >>> import numpy as np
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=1000)
    >>> fastmi.diagnose(x, x + rng.normal(size=1000)).reliable
    True
    """

    mutual_info: float
    standard_error: float
    bound: MutualInfoBound
    findings: tuple[Finding, ...]

    @property
    def reliable(self) -> bool:
        """Whether nothing was found."""
        return not self.findings

    def __str__(self) -> str:
        head = f"{self.mutual_info:.3f} +- {self.standard_error:.3f}"
        if self.reliable:
            return f"{head}: nothing speaks against it"
        return "\n".join([head, *(f"  {finding.name}: {finding.message}" for finding in self.findings)])


def diagnose(
    x: ArrayLike,
    y: ArrayLike,
    *,
    k: SupportsIndex = 3,
    marginals: Marginals = None,
    rng: Seed = None,
    nan_policy: NanPolicy = "raise",
    base: float | None = None,
    workers: int | None = None,
) -> Diagnosis:
    """Look for what speaks against ``mutual_info(x, y)`` by "ksg1".

    Parameters
    ----------
    x, y : array_like of shape (n_samples,) or (n_samples, n_columns)
        Row i of both is the same sample. Columns of numbers without period.
    k, marginals, base, workers
        As for :func:`mutual_info`.
    rng : int, Generator, SeedSequence, BitGenerator or None
        Seed of the split into halves; see :func:`mutual_info_bound`.
    nan_policy : {"raise", "omit", "propagate"}
        As for :func:`mutual_info`; "propagate" finds nothing if there is NaN.

    Returns
    -------
    Diagnosis
        With the estimate, its standard error, the bound and the ``findings``:

        "too low" : few columns made from all, fitted and tested on different rows, carry significantly more.
        "tails" : the same estimate with normal marginals is significantly higher; heavy tails or unlike units hide
        information.
        "ties" : samples coincide, or distances are equal, so that "mixed" gives something else.
        "large k" : a ball of k neighbours holds a twentieth of all samples or more, and blurs what is finer.
        "negative" : the estimate is below 0 by more than it scatters, which is a sign of dependence on few of many
        columns.

    Raises
    ------
    ValueError, TypeError
        As for :func:`mutual_info`.

    Warns
    -----
    UserWarning
        With the message of every finding.

    References
    ----------
    A. Kraskov, H. Stoegbauer, P. Grassberger, Phys. Rev. E 69, 066138 (2004).

    Examples
    --------
    >>> import numpy as np
    >>> import warnings
    >>> import fastmi
    >>> rng = np.random.default_rng(1)
    >>> x = rng.normal(size=(2000, 5))
    >>> y = np.sin(3 * x[:, 0])
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     found = fastmi.diagnose(x, y, rng=1)
    >>> [finding.name for finding in found.findings]
    ['too low']
    """
    unit = unit_of(base)
    check_marginals(marginals)
    options = Options(k=as_k(k), workers=as_workers(workers), marginals=marginals)
    generator = np.random.default_rng(rng)
    x_all, y_all = as_numbers("x", x), as_numbers("y", y)
    complete = complete_rows_of([x_all, y_all], nan_policy)
    if nan_policy == "propagate" and not complete.all():
        return Diagnosis(math.nan, math.nan, MutualInfoBound.unknown(int(complete.sum()), unit), ())
    found = _diagnosis(x_all.select(complete), y_all.select(complete), options, generator, unit)
    for finding in found.findings:
        warn(finding.message)
    return found


def _diagnosis(x: Variable, y: Variable, options: Options, rng: np.random.Generator, unit: float) -> Diagnosis:
    check_enough_samples(x.n_samples, options.k)
    x_used, y_used = prepared([x, y], np.ones(x.n_samples, np.bool_), options)
    local = local_ksg1(x_used, y_used, options)
    standard_error = float(local.terms.std()) / math.sqrt(x.n_samples)
    full = normal_ksg(x, y, options.k, options.workers)
    bound = bound_of(x, y, full, options.k, rng, options.workers, unit)
    candidates = [
        Finding("too low", bound.sentence) if bound.full_is_too_low else None,
        _tails(local, full),
        _ties(x_used, y_used, local, standard_error, options),
        _large_k(options.k, x.n_samples),
        _negative(local, standard_error),
    ]
    return Diagnosis(
        float(local.terms.mean()) / unit, standard_error / unit, bound, tuple(found for found in candidates if found)
    )


def _tails(local: LocalEstimate, full: LocalEstimate) -> Finding | None:
    difference = full.terms - local.terms
    if not difference.mean() > SIGNIFICANT * difference.std() / math.sqrt(len(difference)):
        return None
    return Finding(
        "tails",
        f"KSG reads {local.terms.mean():.3f} nats of the columns as they are and {full.terms.mean():.3f} with normal "
        "marginals: heavy tails or unlike units hide information. Pass marginals='normal'.",
    )


def _ties(x: Variable, y: Variable, local: LocalEstimate, standard_error: float, options: Options) -> Finding | None:
    way_out = 'KSG assumes a density, which such data does not have. Use method="mixed".'
    whole = local.whole
    if whole.doubtful:
        share = whole.n_coincident / whole.n_samples
        return Finding("ties", f"{share:.1%} of the samples coincide with {options.k} others or more. {way_out}")
    mixed = _mixed.mutual_info(x, y, options.k, options.workers)
    if abs(mixed - whole.mutual_info) <= SIGNIFICANT * standard_error:
        return None
    return Finding(
        "ties",
        f'Many distances are equal: "ksg1" reads {whole.mutual_info:.3f} nats and "mixed" {mixed:.3f}. {way_out}',
    )


def _large_k(k: int, n: int) -> Finding | None:
    if k < _LARGE_K * n:
        return None
    return Finding(
        "large k",
        f"A ball of k={k} neighbours holds {k / n:.0%} of the {n} samples, and blurs what is finer. Pass a smaller k, or "
        "more samples.",
    )


def _negative(local: LocalEstimate, standard_error: float) -> Finding | None:
    value = float(local.terms.mean())
    if value >= -SIGNIFICANT * standard_error:
        return None
    return Finding(
        "negative",
        f"The estimate is {value:.3f} nats, below 0 by {-value / standard_error:.0f} standard errors: KSG has missed a "
        "dependence, often one on few of many columns. Pass these alone, or see mutual_info_bound.",
    )
