"""Settings: layers and their order, where values come from, every problem at once, and what stays secret."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import ConfigError, UsageError
from assistant.money import Money
from assistant.settings.model import Settings
from assistant.settings.place import config_file, default_config_file
from assistant.settings.problems import SettingsProblems
from assistant.settings.text import example, toml_value
from assistant.site import SourceKind

ROOT = Path(__file__).resolve().parents[2]

ANNA = """
[accounts.anna]
platform = "freelancer"
role = "client"
login = "anna"
origin = "http://127.0.0.1:8700"
password = { literal = "geheim-123" }
"""


@pytest.fixture(autouse=True)
def own_environment(monkeypatch, tmp_path):
    """No variable and no folder of whoever runs the tests."""
    for name in [name for name in __import__("os").environ if name.startswith("MILEPOST_")]:
        monkeypatch.delenv(name)
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))


@pytest.fixture
def write(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "config.toml"
        path.write_text(text)
        return path

    return write


def problems(path: Path) -> list[str]:
    with pytest.raises(SettingsProblems) as caught:
        Settings.load(path)
    return [str(problem).removeprefix(f"{path}:") for problem in caught.value.problems]


def test_nothing_at_all_gives_defaults() -> None:
    loaded = Settings.load()
    assert loaded.settings.approval.minutes == 60
    assert loaded.source("approval", "minutes") == "default"
    assert loaded.settings.data_dir.is_absolute()
    assert {value.source for value in loaded.values()} == {"default"}


def test_the_command_line_beats_the_environment_and_that_the_file(write, monkeypatch) -> None:
    path = write('theme = "file"\n[approval]\nminutes = 5\n')
    assert Settings.load(path).settings.theme == "file"
    monkeypatch.setenv("MILEPOST_THEME", "environment")
    assert Settings.load(path).settings.theme == "environment"
    loaded = Settings.load(path, {"theme": "said", "ascii": None})
    assert loaded.settings.theme == "said"
    assert (loaded.source("theme"), loaded.source("approval", "minutes")) == ("command line", f"{path}:3")
    assert Settings.load(path).source("theme") == "environment MILEPOST_THEME"
    assert loaded.source("ascii") == "default"


def test_nested_variables_meet_names_that_variables_cannot_spell(write, monkeypatch) -> None:
    path = write(ANNA.replace("accounts.anna", "accounts.Anna-EU") + '[caps.USD]\nrun = "1.00"\nday = "2.00"\n')
    monkeypatch.setenv("MILEPOST_ACCOUNTS__ANNA_EU__LOGIN", "anna2")
    monkeypatch.setenv("MILEPOST_CAPS__USD__RUN", "50.00")
    monkeypatch.setenv("MILEPOST_ACCOUNTS__ANNA_EU__SOURCES", "balance, billing_agreement")
    monkeypatch.setenv("MILEPOST_ACCOUNTS__ANNA_EU__MAX_FEE__BALANCE__EUR", "1.50")
    loaded = Settings.load(path)
    account = loaded.settings.account()
    assert (account.name, account.login) == ("Anna-EU", "anna2")
    assert account.sources == [SourceKind.BALANCE, SourceKind.BILLING_AGREEMENT]
    assert account.max_fee == {SourceKind.BALANCE: {"EUR": Money.parse("1.50 EUR")}}
    assert loaded.settings.caps["USD"].run == Money.parse("50.00 USD")
    assert loaded.settings.caps["USD"].day == Money.parse("2.00 USD")
    assert loaded.source("caps", "USD", "run") == "environment MILEPOST_CAPS__USD__RUN"
    assert loaded.source("accounts", "Anna-EU", "login") == "environment MILEPOST_ACCOUNTS__ANNA_EU__LOGIN"


def test_a_stronger_choice_of_a_password_replaces_the_weaker_one(write, monkeypatch) -> None:
    path = write(ANNA)
    monkeypatch.setenv("MILEPOST_ACCOUNTS__ANNA__PASSWORD__ENV", "ELSEWHERE")
    loaded = Settings.load(path)
    password = loaded.settings.account().password
    assert password is not None
    assert (password.env, password.literal) == ("ELSEWHERE", None)
    shown = {value.name: value.source for value in loaded.values() if ".password" in value.name}
    assert shown == {"accounts.anna.password.env": "environment MILEPOST_ACCOUNTS__ANNA__PASSWORD__ENV"}


def test_every_problem_comes_at_once_with_its_line_and_mend(write) -> None:
    path = write(
        """teme = "dark"
[browsr]
path = "x"
[approval]
minutes = 0
[caps.USD]
run = "10.0"
rum = "10.00"
[caps.dollar]
run = "1.00"
[accounts.anna]
role = "clint"
login = "anna"
origin = "http://shop.example"
max_fee = { balance = { USD = 3 } }
[accounts.ben]
platform = "freelancer"
role = "freelancer"
login = "ben"
password = { env = "B", command = "b" }
["accounts"."no name"]
platform = "freelancer"
role = "client"
login = "x"
"""
    )
    assert problems(path) == [
        "1: teme: is no setting (did you mean theme?)",
        "2: browsr: is no setting (did you mean browser?)",
        "5: approval.minutes: input should be greater than or equal to 1 (write for example minutes = 60)",
        "7: caps.USD.run: '10.0' has 1 decimals, and USD has 2 (write it as \"2500.00\")",
        "8: caps.USD.rum: is no setting (did you mean run?)",
        "9: caps.dollar: 'DOLLAR' is not a currency code of ISO 4217 "
        "(write its three letters, such as USD, EUR or INR)",
        '11: accounts.anna.platform: is missing (write platform = "freelancer")',
        "12: accounts.anna.role: 'clint' is not known here (did you mean client?)",
        "14: accounts.anna.origin: 'http://shop.example' is neither https nor a mock platform on this machine "
        '(write it as "https://www.freelancer.com", or "http://127.0.0.1:8700" for a mock platform)',
        '15: accounts.anna.max_fee.balance.USD: 3 is not an amount in quotes (write it as "1000.00")',
        "20: accounts.ben.password: exactly one of env, command, keyring, literal has to be given, not env and command "
        "(keep one of them)",
        "21: accounts.no name: 'no name' is not a name for an account (use letters, digits, - and _)",
    ]


def test_a_mistyped_variable_is_not_dropped_in_silence(write, monkeypatch) -> None:
    monkeypatch.setenv("MILEPOST_CAP__USD__RUN", "5.00")
    with pytest.raises(SettingsProblems, match=r"MILEPOST_CAP__USD__RUN: is no setting \(did you mean MILEPOST_CAPS\?"):
        Settings.load(write(""))


def test_a_bad_value_of_the_environment_names_its_variable(write, monkeypatch) -> None:
    monkeypatch.setenv("MILEPOST_BROWSER__HEADLESS", "perhaps")
    with pytest.raises(SettingsProblems) as caught:
        Settings.load(write(""))
    assert caught.value.problems[0].where == "environment MILEPOST_BROWSER__HEADLESS"
    assert caught.value.problems[0].as_event()["code"] == "config"


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://127.0.0.1:8700", True),
        ("http://localhost:8700/", True),
        ("http://[::1]:8700", True),
        ("https://www.freelancer.com", False),
        ("https://127.0.0.1.evil.example", False),
    ],
)
def test_a_literal_password_is_for_this_machine_alone(write, origin, allowed) -> None:
    path = write(ANNA.replace("http://127.0.0.1:8700", origin))
    if allowed:
        assert Settings.load(path).settings.account().origin == origin.rstrip("/")
    else:
        assert "a password stands in the settings" in problems(path)[0]


@pytest.mark.parametrize(
    "origin", ["http://www.freelancer.com", "ftp://127.0.0.1", "https://a.example/x", "https://u:p@a.example", "", "x"]
)
def test_what_is_no_origin_is_refused(write, origin) -> None:
    assert "accounts.anna.origin" in problems(write(ANNA.replace("http://127.0.0.1:8700", origin)))[0]


def test_a_secret_is_never_shown(write) -> None:
    loaded = Settings.load(write(ANNA))
    text = repr(loaded) + " ".join(f"{toml_value(v.value)}" for v in loaded.values()) + repr(loaded.settings)
    assert "********" in text
    assert "geheim" not in repr(loaded.settings) + " ".join(toml_value(v.value) for v in loaded.values())
    assert "geheim" not in repr(loaded)


def test_the_only_account_needs_no_name_and_several_do(write) -> None:
    one = Settings.load(write(ANNA)).settings
    assert one.account().name == one.account("anna").name == "anna"
    two = Settings.load(write(ANNA + ANNA.replace("anna", "ben"))).settings
    with pytest.raises(UsageError) as caught:
        two.account()
    assert caught.value.hint == "say which with --account: anna, ben"
    with pytest.raises(UsageError, match="no account 'carl'"):
        two.account("carl")
    with pytest.raises(UsageError, match="no account is set up"):
        Settings.load(write("")).settings.account()


def test_the_journal_knows_an_account_by_platform_login_and_origin(write) -> None:
    settings = Settings.load(write(ANNA)).settings
    assert settings.account_id(settings.account()) == "freelancer:anna@http://127.0.0.1:8700"


def test_the_file_is_never_the_one_of_the_working_folder(tmp_path, monkeypatch) -> None:
    (tmp_path / "config.toml").write_text('theme = "stolen"\n')
    monkeypatch.chdir(tmp_path)
    assert Settings.load().settings.theme is None
    assert config_file() == default_config_file()
    monkeypatch.setenv("MILEPOST_CONFIG", str(tmp_path / "config.toml"))
    assert Settings.load().settings.theme == "stolen"
    assert config_file(Path("other.toml")) == tmp_path / "other.toml"


def test_a_file_that_was_named_has_to_exist(tmp_path, write) -> None:
    with pytest.raises(ConfigError, match="no such settings file"):
        Settings.load(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match=r"not TOML: .*line 2"):
        Settings.load(write('a = 1\nb = "\n'))
    with pytest.raises(ConfigError, match="cannot be read"):
        Settings.load(tmp_path)


def test_a_file_that_anybody_can_change_is_refused(write) -> None:
    path = write("")
    path.chmod(0o666)
    with pytest.raises(ConfigError, match="any user of this machine"):
        Settings.load(path)


def test_relative_data_folders_do_not_move_with_the_working_folder(write, tmp_path, monkeypatch) -> None:
    path = write('data_dir = "data"\n')
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Settings.load(path).settings.data_dir == tmp_path / "data"
    monkeypatch.setenv("MILEPOST_DATA_DIR", "mine")
    assert Settings.load(path).settings.data_dir == tmp_path / "elsewhere" / "mine"
    monkeypatch.setenv("MILEPOST_DATA_DIR", "~/mine")
    assert Settings.load(path).settings.data_dir == tmp_path / "home" / "mine"


def test_plans_are_found_by_pattern_beside_the_file_and_below_home(write, tmp_path) -> None:
    for name in ("b.toml", "a.toml", "home/plans/c.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    path = write('plans = ["a.toml", "~/plans/*.toml", "[ab].toml", "none.toml"]\n')
    found = Settings.load(path).settings.plan_files()
    assert found == [tmp_path / "a.toml", tmp_path / "home" / "plans" / "c.toml", tmp_path / "b.toml"]
    assert "the home folder of that user is not known" in problems(write('plans = ["~no-such-user-here/x"]'))[0]


def test_a_browser_is_named_by_its_whole_path(write) -> None:
    assert Settings.load(write('[browser]\npath = "~/chrome"\n')).settings.browser.path == Path.home() / "chrome"
    assert "'chrome' is not a whole path" in problems(write('[browser]\npath = "chrome"\n'))[0]


def test_a_variable_below_a_plain_setting_is_no_setting(write, monkeypatch) -> None:
    monkeypatch.setenv("MILEPOST_THEME__NAME", "dark")
    with pytest.raises(SettingsProblems, match="MILEPOST_THEME__NAME: is no setting"):
        Settings.load(write(""))


def test_the_committed_files_are_what_the_schema_says() -> None:
    command = [sys.executable, str(ROOT / "tools" / "generate.py"), "--check", "config", "settings"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_example_loads_as_it_is_and_with_every_setting_set(write) -> None:
    assert {value.source for value in Settings.load(write(example())).values()} == {"default"}
    everything = write(re.sub(r"(?m)^#(?=[a-z\[])", "", example()))
    loaded = Settings.load(everything)
    defaults = {value.name for value in loaded.values() if value.source == "default"}
    assert defaults == set(), "each setting has a line in the example"
    assert loaded.settings.account().name == "anna"
