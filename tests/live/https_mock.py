"""The mock platform over https under the name `NAME`: its certificate, its process, and the way to it.

Nothing resolves the name: browser and driver go through a proxy that knows no other host, so that a test can never
reach a real one.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import os
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from flows.mock_platform.kinds import KINDS
from flows.mock_platform.knobs import Knobs
from flows.mock_platform.seed_file import load
from flows.mock_platform.server import Https, open_site, serve
from tests.mock_client import MockPlatform

NAME = "freelancer.test"
ORIGIN = f"https://{NAME}"

PROFILE = f"""
name = "freelancer"
origins = ["{ORIGIN}"]
[rules]
pace = 0.0
settle_after = 5.0
"""
"""What the settings' folder needs for it: as on a live site, but without the waits."""


@dataclass(frozen=True)
class Live:
    """The platform, and what a browser needs to get there."""

    mock: MockPlatform
    proxy: str
    certificate: Path
    pin: str

    @property
    def flags(self) -> tuple[str, ...]:
        """For a browser that trusts this one certificate."""
        return (f"--ignore-certificate-errors-spki-list={self.pin}",)


@contextmanager
def serve_live(folder: Path) -> Iterator[Live]:
    """Serve it for the length of a block; certificate and key go into `folder`."""
    certificate, key, pin = _certificate(folder)
    command = [sys.executable, "-P", "-m", __name__, str(certificate), str(key), str(os.getpid())]
    trusting = ssl.create_default_context(cafile=certificate)
    with MockPlatform.started(command, trusting) as mock, _proxy(int(mock.origin.rpartition(":")[2])) as proxy:
        yield Live(mock, proxy, certificate, pin)


def _certificate(folder: Path) -> tuple[Path, Path, str]:
    """A certificate of our own for a day: files of certificate and key, and the hash of the public key."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, private.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName(NAME), x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    key.write_bytes(private.private_bytes(pem, pkcs8, plain))
    der, subject = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    digest = hashlib.sha256(private.public_key().public_bytes(der, subject)).digest()
    return certificate, key, base64.b64encode(digest).decode()


@contextmanager
def _proxy(port: int) -> Iterator[str]:
    """A proxy that leads `NAME` to a port of this machine, and nothing else anywhere."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def start() -> asyncio.Server:
        return await asyncio.start_server(lambda r, w: _connect(r, w, port), "127.0.0.1", 0)

    server = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        loop.call_soon_threadsafe(server.close)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)


async def _connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        asked = (await reader.readuntil(b"\r\n\r\n")).split()
        if asked[:2] != [b"CONNECT", f"{NAME}:443".encode()]:
            writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
            writer.close()
            return
        there, back = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        await asyncio.gather(_pass_on(reader, back), _pass_on(there, writer))


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.close()


def main() -> None:
    """Serve: certificate, key, and the process to end with."""
    certificate, key, parent = sys.argv[1:]
    site = open_site(None, load("default"), Knobs(), KINDS["freelancer"])
    serve(site, 0, int(parent), Https(NAME, Path(certificate), Path(key)))


if __name__ == "__main__":
    main()
