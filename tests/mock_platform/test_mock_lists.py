"""My Projects over HTTP, seeds, page loads, the other party's acts, knobs, and the README's tables."""

import json
from collections import Counter
from pathlib import Path

import httpx
import pytest

import flows.mock_platform
from flows.mock_platform.faults import KINDS, POINTS
from flows.mock_platform.knobs import KNOBS
from flows.mock_platform.seed_file import BadSeed, from_table, load
from flows.mock_platform.users import USERS
from tests.mock_platform.client import code

ROWS = "/ajax-api/manage/projects.php"
TITLE = "Artist marketplace website"


def listed(client, **asked):
    result = client.http.get(ROWS, params={"state": "open", **asked}).json()["result"]
    return result["total"], [row["title"] for row in result["projects"]]


def test_paging_shows_every_project_once(anna):
    found = []
    for offset in range(0, 70, 10):
        total, titles = listed(anna, offset=offset)
        assert total == 63
        found += titles
    assert len(found) == 63
    assert found[:3] == [TITLE, "Logo and letterhead", "Resume rewriting"]


@pytest.mark.parametrize(("show", "rows"), [("10", 10), ("20", 20), ("100", 10), ("x", 10)])
def test_a_page_has_10_or_20_rows(anna, show, rows):
    assert len(listed(anna, limit=show)[1]) == rows


def test_tabs_filters_and_search(mock, anna):
    assert listed(anna, state="past")[0] == 5
    assert listed(anna, state="in-progress")[0] == 58
    assert listed(anna, filter="Awarded")[0] == 2
    assert listed(anna, query="WEBSITE redesign") == (2, ["Website redesign", "Website redesign"])
    assert listed(anna, query="100% '\"<") == (0, [])
    mock.knobs(open_tab="bidding")
    assert listed(anna)[0] == 5


def test_both_sides_see_their_projects(sign_in):
    bo, ben = sign_in("both-bo"), sign_in("ben")
    assert listed(bo) == (1, ["Bo hires for a newsletter"])
    work = bo.http.get("/ajax-api/manage/bids.php?type=ongoing").json()["result"]["projects"]
    assert [(row["title"], row["counterparty"]) for row in work] == [("Bo writes for Carl", "client-carl")]
    assert ben.http.get("/ajax-api/manage/bids.php?type=ongoing").json()["result"]["total"] >= 40


def test_page_loads_count_documents_only(mock, anna):
    assert mock.truth()["page_loads"] == 0
    anna.http.get("/dashboard")
    anna.http.get("/manage")
    anna.http.get(ROWS)
    anna.http.get("/nowhere")
    style = anna.http.get("/dashboard").text.split('href="/static')[1].split('"')[0]
    assert anna.http.get(f"/static{style}").status_code == 200
    assert mock.truth()["page_loads"] == 2


def test_the_default_seed_has_what_the_design_asks_for(mock):
    projects = mock.truth()["projects"]
    annas = [project for project in projects if project["client"] == "anna"]
    bare = [p for p in annas if p["award"] == "accepted" and p["currency"] == "USD" and not p["milestones"]]
    bare_of_ben = [p for p in bare if p["freelancer"] == "ben" and not p["requests"]]
    states = Counter(m["state"] for p in annas for m in p["milestones"])
    raws = {m["raw"] for p in annas for m in p["milestones"]}
    assert len(annas) >= 60
    assert len(bare_of_ben) >= 12
    assert states["funded"] >= 4
    assert Counter(p["freelancer"] for p in annas).most_common(1)[0][0] == "ben"
    assert raws == {
        "Pending",
        "In Progress",
        "Release Requested",
        "Cancellation Requested",
        "Pending in Freelancer.com",
        "Released",
        "Cancelled",
        "Disputed",
    }
    assert {r["raw"] for p in annas for r in p["requests"]} == {"Requested", "Created", "Rejected", "Deleted"}
    assert {p["currency"] for p in annas} >= {"USD", "EUR", "INR", "JPY"}
    assert mock.truth()["balances"]["anna"] == {"EUR": "4000.00", "USD": "25000.00"}
    assert all(p["ref"].isdecimal() for p in projects)


def test_the_default_seed_has_its_traps(mock):
    annas = [project for project in mock.truth()["projects"] if project["client"] == "anna"]
    pairs = Counter((p["title"], p["freelancer"]) for p in annas)
    titles = Counter(p["title"] for p in annas)
    assert pairs["Blog articles", "ben"] == 2
    assert titles["Website redesign"] == 2
    assert pairs["Website redesign", "ben"] == 1
    long = [title[:35] for title in titles if len(title) > 35]
    assert max(Counter(long).values()) == 2


def test_the_demo_projects(mock):
    demo = {project["ref"]: project for project in mock.truth()["projects"]}
    assert [(demo[ref]["title"], demo[ref]["currency"], demo[ref]["bid"]) for ref in ("38112233", "38112234")] == [
        (TITLE, "USD", "2500.00"),
        ("Logo and letterhead", "EUR", "900.00"),
    ]
    assert demo["38112235"]["title"] == "Resume rewriting"
    assert all(not demo[str(ref)]["milestones"] for ref in range(38112233, 38112236))


def test_resets(mock, anna):
    anna.create(TITLE)
    mock.arm("list", "drop")
    mock.replant("small")
    truth = mock.truth()
    assert (len(truth["projects"]), truth["charges"], truth["page_loads"], mock.armed()) == (6, [], 0, [])
    assert listed(anna)[0] == 6
    mock.reset("empty")
    assert mock.truth()["projects"] == []
    assert anna.http.get(ROWS).status_code == 401
    with pytest.raises(AssertionError, match="no seed"):
        mock.reset("/etc/passwd")


def test_refs_and_request_ids_are_the_same_in_every_run(mock, sign_in):
    def run():
        mock.reset()
        client = sign_in("anna")
        made = client.create(TITLE)
        return made, client.create_directly("Fonts for a game").json()["request_id"], mock.truth()

    assert run() == run()


def test_a_big_seed(mock, anna):
    table = {
        "projects": 300,
        "template": {"title": "Site {n}", "milestones": 5, "milestone_status": "requested_release"},
    }
    mock.replant(table)
    projects = mock.truth()["projects"]
    assert len(projects) == 300
    assert sum(len(project["milestones"]) for project in projects) == 1500
    assert listed(anna, query="Site 007") == (1, ["Site 007"])


def test_seed_files(tmp_path):
    (tmp_path / "a.toml").write_text(
        """
        [[projects]]
        title = "One"
        ref = 5
        client = "eve"
        bid = "10.00"
        milestones = [{ description = "A", amount = "5.00", status = "cleared" }]
        requests = [{ description = "B", amount = "5.00" }]
        [[users]]
        login = "eve"
        [balances.eve]
        EUR = "7.00"
        [[sources.eve]]
        id = "card:1111"
        kind = "card"
        label = "Visa"
        verified = true
        """
    )
    seed = load(str(tmp_path / "a.toml"))
    eve = next(user for user in seed.users if user.login == "eve")
    assert (eve.balances, eve.sources[0].id) == ({"EUR": "7.00"}, "card:1111")
    assert (seed.projects[0].ref, seed.projects[0].milestones[0].status) == (5, "cleared")
    (tmp_path / "b.json").write_text(json.dumps({"base": "small", "projects": 2}))
    assert len(load(str(tmp_path / "b.json")).projects) == 8


def test_a_seed_names_all_its_problems():
    table = {
        "base": "huge",
        "extra": 1,
        "balances": {"anna": {"XYZ": "1", "USD": "1.234"}, "ghost": {}},
        "sources": {"anna": [{"id": "a", "kind": "card", "label": "A", "verified": True}] * 2},
        "projects": [
            {
                "title": "T",
                "age_days": "x",
                "ended": 1,
                "currency": "DOGE",
                "bid": "x",
                "colour": "red",
            },
            {"award": "maybe", "ref": "abc", "milestones": [{"description": "A", "amount": "1", "status": "lost"}]},
        ],
    }
    with pytest.raises(BadSeed) as bad:
        from_table(table)
    for word in (
        "huge",
        "extra",
        "balances.anna.XYZ",
        "balances.anna.USD",
        "projects[0].currency",
        "projects[0].colour",
        "projects[0].age_days",
        "projects[0].ended",
        "balances.ghost",
        "sources.anna: id 'a' is given 2 times",
        "projects[1].award",
        "projects[1].ref",
        "projects[1].title",
        "projects[1].milestones[0].status",
    ):
        assert word in str(bad.value)
    with pytest.raises(BadSeed, match="ref 5 is given 2 times"):
        from_table({"projects": [{"title": "A", "ref": 5}, {"title": "B", "ref": "5"}]})
    with pytest.raises(BadSeed, match="nobody"):
        from_table({"projects": [{"title": "T", "freelancer": "nobody"}]})


@pytest.mark.parametrize("text", ["{", "projects = "])
def test_broken_seed_files_are_named(tmp_path, text):
    file = tmp_path / ("a.json" if text == "{" else "a.toml")
    file.write_text(text)
    with pytest.raises(BadSeed, match=file.name):
        load(str(file))


def test_the_client_funds_a_request_and_a_project(mock):
    title = "Travel guide, Lisbon chapter"
    ref = mock.titled(title)["requests"][0]["ref"]
    touched = mock.act("fund", request=ref)["touched"]
    assert {(row["kind"], row["raw"]) for row in touched} == {("requests", "Created"), ("milestones", "In Progress")}
    mock.act("fund", project=mock.titled(TITLE)["ref"], amount="250.00", description="Extra")
    assert [m["description"] for m in mock.titled(TITLE)["milestones"]] == ["Extra"]
    assert mock.truth()["balances"]["anna"]["USD"] == "24450.00"


def test_the_other_acts(mock):
    ref = mock.titled(TITLE)["ref"]
    made = mock.act("add", project=ref, amount="100.00", description="A")["touched"][0]["ref"]

    def state():
        return {m["ref"]: (m["description"], m["amount"], m["state"]) for m in mock.titled(TITLE)["milestones"]}

    for act, fields, wanted in (
        ("request_release", {}, ("A", "100.00", "release_requested")),
        ("request_cancel", {}, ("A", "100.00", "cancel_requested")),
        ("reject", {}, ("A", "100.00", "release_requested")),
        ("edit", {"amount": "120.00", "description": "B"}, ("B", "120.00", "release_requested")),
        ("dispute", {}, ("B", "120.00", "disputed")),
    ):
        mock.act(act, milestone=made, **fields)
        assert state()[made] == wanted
    with pytest.raises(AssertionError, match="MILESTONE_DISPUTE_PENDING"):
        mock.act("release", milestone=made)
    mock.act("delete", milestone=made)
    assert state() == {}
    other = mock.act("add", project=ref, amount="100.00", description="C")["touched"][0]["ref"]
    mock.act("release", milestone=other, amount="40.00")
    assert sorted(state().values()) == [
        ("C", "100.00", "cancelled"),
        ("C", "40.00", "released"),
        ("C (Partial Release 2)", "60.00", "funded"),
    ]


def test_acts_on_requests(mock):
    ref = mock.titled(TITLE)["ref"]
    made = [
        mock.act("add", what="request", project=ref, amount="10.00", description=name)["touched"][0]["ref"]
        for name in "ABCD"
    ]
    mock.act("accept", request=made[0])
    mock.act("reject", request=made[1])
    mock.act("delete", request=made[2])
    mock.act("edit", request=made[3], amount="11.00")
    found = {r["description"]: (r["raw"], r["amount"]) for r in mock.titled(TITLE)["requests"]}
    assert found == {
        "A": ("Created", "10.00"),
        "B": ("Rejected", "10.00"),
        "C": ("Deleted", "10.00"),
        "D": ("Requested", "11.00"),
    }
    with pytest.raises(AssertionError, match="deleted"):
        mock.act("accept", request=made[2])


@pytest.mark.parametrize(
    ("act", "fields", "word"),
    [
        ("explode", {}, "fund | accept"),
        ("release", {"milestone": "1"}, "no milestone"),
        ("release", {"project": "38112233"}, "needs a milestone"),
        ("fund", {}, "name a project"),
        ("add", {"project": "38112233", "amount": "x", "description": "A"}, "Invalid amount"),
        ("add", {"project": "38112233", "amount": "1"}, "description is missing"),
        ("edit", {"request": "x"}, "no request"),
        ("cancel", {"milestone": {"a": 1}}, "no milestone"),
        ("add", {"mile": 1}, "'mile'"),
    ],
)
def test_unclear_acts_are_refused(mock, act, fields, word):
    with pytest.raises(AssertionError, match=word.replace("|", r"\|")):
        mock.act(act, **fields)


def test_knobs_are_set_all_or_none(mock):
    with pytest.raises(AssertionError, match=r"path takes cart \| direct.*no knob"):
        mock.knobs(path="x", nosuch="1", toast="off")
    assert mock.knobs()["toast"] == "on"
    assert mock.knobs(toast="off")["toast"] == "off"


@pytest.mark.parametrize(
    ("knob", "bad"), [("now", "yesterday"), ("latency", "x"), ("card_fee_percent", "-1"), ("card_fee_fixed", "nan")]
)
def test_knob_values_are_checked(mock, knob, bad):
    with pytest.raises(AssertionError, match=knob):
        mock.knobs(**{knob: bad})


def test_latency_is_a_knob_and_spares_the_back_door(mock, anna):
    mock.knobs(latency="10000")
    with pytest.raises(httpx.ReadTimeout):
        anna.http.get("/dashboard", timeout=0.2)
    assert mock.knobs(latency="0")["latency"] == "0"
    assert anna.http.get("/dashboard").status_code == 200


def test_unknown_pages_and_foreign_projects_are_404(sign_in):
    carl = sign_in("client-carl")
    for path in (
        "/projects/website-design/Artist-marketplace-website/payments",
        "/projects/no/such",
        "/projects/website-design/Fitness-studio-brand-book/nosuch",
        "/manage/jobs/projects/nosuch",
        "/deposit?cartId=1",
        "/deposit",
        "/cart?cartId=99999999999999999999999999",
        "/nowhere",
    ):
        assert carl.http.get(path).status_code == 404
    assert code(carl.http.get("/live?project=38112233")) == "NOT_FOUND"


def test_the_readme_lists_knobs_users_and_faults():
    text = (Path(flows.mock_platform.__file__).parent / "README.md").read_text()
    for name, knob in KNOBS.items():
        row = next(line for line in text.splitlines() if line.startswith(f"| `{name}` |"))
        values = [knob.default, *(value for value in knob.values if value != knob.default)]
        assert row.split("|")[2].strip().startswith(", ".join(f"`{v or '(empty)'}`" for v in values))
    for word in (*(user.login for user in USERS), *POINTS):
        assert word in text
    for kind in KINDS:
        assert f"`{kind}`" in text
