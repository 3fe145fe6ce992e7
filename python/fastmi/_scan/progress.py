"""How far a scan is, shown or told."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

Progress = Callable[[int, int | None], object]


@contextmanager
def telling(progress: Progress | bool | None, n_events: int | None) -> Iterator[Callable[[int], object]]:
    """Return what to call with the number of events that are done; how many there are may not be known."""
    if callable(progress):
        yield lambda n_done: progress(n_done, n_events)
    elif progress is True:
        with _bar(n_events) as bar:
            yield bar
    elif progress is None or progress is False:
        yield lambda _: None
    else:
        raise TypeError(f"progress={progress!r} is neither True or False nor a function")


@contextmanager
def _bar(n_events: int | None) -> Iterator[Callable[[int], object]]:
    try:
        from tqdm.auto import tqdm
    except ImportError as error:
        raise ImportError("progress=True needs tqdm: pip install 'fastmi[scan]'; or pass a function") from error
    with tqdm(total=n_events, unit="event", dynamic_ncols=True) as bar:
        yield lambda n_done: bar.update(n_done - bar.n)
