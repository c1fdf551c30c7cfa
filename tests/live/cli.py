"""`milepost` whose runs are started with a rig."""

from __future__ import annotations

import sys

from assistant import runs
from tui.cli import main

if __name__ == "__main__":
    runs.RUNNER = "tests.live.runner"
    sys.exit(main())
