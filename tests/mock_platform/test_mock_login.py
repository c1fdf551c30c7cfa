"""Signing in over HTTP: gates, codes, cookies, where it leads."""

import pytest

from flows.mock_platform.users import PASSWORD
from tests.mock_platform.back_door import BackDoor
from tests.mock_platform.client import code, http_client

LOGIN = "/ajax-api/auth/login.php"
HASH, USER = "GETAFREE_AUTH_HASH_V2", "GETAFREE_USER_ID"


@pytest.fixture
def http(mock: BackDoor):
    with http_client(mock.origin) as client:
        yield client


def credentials(user: str, password: str = PASSWORD, **more: object) -> dict[str, object]:
    return {"user": user, "password": password, **more}


def test_sessions_kept_over_a_reset_stay_apart_from_new_ones(mock, http):
    http.post(LOGIN, json=credentials("anna"))
    kept = http.cookies[HASH]
    mock.reset(seed="small", keep_sessions=True)
    assert http.get("/api/users/0.1/self/").json()["result"]["username"] == "anna"
    http.cookies.clear()
    assert http.post(LOGIN, json=credentials("anna")).json()["status"] == "success"
    assert http.cookies[HASH] != kept


def test_login_by_name_or_address_sets_both_cookies(http):
    for user in ("anna", "anna@example.test"):
        http.cookies.clear()
        answer = http.post(LOGIN, json=credentials(user)).json()
        assert answer["result"] == {"user": 101, "next": "/dashboard"}
        assert http.cookies[USER] == "101"
        assert len(http.cookies[HASH]) == 64
        assert http.get("/api/users/0.1/self/").json()["result"]["username"] == "anna"


def test_only_remember_me_outlives_the_browser(http):
    plain = http.post(LOGIN, json=credentials("anna")).headers.get_list("set-cookie")
    kept = http.post(LOGIN, json=credentials("anna", remember=True)).headers.get_list("set-cookie")
    assert not any("max-age" in cookie.lower() for cookie in plain)
    assert all("max-age=2592000" in cookie.lower() for cookie in kept)


@pytest.mark.parametrize(
    ("user", "password", "error"),
    [
        ("anna", "wrong", "AUTH_USER_MISSING"),
        ("nobody", "milepost", "AUTH_USER_MISSING"),
        ("captcha-cara", "milepost", "AUTH_CAPTCHA_REQUIRED"),
        ("closed-clara", "milepost", "AUTH_ACCOUNT_CLOSED"),
        ("suspended-sue", "milepost", "AUTH_ACCOUNT_SUSPENDED"),
        ("token-theo", "milepost", "AUTH_DEVICE_TOKEN_INVALID"),
        ("closed-clara", "wrong", "AUTH_USER_MISSING"),
    ],
)
def test_refused_logins_name_their_code_and_set_no_cookie(http, user, password, error):
    assert code(http.post(LOGIN, json=credentials(user, password))) == error
    assert HASH not in http.cookies


def test_the_captcha_can_be_done_by_a_person(http):
    assert http.post(LOGIN, json=credentials("captcha-cara", captcha=True)).json()["status"] == "success"


def test_a_blocked_login_has_an_empty_body(http):
    answer = http.post(LOGIN, json=credentials("blocked-bruno"))
    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize(("user", "error"), [("twostep-tina", ""), ("device-dora", "AUTH_2FA_BLOCKED")])
def test_two_steps(http, user, error):
    asked = http.post(LOGIN, json=credentials(user, next="/manage")).json()["result"]["two_factor"]
    assert asked["error_code"] == error
    assert "code" in asked["message"]
    assert HASH not in http.cookies
    second = "/ajax-api/auth/two_factor.php"
    assert code(http.post(second, json={"token": asked["token"], "code": "000000"})) == "AUTH_TOTP_INVALID"
    assert code(http.post(second, json={"token": "x", "code": "246810"})) == "AUTH_TOTP_INVALID"
    done = http.post(second, json={"token": asked["token"], "code": "246810"}).json()
    assert done["result"]["next"] == "/manage"
    assert http.get("/api/users/0.1/self/").json()["result"]["username"] == user


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/manage?x=1", "/manage?x=1"),
        ("//evil.example/", "/dashboard"),
        ("/\\evil.example", "/dashboard"),
        ("https://evil.example", "/dashboard"),
        ("javascript:alert(1)", "/dashboard"),
        ("", "/dashboard"),
    ],
)
def test_next_stays_on_the_site(http, wanted, given):
    assert http.post(LOGIN, json=credentials("anna", next=wanted)).json()["result"]["next"] == given


def test_strangers_are_sent_to_the_login_page(http):
    for path in ("/manage", "/dashboard", "/projects/website-design/Artist-marketplace-website/payments", "/messages"):
        answer = http.get(path)
        assert answer.status_code == 302
        assert answer.headers["location"].startswith("/login?next=%2F")
    answer = http.get("/api/users/0.1/self/")
    assert answer.status_code == 401
    assert code(answer) == "RestExceptionCodes.NOT_AUTHENTICATED"
    assert answer.json()["message"] == "You must be logged in to perform this request"


def test_signed_in_users_skip_the_login_page_and_log_out(http):
    http.post(LOGIN, json=credentials("ben"))
    assert http.get("/login?next=/manage").headers["location"] == "/manage"
    assert http.get("/manage").headers["location"].startswith("/manage/work/projects/open?")
    assert http.get("/logout").headers["location"] == "/login"
    assert http.get("/manage").headers["location"] == "/login?next=%2Fmanage"


def test_a_hash_belongs_to_one_user(http):
    http.post(LOGIN, json=credentials("anna"))
    token = http.cookies[HASH]
    http.cookies.clear()
    header = {"freelancer-auth-v2": f"101;{token}"}
    assert http.get("/api/users/0.1/self/", headers=header).status_code == 200
    assert http.get("/api/users/0.1/self/", headers={"freelancer-auth-v2": f"102;{token}"}).status_code == 401


def test_sessions_end_when_the_knob_says_so(http, mock):
    http.post(LOGIN, json=credentials("anna"))
    assert http.get("/dashboard").status_code == 200
    mock.knobs(session_seconds="1")
    while http.get("/dashboard").status_code == 200:
        pass
    assert http.get("/dashboard").status_code == 302
