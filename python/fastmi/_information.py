"""Mutual information beside the entropies it is a share of."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Information:
    """Mutual information, the entropies it is a share of, and the shares.

    A share of nothing is NaN: where an entropy is 0 there was nothing to know, and so no saying which share of it is
    known. Nothing is clipped: where the mutual information was estimated below 0, so are its shares.

    Parameters
    ----------
    mutual_info : float
        I(X;Y).
    h_x, h_y, h_xy : float
        The entropies H(X), H(Y) and H(X,Y) at the same resolution, NaN if unknown.
    unit : float, default 1
        Size in nats of the unit in which the four are given.

    Attributes
    ----------
    proficiency : float
        I(X;Y) / H(Y), the share of what there is to know of Y that X tells; also the uncertainty coefficient
        (Theil 1970). 1 where X determines Y.
    symmetric_uncertainty : float
        2 I(X;Y) / (H(X) + H(Y)), the share of both taken together: scikit-learn's normalised mutual information, which
        takes the arithmetic mean of the entropies.
    redundancy : float
        I(X;Y) / (H(X) + H(Y)). At most min(H(X), H(Y)) / (H(X) + H(Y)), which is 1/2 where the two determine each other.
    information_quality_ratio : float
        I(X;Y) / H(X,Y), the share of all there is to know that is known twice (Wijaya, Sarno and Zulaika 2017).
    normalized_mutual_info : float
        I(X;Y) / sqrt(H(X) H(Y)), with the geometric mean of the entropies, as Strehl and Ghosh (2002) define it.
    information_distance : float
        1 - I(X;Y) / H(X,Y), a metric (Rajski 1961): 0 where the two determine each other, 1 where they are independent.
    correlation : float
        sqrt(1 - exp(-2 I(X;Y))), the correlation of normal variables with this mutual information (Linfoot 1957). It
        needs no entropies. It has the sign of the estimate, so that values that scatter around 0 keep their mean.

    See Also
    --------
    information : estimates it from samples.

    References
    ----------
    H. Theil, "On the estimation of relationships involving qualitative variables", Am. J. Sociol. 76, 103 (1970).
    A. Strehl, J. Ghosh, "Cluster ensembles", J. Mach. Learn. Res. 3, 583 (2002).
    D. R. Wijaya, R. Sarno, E. Zulaika, "Information quality ratio as a novel metric for mother wavelet selection",
    Chemom. Intell. Lab. Syst. 160, 59 (2017).
    C. Rajski, "A metric space of discrete probability distributions", Inf. Control 4, 371 (1961).
    E. H. Linfoot, "An informational measure of correlation", Inf. Control 1, 85 (1957).

    Examples
    --------
    >>> import fastmi
    >>> found = fastmi.Information(mutual_info=1.0, h_x=2.0, h_y=1.0, h_xy=2.0)
    >>> found.proficiency, found.information_quality_ratio, found.information_distance
    (1.0, 0.5, 0.5)
    """

    mutual_info: float
    h_x: float
    h_y: float
    h_xy: float
    unit: float = 1.0

    @property
    def proficiency(self) -> float:
        """I(X;Y) / H(Y)."""
        return share(self.mutual_info, self.h_y)

    @property
    def symmetric_uncertainty(self) -> float:
        """2 I(X;Y) / (H(X) + H(Y))."""
        return 2 * self.redundancy

    @property
    def redundancy(self) -> float:
        """I(X;Y) / (H(X) + H(Y))."""
        return share(self.mutual_info, self.h_x + self.h_y)

    @property
    def information_quality_ratio(self) -> float:
        """I(X;Y) / H(X,Y)."""
        return share(self.mutual_info, self.h_xy)

    @property
    def normalized_mutual_info(self) -> float:
        """I(X;Y) / sqrt(H(X) H(Y))."""
        product = self.h_x * self.h_y
        return share(self.mutual_info, math.sqrt(product)) if min(self.h_x, self.h_y) >= 0 else math.nan

    @property
    def information_distance(self) -> float:
        """1 - I(X;Y) / H(X,Y)."""
        return 1 - self.information_quality_ratio

    @property
    def correlation(self) -> float:
        """sqrt(1 - exp(-2 I(X;Y)))."""
        nats = self.mutual_info * self.unit
        return math.copysign(math.sqrt(-math.expm1(-2 * abs(nats))), nats)


def share(part: float, whole: float) -> float:
    """Return part / whole, NaN of nothing."""
    return part / whole if whole != 0 else math.nan
