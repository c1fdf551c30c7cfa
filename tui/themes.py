"""The sets of colours: dark, light, one of high contrast, and one that uses the terminal's own.

A role (`tui.signs.ROLES`) is a colour here; tests/tui/test_themes.py holds every role of every theme to its contrast
on every ground it is drawn on. The theme of the terminal's own colours says with bold, dim and reverse what the others
say with grounds, so that it also serves NO_COLOR.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Final

from textual.theme import Theme

DARK: Final = "milepost-dark"
LIGHT: Final = "milepost-light"
HIGH: Final = "milepost-high-contrast"
ANSI: Final = "milepost-ansi"

GROUNDS: Final = ("background", "surface", "panel", "cursor-background", "cursor-blurred")
"""What text of every role may be drawn on."""


def _coloured(name: str, *, dark: bool, grounds: Mapping[str, str], roles: Mapping[str, str], line: str) -> Theme:
    """A theme of RGB colours: `grounds` by GROUNDS, `roles` by ROLES, `line` for borders and the focus."""
    variables = {f"role-{role}": colour for role, colour in roles.items()}
    variables |= {f"style-{role}": "none" for role in roles}
    return Theme(
        name=name,
        primary=line,
        secondary=roles["info"],
        accent=roles["busy"],
        warning=roles["warn"],
        error=roles["bad"],
        success=roles["good"],
        foreground=roles["plain"],
        background=grounds["background"],
        surface=grounds["surface"],
        panel=grounds["panel"],
        dark=dark,
        variables=variables
        | {
            "cursor-background": grounds["cursor-background"],
            "cursor-blurred": grounds["cursor-blurred"],
            "cursor-style": "none",
            "badge-style": "bold reverse",
            "text-muted": roles["muted"],
            "border-blurred": roles["muted"],
            "input-cursor-background": roles["plain"],
            "input-cursor-foreground": grounds["background"],
            "input-selection-background": grounds["cursor-background"],
            "scrollbar": roles["muted"],
            "scrollbar-hover": roles["plain"],
            "scrollbar-active": line,
            "scrollbar-background": grounds["surface"],
            "scrollbar-background-hover": grounds["surface"],
            "scrollbar-background-active": grounds["surface"],
            "scrollbar-corner-color": grounds["surface"],
        },
    )


MILEPOST_DARK: Final = _coloured(
    DARK,
    dark=True,
    grounds={
        "background": "#10151c",
        "surface": "#151b24",
        "panel": "#1c2430",
        "cursor-background": "#2c3a4f",
        "cursor-blurred": "#222c3a",
    },
    roles={
        "plain": "#dbe2ec",
        "muted": "#a3b0c2",
        "good": "#7fd79a",
        "busy": "#f2cf7d",
        "info": "#8cc4ff",
        "warn": "#ffb86b",
        "bad": "#ff9d9d",
        "live": "#ffa3a3",
        "mock": "#7ed3e3",
    },
    line="#6ea8e8",
)

MILEPOST_LIGHT: Final = _coloured(
    LIGHT,
    dark=False,
    grounds={
        "background": "#fbfbf8",
        "surface": "#f4f4ef",
        "panel": "#eaebe5",
        "cursor-background": "#d3dff0",
        "cursor-blurred": "#e2e7ee",
    },
    roles={
        "plain": "#1c232d",
        "muted": "#4b5665",
        "good": "#0f5c2b",
        "busy": "#6b4700",
        "info": "#0b4a8f",
        "warn": "#7a3d00",
        "bad": "#9c1616",
        "live": "#9c1616",
        "mock": "#0a5666",
    },
    line="#2a65ad",
)

MILEPOST_HIGH: Final = _coloured(
    HIGH,
    dark=True,
    grounds={
        "background": "#000000",
        "surface": "#000000",
        "panel": "#000000",
        "cursor-background": "#1d2d5c",
        "cursor-blurred": "#1a1a1a",
    },
    roles={
        "plain": "#ffffff",
        "muted": "#dcdcdc",
        "good": "#6cff9a",
        "busy": "#ffe75c",
        "info": "#a8dcff",
        "warn": "#ffd08a",
        "bad": "#ffc0c0",
        "live": "#ffc0c0",
        "mock": "#7ff3ff",
    },
    line="#ffffff",
)

MILEPOST_ANSI: Final = Theme(
    name=ANSI,
    ansi=True,
    primary="ansi_blue",
    secondary="ansi_cyan",
    warning="ansi_yellow",
    error="ansi_red",
    success="ansi_green",
    accent="ansi_magenta",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_default",
    boost="ansi_default",
    variables={
        "role-plain": "ansi_default",
        "role-muted": "ansi_default",
        "role-good": "ansi_green",
        "role-busy": "ansi_yellow",
        "role-info": "ansi_blue",
        "role-warn": "ansi_yellow",
        "role-bad": "ansi_red",
        "role-live": "ansi_red",
        "role-mock": "ansi_cyan",
        "style-plain": "none",
        "style-muted": "dim",
        "style-good": "none",
        "style-busy": "bold",
        "style-info": "none",
        "style-warn": "bold",
        "style-bad": "bold",
        "style-live": "bold",
        "style-mock": "bold",
        "cursor-background": "ansi_default",
        "cursor-blurred": "ansi_default",
        "cursor-style": "reverse",
        "badge-style": "bold reverse",
        "text-muted": "ansi_default",
        "ansi-background": "ansi_default",
        "ansi-foreground": "ansi_default",
        "border": "ansi_default",
        "border-blurred": "ansi_default",
        "input-cursor-background": "ansi_default",
        "input-cursor-foreground": "ansi_default",
        "input-cursor-text-style": "reverse",
        "scrollbar": "ansi_default",
        "scrollbar-background": "ansi_default",
    },
)

THEMES: Final = (MILEPOST_DARK, MILEPOST_LIGHT, MILEPOST_HIGH, MILEPOST_ANSI)


def choose(wanted: str | None, environ: Mapping[str, str] = os.environ) -> tuple[str, str | None]:
    """The theme to begin with, and what is wrong with the wanted one, if something is.

    NO_COLOR (any value but the empty one) is stronger than the setting. Without a setting the terminal's ground is
    followed where it tells (COLORFGBG); dark otherwise.
    """
    if environ.get("NO_COLOR"):
        return ANSI, None
    names = [theme.name for theme in THEMES]
    if wanted:
        for name in (wanted, f"milepost-{wanted}"):
            if name in names:
                return name, None
    ground = environ.get("COLORFGBG", "").rpartition(";")[2]
    found = LIGHT if ground in {"7", "15"} else DARK
    trouble = f"there is no theme “{wanted}”; there are {', '.join(names)}" if wanted else None
    return found, trouble
