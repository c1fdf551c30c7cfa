"""Untrusted text in a terminal: nothing moves the cursor, changes colours, turns direction or hides."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.text import look, plain, sort_key, twins


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Milestone 1", "Milestone 1"),
        ("\x1b[31mred\x1b[0m", "\\x1b[31mred\\x1b[0m"),
        ("\x1b]0;title\x07", "\\x1b]0;title\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("funded\u202edesaeler", "funded\\u202edesaeler"),
        ("a\u2066b\u2069", "a\\u2066b\\u2069"),
        ("zero\u200bwidth\ufeff", "zero\\u200bwidth\\ufeff"),
        ("two\r\nlines\tand\nmore", "two lines and more"),
        ("lone \ud800 half", "lone \\ud800 half"),
        ("tag \U000e0041", "tag \\U000e0041"),
        ("[@click=app.pay]x[/]", "[@click=app.pay]x[/]"),
        ("می‌خواهم 👩‍💻 Größe", "می‌خواهم 👩‍💻 Größe"),
    ],
)
def test_what_would_act_is_spelled_out_and_what_is_text_stays(text, shown) -> None:
    assert plain(text) == shown


@given(st.text(alphabet=st.characters()))
def test_no_text_keeps_a_character_that_acts(text) -> None:
    bad = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    assert not [char for char in plain(text) if unicodedata.category(char) in bad and char not in "\u200c\u200d"]


@given(st.text(alphabet=st.characters()))
def test_what_was_made_plain_stays_as_it_is(text) -> None:
    assert plain(plain(text)) == plain(text)


def test_titles_are_sorted_without_case_and_accents() -> None:
    titles = ["Yoga", "Übersetzung", "website", "Ärzte", "Østerbro", "apple", "Zebra", "Straße", "Strand"]
    assert sorted(titles, key=sort_key) == [
        "apple", "Ärzte", "Østerbro", "Strand", "Straße", "Übersetzung", "website", "Yoga", "Zebra"
    ]  # fmt: skip
    assert twins(["Website  redesign", "website redesign", "Logo"]) == {"website redesign"}
    alike = ["Illustrations for a children's book in French", "Illustrations for a children's book in German"]
    assert twins(alike) == {look(alike[0])}, "cut, they are one and the same"
