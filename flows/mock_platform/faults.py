"""Faults on demand: what is armed, where it fires, and which combinations make sense."""

from dataclasses import asdict, dataclass
from typing import Any

READS = ("list", "project", "readback")
WRITES = ("login", "milestone.create", "milestone.request", "cart.process", "milestone.release")
POINTS = (*READS, *WRITES)
KINDS = (
    "drop",
    "http500",
    "hang",
    "slow",
    "logout",
    "captcha",
    "error200",
    "late",
    "twice",
    "empty_list",
    "other_user",
)
LIST_ONLY = ("error200", "empty_list", "late")
"""Kinds that only the list request of a page can show; its document passes."""


class BadFault(ValueError):
    """A fault that cannot be armed; the text says why."""


@dataclass
class Fault:
    """An armed fault: where, before or after the write, what, how often still, and how long it takes."""

    at: str
    when: str
    kind: str
    times: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """The fault as `/__mock__/faults` shows it."""
        return asdict(self)


def _choice(body: dict[str, Any], name: str, values: tuple[str, ...], problems: list[str], default: str = "") -> str:
    value = body.get(name, default)
    if value not in values:
        problems.append(f"{name} is one of {' | '.join(values)}, not {value!r}")
    return str(value)


def _number(body: dict[str, Any], name: str, default: float, problems: list[str]) -> float:
    value = body.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        problems.append(f"{name} is a number from 0 to 3600, not {value!r}")
        return default
    return float(value)


def parse(body: Any) -> Fault:
    """A fault from what was posted. Raises BadFault naming every problem, or why the combination makes no sense."""
    if not isinstance(body, dict):
        raise BadFault('post an object such as {"at": "cart.process", "when": "after", "kind": "drop"}')
    problems = [
        f"no field {name!r}; there are at, when, kind, times, seconds"
        for name in body
        if name not in ("at", "when", "kind", "times", "seconds")
    ]
    at = _choice(body, "at", POINTS, problems)
    kind = _choice(body, "kind", KINDS, problems)
    when = _choice(body, "when", ("before", "after"), problems, _usual_moment(at, kind))
    times = _number(body, "times", 1, problems)
    if times < 1 or times != int(times):
        problems.append(f"times is a whole number from 1, not {body['times']!r}")
    seconds = _number(body, "seconds", 3, problems)
    if problems:
        raise BadFault("; ".join(problems))
    if reason := _nonsense(at, when, kind):
        raise BadFault(reason)
    return Fault(at, when, kind, int(times), seconds)


def _usual_moment(at: str, kind: str) -> str:
    if kind == "late" or (at == "login" and kind in ("logout", "other_user")):
        return "after"
    return "before"


def _nonsense(at: str, when: str, kind: str) -> str:
    if kind == "empty_list" and at not in READS:
        return f"empty_list at {at}: this point sends no list; use list, project or readback"
    if kind == "twice" and at in READS:
        return f"twice at {at}: reading twice changes nothing; use a point that writes"
    if kind == "late" and at in ("login", "list", "project"):
        return f"late at {at}: no row is written there; use a money point or readback"
    if kind == "late" and when == "before":
        return "late before the write: only a written row can show late; use when=after"
    if kind == "other_user" and at in WRITES and at != "login":
        return f"other_user at {at}: its answer is no page; use login, list, project or readback"
    if at == "login" and when == "before" and kind in ("logout", "other_user"):
        return f"{kind} at login before: nobody is signed in yet; use when=after"
    return ""


class Faults:
    """The armed faults, first come first served."""

    def __init__(self) -> None:
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> None:
        """Add one."""
        self._armed.append(fault)

    def clear(self) -> None:
        """Disarm all."""
        self._armed.clear()

    def armed(self) -> list[Fault]:
        """Those that will still fire."""
        return list(self._armed)

    def take(self, at: str, kinds: tuple[str, ...] = KINDS, when: str = "") -> Fault | None:
        """The first armed fault that fires at this point, of these kinds and moment; counts it as fired."""
        for fault in self._armed:
            if fault.at == at and fault.kind in kinds and when in ("", fault.when):
                fault.times -= 1
                if fault.times <= 0:
                    self._armed.remove(fault)
                return fault
        return None

    def give_back(self, fault: Fault) -> None:
        """Undo a `take`: what it waited for did not happen."""
        if fault in self._armed:
            fault.times += 1
        else:
            fault.times = 1
            self._armed.insert(0, fault)

    def wants_twice(self) -> list[str]:
        """The points at which pages shall send their request twice."""
        return [fault.at for fault in self._armed if fault.kind == "twice"]
