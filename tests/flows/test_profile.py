"""Profiles: both halves load, users override single values, mistakes have a place, weak locators are refused."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from assistant.errors import OriginRefused, ProfileError
from assistant.money import Money
from assistant.platform import find_profile, is_mock, known_platforms, load_rules, origin_of
from assistant.site import MilestoneState, ProjectStatus, Role
from flows.elements import names_amount
from flows.profile import fill, load_profile, on_origin
from flows.profile_check import check_profile, weakness


def _override(tmp_path: Path, text: str, name: str = "freelancer") -> Path:
    folder = tmp_path / "platforms"
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return tmp_path


# --- the head's half --------------------------------------------------------------------------------------------------


def test_freelancer_com_as_the_head_sees_it() -> None:
    rules = load_rules("freelancer")
    assert (rules.name, rules.title, rules.verified) == ("freelancer", "Freelancer.com", False)
    assert rules.origins[0] == "https://www.freelancer.com"
    assert (rules.creators, rules.requesters) == ((Role.CLIENT,), (Role.FREELANCER,))
    live, mock = "https://www.freelancer.com", "http://127.0.0.1:8700"
    assert (rules.settle_after(live), rules.settle_after(mock)) == (900, 5)
    assert (rules.pace(live) > 0, rules.pace(mock)) == (True, 0)
    assert not rules.creates_pays
    assert all(fee.source and fee.text for fee in rules.fees)


@pytest.mark.parametrize(
    ("raw", "state"),
    [
        ("In Progress", MilestoneState.FUNDED),
        ("  in   progress ", MilestoneState.FUNDED),
        ("frozen", MilestoneState.FUNDED),
        ("Release Requested", MilestoneState.RELEASE_REQUESTED),
        ("Cancellation Requested", MilestoneState.CANCEL_REQUESTED),
        ("Pending in Freelancer.com", MilestoneState.RELEASED),
        ("canceled", MilestoneState.CANCELLED),
        ("Disputed", MilestoneState.DISPUTED),
        ("Held by aliens", MilestoneState.UNCLEAR),
        ("", MilestoneState.UNCLEAR),
        ("In Progress (new)", MilestoneState.UNCLEAR),
    ],
)
def test_raw_words_are_mapped_whole_or_not_at_all(raw: str, state: MilestoneState) -> None:
    assert load_rules("freelancer").state_of(raw) is state


def test_a_request_has_states_of_its_own() -> None:
    rules = load_rules("freelancer")
    assert rules.request_state_of("Requested") is MilestoneState.REQUESTED
    assert rules.request_state_of("Rejected") is MilestoneState.DECLINED
    assert rules.request_state_of("In Progress") is MilestoneState.UNCLEAR


@pytest.mark.parametrize(
    ("amount", "fits"),
    [
        ("1.00 USD", True),
        ("0.50 USD", False),
        ("999999999.00 USD", True),
        ("1000000000.00 USD", False),
        ("5000 JPY", True),
    ],
)
def test_amounts_are_held_against_the_form(amount: str, fits: bool) -> None:
    problem = load_rules("freelancer").limits.amount_problem(Money.parse(amount))
    assert (problem is None) is fits


def test_descriptions_are_held_against_the_form() -> None:
    limits = load_rules("freelancer").limits
    assert limits.description_problem("x" * 100) is None
    assert "101" in (limits.description_problem("x" * 101) or "")
    assert limits.description_problem("   ") is not None


@pytest.mark.parametrize(
    ("origin", "mock"),
    [
        ("http://127.0.0.1:8700", True),
        ("http://localhost:8700", True),
        ("http://[::1]:8700", True),
        ("http://127.9.9.9", True),
        ("https://www.freelancer.com", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://127.0.0.1@evil.example", False),
        ("http://10.0.0.1", False),
        ("http://[", False),
        ("", False),
    ],
)
def test_only_loopback_is_a_mock(origin: str, mock: bool) -> None:
    assert is_mock(origin) is mock


def test_origins_are_compared_whole() -> None:
    rules = load_rules("freelancer")
    assert rules.is_allowed("https://www.freelancer.com")
    assert not rules.is_allowed("http://www.freelancer.com")
    assert not rules.is_allowed("https://www.freelancer.com.evil.example")
    assert origin_of("HTTPS://WWW.Freelancer.com:443/x?y#z") == "https://www.freelancer.com"
    assert origin_of("javascript:alert(1)") == ""


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_user_overrides_single_values(tmp_path: Path) -> None:
    config = _override(tmp_path, '[rules]\npace = 20.0\n[rules.states.milestones]\n"Held" = "funded"\n')
    rules = load_rules("freelancer", config)
    assert rules.pace("https://www.freelancer.com") == 20
    assert rules.state_of("Held") is rules.state_of("In Progress") is MilestoneState.FUNDED
    assert [path.name for path in find_profile("freelancer", config)] == ["freelancer.toml"] * 2


def test_a_user_adds_a_platform(tmp_path: Path) -> None:
    built_in = find_profile("freelancer", None)[0].read_text(encoding="utf-8")
    config = _override(tmp_path, built_in.replace('name = "freelancer"', 'name = "other-site"'), "other-site")
    assert {"freelancer", "guru", "other-site"} <= set(known_platforms(config))
    assert load_profile("other-site", config).name == "other-site"


def test_the_walk_through_comes_to_the_profile_of_the_site_that_it_describes() -> None:
    page = (Path(__file__).resolve().parents[2] / "docs" / "add-a-platform.md").read_text(encoding="utf-8")
    pieces = [piece for piece in re.findall(r"```toml\n(.*?)```", page, re.DOTALL) if "[[project]]" not in piece]
    assert len(pieces) >= 10
    told = tomllib.loads("\n".join(pieces))
    own = tomllib.loads(find_profile("mock-agreements", None)[0].read_text(encoding="utf-8"))
    assert told.pop("draft") is True
    assert told | {"name": own["name"], "title": own["title"]} == own


@pytest.mark.parametrize("name", ["frelancer", "../freelancer", "", "a/b", "Freelancer"])
def test_an_unknown_platform_names_the_known_ones(name: str) -> None:
    with pytest.raises(ProfileError) as raised:
        load_rules(name)
    assert "freelancer" in (raised.value.hint or "")


def test_all_problems_come_at_once_with_their_places(tmp_path: Path) -> None:
    config = _override(
        tmp_path,
        '[rules]\npaces = 3.0\nsettle_after = "soon"\n\n[rules.limits]\ndescription_max = 0\namount_pattern = "("\n',
    )
    with pytest.raises(ProfileError) as raised:
        load_rules("freelancer", config)
    text = raised.value.message
    mine = re.escape(str(tmp_path / "platforms" / "freelancer.toml"))
    assert re.search(mine + r":2: rules\.paces: .*did you mean 'pace'\?", text)
    assert re.search(mine + r":3: rules\.settle_after: ", text)
    assert re.search(mine + r":6: rules\.limits\.description_max: ", text)
    assert re.search(mine + r":7: rules\.limits\.amount_pattern: .*not a regular expression", text)
    assert text.startswith("4 problems")


def test_a_file_that_is_not_toml_is_told_alone(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match="is not TOML"):
        load_rules("freelancer", _override(tmp_path, "[rules\n"))


def test_the_hands_half_is_checked_as_well(tmp_path: Path) -> None:
    config = _override(tmp_path, '[hands.cart.pay]\nfinds = ["role=button"]\n')
    load_rules("freelancer", config)  # the head does not care
    with pytest.raises(ProfileError, match=r"hands\.cart\.pay\.finds: .*did you mean 'find'\?"):
        load_profile("freelancer", config)


def test_the_head_loads_its_half_without_the_hands() -> None:
    import subprocess
    import sys

    script = (
        "import sys; from assistant.platform import load_rules; load_rules('freelancer');"
        "sys.exit(any(name == 'flows' or name.startswith(('flows.', 'playwright')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script]).returncode == 0


# --- the hands' half --------------------------------------------------------------------------------------------------


def test_the_built_in_profile_has_no_problem() -> None:
    assert check_profile(load_profile("freelancer")) == []


@pytest.mark.parametrize(
    "locator",
    [
        "",
        "  ",
        "button",
        "css=button",
        "*",
        "text=",
        "text=a",
        "role=button",
        'role=button[name=""]',
        'role=button[name="x"]',
        "role=button[name=/.*/]",
        "role=button[name=/(/]",
        "form button >> nth=0",
        "button:nth-child(2)",
        ".pay:first-child",
        "//div[3]/button",
        "xpath=//button[last()]",
        ":nth-match(button, 1)",
        "button:has-text('')",
        "input:right-of(label)",
    ],
)
def test_weak_locators_are_refused(locator: str) -> None:
    assert weakness(locator)


@pytest.mark.parametrize(
    "locator",
    [
        'role=button[name="Create Milestone"]',
        "role=button[name=/^Confirm (Payment|and Pay)$/]",
        '[fltrackinglabel="MilestoneCreateModalCreateButton"] button',
        "#pay-now",
        "text=Confirm Payment",
        'input[type=radio][value="{ref}"]',
    ],
)
def test_strong_locators_are_not(locator: str) -> None:
    assert weakness(locator) is None


def test_problems_of_locators_name_file_and_line(tmp_path: Path) -> None:
    config = _override(tmp_path, '\n[hands.cart.pay]\nfind = ["button"]\nname = ".*"\n')
    found = check_profile(load_profile("freelancer", config))
    mine = str(tmp_path / "platforms" / "freelancer.toml")
    assert [(problem.file, problem.line, problem.field) for problem in found] == [
        (mine, 3, "hands.cart.pay.find.0"),
        (mine, 4, "hands.cart.pay.name"),
    ]
    assert all(problem.mend for problem in found)


@pytest.mark.parametrize(
    ("override", "field"),
    [
        ("[hands.payments.lists.milestones]\ntotal = []\n", "hands.payments.lists.milestones.total"),
        ("[hands.payments.lists.milestones]\nempty = []\n", "hands.payments.lists.milestones.empty"),
        ('[hands.urls]\nlogin = "https://evil.example/{next}"\n', "hands.urls.login"),
        ('[hands.urls]\npayments = "/projects/{ref}/payments"\n', "hands.urls.payments"),
        ("[hands.urls]\nis_project = '^/projects/(.*)$'\n", "hands.urls.is_project"),
        ('[hands.login.errors]\ntired = ["The site is tired"]\n', "hands.login.errors.tired"),
        (
            '[[hands.create.stages]]\nfields = ["due"]\n'
            '[hands.create.stages.go_on]\nfind = ["#next-stage"]\nname = "Next"\n',
            "hands.create.stages.0.fields",
        ),
        ('[hands.create.more.due]\nfind = ["input"]\ntext = "{due}"\n', "hands.create.more.due.find.0"),
        ('[hands.cart.open]\nrow = ["tr"]\nbutton = { find = ["#fund-it"], name = "Fund" }\n', "hands.cart.open.row.0"),
        (
            "[[hands.money_requests]]\nstep = 'create'\nmethod = 'POST'\npath = '/api/pay'\n",
            "hands.money_requests",
        ),
    ],
)
def test_what_would_break_a_money_step_is_found(tmp_path: Path, override: str, field: str) -> None:
    found = check_profile(load_profile("freelancer", _override(tmp_path, override)))
    assert field in {problem.field for problem in found}


@pytest.mark.parametrize(
    ("path", "seo"),
    [
        ("/projects/php/Some-Title", "php/Some-Title"),
        ("/projects/php/Some-Title/payments", "php/Some-Title"),
        ("/projects/php/Some-Title/tracking?x=1", "php/Some-Title"),
        ("/projects/php/payments", "php/payments"),
        ("/projects/php", None),
        ("/users/php/Some-Title", None),
    ],
)
def test_projects_are_known_by_their_urls(path: str, seo: str | None) -> None:
    assert load_profile("freelancer").seo_url(f"https://www.freelancer.com{path}") == seo


def test_values_are_quoted_into_urls() -> None:
    assert fill("/login?next={next}", next="/a?b=c&d=e#f") == "/login?next=%2Fa%3Fb%3Dc%26d%3De%23f"
    assert (
        fill("/projects/{seo_url}/payments", seo_url="php/Ünïcode x") == "/projects/php/%C3%9Cn%C3%AFcode%20x/payments"
    )


@pytest.mark.parametrize(
    "url", ["https://evil.example/x", "//evil.example/x", "javascript:alert(1)", "http://127.0.0.1:1/"]
)
def test_urls_stay_on_the_origin(url: str) -> None:
    with pytest.raises(OriginRefused):
        on_origin("https://www.freelancer.com", url)
    assert on_origin("https://www.freelancer.com", "/x?y") == "https://www.freelancer.com/x?y"


def test_each_list_of_my_projects_has_an_address() -> None:
    hands = load_profile("freelancer").hands
    assert set(hands.lists) == set(ProjectStatus)
    assert set(hands.views) == set(Role)


STATES = '[rules.states.requests]\nAsked = "requested"\n'


def test_what_a_platform_has_not_is_left_out_and_what_its_steps_need_is_missed(tmp_path: Path) -> None:
    built_in = find_profile("mock-cards", None)[0].read_text(encoding="utf-8")
    assert check_profile(load_profile("mock-cards")) == []
    hands = load_profile("mock-cards").hands
    assert (set(hands.forms), set(hands.row_buttons)) == ({"create"}, {"cart.open", "request_release", "release"})
    asking = built_in.replace('creators = ["client"]', 'creators = ["client"]\nrequesters = ["freelancer"]')
    asking = asking.replace("[rules.states.milestones]", STATES + "[rules.states.milestones]")
    asking = asking.replace("[hands.cart.open]\n", "[hands.unused]\n").replace('name = "mock-cards"', 'name = "asking"')
    with pytest.raises(ProfileError, match=r"hands\.unused"):
        load_profile("asking", _override(tmp_path, asking, "asking"))
    start = asking.index("[hands.unused]")
    asking = asking[:start] + asking[asking.index("[hands.cart.pay]") :]
    found = {problem.field for problem in check_profile(load_profile("asking", _override(tmp_path, asking, "asking")))}
    assert {"hands.request", "hands.accept", "hands.withdraw", "hands.payments.lists.requests", "hands.cart"} <= found


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("Total $1,250.50 USD", True),
        ("Total 1250.50", True),
        ("Milestone 1 1,250.50", True),
        ("Total 11,250.50", False),
        ("Total 1,250.5", True),
        ("Total 1.250,50", False),
        ("Part 1 250.50", False),
        ("Total 1,250.51", False),
        ("", False),
    ],
)
def test_an_amount_is_found_in_a_text_as_a_number_of_its_own(text: str, *, there: bool) -> None:
    assert names_amount(text, Money.parse("1250.50 USD"), load_profile("freelancer").style) is there
