"""A scan of events beside the core calls that it makes, and its pairs beside scikit-learn.

Run ``python -m bench.scan``: 200 toy events of 14,183 hits, 12 neurons against 20 quantities and all neurons jointly
against each, on all cores. In each round the same new events are scanned from memory, scanned while they are made, and
put to the core alone, from arrays that lie ready, on as many threads. scikit-learn is asked for the pairs of two events.
"""

import argparse
import statistics
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from importlib.metadata import version
from itertools import count
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_selection import mutual_info_regression

import fastmi
from bench.turns import Times, machine, markdown, seconds, take_turns
from fastmi import _core
from fastmi.io import LazyEvent
from fastmi.toy import toy_event

K = 3
SKLEARN_EVENTS = 2

Array = NDArray[np.float64]
Arrays = dict[str, Array]


def event_of_20_quantities(seed: int, n_hits: int, _: Collection[str] | None = None) -> Arrays:
    """Make a toy event with more quantities that follow from those it has."""
    event = toy_event(seed, n_hits=n_hits)
    pt, eta, phi, r, phi_hit, z = (event[name] for name in ("pt", "eta", "phi", "r", "phi_hit", "z"))
    return event | {
        "px": pt * np.cos(phi),
        "py": pt * np.sin(phi),
        "pz": pt * np.sinh(eta),
        "p": pt * np.cosh(eta),
        "theta": 2 * np.arctan(np.exp(-eta)),
        "q_over_pt": event["q"] / pt,
        "x": r * np.cos(phi_hit),
        "y": r * np.sin(phi_hit),
        "theta_hit": np.arctan2(r, z),
        "eta_hit": np.arcsinh(z / r),
        "distance": np.hypot(r, z),
        "turned": np.mod(phi - phi_hit + np.pi, 2 * np.pi) - np.pi,
    }


QUANTITIES = [name for name in event_of_20_quantities(0, 100) if name != "latent"]


class Question(NamedTuple):
    """The same events in every form in which they are asked about."""

    at_hand: list[Arrays]
    lazy: list[LazyEvent]
    ready: list[tuple[Array, Array]]  # x and y, column after column


def question(seeds: list[int], n_hits: int) -> Question:
    """Make events."""
    lazy = [LazyEvent(f"toy {seed}", partial(event_of_20_quantities, seed, n_hits)) for seed in seeds]
    at_hand = [dict(event.read()) for event in lazy]
    ready = [
        (np.asfortranarray(event["latent"]), np.asfortranarray(np.column_stack([event[name] for name in QUANTITIES])))
        for event in at_hand
    ]
    return Question(at_hand, lazy, ready)


def scan(events: list[Arrays] | list[LazyEvent], joint: bool = True) -> Array:
    """Return the values of all events by a scan."""
    return fastmi.scan(events, x="latent", y=QUANTITIES, k=K, joint=joint).values["mutual_info"]


def core_alone(ready: list[tuple[Array, Array]]) -> Array:
    """Return the same by the calls of the core that cannot be done without."""
    with ThreadPoolExecutor(fastmi.build_info()["max_workers"]) as threads:
        return np.array(list(threads.map(_core_calls, ready)))


def _core_calls(event: tuple[Array, Array]) -> Array:
    x, y = event
    linear = [0.0] * x.shape[1], [0.0]
    pairs = list(np.ndindex(x.shape[1], y.shape[1]))
    single, _ = _core.ksg1_pairs(x, y, linear[0], [0.0] * y.shape[1], K, 1, pairs)
    together = [_core.ksg1(*sides, *linear, K, 1)[0] for sides in _complete(x, y)]
    return np.vstack([single.reshape(x.shape[1], -1), together])


def _complete(x: Array, y: Array) -> Iterator[tuple[Array, Array]]:
    for column in y.T:
        known = ~np.isnan(column)
        if known.all():
            yield x, np.asfortranarray(column[:, np.newaxis])
        else:
            yield np.asfortranarray(x[known]), np.asfortranarray(column[known, np.newaxis])


def scikit_learn(events: list[Arrays]) -> None:
    """Ask scikit-learn for the pairs of all events, on one thread."""
    for event in events:
        for name in QUANTITIES:
            known = ~np.isnan(event[name])
            mutual_info_regression(event["latent"][known], event[name][known], n_neighbors=K)


def measure_scan(n_events: int, n_hits: int, rounds: int) -> Times:
    """Return what so many events a round took everyone."""
    seeds = count()
    ways: dict[str, Callable[[Question], Array]] = {
        "scan of events in memory": lambda asked: scan(asked.at_hand),
        "scan of events made on the way": lambda asked: scan(asked.lazy),
        "the core calls alone": lambda asked: core_alone(asked.ready),
    }

    def agree(name: str, _: Question, answer: Array, first_answer: Array) -> None:
        np.testing.assert_array_equal(answer, first_answer, err_msg=name)

    def fresh() -> Question:
        return question([next(seeds) for _ in range(n_events)], n_hits)

    return take_turns(ways, fresh, agree, rounds, dict.fromkeys(ways, rounds))


def measure_pairs(n_hits: int, rounds: int) -> Times:
    """Return what the pairs of two events took."""
    seeds = count(10**6)
    return take_turns(
        {
            "scan, pairs only": lambda asked: scan(asked.at_hand, joint=False),
            "scikit-learn": lambda asked: scikit_learn(asked.at_hand),
        },
        lambda: question([next(seeds) for _ in range(SKLEARN_EVENTS)], n_hits),
        lambda *_: None,  # scikit-learn adds noise and clips: other tests compare them
        rounds,
        {"scan, pairs only": rounds, "scikit-learn": rounds},
    )


def report(times: Times, n_events: int) -> str:
    """Return a table of rates, with ratios to the first row, each the median of its rounds."""
    first = next(iter(times.values()))
    rows = []
    for name, durations in times.items():
        ratio = statistics.median(mine / base for mine, base in zip(durations, first, strict=True))
        each = statistics.median(durations) / n_events
        rows.append([name, seconds(each), f"{1 / each:.3g}", f"{ratio:.3g}"])
    return markdown(["", "an event takes", "events/s", "times the first row"], rows)


def main() -> None:
    """Measure, print and save."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=200, help="how many (default 200)")
    parser.add_argument("--hits", type=int, default=14_183, help="of each (default 14,183)")
    parser.add_argument("--rounds", type=int, default=10, help="in which the events come (default 10)")
    parser.add_argument("-o", "--output", type=Path, help="save the tables there as well")
    arguments = parser.parse_args()

    n, rounds = arguments.events // arguments.rounds, arguments.rounds
    whole = f"{n * rounds} toy events of {arguments.hits:,} hits, 12 x {len(QUANTITIES)} pairs and the joint layer:"
    pairs = f"The pairs of {SKLEARN_EVENTS} events, scikit-learn {version('scikit-learn')} on one thread:"
    text = "\n\n".join(
        [
            whole,
            report(measure_scan(n, arguments.hits, rounds), n),
            pairs,
            report(measure_pairs(arguments.hits, rounds=3), SKLEARN_EVENTS),
            f"Medians; ratios within a round. {machine()}.\n",
        ]
    )
    print(text)
    if arguments.output:
        arguments.output.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
