"""The Payments tab: rows, words and actions of both sides, and rows that change by themselves."""

import re

import pytest
from playwright.sync_api import Page, expect

FUNDED = "Recipe site with search"
REQUESTED = "Travel guide, Lisbon chapter"


def row(page: Page, description: str):
    return page.locator("[data-milestone-id]").filter(has=page.get_by_text(description, exact=True))


def request(page: Page, description: str):
    return page.locator("[data-request-id]").filter(has=page.get_by_text(description, exact=True))


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("Online course platform", ["Released", "In Progress", "Release Requested"]),
        ("Chat bot for a bank branch", ["In Progress", "Disputed"]),
        ("Wedding film cut", ["Cancellation Requested"]),
        ("Corporate intranet", ["Pending in Freelancer.com", "In Progress"]),
        ("Garden centre app", ["Pending"]),
    ],
)
def test_status_words(visit, page, title, words):
    visit("anna", title)
    expect(page.locator("section.created .end")).to_have_text(f"Showing {len(words)} of {len(words)} milestones")
    assert page.locator("[data-milestone-id] .status").all_inner_texts() == words


def test_the_document_has_the_heading_and_no_rows(visit, mock, page):
    visit("anna", FUNDED)
    text = page.context.request.get(page.url).text()
    assert "<h1>Recipe site with search</h1>" in text
    assert "Milestone 1 of 3" not in text
    assert "Showing" not in text
    assert "No milestone" not in text
    assert text.count('aria-busy="true"') == 3
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("section.requested .end")).to_have_text("No milestone requests yet")
    for selector, value in (
        (".project-id", mock.titled(FUNDED)["ref"]),
        (".counterparty", "ben"),
        (".currency", "USD"),
    ):
        expect(page.locator(f"dl {selector}")).to_have_text(value)


def test_an_empty_answer_states_nothing(visit, mock, page):
    mock.arm("project", "empty_list")
    visit("anna", FUNDED)
    expect(page.locator("[aria-busy=true]")).to_have_count(0)
    expect(page.locator("[data-milestone-id]")).to_have_count(0)
    assert page.locator("section .end").all_inner_texts() == ["", "", ""]


def test_another_users_page_says_so(visit, mock, page):
    mock.arm("project", "other_user")
    visit("anna", FUNDED)
    expect(page.get_by_label("Signed in as both-bo")).to_be_visible()
    expect(page.locator("section.created .end")).to_have_text("No milestone payments yet")


@pytest.mark.parametrize("live", ["poll", "sse"])
def test_rows_change_without_a_reload(visit, mock, page, live):
    mock.knobs(live=live, poll_ms="100")
    visit("ben", REQUESTED)
    expect(request(page, "Outline").locator(".status")).to_have_text("Requested")
    ref = next(r["ref"] for r in mock.titled(REQUESTED)["requests"] if r["description"] == "Outline")
    mock.act("fund", request=ref)
    expect(row(page, "Outline").locator(".status")).to_have_text("In Progress")
    expect(request(page, "Outline")).to_have_count(0)
    assert mock.truth()["page_loads"] == 1


def test_without_live_rows_stay(visit, mock, page):
    mock.knobs(live="off")
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/live" in request.url else None)
    visit("ben", REQUESTED)
    expect(request(page, "Outline")).to_have_count(1)
    mock.act("fund", request=mock.titled(REQUESTED)["requests"][0]["ref"])
    page.reload()
    expect(row(page, "Outline")).to_have_count(1)
    assert asked == []


def test_a_freelancer_requests_and_deletes(visit, mock, page):
    visit("ben", "Artist marketplace website")
    page.get_by_role("button", name="Request Milestone").click()
    send = page.get_by_role("button", name="Request", exact=True)
    expect(send).to_be_disabled()
    page.get_by_label("Amount (USD)").fill("500.00")
    page.get_by_label("Description", exact=True).fill("Milestone 1 of 5")
    send.click()
    expect(request(page, "Milestone 1 of 5").locator(".status")).to_have_text("Requested")
    expect(page.locator("section.created .end")).to_have_text("No milestone payments yet")
    assert mock.titled("Artist marketplace website")["requests"][0]["amount"] == "500.00"
    request(page, "Milestone 1 of 5").get_by_role("button", name="Delete").click()
    expect(page.locator("section.requested .end")).to_have_text("No milestone requests yet")
    assert mock.titled("Artist marketplace website")["requests"][0]["status"] == "deleted"


def test_a_client_accepts_and_rejects_requests(visit, mock, page):
    visit("anna", REQUESTED)
    request(page, "First draft").get_by_role("button", name="Reject").click()
    expect(request(page, "First draft").locator(".status")).to_have_text("Rejected")
    request(page, "Outline").get_by_role("button", name="Accept").click()
    expect(page.get_by_label("Amount (USD)")).to_have_value("300.00")
    expect(page.get_by_label("Description", exact=True)).to_have_value("Outline")
    page.locator('[fltrackinglabel="MilestoneCreateModalCreateCartButton"] button').click()
    page.get_by_role("button", name="Confirm Payment").click()
    page.wait_for_url(re.compile("/cart"))
    project = mock.titled(REQUESTED)
    assert [m["description"] for m in project["milestones"]] == ["Outline"]
    assert [r["status"] for r in project["requests"]] == ["created", "rejected", "rejected"]


@pytest.mark.parametrize("steps", ["two", "one"])
def test_releasing_a_part(visit, mock, page, steps):
    mock.knobs(release_steps=steps)
    visit("anna", FUNDED)
    row(page, "Milestone 1 of 3").get_by_role("button", name="Release").click()
    expect(page.get_by_label("Amount (USD)")).to_have_value("500.00")
    page.get_by_label("Amount (USD)").fill("200")
    if steps == "two":
        page.get_by_role("dialog").get_by_role("button", name="Release", exact=True).click()
    expect(page.get_by_role("heading", name="Confirm release of payment for ben")).to_be_visible()
    send = page.locator('[fltrackinglabel="MilestoneReleaseModalReleaseButton"] button')
    expect(send).to_have_text("Release Payment")
    expect(send).to_be_disabled()
    page.get_by_label("My freelancer has delivered satisfactory work.").check()
    send.click()
    expect(row(page, "Milestone 1 of 3 (Partial Release 2)").locator(".amount")).to_have_text("$300.00 USD")
    released = row(page, "Milestone 1 of 3").filter(has_text="Released")
    expect(released.locator(".amount")).to_have_text("$200.00 USD")
    expect(row(page, "Milestone 1 of 3").filter(has_text="Cancelled")).to_have_count(1)
    page.reload()
    expect(page.locator("section.created .end")).to_have_text("Showing 3 of 3 milestones")
    expect(page.get_by_text("Cancelled")).to_have_count(0)
    assert mock.truth()["balances"]["ben"]["USD"] == "510.00"


def test_release_refusals_are_shown(visit, mock, page):
    visit("anna", FUNDED)
    row(page, "Milestone 1 of 3").get_by_role("button", name="Release").click()
    page.get_by_role("dialog").get_by_role("button", name="Release", exact=True).click()
    page.get_by_label("My freelancer has delivered satisfactory work.").check()
    mock.act("dispute", milestone=mock.titled(FUNDED)["milestones"][0]["ref"])
    page.get_by_role("button", name="Release Payment").click()
    expect(page.get_by_role("alert")).to_contain_text(
        "This milestone cannot be released as it is currently under dispute."
    )


def test_asking_for_a_cancellation(visit, mock, page):
    visit("anna", FUNDED)
    milestone = row(page, "Milestone 1 of 3")
    milestone.get_by_role("button", name="More actions").click()
    assert milestone.get_by_role("menuitem").all_inner_texts() == ["Request Cancellation", "Dispute"]
    milestone.get_by_role("menuitem", name="Request Cancellation").click()
    dialog = page.get_by_role("dialog", name="Milestone Cancellation Request")
    for text in ("Project Name", "Freelancer Name", "Milestone Description", "Milestone Amount", "Date Created"):
        expect(dialog.get_by_text(text, exact=True)).to_be_visible()
    send = dialog.get_by_role("button", name="Request Cancellation")
    expect(send).to_be_disabled()
    dialog.get_by_label("Why do you want to cancel this milestone?").select_option("Other")
    dialog.get_by_placeholder("Shown to your Freelancer").fill("plans changed")
    send.click()
    expect(milestone.locator(".status")).to_have_text("Cancellation Requested")
    assert mock.titled(FUNDED)["milestones"][0]["state"] == "cancel_requested"


def test_the_freelancers_actions(visit, mock, page):
    visit("ben", FUNDED)
    first, second = row(page, "Milestone 1 of 3"), row(page, "Milestone 2 of 3")
    expect(first.get_by_role("button", name="Release", exact=True)).to_have_count(0)
    first.get_by_role("button", name="Request Release").click()
    expect(first.locator(".status")).to_have_text("Release Requested")
    expect(first.get_by_role("button", name="Request Release")).to_be_disabled()
    first.get_by_role("button", name="More actions").click()
    first.get_by_role("menuitem", name="Dispute").click()
    page.get_by_role("dialog").get_by_role("button", name="Create New Dispute").click()
    expect(first.locator(".status")).to_have_text("Disputed")
    second.get_by_role("button", name="More actions").click()
    second.get_by_role("menuitem", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel Milestone").click()
    expect(second.locator(".status")).to_have_text("Cancelled")
    page.reload()
    expect(page.locator("section.created .end")).to_have_text("Showing 1 of 1 milestones")
    assert [m["state"] for m in mock.titled(FUNDED)["milestones"]] == ["disputed", "cancelled"]


def test_a_freelancer_answers_a_cancellation_request(visit, mock, page):
    visit("ben", "Wedding film cut")
    page.get_by_role("button", name="Reject Cancellation").click()
    expect(row(page, "Rough cut").locator(".status")).to_have_text("In Progress")
    mock.act("request_cancel", milestone=mock.titled("Wedding film cut")["milestones"][0]["ref"])
    page.get_by_role("button", name="Accept Cancellation").click()
    expect(row(page, "Rough cut").locator(".status")).to_have_text("Cancelled")


def test_before_acceptance_the_client_cancels(visit, mock, page):
    visit("anna", "Garden centre app")
    milestone = row(page, "Upfront")
    expect(milestone.get_by_role("button", name="Release")).to_have_count(0)
    milestone.get_by_role("button", name="More actions").click()
    milestone.get_by_role("menuitem", name="Cancel").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel Milestone").click()
    expect(milestone.locator(".status")).to_have_text("Cancelled")
    assert mock.truth()["balances"]["anna"]["USD"] == "25440.00"


def test_nobody_creates_where_nobody_is_awarded(visit, page):
    visit("anna", "Fonts for a game")
    expect(page.get_by_role("button", name="Create Milestone")).to_be_disabled()
    expect(page.locator("dl .counterparty")).to_have_text("Not awarded yet")
