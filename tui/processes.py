"""Programs of our own that run as processes of their own."""

from __future__ import annotations

import sys

# -P: a folder named `flows` in the working directory must not be run in place of ours.
MOCK = (sys.executable, "-P", "-m", "flows.mock_platform")
"""The mock platform: the other wing of the house, which this one never imports."""
PROFILE_TOOL = (sys.executable, "-P", "-m", "flows.profile_tool")
"""Checks and starts profiles."""
