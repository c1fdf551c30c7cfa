"""Creating a milestone as a client does, over the versions of the site, and the form's own messages."""

import re

import pytest
from playwright.sync_api import Page, expect

TITLE = "Artist marketplace website"
REF = "38112233"


def open_form(page: Page, label: str = "Create Milestone") -> None:
    page.locator(".payments-actions").get_by_role("button", name=label, exact=True).click()
    expect(page.get_by_role("heading", name="Create Milestone Payment")).to_be_visible()


def fill(page: Page, amount: str, description: str = "Milestone 1 of 5") -> None:
    page.get_by_label("Amount (USD)").fill(amount)
    page.get_by_label("Description", exact=True).fill(description)


def submit(page: Page, kind: str = "CreateCart"):
    return page.locator(f'[fltrackinglabel="MilestoneCreateModal{kind}Button"] button')


@pytest.mark.parametrize(
    ("knobs", "source"),
    [
        ({}, "balance"),
        (
            {
                "form": "inline",
                "list_markup": "cards",
                "create_label": "Create New Milestone",
                "submit_label": "Create",
                "pay_label": "Confirm and Pay",
                "tab_name": "Milestones",
                "amount_format": "indian",
            },
            "card:4242",
        ),
        ({"list_markup": "cards", "create_label": "Create", "redirect_307": "on", "live": "sse"}, "balance:EUR"),
        ({"form": "inline", "telemetry": "on", "live": "off", "toast": "off"}, "balance"),
    ],
)
def test_create_by_cart(visit, mock, page, knobs, source):
    mock.knobs(**knobs)
    visit("anna", TITLE)
    expect(page.get_by_role("tab", name=knobs.get("tab_name", "Payments"))).to_have_attribute("aria-selected", "true")
    expect(page.get_by_text("No milestone payments yet")).to_be_visible()
    open_form(page, knobs.get("create_label", "Create Milestone"))
    expect(submit(page)).to_have_text(knobs.get("submit_label", "Create Milestone"))
    expect(submit(page)).to_be_disabled()
    fill(page, "500.00")
    submit(page).click()
    page.wait_for_url(re.compile(r"/deposit\?cartId=\d+$"))
    assert mock.truth()["charges"] == []
    expect(page.locator(".project-id")).to_have_text(REF)
    page.locator(f'[data-source="{source}"] input').check()
    page.get_by_role("button", name=knobs.get("pay_label", "Confirm Payment")).click()
    page.wait_for_url(re.compile(r"/cart\?cartId=\d+$"))
    expect(page.get_by_text("This cart has been paid.")).to_be_visible()
    page.get_by_role("link", name="Back to project").click()
    expect(page.locator("section.created .end")).to_have_text("Showing 1 of 1 milestones")
    row = page.locator("[data-milestone-id]")
    expect(row.locator(".description")).to_have_text("Milestone 1 of 5")
    expect(row.locator(".amount")).to_have_text("$500.00 USD")
    expect(row.locator(".status")).to_have_text("In Progress")
    made = mock.titled(TITLE)["milestones"]
    assert [(m["description"], m["amount"], m["state"]) for m in made] == [("Milestone 1 of 5", "500.00", "funded")]
    assert mock.truth()["charges"][0]["source"] == source


@pytest.mark.parametrize("form", ["modal", "inline"])
def test_create_directly(visit, mock, page, form):
    mock.knobs(path="direct", form=form)
    visit("anna", TITLE)
    open_form(page)
    fill(page, "500")
    submit(page, "Create").click()
    expect(page.locator("[data-milestone-id] .status")).to_have_text("In Progress")
    expect(page.get_by_role("status")).to_contain_text("Milestone created.")
    expect(page.get_by_role("heading", name="Create Milestone Payment")).to_have_count(0)
    assert len(mock.truth()["charges"]) == 1
    assert mock.truth()["page_loads"] == 1


def test_directly_without_funds_a_deposit_is_asked_for(visit, mock, page):
    mock.knobs(path="direct")
    visit("card-cody", "Card only project")
    open_form(page)
    fill(page, "100", "Design")
    submit(page, "Create").click()
    page.wait_for_url(
        re.compile(r"/deposit\?amount=100&bidderId=102&currency=USD&descr=Design&id=\d+&refAction=create_mil")
    )
    expect(page.locator('[data-source="card:4242"] input')).to_be_checked()
    expect(page.get_by_role("row", name="Total $102.60 USD", exact=True)).to_be_visible()
    page.get_by_role("button", name="Confirm Payment").click()
    page.wait_for_url(re.compile(r"/cart\?cartId=\d+$"))
    assert mock.titled("Card only project")["milestones"][0]["amount"] == "100.00"
    assert len(mock.truth()["charges"]) == 1


def test_texts_and_messages_of_the_form(visit, page):
    visit("anna", TITLE)
    open_form(page)
    dialog = page.get_by_role("dialog", name="Create Milestone Payment")
    expect(dialog).to_contain_text("You can release this payment once you are 100% satisfied with the work provided.")
    amount, description = page.get_by_label("Amount (USD)"), page.get_by_label("Description", exact=True)
    for control, attribute, value in (
        (amount, "type", "number"),
        (amount, "placeholder", "25"),
        (description, "placeholder", "e.g. Milestone for the design"),
        (description, "maxlength", "100"),
    ):
        expect(control).to_have_attribute(attribute, value)
    description.fill("Design")
    for typed, text in (
        ("", "Amount field is required"),
        ("0", "Please enter a greater amount."),
        ("-3", "Please enter a greater amount."),
        ("1000000000", "Please enter a lesser amount."),
        ("0.50", "Invalid amount specified"),
        ("1.234", "Invalid amount specified"),
        ("1e3", "Invalid amount specified"),
    ):
        amount.fill("7")
        expect(submit(page)).to_be_enabled()
        amount.fill(typed)
        expect(page.locator(".field-error")).to_have_text(text)
        expect(submit(page)).to_be_disabled()
    amount.fill("999999999")
    description.fill("")
    expect(page.locator(".field-error")).to_have_text("Description is required")
    description.evaluate("(field) => { field.value = 'x'.repeat(101); }")
    description.dispatch_event("input")
    expect(page.locator(".field-error")).to_have_text("Please create a shorter description.")
    expect(submit(page)).to_be_disabled()
    page.locator('[fltrackinglabel="MilestoneCreateModalCancelButton"] button').click()
    expect(dialog).to_have_count(0)


def test_typing_stops_at_the_limit(visit, mock, page):
    mock.knobs(description_limit="200")
    visit("anna", TITLE)
    open_form(page)
    description = page.get_by_label("Description", exact=True)
    description.press_sequentially("y" * 205, delay=0)
    expect(description).to_have_value("y" * 200)


@pytest.mark.parametrize(
    ("login", "title", "text"),
    [
        (
            "profile-pia",
            "Profile incomplete project",
            r"ivan-incomplete completes their profile .* request ID: [0-9a-f]{32} if",
        ),
        (
            "escrow-esther",
            "Escrow.com project",
            r"ella-escrow agrees to the Escrow.com terms .* request ID: [0-9a-f]{32} if",
        ),
        ("limited-lena", "Limited account project", r"with request_id: [0-9a-f]{32} \(USER_ACCOUNT_LIMITED: "),
    ],
)
def test_blocks_show_the_sites_banner(visit, mock, page, login, title, text):
    visit(login, title)
    open_form(page)
    fill(page, "100")
    submit(page).click()
    banner = page.get_by_role("alert").filter(has_text="Unable to create milestone")
    expect(banner).to_have_text(re.compile(text))
    expect(submit(page)).to_be_enabled()
    assert mock.truth()["carts"] == []


@pytest.mark.parametrize(
    ("rewrite", "shown", "charged"),
    [
        ("thousands", "1,250.50", "1250.50"),
        ("round", "1251", "1251.00"),
        ("misparse", "1,250.50", "1.00"),
        ("none", "1250.50", "1250.50"),
    ],
)
def test_forms_that_rewrite_the_amount(visit, mock, page, rewrite, shown, charged):
    mock.knobs(rewrite_amount=rewrite)
    visit("anna", TITLE)
    open_form(page)
    fill(page, "1250.50")
    expect(page.get_by_label("Amount (USD)")).to_have_value(shown)
    submit(page).click()
    page.wait_for_url(re.compile(r"/deposit"))
    assert mock.truth()["carts"][0]["amount"] == charged


def test_a_confirm_dialog_before_each_money_step(visit, mock, page):
    mock.knobs(confirm_dialog="Really {amount}?", path="direct")
    said = []
    page.once("dialog", lambda dialog: (said.append(dialog.message), dialog.dismiss()))
    visit("anna", TITLE)
    open_form(page)
    fill(page, "500")
    submit(page, "Create").click()
    assert said == ["Really 500 USD?"]
    assert mock.truth()["money_requests"] == []
    page.once("dialog", lambda dialog: dialog.accept())
    submit(page, "Create").click()
    expect(page.locator("[data-milestone-id]")).to_have_count(1)


@pytest.mark.parametrize("path", ["cart", "direct"])
def test_twice_sends_everything_twice(visit, mock, page, path):
    mock.knobs(path=path)
    mock.arm("milestone.create", "twice")
    visit("anna", TITLE)
    open_form(page)
    fill(page, "500")
    submit(page, "CreateCart" if path == "cart" else "Create").click()
    if path == "cart":
        page.wait_for_url(re.compile(r"/deposit"))
        assert [cart["amount"] for cart in mock.truth()["carts"]] == ["500.00", "500.00"]
        return
    expect(page.locator("[data-milestone-id]")).to_have_count(2)
    assert len(mock.truth()["charges"]) == 2


def test_paying_twice_is_refused_by_the_cart(visit, mock, page):
    visit("anna", TITLE)
    open_form(page)
    fill(page, "500")
    submit(page).click()
    page.wait_for_url(re.compile(r"/deposit"))
    mock.arm("cart.process", "twice")
    page.reload()
    page.get_by_role("button", name="Confirm Payment").click()
    page.wait_for_url(re.compile(r"/cart"))
    assert [r["method"] for r in mock.truth()["money_requests"]] == ["POST"] * 3 + ["PUT"] * 2
    assert len(mock.truth()["charges"]) == 1


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("armed_late", [True, False])
def test_a_cut_request_is_not_repeated_by_the_browser(visit, mock, page, when, armed_late):
    mock.knobs(path="direct")
    if not armed_late:
        mock.arm("milestone.create", "drop", when)
    visit("anna", TITLE)
    open_form(page)
    fill(page, "500")
    if armed_late:
        mock.arm("milestone.create", "drop", when)
    submit(page, "Create").click()
    expect(page.get_by_role("alert")).to_contain_text("Unable to create milestone")
    assert len(mock.truth()["money_requests"]) == 1
    assert len(mock.titled(TITLE)["milestones"]) == (1 if when == "after" else 0)


def test_a_cut_request_on_a_reused_connection_is_repeated_by_the_browser(visit, mock, page):
    mock.knobs(path="direct", drop_style="replay")
    visit("anna", TITLE)
    sent = []
    page.on("request", lambda request: sent.append(request.method) if request.method == "POST" else None)
    open_form(page)
    fill(page, "500")
    mock.arm("milestone.create", "drop", "after")
    submit(page, "Create").click()
    expect(page.locator("[data-milestone-id]")).to_have_count(2)
    assert sent == ["POST"]
    assert len(mock.truth()["money_requests"]) == 2


def test_a_lost_session_leads_to_the_login_page(visit, mock, page):
    visit("anna", TITLE)
    mock.arm("milestone.create", "logout", "after")
    open_form(page)
    fill(page, "500")
    submit(page).click()
    page.wait_for_url(re.compile(r"/login\?next=%2Fprojects"))
    assert len(mock.truth()["carts"]) == 1


def test_a_captcha_in_the_form(visit, mock, page):
    visit("anna", TITLE)
    mock.arm("milestone.create", "captcha")
    open_form(page)
    fill(page, "500")
    submit(page).click()
    expect(page.get_by_role("group", name="CAPTCHA")).to_be_visible()
    assert mock.truth()["carts"] == []
