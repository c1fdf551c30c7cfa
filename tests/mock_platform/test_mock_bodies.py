"""Whatever a request says, the site answers with an envelope and writes nothing that is not right."""

import json

import pytest

from tests.mock_platform.client import API, PAY

ODD = (None, True, -1, 0, 10**30, 1.5, "", "x", "1e400", [], [1], {}, {"a": 1}, "\x00", "\ud800")


@pytest.mark.parametrize(
    ("method", "path", "names"),
    [
        ("POST", f"{API}/milestones/", ("project_id", "bidder_id", "amount", "description", "request_id")),
        ("POST", f"{API}/milestone_drafts/", ("project_id", "bidder_id", "amount", "description", "currency_id")),
        ("PUT", f"{API}/milestones/41200001/", ("action", "amount", "reason")),
        ("PUT", f"{API}/milestone_requests/5100001/", ("action",)),
        ("PUT", f"{PAY}/carts/7300001", ("action", "source")),
        ("POST", f"{PAY}/carts/7300001/cart_items/", ("contextType", "contextId")),
        ("POST", f"{PAY}/deposits/", ("project_id", "bidder_id", "amount", "description", "source")),
        ("POST", "/ajax-api/auth/login.php", ("user", "password", "next")),
        ("POST", "/ajax-api/auth/two_factor.php", ("token", "code")),
    ],
)
def test_odd_fields_are_refused(mock, anna, method, path, names):
    anna.make_cart("Artist marketplace website")
    good = anna.fields("Artist marketplace website", source="gold", contextType="MILESTONE", user="nobody")
    before = mock.truth()
    for name in names:
        for value in ODD:
            answer = anna.http.request(method, path, content=json.dumps({**good, name: value}))
            assert answer.status_code < 500, (name, value)
            assert answer.json()["status"] in ("error", "success")
    after = mock.truth()
    if "milestones/" not in path or method == "PUT":
        assert after["projects"] == before["projects"]
        assert after["charges"] == before["charges"]


@pytest.mark.parametrize(
    "query",
    ["projects[]=x", "projects[]=-1", "projects[]=" + "9" * 40, "projects[]=%00", "limit=x&offset=-1", "state=no"],
)
@pytest.mark.parametrize(
    "path",
    [
        f"{API}/milestones/",
        f"{API}/milestone_requests/",
        f"{PAY}/carts/",
        f"{API}/projects/",
        "/ajax-api/manage/projects.php",
    ],
)
def test_odd_queries_find_nothing(anna, path, query):
    answer = anna.http.get(f"{path}?{query}")
    assert answer.status_code == 200
    assert answer.json()["status"] == "success"


@pytest.mark.parametrize("name", ["faults", "knobs", "act", "reset"])
@pytest.mark.parametrize("body", ["", "null", "[]", "{", '"x"', '{"seed": {}}', '{"seed": 5}', '{"a": {"b": []}}'])
def test_odd_calls_of_the_back_door(mock, anna, name, body):
    answer = anna.http.post(f"/__mock__/{name}", content=body)
    assert answer.status_code in (200, 400, 409), answer.text
