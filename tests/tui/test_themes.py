"""Every role of every theme can be read on every ground it is drawn on."""

from __future__ import annotations

import pytest
from textual.color import Color

from tui.signs import ROLES
from tui.themes import ANSI, DARK, GROUNDS, HIGH, LIGHT, THEMES, choose

RGB = [theme for theme in THEMES if not theme.ansi]
LEAST = {DARK: 4.5, LIGHT: 4.5, HIGH: 7.0}


def _luminance(colour: Color) -> float:
    parts = [part / 255 for part in (colour.r, colour.g, colour.b)]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """As WCAG 2 defines it, from 1 to 21."""
    light, dark = sorted((_luminance(Color.parse(one)), _luminance(Color.parse(other))), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", RGB, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("ground", GROUNDS)
def test_contrast(theme, role, ground) -> None:
    colours = theme.to_color_system().generate() | theme.variables
    assert contrast(colours[f"role-{role}"], colours[ground]) >= LEAST[theme.name]


@pytest.mark.parametrize("theme", RGB, ids=lambda theme: theme.name)
@pytest.mark.parametrize("role", ["live", "mock"])
def test_badges_can_be_read_as_well(theme, role) -> None:
    """Badges are drawn the other way round: on the colour, in that of the strip."""
    colours = theme.to_color_system().generate() | theme.variables
    assert contrast(colours["panel"], colours[f"role-{role}"]) >= LEAST[theme.name]


def test_the_terminals_own_colours_are_nothing_but_that() -> None:
    ansi = next(theme for theme in THEMES if theme.ansi)
    for name, value in ansi.variables.items():
        if name.startswith(("role-", "cursor-b")):
            assert value.startswith("ansi_")
    assert ansi.variables["cursor-style"] == "reverse"


def test_contrast_is_measured_rightly() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(
    ("wanted", "environ", "theme"),
    [
        (None, {}, DARK),
        (None, {"COLORFGBG": "0;15"}, LIGHT),
        (None, {"COLORFGBG": "15;0"}, DARK),
        ("milepost-light", {}, LIGHT),
        ("high-contrast", {}, HIGH),
        ("milepost-light", {"NO_COLOR": "1"}, ANSI),
        ("milepost-light", {"NO_COLOR": ""}, LIGHT),
    ],
)
def test_which_theme_it_begins_with(wanted, environ, theme) -> None:
    assert choose(wanted, environ) == (theme, None)


def test_a_theme_that_is_not_there_is_told() -> None:
    theme, trouble = choose("solarized", {})
    assert theme == DARK
    assert trouble is not None
    assert "milepost-ansi" in trouble
