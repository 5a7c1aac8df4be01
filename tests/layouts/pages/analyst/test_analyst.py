"""The drawing of the analyst's panel, from plain values."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.formats import Formats
from layouts.i18n import LANGUAGES, text_for
from layouts.pages.analyst import goal as analyst_goal
from layouts.pages.analyst import lists as analyst_lists
from layouts.pages.analyst import page as analyst
from layouts.pages.analyst import results as analyst_results
from layouts.pages.analyst.data import (
    Call,
    Calls,
    Comment,
    Comparison,
    Head,
    History,
    Panel,
    Pending,
    Quality,
    Row,
)
from metrics.classification.goals import Goal, Pace
from metrics.classification.suggestions import Growth
from metrics.model.periods import Period
from metrics.model.summary import Summary

NOW = datetime(2026, 11, 24, 15, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
WEEK = Period(date(2026, 11, 23), date(2026, 11, 29))
WINDOW = Period(date(2026, 10, 28), TODAY)
NOTHING = Summary(None, 0, "share")
SECONDS = Summary(600.0, 40, "seconds")


def reader(language="pt-BR", role="analyst"):
    text = text_for(language)
    formats = Formats(text, ZoneInfo("America/Sao_Paulo"))
    return Context(text, formats, "dark", role, "João", "/analyst")


def row(row_id="1", **values):
    given: dict[str, Any] = {
        "id": row_id,
        "url": f"https://example.com/{row_id}",
        "subject": "Boleto",
        "team": "Suporte N1",
        "created_at": NOW,
        "closed_at": NOW,
        "reason": "",
        "standing": "pending",
    }
    return Row(**{**given, **values})


def panel(eligible=10, classified=6, **values):
    goal = Goal(eligible, classified, 0.9)
    head = Head({}, [], "201", "week", WEEK, TODAY, "")
    infos = MetricInfo("csat_score"), MetricInfo("csat_adjusted")
    given: dict[str, Any] = {
        "head": head,
        "name": "João Vitor Lacerda",
        "left": False,
        "own": True,
        "goal": goal,
        "days": [],
        "pace": None,
        "streak": 0,
        "pending": Pending([], 0, "oldest", True, [], {}, None),
        "history": History([], 0, 0, None, None, "", []),
        "window": WINDOW,
        "quality": Quality(NOTHING, NOTHING, None, None, 10, [], 0, infos),
        "times": [],
        "calls": Calls([], 0, 0, [], True),
        "growth": None,
        "reason_label": "Motivo de Contato",
        "reason_missing": False,
        "now": NOW,
    }
    return Panel(**{**given, **values})


def words(node):
    if isinstance(node, (list, tuple)):
        return " ".join(part for part in map(words, node) if part)
    if node is None or isinstance(node, str):
        return " ".join((node or "").split())
    return words(node["props"].get("children"))


def classes(node):
    if isinstance(node, (list, tuple)):
        return [name for part in node for name in classes(part)]
    if node is None or isinstance(node, str):
        return []
    own = node["props"].get("className", "").split()
    return own + classes(node["props"].get("children"))


@pytest.mark.parametrize("eligible", [1, 9, 10, 11, 20, 100, 120])
def test_the_bar_has_a_block_for_each_conversation(eligible):
    bar = classes(analyst_goal.goal_bar(Goal(eligible, 0, 0.9), reader()))
    assert sum(name.startswith("block-") for name in bar) == eligible
    assert bar.count("block-missing") == Goal(eligible, 0, 0.9).needed


@pytest.mark.parametrize("eligible", [121, 5000])
def test_from_121_on_the_bar_is_continuous(eligible):
    bar = classes(analyst_goal.goal_bar(Goal(eligible, 60, 0.9), reader()))
    assert "goal-continuous" in bar
    assert not any(name.startswith("block-") for name in bar)


def test_the_bar_is_told_in_words_too():
    bar = analyst_goal.goal_bar(Goal(61, 52, 0.9), reader())
    assert bar["props"]["aria-label"] == "52 classificadas, meta 55"


def test_a_bar_of_nothing_is_empty_and_silent():
    bar = analyst_goal.goal_bar(Goal(0, 0, 0.9), reader())
    assert words(bar) == ""
    assert bar["props"]["aria-hidden"] == "true"


@pytest.mark.parametrize(
    ("out", "said"),
    [
        ({"Ticket category": 4, "Merged": 1}, "4 de back-office e 1 duplicada"),
        ({"Merged": 2}, "2 duplicadas"),
        ({"Canal": 3}, "3 por «Canal»"),
        (
            {"Ticket category": 1, "Merged": 1, "Canal": 1},
            "1 de back-office, 1 duplicada e 1 por «Canal»",
        ),
        ({}, ""),
    ],
)
def test_what_does_not_count_is_said_in_the_teams_words(out, said):
    assert analyst_goal.excluded_words(out, reader()) == said


def test_the_pace_names_the_day_or_its_date():
    near = panel(pace=Pace(0.914, date(2026, 11, 27), 35))
    assert "no ritmo atual, 91% na sexta" in words(analyst_goal.hero(near, reader()))
    far = panel(pace=Pace(0.914, date(2026, 12, 31), 35))
    assert "no ritmo atual, 91% 31/12" in words(analyst_goal.hero(far, reader()))


@pytest.mark.parametrize(("streak", "told"), [(0, False), (1, False), (2, True), (12, True)])
def test_a_streak_is_told_from_two_days_on(streak, told):
    text = words(analyst_goal.hero(panel(streak=streak), reader()))
    assert ("seguidos na meta" in text) is told


def test_an_old_streak_is_no_news_in_an_empty_period():
    text = words(analyst_goal.hero(panel(0, 0, streak=9), reader()))
    assert "seguidos" not in text


@pytest.mark.parametrize(
    ("classified", "own", "celebrates"), [(9, True, True), (9, False, False), (8, True, False)]
)
def test_only_the_own_reached_goal_is_celebrated(classified, own, celebrates):
    hero = analyst_goal.hero(panel(10, classified, own=own), reader())
    assert ("data-reached" in hero["props"]) is celebrates


def test_the_running_day_is_marked_and_reached_days_are_ticked():
    days = [(date(2026, 11, 23), Goal(10, 9, 0.9)), (TODAY, Goal(26, 20, 0.9))]
    drawn = analyst_goal.hero(panel(days=days), reader())
    assert classes(drawn).count("goal-today") == 1
    assert classes(drawn).count("icon-check-lg") == 1
    assert "seg 23 90%" in words(drawn)
    assert "20 de 26" in words(drawn)


def test_more_than_a_week_of_days_has_no_room():
    days = [(date(2026, 11, day), Goal(1, 1, 0.9)) for day in range(1, 9)]
    assert "goal-days" not in classes(analyst_goal.hero(panel(days=days), reader()))


def listed(count, total=None, **values):
    rows = [row(str(n), subject=f"Assunto {n}") for n in range(count)]
    return panel(pending=Pending(rows, total or count, "oldest", True, [], {}, None, **values))


def test_a_list_that_is_cut_says_so_and_leads_on():
    drawn = analyst_lists.pending_panel(listed(50, 400), reader())
    assert "50 de 400 na lista. Mostrar mais 50" in words(drawn)


def test_the_last_step_shows_what_is_left():
    drawn = analyst_lists.pending_panel(listed(50, 53), reader())
    assert "Mostrar mais 3" in words(drawn)


def test_a_list_ends_where_addresses_end():
    drawn = analyst_lists.pending_panel(listed(500, 900), reader())
    assert "500 de 900 na lista. Encurte o período" in words(drawn)


def test_one_pending_needs_no_order():
    assert "mais antigas" not in words(analyst_lists.pending_panel(listed(1), reader()))
    assert "mais antigas" in words(analyst_lists.pending_panel(listed(2), reader()))


def test_a_close_that_nobody_recorded_has_no_age():
    pending = Pending([row(closed_at=None)], 1, "oldest", True, [], {}, None)
    drawn = words(analyst_lists.pending_panel(panel(pending=pending), reader()))
    assert "fechamento sem registro" in drawn


def test_without_the_attribute_nothing_is_called_pending():
    drawn = words(analyst_lists.pending_panel(replace(listed(3), reason_missing=True), reader()))
    assert "Assunto 0" not in drawn
    assert "não dá para saber" in drawn


@pytest.mark.parametrize(
    ("total", "listed_done", "said"),
    [(1, 1, ""), (3, 3, ""), (4, 3, "e mais 1 classificada agora"), (9, 3, "e mais 6 classif")],
)
def test_ticks_of_now_are_listed_and_the_rest_counted(total, listed_done, said):
    done = [row(str(n), reason="Boleto", standing="classified") for n in range(total)]
    pending = Pending([], 0, "oldest", True, done, {}, None)
    drawn = analyst_lists.pending_panel(panel(pending=pending), reader())
    assert classes(drawn).count("icon-check-lg") == listed_done
    assert said in words(drawn)


def score(value, n, low=0.7, high=0.9):
    return Summary(value, n, "share", low=low, high=high)


def quality(**values):
    infos = MetricInfo("csat_score"), MetricInfo("csat_adjusted")
    given: dict[str, Any] = {
        "score": score(0.827, 104),
        "adjusted": score(0.85, 98),
        "before": score(0.814, 97),
        "team": None,
        "minimum": 10,
        "comments": [],
        "total_comments": 0,
        "infos": infos,
    }
    return panel(quality=Quality(**{**given, **values}))


def test_ratings_stand_beside_the_own_past():
    drawn = words(analyst_results.ratings_panel(quality(), reader()))
    assert "82,7 % entre 70,0 e 90,0, n 104" in drawn
    assert "Seus 28 dias anteriores: 81,4%, n 97" in drawn
    assert "time" not in drawn


def test_the_teams_score_is_told_where_there_is_one():
    drawn = words(analyst_results.ratings_panel(quality(team=0.833), reader()))
    assert "· time 83,3%" in drawn


def test_a_past_with_few_ratings_is_no_percentage():
    drawn = words(analyst_results.ratings_panel(quality(before=score(1.0, 3)), reader()))
    assert "Nos 28 dias anteriores só 3 notas" in drawn


def test_an_adjusted_score_of_few_ratings_is_not_told():
    drawn = words(analyst_results.ratings_panel(quality(adjusted=score(1.0, 9)), reader()))
    assert "100,0%" not in drawn


def test_hostile_comments_are_words():
    comment = Comment(1, "<script>alert(1)</script>", NOW, "https://example.com/1")
    drawn = analyst_results.comments_panel(quality(comments=[comment], total_comments=1), reader())
    assert "<script>alert(1)</script>" in words(drawn)
    assert "rating-negative" in classes(drawn)


def test_no_comment_is_no_panel():
    assert analyst_results.comments_panel(quality(), reader()) is None


@pytest.mark.parametrize(
    ("key", "now", "before", "verdict", "said"),
    [
        ("first_response_time", 489, 530, "below", "41 s melhor"),
        ("first_response_time", 530, 489, "above", "41 s a mais"),
        ("time_to_close", 18720, 18000, "within", "no usual"),
        ("talk_time", 300, 240, None, "1 min mais longa"),
        ("talk_time", 240, 300, None, "1 min mais curta"),
    ],
)
def test_a_change_is_told_by_what_it_means(key, now, before, verdict, said):
    better = None if key == "talk_time" else "lower"
    one = Comparison(
        key,
        better,
        Summary(now, 40, "seconds"),
        Summary(before, 40, "seconds"),
        None,
        verdict,
        MetricInfo(key),
    )
    assert said in words(analyst_results.times_panel(panel(times=[one]), reader()))


def test_a_count_is_told_without_praise():
    one = Comparison(
        "calls_answered",
        "higher",
        Summary(110, 110, "count"),
        Summary(102, 102, "count"),
        None,
        None,
        MetricInfo("calls_answered"),
    )
    drawn = analyst_results.calls_panel(panel(calls=Calls([], 0, 0, [one], True)), reader())
    assert "antes 102" in words(drawn)
    assert "8 a mais" in words(drawn)
    assert "good" not in classes(drawn)


def test_a_running_call_has_a_clock_and_no_recording():
    call = Call("9", NOW, NOW, "running", "", None, True)
    drawn = analyst_results.calls_panel(panel(calls=Calls([call], 1, 0, [], True)), reader())
    assert "12:00 recebida, em curso 00:00" in words(drawn)
    assert "Ouvir" not in words(drawn)


def test_calls_of_other_days_have_their_day():
    call = Call("9", datetime(2026, 11, 23, 15, tzinfo=UTC), NOW, "inbound", "", 242.0, True)
    drawn = analyst_results.calls_panel(panel(calls=Calls([call], 1, 1, [], True)), reader())
    assert "23/11 12:00 recebida, 4 min 02 s Ouvir" in words(drawn)


def test_a_growing_catch_all_is_told_with_both_shares():
    growth = Growth("Outros", 0.31, 200, 0.12, 180)
    drawn = words(analyst.growth_note(growth, reader(role="manager")))
    assert "«Outros» está crescendo no time" in drawn
    assert "31% dos motivos dos últimos 28 dias (n 200), antes 12%" in drawn


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["analyst", "manager"])
@pytest.mark.parametrize("eligible", [0, 1, 10, 400])
def test_every_state_has_its_words_in_every_language(language, role, eligible):
    context = reader(language, role)
    shown = panel(eligible, eligible // 2, own=role == "analyst", left=True, name="")
    for preset in ("today", "week", "month", "28d", None):
        head = replace(shown.head, preset=preset)
        assert words(analyst.content(replace(shown, head=head), context))
        assert words(analyst.head(head, context))
    assert words(analyst.nobody(context))
    assert words(analyst.unknown({}, context))
    assert words(analyst.beyond(TODAY, context))
    for first_day in (None, TODAY):
        assert words(analyst.arriving(1, 90, first_day, context))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_call_has_its_words(language):
    keys = ("inbound", "outbound", "outbound_unanswered", "missed", "passed", "passed_to")
    calls = [
        Call("1", NOW, NOW, key, "Ana", 1.0, False)
        for key in (*keys, "taken_from", "running", "running_out")
    ]
    shown = panel(calls=Calls(calls, 99, 3, [], True))
    assert words(analyst_results.calls_panel(shown, reader(language)))
