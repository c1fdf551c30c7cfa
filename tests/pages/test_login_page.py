"""The login page as a person meets it."""

import re

import pytest
from playwright.sync_api import Page, expect


def fill(page: Page, user: str, password: str = "milepost") -> None:  # noqa: S107 - the mock's published password
    page.get_by_placeholder("Email or Username").fill(user)
    page.get_by_placeholder("Password").fill(password)


def log_in(page: Page) -> None:
    page.locator("app-login-signup-button").get_by_role("button", name="Log In").click()


def test_the_form_has_the_known_labels_and_waits_for_both_fields(page, mock):
    page.goto(f"{mock.origin}/login")
    expect(page.get_by_role("heading", name="Welcome Back")).to_be_visible()
    for text in ("Sign in with Apple", "Log in with Facebook"):
        expect(page.get_by_role("button", name=text)).to_be_visible()
    email = page.locator('fl-input[fltrackinglabel="CredentialsForm-EmailInput"] input.NativeElement')
    assert email.get_attribute("type") == "email"
    expect(page.locator('[fltrackinglabel="CredentialsForm-PasswordInput"] input')).to_be_visible()
    expect(page.locator('[fltrackinglabel="CredentialsForm-RememberMe"]')).to_contain_text("Remember me")
    button = page.get_by_role("button", name="Log In", exact=True)
    expect(button).to_be_disabled()
    fill(page, "anna")
    expect(button).to_be_enabled()


def test_login_goes_where_it_was_asked_to_and_names_the_user(page, mock):
    page.goto(f"{mock.origin}/manage/jobs/projects/past")
    expect(page).to_have_url(re.compile(r"/login\?next="))
    fill(page, "anna")
    log_in(page)
    expect(page).to_have_url(f"{mock.origin}/manage/jobs/projects/past")
    user = page.get_by_label("Signed in as anna")
    expect(user).to_have_attribute("data-username", "anna")
    expect(page.get_by_role("group", name="Balances")).to_contain_text("$25,000.00 USD")
    user.click()
    page.get_by_role("link", name="Log Out").click()
    expect(page).to_have_url(f"{mock.origin}/login")


@pytest.mark.parametrize(
    ("user", "password", "text"),
    [
        ("anna", "wrong", "Incorrect username or password."),
        ("closed-clara", "milepost", "This account has been closed."),
        ("blocked-bruno", "milepost", "Something went wrong. Please try again."),
    ],
)
def test_refusals_are_shown(page, mock, user, password, text):
    page.goto(f"{mock.origin}/login")
    fill(page, user, password)
    log_in(page)
    expect(page.get_by_role("alert")).to_have_text(text)
    expect(page.get_by_role("button", name="Log In", exact=True)).to_be_enabled()


@pytest.mark.parametrize("user", ["twostep-tina", "device-dora"])
def test_the_second_step(page, mock, user):
    page.goto(f"{mock.origin}/login?next=/dashboard")
    fill(page, user)
    log_in(page)
    expect(page.get_by_role("heading", name="2-Step Verification")).to_be_visible()
    code = page.get_by_placeholder("6 digit code")
    verify = page.get_by_role("button", name="Verify")
    expect(verify).to_be_disabled()
    code.fill("111111")
    verify.click()
    expect(page.get_by_role("alert")).to_have_text("This code is incorrect. Please try again.")
    page.get_by_role("button", name="Resend code").click()
    code.fill("246810")
    verify.click()
    expect(page.get_by_label(f"Signed in as {user}")).to_be_visible()


def test_a_person_does_the_captcha(page, mock):
    page.goto(f"{mock.origin}/login")
    expect(page.get_by_role("group", name="CAPTCHA")).to_be_hidden()
    fill(page, "captcha-cara")
    log_in(page)
    expect(page.get_by_role("alert")).to_have_text("Please complete the CAPTCHA to log in.")
    page.get_by_label("I'm not a robot").check()
    log_in(page)
    expect(page.get_by_label("Signed in as captcha-cara")).to_be_visible()


def test_login_ids_are_a_knob(page, mock):
    mock.knobs(login_ids="emailOrUsername")
    page.goto(f"{mock.origin}/login")
    expect(page.locator("#emailOrUsername")).to_be_visible()
    expect(page.locator("#passwordInput")).to_be_visible()


def test_a_captcha_page_in_between(visit, mock, page):
    visit("anna", "/dashboard")
    mock.arm("list", "captcha")
    page.goto(f"{mock.origin}/manage/jobs/projects/open")
    expect(page.get_by_role("heading", name="Please complete the CAPTCHA to continue.")).to_be_visible()
    page.get_by_label("I'm not a robot").check()
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="My Projects")).to_be_visible()
