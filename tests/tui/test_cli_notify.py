"""`milepost notify test`: each channel is tried, and one that fails is told without its address."""

from __future__ import annotations

import threading
from http.server import HTTPServer
from pathlib import Path

import pytest

from tests.assistant.test_notify import Hook
from tests.tui.calling import called

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of Apprise's own imports


def test_each_channel_is_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    config = tmp_path / "config.toml"
    monkeypatch.setenv("MILEPOST_CONFIG", str(config))
    config.write_text("")
    assert "no channel is set up" in called(["notify", "test"]).err
    server = HTTPServer(("127.0.0.1", 0), Hook)
    server.kept, server.down = [], False  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        monkeypatch.setenv("DOWN", "json://anna:geheim@127.0.0.1:9/")
        up = f'[channels.up]\nurl = {{ literal = "json://127.0.0.1:{server.server_address[1]}" }}\n'
        config.write_text(f'{up}[channels.down]\nurl = {{ env = "DOWN" }}\n')
        done = called(["notify", "test", "--json"])
        assert (done.code, [event["channel"] for event in done.events]) == (1, ["up", "down"])
        assert (done.events[0]["trouble"], "geheim" in done.out) == (None, False)
        assert called(["notify", "test", "up"]).out == "up: sent\n"
        assert len(server.kept) == 2  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert "channels in the settings: up, down" in called(["notify", "test", "left"]).err
