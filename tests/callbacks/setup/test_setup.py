"""The guided set-up: who may, what is asked, what is kept, and which numbers it moves."""

import re
from html import unescape

import pytest

from callbacks.setup import routes
from callbacks.setup.numbers import MEASURES, measure
from callbacks.setup.steps import STEPS
from services.runtime.check import Finding, Report
from services.runtime.vendor_directory import Directory
from services.settings.config import Settings
from services.settings.decisions import FIELDS, get_value
from services.settings.proposals import Person
from services.settings.sections import DAYS
from tests.worlds.api_world import snapshot
from tests.worlds.tables import FINANCE, SUPPORT
from tests.worlds.web_world import ANALYST, MANAGER

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture
def manager(fresh):
    """A manager's browser, where nobody has set anything up."""
    return fresh().browser(MANAGER)


def decided(browser):
    return browser.world.backend.decisions.load().settings


def send(browser, step, **form):
    token = unescape(TOKEN.search(browser.get(f"/setup/{step}").text)[1])
    return browser.client.post(f"/setup/{step}", data={**form, "csrf_token": token})


def numbers(browser, step, **form):
    answer = browser.post(f"/setup/{step}/numbers", data=form)
    assert answer.status_code == 200
    return answer.json


def told(answer):
    return [unescape(t) for t in re.findall(r'class="setup-told[^>]*>([^<]*)<', answer.text)]


@pytest.mark.parametrize("step", STEPS)
def test_each_step_is_drawn_for_managers_alone(manager, step):
    page = manager.get(f"/setup/{step}")
    assert page.status_code == 200
    assert 'aria-current="step"' in page.text
    analyst = manager.world.browser(ANALYST)
    assert analyst.get(f"/setup/{step}").status_code == 403
    assert manager.get("/setup/nothing").status_code == 404


def test_who_has_nothing_to_read_with_begins_there_and_everybody_else_at_home(fresh):
    without = fresh(environment={"intercom_token": None}, starting=True)
    manager, analyst = without.browser(MANAGER), without.browser(ANALYST)
    assert manager.get("/").headers["Location"] == "/setup"
    assert manager.get("/setup").headers["Location"] == "/setup/tokens"
    assert "Falta a chave" in manager.get("/setup/teams").text
    assert analyst.get("/").headers["Location"] == "/analyst"
    assert fresh().browser(MANAGER).get("/").headers["Location"] == "/overview"


def test_it_goes_on_where_it_was_left_and_can_be_done_again(manager):
    assert manager.get("/setup").headers["Location"] == "/setup/teams"
    assert send(manager, "teams", team=[SUPPORT]).headers["Location"] == "/setup/labels"
    assert manager.get("/setup").headers["Location"] == "/setup/labels"
    assert [team.id for team in decided(manager).teams] == [SUPPORT]
    send(manager, "teams", team=[SUPPORT, FINANCE], **{f"goal:{SUPPORT}": "3"})
    goals = {team.id: team.online_text for team in decided(manager).teams}
    assert goals == {SUPPORT: 3, FINANCE: None}
    send(manager, "teams", team=[SUPPORT, FINANCE])
    assert decided(manager).teams == []
    [change, *_] = manager.world.backend.decisions.list_changes()
    assert (change.by, change.how) == ("Marina Falcão", "setup")
    [entry, *_] = manager.world.backend.audit.list_entries(["setting"])
    assert (entry.who, entry.about) == (MANAGER, {"how": "setup", "setting": "teams"})


def test_a_choice_shows_the_number_it_moves_and_keeps_nothing(manager):
    answer = numbers(manager, "teams", team=[FINANCE])
    first = answer["numbers"][0]
    assert first["was"]
    assert (
        first["value"] != numbers(manager, "teams", team=[SUPPORT, FINANCE])["numbers"][0]["value"]
    )
    assert decided(manager).teams == []
    assert "refused" in numbers(manager, "goals", **{"goals.classification": "900"})


def test_what_is_shown_is_what_the_report_says_afterwards(manager):
    shown = numbers(manager, "teams", team=[FINANCE])["numbers"][0]["value"]
    send(manager, "teams", team=[FINANCE])
    headers = {"Authorization": "Bearer token-of-the-machines"}
    days = {"from": "2026-10-28", "to": "2026-11-24"}
    found = manager.client.get("/api/v1/summary", query_string=days, headers=headers).json
    assert shown == str(int(found["metrics"]["conversations"]["value"]))


def test_what_cannot_be_used_is_said_and_not_kept(manager):
    answer = send(manager, "goals", **{"goals.online_text": "muitas"})
    assert answer.status_code == 400
    [words] = [words for words in told(answer) if "«muitas»" in words]
    assert words.endswith("Use um número inteiro.")
    assert decided(manager).goals.online_text == 4


def test_what_a_file_fixes_is_told_with_its_place_and_not_touched(fresh):
    world = fresh(settings=Settings.model_validate({"goals": {"online_text": 7}}))
    world.backend.decisions.fixed = {"goals.online_text": "own.yaml:3"}
    manager = world.browser(MANAGER)
    assert "own.yaml:3" in manager.get("/setup/goals").text
    form = {"goals.online_text": "9", "goals.online_voice": "5"}
    rest = {"goals.classification": "80", "targets.first_response_seconds": "10"}
    rest |= {"targets.close_seconds": "12", "targets.service_level_seconds": "30"}
    assert send(manager, "goals", **form, **rest, **{"alerts.queue.limit_minutes": "8"}).location
    goals = decided(manager).goals
    assert (goals.online_text, goals.online_voice, goals.classification) == (7, 5, 0.8)
    assert decided(manager).targets.first_response_seconds == 600
    assert decided(manager).targets.close_seconds == 43200


def test_labels_are_offered_with_how_many_have_them_and_examples(manager):
    page = unescape(manager.get("/setup/labels").text)
    assert re.search(r"Motivo de Contato · \d+% preenchidas · Boleto e pagamento", page)
    send(manager, "labels", reason="Motivo de Contato", status="")
    assert decided(manager).attributes.status == Settings().attributes.status


def test_people_are_proposed_by_their_names_and_joined(fresh):
    world = fresh(current=snapshot())
    manager = world.browser(MANAGER)
    pair = "ana@example.com a.souza@example.com"
    send(manager, "people", pair=pair, **{"match:x@example.com": ""})
    assert [(p.intercom, p.aircall) for p in decided(manager).people] == [
        ("ana@example.com", "a.souza@example.com")
    ]
    send(manager, "people", **{"match:x@example.com": "bia@example.com"})
    assert [(p.intercom, p.aircall) for p in decided(manager).people] == [
        ("bia@example.com", "x@example.com")
    ]


def test_hours_and_holidays(manager):
    page = manager.get("/setup/hours").text
    assert "Consciência Negra" in unescape(page)
    form = {"monday:0:from": "08:00", "monday:0:to": "12:00", "monday:1:from": "13:00"}
    form |= {"monday:1:to": "23:59", "holiday": ["2026-12-25"], "others": "2026-07-09; 2026-12-31"}
    send(manager, "hours", **form)
    hours = decided(manager).office_hours
    assert (hours.monday, hours.tuesday) == (["08:00-12:00", "13:00-24:00"], [])
    assert [day.isoformat() for day in hours.holidays] == ["2026-07-09", "2026-12-25", "2026-12-31"]
    assert send(manager, "hours", **{"monday:0:from": "08:00"}).status_code == 400


@pytest.fixture
def keys(monkeypatch):
    """What the vendors say of the keys they are asked with."""
    asked = []

    def check(settings, environment, text):
        asked.append(environment.intercom_token.get_secret_value())
        if asked[-1] == "wrong":
            return Report([Finding("✗", "Intercom", "recusa as credenciais")], Directory())
        found = Directory(teams={"1": "A"}, texts=[Person("Ana", "ana@example.com")])
        return Report([Finding("✓", "Intercom", "responde")], found)

    monkeypatch.setattr(routes, "check_keys", check)
    return asked


def test_a_key_is_tried_at_once_and_kept_only_when_it_is_good(fresh, keys):
    manager = fresh(environment={"intercom_token": None}, starting=True).browser(MANAGER)
    answer = send(manager, "tokens", intercom_token="wrong")
    assert (answer.status_code, told(answer)) == (400, ["Intercom: recusa as credenciais"])
    assert manager.world.backend.environment.intercom_token is None
    answer = send(manager, "tokens", intercom_token=" a-good-key-of-intercom ")
    assert told(answer)[-1] == "Esta chave lê: times (1), pessoas no Intercom (1)."
    kept = manager.world.backend.environment.intercom_token
    assert kept.get_secret_value() == "a-good-key-of-intercom"
    page = manager.get("/setup/tokens").text
    assert "a-good-key" not in page
    assert "termina em rcom" in page
    assert send(manager, "tokens").headers["Location"] == "/setup/teams"
    assert keys == ["wrong", "a-good-key-of-intercom"]


def test_a_key_of_the_environment_is_only_told(manager, keys):
    manager.world.backend.decisions.fixed = {"intercom_token": "INTERCOM_TOKEN"}
    assert "INTERCOM_TOKEN" in manager.get("/setup/tokens").text
    send(manager, "tokens", intercom_token="another")
    assert keys == []


def test_slack_is_tried_before_anything_is_kept(manager):
    answer = send(manager, "slack", slack_webhook="https://elsewhere.example.com/x")
    assert answer.status_code == 400
    answer = send(manager, "slack", slack_bot_token="xoxb-1")
    assert answer.status_code == 400
    assert manager.world.backend.environment.slack_webhook is None
    assert manager.world.backend.environment.slack_bot_token is None
    assert send(manager, "slack").headers["Location"] == "/setup/wall"


def test_a_television_comes_in_with_six_digits_once(manager):
    page = send(manager, "wall", name="Sala").text
    code = re.search(r"<output>(\d{3} \d{3})</output>", page)[1]
    television = manager.world.browser()
    answer = tv(television, code)
    assert answer.headers["Location"] == "/operations?kiosk=1"
    assert television.get("/operations?kiosk=1").status_code == 200
    assert [device.name for device in manager.world.sessions.list_device_links()] == ["Sala"]
    assert tv(manager.world.browser(), code).status_code == 401


def test_guesses_end_soon_at_one_place_and_from_all_together(manager):
    guesser = manager.world.browser()
    assert [tv(guesser, "000001").status_code for _ in range(6)] == [401] * 5 + [429]
    send(manager, "wall", name="Sala")
    for place in range(50):
        guesser.client.environ_base["REMOTE_ADDR"] = f"10.0.0.{place}"
        answer = tv(guesser, "000001")
    assert answer.status_code == 429


def tv(browser, code):
    return browser.client.post("/tv", data={"code": code, "csrf_token": browser.form_token("/tv")})


def test_what_is_set_by_screen_is_what_a_file_would_say(manager):
    """Every setting of the steps, as config.yaml has it, and by the forms."""
    own = {
        "teams": [{"id": FINANCE, "name": "Financeiro", "online_text": 2}],
        "attributes": {"reason": "Cadastros", "status": "Equipe", "resolved_value": "Fiscal"},
        "people": [{"intercom": "a@example.com", "aircall": "b@example.com"}],
        "telephony": {"main_lines": ["Suporte"], "lines": {"Suporte": FINANCE}},
        "office_hours": {day: ["08:00-12:00", "13:00-17:00"] for day in DAYS},
        "goals": {"online_text": 7, "online_voice": 3, "classification": 0.8},
        "targets": {
            "first_response_seconds": 600,
            "close_seconds": 7200,
            "service_level_seconds": 30,
        },
        "slack": {"channel": "C0123ABCD", "mention": "<!here>"},
    }
    file = Settings.model_validate(own)
    hours = {"0:from": "08:00", "0:to": "12:00", "1:from": "13:00", "1:to": "17:00"}
    send(manager, "teams", team=[FINANCE], **{f"goal:{FINANCE}": "2"})
    send(manager, "labels", **own["attributes"])
    send(manager, "people", pair="a@example.com b@example.com")
    send(manager, "lines", main=["Suporte"], **{"line:Suporte": FINANCE})
    send(manager, "hours", **{f"{day}:{k}": v for day in DAYS for k, v in hours.items()})
    goals = {"goals.online_text": "7", "goals.online_voice": "3", "goals.classification": "80"}
    goals |= {"targets.first_response_seconds": "10", "targets.close_seconds": "2"}
    goals |= {"targets.service_level_seconds": "30", "alerts.queue.limit_minutes": "15"}
    send(manager, "goals", **goals)
    send(manager, "slack", **{f"slack.{name}": value for name, value in own["slack"].items()})
    for path in (path for step in STEPS.values() for path in step.paths if path in FIELDS):
        assert get_value(decided(manager), path) == get_value(file, path), path
    tables = manager.world.dataset.snapshot().tables
    for step in MEASURES:
        assert measure(step, tables, decided(manager)) == measure(step, tables, file)
