"""What a signal to the runner itself does, which is what a system's shutdown or a timer's stop sends."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from typing import cast

import pytest

from flows.runner import Runner, _under_signals


class Carrying:
    """Stands in for a runner: a step that ends after `stop` was called, or when it is cancelled."""

    def __init__(self, send: Callable[[Carrying], Awaitable[None]]) -> None:
        self._send = send
        self.stopped = asyncio.Event()
        self.story: list[str] = []

    async def carry_out(self) -> None:
        try:
            await self._send(self)
            await self.stopped.wait()
            await asyncio.sleep(0)
            self.story.append("ended the step")
        except asyncio.CancelledError:
            self.story.append("cancelled")
            raise

    def stop(self) -> None:
        self.story.append("asked to stop")
        self.stopped.set()


def story(*signals: signal.Signals) -> list[str]:
    """What becomes of a run that gets these signals, one after the other, in the middle of a step."""

    async def send(carrying: Carrying) -> None:
        for number in signals:
            heard = len(carrying.story)
            os.kill(os.getpid(), number)
            while number is not signal.SIGHUP and len(carrying.story) == heard:  # noqa: ASYNC110  # a cancel ends it
                await asyncio.sleep(0)
        if signals == (signal.SIGHUP,):
            carrying.stopped.set()

    async def carried() -> list[str]:
        carrying = Carrying(send)
        signal.signal(signal.SIGHUP, lambda *_: carrying.story.append("hung up"))
        await _under_signals(cast(Runner, carrying))
        return carrying.story

    before = signal.getsignal(signal.SIGHUP)
    try:
        return asyncio.run(carried())
    finally:
        signal.signal(signal.SIGHUP, before)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_the_first_signal_stops_after_the_step_and_the_second_now(number: signal.Signals) -> None:
    assert story(number) == ["asked to stop", "ended the step"]
    assert story(number, number) == ["asked to stop", "asked to stop", "cancelled"]


def test_a_hang_up_stops_nothing_and_a_stop_now_stops_now() -> None:
    assert story(signal.SIGHUP) == ["ended the step"]
    assert story(signal.SIGUSR1) == ["cancelled"]
