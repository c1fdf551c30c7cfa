"""Where a plan that is made goes: a new file, the end of one that is there, or stdout."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from assistant.accounts import AccountInUse, plan_limits
from assistant.errors import UsageError
from assistant.plans.draft import Draft, Rules, Standing, draft
from assistant.plans.planned import PlannedProject
from assistant.plans.save import check_new
from assistant.plans.together import template_folders
from assistant.plans.write import NO_NOTES
from assistant.platform import load_rules
from assistant.site import SiteProject
from tui.call import Call
from tui.plan_text import plan_event, told

DEFAULT = Path("plan.toml")


@dataclass(frozen=True)
class Target:
    """A plan's place and account, made sure of before anything is asked, read or run. `file` None: stdout."""

    call: Call
    account: AccountInUse
    file: Path | None
    standing: Standing | None = None

    @classmethod
    def of(cls, call: Call, file: Path | None, *, default: Path = DEFAULT) -> Target:
        """A new plan: in `file`, else in `default` where a person reads, else on stdout. Raises `UsageError`."""
        reads = sys.stdout.isatty() and not call.options.json
        if file is None or str(file) == "-":
            file = default if reads and file is None else None
        account = call.account()
        if file is not None:
            check_new(file)
        return cls(call, account, file)

    @classmethod
    def adding(cls, call: Call, file: Path | None) -> Target:
        """The end of a plan that is there. Raises `UsageError`, or `PlanError` for one with problems."""
        file = file or DEFAULT
        settings = call.settings

        standing = Standing.read(
            file, lambda name: plan_limits(load_rules(name, settings.config_dir)), template_folders(settings)
        )
        if call.options.account not in (None, standing.plan.account):
            raise UsageError(
                f"the plan is for the account {standing.plan.account}, and --account says {call.options.account}",
                where=str(file),
                hint="leave --account out, or begin a plan of its own",
            )
        return cls(call, call.account(standing.plan), file, standing)

    @property
    def rules(self) -> Rules:
        """What the plan is held against."""
        facts = self.account.facts
        return Rules(facts.platform, facts.name, self.account.plan_limits, template_folders(self.call.settings))

    @property
    def shown(self) -> Path:
        """What the plan is called in messages and runs."""
        return self.file or Path("-")

    @property
    def before(self) -> tuple[PlannedProject, ...]:
        """The projects that the plan has already."""
        return self.standing.plan.projects if self.standing else ()

    def listed(self) -> list[SiteProject]:
        """The account's projects as the journal knows them; none where there is no journal yet."""
        if not self.call.settings.journal_path.is_file():
            return []
        return self.call.journal.sightings.projects(self.account.facts.id)

    def draft(self, projects: Sequence[PlannedProject], notes: Mapping[str, str] = NO_NOTES) -> Draft:
        """The plan as it would be saved. Raises `PlanError` if it does not load."""
        return draft(self.rules, self.shown, projects, notes, to=self.standing)

    def write(self, made: Draft) -> None:
        """Save it, and say what was written and what comes next. Raises `UsageError`."""
        output = self.call.output
        event = plan_event(made.plan) | {"added": made.added}
        if self.file is None:
            output.event(event | {"file": None, "text": made.text})
            if not output.as_json:
                click.echo(made.text, nl=False)
            output.note(told(made.plan))
            return
        made.save(self.file)
        following = command_line(("preview", str(self.file)), self.call.options.config)
        output.event(event | {"next": following})
        done = f"added {made.added} projects; " if self.standing else ""
        output.line(f"wrote {self.file}: {done}{told(made.plan)}")
        output.line(f"next: {following}")


def command_line(words: Sequence[str], config: Path | None) -> str:
    """A command of ours, ready for a shell, with the settings that this call named. The account is in the plan."""
    more = ["--config", str(config)] if config else []
    return shlex.join(["milepost", *words, *more])
