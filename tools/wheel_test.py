"""Build the wheel and try it as a stranger would: a new environment, no lock, no checkout around it."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("assistant", "flows", "tui")
SECONDS = 300
MISLEADING = ("MILEPOST_", "PYTHONPATH", "VIRTUAL_ENV")
PLAN = """\
platform = "freelancer"
account = "anna"

[[project]]
ref = "38112233"
total = "2500.00 USD"
split = "5 x 20%"
"""


class WheelError(Exception):
    """The wheel is not as it should be; the text says how."""


def main() -> int:
    """Build, look inside, install and run; 0 when all of it works."""
    with tempfile.TemporaryDirectory(prefix="milepost-wheel-") as folder:
        try:
            wheel = build(Path(folder))
            look_inside(wheel)
            milepost = install(wheel, Path(folder))
            use(milepost, Path(folder))
        except WheelError as error:
            print(f"wheel: {error}")
            return 1
    print("wheel: builds, installs without the lock, and runs")
    return 0


def build(folder: Path) -> Path:
    """Build the wheel with the backend that the environment has."""
    step([sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder], ROOT)
    return next(folder.glob("milepost-*.whl"))


def look_inside(wheel: Path) -> None:
    """Raise unless every file that git knows in the three packages is in the wheel, data files too."""
    known = step(["git", "ls-files", *PACKAGES], ROOT).split("\n")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
    missing = [name for name in known if name and (ROOT / name).is_file() and name not in packed]
    if missing:
        raise WheelError(f"{wheel.name} lacks {', '.join(missing)}")
    print(f"wheel: {len(packed)} files in {wheel.name}, {wheel.stat().st_size // 1024} KiB")


def install(wheel: Path, folder: Path) -> Path:
    """Install the wheel and whatever versions the index offers today; return the command."""
    environment = folder / "venv"
    uv = Path(sys.executable).parent / "uv"
    step([uv, "venv", "--quiet", "--python", sys.executable, environment], folder)
    step([uv, "pip", "install", "--quiet", "--python", environment / "bin" / "python", wheel], folder)
    return environment / "bin" / "milepost"


def use(milepost: Path, folder: Path) -> None:
    """Run three commands, the last of which needs every package and data file there is."""
    plan = folder / "plan.toml"
    plan.write_text(PLAN, encoding="utf-8")
    step([milepost, "--help"], folder)
    step([milepost, "plan", "check", plan], folder)
    step([milepost, "demo", "--plain"], folder)


def step(command: Sequence[str | Path], folder: Path) -> str:
    """Run a command in a folder, print how long it took, and return what it wrote to stdout."""
    words = [str(word) for word in command]
    # Neither the person's own Milepost nor anything of this checkout may be found.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(MISLEADING)}
    own = {f"XDG_{kind}_HOME": str(folder / kind.lower()) for kind in ("CONFIG", "DATA", "STATE")}
    started = time.monotonic()
    done = subprocess.run(
        words,
        cwd=folder,
        env={**kept, **own},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    print(f"wheel: {time.monotonic() - started:5.1f} s  {Path(words[0]).name} {' '.join(words[1:4])}", flush=True)
    if done.returncode:
        raise WheelError(f"{' '.join(words)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
