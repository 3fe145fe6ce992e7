"""What this installation was built with, and what it runs on."""

from typing import TypedDict

import numpy as np

from fastmi import _core


class BuildInfo(TypedDict):
    """The fields of :func:`build_info`."""

    version: str
    compiler: str
    cpp_standard: str
    openmp: str | None
    max_workers: int
    instruction_sets: tuple[str, ...]
    instruction_set: str
    numpy: str


def build_info() -> BuildInfo:
    """Tell how fastmi was compiled and what it uses on this machine.

    Returns
    -------
    dict
        ``version`` of fastmi; ``compiler`` and ``cpp_standard`` of its core; ``openmp``, the date of the OpenMP
        standard, or None if the core was built without it and runs on one thread; ``max_workers``, the threads that
        ``workers=None`` stands for; ``instruction_sets`` compiled in and the ``instruction_set`` chosen here;
        ``numpy``, the version at run time.

    Examples
    --------
    >>> import fastmi
    >>> fastmi.build_info()["version"] == fastmi.__version__
    True
    """
    return BuildInfo(**_core.build_info(), numpy=np.__version__)
