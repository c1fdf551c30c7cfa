"""Milestones and requests: every transition, by whom, and every refusal, judged by the truth."""

import pytest

from tests.mock_platform.client import code

FUNDED, REQUESTED, PENDING = "Recipe site with search", "Travel guide, Lisbon chapter", "Garden centre app"


def state_of(mock, title, description):
    found = [m for m in mock.titled(title)["milestones"] if m["description"] == description]
    assert len(found) == 1
    return found[0]


def ref_of(mock, title, description):
    return state_of(mock, title, description)["ref"]


def test_release_pays_the_freelancer_and_cannot_be_done_twice(mock, anna):
    ref = ref_of(mock, FUNDED, "Milestone 1 of 3")
    assert anna.act(ref, "release", amount=500).json()["result"]["released_milestone"] == int(ref)
    assert state_of(mock, FUNDED, "Milestone 1 of 3")["state"] == "released"
    assert mock.truth()["balances"]["ben"]["USD"] == "810.00"
    assert code(anna.act(ref, "release", amount=500)) == "RestExceptionCodes.BAD_FORM"
    assert mock.truth()["balances"]["ben"]["USD"] == "810.00"


def test_partial_release_replaces_the_milestone_by_two_new_ones(mock, anna):
    ref = ref_of(mock, FUNDED, "Milestone 1 of 3")
    result = anna.act(ref, "release", amount="200.50").json()["result"]
    rows = {m["ref"]: m for m in mock.titled(FUNDED)["milestones"]}
    assert rows[ref]["state"] == "cancelled"
    released, rest = rows[str(result["released_milestone"])], rows[str(result["remaining_milestone"])]
    assert (released["state"], released["amount"]) == ("released", "200.50")
    assert (rest["state"], rest["amount"]) == ("funded", "299.50")
    assert rest["description"] == "Milestone 1 of 3 (Partial Release 2)"
    again = anna.act(rest["ref"], "release", amount=100).json()["result"]
    names = {m["ref"]: m["description"] for m in mock.titled(FUNDED)["milestones"]}
    assert names[str(again["remaining_milestone"])] == "Milestone 1 of 3 (Partial Release 3)"
    assert mock.truth()["balances"]["anna"]["USD"] == "25000.00"


@pytest.mark.parametrize(
    ("title", "description", "amount", "error"),
    [
        (FUNDED, "Milestone 1 of 3", "500.01", "RestExceptionCodes.BAD_FORM"),
        (FUNDED, "Milestone 1 of 3", "0", "RestExceptionCodes.BAD_FORM"),
        (PENDING, "Upfront", "440", "PROJECT_NOT_ACCEPTED"),
        ("Chat bot for a bank branch", "Training data", "1300", "MILESTONE_DISPUTE_PENDING"),
        ("Server maintenance, hourly", "Week 44", "100", "RestExceptionCodes.BAD_FORM"),
        ("Online course platform", "Concept and wireframes", "800", "RestExceptionCodes.BAD_FORM"),
    ],
)
def test_release_refusals(mock, anna, title, description, amount, error):
    before = mock.truth()["projects"]
    assert code(anna.act(ref_of(mock, title, description), "release", amount=amount)) == error
    assert mock.truth()["projects"] == before


def test_strangers_find_nothing(mock, sign_in):
    carl = sign_in("client-carl")
    assert code(carl.act(ref_of(mock, FUNDED, "Milestone 1 of 3"), "release")) == "NOT_FOUND"
    assert code(carl.act(999, "release")) == "NOT_FOUND"
    assert code(carl.act("9" * 40, "release")) == "NOT_FOUND"
    assert carl.good("GET", f"/api/projects/0.1/milestones/?projects[]={mock.titled(FUNDED)['ref']}")["total"] == 0


def test_request_release(mock, anna, ben):
    ref = ref_of(mock, FUNDED, "Milestone 1 of 3")
    assert code(anna.act(ref, "request_release")) == "PERMISSION_DENIED"
    ben.act(ref, "request_release").raise_for_status()
    assert state_of(mock, FUNDED, "Milestone 1 of 3")["raw"] == "Release Requested"
    assert code(ben.act(ref, "request_release")) == "RestExceptionCodes.BAD_FORM"
    assert code(ben.act(ref, "release")) == "PERMISSION_DENIED"
    anna.act(ref, "release").raise_for_status()


@pytest.mark.parametrize(
    ("title", "description", "back"),
    [
        (FUNDED, "Milestone 1 of 3", "25500.00"),
        ("Online course platform", "Teacher area", "26000.00"),
        (PENDING, "Upfront", "25440.00"),
    ],
)
def test_the_freelancer_cancels_and_the_money_goes_back(mock, ben, title, description, back):
    ref = ref_of(mock, title, description)
    ben.act(ref, "cancel").raise_for_status()
    assert state_of(mock, title, description)["state"] == "cancelled"
    assert mock.truth()["balances"]["anna"]["USD"] == back
    assert code(ben.act(ref, "cancel")) == "RestExceptionCodes.BAD_FORM"


def test_the_client_cancels_only_before_acceptance(mock, anna):
    assert code(anna.act(ref_of(mock, FUNDED, "Milestone 1 of 3"), "cancel")) == "PERMISSION_DENIED"
    anna.act(ref_of(mock, PENDING, "Upfront"), "cancel").raise_for_status()
    assert state_of(mock, PENDING, "Upfront")["raw"] == "Cancelled"


def test_cancellation_is_asked_for_and_rejected_or_accepted(mock, anna, ben):
    ref = ref_of(mock, FUNDED, "Milestone 1 of 3")
    assert code(anna.act(ref, "request_cancel", reason="bored")) == "RestExceptionCodes.BAD_FORM"
    assert code(ben.act(ref, "request_cancel", reason="other")) == "PERMISSION_DENIED"
    anna.act(ref, "request_cancel", reason="no_longer_needed").raise_for_status()
    asked = state_of(mock, FUNDED, "Milestone 1 of 3")
    assert (asked["state"], asked["raw"], asked["status"]) == ("cancel_requested", "Cancellation Requested", "frozen")
    assert code(anna.act(ref, "reject_cancel")) == "PERMISSION_DENIED"
    ben.act(ref, "reject_cancel").raise_for_status()
    assert state_of(mock, FUNDED, "Milestone 1 of 3")["state"] == "funded"
    assert code(ben.act(ref, "reject_cancel")) == "RestExceptionCodes.BAD_FORM"
    anna.act(ref, "request_cancel", reason="other", reason_text="changed our mind").raise_for_status()
    ben.act(ref, "cancel").raise_for_status()
    assert state_of(mock, FUNDED, "Milestone 1 of 3")["state"] == "cancelled"


@pytest.mark.parametrize("side", ["anna", "ben"])
def test_either_side_disputes(mock, sign_in, side):
    ref = ref_of(mock, FUNDED, "Milestone 1 of 3")
    sign_in(side).act(ref, "dispute").raise_for_status()
    assert state_of(mock, FUNDED, "Milestone 1 of 3")["state"] == "disputed"
    assert code(sign_in("anna").act(ref, "release")) == "MILESTONE_DISPUTE_PENDING"


def test_description_update_and_unknown_action(mock, anna):
    ref = ref_of(mock, FUNDED, "Milestone 1 of 3")
    anna.act(ref, "update", description="Search page").raise_for_status()
    assert state_of(mock, FUNDED, "Search page")["amount"] == "500.00"
    assert code(anna.act(ref, "update", description=" ")) == "RestExceptionCodes.BAD_FORM"
    assert code(anna.act(ref, "explode")) == "RestExceptionCodes.BAD_FORM"


def test_acceptance_of_the_award_freezes_pending_milestones(mock):
    mock.act("accept", project=mock.titled(PENDING)["ref"])
    assert state_of(mock, PENDING, "Upfront")["status"] == "frozen"


def test_clearing_knob(mock, anna):
    mock.knobs(clearing="on")
    anna.act(ref_of(mock, FUNDED, "Milestone 1 of 3"), "release").raise_for_status()
    row = state_of(mock, FUNDED, "Milestone 1 of 3")
    assert (row["raw"], row["state"]) == ("Pending in Freelancer.com", "released")


def request_ref(mock, title, description):
    return next(r["ref"] for r in mock.titled(title)["requests"] if r["description"] == description)


def test_a_freelancer_requests_and_deletes(mock, anna, ben):
    title = "Artist marketplace website"
    made = ben.request(title, 500, "Milestone 1 of 5").json()["result"]
    assert made["status"] == "pending"
    assert mock.titled(title)["requests"] == [
        {
            "ref": str(made["id"]),
            "description": "Milestone 1 of 5",
            "amount": "500.00",
            "raw": "Requested",
            "status": "pending",
        }
    ]
    assert mock.titled(title)["milestones"] == []
    assert code(anna.decide(made["id"], "delete")) == "PERMISSION_DENIED"
    ben.decide(made["id"], "delete").raise_for_status()
    assert mock.titled(title)["requests"][0]["raw"] == "Deleted"
    assert code(ben.decide(made["id"], "delete")) == "RestExceptionCodes.BAD_FORM"


@pytest.mark.parametrize(
    ("login", "fields", "error"),
    [
        ("ben", {"amount": 0}, "RestExceptionCodes.BAD_FORM"),
        ("ben", {"description": ""}, "RestExceptionCodes.BAD_FORM"),
        ("ben", {"description": "x" * 101}, "RestExceptionCodes.BAD_FORM"),
        ("ben", {"bid_id": 1}, "RestExceptionCodes.BAD_FORM"),
        ("ben", {"project_id": 1}, "NOT_FOUND"),
        ("chloe", {}, "NOT_FOUND"),
    ],
)
def test_request_refusals(mock, ben, sign_in, login, fields, error):
    body = ben.fields("Artist marketplace website") | fields
    assert code(sign_in(login).http.post("/api/projects/0.1/milestone_requests/", json=body)) == error
    assert mock.titled("Artist marketplace website")["requests"] == []


def test_accepting_a_request_charges_and_creates(mock, anna, ben):
    ref = request_ref(mock, REQUESTED, "Outline")
    assert code(ben.decide(ref, "accept")) == "PERMISSION_DENIED"
    anna.decide(ref, "accept").raise_for_status()
    project = mock.titled(REQUESTED)
    assert [(m["description"], m["amount"], m["state"]) for m in project["milestones"]] == [
        ("Outline", "300.00", "funded")
    ]
    assert next(r["status"] for r in project["requests"] if r["ref"] == ref) == "created"
    assert mock.truth()["balances"]["anna"]["USD"] == "24700.00"
    assert code(anna.decide(ref, "accept")) == "RestExceptionCodes.BAD_FORM"
    assert len(mock.titled(REQUESTED)["milestones"]) == 1


def test_rejecting_a_request(mock, anna, ben):
    ref = request_ref(mock, REQUESTED, "Outline")
    assert code(ben.decide(ref, "reject")) == "PERMISSION_DENIED"
    anna.decide(ref, "reject").raise_for_status()
    assert next(r["raw"] for r in mock.titled(REQUESTED)["requests"] if r["ref"] == ref) == "Rejected"


@pytest.mark.parametrize(
    ("knob", "error"), [("deposit", "PAYMENT_REQUIRED"), ("refuse", "RestExceptionCodes.BAD_FORM")]
)
def test_accept_without_funds_is_a_knob(mock, sign_in, knob, error):
    mock.knobs(accept_without_funds=knob)
    title = "No funds project"
    made = sign_in("ben").request(title, 100).json()["result"]
    assert code(sign_in("nofunds-nora").decide(made["id"], "accept")) == error
    assert mock.titled(title)["requests"][0]["status"] == "pending"
    assert mock.titled(title)["milestones"] == []


def test_http_delete_is_not_allowed(mock, ben):
    answer = ben.http.delete(f"/api/projects/0.1/milestone_requests/{request_ref(mock, REQUESTED, 'Outline')}/")
    assert answer.status_code == 405
    assert code(answer) == "METHOD_NOT_ALLOWED"
