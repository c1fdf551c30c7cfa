"""Another party acts: the freelancer requests, the client funds, somebody edits or deletes a row."""

from typing import Any

from flows.mock_platform import carts, milestone_requests, milestones, money, projects, truth
from flows.mock_platform.answers import whole
from flows.mock_platform.site import Site
from flows.mock_platform.store import Row, Tx

ACTS = (
    "fund",
    "accept",
    "reject",
    "release",
    "request_release",
    "dispute",
    "cancel",
    "request_cancel",
    "edit",
    "delete",
    "add",
)
_FIELDS = ("act", "project", "milestone", "request", "amount", "description", "what", "reason")


class BadAct(ValueError):
    """An act that cannot be understood; the text says what is wrong."""


def act(site: Site, body: dict[str, Any], actions: dict[str, Any] | None = None) -> dict[str, Any]:
    """Carry out an act. Answers the rows it left behind. Raises BadAct, or ApiError when the site's rules refuse.

    `actions` are those of another kind of site.
    """
    name = body.get("act")
    problems = [f"no field {field!r}; there are {', '.join(_FIELDS)}" for field in body if field not in _FIELDS]
    if name not in ACTS:
        problems.append(f"act is one of {' | '.join(ACTS)}, not {name!r}")
    if problems:
        raise BadAct("; ".join(problems))
    with site.write() as tx:
        target = Target(tx, body)
        (actions or ACTIONS)[str(name)](tx, target, site)
        return {"status": "success", "touched": [_left(tx, item.table, item.ref) for item in tx.touched]}


class Target:
    """The rows an act names. BadAct for what there is none of."""

    def __init__(self, tx: Tx, body: dict[str, Any]) -> None:
        self.body = body
        self.milestone = self._row(tx, "milestone", milestones.get)
        self.request = self._row(tx, "request", milestone_requests.get)
        row = self.milestone or self.request
        ref = row["project"] if row else body.get("project")
        project = projects.by_ref(tx, whole(ref))
        if project is None:
            raise BadAct(f"no project {ref!r}; name a project, a milestone or a request")
        self.project: Row = project

    def _row(self, tx: Tx, name: str, get: Any) -> Row | None:
        if self.body.get(name) is None:
            return None
        row: Row | None = get(tx, whole(self.body[name]))
        if row is None:
            raise BadAct(f"no {name} {self.body[name]!r}")
        return row

    def the_milestone(self) -> Row:
        """The milestone; BadAct when none is named."""
        if self.milestone is None:
            raise BadAct(f"{self.body['act']} needs a milestone")
        return self.milestone

    def minor(self, default: int | None = None) -> int:
        """The amount in minor units; BadAct when there is none."""
        value = self.body.get("amount")
        if value is None and default is not None:
            return default
        try:
            return money.parse(value, self.project["currency"])
        except money.BadAmount as bad:
            raise BadAct(f"amount: {bad}") from None

    def description(self) -> str:
        """The description; BadAct when there is none."""
        text = self.body.get("description")
        if not isinstance(text, str) or not text:
            raise BadAct("description is missing")
        return text


def _left(tx: Tx, table: str, ref: int) -> dict[str, Any]:
    getter = {"milestones": milestones.get, "requests": milestone_requests.get}.get(table)
    row = getter(tx, ref) if getter else None
    if row is None:
        return {"kind": table, "ref": str(ref), "gone": True}
    project = projects.by_ref(tx, row["project"])
    code = project["currency"] if project else "USD"
    return {"kind": table, **(truth.milestone(row, code) if table == "milestones" else truth.request(row, code))}


def _fund(tx: Tx, target: Target, site: Site) -> None:
    if target.milestone is not None:
        if target.milestone["status"] != "pending":
            raise BadAct("fund names a milestone that is already funded; name a request, or a project and an amount")
        milestones.force(tx, target.milestone, status="frozen")
        return
    request = target.request
    ref = None if request is None else int(request["ref"])
    minor = target.minor(None if request is None else request["minor"])
    text = request["description"] if request is not None else target.description()
    carts.charge_directly(tx, carts.Order(target.project, minor, text, ref), "balance", site.knobs)


def _accept(tx: Tx, target: Target, site: Site) -> None:
    if target.request is not None:
        _fund(tx, target, site)
        return
    if target.project["award"] == "none":
        raise BadAct("accept names a project that nobody was awarded")
    ref = target.project["ref"]
    tx.run("UPDATE projects SET award = 'accepted' WHERE ref = ?", ref)
    for row in tx.all("SELECT * FROM milestones WHERE project = ? AND status = 'pending'", ref):
        milestones.force(tx, row, status="frozen")


def _reject(tx: Tx, target: Target, site: Site) -> None:
    if target.request is not None:
        row = milestone_requests.pending(tx, target.request["ref"], target.project)
        milestone_requests.decide(tx, row, "rejected")
        return
    milestones.act(tx, target.the_milestone(), "reject_cancel", "freelancer", {})


def _milestone_act(action: str, side: str) -> Any:
    def carry_out(tx: Tx, target: Target, site: Site) -> None:
        fields = {"amount": target.body.get("amount"), "reason": target.body.get("reason", "no_longer_needed")}
        milestones.act(tx, target.the_milestone(), action, side, fields)

    return carry_out


def _edit(tx: Tx, target: Target, site: Site) -> None:
    values: dict[str, Any] = {}
    if target.body.get("amount") is not None:
        values["minor"] = target.minor()
    if target.body.get("description") is not None:
        values["description"] = target.description()
    if not values:
        raise BadAct("edit needs an amount or a description")
    if target.request is None:
        milestones.force(tx, target.the_milestone(), **values)
        return
    row = target.request
    minor, text = values.get("minor", row["minor"]), values.get("description", row["description"])
    tx.run("UPDATE requests SET minor = ?, description = ? WHERE ref = ?", minor, text, row["ref"])
    tx.note("requestMilestone", "requests", row["ref"], row["project"], row)


def _delete(tx: Tx, target: Target, site: Site) -> None:
    if target.request is not None:
        row = milestone_requests.pending(tx, target.request["ref"], target.project)
        milestone_requests.decide(tx, row, "deleted")
        return
    row = target.the_milestone()
    tx.run("DELETE FROM milestones WHERE ref = ?", row["ref"])
    tx.note("milestoneStatusUpdate", "milestones", row["ref"], row["project"], row)


def _add(tx: Tx, target: Target, site: Site) -> None:
    what = target.body.get("what", "milestone")
    if what not in ("milestone", "request"):
        raise BadAct(f"what is milestone or request, not {what!r}")
    create = milestones.create if what == "milestone" else milestone_requests.create
    create(tx, target.project, target.minor(), target.description())


ACTIONS: dict[str, Any] = {
    "fund": _fund,
    "accept": _accept,
    "reject": _reject,
    "release": _milestone_act("release", "client"),
    "request_release": _milestone_act("request_release", "freelancer"),
    "dispute": _milestone_act("dispute", "freelancer"),
    "cancel": _milestone_act("cancel", "freelancer"),
    "request_cancel": _milestone_act("request_cancel", "client"),
    "edit": _edit,
    "delete": _delete,
    "add": _add,
}
