"""Settings: one TOML file, the environment and the command line, each stronger than the one before.

The file is `--config FILE`, else `MILEPOST_CONFIG`, else `config.toml` in the user's own config folder. A file in the
working folder is never read: a cloned repository must not get its `password.command` run. Environment variables are
`MILEPOST_` and the setting's name, parts joined by two underscores: `MILEPOST_ACCOUNTS__ANNA__LOGIN`.

Every field has a description; `config.example.toml`, `docs/settings.md` and `milepost config show` are made from them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Any

import platformdirs
from pydantic import BeforeValidator, Field, PrivateAttr, SecretStr, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from assistant.checks.finding import Kind, Severity
from assistant.errors import UsageError
from assistant.platform import is_mock, load_rules
from assistant.settings.place import ENV_PREFIX, config_file, default_config_file
from assistant.settings.sources import LoadedSettings, load_layers
from assistant.settings.types import (
    AccountName,
    Amounts,
    AnyList,
    ClockTime,
    CurrencyCode,
    Folder,
    Line,
    MoneyAmount,
    Origin,
    Patterns,
    Quiet,
    SecretChoice,
    Section,
    TimeZone,
    WholePath,
    amount_in,
    wrong,
)
from assistant.site import Role, SourceKind


class Password(SecretChoice):
    """Where an account's password comes from. Left out: a person logs in by hand, once."""

    env: Line | None = Field(
        default=None,
        description="Name of the environment variable that holds the password. It is taken out of the environment "
        "before a browser is started.",
        examples=["ANNA_PASSWORD"],
    )
    command: Line | None = Field(
        default=None,
        description="Command that prints the password on its first line. It is run without a shell.",
        examples=["pass show freelancer/anna"],
    )
    keyring: bool = Field(
        default=False,
        description='Take the password from the system\'s keyring (service "milepost").',
        examples=[True],
    )
    literal: SecretStr | None = Field(
        default=None,
        description="The password itself; only for a mock platform on this machine.",
        examples=["milepost"],
    )


class SessionKey(SecretChoice):
    """Where the key comes from that encrypts sessions at rest."""

    file: bool = Field(
        default=False, description="A file in the data folder that only you can read. Works in timers.", examples=[True]
    )
    keyring: bool = Field(
        default=False,
        description="The system's keyring. Timers and cron cannot open it.",
        examples=[True],
    )
    command: Line | None = Field(
        default=None,
        description="Command that prints the key, of 16 characters or more, on its first line. It is run without a "
        "shell.",
        examples=["pass show milepost/sessions"],
    )


class Sessions(Section):
    """How signed-in sessions are kept."""

    key: SessionKey = Field(
        default=SessionKey(file=True),
        description="Where the key comes from that encrypts sessions at rest: one of file, keyring, command.",
        examples=[{"file": True}],
    )


class Browser(Section):
    """The browser that carries runs out."""

    path: WholePath | None = Field(
        default=None,
        description="The browser's own binary (no shell wrapper). Left out: Playwright's own, then Chrome, Chromium, "
        "Edge of the system.",
        examples=["/usr/bin/google-chrome"],
    )
    endpoint: Line | None = Field(
        default=None,
        description="A browser that runs already, by its DevTools address. Left out: Milepost starts one itself.",
        examples=["http://127.0.0.1:9222"],
    )
    headless: bool | None = Field(
        default=None,
        description="Whether the browser has no window. Left out: no window on a mock platform, a window on a live "
        "site.",
        examples=[False],
    )


class CapAmounts(Section):
    """The most that may be spent in one currency. What is left out has no cap."""

    milestone: MoneyAmount | None = Field(default=None, description="The most for one milestone.", examples=["1000.00"])
    run: MoneyAmount | None = Field(default=None, description="The most for one run.", examples=["5000.00"])
    day: MoneyAmount | None = Field(
        default=None,
        description="The most for one account in the 24 hours before; what may have been paid counts.",
        examples=["10000.00"],
    )


def _caps(value: Any) -> Any:
    """Each cap with the currency that its table is named after."""
    if not isinstance(value, Mapping):
        return value
    return {
        code: {name: amount_in(amount, str(code)) for name, amount in table.items()}
        if isinstance(table, Mapping)
        else table
        for code, table in value.items()
    }


class ApprovalSettings(Section):
    """What an approval is worth."""

    minutes: int = Field(default=60, ge=1, le=1440, description="Minutes after which an approval ends.", examples=[60])


class CheckSettings(Section):
    """What a status check looks at, and after how many days something is worth telling."""

    due_soon_days: int = Field(
        default=3,
        ge=0,
        le=365,
        description="Days before its due date from which a milestone is due soon.",
        examples=[3],
    )
    waiting_days: int = Field(
        default=3,
        ge=0,
        le=365,
        description="Days after which a request that is not funded, or a release that was asked for, is told.",
        examples=[3],
    )
    idle_days: int = Field(
        default=30,
        ge=1,
        le=1000,
        description="Days after which a funded milestone whose release nobody asks for is told.",
        examples=[30],
    )
    dispute_days: int = Field(
        default=3,
        ge=1,
        le=60,
        description="Days before the time to answer a dispute ends, from which it is told again.",
        examples=[3],
    )
    balance_days: int = Field(
        default=7,
        ge=0,
        le=365,
        description="A client's balance should reach for what falls due within so many days.",
        examples=[7],
    )
    session_days: int = Field(
        default=3, ge=0, le=365, description="Days before a kept session ends, from which it is told.", examples=[3]
    )
    news_days: int = Field(
        default=7, ge=1, le=365, description="Days for which what happened is listed by `check --all`.", examples=[7]
    )
    again_days: int | None = Field(
        default=None,
        ge=1,
        le=365,
        description="Days after which a finding that still holds is told again. Left out: once, until it changes.",
        examples=[7],
    )
    look_again_days: int = Field(
        default=7,
        ge=1,
        le=365,
        description="Days after which a project is looked at whatever My Projects says; ended ones are not.",
        examples=[7],
    )
    at_once: int = Field(
        default=3,
        ge=1,
        le=8,
        description="Projects that a check looks at at the same time, each in a tab.",
        examples=[3],
    )


class ChannelUrl(SecretChoice):
    """Where a channel's address comes from: an Apprise URL, which is a secret for most services."""

    env: Line | None = Field(
        default=None,
        description="Name of the environment variable that holds the address.",
        examples=["PHONE_URL"],
    )
    command: Line | None = Field(
        default=None,
        description="Command that prints the address on its first line. It is run without a shell. Works in timers.",
        examples=["pass show milepost/phone"],
    )
    keyring: Line | None = Field(
        default=None,
        description='Name under which the system\'s keyring has it (service "milepost"). Timers cannot open it.',
        examples=["phone"],
    )
    literal: SecretStr | None = Field(
        default=None,
        description="The address itself, for one that holds no secret: of the desktop, of a mail server or a webhook "
        "without a password.",
        examples=["dbus://"],
    )

    @model_validator(mode="after")
    def _literal_without_secret(self) -> ChannelUrl:
        if self.literal is not None and not _OPEN_URL.fullmatch(self.literal.get_secret_value()):
            raise wrong(
                "an address that may hold a secret stands in the settings",
                "use url = { command = ... } or { env = ... }",
            )
        return self


class Channel(Section):
    """One way to tell you what a check found."""

    url: ChannelUrl = Field(
        description="Where the channel's Apprise address comes from: one of env, command, keyring, literal.",
        examples=[{"command": "pass show milepost/phone"}],
    )
    least: Severity = Field(
        default=Severity.NOTICE,
        description='What it is told at least: "info", "notice", "warning" or "urgent".',
        examples=["notice"],
    )
    kinds: Annotated[list[Kind], AnyList] = Field(
        default=[], description="The kinds of finding it is told of. Left out: all.", examples=[["disputed", "late"]]
    )
    at_once: Severity = Field(
        default=Severity.INFO,
        description="From which urgency on it is told at once; what is less waits for the day's digest.",
        examples=["info"],
    )
    amounts: bool = Field(default=True, description="Whether messages may hold amounts.", examples=[False])
    titles: bool = Field(
        default=True, description="Whether messages may hold titles and texts of projects.", examples=[False]
    )


class Notify(Section):
    """Notifications of what unattended checks find, sent through Apprise."""

    quiet: Quiet | None = Field(
        default=None,
        description="Hours in which only what is urgent is sent, in your time zone; the rest follows after them.",
        examples=["22:00-07:00"],
    )
    digest_at: ClockTime = Field(
        default=time(8, 0),
        description="When the day's digest is sent: by the first check after it.",
        examples=["08:00"],
    )


_OPEN_URL = re.compile(
    r"(?:dbus|gnome|kde|qt|glib|macosx|windows|syslog)://[^@:]*"
    r"|(?:jsons?|xmls?|forms?|mailtos?)://[A-Za-z0-9.-]+(?::[0-9]+)?(?:/(?!/)[^@:?]*)?(?:\?(?!.*(?:pass|token|key)=).*)?"
)
"""Addresses without a password or token in them."""


class Account(Section):
    """One login on one platform. Its name in the settings is what `--account` and plans say."""

    platform: Line = Field(
        description="The platform, as `milepost platforms` lists it.",
        examples=["freelancer"],
    )
    role: Role = Field(
        description='What the account is there: "client" pays, "freelancer" is paid.', examples=["client"]
    )
    login: Line = Field(description="User name or e-mail that the platform knows.", examples=["anna"])
    password: Password | None = Field(
        default=None,
        description="Where the password comes from: one of env, command, keyring or, on this machine only, literal. "
        "Left out: you log in by hand in a window, once.",
        examples=[{"env": "ANNA_PASSWORD"}],
    )
    origin: Origin | None = Field(
        default=None,
        description="Another origin than the platform's first: a regional domain that its profile lists, or a mock "
        "platform on this machine.",
        examples=["http://127.0.0.1:8700"],
    )
    sources: Annotated[list[SourceKind], AnyList, Field(min_length=1)] = Field(
        default=[SourceKind.BALANCE],
        description='Where money may be taken from, best first: "balance", "billing_agreement", "other". An '
        "unverified source is never used.",
        examples=[["balance"]],
    )
    allow_conversion: bool = Field(
        default=False,
        description="Whether a balance in another currency than the project's may be charged.",
        examples=[False],
    )
    max_fee: dict[SourceKind, Amounts] = Field(
        default={},
        description="The most that one payment may cost in fees, by source and currency. What is left out: no fee at "
        "all.",
        examples=[{"billing_agreement": {"USD": "10.00", "EUR": "9.00"}}],
    )
    _name: str = PrivateAttr(default="")

    @property
    def name(self) -> str:
        """The account's name in the settings."""
        return self._name

    @property
    def keyring_name(self) -> str:
        """What its password stands under in the keyring: ``freelancer:anna``, with the origin where it has its own."""
        return f"{self.platform}:{self.login}" + (f"@{self.origin}" if self.origin else "")

    @model_validator(mode="after")
    def _literal_only_here(self) -> Account:
        if self.password and self.password.literal and not (self.origin and is_mock(self.origin)):
            raise wrong(
                "a password stands in the settings for a site that is not on this machine",
                "use password = { keyring = true }, { command = ... } or { env = ... }",
            )
        return self


class Settings(BaseSettings):
    """Everything that can be set. Made by `Settings.load`; `Settings()` is nothing but defaults."""

    model_config = SettingsConfigDict(
        extra="forbid", frozen=True, env_prefix=ENV_PREFIX, env_nested_delimiter="__", env_ignore_empty=True
    )

    plans: Patterns = Field(
        default=[],
        description="Plans that are opened when none is named; * stands for any part of a name.",
        examples=[["~/milepost/*.toml"]],
    )
    data_dir: Folder = Field(
        default_factory=lambda: platformdirs.user_data_path("milepost"),
        description="Folder of the journal, evidence and sessions. Left out: the user's data folder.",
        examples=["~/.local/share/milepost"],
    )
    theme: Line | None = Field(
        default=None,
        description='Colours of the screen: "milepost-dark", "milepost-light", "milepost-high-contrast" or '
        "\"milepost-ansi\", which are the terminal's own. Left out: dark, or the terminal's own where NO_COLOR is set.",
        examples=["milepost-dark"],
    )
    ascii: bool = Field(
        default=False, description="Draw with plain letters only, for terminals without other signs.", examples=[False]
    )
    keys: dict[Line, Annotated[list[Line], AnyList]] = Field(
        default={},
        description="Keys of your own for the screen, by the names that docs/keys.md gives: approve on every screen "
        'that has it, "plan.save" on one. What would give a key two meanings is not taken, and said in the inbox.',
        examples=[{"quit": ["Q"]}],
    )
    browser: Browser = Field(default=Browser(), description="The browser that carries runs out.")
    sessions: Sessions = Field(default=Sessions(), description="How signed-in sessions are kept.")
    approval: ApprovalSettings = Field(default=ApprovalSettings(), description="What an approval is worth.")
    check: CheckSettings = Field(default=CheckSettings(), description="Status checks: what is worth telling, and when.")
    notify: Notify = Field(default=Notify(), description="Notifications of what unattended checks find.")
    time_zone: TimeZone | None = Field(
        default=None,
        description="The zone in which a due date is a day, such as Europe/Berlin. Left out: this machine's.",
        examples=["Europe/Berlin"],
    )
    caps: Annotated[dict[CurrencyCode, CapAmounts], BeforeValidator(_caps)] = Field(
        default={},
        description="The most that may be spent, by currency. A currency that is left out has no cap.",
    )
    accounts: dict[AccountName, Account] = Field(
        default={}, description="The accounts, each under a name that you choose for it."
    )
    channels: dict[AccountName, Channel] = Field(
        default={}, description="Where findings are sent, each channel under a name that you choose for it."
    )
    _config_file: Path = PrivateAttr(default=Path())

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what `load` has laid together: it needs each layer apart, to say where a value came from."""
        return (init_settings,)

    @classmethod
    def load(cls, config: Path | None = None, overrides: Mapping[str, Any] | None = None) -> LoadedSettings:
        """Read file, environment and command line. Raises `ConfigError`; `SettingsProblems` names all problems."""
        file = config_file(config)
        layers = load_layers(cls, file, required=file != default_config_file(), overrides=overrides or {})
        return LoadedSettings(layers.fit(cls), layers)

    def model_post_init(self, _context: Any, /) -> None:
        """Tell each account its name."""
        for name, account in self.accounts.items():
            account._name = name

    @property
    def file(self) -> Path:
        """The settings file these values were read from. It may not exist."""
        return self._config_file

    @property
    def config_dir(self) -> Path:
        """The folder of the settings file; the user's own profiles are in `platforms/` beside it."""
        return self._config_file.parent

    @property
    def journal_path(self) -> Path:
        """The journal's file."""
        return self.data_dir / "journal.sqlite3"

    @property
    def evidence_dir(self) -> Path:
        """Screenshots and receipts of money steps."""
        return self.data_dir / "evidence"

    @property
    def sessions_dir(self) -> Path:
        """Encrypted sessions, and their key where it is a file."""
        return self.data_dir / "sessions"

    @property
    def runs_dir(self) -> Path:
        """What each run's process wrote to its stderr."""
        return self.data_dir / "runs"

    @property
    def reports_dir(self) -> Path:
        """What is kept of unexpected errors."""
        return self.data_dir / "reports"

    def local(self, at: datetime) -> datetime:
        """A moment in the person's own zone, whose days due dates are."""
        return at.astimezone(self.time_zone)

    def plan_files(self) -> list[Path]:
        """The plans of the setting `plans` that exist, each once, in its order; relative to the file's folder."""
        patterns = [self.config_dir / pattern for pattern in self.plans]
        found = [sorted(Path(each.anchor).glob(str(each.relative_to(each.anchor)))) for each in patterns]
        return list(dict.fromkeys(path for paths in found for path in paths))

    def account(self, name: str | None = None) -> Account:
        """The named account, or the only one. `UsageError` lists the names otherwise."""
        names = ", ".join(self.accounts) or "none"
        if name is not None:
            if name in self.accounts:
                return self.accounts[name]
            raise UsageError(f"there is no account {name!r}", hint=f"accounts in the settings: {names}")
        if len(self.accounts) == 1:
            return next(iter(self.accounts.values()))
        if self.accounts:
            raise UsageError("several accounts are set up", hint=f"say which with --account: {names}")
        raise UsageError(
            "no account is set up",
            where=str(self._config_file),
            hint="add one with `milepost account add`, or try `milepost demo`, which needs none",
        )

    def origin(self, account: Account) -> str:
        """The account's origin: its own, or the first of its platform's profile. Raises `ProfileError`."""
        return account.origin or load_rules(account.platform, self.config_dir).origins[0]

    def account_id(self, account: Account) -> str:
        """What the journal knows the account by: ``freelancer:anna@http://127.0.0.1:8700``."""
        return f"{account.platform}:{account.login}@{self.origin(account)}"
