"""Events that are read, or made, where they are needed."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import Any

from numpy.typing import ArrayLike

from fastmi.io._names import names_in

Arrays = Mapping[str, ArrayLike]


class LazyEvent(Mapping[str, Any]):
    """An event that is read, or made, where it is needed: names of arrays, and the arrays once one is asked for.

    It travels to other processes as a description, without arrays. A scan reads it where it is worked on, and keeps
    nothing of it.

    Parameters
    ----------
    name : str
        What the event is called in results and messages.
    load : callable
        Returns the arrays by name: a dict, a structured array, a data frame, an Arrow table, an Awkward record. It is passed the names that are wanted, or None for all of them, and may return
        more. Processes need one that can be pickled, such as a function of a module or a `functools.partial` of one.
    columns : collection of str, optional
        The arrays to have; all of them by default.
    identity : str, optional
        By what a checkpoint knows the event again; the name by default. It should change when the contents do.

    Examples
    --------
    >>> from functools import partial
    >>> from fastmi.io import LazyEvent
    >>> from fastmi.toy import toy_event
    >>> def load(seed, columns):
    ...     return toy_event(seed, n_hits=100)
    >>> event = LazyEvent("toy event 3", partial(load, 3))
    >>> event["latent"].shape
    (100, 12)
    """

    def __init__(
        self,
        name: str,
        load: Callable[[Collection[str] | None], Arrays],
        *,
        columns: Collection[str] | None = None,
        identity: str | None = None,
    ) -> None:
        self.name = name
        self.identity = name if identity is None else identity
        self._load = load
        self._columns = columns

    def read(self, columns: Collection[str] | None = None) -> Arrays:
        """Read the arrays, and keep nothing of them.

        Parameters
        ----------
        columns : collection of str, optional
            The arrays to have; by default those that the event was made for.

        Returns
        -------
        mapping from str to array
            Those of the arrays that there are, in the order of `columns` if that is given.

        Raises
        ------
        ValueError
            If they come from a file and cannot be read.
        TypeError
            If `load` returned something without arrays by name.
        """
        wanted = self._columns if columns is None else columns
        if columns is not None and self._columns is not None:
            wanted = [column for column in columns if column in self._columns]
        arrays: Any = self._load(wanted)
        names = names_in(arrays)
        if names is None:
            raise TypeError(f"load returned a {type(arrays).__name__}; it is to return a mapping from names to arrays")
        return {name: arrays[name] for name in (names if wanted is None else wanted) if name in names}

    @cached_property
    def _arrays(self) -> Arrays:
        return self.read()

    def __getitem__(self, name: str) -> Any:
        return self._arrays[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._arrays)

    def __len__(self) -> int:
        return len(self._arrays)

    # It is itself and no other: to compare contents would be to read them, and arrays do not compare to one answer.
    __eq__ = object.__eq__
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return True

    def __repr__(self) -> str:
        return f"LazyEvent({self.name!r})"

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_arrays"}
