"""Keys for milestones that come without one: from a site, or from a spreadsheet."""

from __future__ import annotations

from collections.abc import Container

from assistant.plans.keys import key_from


def fresh_key(description: str, taken: Container[str], number: int) -> str:
    """A key made of the description, or ``mNUMBER`` where it has no letters for one; with ``-2`` where it is taken.

    Made of the text rather than counted, so that a milestone put in between does not move the keys of the others.
    """
    base = key_from(description)
    if base == "m1" and "m1" not in description.lower():
        base = f"m{number}"
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    return key
