"""Making .venv: the ways to get an environment and its packages, tried in order until one works.

A way is a function whose docstring says in one line what it does. It returns when .venv holds every package of the
lock, and raises CommandError (or OSError) with the reason when it cannot. To add one, write it and put it into WAYS.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tools import lockfile, pip_wheel
from tools.apt import apt_install, apt_update
from tools.machine import CommandError, Machine, Say, SetupError

LOCK = "requirements-dev.lock"
PACKAGES = ("assistant", "flows", "tui")
USABLE = "import sys, encodings; sys.exit(sys.prefix == sys.base_prefix or sys.version_info < (3, 11))"

INTERPRETER = re.compile(r"(/[^\"'\n]*/python[\d.]*)(?=[\"'\s])")

Way = Callable[[Machine], None]


def provide(machine: Machine, say: Say) -> str:
    """Bring .venv up to the lock by the first way that works, and return that way's line; SetupError when none does."""
    clear_broken(machine, say)
    say(f"environment: {len(lockfile.read(machine.project / LOCK))} packages into {machine.venv}")
    tried = []
    for way in WAYS:
        try:
            way(machine)
        except (CommandError, OSError) as error:
            tried.append(f"{title(way)} ({error})")
        else:
            install_project(machine)
            return title(way)
    raise SetupError(f"no environment could be made. Tried: {'; '.join(tried)}. {remedy(machine)}")


def title(way: Way) -> str:
    """Return the line that says what a way does."""
    return (way.__doc__ or "").strip().splitlines()[0].rstrip(".")


def remedy(machine: Machine) -> str:
    """Return the one thing to do when no way to an environment worked."""
    try:
        pip_wheel.look(machine)
    except CommandError as error:
        return (
            f"The package index does not answer ({error}): check the network. A proxy goes into HTTPS_PROXY, another"
            " index into PIP_INDEX_URL, extra certificates into SSL_CERT_FILE. Then run it again."
        )
    if machine.distribution() & {"debian", "ubuntu"} and not machine.is_root:
        return "Install python3-venv (sudo apt-get install python3-venv), then run it again."
    return "Install uv (https://docs.astral.sh/uv/), then run it again."


# The ways, in the order in which they are tried.


def uv_of_this_machine(machine: Machine) -> None:
    """uv that is installed here."""
    uv = machine.which("uv") or first_file(machine.home / ".local/bin/uv", machine.home / ".cargo/bin/uv")
    if uv is None:
        raise CommandError("not installed", "")
    if not has_python(machine):
        with_new_folder(machine, [uv, "venv", "--quiet", "--python", machine.python, machine.venv])
    install_with_uv(machine, uv)


def pip_of_the_environment(machine: Machine) -> None:
    """venv and its own pip."""
    if not has_python(machine):
        with_new_folder(machine, [machine.python, "-m", "venv", machine.venv])
    install_with_pip(machine, [machine.venv_python, "-m", "pip"])


def pip_of_this_python(machine: Machine) -> None:
    """venv and the pip of the Python it is made from."""
    machine.run([machine.python, "-m", "pip", "--version"])
    make_without_pip(machine)
    install_with_pip(machine, [machine.python, "-m", "pip", "--python", machine.venv_python])


def pip_from_the_index(machine: Machine) -> None:
    """venv and the locked pip, fetched from the package index."""
    with tempfile.TemporaryDirectory(prefix="milepost-pip-") as folder:
        wheel = pip_wheel.fetch(machine, lockfile.find(machine.project / LOCK, "pip"), Path(folder))
        make_without_pip(machine)
        # A wheel of pip runs as it is: Python imports from zip files.
        install_with_pip(machine, [machine.venv_python, wheel / "pip"])


def venv_from_apt(machine: Machine) -> None:
    """venv and its own pip, after apt-get install python3-venv."""
    apt_update(machine)
    apt_install(machine, "python3-venv", "ca-certificates")
    pip_of_the_environment(machine)


WAYS: tuple[Way, ...] = (
    uv_of_this_machine,
    pip_of_the_environment,
    pip_of_this_python,
    pip_from_the_index,
    venv_from_apt,
)


# What they are made of.


def install_with_uv(machine: Machine, uv: Path) -> None:
    """Install the lock with uv, each file checked against its hash."""
    machine.run(
        [
            uv,
            "pip",
            "install",
            "--quiet",
            "--compile-bytecode",  # as pip does by itself: a start that compiles takes twice as long
            "--python",
            machine.venv_python,
            "--require-hashes",
            "-r",
            machine.project / LOCK,
        ]
    )


def install_with_pip(machine: Machine, pip: Sequence[str | Path]) -> None:
    """Install the lock with pip, or with the uv that pip can get from the index: it takes a fraction of the time."""
    install = [*pip, "install", "--quiet", "--no-input", "--require-hashes"]
    try:
        with tempfile.TemporaryDirectory(prefix="milepost-uv-") as folder:
            first = Path(folder) / "uv.lock"
            first.write_text(lockfile.find(machine.project / LOCK, "uv").text + "\n", encoding="utf-8")
            machine.run([*install, "--only-binary", ":all:", "-r", first])
        install_with_uv(machine, machine.venv / "bin" / "uv")
    except CommandError:
        machine.run([*install, "-r", machine.project / LOCK])


def install_project(machine: Machine) -> None:
    """Install Milepost itself, editable, with the build backend that the lock has put into .venv, and compile it."""
    options = ["--quiet", "--no-input", "--no-deps", "--no-build-isolation"]
    try:
        machine.run([machine.venv_python, "-m", "pip", "install", *options, "--editable", machine.project])
    except CommandError as error:
        raise SetupError(f"Milepost itself could not be installed into {machine.venv}: {error}") from error
    folders = [machine.project / name for name in PACKAGES]
    # Python compiles while it imports, too; where it may not write (PYTHONDONTWRITEBYTECODE) it would do so every time.
    machine.run([machine.venv_python, "-m", "compileall", "-q", "-j", "0", *folders])


def make_without_pip(machine: Machine) -> None:
    """Make an environment with nothing in it, which works where ensurepip is missing."""
    if not has_python(machine):
        with_new_folder(machine, [machine.python, "-m", "venv", "--without-pip", machine.venv])


def with_new_folder(machine: Machine, command: Sequence[str | Path]) -> None:
    """Run what makes .venv, and leave no half of it behind when it fails."""
    try:
        machine.run(command)
    except CommandError:
        shutil.rmtree(machine.venv, ignore_errors=True)
        raise


def has_python(machine: Machine) -> bool:
    """Say whether .venv is an environment whose Python starts and is new enough."""
    try:
        machine.run([machine.venv_python, "-c", USABLE], seconds=30)
    except CommandError:
        return False
    return True


def clear_broken(machine: Machine, say: Say) -> None:
    """Remove an environment that no longer starts, or that lay elsewhere when its scripts were written."""
    if not machine.venv.exists() or (has_python(machine) and not was_moved(machine)):
        return
    if not (machine.venv / "pyvenv.cfg").is_file() and any(machine.venv.iterdir()):
        raise SetupError(f"{machine.venv} is in the way: not a Python environment. Move it, then run it again.")
    say(f"{machine.venv} was moved, or its Python is gone; making it anew")
    shutil.rmtree(machine.venv)


def was_moved(machine: Machine) -> bool:
    """Say whether the environment's scripts name another folder's Python: a moved or copied project's do."""
    script = first_file(*(machine.venv / "bin" / name for name in ("playwright", "pip", "pytest")))
    if script is None:
        return False
    # Where the path is long or has a space, the first line is /bin/sh's and the second starts Python.
    with script.open(encoding="utf-8", errors="replace") as file:
        named = INTERPRETER.search(file.readline() + file.readline())
    if named is None:
        return False
    folder = Path(named[1]).parent
    return not (folder.is_dir() and folder.samefile(machine.venv / "bin"))


def first_file(*paths: Path) -> Path | None:
    """Return the first of these that is a file."""
    return next((path for path in paths if path.is_file()), None)
