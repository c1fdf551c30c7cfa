"""What the options of `milepost plan new` ask for, read and held against each other, every mistake at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from assistant.errors import UsageError
from assistant.money import Money
from assistant.plans.choosing import Choice
from assistant.plans.csv_cells import DateOrder
from assistant.plans.new import Named, Outline, name_of
from assistant.plans.planned import PlannedProject
from assistant.site import SiteProject
from tui.word_problems import WordProblem, WordProblems, wrong

T = TypeVar("T")


def read_day(text: str) -> date:
    """A date as a person types it: ``2026-12-01``. `UsageError` for anything else, or what can be read in two ways."""
    return DateOrder().read(text.strip())


@dataclass(frozen=True)
class Said:
    """The options as they were typed; None, () and False where one was not."""

    project: tuple[str, ...] = ()
    projects: str | None = None
    from_site: bool = False
    total: str | None = None
    split: str | None = None
    template: str | None = None
    start: str | None = None
    days: int | None = None
    weeks: int | None = None
    first: str | None = None

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to go by, so that a person has to be asked."""
        return self == Said()


@dataclass
class Wishes:
    """What the options mean together."""

    said: Said
    problems: list[WordProblem] = field(default_factory=list)
    outline: Outline = field(default_factory=Outline)
    total: Money | None = None
    choice: Choice | None = None

    @classmethod
    def read(cls, said: Said) -> Wishes:
        """Read every option. Raises `WordProblems` with all that is wrong."""
        wishes = cls(said)
        wishes._check_which()
        (wishes._check_from_site if said.from_site else wishes._check_outline)()
        wishes.total = wishes._value("--total", said.total, Money.parse)
        wishes.choice = wishes._value("--projects", said.projects, Choice.read)
        start = wishes._value("--start", said.start, read_day)
        wishes.outline = Outline(said.split, said.template, start, said.days, said.weeks, said.first)
        if wishes.problems:
            raise WordProblems(wishes.problems)
        return wishes

    def names(self, listed: Sequence[SiteProject]) -> list[Named]:
        """The projects that were named one by one. Raises `WordProblems` for a title of several."""
        found = [self._value("--project", text, lambda text: name_of(text, listed)) for text in self.said.project]
        if self.problems:
            raise WordProblems(self.problems)
        return [name for name in found if name is not None]

    def _value(self, option: str, text: str | None, reader: Callable[[str], T]) -> T | None:
        if text is None:
            return None
        try:
            return reader(text)
        except UsageError as error:
            self.problems.append(wrong(option, error))
            return None

    def _report(self, option: str, message: str, mend: str) -> None:
        self.problems.append(WordProblem(option, message, mend))

    def _check_which(self) -> None:
        said = self.said
        if said.project and (said.projects is not None or said.from_site):
            beside = "--projects" if said.projects is not None else "--from-site"
            self._report("--project", f"stands beside {beside}", "name the projects in one way")
        if not said.project and said.projects is None and not said.from_site:
            self._report("--project", "is missing", "name a project by its ref or title, or say --projects open")
        if any(not text.strip() for text in said.project):
            self._report("--project", "is empty", "write a ref or a title")

    def _check_from_site(self) -> None:
        for name in ("total", "split", "template", "start", "days", "weeks", "first"):
            if getattr(self.said, name) is not None:
                self._report(f"--{name}", "stands beside --from-site, which takes what stands", "leave one of them out")

    def _check_outline(self) -> None:
        if self.said.split is not None and self.said.template is not None:
            self._report("--template", "stands beside --split", "leave one of them out")
        if self.said.split is None and self.said.template is None:
            self._report("--split", "is missing", 'write --split "5 x 20%", or --template website')


def check_drafted(
    wishes: Wishes, projects: Sequence[PlannedProject], faults: Sequence[tuple[int, str, str, str]]
) -> None:
    """Raise `WordProblems` for what a plan would find wrong: (number of the project, option, message, mend).

    What is wrong with all of them is said once; else each says which project it is about.
    """
    alike: dict[tuple[str, str, str], list[int]] = {}
    for number, option, message, mend in faults:
        alike.setdefault((option, message, mend), []).append(number)
    for (option, message, mend), numbers in alike.items():
        if len(numbers) == len(projects):
            wishes.problems.append(WordProblem(option, message, mend))
            continue
        wishes.problems += [WordProblem(option, f"{projects[n].name}: {message}", mend) for n in numbers]
    if wishes.problems:
        raise WordProblems(wishes.problems)
