"""`milepost profile`: check a platform's profile, or start one of your own.

What a profile's pages mean is another wing's business, so that is asked of a program of its own.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import click

from assistant.errors import ProfileError, UsageError
from tui.call import Call, this_call
from tui.command import group
from tui.processes import PROFILE_TOOL


@group("profile")
def profile() -> None:
    """Platforms as data: check a profile, or start one. docs/profiles.md explains the format."""


@profile.command(
    "check",
    examples=["milepost profile check", "milepost profile check freelancer", "milepost profile check mine/other.toml"],
)
@click.argument("name", metavar="[NAME|FILE]", required=False)
def check(name: str | None) -> int:
    """Check profiles: everything that is wrong or unsafe, with file, line and mend. Without a name: all of them."""
    call = this_call()
    words = ["check", "--config-dir", str(call.settings.config_dir)]
    if name is not None:
        words += ["--file", str(Path(name).absolute())] if name.endswith(".toml") else [name]
    wrong = 0
    for told in _answers(words):
        wrong += len(told["problems"])
        call.output.event({"event": "profile", **told})
        _tell(call, told)
    return 1 if wrong else 0


def _tell(call: Call, told: dict[str, Any]) -> None:
    count = len(told["problems"])
    state = f"{count} problem{'s' if count != 1 else ''}" if count else "draft" if told.get("draft") else "in order"
    call.output.line(f"{told['platform']}: {state} ({', '.join(told['files'])})")
    for problem in told["problems"]:
        call.output.line(f"  {problem['where']}: {problem['message']} ({problem['mend']})")
    for note in told["notes"]:
        call.output.line(f"  note: {note}")


@profile.command(
    "new",
    examples=[
        "milepost profile new other-site --title Other --origin https://www.other.example",
        "milepost profile new other-site --like freelancer --origin https://www.other.example",
        "milepost profile new freelancer",
    ],
)
@click.argument("name")
@click.option("--title", help="What people call the platform.")
@click.option("--origin", metavar="URL", help="Where it lives: https://HOST.")
@click.option("--like", metavar="PLATFORM", help="Begin as a copy of this platform.")
def new(name: str, title: str | None, origin: str | None, like: str | None) -> None:
    """Start a profile in your config folder: a draft with everything there is as comments.

    For a platform that Milepost knows it is an override, which holds only what differs.
    """
    call = this_call()
    file = call.settings.config_dir / "platforms" / f"{name}.toml"
    if file.exists():
        raise UsageError(f"there is a profile {name} already", where=str(file), hint="edit it, or take another name")
    origin = origin or "https://www.example.com"
    words = ["new", name, title or name, origin, "--config-dir", str(call.settings.config_dir)]
    text = _said([*words, *(["--like", like] if like else [])])
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    call.output.event({"event": "profile", "platform": name, "file": str(file)})
    call.output.line(f"wrote {file}; `milepost profile check {name}` says what is wrong with it")


def _answers(words: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _said(words).splitlines()]


def _said(words: list[str]) -> str:
    """What the profile tool prints. Raises `ProfileError` in its words."""
    done = subprocess.run([*PROFILE_TOOL, *words], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return done.stdout
    try:
        told = json.loads(done.stdout)
    except ValueError:
        last = done.stderr.strip().splitlines()[-1:] or ["it said nothing"]
        raise ProfileError(f"profiles cannot be checked: {last[0]}", hint="reinstall Milepost") from None
    raise ProfileError(told["error"], hint=told["hint"])
