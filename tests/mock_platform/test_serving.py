"""Starting, refusing to start, ending; loopback only."""

import http.client
import json
import signal
import socket
import subprocess
import sys
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import psutil
import pytest

from flows.mock_platform.__main__ import main
from tests.mock_platform.back_door import BackDoor

COMMAND = [sys.executable, "-m", "flows.mock_platform"]


@pytest.fixture
def run(capsys):
    """Run a command that ends by itself. Answers exit code, stdout and stderr."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_the_ready_line_names_where_it_serves_and_it_is_loopback():
    with subprocess.Popen([*COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        listening = [c.laddr for c in psutil.Process(process.pid).net_connections("inet") if c.status == "LISTEN"]
        assert httpx.get(f"{ready['origin']}/login", trust_env=False).status_code == 200
        process.terminate()
        assert process.stdout.read() == ""
    port = ready["port"]
    assert ready == {"event": "ready", "origin": f"http://127.0.0.1:{port}", "port": port, "pid": process.pid}
    assert [tuple(address) for address in listening] == [("127.0.0.1", port)]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "192.168.0.1"])  # noqa: S104 - what must be refused
def test_other_hosts_are_refused(run, host):
    code, out, err = run("serve", "--host", host, "--port", "0")
    assert (code, out) == (1, "")
    assert "127.0.0.1 only" in err
    assert host in err


def test_port_in_use_is_one_clear_line(running: BackDoor):
    port = str(urlsplit(running.origin).port)
    done = subprocess.run([*COMMAND, "serve", "--port", port], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert port in done.stderr
    assert "--port" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--knob", "path=sideways"], ["path", "cart | direct"]),
        (["--knob", "nosuch=1"], ["nosuch"]),
        (["--knob", "path"], ["NAME=VALUE"]),
        (["--latency", "-1"], ["latency"]),
        (["--port", "99999"], ["99999", "65535"]),
        (["--db", "/nowhere/mock.sqlite"], ["/nowhere/mock.sqlite", "unable to open"]),
        (["--seed", "missing.toml"], ["missing.toml", "default, small, empty"]),
    ],
)
def test_bad_options_are_one_clear_line(run, arguments, words):
    code, out, err = run("serve", "--port", "0", *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)
    for word in words:
        assert word in err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_at_once_with_streams_and_hanging_requests(number):
    process = subprocess.Popen(
        [*COMMAND, "serve", "--port", "0", "--seed", "small", "--knob", "live=sse"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        assert process.stdout
        origin = process.stdout.readline().split('"origin": "')[1].split('"')[0]
        with httpx.Client(base_url=origin, trust_env=False) as http:
            http.post("/ajax-api/auth/login.php", json={"user": "anna", "password": "milepost"})
            http.post("/__mock__/faults", json={"at": "list", "kind": "hang", "seconds": 300})
            hanging = hang(origin, dict(http.cookies))
            with http.stream("GET", "/live?project=38112233") as stream:
                assert "connected" in next(stream.iter_lines())
                process.send_signal(number)
                out, err = process.communicate(timeout=10)
            hanging.close()
    assert (process.returncode, out, err) == (0, "", "")


def test_a_client_that_goes_in_mid_request_is_no_error(tmp_path: Path):
    errors = tmp_path / "stderr"
    with (
        errors.open("w") as stderr,
        subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"], stdout=subprocess.PIPE, stderr=stderr, text=True
        ) as process,
    ):
        assert process.stdout
        ready = json.loads(process.stdout.readline())
        with socket.create_connection(("127.0.0.1", ready["port"])) as client:
            head = f"POST /__mock__/act HTTP/1.1\r\nHost: 127.0.0.1:{ready['port']}\r\nContent-Length: 100\r\n"
            client.sendall(f"{head}Expect: 100-continue\r\n\r\n".encode())
            assert client.recv(64).startswith(b"HTTP/1.1 100")  # its body is being waited for
        assert httpx.get(f"{ready['origin']}/login", trust_env=False).status_code == 200
        process.terminate()
        process.wait(10)
    assert errors.read_text() == ""


def hang(origin: str, cookies: dict[str, str]) -> http.client.HTTPConnection:
    """Send a request and do not wait for its answer."""
    parts = urlsplit(origin)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port)
    cookie = "; ".join(f"{name}={value}" for name, value in cookies.items())
    connection.request("GET", "/manage/jobs/projects/open", headers={"cookie": cookie})
    return connection


def test_it_ends_with_its_parent():
    script = (
        "import subprocess, sys, os\n"
        f"p = subprocess.Popen({COMMAND!r} + ['serve', '--port', '0', '--parent-pid', str(os.getpid())],"
        " stdout=subprocess.PIPE)\n"
        "print(p.stdout.readline().decode(), flush=True)\n"
        "print(p.pid, flush=True)\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout
        lines = parent.stdout.read().split("\n")
    orphan = int(lines[-2])
    _, alive = psutil.wait_procs([psutil.Process(orphan)] if psutil.pid_exists(orphan) else [], timeout=10)
    assert not alive


def test_a_database_file_is_kept(tmp_path: Path):
    file = str(tmp_path / "mock.sqlite")
    with BackDoor.serve("--seed", "small", "--db", file) as mock:
        mock.act("add", project="38112233", amount="10.00", description="Kept")
    with BackDoor.serve("--seed", "default", "--db", file) as mock:
        assert [m["description"] for m in mock.titled("Artist marketplace website")["milestones"]] == ["Kept"]


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:8700", "10.0.0.1:8700", ""])
def test_other_host_names_are_refused(mock: BackDoor, host):
    answer = httpx.get(f"{mock.origin}/login", headers={"host": host}, trust_env=False)
    assert answer.status_code == 403
    assert "loopback" in answer.text


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "same-site"}]
)
def test_the_back_door_is_closed_to_other_origins(mock: BackDoor, headers):
    for method, name in (("GET", "truth"), ("POST", "faults"), ("POST", "act"), ("POST", "reset"), ("POST", "knobs")):
        answer = httpx.request(method, f"{mock.origin}/__mock__/{name}", headers=headers, trust_env=False)
        assert answer.status_code == 403


def test_localhost_is_loopback_too(mock: BackDoor):
    port = urlsplit(mock.origin).port
    with socket.create_connection(("127.0.0.1", port or 0), timeout=5) as sock:
        sock.sendall(f"GET /login HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
        assert sock.recv(64).startswith(b"HTTP/1.1 200")


def test_config_is_pure_toml_for_anna_and_ben(run):
    accounts = tomllib.loads(run("config", "--port", "8701")[1])["accounts"]
    assert accounts == {
        name: {
            "platform": "freelancer",
            "role": role,
            "login": name,
            "password": {"literal": "milepost"},
            "origin": "http://127.0.0.1:8701",
        }
        for name, role in (("anna", "client"), ("ben", "freelancer"))
    }


def test_config_all_names_every_user_once(run):
    accounts = tomllib.loads(run("config", "--all")[1])["accounts"]
    assert {"anna", "ben", "twostep-tina", "captcha-cara", "nofunds-nora", "unverified-uma"} <= set(accounts)
    assert all(account["login"] == name for name, account in accounts.items())
    assert {account["role"] for account in accounts.values()} == {"client", "freelancer"}
