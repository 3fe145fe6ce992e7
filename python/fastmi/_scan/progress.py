"""How far a scan is, shown or told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int | None], object]


@contextmanager
def shown(progress: Progress | bool | None) -> Iterator[Progress]:
    """Return what to call with the number of events that are done, and of all, None while that is not known."""
    if callable(progress):
        yield progress
    elif progress:
        with _bar() as bar:
            yield bar
    else:
        yield lambda *_: None


@contextmanager
def _bar() -> Iterator[Progress]:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: pip install 'fastmi[scan]'; or pass a function") from error
    with tqdm(unit="event", dynamic_ncols=True) as bar:

        def update(n_done: int, n_events: int | None) -> None:
            bar.total = n_events
            bar.update(n_done - bar.n)

        yield update
