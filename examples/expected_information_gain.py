"""Which measurement tells the most: the expected information gain, as mutual information of parameter and outcome.

A source lies somewhere along a line, theta ~ N(0, 1). What a measurement of it is expected to tell, before it is made,
is I(theta; y) (D. V. Lindley, Ann. Math. Stat. 27, 986, 1956). All it takes is to simulate pairs of theta and y:

    python examples/expected_information_gain.py

The first table has a linear measurement, where the gain is known. In the second, a detector sees the source when it is
near. Directly below the most probable place it cannot tell left from right. The third has two detectors, whose readings
together are one outcome: no formula, and no other code.
"""

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

import fastmi

NOISE = 0.1  # of a detector, whose signal is 1 at most
POSITIONS = np.arange(0, 3.5, 0.5)
PAIRS = [(1.0, 1.0), (0.0, 1.0), (-0.5, 0.5), (-1.0, 1.0), (-1.5, 1.5), (-2.0, 2.0)]

Array = NDArray[np.float64]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the tables."""
    arguments = parse(argv)
    rng = np.random.default_rng(arguments.seed)
    theta = rng.normal(size=arguments.n_samples)

    print("y = theta + noise         gain / nats  closed form")
    for noise in (2.0, 1.0, 0.5, 0.2):
        y = theta + noise * rng.normal(size=len(theta))
        row(f"  of standard deviation {noise}", fastmi.mutual_info(theta, y), 0.5 * np.log(1 + 1 / noise**2))

    print("\none detector              gain / nats   quadrature")
    gains = [fastmi.mutual_info(theta, readings(theta, [position], rng)) for position in POSITIONS]
    for position, gain in zip(POSITIONS, gains, strict=True):
        row(f"  at {position:.1f}", gain, gain_by_quadrature(position))
    print(f"best at {POSITIONS[np.argmax(gains)]:.1f}")

    print("\ntwo detectors             gain / nats")
    gains = [fastmi.mutual_info(theta, readings(theta, pair, rng)) for pair in PAIRS]
    for pair, gain in zip(PAIRS, gains, strict=True):
        row("  at {:.1f} and {:.1f}".format(*pair), gain)
    print("best at {:.1f} and {:.1f}".format(*PAIRS[np.argmax(gains)]))


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="Expected information gain of measurements.")
    parser.add_argument("--n-samples", type=int, default=50_000, help="simulated for each measurement (default 50000)")
    parser.add_argument("--seed", type=int, default=0, help="of what is simulated (default 0)")
    return parser.parse_args(argv)


def signal(theta: Array, position: float) -> Array:
    """Return what a detector would read without noise: less, the farther the source."""
    return np.exp(-0.5 * (theta - position) ** 2)


def readings(theta: Array, positions: Sequence[float], rng: np.random.Generator) -> Array:
    """Return what detectors at these positions read, a column each."""
    signals = np.column_stack([signal(theta, position) for position in positions])
    return signals + NOISE * rng.normal(size=signals.shape)


def gain_by_quadrature(position: float) -> float:
    """Return H(y) - H(y|theta), from the density of y on a grid."""
    theta = np.linspace(-6, 6, 2001)
    y = np.linspace(-6 * NOISE, 1 + 6 * NOISE, 1000)
    prior = np.exp(-0.5 * theta**2)
    given_theta = np.exp(-0.5 * ((y[:, np.newaxis] - signal(theta, position)) / NOISE) ** 2)
    density = given_theta @ prior
    step = y[1] - y[0]
    density /= density.sum() * step
    entropy = -np.sum(density * np.log(density)) * step
    return float(entropy - 0.5 * np.log(2 * np.pi * np.e * NOISE**2))


def row(name: str, *values: float) -> None:
    """Print a measurement and what it tells."""
    print(f"{name:<25}" + "".join(f"{value:>13.2f}" for value in values))


if __name__ == "__main__":
    main()
