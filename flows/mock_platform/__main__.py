"""`python -m flows.mock_platform serve | config`: the mock platform from the command line."""

import argparse
import sys
from pathlib import Path

from flows.mock_platform.config_toml import config_toml, usual_users
from flows.mock_platform.kinds import KINDS
from flows.mock_platform.knobs import BadKnob, Knobs
from flows.mock_platform.seed_file import BadSeed, load
from flows.mock_platform.server import HOST, CannotServe, open_site, serve
from flows.mock_platform.site import Kind
from flows.mock_platform.users import USERS

DEFAULT_PORT = 8700
MAX_PORT = 65_535


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m flows.mock_platform", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("serve", help="serve the mock platform on loopback")
    run.add_argument("--kind", choices=tuple(KINDS), default="freelancer", help="the kind of site (default freelancer)")
    run.add_argument("--port", type=int, default=DEFAULT_PORT, help=f"0 takes any free port (default {DEFAULT_PORT})")
    run.add_argument("--host", default=HOST, help=f"only {HOST}")
    run.add_argument("--seed", default="default", help="default, small, empty, or a .json or .toml file")
    run.add_argument("--latency", type=int, metavar="MS", help="milliseconds before each page and API answer")
    run.add_argument("--knob", action="append", default=[], metavar="NAME=VALUE", help="set a knob; see README.md")
    run.add_argument("--db", type=Path, metavar="FILE", help="keep the data in this SQLite file")
    run.add_argument("--parent-pid", type=int, metavar="PID", help="end when this process is gone")
    show = commands.add_parser("config", help="print the settings of anna and ben as TOML")
    show.add_argument("--kind", choices=tuple(KINDS), default="freelancer")
    show.add_argument("--port", type=int, default=DEFAULT_PORT)
    show.add_argument("--all", action="store_true", help="all other users too")
    return parser


def _knobs(pairs: list[str], latency: int | None, kind: Kind) -> Knobs:
    values = dict(kind.knobs)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals:
            raise BadKnob(f"--knob {pair}: write NAME=VALUE")
        values[name] = value
    if latency is not None:
        values["latency"] = str(latency)
    knobs = Knobs()
    knobs.set_all(values)
    return knobs


def _serve(options: argparse.Namespace) -> None:
    if options.host != HOST:
        raise CannotServe(f"the mock platform binds to {HOST} only, never to {options.host}; leave --host out")
    if not 0 <= options.port <= MAX_PORT:
        raise CannotServe(f"--port {options.port}: a port is a number from 0 to {MAX_PORT}")
    kind = KINDS[options.kind]
    site = open_site(options.db, load(options.seed), _knobs(options.knob, options.latency, kind), kind)
    serve(site, options.port, options.parent_pid)


def main(arguments: list[str] | None = None) -> int:
    """Run a command. Answers the exit code: 0, or 1 with one line on stderr."""
    options = _parser().parse_args(arguments)
    if options.command == "config":
        users = USERS if options.all else usual_users()
        sys.stdout.write(config_toml(options.port, users, KINDS[options.kind].platform))
        return 0
    try:
        _serve(options)
    except (CannotServe, BadKnob, BadSeed) as problem:
        sys.stderr.write(f"mock platform: {problem}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
