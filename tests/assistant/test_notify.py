"""Notifications: sent to a real local mail server and webhook, in the words that may be said, when they may be."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from assistant.checks.finding import Finding, Kind, Severity
from assistant.notify.hours import QuietHours, latest
from assistant.notify.message import MOST, message_of
from assistant.notify.notify import Delivery, notify, send_test
from assistant.settings.model import Settings
from assistant.site import MilestoneState
from assistant.work import Work
from tests.assistant.checks.world import World
from tests.assistant.fake_site import money, project

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Apprise's own imports

STATE = MilestoneState


# -- real servers


class Mail(socketserver.StreamRequestHandler):
    """As much of SMTP as a client needs to hand over one message."""

    def handle(self) -> None:
        self.say("220 ready")
        while line := self.rfile.readline():
            word = line.split(b" ")[0].strip().upper()
            if word == b"DATA":
                self.say("354 go on")
                body = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    body += part
                self.server.kept.append(body)  # type: ignore[attr-defined]
                self.say("250 taken")
            elif word == b"QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(f"{text}\r\n".encode())


class Hook(BaseHTTPRequestHandler):
    """A webhook that keeps what it is sent; 500 while its server is `down`."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        down = self.server.down  # type: ignore[attr-defined]
        if not down:
            self.server.kept.append(json.loads(body))  # type: ignore[attr-defined]
        self.send_response(500 if down else 200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(server: socketserver.TCPServer) -> Iterator[str]:
    """`127.0.0.1:PORT` of the server while it runs; what it was sent is in its `kept`."""
    server.kept, server.down = [], False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Set:
    """A world with channels in its settings, at an hour of the day in Berlin."""

    folder: Path
    channels: dict[str, dict[str, object]]
    quiet: str | None = None
    world: World = field(init=False)

    def __post_init__(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        self.world = World(self.folder, zone=zone)
        self.world.site.listed = (project(title="Anna's <b>shop</b>"),)
        self.world.site.clock.at = datetime(2026, 12, 1, 11, 0, tzinfo=UTC)  # noon in Berlin
        notified = {"quiet": self.quiet, "digest_at": "08:00"}
        self.settings = Settings(channels=self.channels, notify=notified, data_dir=self.folder, time_zone=zone)  # type: ignore[arg-type]

    async def happen(self, state: MilestoneState) -> None:
        self.world.site.stand(f"Work {state}", "500.00 USD", state)

    async def check(self) -> list[Delivery]:
        await self.world.read()
        outcome = self.world.compare()
        work = Work(self.settings, self.world.journal, self.world.account)
        told = notify(work, outcome.new, self.world.site.clock().astimezone(self.world.zone))
        self.world.tell(outcome)
        return told


async def test_mail_and_webhook_are_told_once(tmp_path: Path) -> None:
    mail, hook = socketserver.TCPServer(("127.0.0.1", 0), Mail), HTTPServer(("127.0.0.1", 0), Hook)
    with serving(mail) as post, serving(hook) as web:
        channels = {"mail": {"url": {"env": "MAIL_URL"}}, "web": {"url": {"literal": f"json://{web}/hook"}}}
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MAIL_URL", f"mailto://{post}/?mode=insecure&from=m@example.test&to=anna@example.test")
            made = Set(tmp_path, channels)
            await made.check()
            await made.happen(STATE.DISPUTED)
            await made.happen(STATE.RELEASE_REQUESTED)
            assert await made.check() == [Delivery("mail", 2, 0), Delivery("web", 2, 0)]
            assert await made.check() == []
    (sent,) = [message_from_bytes(each, policy=policy.default) for each in mail.kept]  # type: ignore[attr-defined]
    assert sent["subject"] == "Milepost, anna: 2 findings, 1 urgent"
    assert sent["to"] == "anna@example.test"
    body = sent.get_body(("plain", "html")).get_content()  # type: ignore[attr-defined]
    (told,) = hook.kept  # type: ignore[attr-defined]
    assert (told["title"], told["type"]) == (sent["subject"], "failure")
    lines = told["message"].splitlines()
    assert lines[0].startswith("urgent: disputed: Anna's <b>shop</b> / #501: 500.00 USD is disputed;")
    assert "500.00 USD is disputed" in body
    assert len(lines) == 4


async def test_a_channel_that_is_down_breaks_nothing_and_is_told_later(tmp_path: Path) -> None:
    hook = HTTPServer(("127.0.0.1", 0), Hook)
    with serving(hook) as web:
        made = Set(
            tmp_path,
            {
                "nowhere": {"url": {"literal": "json://127.0.0.1:9/x"}},
                "odd": {"url": {"literal": "windows://"}},
                "unset": {"url": {"env": "NOT_SET_ANYWHERE"}},
                "web": {"url": {"literal": f"json://{web}"}},
            },
        )
        hook.down = True  # type: ignore[attr-defined]
        await made.check()
        await made.happen(STATE.DISPUTED)
        first = {each.channel: each.trouble for each in await made.check()}
        assert set(first) == {"nowhere", "odd", "unset", "web"}
        assert all(first.values())
        assert first["unset"] == "the variable NOT_SET_ANYWHERE is not set"
        assert "500" in first["web"]
        hook.down = False  # type: ignore[attr-defined]
        later = {each.channel: (each.findings, each.trouble) for each in await made.check()}
        assert later["web"] == (1, "")
        assert len(hook.kept) == 1  # type: ignore[attr-defined]


async def test_quiet_hours_hold_back_what_is_not_urgent(tmp_path: Path) -> None:
    hook = HTTPServer(("127.0.0.1", 0), Hook)
    with serving(hook) as web:
        made = Set(tmp_path, {"web": {"url": {"literal": f"json://{web}"}}}, quiet="22:00-07:00")
        await made.check()
        made.world.site.clock.at = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)  # half past ten at night in Berlin
        await made.happen(STATE.RELEASE_REQUESTED)
        assert await made.check() == []
        await made.happen(STATE.DISPUTED)
        assert await made.check() == [Delivery("web", 1, 1)]
        made.world.site.clock.at = datetime(2026, 12, 2, 6, 30, tzinfo=UTC)
        assert await made.check() == [Delivery("web", 1, 0)]
        assert [each["type"] for each in hook.kept] == ["failure", "info"]  # type: ignore[attr-defined]


async def test_a_digest_waits_for_its_hour_and_some_kinds_are_not_wanted(tmp_path: Path) -> None:
    hook = HTTPServer(("127.0.0.1", 0), Hook)
    with serving(hook) as web:
        url = {"literal": f"json://{web}"}
        daily = {"url": url, "at_once": "urgent"}
        few = {"url": url, "kinds": ["late"]}
        severe = {"url": url, "least": "urgent"}
        made = Set(tmp_path, {"daily": daily, "few": few, "severe": severe})
        await made.check()
        for hours in range(3):
            await made.happen(STATE.RELEASE_REQUESTED)
            assert await made.check() == []
            made.world.site.clock.sleep(3600 * (hours + 1))
        await made.happen(STATE.DISPUTED)
        assert await made.check() == [Delivery("daily", 1, 3), Delivery("severe", 1, 0)]
        made.world.site.clock.at = datetime(2026, 12, 2, 7, 5, tzinfo=UTC)  # five past eight in Berlin
        assert await made.check() == [Delivery("daily", 3, 0)]
        assert hook.kept[-1]["title"] == "Milepost, anna: 3 findings"  # type: ignore[attr-defined]


# -- words and hours


FINDING = Finding(
    name="x",
    kind=Kind.LATE,
    project="1001",
    title="Secret shop",
    key="m2",
    description="Words of the shop",
    amount=money("512.34 USD"),
    seen="512.34 USD due 2026-12-10, 3 days late: funded; “Words of the shop”",
    since="2026-12-13T10:00:00+00:00",
    due=datetime(2026, 12, 10, tzinfo=UTC).date(),
    next="ask how far Secret shop is",
)


@pytest.mark.parametrize(
    ("amounts", "titles", "line"),
    [
        (False, False, "warning: late: project 1001, m2, due 2026-12-10"),
        (True, False, "warning: late: project 1001, m2, 512.34 USD, due 2026-12-10"),
        (False, True, "warning: late: Secret shop, m2, due 2026-12-10"),
    ],
)
def test_amounts_and_titles_can_be_left_out(*, amounts: bool, titles: bool, line: str) -> None:
    body = message_of("anna", [FINDING], amounts=amounts, titles=titles).body
    assert body == line + "\n"
    assert amounts or "512" not in body
    assert titles or "shop" not in body


def test_every_kind_can_be_said_without_amounts_and_titles() -> None:
    for kind in Kind:
        for finding in (replace(FINDING, kind=kind), replace(FINDING, kind=kind, project="", key=None)):
            body = message_of("anna", [finding], amounts=False, titles=False).body
            assert "512" not in body
            assert "shop" not in body


def test_a_message_of_very_many_findings_counts_the_rest() -> None:
    message = message_of("anna", [FINDING] * 100, amounts=False, titles=False)
    assert len(message.body.splitlines()) == MOST + 1
    assert message.body.endswith(f"and {100 - MOST} more: milepost check --all\n")


@pytest.mark.parametrize(
    ("hours", "clock", "held"),
    [
        ("22:00-07:00", "21:59", False),
        ("22:00-07:00", "22:00", True),
        ("22:00-07:00", "03:00", True),
        ("22:00-07:00", "06:59", True),
        ("22:00-07:00", "07:00", False),
        ("12:00-13:00", "12:30", True),
        ("12:00-13:00", "22:30", False),
    ],
)
def test_quiet_hours_go_over_midnight(hours: str, clock: str, *, held: bool) -> None:
    at = datetime.combine(datetime(2026, 12, 1, tzinfo=UTC), time.fromisoformat(clock), UTC)
    assert QuietHours.parse(hours).hold(at) is held
    assert str(QuietHours.parse(hours)) == hours


def test_the_digests_hour_is_that_of_the_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    at = datetime(2026, 10, 25, 7, 30, tzinfo=berlin)  # the clocks went back in the night
    assert latest(time(8), at) == datetime(2026, 10, 24, 8, 0, tzinfo=berlin)
    assert latest(time(8), at + timedelta(hours=1)) == datetime(2026, 10, 25, 8, 0, tzinfo=berlin)


@pytest.mark.parametrize(
    ("url", "fine"),
    [
        ("dbus://", True),
        ("json://127.0.0.1:8080/hook", True),
        ("mailto://localhost:2525/?mode=insecure", True),
        ("mailto://anna:geheim@example.test", False),
        ("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ", False),
        ("json://example.test/?token=abc", False),
    ],
)
def test_an_address_that_may_hold_a_secret_does_not_stand_in_the_settings(url: str, *, fine: bool) -> None:
    made = {"one": {"url": {"literal": url}}}
    if fine:
        assert url not in repr(Settings(channels=made).channels)  # type: ignore[arg-type]
        return
    with pytest.raises(ValueError, match="may hold a secret"):
        Settings(channels=made)  # type: ignore[arg-type]


def test_what_failed_is_told_without_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK", "json://anna:geheimnis@127.0.0.1:9/s3cr3tpath")
    settings = Settings(channels={"one": {"url": {"env": "HOOK"}}})  # type: ignore[arg-type]
    trouble = send_test(settings, "one")
    assert trouble
    assert "geheimnis" not in trouble
    assert "s3cr3t" not in trouble


def test_severities_are_told_from_least_to_most() -> None:
    assert [each.value for each in Severity] == ["info", "notice", "warning", "urgent"]
