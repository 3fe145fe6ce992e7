"""A line on stderr that says what a long command is doing."""

import sys
import threading
from types import TracebackType
from typing import Self, TextIO


class Progress:
    """Shows the step that has begun last, every second.

    On a terminal the line is rewritten in place; elsewhere each step that is shown gets a line of its own. What takes
    less than a second shows nothing.
    """

    def __init__(self, stream: TextIO | None = None, interval: float = 1.0) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._interval = interval
        self._step = ""
        self._shown = ""
        self._finished = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def begin(self, step: str) -> None:
        """Say what is being done from now on."""
        self._step = step

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._finished.set()
        self._thread.join()
        if self._shown and self._stream.isatty():
            self._stream.write("\r" + " " * len(self._shown) + "\r")
            self._stream.flush()

    def _run(self) -> None:
        while not self._finished.wait(self._interval):
            self._show(self._step)

    def _show(self, line: str) -> None:
        if line == self._shown:
            return
        if self._stream.isatty():
            self._stream.write("\r" + line.ljust(len(self._shown)))
        else:
            self._stream.write(line + "\n")
        self._stream.flush()
        self._shown = line
