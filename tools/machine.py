"""The machine that set-up runs on, as data: what is installed, who we are, where things lie. And running commands.

Everything that set-up decides, it decides from a Machine, so that tests can describe one with real folders.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Say = Callable[[str], None]

# These send pip, uv or Python somewhere else than into .venv.
MISLEADING = (
    "CONDA_PREFIX",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "PIP_TARGET",
    "PIP_USER",
    "PYTHONHOME",
    "PYTHONPATH",
    "UV_PROJECT_ENVIRONMENT",
    "UV_SYSTEM_PYTHON",
    "VIRTUAL_ENV",
)
EXCEPTION = re.compile(r"[A-Za-z_.]+Error: ")
ERROR = re.compile(r"(error|e|fatal|unable|the virtual environment was not created)\b", re.IGNORECASE)
LONGEST_REASON = 300


class SetupError(Exception):
    """Set-up cannot go on; the text says what was tried and what to do."""


class CommandError(Exception):
    """A command failed; the text is the last thing it said, on one line. `output` is all it said."""

    def __init__(self, reason: str, output: str) -> None:
        super().__init__(reason)
        self.output = output


@dataclass(frozen=True)
class Machine:
    """What set-up needs to know. `python` is the interpreter to build on, `filesystem` the root that /usr, /opt and
    /Applications are looked for under, `env` the environment that commands are given.
    """

    project: Path
    python: Path
    platform: str
    is_root: bool
    env: Mapping[str, str]
    filesystem: Path = Path("/")

    @property
    def venv(self) -> Path:
        """The folder of the environment."""
        return self.project / ".venv"

    @property
    def venv_python(self) -> Path:
        """The environment's Python."""
        return self.venv / "bin" / "python"

    @property
    def home(self) -> Path:
        """The user's home folder."""
        return Path(self.env.get("HOME") or "/")

    def which(self, *names: str) -> Path | None:
        """Return the first of these programs that PATH has."""
        for name in names:
            found = shutil.which(name, path=self.env.get("PATH", os.defpath))
            if found:
                return Path(found)
        return None

    def path(self, absolute: str) -> Path:
        """Return an absolute path as seen under this machine's file system root."""
        return self.filesystem / absolute.lstrip("/")

    @property
    def can_apt(self) -> bool:
        """Whether packages can be installed with apt-get, now, without asking anybody."""
        return self.is_root and self.which("apt-get") is not None

    def distribution(self) -> set[str]:
        """Return the ids that /etc/os-release gives itself and its parents, such as {"ubuntu", "debian"}."""
        try:
            lines = self.path("/etc/os-release").read_text(encoding="utf-8").splitlines()
        except OSError:
            return set()
        fields = dict(line.split("=", 1) for line in lines if "=" in line)
        return {word for key in ("ID", "ID_LIKE") for word in fields.get(key, "").strip('"').split()}

    def run(self, command: Sequence[str | Path], seconds: float = 900) -> str:
        """Run a command to its end and return what it printed; CommandError when it fails or takes too long."""
        arguments = [str(word) for word in command]
        try:
            process = subprocess.Popen(
                arguments,
                env=dict(self.env),
                cwd=self.project,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise CommandError(f"{arguments[0]} does not start ({error.strerror})", "") from error
        try:
            output, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise CommandError(f"{arguments[0]} took longer than {seconds:.0f} s", "") from error
        finally:
            end_session_of(process)
        if process.returncode:
            raise CommandError(last_words(output) or f"exit code {process.returncode}", output)
        return output


def end_session_of(process: subprocess.Popen[str]) -> None:
    """End what a command left running when it was cut short, the downloads it started included."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def this_machine(project: Path) -> Machine:
    """Describe the machine we are on."""
    env = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    env["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    env["DEBIAN_FRONTEND"] = "noninteractive"
    return Machine(
        project=project,
        # The one below any environment that happens to be active: .venv must not hang on somebody else's.
        python=Path(getattr(sys, "_base_executable", "") or sys.executable),
        platform=sys.platform,
        is_root=os.geteuid() == 0,
        env=env,
    )


def last_words(output: str) -> str:
    """Return the line that says why a command failed: the last exception, else the last error, else the last line."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    exceptions = [line for line in lines if EXCEPTION.match(line)]
    errors = [line for line in lines if ERROR.match(line)]
    return (exceptions or errors or lines or [""])[-1][:LONGEST_REASON]
