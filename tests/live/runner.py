"""A run's process with a rig: `flows.runner` as a test starts it, with the rig in the variable `LIVE_RIG`."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from flows.rig import Rig
from flows.runner import run
from tests.live.stand_ins import STAND_INS


def rig_of(told: dict[str, Any]) -> Rig:
    """The rig that a test has described."""
    stand_in = STAND_INS[told["stand_in"]] if told.get("stand_in") else None
    return Rig(tuple(told["flags"]), told["proxy"], told["windowless"], stand_in, told.get("patience"))


if __name__ == "__main__":
    sys.exit(asyncio.run(run(int(sys.argv[1]), rig_of(json.loads(os.environ["LIVE_RIG"])))))
