from dataclasses import fields
from datetime import date, time
from pathlib import Path

import pytest
import yaml

from metrics.alerts.rules import RuleSettings
from services.errors import ConfigurationError
from services.settings.config import Environment, Settings, load_environment, load_settings
from services.settings.sections import Section

ROOT = Path(__file__).parents[3]


@pytest.fixture
def written(tmp_path):
    def write(text):
        path = tmp_path / "config.yaml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_the_shipped_file_holds_exactly_the_defaults():
    assert load_settings(ROOT / "config.yaml") == Settings()


def test_the_shipped_file_names_every_setting():
    def absent(model, content, path=""):
        for name, field in model.model_fields.items():
            if name not in content:
                yield f"{path}{name}"
            elif isinstance(field.annotation, type) and issubclass(field.annotation, Section):
                yield from absent(field.annotation, content[name], f"{path}{name}.")

    content = yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))
    # What every alert has is explained once, above them.
    common = tuple(field.name for field in fields(RuleSettings))
    named = [path for path in absent(Settings, content) if not path.endswith(common)]
    assert named == []


def test_an_absent_and_an_empty_file_are_the_defaults(written):
    assert load_settings(None) == load_settings(written("")) == Settings()


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("sync: {interval_seconds: 0}", ["sync.interval_seconds", "0"]),
        ("sync: {interval_seconds: '60'}", ["sync.interval_seconds", "'60'", "integer"]),
        ("colour: blue", ["colour", "unknown key", "time_zone"]),
        ("teams: [{id: '1', nam: x}]", ["teams.0.nam", "unknown key", "online_text"]),
        ("teams: [{id: 5}]", ["teams.0.id = 5", "string", "quotes"]),
        ("telephony: {main_lines: [+5511]}", ["telephony.main_lines.0", "quotes"]),
        ("telephony: {shifts: {Noite: 22h}}", ["telephony.shifts.Noite", "09:00-18:00"]),
        ("time_zone: Brasil", ["time_zone", "'Brasil'", "IANA"]),
        ("office_hours: {monday: ['9-18']}", ["office_hours.monday.0", "'9-18'", "09:00-18:00"]),
        ("office_hours: {monday: ['18:00-09:00']}", ["office_hours.monday.0", "after the start"]),
        ("goals: {classification: 90}", ["goals.classification", "90", "1"]),
        ("intercom: {version: 2.14}", ["intercom.version", "2.14", "'2.16'"]),
        ("intercom: {conversation_url: 'javascript:x'}", ["conversation_url", "https://"]),
        ("accounts: [{email: a@x, name: A, role: boss, password_hash: h}]", ["role", "'manager'"]),
        ("- a list", ["must be a list of keys"]),
        ("a: b: c", ["not YAML", "line 1"]),
        ("a: &x [1]\nb: *x", ["not YAML", "line 2", "*x"]),
        ("[" * 9999, ["not YAML", "levels"]),
        ("a: 2026-99-99", ["not YAML", "month"]),
        ("a" * 2**20 + ": 1", ["larger than 1 MB"]),
        ("language: " + "x" * 9999, ["language", "…"]),
    ],
)
def test_a_mistake_names_its_place_and_what_is_allowed(written, text, names):
    with pytest.raises(ConfigurationError) as caught:
        load_settings(written(text))
    for name in names:
        assert name in str(caught.value)
    assert len(str(caught.value)) < 1000
    assert "\n" not in str(caught.value)


def test_of_many_mistakes_the_first_are_told(written):
    with pytest.raises(ConfigurationError, match=r"teams\.0\.id.*and 92 more$"):
        load_settings(written(f"teams: [{'{id: 5},' * 100}]"))


def test_an_unreadable_file_is_a_clear_mistake(tmp_path):
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_settings(tmp_path / "nowhere.yaml")


def test_rules_carry_the_settings_over(written):
    rules = load_settings(
        written(
            "teams: [{id: '7', online_text: 2}]\n"
            "classification: {exclude: {Merged: [true], Kind: [Spam, 3]}}\n"
            "office_hours: {saturday: ['09:00-12:00', '13:00-24:00'], holidays: [2026-12-25]}\n"
            "alerts: {queue: {minimum_wait_minutes: 5}}\n"
        )
    ).rules()
    assert rules.team_ids == ("7",)
    assert rules.classification_exclude == {"Merged": ("true",), "Kind": ("Spam", "3")}
    assert rules.office_hours[5] == ((time(9), time(12)), (time(13), time.max))
    assert rules.holidays == {date(2026, 12, 25)}
    assert rules.queue_minimum_wait_seconds == 300


def test_secrets_are_masked_when_printed():
    given = {name: f"told-{name}" for name in ("INTERCOM_TOKEN", "API_TOKEN", "OIDC_CLIENT_SECRET")}
    assert "told-" not in repr(load_environment(given))


@pytest.mark.parametrize(
    "written",
    [
        "abc123=\n",
        ' "abc123=" ',
        "'abc123='",
        "\ufeffabc123=\r\n",
        "Bearer abc123=",
        "\u00a0abc123=",
    ],
)
def test_a_key_is_cleaned_of_what_is_caught_in_copying(tmp_path, written):
    path = tmp_path / "token"
    path.write_bytes(written.encode())
    for environ in ({"INTERCOM_TOKEN": written}, {"INTERCOM_TOKEN_FILE": str(path)}):
        assert load_environment(environ).intercom_token.get_secret_value() == "abc123="


@pytest.mark.parametrize("written", ["abc 123", "abc\n123", "açc", "\u2019", '""'])
def test_a_key_with_a_character_that_no_key_has_is_the_installers_to_mend(written):
    with pytest.raises(ConfigurationError, match="INTERCOM_TOKEN: holds a character") as caught:
        load_environment({"INTERCOM_TOKEN": written})
    assert written.strip('"') == "" or written not in str(caught.value)


def test_a_secret_may_come_from_a_file(tmp_path):
    path = tmp_path / "token"
    path.write_text("from-a-file\n")
    token = load_environment({"INTERCOM_TOKEN_FILE": str(path)}).intercom_token
    assert token is not None
    assert token.get_secret_value() == "from-a-file"


@pytest.mark.parametrize(
    ("environ", "message"),
    [
        ({"AIRCALL_ID": "x"}, "AIRCALL_TOKEN is missing"),
        ({"AIRCALL_TOKEN": "x"}, "AIRCALL_ID is missing"),
        ({"REDIS_URL": "redis://localhost"}, "SECRET_KEY is required"),
        ({"SECRET_KEY": "eighty" * 5}, "SECRET_KEY: at least 32 characters"),
        ({"PORT": "eighty"}, "PORT"),
        ({"INTERCOM_BASE_URL": "https://api.example.com/v2"}, "INTERCOM_BASE_URL"),
        ({"API_TOKEN_FILE": "/nowhere"}, "API_TOKEN_FILE"),
    ],
)
def test_an_unusable_environment_is_named_without_its_values(environ, message):
    with pytest.raises(ConfigurationError, match=message) as caught:
        load_environment(environ)
    assert "eighty" not in str(caught.value)


def test_what_is_too_large_is_not_read():
    with pytest.raises(ConfigurationError, match="larger than 1 MB"):
        load_settings(Path("/dev/zero"))
    with pytest.raises(ConfigurationError, match="API_TOKEN_FILE: /dev/zero: larger"):
        load_environment({"API_TOKEN_FILE": "/dev/zero"})


def test_an_account_has_its_e_mail_in_lower_case(written):
    text = (
        "accounts: [{email: ' Ana@Example.com ', name: Ana, role: analyst,"
        " password_hash: 'scrypt:32768:8:1$salt$0a1b'}]"
    )
    account = load_settings(written(text)).accounts[0]
    assert account.email == "ana@example.com"
    assert "password_hash=SecretStr('**" in repr(account)


@pytest.mark.parametrize(
    "given", ["secret-of-ana", "scrypt:32768:8:1$salt", "md5$salt$0a", "scrypt:x:8:1$salt$0a", "''"]
)
def test_a_password_in_the_place_of_a_hash_stops_the_start_and_is_not_shown(written, given):
    text = f"accounts: [{{email: a@example.com, name: Ana, role: analyst, password_hash: {given}}}]"
    with pytest.raises(ConfigurationError, match=r"accounts.0.password_hash: not a hash") as caught:
        load_settings(written(text))
    assert "secret-of-ana" not in str(caught.value)


def test_a_mistake_in_an_account_does_not_show_its_hash(written):
    text = "accounts: [{email: a@example.com, name: Ana, password_hash: 'scrypt$salt$0a1b'}]"
    with pytest.raises(ConfigurationError, match=r"accounts.0.role") as caught:
        load_settings(written(text))
    assert "0a1b" not in str(caught.value)


def test_an_address_has_one_account(written):
    one = "name: Ana, role: analyst, password_hash: 'scrypt$salt$0a1b'"
    text = f"accounts: [{{email: a@example.com, {one}}}, {{email: A@example.com, {one}}}]"
    with pytest.raises(ConfigurationError, match=r"more than one account for a@example.com"):
        load_settings(written(text))


@pytest.mark.parametrize("readme", ["README.md", "README.pt-BR.md"])
def test_each_readme_names_every_variable(readme):
    words = (ROOT / readme).read_text()
    assert [n for n in Environment.model_fields if f"`{n.upper()}`" not in words] == []
