"""`milepost mock`: the mock platform alone. It is another wing of the house, so it runs as a process of its own."""

from __future__ import annotations

import os
import subprocess

import click

from assistant.errors import RunError
from tui.call import this_call
from tui.command import group
from tui.output import print_line
from tui.processes import MOCK


@group("mock")
def mock() -> None:
    """The mock platform alone, on this machine: a faithful stand-in that moves no real money."""


@mock.command("serve", examples=["milepost mock serve", "milepost mock serve --port 8800 --latency 200"])
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8700, show_default=True, help="Port; 0 takes a free one."
)
@click.option(
    "--kind", default="freelancer", show_default=True, help="freelancer, agreements or cards: the kind of site."
)
@click.option("--seed", default="default", show_default=True, help="default, small, empty, or a file of your own.")
@click.option("--latency", type=click.IntRange(0), metavar="MS", help="Milliseconds before each answer.")
@click.option("--knob", multiple=True, metavar="NAME=VALUE", help="Set what is unknown or differs by version.")
@click.option("--db", type=click.Path(dir_okay=False), metavar="FILE", help="Keep the data in this file.")
def serve(port: int, kind: str, seed: str, latency: int | None, knob: tuple[str, ...], db: str | None) -> None:
    """Serve the mock platform on 127.0.0.1 until Ctrl-C. Its users and faults: flows/mock_platform/README.md."""
    words = [*MOCK, "serve", "--port", str(port), "--kind", kind, "--seed", seed]
    words += ["--latency", str(latency)] if latency is not None else []
    words += [f"--knob={one}" for one in knob]
    words += ["--db", db] if db else []
    if not this_call().options.json:
        of_kind = "" if kind == "freelancer" else f" --kind {kind}"
        command = f"milepost mock config --port {port or 'PORT'}{of_kind}"
        print_line(f"the mock platform runs until Ctrl-C; `{command}` has its settings")
    os.execv(words[0], words)  # noqa: S606  # no shell, and our own words


@mock.command("config", examples=["milepost mock config > mock.toml", "milepost mock config --port 8800 --all"])
@click.option("--port", type=click.IntRange(1, 65535), default=8700, show_default=True, help="Port of the mock.")
@click.option("--kind", default="freelancer", show_default=True, help="The kind of site that it is.")
@click.option("--all", "all_users", is_flag=True, help="All its users, also those with a code, a captcha, no money.")
def mock_config(port: int, kind: str, all_users: bool) -> None:
    """Print the settings of anna (client) and ben (freelancer) on the mock platform, ready for --config."""
    words = [*MOCK, "config", "--port", str(port), "--kind", kind, *(["--all"] if all_users else [])]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        said = done.stderr.strip().splitlines() or ["it said nothing"]
        raise RunError(f"the mock platform gave no settings: {said[-1]}", hint="milepost mock config --help")
    print_line(done.stdout.rstrip("\n"))
