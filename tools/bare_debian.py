"""Try the README's commands on a machine that has next to nothing: a fresh Debian with only python3, git and make.

    sudo python3 tools/bare_debian.py                        # make demo, again, make test
    sudo python3 tools/bare_debian.py --folder /tmp/bare 'make setup'

Needs root and debootstrap. The chroot gets this machine's name resolution, proxy and extra certificates, so that it
reaches what this machine reaches, and a clone of what is committed. `--folder` keeps it, and uses it again.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
ARCHIVE = "http://deb.debian.org/debian"
SECURITY = "http://deb.debian.org/debian-security"
PACKAGES = "python3,git,make,ca-certificates"
CHECKOUT = "/root/milepost"
DEMO = 'make demo ARGS="--plain --json"'
CERTIFICATES = Path("/usr/local/share/ca-certificates")
# Only these of our own variables reach the commands: a bare machine has none of the others.
NETWORK = ("http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "PIP_INDEX_URL")
# A chroot with processes, devices and mounts of its own, all of which end with the command.
ENTER = """
mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && mount -t sysfs sys "$0/sys" || exit 1
exec chroot "$0" "$@"
"""


def main() -> int:
    """Make the machine, run the commands in it one after the other; 0 when all of them end with 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--suite", default="bookworm", help="the release of Debian (default: bookworm)")
    parser.add_argument("--folder", type=Path, help="where to make the chroot, and keep it")
    parser.add_argument("commands", nargs="*", default=[DEMO, DEMO, "make test"])
    arguments = parser.parse_args()
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        print("bare: this needs root and debootstrap (apt-get install debootstrap)", file=sys.stderr)
        return 1
    if arguments.folder:
        return try_in(arguments.folder, arguments.suite, arguments.commands)
    with tempfile.TemporaryDirectory(prefix="milepost-bare-") as folder:
        return try_in(Path(folder) / arguments.suite, arguments.suite, arguments.commands)


def try_in(folder: Path, suite: str, commands: Sequence[str]) -> int:
    """Run the commands in a fresh checkout in the chroot, which is made if it is not there."""
    if not (folder / "usr").is_dir():
        make(folder, suite)
    checkout = folder / CHECKOUT.lstrip("/")
    shutil.rmtree(checkout, ignore_errors=True)
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(checkout)], check=True)
    codes = [run(folder, command) for command in commands]
    return 1 if any(codes) else 0


def make(folder: Path, suite: str) -> None:
    """Install the smallest Debian that has Python, git and make, and let it reach what this machine reaches."""
    print(f"bare: Debian {suite} with {PACKAGES} in {folder}", flush=True)
    folder.parent.mkdir(parents=True, exist_ok=True)
    debootstrap = ["debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(folder), ARCHIVE]
    subprocess.run(debootstrap, check=True, stdout=subprocess.DEVNULL)
    sources = [
        f"deb {ARCHIVE} {suite} main",
        f"deb {ARCHIVE} {suite}-updates main",
        f"deb {SECURITY} {suite}-security main",
    ]
    (folder / "etc/apt/sources.list").write_text("\n".join(sources) + "\n", encoding="utf-8")
    shutil.copy("/etc/resolv.conf", folder / "etc/resolv.conf")
    for certificate in CERTIFICATES.glob("*.crt"):
        shutil.copy(certificate, folder / str(CERTIFICATES).lstrip("/"))
    subprocess.run(inside(folder, "update-ca-certificates"), check=True, stdout=subprocess.DEVNULL)


def run(folder: Path, command: str) -> int:
    """Run one command in the checkout, with its output passed through, and say how it ended."""
    print(f"bare: $ {command}", flush=True)
    started = time.monotonic()
    code = subprocess.run(
        inside(folder, f"cd {CHECKOUT} && {command}"), check=False, stdin=subprocess.DEVNULL
    ).returncode
    print(f"bare: exit code {code} after {time.monotonic() - started:.1f} s", flush=True)
    return code


def inside(folder: Path, command: str) -> list[str]:
    """Return the command line that runs a shell command in the chroot, with a bare environment."""
    variables = {
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "HOME": "/root",
        # Tools that bring their own certificates are told to use the system's, extra ones included.
        "SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt",
        **{name: os.environ[name] for name in NETWORK if name in os.environ},
    }
    bare = ["env", "-i", *(f"{name}={value}" for name, value in variables.items()), "sh", "-c", command]
    return ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-c", ENTER, str(folder), *bare]


if __name__ == "__main__":
    sys.exit(main())
