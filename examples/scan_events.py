"""What does a network know of the particles, over many events? A scan that can be interrupted, and its pictures.

Run ``python examples/scan_events.py`` (needs the extras fastmi[scan,plot]; some ten seconds). Ctrl-C it, run it again, and
it goes on where it was. ``--processes`` works on the events in other processes, ``--dask`` on a cluster on this machine.
"""

import argparse
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path

import numpy as np

import fastmi
from fastmi.toy import toy_events

QUANTITIES = ["pt", "eta", "phi", "vz", "r", "phi_hit", "z"]
PERIODS = {"phi": 2 * np.pi, "phi_hit": 2 * np.pi}


@contextmanager
def chosen_executor(arguments: argparse.Namespace) -> Iterator[Executor | None]:
    """Return where events are worked on: None for threads on all cores."""
    if arguments.dask:
        from distributed import Client

        with Client(n_workers=2, threads_per_worker=1) as client:
            yield client.get_executor()
    elif arguments.processes:
        with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
            yield pool
    else:
        yield None


def main() -> None:
    """Scan, print, draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=20, help="how many (default 20)")
    parser.add_argument("--hits", type=int, default=5000, help="of each (default 5000)")
    parser.add_argument("--folder", type=Path, default=Path("scan"), help="for checkpoint and results (default scan)")
    parser.add_argument("--processes", action="store_true", help="work in two other processes")
    parser.add_argument("--dask", action="store_true", help="work on a Dask cluster of two processes")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)

    with chosen_executor(arguments) as executor:
        found = fastmi.scan(
            toy_events(arguments.events, seed=1, n_hits=arguments.hits),
            x="latent",
            y=QUANTITIES,
            period=PERIODS,
            measures=["mutual_info", "proficiency"],
            controls=["normal", "permutation"],
            executor=executor,
            checkpoint=arguments.folder / f"{arguments.events}-events-{arguments.hits}-hits.sqlite",
            progress=True,
            rng=1,
        )

    print(found)
    joint = found.x.index("joint")
    best = found.mean()[: found.kinds.count("x")].max(axis=0)
    for j, quantity in enumerate(found.y):
        print(f"{quantity:8}  the best neuron knows {best[j]:.2f} nats, all together {found.mean()[joint, j]:.2f}")

    found.save(arguments.folder / "run.npz")  # fastmi plot run.npz draws it later
    for view in ("mutual_info", "proficiency", "spread"):
        found.plot(view).savefig(arguments.folder / f"{view}.png", dpi=150)
    print(f"Numbers and pictures: {arguments.folder}")


if __name__ == "__main__":
    main()
