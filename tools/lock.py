"""The lock: write it anew (`make lock`), or say offline where it and pyproject.toml disagree (`--check`).

requirements.lock holds what the program needs, requirements-dev.lock that and the tools around it, with the same
versions. One file serves Python 3.11 and later on Linux, macOS and Windows (markers), and names no host.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tools import lockfile
from tools.machine import CommandError, this_machine

ROOT = Path(__file__).resolve().parent.parent
RUN, DEVELOP = "requirements.lock", "requirements-dev.lock"
GROUP = "dev"
OPTIONS = (
    "--quiet",
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-annotate",
    "--custom-compile-command=make lock",
)


def main(arguments: list[str]) -> int:
    """Write the lock, or check it; 0 when it is well, 1 with lines that say what is not."""
    if arguments == ["--check"]:
        problems = disagreements(ROOT)
        for problem in problems:
            print(problem)
        print("lock: write it anew with `make lock`" if problems else "lock: agrees with pyproject.toml")
        return 1 if problems else 0
    try:
        write(ROOT, arguments)
    except CommandError as error:
        print(f"lock: not written: {error}")
        return 1
    print(f"lock: {RUN} and {DEVELOP} written; `make setup` installs them")
    return 0


def write(project: Path, options: list[str]) -> None:
    """Let uv resolve both files. Versions that still fit stay, unless `options` has --upgrade."""
    machine = this_machine(project)
    compile_: list[str | Path] = [machine.venv / "bin" / "uv", "pip", "compile", *OPTIONS, *options]
    machine.run([*compile_, "--output-file", RUN, "pyproject.toml"])
    machine.run([*compile_, "--output-file", DEVELOP, "--constraint", RUN, "--group", GROUP, "pyproject.toml"])


def disagreements(project: Path) -> list[str]:
    """Return a line for each requirement that a lock does not meet, and for each pin that cannot be trusted."""
    table = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    run, develop = lockfile.read(project / RUN), lockfile.read(project / DEVELOP)
    needed = [Requirement(text) for text in table["project"]["dependencies"]]
    around = [Requirement(text) for text in group(table["dependency-groups"], GROUP)]
    return [
        *unmet(needed, run, RUN),
        *unmet([*needed, *around], develop, DEVELOP),
        *apart(run, develop),
        *[f"{pin.name} {pin.version} has no hash" for pin in [*run, *develop] if not pin.hashes],
    ]


def group(groups: dict[str, list[Any]], name: str) -> list[str]:
    """Return the requirements of a dependency group, those of the groups it includes among them."""
    requirements: list[str] = []
    for entry in groups[name]:
        requirements += [entry] if isinstance(entry, str) else group(groups, entry["include-group"])
    return requirements


def unmet(requirements: list[Requirement], pins: list[lockfile.Pin], file: str) -> list[str]:
    """Return a line for each requirement that is missing from a lock or has a version there that it does not allow."""
    problems = []
    for requirement in requirements:
        name = canonicalize_name(requirement.name)
        versions = [pin.version for pin in pins if canonicalize_name(pin.name) == name]
        if not versions:
            problems.append(f"pyproject.toml asks for {requirement}, and {file} has no {name}")
        problems += [
            f"pyproject.toml asks for {requirement}, and {file} has {name} {version}"
            for version in versions
            if not requirement.specifier.contains(version, prereleases=True)
        ]
    return problems


def apart(run: list[lockfile.Pin], develop: list[lockfile.Pin]) -> list[str]:
    """Return a line for each pin of the program that the checks would run with another version of."""
    tested = {(pin.name, pin.version) for pin in develop}
    return [
        f"{RUN} has {pin.name} {pin.version}, and {DEVELOP} has not"
        for pin in run
        if (pin.name, pin.version) not in tested
    ]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
