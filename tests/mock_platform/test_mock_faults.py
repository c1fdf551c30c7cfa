"""Every fault at every point, before and after the write, as seen over HTTP and judged by the truth."""

from collections.abc import Callable
from itertools import product

import httpx
import pytest

from flows.mock_platform.faults import KINDS, POINTS, READS, BadFault, parse
from tests.mock_platform.client import API, PAY, Client, code

TITLE = "Artist marketplace website"
FUNDED = "Recipe site with search"
PAGE = "/projects/website-design/Artist-marketplace-website/payments"
LIST = "/manage/jobs/projects/open"
ROWS = "/ajax-api/manage/projects.php?state=open"


def sensible(at: str, when: str, kind: str) -> bool:
    if kind == "empty_list":
        return at in READS
    if kind == "twice":
        return at not in READS
    if kind == "late":
        return when == "after" and at not in ("login", "list", "project")
    if kind == "other_user":
        return at in READS or (at == "login" and when == "after")
    return not (at == "login" and kind == "logout" and when == "before")


@pytest.mark.parametrize(("at", "when", "kind"), list(product(POINTS, ("before", "after"), KINDS)))
def test_each_combination_arms_or_says_why_not(at, when, kind):
    body = {"at": at, "when": when, "kind": kind}
    if sensible(at, when, kind):
        assert parse(body).as_dict() == {**body, "times": 1, "seconds": 3}
        return
    with pytest.raises(BadFault, match=rf"{kind} (at {at}|before)"):
        parse(body)


def test_arming_listing_and_clearing(mock):
    mock.arm("list", "drop", times=2)
    mock.arm("cart.process", "late")
    assert mock.armed() == [
        {"at": "list", "when": "before", "kind": "drop", "times": 2, "seconds": 3},
        {"at": "cart.process", "when": "after", "kind": "late", "times": 1, "seconds": 3},
    ]
    mock.clear_faults()
    assert mock.armed() == []
    with pytest.raises(AssertionError, match="twice at list: reading twice changes nothing"):
        mock.arm("list", "twice")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"at": "moon", "kind": "drop"}, ["at is one of", "moon"]),
        ({"at": "list", "kind": "bang", "times": 0}, ["kind is one of", "bang", "times"]),
        ({"at": "list", "kind": "drop", "seconds": -1}, ["seconds"]),
        ({"at": "list", "kind": "drop", "wen": "after"}, ["'wen'", "when"]),
        ([], ["post an object"]),
    ],
)
def test_what_is_wrong_is_said_all_at_once(mock, body, words):
    answer = httpx.post(f"{mock.origin}/__mock__/faults", json=body, trust_env=False)
    assert answer.status_code == 400
    for word in words:
        assert word in answer.json()["message"]


def create_by_cart(client: Client) -> httpx.Response:
    fields = client.fields(TITLE)
    draft = client.http.post(f"{API}/milestone_drafts/", json=fields)
    if draft.status_code != 200 or draft.json()["status"] == "error":
        return draft
    cart = client.good("POST", f"{PAY}/carts/", {})["id"]
    item = {"contextType": "MILESTONE", "contextId": draft.json()["result"]["id"]}
    return client.http.post(f"{PAY}/carts/{cart}/cart_items/", json=item)


def full_carts(client: Client) -> int:
    return len([cart for cart in client.mock.truth()["carts"] if cart["items"]])


def milestones(client: Client) -> int:
    return len(client.mock.titled(TITLE)["milestones"])


def requests(client: Client) -> int:
    return len(client.mock.titled(TITLE)["requests"])


def released(client: Client) -> int:
    return len([m for m in client.mock.titled(FUNDED)["milestones"] if m["state"] == "released"])


def asked(client: Client) -> int:
    return len([m for m in client.mock.titled(FUNDED)["milestones"] if m["state"] == "release_requested"])


def on_funded(action: str) -> Callable[[Client], httpx.Response]:
    return lambda client: client.act(client.mock.titled(FUNDED)["milestones"][0]["ref"], action)


def pay_open_cart(client: Client) -> httpx.Response:
    carts = [cart for cart in client.mock.truth()["carts"] if cart["items"]]
    return client.pay(int(carts[0]["ref"]))


STEPS: dict[str, tuple[str, str, Callable[[Client], httpx.Response], Callable[[Client], int]]] = {
    "create by cart": ("milestone.create", "anna", create_by_cart, full_carts),
    "create directly": ("milestone.create", "anna", lambda client: client.create_directly(TITLE), milestones),
    "request": ("milestone.request", "ben", lambda client: client.request(TITLE), requests),
    "pay": ("cart.process", "anna", pay_open_cart, milestones),
    "release": ("milestone.release", "anna", on_funded("release"), released),
    "request release": ("milestone.release", "ben", on_funded("request_release"), asked),
}


@pytest.mark.parametrize("kind", ["drop", "http500", "hang", "slow", "logout", "captcha", "error200"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_faults_of_money_steps(mock, sign_in, step, when, kind):
    at, login, attempt, count = STEPS[step]
    client = sign_in(login)
    if step == "pay":
        client.make_cart(TITLE)
    mock.arm(at, kind, when, seconds=0.05)
    check_answer(kind, lambda: attempt(client))
    assert count(client) == (1 if when == "after" or kind == "slow" else 0)
    assert mock.armed() == []
    if kind == "logout":
        assert client.http.get("/dashboard").status_code == 302
        return
    if when == "before" and kind != "slow":
        attempt(client).raise_for_status()
        assert count(client) == 1


def check_answer(kind: str, attempt: Callable[[], httpx.Response]) -> None:
    if kind in ("drop", "hang"):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            attempt()
        return
    answer = attempt()
    expected = {
        "http500": (500, "UserExceptionCodes.GAF_EXCEPTION"),
        "error200": (200, "UserExceptionCodes.GAF_EXCEPTION"),
        "logout": (401, "RestExceptionCodes.NOT_AUTHENTICATED"),
        "captcha": (403, "AUTH_CAPTCHA_REQUIRED"),
    }.get(kind)
    if expected is None:
        assert answer.json()["status"] == "success"
        return
    assert (answer.status_code, code(answer)) == expected


def test_a_refused_write_does_not_use_the_fault_up(mock, anna):
    mock.arm("milestone.create", "drop", "after")
    assert code(anna.create_directly("Fonts for a game")) == "RestExceptionCodes.BAD_FORM"
    assert len(mock.armed()) == 1


def test_faults_fire_so_many_times_and_in_order(mock, anna):
    mock.arm("milestone.create", "error200", "before", times=2)
    mock.arm("milestone.create", "http500", "before")
    statuses = [anna.create_directly(TITLE).status_code for _ in range(4)]
    assert statuses == [200, 200, 500, 200]
    assert milestones(anna) == 1


def test_a_half_answer_breaks_in_the_middle(mock, anna):
    mock.knobs(drop_style="half")
    mock.arm("milestone.create", "drop", "after")
    with pytest.raises(httpx.RemoteProtocolError):
        anna.create_directly(TITLE)
    assert milestones(anna) == 1


def test_connections_are_fresh_while_a_cut_is_armed(mock, anna):
    assert "connection" not in anna.http.get("/dashboard").headers
    mock.arm("cart.process", "drop", "after")
    assert anna.http.get("/dashboard").headers["connection"] == "close"
    mock.knobs(drop_style="replay")
    assert "connection" not in anna.http.get("/dashboard").headers


@pytest.mark.parametrize("step", ["create directly", "pay"])
def test_a_late_milestone_is_true_at_once_and_shown_later(mock, anna, step):
    _, _, attempt, count = STEPS[step]
    if step == "pay":
        anna.make_cart(TITLE)
    mock.arm(STEPS[step][0], "late", seconds=1)
    attempt(anna).raise_for_status()
    assert count(anna) == 1
    assert anna.milestones(TITLE)["total"] == 0
    while anna.milestones(TITLE)["total"] == 0:
        pass
    assert anna.milestones(TITLE)["total"] == 1


def test_a_late_change_shows_the_old_state_first(mock, anna):
    mock.arm("milestone.release", "late", seconds=1)
    ref = mock.titled(FUNDED)["milestones"][0]["ref"]
    anna.act(ref, "release").raise_for_status()
    assert released(anna) == 1
    shown = [anna.milestones(FUNDED)["milestones"][ref]["status_text"]]
    while shown[-1] == "In Progress":
        shown.append(anna.milestones(FUNDED)["milestones"][ref]["status_text"])
    assert len(shown) > 1
    assert shown[-1] == "Released"


def test_a_late_request(mock, ben):
    mock.arm("milestone.request", "late", seconds=1)
    ben.request(TITLE).raise_for_status()
    ref = mock.titled(TITLE)["ref"]
    listed = [ben.good("GET", f"{API}/milestone_requests/?projects[]={ref}")["total"]]
    while not listed[-1]:
        listed.append(ben.good("GET", f"{API}/milestone_requests/?projects[]={ref}")["total"])
    assert (listed[0], listed[-1]) == (0, 1)


def test_twice_is_told_to_the_page_and_used_by_its_first_request(mock, anna):
    mock.arm("milestone.create", "twice")
    assert 'data-send-twice="milestone.create"' in anna.http.get(PAGE).text
    assert anna.http.get(ROWS).headers["x-send-twice"] == "milestone.create"
    anna.http.post(f"{API}/milestones/", json=anna.fields(TITLE))
    assert mock.armed() == []
    mock.arm("milestone.create", "twice")
    anna.http.post(f"{API}/milestones/", json=anna.fields(TITLE), headers={"x-second-send": "1"})
    assert len(mock.armed()) == 1


@pytest.mark.parametrize(("at", "path"), [("list", LIST), ("project", PAGE)])
@pytest.mark.parametrize("kind", ["drop", "http500", "hang", "slow", "logout", "captcha", "other_user"])
def test_faults_of_pages(mock, anna, at, path, kind):
    mock.arm(at, kind, seconds=0.05)
    if kind in ("drop", "hang"):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            anna.http.get(path)
    else:
        check_page(kind, path, anna.http.get(path))
    assert mock.armed() == []
    if kind == "logout":
        assert anna.http.get(path).status_code == 302
    else:
        assert 'data-username="anna"' in anna.http.get(path).text


def check_page(kind: str, path: str, answer: httpx.Response) -> None:
    if kind == "http500":
        assert answer.status_code == 500
    elif kind == "logout":
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/login?next=")
    elif kind == "captcha":
        assert answer.status_code == 200
        assert "Please complete the CAPTCHA" in answer.text
        assert "app-project-view" not in answer.text
        assert "app-manage-projects" not in answer.text
    elif kind == "other_user":
        assert 'data-username="both-bo"' in answer.text
        assert 'data-username="anna"' not in answer.text
    else:
        assert 'data-username="anna"' in answer.text


@pytest.mark.parametrize("kind", ["error200", "empty_list"])
def test_list_faults_let_the_page_pass_and_meet_its_list(mock, anna, kind):
    for at, page, rows in (("list", LIST, ROWS), ("project", PAGE, f"{API}/milestones/?projects[]=38112233")):
        mock.arm(at, kind)
        assert 'data-username="anna"' in anna.http.get(page).text
        body = anna.http.get(rows).json()
        assert mock.armed() == []
        if kind == "error200":
            assert body["error_code"] == "UserExceptionCodes.GAF_EXCEPTION"
        else:
            assert "total" not in body["result"]
            assert not next(iter(body["result"].values()))
        assert anna.http.get(rows).json()["result"]["total"] in (63, 0)


def test_an_empty_list_can_claim_to_be_complete(mock, anna):
    mock.knobs(empty_list_style="text")
    mock.arm("list", "empty_list")
    assert anna.http.get(ROWS).json()["result"] == {"projects": [], "total": 0, "offset": 0}


def test_an_empty_project_page_is_empty_in_all_its_lists(mock, ben):
    ref = mock.titled("Travel guide, Lisbon chapter")["ref"]
    mock.arm("project", "empty_list")
    one_load = {"x-page": "7", "x-load": "1"}
    for table in ("milestone_requests", "milestones"):
        result = ben.http.get(f"{API}/{table}/?projects[]={ref}", headers=one_load).json()["result"]
        assert "total" not in result
    later = ben.http.get(f"{API}/milestone_requests/?projects[]={ref}", headers={**one_load, "x-load": "2"})
    assert later.json()["result"]["total"] == 3


def test_a_list_of_another_user(mock, anna):
    mock.arm("list", "other_user")
    titles = [project["title"] for project in anna.http.get(ROWS).json()["result"]["projects"]]
    assert titles == ["Bo hires for a newsletter"]


def test_readback_waits_for_a_money_write(mock, anna):
    mock.arm("readback", "http500")
    assert anna.http.get(PAGE).status_code == 200
    anna.create(TITLE)
    other = "/projects/website-design/Recipe-site-with-search/payments"
    assert anna.http.get(other).status_code == 200
    assert anna.http.get(PAGE).status_code == 500
    assert anna.http.get(PAGE).status_code == 200


def test_readback_of_the_list_belongs_to_a_page_loaded_after_the_write(mock, anna):
    ref = mock.titled(TITLE)["ref"]
    rows = f"{API}/milestones/?projects[]={ref}"
    number = page_number(anna.http.get(PAGE))
    mock.arm("readback", "empty_list")
    anna.create_directly(TITLE).raise_for_status()
    assert anna.http.get(rows, headers={"x-page": number}).json()["result"]["total"] == 1
    number = page_number(anna.http.get(PAGE))
    assert "total" not in anna.http.get(rows, headers={"x-page": number}).json()["result"]
    assert anna.http.get(rows, headers={"x-page": number}).json()["result"]["total"] == 1


def page_number(answer: httpx.Response) -> str:
    return answer.text.split('data-page-number="')[1].split('"')[0]


def test_a_late_readback_hides_what_was_written_last(mock, anna):
    first = anna.create(TITLE, 100, "First")
    anna.milestones(TITLE)
    anna.create(TITLE, 200, "Second")
    mock.arm("readback", "late", "after", seconds=1)
    assert list(anna.milestones(TITLE)["milestones"]) == [first]
    while anna.milestones(TITLE)["total"] == 1:
        pass
    assert anna.milestones(TITLE)["total"] == 2


LOGIN = {"user": "anna", "password": "milepost"}


@pytest.mark.parametrize("kind", ["drop", "http500", "hang", "slow", "captcha", "error200", "logout", "other_user"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_faults_of_the_login(mock, ben, when, kind):
    if not sensible("login", when, kind):
        return
    http = ben.http
    http.get("/logout")
    http.cookies.clear()
    mock.arm("login", kind, when, seconds=0.05)
    if kind in ("drop", "hang"):
        with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
            http.post("/ajax-api/auth/login.php", json=LOGIN)
        return
    body = http.post("/ajax-api/auth/login.php", json=LOGIN).json()
    assert (body["status"] == "success") == (kind in ("slow", "logout", "other_user"))
    who = http.get("/api/users/0.1/self/").json()
    if kind == "slow" or (when == "after" and kind not in ("logout", "other_user")):
        assert who["result"]["username"] == "anna"
    elif kind == "other_user":
        assert who["result"]["username"] == "both-bo"
    else:
        assert who["error_code"] == "RestExceptionCodes.NOT_AUTHENTICATED"
    assert mock.armed() == []


def test_the_login_captcha_fault_passes_once_it_is_done(mock, ben):
    mock.arm("login", "captcha")
    assert code(ben.http.post("/ajax-api/auth/login.php", json=LOGIN)) == "AUTH_CAPTCHA_REQUIRED"
    assert ben.http.post("/ajax-api/auth/login.php", json={**LOGIN, "captcha": True}).json()["status"] == "success"
