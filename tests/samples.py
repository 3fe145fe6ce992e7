"""Columns of every kind that counts must survive, as hypothesis strategies."""

from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

TURN = 2 * np.pi


class Kind(NamedTuple):
    """How to draw a column, and its period (0: linear)."""

    draw: object
    period: float = 0.0


KINDS = {
    "normal": Kind(lambda rng, n: rng.normal(size=n)),
    "uniform": Kind(lambda rng, n: rng.uniform(size=n)),
    "rounded": Kind(lambda rng, n: rng.normal(size=n).round(1)),
    "integer": Kind(lambda rng, n: rng.integers(-3, 4, size=n).astype(float)),
    "constant": Kind(lambda rng, n: np.full(n, rng.normal())),
    "clustered": Kind(lambda rng, n: rng.integers(3, size=n) + 1e-9 * rng.normal(size=n)),
    "cauchy": Kind(lambda rng, n: rng.standard_cauchy(size=n)),
    "lognormal": Kind(lambda rng, n: rng.lognormal(sigma=5, size=n)),
    "far": Kind(lambda rng, n: 1e8 + rng.normal(size=n)),
    "tiny": Kind(lambda rng, n: 1e-8 * rng.normal(size=n)),
    "angle": Kind(lambda rng, n: rng.uniform(-np.pi, np.pi, size=n), TURN),
    "positive angle": Kind(lambda rng, n: rng.uniform(0, TURN, size=n), TURN),
    "peaked angle": Kind(lambda rng, n: np.mod(np.pi + 0.1 * rng.normal(size=n), TURN) - np.pi, TURN),
    "many turns": Kind(lambda rng, n: 30 * rng.normal(size=n), TURN),
    "degrees": Kind(lambda rng, n: rng.integers(0, 360, size=n).astype(float), 360.0),
}


class Problem(NamedTuple):
    """A call of ksg_counts."""

    x: np.ndarray
    y: np.ndarray
    k: int
    x_period: list[float]
    y_period: list[float]

    @property
    def options(self):
        return {"k": self.k, "x_period": self.x_period, "y_period": self.y_period}


@st.composite
def problems(draw, max_samples=600, max_x=12, max_y=3, kinds=tuple(KINDS), max_k=20):
    """Two sides of mixed columns; now and then y repeats a column of x."""
    n = draw(st.integers(2, max_samples))
    k = draw(st.integers(1, min(max_k, n - 1)))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    x_kinds = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=max_x))
    y_kinds = draw(st.lists(st.sampled_from(kinds), min_size=1, max_size=max_y))
    x, y = (np.column_stack([KINDS[kind].draw(rng, n) for kind in side]) for side in (x_kinds, y_kinds))
    x_period, y_period = ([KINDS[kind].period for kind in side] for side in (x_kinds, y_kinds))
    if draw(st.booleans()):
        y[:, 0], y_period[0] = x[:, 0], x_period[0]
    return Problem(x, y, k, x_period, y_period)


def correlated(n, rho, rng, d_x=1):
    """Draw normal x of d_x columns and y, each column of x with correlation rho to y."""
    y = rng.normal(size=n)
    x = rho * y[:, np.newaxis] + np.sqrt(1 - rho**2) * rng.normal(size=(n, d_x))
    return x, y


LABELS = {
    "two": lambda rng, n: rng.integers(2, size=n),
    "several": lambda rng, n: rng.integers(6, size=n),
    "rare": lambda rng, n: np.minimum(rng.geometric(0.3, size=n), 12),
    "pairs": lambda rng, n: rng.integers(max(1, n // 2), size=n),
    "all different": lambda rng, n: rng.permutation(n),
}


class Side(NamedTuple):
    """A variable of columns of numbers and of labels, and the options that say so."""

    values: np.ndarray
    period: list[float]
    discrete: list[bool]

    def options(self, name):
        return {f"{name}_period": self.period, f"{name}_discrete": self.discrete}


@st.composite
def mixed_sides(draw, n, rng, max_columns=3, kinds=tuple(KINDS), labels=tuple(LABELS)):
    """One side of mixed columns, of which any may be labels."""
    drawn = draw(st.lists(st.sampled_from([*kinds, *labels]), min_size=1, max_size=max_columns))
    columns = [LABELS[kind](rng, n) if kind in LABELS else KINDS[kind].draw(rng, n) for kind in drawn]
    period = [0.0 if kind in LABELS else KINDS[kind].period for kind in drawn]
    return Side(np.column_stack(columns).astype(float), period, [kind in LABELS for kind in drawn])


@st.composite
def mixed_problems(draw, names="xy", max_samples=120, max_k=8, **options):
    """Sides of these names, and k; now and then the last repeats a column of the first."""
    n = draw(st.integers(2, max_samples))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sides = [draw(mixed_sides(n, rng, **options)) for _ in names]
    if draw(st.booleans()):
        sides[-1].values[:, 0] = sides[0].values[:, 0]
        sides[-1].period[0], sides[-1].discrete[0] = sides[0].period[0], sides[0].discrete[0]
    return sides, draw(st.integers(1, min(max_k, n - 1)))


def options_of(sides, names="xy"):
    """Return the options of a call with these sides."""
    return {key: value for name, side in zip(names, sides, strict=True) for key, value in side.options(name).items()}
