"""Drafts, carts, charges, sources and fees; the direct path; the shapes of the API."""

import pytest

from tests.mock_platform.client import API, PAY, code

TITLE = "Artist marketplace website"


def test_only_the_third_step_moves_money(mock, anna):
    cart = anna.make_cart(TITLE, "500.00", "Milestone 1 of 5")
    truth = mock.truth()
    assert truth["charges"] == []
    assert mock.titled(TITLE)["milestones"] == []
    assert truth["carts"][0]["status"] == "open"
    done = anna.pay(cart).json()["result"]
    truth = mock.truth()
    charge = truth["charges"][0]
    assert charge == {
        "ref": charge["ref"],
        "cart": str(cart),
        "project": "38112233",
        "user": "anna",
        "amount": "500.00",
        "currency": "USD",
        "source": "balance",
        "project_fee": "0.00",
        "processing_fee": "0.00",
        "taken": [{"currency": "USD", "amount": "500.00"}],
        "milestone": str(done["milestones"][0]),
    }
    assert truth["carts"][0]["status"] == "charged"
    assert truth["balances"]["anna"] == {"EUR": "4000.00", "USD": "24500.00"}
    assert mock.titled(TITLE)["milestones"] == [
        {
            "ref": charge["milestone"],
            "description": "Milestone 1 of 5",
            "amount": "500.00",
            "state": "funded",
            "raw": "In Progress",
            "status": "frozen",
        }
    ]


def test_a_charged_cart_is_not_charged_again(mock, anna):
    cart = anna.make_cart(TITLE)
    anna.pay(cart).raise_for_status()
    assert code(anna.pay(cart)) == "RestExceptionCodes.BAD_FORM"
    assert len(mock.truth()["charges"]) == 1
    assert anna.http.get(f"/deposit?cartId={cart}").headers["location"] == f"/cart?cartId={cart}"
    assert "This cart has been paid." in anna.http.get(f"/cart?cartId={cart}").text


def test_without_the_cart_guard_the_server_doubles_the_row(mock, anna):
    mock.knobs(cart_guard="off")
    cart = anna.make_cart(TITLE)
    anna.pay(cart).raise_for_status()
    anna.pay(cart).raise_for_status()
    assert len(mock.truth()["charges"]) == len(mock.titled(TITLE)["milestones"]) == 2


def test_a_discarded_cart_cannot_be_paid(mock, anna):
    cart = anna.make_cart(TITLE)
    anna.good("PUT", f"{PAY}/carts/{cart}", {"action": "discard"})
    assert code(anna.pay(cart)) == "RestExceptionCodes.BAD_FORM"
    assert mock.truth()["charges"] == []
    assert "discarded" in anna.http.get(f"/cart?cartId={cart}").text


def test_a_pending_award_gives_a_pending_milestone(mock, anna):
    anna.create("Quiz night questions", 50)
    row = mock.titled("Quiz night questions")["milestones"][0]
    assert (row["status"], row["raw"], row["state"]) == ("pending", "Pending", "funded")


def test_creating_with_a_request_answers_it(mock, anna):
    title = "Travel guide, Lisbon chapter"
    ref = next(r["ref"] for r in mock.titled(title)["requests"] if r["description"] == "Outline")
    anna.create(title, 300, "Outline", milestone_request_id=int(ref))
    assert next(r["status"] for r in mock.titled(title)["requests"] if r["ref"] == ref) == "created"
    fields = anna.fields(title, 300, "Outline", milestone_request_id=int(ref))
    assert code(anna.http.post(f"{API}/milestone_drafts/", json=fields)) == "RestExceptionCodes.BAD_FORM"


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"amount": 0}, "Please enter a greater amount."),
        ({"amount": 0.5}, "Invalid amount specified"),
        ({"amount": 1000000000}, "Please enter a lesser amount."),
        ({"amount": "1,000"}, "Invalid amount specified"),
        ({"amount": None}, "Amount field is required"),
        ({"amount": {"a": 1}}, "Invalid amount specified"),
        ({"description": ""}, "Description is required"),
        ({"description": 5}, "Description is required"),
        ({"description": "x" * 101}, "Please create a shorter description."),
        ({"description": "🎨" * 51}, "Please create a shorter description."),
        ({"currency_id": 8}, "The currency is always the project's currency."),
        ({"bidder_id": 103}, "bidder_id is not the awarded freelancer of this project."),
        ({"milestone_request_id": "x"}, "Milestone request not found."),
        ({"project_id": {}}, "Project not found."),
        ({"project_id": 10**30}, "Project not found."),
    ],
)
def test_draft_refusals_write_nothing(mock, anna, fields, error):
    answer = anna.http.post(f"{API}/milestone_drafts/", json=anna.fields(TITLE) | fields)
    code(answer)
    assert answer.json()["message"] == error
    assert mock.truth()["carts"] == []


def test_description_limit_is_a_knob(mock, anna):
    mock.knobs(description_limit="200")
    anna.create(TITLE, 100, "x" * 200)
    assert code(anna.create_directly(TITLE, 100, "x" * 201)) == "RestExceptionCodes.BAD_FORM"


@pytest.mark.parametrize(
    ("login", "title", "error"),
    [
        ("anna", "Fonts for a game", "RestExceptionCodes.BAD_FORM"),
        ("anna", "Old shop website", "RestExceptionCodes.BAD_FORM"),
        ("anna", "Freelancer without a profile", "PROFILE_INCOMPLETE"),
        ("anna", "Freelancer in California", "ESCROWCOM_ACCOUNT_UNLINKED"),
        ("limited-lena", "Limited account project", "USER_ACCOUNT_LIMITED"),
        ("profile-pia", "Profile incomplete project", "PROFILE_INCOMPLETE"),
        ("escrow-esther", "Escrow.com project", "ESCROWCOM_ACCOUNT_UNLINKED"),
    ],
)
@pytest.mark.parametrize("path", ["milestones", "milestone_drafts"])
def test_blocks(mock, sign_in, login, title, error, path):
    client = sign_in(login)
    assert code(client.http.post(f"{API}/{path}/", json=client.fields(title))) == error
    assert all(row["state"] == "released" for row in mock.titled(title)["milestones"])


def test_nobody_creates_on_another_clients_project(mock, sign_in, anna):
    fields = anna.fields(TITLE)
    assert code(sign_in("client-carl").http.post(f"{API}/milestones/", json=fields)) == "NOT_FOUND"
    assert code(sign_in("ben").http.post(f"{API}/milestones/", json=fields)) == "NOT_FOUND"
    cart = anna.make_cart(TITLE)
    assert code(sign_in("client-carl").pay(cart)) == "NOT_FOUND"


def quotes(client, cart):
    result = client.good("GET", f"{PAY}/carts/{cart}")
    return result["preselected"], {source["id"]: source for source in result["sources"]}


def rows(source):
    return [(row["label"], row["amount_text"]) for row in source["rows"]]


def test_quotes_of_a_client_with_everything(mock, anna):
    preselected, sources = quotes(anna, anna.make_cart(TITLE, "500.00"))
    assert preselected == "balance"
    assert list(sources) == ["balance", "balance:EUR", "card:4242", "paypal"]
    assert rows(sources["balance"]) == [
        ("Processing Fee", "Free"),
        ("Subtotal", "$500.00 USD"),
        ("Total", "$500.00 USD"),
    ]
    assert rows(sources["balance:EUR"])[0] == ("Equivalent Balance", "€462.97 EUR")
    assert rows(sources["card:4242"]) == [
        ("Deposit Amount", "$500.00 USD"),
        ("Processing Fee", "$11.80 USD"),
        ("Subtotal", "$500.00 USD"),
        ("Total", "$511.80 USD"),
    ]
    assert sources["paypal"]["label"] == "PayPal (unverified)"
    assert not sources["paypal"]["verified"]


@pytest.mark.parametrize(
    ("login", "title", "preselected", "ids"),
    [
        ("card-cody", "Card only project", "card:4242", ["card:4242"]),
        ("unverified-uma", "Unverified card project", None, ["card:1881"]),
        ("nofunds-nora", "No funds project", None, []),
        ("euro-otto", "Dollar project of a euro client", "balance:EUR", ["balance:EUR"]),
    ],
)
def test_what_is_offered_to_whom(sign_in, login, title, preselected, ids):
    client = sign_in(login)
    chosen, sources = quotes(client, client.make_cart(title, 100))
    assert (chosen, list(sources)) == (preselected, ids)


def test_paying_by_card_leaves_the_balance(mock, sign_in):
    cody = sign_in("card-cody")
    cody.pay(cody.make_cart("Card only project", 100), "card:4242").raise_for_status()
    charge = mock.truth()["charges"][0]
    assert (charge["amount"], charge["processing_fee"], charge["source"]) == ("102.60", "2.60", "card:4242")
    assert mock.truth()["balances"]["card-cody"] == {}


def test_card_fee_is_a_knob(mock, sign_in):
    mock.knobs(card_fee_percent="0", card_fee_fixed="0")
    cody = sign_in("card-cody")
    _, sources = quotes(cody, cody.make_cart("Card only project", 100))
    assert ("Processing Fee", "Free") in rows(sources["card:4242"])


def test_a_converted_balance_is_taken_in_its_own_currency(mock, anna):
    anna.pay(anna.make_cart(TITLE, "540.00"), "balance:EUR").raise_for_status()
    assert mock.truth()["balances"]["anna"] == {"EUR": "3500.00", "USD": "25000.00"}
    assert mock.truth()["charges"][0]["taken"] == [{"currency": "EUR", "amount": "500.00"}]


def test_all_balances_together(mock, anna):
    mock.replant({"projects": 1, "balances": {"anna": {"USD": "100.00", "EUR": "100.00"}}})
    cart = anna.make_cart("Project 001", "208.00")
    preselected, sources = quotes(anna, cart)
    assert preselected == "balance:mixed"
    assert rows(sources["balance:mixed"])[0] == ("Equivalent Balance", "$100.00 USD")
    anna.pay(cart, "balance:mixed").raise_for_status()
    assert mock.truth()["balances"]["anna"] == {"EUR": "0.00", "USD": "0.00"}


@pytest.mark.parametrize(
    ("login", "title", "source"),
    [
        ("nofunds-nora", "No funds project", "balance"),
        ("unverified-uma", "Unverified card project", "card:1881"),
        ("euro-otto", "Dollar project of a euro client", "balance"),
    ],
)
def test_refused_payments_take_nothing(mock, sign_in, login, title, source):
    client = sign_in(login)
    before = mock.truth()["balances"]
    assert code(client.pay(client.make_cart(title, 100), source)) == "PAYMENT_REQUIRED"
    truth = mock.truth()
    assert (truth["charges"], truth["balances"], truth["carts"][0]["status"]) == ([], before, "open")
    assert mock.titled(title)["milestones"] == []


def test_a_declined_card_and_an_unknown_source(mock, sign_in):
    mock.knobs(card="declined")
    cody = sign_in("card-cody")
    cart = cody.make_cart("Card only project")
    assert "declined" in cody.pay(cart, "card:4242").json()["message"]
    assert code(cody.pay(cart, "gold")) == "RestExceptionCodes.BAD_FORM"
    assert mock.truth()["charges"] == []


def test_overage_fee_is_its_own_line_above_the_bid(mock, anna):
    cart = anna.make_cart("Bid already used up", 100)
    items = mock.truth()["carts"][0]["items"]
    assert [(item["kind"], item["amount"]) for item in items] == [("milestone", "100.00"), ("project_fee", "3.00")]
    anna.pay(cart).raise_for_status()
    assert (mock.truth()["charges"][0]["amount"], mock.truth()["charges"][0]["project_fee"]) == ("103.00", "3.00")
    mock.knobs(overage_fee="off")
    anna.make_cart("Bid already used up", 100)
    assert len(mock.truth()["carts"][1]["items"]) == 1


def test_only_the_part_above_the_bid_has_a_fee(mock, anna):
    anna.make_cart("Estate agent flyers", 50)
    anna.make_cart(TITLE, 2600)
    fees = [cart["items"][1]["amount"] for cart in mock.truth()["carts"]]
    assert fees == ["1.50", "3.00"]


def test_hourly_projects_have_a_fee_on_everything(mock, anna):
    anna.make_cart("Server maintenance, hourly", 200)
    assert mock.truth()["carts"][0]["items"][1]["amount"] == "6.00"


def test_the_direct_path_charges_at_once(mock, anna):
    made = anna.create_directly(TITLE, 500, "Milestone 1 of 5").json()["result"]
    assert made["transaction_id"] == int(mock.titled(TITLE)["milestones"][0]["ref"])
    charge = mock.truth()["charges"][0]
    assert (charge["cart"], charge["amount"], charge["source"]) == (None, "500.00", "balance")


def test_the_direct_path_without_funds(mock, sign_in):
    cody = sign_in("card-cody")
    answer = cody.create_directly("Card only project", 100)
    assert (answer.status_code, code(answer)) == (402, "PAYMENT_REQUIRED")
    fields = cody.fields("Card only project", 100)
    query = {"id": fields["project_id"], "bidderId": fields["bidder_id"], "amount": "100", "descr": "Design"}
    options = cody.http.get(f"{PAY}/deposit_options", params=query).json()["result"]
    assert options["preselected"] == "card:4242"
    paid = cody.good("POST", f"{PAY}/deposits/", {**fields, "source": "card:4242"})
    assert mock.titled("Card only project")["milestones"][0]["ref"] == str(paid["milestones"][0])
    assert mock.truth()["charges"][0]["amount"] == "102.60"


def test_yen_and_rupees(mock, anna):
    anna.pay(anna.make_cart("Japanese landing page", 40000), "card:4242").raise_for_status()
    anna.pay(anna.make_cart("Hindi voice over", "18000.00"), "card:4242").raise_for_status()
    amounts = [(charge["amount"], charge["currency"]) for charge in mock.truth()["charges"]]
    assert amounts == [("40965", "JPY"), ("18439.00", "INR")]
    fields = anna.fields("Japanese landing page", "100.50")
    assert code(anna.http.post(f"{API}/milestone_drafts/", json=fields)) == "RestExceptionCodes.BAD_FORM"


def test_milestone_object_has_the_fields_of_the_api(mock, anna):
    ref = anna.create(TITLE, "100.25")
    entry = anna.milestones(TITLE)["milestones"][ref]
    single = anna.good("GET", f"{API}/milestones/{ref}/")["milestones"][ref]
    assert entry == single
    assert {name: entry[name] for name in ("transaction_id", "amount", "other_reason", "status", "time_released")} == {
        "transaction_id": int(ref),
        "amount": 100.25,
        "other_reason": "Design",
        "status": "frozen",
        "time_released": None,
    }
    assert entry["currency"] == {"id": 1, "code": "USD", "sign": "$"}
    assert entry["time_created"] == 1793610000
    assert entry["amount_text"] == "$100.25 USD"


def test_envelope_and_balances(anna):
    body = anna.http.get("/api/users/0.1/self/?balance_details=true").json()
    assert body["status"] == "success"
    assert len(body["request_id"]) == 32
    held = {b["currency"]["code"]: b["amount"] for b in body["result"]["account_balances"]["balances"]}
    assert held == {"EUR": 4000.0, "USD": 25000.0}
    assert body["result"]["status"]["payment_verified"] is True
    assert "account_balances" not in anna.good("GET", "/api/users/0.1/self/")
    assert anna.good("GET", f"{PAY}/exchange_rate?from=EUR&to=USD")["rate"] == 1.08
    assert {"id": 1, "code": "USD", "sign": "$"} in anna.good("GET", f"{API}/currencies")["currencies"]


def test_errors_can_come_with_http_200(mock, anna):
    mock.knobs(error_http="200")
    answer = anna.create_directly("Fonts for a game")
    assert answer.status_code == 200
    assert code(answer) == "RestExceptionCodes.BAD_FORM"


@pytest.mark.parametrize("body", ["not json", "[1]", '"text"'])
def test_bad_bodies_are_refused(anna, body):
    answer = anna.http.post(f"{API}/milestones/", content=body)
    assert code(answer) == "RestExceptionCodes.BAD_FORM"


def test_a_redirected_money_request_arrives(mock, anna):
    answer = anna.http.post(
        "/ajax-api/forward.php", params={"to": f"{API}/milestones/"}, json=anna.fields(TITLE), follow_redirects=True
    )
    assert answer.history[0].status_code == 307
    assert answer.json()["status"] == "success"
    assert mock.truth()["money_requests"] == [{"method": "POST", "path": f"{API}/milestones/"}]
    assert code(anna.http.post("/ajax-api/forward.php?to=//evil.example/")) == "RestExceptionCodes.BAD_FORM"
