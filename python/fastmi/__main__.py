"""``python -m fastmi`` is the command `fastmi`."""

from fastmi.cli import main

raise SystemExit(main())
