"""My Projects as a person meets it."""

import re

import pytest
from playwright.sync_api import expect

OPEN = "/manage/jobs/projects/open?query=&filter=All&show=10"


def titles(page):
    return page.locator("app-manage-project-title fl-link a").all_inner_texts()


def test_rows_come_after_the_document_and_paging_keeps_it(visit, mock, page):
    visit("anna", "/manage")
    assert page.url == mock.origin + OPEN
    expect(page.locator(".stated-total")).to_have_text("1-10 of 63")
    found = titles(page)
    for last in (20, 30, 40, 50, 60, 63):
        page.get_by_role("link", name="Next").click()
        expect(page.locator(".stated-total")).to_have_text(f"{last - (9 if last < 63 else 2)}-{last} of 63")
        found += titles(page)
    expect(page.get_by_role("link", name="Next")).to_have_count(0)
    assert len(found) == 63
    assert found[0] == "Artist marketplace website"
    assert page.url.endswith("&page=7")
    assert mock.truth()["page_loads"] == 1
    page.go_back()
    expect(page.locator(".stated-total")).to_have_text("51-60 of 63")


@pytest.mark.parametrize("markup", ["table", "cards"])
def test_a_row_tells_ref_counterparty_currency_and_status(visit, mock, page, markup):
    mock.knobs(list_markup=markup, amount_format="european")
    visit("anna", OPEN)
    row = page.locator('[data-project-id="38112234"]')
    expect(row.locator(".title")).to_have_text("Logo and letterhead")
    expect(row.locator(".ref")).to_have_text("38112234")
    expect(row.locator(".counterparty")).to_have_text("ben")
    expect(row.locator(".bid")).to_have_text("€900,00 EUR")
    expect(row.locator(".currency")).to_have_text("EUR")
    expect(row.locator(".status")).to_have_text("In Progress")
    link = row.locator("app-manage-project-title fl-link a")
    expect(link).to_have_attribute("fltrackingreferenceid", "38112234")
    roles = {"table": ("table", "row"), "cards": ("list", "listitem")}[markup]
    expect(page.get_by_role(roles[0], name="My Projects").get_by_role(roles[1])).to_have_count(
        11 if markup == "table" else 10
    )
    link.click()
    expect(page.get_by_role("heading", name="Logo and letterhead")).to_be_visible()


def test_search_and_page_size(visit, page):
    visit("anna", OPEN)
    page.get_by_label("Show").select_option("20")
    expect(page.locator(".stated-total")).to_have_text("1-20 of 63")
    page.get_by_label("Search projects").fill("redesign")
    page.get_by_role("button", name="Search").click()
    expect(page.locator(".stated-total")).to_have_text("1-2 of 2")
    page.get_by_label("Search projects").fill("<b>nothing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("No projects match.")).to_be_visible()
    expect(page.locator(".stated-total")).to_have_text("0-0 of 0")


def test_no_projects(visit, mock, page):
    mock.replant("empty")
    visit("anna", OPEN)
    expect(page.locator("section.list")).to_have_text(
        re.compile("You do not have any active projects.*Create one to get started!", re.DOTALL)
    )


def test_recent_projects_are_cut_at_35_characters(visit, mock, page):
    long = "Illustrations for a children's picture book, part 1"
    mock.replant({"projects": [{"title": long}, {"title": "Exactly thirty-five characters long"}]})
    visit("anna", "/dashboard")
    page.get_by_text("Recent Projects").click()
    links = page.locator('fl-link[fltrackinglabel="RecentProject"]')
    assert links.all_inner_texts() == [long[:35] + "...", "Exactly thirty-five characters long"]
    assert len(links.nth(1).inner_text()) == 35
    assert links.first.get_attribute("fltrackingreferenceid") == "38112233"


def test_a_user_with_both_sides_changes_view(visit, page):
    visit("both-bo", "/manage")
    expect(page.locator("app-manage-project-title")).to_have_text("Bo hires for a newsletter")
    page.get_by_role("group", name="View").get_by_role("link", name="Freelancer").click()
    expect(page.locator("app-manage-project-title")).to_have_text("Bo writes for Carl")
    expect(page.get_by_role("tab", name="Current Work")).to_have_attribute("aria-selected", "true")


@pytest.mark.parametrize("kind", ["empty_list", "error200", "http500"])
def test_a_list_that_failed_states_no_total(visit, mock, page, kind):
    visit("anna", OPEN)
    expect(page.locator(".stated-total")).to_be_visible()
    mock.arm("list", kind)
    page.get_by_role("link", name="Next").click()
    expect(page.locator("section.list")).to_have_attribute("aria-busy", "false")
    expect(page.locator(".stated-total")).to_have_count(0)
    expect(page.locator("app-manage-project-title")).to_have_count(0)
    expect(page.get_by_text("You do not have any active projects.")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0 if kind == "empty_list" else 1)


def test_titles_are_text_and_never_markup(visit, mock, page):
    title = "<img src=x onerror=alert(1)> & “quotes” 'n' \"more\""
    mock.replant({"projects": [{"title": title}]})
    visit("anna", OPEN)
    expect(page.locator("app-manage-project-title")).to_have_text(title)
    page.locator("app-manage-project-title a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(title)
    expect(page.locator("img")).to_have_count(0)
