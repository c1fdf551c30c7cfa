"""Installing Debian packages, as root only: nobody is asked for a password in the middle of a set-up."""

from __future__ import annotations

from tools.machine import CommandError, Machine


def apt_update(machine: Machine) -> None:
    """Read the archive's lists of packages; CommandError when not root, or when there is no apt-get."""
    require_apt(machine)
    machine.run(["apt-get", "-qq", "update"], seconds=300)


def apt_install(machine: Machine, *packages: str) -> None:
    """Install packages from the lists that were read last; CommandError when not root, or not to be had."""
    require_apt(machine)
    machine.run(["apt-get", "-qq", "install", "-y", "--no-install-recommends", *packages], seconds=900)


def apt_version(machine: Machine, package: str) -> str:
    """Return the version that apt would install, "" when the archive's lists, read before, have none."""
    require_apt(machine)
    lines = machine.run(["apt-cache", "policy", package], seconds=60).splitlines()
    candidates = [line.split(":", 1)[1].strip() for line in lines if line.strip().startswith("Candidate:")]
    return "" if not candidates or candidates[0] == "(none)" else candidates[0]


def require_apt(machine: Machine) -> None:
    """Raise CommandError unless packages can be installed here without asking anybody."""
    if machine.which("apt-get") is None:
        raise CommandError("no apt-get here", "")
    if not machine.is_root:
        raise CommandError("not root", "")
