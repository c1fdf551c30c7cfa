"""Push events: which open pages listen to which project, and telling them that something changed."""

import asyncio
from collections import Counter


class Hub:
    """Listeners by project. `close` ends every stream and every wait, for a quick shutdown."""

    def __init__(self) -> None:
        self._queues: dict[int, set[asyncio.Queue[str | None]]] = {}
        self._closing = asyncio.Event()
        self._versions: Counter[int] = Counter()

    def listen(self, project: int) -> asyncio.Queue[str | None]:
        """A queue that gets the event names of a project; None means: the server ends."""
        queue: asyncio.Queue[str | None] = asyncio.Queue()
        self._queues.setdefault(project, set()).add(queue)
        return queue

    def leave(self, project: int, queue: asyncio.Queue[str | None]) -> None:
        """Stop listening."""
        self._queues.get(project, set()).discard(queue)

    def publish(self, project: int, event: str) -> None:
        """Tell the listeners of a project."""
        self._versions[project] += 1
        for queue in self._queues.get(project, set()):
            queue.put_nowait(event)

    def version(self, project: int) -> int:
        """A number that changes with each event of a project, for pages that poll."""
        return self._versions[project]

    def close(self) -> None:
        """End all streams and waits."""
        self._closing.set()
        for queues in self._queues.values():
            for queue in queues:
                queue.put_nowait(None)

    async def pause(self, seconds: float) -> None:
        """Wait so long, or until the server ends."""
        try:
            async with asyncio.timeout(seconds):
                await self._closing.wait()
        except TimeoutError:
            return
