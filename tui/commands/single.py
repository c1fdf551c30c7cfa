"""`milepost release` and `milepost request-release`: one milestone, shown from a fresh look, typed, and carried out."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click

from assistant.clock import now
from assistant.errors import ApprovalRefused, CouldNotRead, UsageError
from assistant.money import Money
from assistant.plans.plan import Plan
from assistant.resolve import resolve
from assistant.single import Single, SingleKind, approve_single, single_of
from assistant.site import Look
from assistant.work import Work
from tui.asking import ask_line, drop_what_was_typed_ahead
from tui.call import Call, this_call
from tui.command import command
from tui.commands.apply import tell_attempt, tell_end
from tui.commands.preview import look_and_preview
from tui.following import follow_to_the_end


@command(
    "release",
    examples=[
        "milepost release december.toml 38112233 m1",
        'milepost release december.toml 38112233 m1 --amount "200.00 USD" --approve "200.00 USD"',
    ],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("project")
@click.argument("key")
@click.option("--amount", metavar='"AMOUNT CUR"', help="Release only this part of it; left out: all of it.")
@click.option("--approve", metavar='"AMOUNT CUR"', help="The amount, where nobody can type it.")
def release(plan: Path, project: str, key: str, amount: str | None, approve: str | None) -> int:
    """Release one funded milestone to the freelancer. It cannot be undone.

    Shows payee, amount and state as the site shows them now, and asks for the amount to be typed.
    """
    pay = Money.parse(amount) if amount else None
    return _carry_out(SingleKind.RELEASE, plan, project, key, approve, pay)


@command(
    "request-release",
    examples=["milepost request-release december.toml 38112233 m1"],
)
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("project")
@click.argument("key")
@click.option("--approve", metavar="delivered", help="The word, where nobody can type it.")
def request_release(plan: Path, project: str, key: str, approve: str | None) -> int:
    """Ask the client to release one milestone whose work is delivered.

    Asking before the work is delivered breaks the platform's rules; so it asks for the word "delivered" to be typed.
    """
    return _carry_out(SingleKind.REQUEST_RELEASE, plan, project, key, approve)


def _carry_out(
    kind: SingleKind, file: Path, project: str, key: str, approve: str | None, pay: Money | None = None
) -> int:
    call = this_call()
    plan = only_project(call.plan(file), project)
    check_key(plan, key)
    work = call.work(plan)
    work.check_single(kind)
    single = single_of(kind, work.account.facts, look_at(call, work, plan), key, work.journal, pay)
    work.check_single(kind, single)
    _tell(call, single)
    if kind is SingleKind.RELEASE:
        call.output.line("a release cannot be undone; milestone payments cannot be returned once released")
    typed = approve or typed_or_refused(call, single.wanted)
    order = approve_single(single, typed, now(), work.settings.approval.minutes)
    run_id = work.start_single(order, plan)
    run = follow_to_the_end(work.journal, run_id, call.output, lambda event: tell_attempt(call, event))
    return tell_end(call, run)


def only_project(plan: Plan, name: str) -> Plan:
    """The plan with nothing but the named project. Raises `UsageError` for none or several of that name."""
    named = plan.named(name)
    if len(named) != 1:
        names = ", ".join(project.name for project in plan.projects)
        raise UsageError(
            f"{name!r} names {'several projects' if named else 'no project'} of the plan",
            where=str(plan.file),
            hint=f"its projects are {names}",
        )
    return replace(plan, projects=named)


def check_key(plan: Plan, key: str) -> None:
    """Raises `UsageError` if the only project of a plan has no milestone of that key."""
    [project] = plan.projects
    if project.milestone(key) is None:
        keys = ", ".join(milestone.key for milestone in project.milestones)
        raise UsageError(
            f"{key!r} is no milestone of {project.name!r} in the plan",
            where=str(plan.file),
            hint=f"its keys are {keys}" if keys else "it is skipped on purpose",
        )


def look_at(call: Call, work: Work, plan: Plan) -> Look:
    """A look, made now, at the only project of a plan."""
    look_and_preview(call, work, plan)
    account = work.account.facts.id
    [(_, project)] = resolve(plan, work.journal.sightings.projects(account))
    look = work.journal.sightings.look(account, project)
    if look is None:
        raise CouldNotRead(f"project {project.ref} could not be looked at")
    return look


def _tell(call: Call, single: Single) -> None:
    milestone = single.milestone
    facts = {
        "project": single.project.ref,
        "title": single.project.title,
        "payee" if single.kind is SingleKind.RELEASE else "client": single.project.counterparty,
        "key": single.key,
        "milestone": milestone.site_ref,
        "description": milestone.description,
        "amount": str(single.pay),
        "of": str(milestone.amount),
        "state": f"{milestone.state} ({milestone.raw})",
    }
    call.output.event({"event": single.kind.value, **facts})
    for name, value in facts.items():
        call.output.line(f"{name:<12} {value}")


def typed_or_refused(call: Call, wanted: str) -> str:
    """What a person types when asked for `wanted`. Raises `ApprovalRefused` where nobody can type."""
    if call.options.json or not sys.stdin.isatty():
        raise ApprovalRefused("nobody is there to type the approval", hint=f'give it with --approve "{wanted}"')
    drop_what_was_typed_ahead()
    return ask_line(f"type {wanted} to do it")
