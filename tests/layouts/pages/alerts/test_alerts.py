"""What the alerts page looks like for given values."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from layouts.components.context import Context
from layouts.components.svg import stairs
from layouts.formats import Formats
from layouts.i18n import text_for
from layouts.pages.alerts.data import (
    AlertRow,
    Alerts,
    HistoryFilter,
    RobotStatus,
    RuleRow,
    Week,
    WeekMark,
)
from layouts.pages.alerts.history import week
from layouts.pages.alerts.live import live
from layouts.pages.alerts.rules import rules
from layouts.pages.alerts.words import AlertText, place_of
from layouts.slack.delivery_errors import reason_words
from metrics.alerts.model import Directory, Notice, Problem
from services.settings.config import Settings
from services.settings.links import IntercomLinks

SETTINGS = Settings.model_validate({"intercom": {"conversation_url": "https://app/{app_id}/{id}"}})
AT = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
NOW = AT.timestamp()
QUEUE = Problem(
    "queue", "queue:team:1", "critical", 6, 1, since=NOW - 60, team_id="1", team="N1 <&>",
    tickets=("a/b", "2", "3", "4"),
)  # fmt: skip


def context(language="pt-BR"):
    text = text_for(language)
    return Context(text, Formats(text, ZoneInfo("America/Sao_Paulo")), "dark", "manager", "Marina")


def row(problem=QUEUE, **values):
    return AlertRow("x", Notice("fired", problem, NOW - 120, 7, **values))


def alerts(*incidents, app="app"):
    week_ = Week([(date(2026, 11, 24), 0.0)], [(0.1, 0.3)], 0.5, {}, 0, None)
    return Alerts(
        at=AT,
        robot=RobotStatus(True, AT, True, "ok"),
        directory=Directory(conversation_link=IntercomLinks(SETTINGS, app).conversation),
        live=incidents,
        week=week_,
        recent=incidents,
        history=incidents,
        match_count=len(incidents),
        ever=bool(incidents),
        filter=HistoryFilter(),
        waiting=(),
        given_up=(),
    )


def written(component):
    said = json.dumps(component, ensure_ascii=False)
    return said.replace("\u00a0", " ")


def test_names_are_as_people_write_them_and_the_wait_runs_on():
    one = row()
    words = AlertText(one, alerts(one), context())
    assert words.plain() == "6 na fila do N1 <&>, o mais antigo há 01:00"
    before, wait, after = words.headline()
    assert (before, after) == ("6 na fila do N1 <&>, o mais antigo há ", "")
    assert wait["props"]["children"] == "01:00"


def test_links_keep_to_their_place_and_the_rest_is_counted():
    one = row()
    said = written(AlertText(one, alerts(one), context()).tickets())
    assert "https://app/app/a%2Fb" in said
    assert " e mais 3" in said
    assert "href" not in written(AlertText(one, alerts(one, app=None), context()).tickets())


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"team_id": "none", "team": ""}, "Sem time"),
        ({"team_id": None, "team": ""}, "Toda a operação"),
        ({"agent_id": "9", "agent": ""}, "Pessoa 9"),
        ({"agent_id": "9", "agent": "Ana\u202e"}, "Ana"),
        ({"source": "aircall"}, "Aircall"),
    ],
)
def test_every_problem_has_a_place(values, expected):
    assert place_of(replace(QUEUE, **values), context()) == expected


@pytest.mark.parametrize("word", ["channel_not_found", "Slack asks to wait", "slack_is_off"])
def test_known_reasons_are_in_plain_words(word):
    assert word not in reason_words(word, context("en"))


def test_an_unknown_reason_is_told_as_slack_told_it():
    assert reason_words("new_trouble", context("en")) == "Slack answered: new_trouble."


def test_a_problem_nobody_took_has_buttons_and_one_taken_has_not():
    one = row()
    assert "alerts.mute" in written(live(alerts(one), context()))
    taken = row(acknowledged_by="Ana", acknowledged_at=NOW - 60)
    assert "alerts.acknowledge" not in written(live(alerts(taken), context()))


def test_stairs_are_drawn_for_what_changed_only():
    assert stairs([(0, 1), (5, 3), (9, 2)], "#FFFFFF", "x") is not None
    assert stairs([(0, 2), (5, 2), (9, 2)], "#FFFFFF", "x") is None
    assert stairs([(0, 1), (9, 2)], "#FFFFFF", "x") is None


def test_doubt_is_texture_in_the_week():
    given = alerts(row())
    marks = {"stale": [WeekMark(0.1, 0.2, "info", "10:00")]}
    said = written(week(replace(given, week=replace(given.week, marks=marks)), context()))
    assert "week-doubt" in said
    assert '"--start": "10.000%"' in said


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_rules_are_sentences_with_fields(language):
    spike = {"mode": "adaptive", "conversations": 3, "minutes": 30, "probability": 0.025}
    queue = {"minimum": 1, "minimum_wait_minutes": 2.5, "limit_minutes": 15}
    rows = [
        RuleRow("queue", None, 10, queue, True, True, "A"),
        RuleRow("spike", "warning", 10, spike, False, False, None, fired=6),
        RuleRow("staffing_text", "warning", 10, {"goal": 4}, True, False, None),
    ]
    said = written(rules(rows, context(language)))
    comma = "," if language == "pt-BR" else "."
    assert f'"value": "2{comma}5"' in said
    assert said.count('"role": "switch"') == 3
    assert "alerts.reset" in said
