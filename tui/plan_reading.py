"""Projects for a plan as the site shows them now: read by runs, chosen by a person's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from assistant.errors import PlanError
from assistant.journal.overview import read_overview
from assistant.money import Money
from assistant.plans.choosing import Choice
from assistant.plans.draft import problems_of
from assistant.plans.from_site import from_site, notes_from_site
from assistant.plans.new import Outline, with_totals
from assistant.plans.plan import Plan
from assistant.plans.planned import PlannedProject
from assistant.plans.project import NOTHING
from assistant.resolve import resolve
from assistant.site import Look, SiteProject
from assistant.work import Work
from tui.commands.preview import look_at_projects
from tui.commands.projects import read_my_projects
from tui.plan_target import Target


@dataclass
class Reading:
    """The site as one plan is made from it. `left_out` grows: by ref, why a project that was meant is not planned."""

    target: Target
    work: Work
    left_out: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, target: Target) -> Reading:
        """For the target's account."""
        call = target.call
        return cls(target, Work(call.settings, call.journal, target.account))

    def listed(self) -> list[SiteProject]:
        """My Projects, read now."""
        read_my_projects(self.target.call, self.work)
        return self.target.listed()

    def looks_at(self, projects: Sequence[SiteProject]) -> Mapping[str, Look]:
        """A look at each of these projects, made now, by its ref."""
        if not projects:
            return {}
        facts = self.work.account.facts
        wanted = tuple(PlannedProject(ref=project.ref, total=NOTHING) for project in projects)
        look_at_projects(self.target.call, self.work, Plan(self.target.shown, facts.platform, facts.name, wanted))
        looks = read_overview(self.work.journal, facts.id).looks
        return {project.ref: looks[project.ref] for project in projects}

    def chosen(self, choice: Choice) -> tuple[list[SiteProject], dict[str, Look]]:
        """The projects that are meant, without those that the plan has already, and the looks made on the way."""
        listed = self.listed()
        looks = dict(self.looks_at(choice.to_look_at(listed)))
        there = self._in_the_plan(listed)
        chosen = choice.projects(listed, looks)
        self.left_out |= {project.ref: "it is in the plan already" for project in chosen if project.ref in there}
        return [project for project in chosen if project.ref not in there], looks

    def _in_the_plan(self, listed: Sequence[SiteProject]) -> set[str]:
        if self.target.standing is None:
            return set()
        plan = self.target.standing.plan
        found: set[str] = set()
        for planned in plan.projects:
            try:
                single = Plan(plan.file, plan.platform, plan.account, (planned,))
                found |= {site.ref for _, site in resolve(single, listed)}
            except PlanError:
                continue  # a project that the site does not show is not one that would be added
            if planned.skipped and planned.ref is not None:
                found.add(planned.ref)
        return found

    def what_stands(self, choice: Choice) -> tuple[list[PlannedProject], dict[str, str]]:
        """Every project that is meant with all that stands on it, spelled out; and a remark for each."""
        chosen, looks = self.chosen(choice)
        looks |= self.looks_at([project for project in chosen if project.ref not in looks])
        facts = self.work.account.facts
        claims = self.work.journal.attempts.claims(facts.id)
        limits = self.work.account.plan_limits
        return from_site(chosen, looks, facts.role, claims=claims, limits=limits), notes_from_site(chosen)

    def outlined(
        self, choice: Choice, total: Money | None, outline: Outline
    ) -> tuple[list[PlannedProject], dict[str, str]]:
        """Every project that is meant with one outline; and a remark for each.

        A project that only a word such as ``open`` means is left out where it cannot be planned so; one that was
        named by its ref is kept, so that the plan's checks say what is wrong.
        """
        chosen, _ = self.chosen(choice)
        planned, without_total = with_totals(chosen, total, outline)
        self.left_out |= without_total
        faults = {project.ref: problems_of(self.target.rules, project) for project in planned}
        if all(faults.values()):  # then it is the outline, not the projects
            return planned, notes_from_site(chosen)
        for project in planned:
            if (found := faults[project.ref]) and project.ref not in choice.refs:
                self.left_out[str(project.ref)] = found[0].message
        kept = [project for project in planned if project.ref not in self.left_out]
        return kept, notes_from_site(chosen)
