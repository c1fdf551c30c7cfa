"""An account of the settings together with its platform's rules: what previews, orders and runs are made for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from assistant.approval import AccountFacts, Cap, SpendLimits
from assistant.changes import Ways
from assistant.errors import ConfigError
from assistant.plans.planned import PlanLimits
from assistant.platform import PlatformRules, load_rules
from assistant.settings.model import Account, Settings
from assistant.site import Role
from assistant.switches import Order
from assistant.verdict import SettleRules


@dataclass(frozen=True)
class AccountInUse:
    """One account as a command works with it."""

    account: Account
    facts: AccountFacts
    rules: PlatformRules

    @property
    def settle_rules(self) -> SettleRules:
        """When absence is proof on this account's site."""
        after = timedelta(seconds=self.rules.settle_after(self.facts.origin))
        return SettleRules(after, self.rules.nothing_left_settles)

    @property
    def plan_limits(self) -> PlanLimits:
        """What the platform's forms take, for checking plans before any browser starts."""
        return plan_limits(self.rules)


def use_account(settings: Settings, name: str | None = None) -> AccountInUse:
    """The named account, or the only one. Raises `UsageError`, `ProfileError`, `ConfigError`."""
    account = settings.account(name)
    rules = load_rules(account.platform, settings.config_dir)
    origin = account.origin or rules.origins[0]
    if not rules.is_allowed(origin):
        raise ConfigError(
            f"account {account.name}: {origin} is not an origin of {rules.title}",
            where=f"accounts.{account.name}.origin",
            hint=f"its profile lists {', '.join(rules.origins)}",
        )
    limits = SpendLimits(
        sources=tuple(account.sources),
        allow_conversion=account.allow_conversion,
        max_fees=tuple((source, fee) for source, fees in account.max_fee.items() for fee in fees.values()),
        caps=tuple(Cap(code, cap.milestone, cap.run, cap.day) for code, cap in settings.caps.items()),
    )
    facts = AccountFacts(
        name=account.name,
        id=f"{account.platform}:{account.login}@{origin}",
        login=account.login,
        platform=account.platform,
        origin=origin,
        role=account.role,
        limits=limits,
        ways=ways_of(rules, account.role),
    )
    return AccountInUse(account, facts, rules)


def ways_of(rules: PlatformRules, role: Role) -> Ways:
    """How milestones come about on a platform for one side of it."""
    puts_up = rules.creators if role is Role.CLIENT else (*rules.creators, *rules.requesters)
    one_active = rules.switches.order is Order.ONE_ACTIVE
    return Ways(puts_up=role in puts_up, paid_later=rules.rules.paid_later, one_active=one_active)


def plan_limits(rules: PlatformRules) -> PlanLimits:
    """A platform's limits as plans are held against them."""
    limits = rules.limits
    return PlanLimits(
        description_max=limits.description_max,
        amount_pattern=limits.amount_pattern,
        amount_min=str(limits.amount_min) if limits.amount_min is not None else None,
        amount_max=str(limits.amount_max) if limits.amount_max is not None else None,
    )
