"""What is decided on the screen, between what is given and what is the default."""

import orjson
import pytest
from pydantic import SecretStr

from services.errors import ConfigurationError, UnavailableError
from services.settings.config import Environment, Settings, find_places, load_settings
from services.settings.decisions import (
    CHANGES,
    FIELDS,
    KEY,
    OLD_KEY,
    Decisions,
    RefusedSettingsError,
    find_changed,
    get_value,
)

SECRET = Environment(secret_key=SecretStr("k" * 32))
TOKEN = "dG9rOm-a-token-of-intercom-7788"


def decide(store, settings=None, environment=SECRET, **options):
    options.setdefault("clock", lambda: 1.8e9)
    return Decisions(store, settings or Settings(), environment, **options)


def refused(act, *arguments, **options):
    with pytest.raises(RefusedSettingsError) as caught:
        act(*arguments, **options)
    return [(one.path, one.kind, one.at) for one in caught.value.problems]


def test_what_is_decided_holds_for_every_process_at_once(open_store):
    one, other = decide(open_store("state")), decide(open_store("state"))
    before = other.load()
    values = {
        "goals.online_text": 6,
        "teams": [{"id": "7", "name": "N1", "online_text": None}],
        "office_hours.holidays": ["2026-12-25"],
        "alerts.queue.limit_minutes": 5,
    }
    one.change(values, by="Marina")
    settings = other.load().settings
    assert {path: get_value(settings, path) for path in values} == values
    assert settings.rules().team_ids == ("7",)
    assert before.settings == Settings()


def test_a_refused_value_names_its_place_and_changes_nothing(store):
    decisions = decide(store)
    values = {"teams": [{"id": "7"}, {"name": "x"}], "goals.classification": 90}
    assert refused(decisions.change, values, by="Marina") == [
        ("teams", "missing", (1, "id")),
        ("goals.classification", "less_than_equal", ()),
    ]
    assert refused(decisions.change, {"office_hours.monday": ["18:00-09:00"]}, by="M") == [
        ("office_hours.monday", "opening_end", (0,))
    ]
    assert refused(decisions.change, {"server.threads": 1}, by="M") == [
        ("server.threads", "unknown", ())
    ]
    assert decisions.load().settings == Settings()
    assert store.keys("settings/") == []


def test_environment_and_file_come_before_the_screen(store):
    given = Settings.model_validate({"goals": {"online_text": 3}})
    before = decide(store, given)
    before.change({"goals.online_text": 8, "goals.online_voice": 5}, by="Marina")
    before.set_tokens({"intercom_token": TOKEN}, by="Marina")
    environment = SECRET.model_copy(update={"intercom_token": SecretStr("given")})
    after = decide(store, given, environment, fixed={"goals.online_text": "own.yaml:3"})
    configuration = after.load()
    assert configuration.settings.goals.online_text == 3
    assert configuration.settings.goals.online_voice == 5
    assert configuration.environment.intercom_token.get_secret_value() == "given"
    assert [*configuration.unfit] == ["goals.online_text"]
    assert refused(after.change, {"goals.online_text": 4}, by="M")[0][1] == "fixed"
    assert refused(after.set_tokens, {"intercom_token": TOKEN}, by="M")[0][1] == "fixed"
    assert after.fixed["intercom_token"] == "INTERCOM_TOKEN"


def test_each_setting_of_a_file_has_its_place(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "language: en\ngoals:\n  online_text: 3\nalerts:\n  spike: null\n"
        "  queue: {minimum: 2, severity: info}\ntelephony: {lines: {a: b}}\n"
    )
    names = ("language", "goals.online_text", "alerts.spike.enabled", "alerts.queue.minimum")
    lines = {name: f"{path}:{line}" for name, line in zip(names, (1, 3, 5, 6), strict=True)}
    places = find_places(path)
    assert lines.items() <= places.items()
    assert places["telephony.lines"] == f"{path}:7"
    assert find_changed(Settings(), load_settings(path)) == [
        name for name in FIELDS if name in {*lines, "telephony.lines"}
    ]


def test_what_holds_anyway_is_no_decision(store):
    decisions = decide(store)
    decisions.change({"csat_minimum": 10, "goals.online_text": 5}, by="Marina")
    assert [*decisions.load().decisions] == ["goals.online_text"]
    decisions.change({}, reset=("goals.online_text",), by="Marina")
    assert decisions.load().decisions == {}


def test_each_change_is_kept_and_can_be_undone(store):
    decisions = decide(store)
    decisions.change({"goals.online_text": 6, "csat_minimum": 3}, by="Marina")
    decisions.change({"goals.online_text": 7}, by="João", how="import")
    newest, first = sorted(decisions.list_changes(), key=lambda c: c.by)
    assert (newest.how, newest.values) == ("import", {"goals.online_text": (6, 7)})
    decisions.undo(newest.id, by="Marina")
    assert decisions.load().settings.goals.online_text == 6
    decisions.undo(first.id, by="Marina")
    assert decisions.load().settings == Settings()
    assert {change.how for change in decisions.list_changes()} == {"screen", "import", "undo"}
    with pytest.raises(KeyError):
        decisions.undo("nonsense", by="Marina")


def test_tokens_lie_encrypted_and_are_told_by_their_end_only(store):
    decisions = decide(store)
    decisions.set_tokens({"intercom_token": f" Bearer {TOKEN}\n"}, by="Marina")
    configuration = decide(store).load()
    assert configuration.environment.intercom_token.get_secret_value() == TOKEN
    assert configuration.tokens["intercom_token"].ending == TOKEN[-4:]
    kept = b"".join(store.get(key) for key in store.keys(""))
    assert TOKEN[:8].encode() not in kept
    assert TOKEN not in repr(configuration)

    other = decide(store, environment=Environment(secret_key=SecretStr("x" * 32))).load()
    assert other.environment.intercom_token is None
    assert not other.tokens["intercom_token"].is_readable

    decisions.set_tokens({"intercom_token": None}, by="Marina")
    assert decisions.load().environment.intercom_token is None


def test_a_token_that_cannot_be_is_refused_without_being_told(store):
    decisions = decide(store)
    with pytest.raises(RefusedSettingsError) as caught:
        decisions.set_tokens({"intercom_token": "a b-secret"}, by="Marina")
    assert "b-secret" not in str(caught.value)
    assert refused(decisions.set_tokens, {"aircall_id": "x" * 20}, by="M") == [
        ("aircall_token", "pair", ())
    ]
    pair = {"aircall_id": "x" * 20, "aircall_token": "y" * 20}
    assert decisions.set_tokens(pair, by="M").environment.aircall_id is not None


def test_what_was_changed_on_the_alerts_page_of_older_versions_holds_on(store):
    old = {
        "rules": {"overload": {"open": 12}, "staffing_text": {"goal": 3}, "gone": {"a": 1}},
        "by": {"overload": "Marina"},
        "off": ["spike"],
    }
    store.set(OLD_KEY, orjson.dumps(old))
    configuration = decide(store).load()
    assert configuration.settings.alerts.overload.open == 12
    assert configuration.settings.goals.online_text == 3
    assert not configuration.settings.alerts.spike.enabled
    assert configuration.decisions["alerts.overload.open"].by == "Marina"
    decide(store).change({"csat_minimum": 3}, by="João")
    assert decide(store).load().settings.alerts.overload.open == 12


def test_a_decision_that_fits_no_more_is_left_out_alone(store):
    decide(store).change({"csat_minimum": 3, "goals.online_text": 6}, by="Marina")
    document = orjson.loads(store.get(KEY))
    document["values"]["goals.online_text"]["value"] = -6
    document["values"]["gone.setting"] = document["values"]["csat_minimum"]
    store.set(KEY, orjson.dumps(document))
    configuration = decide(store).load()
    assert (configuration.settings.csat_minimum, configuration.settings.goals.online_text) == (3, 4)
    assert {*configuration.unfit} == {"goals.online_text", "gone.setting"}


@pytest.mark.parametrize("content", [b"no JSON", b"[]", b'{"values": 3}', b"null"])
def test_a_broken_document_is_as_good_as_none(store, content):
    store.set(KEY, content)
    decisions = decide(store)
    assert decisions.load().settings == Settings()
    decisions.change({"csat_minimum": 3}, by="Marina")
    assert decisions.load().settings.csat_minimum == 3


def test_of_two_who_change_at_once_nobody_is_lost(store, monkeypatch):
    one, other = decide(store), decide(store)
    write = store.add

    def interrupted(*arguments):
        monkeypatch.setattr(store, "add", write)
        other.change({"csat_minimum": 3}, by="João")
        return write(*arguments)

    monkeypatch.setattr(store, "add", interrupted)
    settings = one.change({"goals.online_text": 6}, by="Marina").settings
    assert (settings.csat_minimum, settings.goals.online_text) == (3, 6)


def test_while_the_store_is_down_what_was_known_last_holds(store, monkeypatch):
    decisions = decide(store)
    decisions.change({"csat_minimum": 3}, by="Marina")

    def fail(key):
        raise UnavailableError("down")

    monkeypatch.setattr(store, "get", fail)
    monkeypatch.setattr(decisions, "_read_at", 0.0)
    assert decisions.current.settings.csat_minimum == 3
    assert decide(store).current.settings == Settings()
    with pytest.raises(UnavailableError):
        decisions.load()


def test_changes_are_forgotten_with_the_audit(store, monkeypatch):
    kept = {}
    write = store.set
    monkeypatch.setattr(
        store,
        "set",
        lambda key, value, expire=None: (kept.update({key: expire}), write(key, value)),
    )
    decide(store).change({"access.audit_days": 30}, by="Marina")
    assert [seconds for key, seconds in kept.items() if key.startswith(CHANGES)] == [30 * 86400]


def test_without_a_key_no_token_is_taken(store):
    with pytest.raises(ConfigurationError, match="SECRET_KEY"):
        decide(store, environment=Environment()).set_tokens({"intercom_token": TOKEN}, by="M")
