from pathlib import Path

from services.runtime.demo import ACCOUNTS, SETTINGS, build_demo_environ
from services.settings.config import load_environment, load_settings

REAL = {
    "PATH": "/usr/bin",
    "INTERCOM_TOKEN": "real",
    "AIRCALL_ID": "real",
    "AIRCALL_TOKEN_FILE": "/run/secrets/real",
    "SLACK_BOT_TOKEN": "real",
    "MONGO_URI": "real",
    "REDIS_URL": "redis://real",
    "SECRET_KEY_FILE": "/run/secrets/real",
    "INTERCOM_BASE_URL": "https://real",
    "VIGIA_STATE_DIR": "/var/lib/vigia",
    "PORT": "9000",
    "API_TOKEN": "kept",
}


def made(**values):
    readable = {name: text for name, text in values.items() if not name.endswith("_FILE")}
    readable.pop("REDIS_URL", None)
    readable.setdefault("AIRCALL_TOKEN", "real")
    readable.setdefault("AIRCALL_ID", "real")
    return build_demo_environ(values, load_environment(readable), 4321)


def test_nothing_real_reaches_the_demonstration():
    values = made(**REAL)
    assert not [name for name, value in values.items() if "real" in value]
    assert "REDIS_URL" not in values
    environment = load_environment(values)
    assert environment.intercom_base_url == "http://127.0.0.1:4321"
    assert environment.slack_webhook.get_secret_value().startswith("http://127.0.0.1:4321/")
    assert environment.slack_bot_token is None


def test_the_demonstration_has_a_corner_of_its_own():
    assert made(**REAL)["VIGIA_STATE_DIR"] == "/var/lib/vigia/demo"
    assert made()["VIGIA_STATE_DIR"] == str(Path.cwd() / "state" / "demo")
    assert "VIGIA_CACHE_DIR" not in made()
    assert made(VIGIA_CACHE_DIR="/mnt/cache")["VIGIA_CACHE_DIR"] == "/mnt/cache/demo"


def test_port_path_and_own_settings_are_kept():
    values = made(**REAL, VIGIA_CONFIG="/etc/vigia.yaml", OIDC_CLIENT_SECRET="own")
    assert (values["PORT"], values["PATH"], values["API_TOKEN"]) == ("9000", "/usr/bin", "kept")
    # Somebody tries a provider out: there is none in the settings of the demonstration itself.
    assert (values["VIGIA_CONFIG"], values["OIDC_CLIENT_SECRET"]) == ("/etc/vigia.yaml", "own")


def test_its_settings_are_good_and_its_passwords_long_enough():
    settings = load_settings(SETTINGS)
    assert {team.id for team in settings.teams} == {"6101", "6102"}
    assert all(len(a.password) >= settings.access.password_minimum_length for a in ACCOUNTS)
    assert [account.role for account in ACCOUNTS].count("manager") == 1
