"""A network that bounds mutual information (MINE), judged by three bounds and beside nearest neighbours.

A critic T(x, y) learns to tell pairs of correlated normals from pairs that were drawn apart, by raising the bound of
Donsker and Varadhan (Belghazi et al., ICML 2018). What it has learnt is judged by pairs that it has not seen.

    pip install torch
    python examples/mine.py
    python examples/mine.py --n-dims 5 --steps 3000
"""

import argparse
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import fastmi

try:
    import torch
except ImportError:
    torch = None

CORRELATIONS = (0.0, 0.5, 0.9)
BATCH = 512
N_TESTED = 20_000
N_PICKED = 500  # pairs out of which each x picks its own y

Array = NDArray[np.float64]


def main(argv: Sequence[str] | None = None) -> None:
    """Print the table."""
    arguments = parse(argv)
    if torch is None:
        print("This example trains a network and needs PyTorch: pip install torch")
        return
    torch.manual_seed(arguments.seed)
    rng = np.random.default_rng(arguments.seed)
    print(f"{arguments.n_dims} columns against {arguments.n_dims}, nats; InfoNCE is at most {math.log(N_PICKED):.2f}")
    print(
        f"{'correlation':<12}"
        + "".join(f"{name:>18}" for name in ("truth", "Donsker-Varadhan", "NWJ", "InfoNCE", "KSG"))
    )
    for correlation in CORRELATIONS:
        truth = 0.5 * arguments.n_dims * math.log(1 / (1 - correlation**2))
        critic = train(correlation, arguments.n_dims, arguments.steps, rng)
        x, y = draw(correlation, arguments.n_dims, N_TESTED, rng)
        values = (truth, *bounds(critic, x, y), fastmi.mutual_info(x, y))
        print(f"{correlation:<12}" + "".join(f"{value:>z18.3f}" for value in values))


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description="MINE beside nearest neighbours.")
    parser.add_argument("--n-dims", type=int, default=2, help="columns of x, and of y (default 2)")
    parser.add_argument("--steps", type=int, default=1500, help="of training (default 1500)")
    parser.add_argument("--seed", type=int, default=0, help="of samples and weights (default 0)")
    return parser.parse_args(argv)


def draw(correlation: float, n_dims: int, n: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw x and y, of which each column has a partner."""
    x, noise = rng.normal(size=(2, n, n_dims))
    return x, correlation * x + math.sqrt(1 - correlation**2) * noise


def train(correlation: float, n_dims: int, steps: int, rng: np.random.Generator) -> Any:
    """Return a critic that has seen new pairs in every step."""
    critic = torch.nn.Sequential(
        torch.nn.Linear(2 * n_dims, 64),
        torch.nn.ELU(),
        torch.nn.Linear(64, 64),
        torch.nn.ELU(),
        torch.nn.Linear(64, 1),
    )
    optimizer = torch.optim.Adam(critic.parameters(), lr=2e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    for _ in range(steps):
        x, y = draw(correlation, n_dims, BATCH, rng)
        joint = critic(as_input(x, y))
        product = critic(as_input(x, rng.permutation(y)))
        loss = torch.logsumexp(product, 0) - math.log(BATCH) - joint.mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    return critic


def bounds(critic: Any, x: Array, y: Array) -> tuple[float, float, float]:
    """Return Donsker and Varadhan's bound, NWJ's, and InfoNCE's of a part of the pairs."""
    joint, product = score(critic, x, y), score(critic, x, np.roll(y, 1, axis=0))
    # Training leaves a constant open, which NWJ's bound needs. From the pairs that it is judged by, it would be the first
    # bound again.
    half = len(product) // 2
    constant = 1 - math.log(np.mean(np.exp(product[:half])))
    first = slice(0, N_PICKED)
    matrix = score(critic, np.repeat(x[first], N_PICKED, axis=0), np.tile(y[first], (N_PICKED, 1)))
    return (
        fastmi.donsker_varadhan_bound(joint, product),
        fastmi.nwj_bound(joint + constant, product[half:] + constant),
        fastmi.infonce_bound(matrix.reshape(N_PICKED, N_PICKED)),
    )


def score(critic: Any, x: Array, y: Array) -> Array:
    """Return T(x, y) of every row."""
    with torch.no_grad():
        return np.asarray(critic(as_input(x, y))[:, 0], np.float64)


def as_input(x: Array, y: Array) -> Any:
    """Return pairs as the critic takes them."""
    return torch.as_tensor(np.hstack([x, y]), dtype=torch.float32)


if __name__ == "__main__":
    main()
