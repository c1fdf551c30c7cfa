"""Which file the settings are in, without what reads them: that takes longer than a first picture may."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import platformdirs

ENV_PREFIX: Final = "MILEPOST_"
CONFIG_VARIABLE: Final = f"{ENV_PREFIX}CONFIG"


def default_config_file() -> Path:
    """`config.toml` in the user's own config folder."""
    return platformdirs.user_config_path("milepost") / "config.toml"


def config_file(config: Path | None = None) -> Path:
    """The settings file that is meant: `config`, else `MILEPOST_CONFIG`, else the default one. It may not exist."""
    named = config or (Path(os.environ[CONFIG_VARIABLE]) if os.environ.get(CONFIG_VARIABLE) else None)
    return named.expanduser().absolute() if named else default_config_file()
