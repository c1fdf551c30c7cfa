"""`milepost platforms`: the platforms that are known, and how well."""

from __future__ import annotations

from assistant.platform import PlatformRules, known_platforms, load_rules
from tui.call import this_call
from tui.command import command


@command("platforms", examples=["milepost platforms", "milepost platforms --json"])
def platforms() -> None:
    """List the platforms that are known, Milepost's own and those of your config folder.

    "verified" means that somebody has compared the profile with today's live pages. Whether a platform lets a script
    use your own account is in its terms, which nobody has read for you.
    """
    call = this_call()
    folder = call.settings.config_dir
    told: list[str] = []
    rows = [("platform", "name", "pages", "origins", "who creates")]
    for name in known_platforms(folder):
        rules = load_rules(name, folder)
        call.output.event(
            {
                "event": "platform",
                "platform": name,
                "title": rules.title,
                "verified": rules.verified,
                "draft": rules.draft,
                "mock_only": rules.mock_only,
                "terms": rules.terms.model_dump(mode="json"),
                "switches": rules.switches.model_dump(mode="json"),
                "origins": list(rules.origins),
                "creators": [role.value for role in rules.creators],
                "requesters": [role.value for role in rules.requesters],
            }
        )
        known = "mock only" if rules.mock_only else "verified" if rules.verified else "not verified"
        pages = ("draft, " if rules.draft else "") + known
        creators = ", ".join(role.value for role in rules.creators)
        rows.append((name, rules.title, pages, ", ".join(rules.origins), creators))
        told.append(_terms(rules))
    call.output.table(rows)
    for line in told:
        call.output.line(line)


def _terms(rules: PlatformRules) -> str:
    """What is known of a platform's terms, in a line."""
    terms = rules.terms
    source = f" ({terms.source})" if terms.source else ""
    read = "read" if terms.verified else "not read by anybody here"
    return f"{rules.name}: terms {read}; scripts: {terms.automation}. {terms.text}{source}"
