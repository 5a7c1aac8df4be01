"""The wall's numbers, from small tables."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from callbacks.pages.operations.agents import build_timeline
from callbacks.pages.operations.figures import build_wall, name_scope
from callbacks.pages.operations.query import OperationsView, read_operations
from layouts.components.context import Context
from layouts.formats import Formats
from layouts.i18n import text_for
from layouts.pages.operations.day_curve import curve_head
from layouts.pages.operations.timeline import timeline_panel
from services.settings.config import Settings
from services.settings.links import IntercomLinks, workspace_id
from services.snapshot.manifest import History, SourceStatus
from tests.metrics.live.test_timeline import seen
from tests.worlds.api_world import (
    AS_OF_TEXT,
    AS_OF_VOICE,
    FINANCE,
    JOAO,
    MANAGER,
    NOW,
    OK_SOURCES,
    SUPPORT,
    call,
    conversation,
    snapshot,
)

TEXT = text_for("pt-BR")
CONTEXT = Context(TEXT, Formats(TEXT, ZoneInfo("America/Sao_Paulo")), "dark", "manager", "M")
AGO = "2026-11-24T14:{}:00Z".format


def operations_view(search="", current=None, settings=None, viewer=MANAGER):
    current, settings = current or snapshot(), settings or Settings()
    links = IntercomLinks(settings, workspace_id(None, current.meta))
    query = read_operations(search)
    return OperationsView(current, query, settings.rules(), viewer, settings, links)


def asked(search="", current=None, settings=None):
    return build_wall(operations_view(search, current, settings), {}, NOW, CONTEXT)


def figure(told, key):
    return next(one for one in told.figures if one.key == key)


def waiting(row_id, minute, **values):
    since = AGO(minute)
    return conversation(
        row_id, since, agent_id=None, state="open", **{"waiting_since": since, **values}
    )


def test_the_queue_has_the_oldest_first_and_the_customer_s_turn_last():
    rows = [
        waiting("a", "50"),
        waiting("b", "40", team_id=FINANCE),
        waiting("c", "10", waiting_since=None),
    ]
    queue_panel = asked(current=snapshot(conversations=rows)).queue_panel
    assert [row.id for row in queue_panel.work.untaken] == ["b", "a", "c"]
    assert queue_panel.count == 3
    assert queue_panel.by_team == [("Suporte N1", 2), ("Financeiro", 1)]
    assert queue_panel.work.longest_since == datetime(2026, 11, 24, 14, 40, tzinfo=UTC)


def test_a_team_s_wall_has_that_team_s_queue_and_people():
    rows = [waiting("a", "50"), waiting("b", "40", team_id=FINANCE)]
    told = asked(f"?team={FINANCE}", snapshot(conversations=rows))
    assert [row.id for row in told.queue_panel.work.untaken] == ["b"]
    assert [one.name for one in told.agents_panel.agents] == ["Felipe Yamamoto"]
    assert told.teams == "Financeiro"


@pytest.mark.parametrize("teams", [[], [{"id": SUPPORT}]], ids=["all", "one"])
@pytest.mark.parametrize("search", ["", f"?team={FINANCE}"])
def test_what_has_no_team_is_in_the_queue_of_every_wall(teams, search):
    rows = [waiting("a", "50", team_id=None)]
    settings = Settings.model_validate({"teams": teams})
    told = asked(search, current=snapshot(conversations=rows), settings=settings)
    assert [row.id for row in told.queue_panel.work.untaken] == ["a"]
    assert told.queue_panel.by_team == [(None, 1)]


def test_nobody_waits_since_the_last_one_was_taken():
    row = conversation("a", AGO("10"), first_assignment_at=AGO("22"))
    queue_panel = asked(current=snapshot(conversations=[row])).queue_panel
    assert queue_panel.quiet_since == datetime(2026, 11, 24, 14, 22, tzinfo=UTC)
    assert queue_panel.longest_today == (720.0, datetime(2026, 11, 24, 14, 10, tzinfo=UTC))


def test_volume_and_calls_are_of_the_period():
    rows = [conversation("a", AGO("40")), conversation("b", "2026-11-23T12:00:00Z")]
    missed = {"answered_at": None, "missed_call_reason": "agents_did_not_answer"}
    calls = [
        call("x", AGO("00")),
        call("y", AGO("10"), **missed),
        call("z", "2026-11-23T14:00:00Z", **missed),
    ]
    current = snapshot(conversations=rows, calls=calls)
    today, longer = asked(current=current), asked("?period=48h", current)
    assert (figure(today, "conversations").value, figure(longer, "conversations").value) == (1, 2)
    assert figure(today, "conversations").note == "1 em 30 min"
    assert figure(today, "calls_answered").value == 1
    assert figure(today, "calls_answered").note == "1 perdida"
    assert figure(longer, "calls_answered").note == "2 perdidas"


def test_a_shortage_counts_in_opening_hours_only():
    told = figure(asked(), "online_text")
    assert (told.value, told.verdict, told.note) == (2, "short", "meta 4, faltam 2")
    settings = Settings.model_validate({"office_hours": {"tuesday": []}})
    told = figure(asked(settings=settings), "online_text")
    assert (told.verdict, told.note) == ("", "meta 4, fechado")


def test_a_goal_that_is_reached_has_its_tick():
    settings = Settings.model_validate({"goals": {"online_text": 2}})
    assert figure(asked(settings=settings), "online_text").verdict == "reached"


def test_a_chosen_team_has_its_own_goal():
    settings = Settings.model_validate({"teams": [{"id": SUPPORT, "online_text": 1}]})
    told = figure(asked(f"?team={SUPPORT}", settings=settings), "online_text")
    assert (told.value, told.note, told.verdict) == (1, "meta 1", "reached")


def test_without_telephony_nothing_of_it_is_told():
    current = snapshot(sources=OK_SOURCES | {"aircall": SourceStatus("off")})
    told = asked(current=current)
    assert [one.key for one in told.figures] == ["conversations", "online_text"]
    assert told.debt is None
    assert not told.agents_panel.voice
    assert not any(one.clash or one.explained for one in told.agents_panel.agents)


def test_telephony_that_never_answered_is_no_zero():
    current = snapshot(sources=OK_SOURCES | {"aircall": SourceStatus("starting")})
    told = asked(current=current)
    assert figure(told, "calls_answered").value is None
    assert figure(told, "online_voice").value is None
    assert told.debt is None


def test_a_failed_source_makes_only_its_own_numbers_old():
    failed = SourceStatus("failed", AS_OF_VOICE, error="401")
    told = asked(current=snapshot(sources=OK_SOURCES | {"aircall": failed}))
    assert [one.name for one in told.late] == ["Aircall"]
    assert told.late[0].helps
    assert figure(told, "calls_answered").late_at == AS_OF_VOICE
    assert figure(told, "conversations").late_at is None
    assert told.agents_panel.voice_late
    assert not told.agents_panel.text_late
    assert told.queue_panel.late_at is None


def test_an_old_queue_neither_alarms_nor_calms():
    late = SourceStatus("late", AS_OF_TEXT)
    told = asked(current=snapshot(sources=OK_SOURCES | {"intercom": late}))
    assert told.queue_panel.late_at is not None
    assert told.curve.late


def test_a_history_that_still_arrives_has_no_usual_band():
    partial = History(37, 90, complete=False, first_day=date(2026, 10, 18))
    told = asked(current=snapshot(history=partial)).curve
    assert told.usual is None
    assert told.note == "Histórico: 37 de 90 dias, ainda sem faixa usual"
    assert asked().curve.note == ""


def test_the_half_hour_that_runs_has_no_point_yet():
    # NOW is 12:00 local; of 11:30 to 12:00 everything has arrived.
    rows = [conversation("a", AGO("45")), conversation("b", "2026-11-24T15:00:00Z")]
    told = asked(current=snapshot(conversations=rows)).curve
    counts = {start: count for start, count, _ in told.table}
    assert counts["11:30"] == "1"
    assert counts["12:00"] == "sem dados"
    assert told.total == 2


def test_48_hours_are_drawn_from_their_first_instant_on():
    told = asked("?period=48h").curve
    assert told.table[0][0] == "12:00"
    assert told.usual is None


@pytest.mark.parametrize(
    ("team_ids", "words"),
    [((), "Suporte N1 e Financeiro"), ((FINANCE,), "Financeiro"), (("9",), "Time 9")],
)
def test_the_scope_in_words(team_ids, words):
    search = "?" + "&".join(f"team={team}" for team in team_ids)
    assert name_scope(operations_view(search), CONTEXT) == words


def test_a_device_may_show_subjects_where_the_settings_say_so():
    settings = Settings.model_validate({"wall": {"customer_data": True}})
    row = conversation("a", AGO("10"), last_assignment_at=AGO("12"))
    device = replace(MANAGER, role="wall")
    question = operations_view("", snapshot(conversations=[row]), settings, device)
    latest = build_wall(question, {}, NOW, CONTEXT).latest
    assert (latest[0].subject, latest[0].url) == ("Boleto não chegou", None)


def heading(current, search="", kiosk=False):
    told = asked(search, current)
    parts = curve_head(told.curve, told.period, kiosk, CONTEXT)
    return json.dumps(parts, ensure_ascii=False)


def whole(*rows, **values):
    first = date(2026, 8, 27)
    history = History(90, 90, complete=True, first_day=first)
    return snapshot(conversations=rows, history=history, **values)


def test_where_the_queue_is_heading_is_said_of_fresh_numbers_of_today():
    # At noon of a Tuesday, six hours before closing; five Tuesdays brought one more each.
    more = [
        conversation(f"m{week}", f"2026-{day}T19:00:00Z", state="closed")
        for week, day in enumerate(("11-17", "11-10", "11-03", "10-27", "10-20"))
    ]
    rows = [waiting("a", "50"), waiting("b", "40"), *more]
    told = asked(current=whole(*rows)).curve.closing
    assert (told.low, told.high, told.days) == (2, 2, 12)
    assert "às 18h: fila de 2" in heading(whole(*rows))
    assert "queue_at_closing" in heading(whole(*rows))
    assert "fila de" not in heading(whole(*rows), "?period=48h")
    late = OK_SOURCES | {"intercom": SourceStatus("late", AS_OF_TEXT)}
    assert "fila de" not in heading(whole(*rows, sources=late))
    partial = snapshot(conversations=rows, history=History(37, 90, complete=False))
    assert "fila de" not in heading(partial)


def test_the_day_of_each_agent_is_told_within_the_hours_that_count():
    current = snapshot(conversations=[], calls=[])
    rows = seen((JOAO, "text", "active", "2026-11-24T11:30:00Z", "2026-11-24T14:30:00Z"))
    current = replace(current, tables=replace(current.tables, presence=rows))
    told = asked(current=current).timeline
    # Opening times are 9 to 18 in São Paulo; João was there half an hour before them.
    assert told.first == datetime(2026, 11, 24, 11, tzinfo=UTC)
    assert told.last == datetime(2026, 11, 24, 21, tzinfo=UTC)
    joao = next(one for one in told.strips if one.name == "João Vitor Lacerda")
    assert joao.seconds["available"] == 3 * 3600
    # 08:00 to 08:30, and 11:30 to 12:00, which is now.
    assert joao.seconds["unobserved"] == 3600
    drawn = timeline_panel(told, CONTEXT)
    text = json.dumps(drawn, ensure_ascii=False)
    assert "João Vitor Lacerda: disponível 3\N{NO-BREAK SPACE}h" in text
    assert "disponível, 08:30 a 11:30" in text
    assert asked("?kiosk=1", current).timeline is None


def test_an_analyst_sees_the_own_day_only():
    viewer = replace(MANAGER, role="analyst", agent_id=JOAO)
    assert [one.name for one in build_timeline(operations_view(viewer=viewer)).strips] == [
        "João Vitor Lacerda"
    ]
