"""Every exception of Milepost, as one tree, and the exit code each ends with.

    MilepostError                    1
    ├── UsageError                   1  the command was called wrongly
    ├── ConfigError                  1  settings that cannot be read or do not fit
    ├── PlanError                    1  a plan with problems; all of them at once
    ├── ProfileError                 1  a platform's profile is missing or does not fit
    ├── JournalError                 1  the journal cannot be read or written
    ├── RunError                     1  a run could not be started, or died
    ├── BrowserError                 1  no browser, or it crashed
    ├── SiteError                    1  the site answered, but not as it should
    │   ├── CouldNotRead             1  a page was not seen whole: nothing follows from it
    │   ├── NotFound                 1  no such project on the site
    │   ├── Ambiguous                1  several projects answer to one name
    │   ├── SiteRefused              3  the site said no, in its own words
    │   └── LoginError               1  not signed in
    │       ├── WrongPassword        1  the person corrects the password
    │       ├── CodeNeeded           1  the person types a 2-step code
    │       ├── CaptchaShown         1  the person solves it; Milepost never does
    │       ├── UnknownDevice        1  the person confirms the device by e-mail
    │       ├── AccountClosed        1  the platform's support
    │       └── AccountSuspended     1  the platform's support
    ├── Refused                      3  a guard said no before anything happened
    │   ├── ApprovalRefused          3  wrong total, wrong or stale digest, too old
    │   ├── CapExceeded              3  more than a cap allows
    │   ├── Mismatch                 3  a page shows something other than what was approved
    │   ├── OriginRefused            3  a page outside the profile's own origin
    │   ├── NobodyCame               3  a person was waited for, in vain
    │   └── LiveRefused              3  a money step on a live site that may not be taken
    └── OutcomeUnknown               4  it may have been paid

Each error says what was tried and seen (``message``), where (``where``), and what to do next (``hint``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class MilepostError(Exception):
    """Anything Milepost refuses or fails to do; a person can act on it."""

    code: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, *, where: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.where = where
        self.hint = hint

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for this error."""
        return {"event": "error", "code": self.code, "message": self.message, "where": self.where, "hint": self.hint}


class UsageError(MilepostError):
    """The command was called with words that do not fit together."""

    code = "usage"


class ConfigError(MilepostError):
    """Settings that cannot be read or do not fit."""

    code = "config"


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in a file a person wrote: where it stands and how to mend it."""

    file: str
    line: int
    field: str
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.field}: {self.message} ({self.mend})"

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints for this problem."""
        return {
            "event": "error",
            "code": PlanError.code,
            "message": self.message,
            "where": f"{self.file}:{self.line}: {self.field}",
            "hint": self.mend,
        }


class PlanError(MilepostError):
    """A plan with problems. ``problems`` holds all of them, in the order of the file."""

    code = "plan"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        files = ", ".join(sorted({p.file for p in self.problems}))
        count = len(self.problems)
        super().__init__(
            f"{count} problem{'s' if count != 1 else ''} in {files}:\n" + "\n".join(f"  {p}" for p in self.problems),
            where=files,
            hint="mend the plan and run the same command again; nothing was done",
        )


class ProfileError(MilepostError):
    """A platform's profile is missing or does not fit."""

    code = "profile"


class JournalError(MilepostError):
    """The journal cannot be opened, read or written."""

    code = "journal"


class RunError(MilepostError):
    """A run could not be started, is held by another one, or died."""

    code = "run"


class BrowserError(MilepostError):
    """No usable browser was found, or the browser crashed."""

    code = "browser"


class SiteError(MilepostError):
    """The site answered, but not as it should. Carries the site's own words."""

    code = "site"

    def __init__(
        self,
        message: str,
        *,
        where: str | None = None,
        hint: str | None = None,
        site_message: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, where=where, hint=hint)
        self.site_message = site_message
        self.request_id = request_id

    def as_event(self) -> dict[str, object]:
        """The object that ``--json`` prints, with the site's message and request id."""
        return super().as_event() | {"site_message": self.site_message, "request_id": self.request_id}


class CouldNotRead(SiteError):
    """A page was not seen whole. Nothing is absent, gone or settled because of it."""

    code = "could_not_read"


class NotFound(SiteError):
    """The site has no such project for this account."""

    code = "not_found"


class Ambiguous(SiteError):
    """Several projects on the site answer to one name; Milepost never guesses between them."""

    code = "ambiguous"


class SiteRefused(SiteError):
    """The site said no and nothing was written."""

    code = "site_refused"
    exit_code = 3


class LoginError(SiteError):
    """The account is not signed in."""

    code = "login"


class WrongPassword(LoginError):
    """Login name or password are not what the site knows."""

    code = "wrong_password"


class CodeNeeded(LoginError):
    """The site asks for a 2-step code."""

    code = "code_needed"


class CaptchaShown(LoginError):
    """The site asks to solve a captcha; only a person does that."""

    code = "captcha"


class UnknownDevice(LoginError):
    """The site does not know this device and sent the person a message."""

    code = "unknown_device"


class AccountClosed(LoginError):
    """The site says that the account is closed."""

    code = "account_closed"


class AccountSuspended(LoginError):
    """The site says that the account is suspended."""

    code = "account_suspended"


class Refused(MilepostError):
    """A guard said no before anything happened."""

    code = "refused"
    exit_code = 3


class ApprovalRefused(Refused):
    """The approval does not fit the preview: wrong total, wrong or stale digest, or too old."""

    code = "approval"


class CapExceeded(Refused):
    """A change, run or day would go over a cap of the settings."""

    code = "cap"


class Mismatch(Refused):
    """A page shows something other than what was approved; it was left without submitting."""

    code = "mismatch"


class OriginRefused(Refused):
    """A page outside the profile's own origin; nothing is typed or paid there."""

    code = "origin"


class NobodyCame(Refused):
    """The run waited for a person to do something; the time was over, or the run was stopped."""

    code = "nobody_came"


class LiveRefused(Refused):
    """A money step on a live site that may not be taken: nobody can press it, or it is only read with."""

    code = "live"


class OutcomeUnknown(MilepostError):
    """A change may have gone through and could not be read back."""

    code = "unknown"
    exit_code = 4


EXIT_ORDER = (4, 3, 1, 2, 0)


def worst_exit(codes: Sequence[int]) -> int:
    """The exit code that wins when several hold: 4, 3, 1, 2, in that order; 0 for none."""
    return min(codes, key=EXIT_ORDER.index, default=0)
