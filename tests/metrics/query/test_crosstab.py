from datetime import date

import pytest

from metrics.live import calls as voice
from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.view import View
from metrics.query.crosstab import axis, crosstab, table_of
from metrics.query.drilldown import Cell, drill_down
from metrics.query.reasons import top_reasons
from metrics.query.report import breakdown, evaluate
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    REASON,
    SECOND_REASON,
    UTC_RULES,
    agents,
    calls,
    conversations,
    scoped,
    tables,
)

STATUS = "attr.Status do atendimento"
COUNT = CATALOG["conversations"]


def line(reason, status, **values):
    return {REASON: reason, STATUS: status, **values}


WORLD = tables(
    conversations(
        line("A", "done"),
        line("A", "done"),
        line("A", "open"),
        line("B", "done"),
        line("B", None),
        line("C", "open"),
        line("D:[]*?/\\", "open"),
        line(None, "done"),
        line(" ", "done"),
    )
)


def choice(content=WORLD, filters=EVERYTHING, rules=UTC_RULES, period=DAY):
    return View(content, period, filters, rules)


def counts(told):
    return {
        (told.down.lines[d], told.across.lines[a]): number.n
        for (d, a), number in told.cells.items()
    }


def test_each_value_of_a_list_counts_once_in_tables_filters_and_lists():
    content = tables(
        conversations(
            line("A\nB", "done"), line("B", "open"), line(None, "done"), line("C", "done")
        )
    )
    told = table_of((REASON, STATUS), choice(content))
    assert counts(told) == {("A", "done"): 1, ("B", "done"): 1, ("B", "open"): 1, ("C", "done"): 1}
    assert told.total.n == 3
    label = REASON.removeprefix("attr.")
    for value, n in (("A", 1), ("B", 2), ("A\nB", 1), ("", 1)):
        chosen = choice(content, Filters(attributes={label: (value,)}))
        assert drill_down("conversations", [], chosen).n == n
    assert drill_down("conversations", [Cell(REASON, "B")], choice(content)).n == 2


def test_each_value_of_a_list_of_reasons_is_a_mention_and_a_group_of_its_own():
    content = tables(
        conversations(
            line("A\nB", "done", **{SECOND_REASON: "B"}), line("B", "open"), line(None, "done")
        )
    )
    told = top_reasons(choice(content))
    assert [(row.reason, row.mentions) for row in told] == [("B", 3), ("A", 1)]
    number = evaluate(COUNT, choice(content))
    assert (number.n, number.parts) == (3, {"A": 1, "B": 3})
    groups = breakdown(COUNT, "reason", choice(content))
    assert [(group.key, group.summary.n) for group in groups] == [("B", 2), ("", 1), ("A", 1)]
    for cells, n, total in (
        ([], 2, 4),
        ([Cell("reason", "B")], 2, 3),
        ([Cell("reason", "A")], 1, 1),
        ([Cell("other_reasons", "1")], 1, 1),
    ):
        behind = drill_down("top_reasons", cells, choice(content))
        assert (behind.n, behind.total) == (n, total)


def test_rows_without_one_of_the_values_are_left_out():
    told = table_of((REASON, STATUS), choice())
    assert counts(told) == {
        ("A", "done"): 2,
        ("A", "open"): 1,
        ("B", "done"): 1,
        ("C", "open"): 1,
        ("D:[]*?/\\", "open"): 1,
    }
    assert (told.total.n, told.left_out) == (6, 3)
    assert [total.n for total in told.down_totals] == [3, 1, 1, 1]
    assert [total.n for total in told.across_totals] == [3, 3]


def test_empty_values_have_a_line_where_they_are_asked_for():
    told = table_of((REASON, STATUS), choice(), with_empty=True)
    assert counts(told)["", "done"] == 2
    assert counts(told)["B", ""] == 1
    assert (told.total.n, told.left_out) == (9, 0)


def test_others_share_one_line_and_totals_stay_whole():
    told = table_of((REASON, STATUS), choice(), top=(2, 8))
    assert told.down.lines == ("A", "B", None)
    assert told.down.folded == 2
    assert counts(told)[None, "open"] == 2
    assert told.total.n == 6


def test_one_group_alone_is_never_called_the_others():
    assert axis(COUNT, REASON, choice(), 3).lines == ("A", "B", "C", "D:[]*?/\\")


def cell_of(side, place):
    key = side.lines[place]
    if key is None:
        return Cell(f"others.{side.by}", str(len(side.keys)))
    return Cell(side.by, key)


@pytest.mark.parametrize("metric", ["conversations", "time_to_close"])
@pytest.mark.parametrize("with_empty", [True, False])
@pytest.mark.parametrize("top", [1, 2, 9])
def test_every_number_has_its_rows(metric, with_empty, top):
    asked = choice()
    axes = [axis(COUNT, by, asked, top, with_empty=with_empty) for by in (REASON, STATUS)]
    told = crosstab(CATALOG[metric], axes[0], axes[1], asked)

    def behind(*cells):
        return drill_down(metric, cells, View(WORLD, DAY, EVERYTHING, UTC_RULES)).n

    filled = [] if with_empty else [Cell(f"filled.{side.by}", "1") for side in axes]
    for place in told.cells:
        assert behind(*map(cell_of, axes, place)) == told.cells[place].n
    for place, total in enumerate(told.down_totals):
        assert behind(cell_of(axes[0], place), *filled[1:]) == total.n
    for place, total in enumerate(told.across_totals):
        assert behind(*filled[:1], cell_of(axes[1], place)) == total.n
    assert behind(*filled) == told.total.n


def test_numbers_of_one_month_and_words_of_the_next_are_words():
    told = table_of(
        (REASON, "channel"),
        choice(
            tables(
                conversations(
                    {REASON: "1", "channel": "email"}, {REASON: "1.0", "channel": "email"}
                )
            )
        ),
    )
    assert counts(told) == {("1", "email"): 1, ("1.0", "email"): 1}


def test_nothing_is_an_empty_table():
    told = table_of((REASON, STATUS), choice(tables()))
    assert (told.cells, told.total.n, told.down.lines) == ({}, 0, ())


PEOPLE = agents(
    {"id": "9", "name": "Ana", "email": "a@x", "voice_email": "a@x"},
    {"id": "8", "name": "Rui", "email": "r@x", "voice_email": "r@x"},
)
ANSWERED = {"answered_at": "2026-11-24T10:00:20Z", "ended_at": "2026-11-24T10:02:20Z"}
OUT = {"direction": "outbound", "user_email": "a@x", "user_id": "9"}
VOICE = tables(
    calls_=calls(
        {"digits": "+1", "user_email": "a@x", "user_id": "9", **ANSWERED},
        {
            "digits": "+1",
            "user_email": "r@x",
            "user_id": "8",
            "transferred_by_email": "a@x",
            "transferred_by_id": "9",
            "transferred_to_email": "r@x",
            "transferred_to_id": "8",
            **ANSWERED,
        },
        {"digits": "+2", "missed_call_reason": "abandoned_in_ivr", "line_name": "Sales"},
        {"digits": None, "missed_call_reason": "agents_did_not_answer", "line_name": "Sales"},
        {"missed_call_reason": "agents_did_not_answer", "user_email": "r@x", "user_id": "8"},
        {"digits": "+3", **OUT, **ANSWERED},
        {"digits": "+3", **OUT},
    ),
    agents_=PEOPLE,
)


def test_people_are_told_what_they_did_in_and_out():
    rows = {row.id: row for row in voice.agent_calls(choice(VOICE))}
    ana, rui = rows["9"], rows["8"]
    assert (ana.answered, ana.outbound, ana.outbound_answered) == (2, 2, 1)
    assert (ana.rung, rui.rung) == (0, 1)
    assert (ana.talked, ana.talk_seconds, ana.talk_mean) == (3, 360, 120)
    assert (ana.passed_on, rui.passed_on) == (1, 0)
    assert (rui.answered, rui.time_to_answer) == (1, 20)


def test_transfers_have_a_giver_and_a_taker():
    assert voice.transfers(choice(VOICE)) == [voice.Transfer(giver="9", taker="8", calls=1)]


def test_anonymous_callers_are_nobody():
    callers = voice.recurring_callers(choice(VOICE))
    assert {caller.digits: caller.calls for caller in callers} == {"+1": 2, "+3": 2}
    assert [caller.lost for caller in callers] == [0, 0]


def test_recurring_callers_are_named_by_a_call_and_have_its_rows():
    callers = voice.recurring_callers(choice(VOICE))
    assert callers
    for caller in callers:
        cell = Cell("caller", caller.id)
        view = View(VOICE, DAY, EVERYTHING, UTC_RULES)
        assert drill_down("calls", [cell], view).n == caller.calls


def test_lost_calls_stand_in_their_hour_by_outcome():
    table = voice.lost_by_hour(choice(VOICE))
    assert table[10] == {"voicemail": 0, "abandoned": 1, "not_answered": 2}
    assert sum(sum(outcomes.values()) for outcomes in table.values()) == 3


def test_who_was_lost_in_the_period_is_owed():
    assert [call.digits for call in voice.owed(choice(VOICE))] == ["+2"]


def test_weekdays_are_counted_as_often_as_they_began():
    # Monday 16 to Tuesday 24 November; the 24th is today, the 16th is not loaded.
    period = Period(date(2026, 11, 16), date(2026, 11, 30))
    happened = voice.occurrences(period, date(2026, 11, 17), date(2026, 11, 24))
    assert happened == [1, 2, 1, 1, 1, 1, 1]


def test_the_busiest_hour_and_weekday_are_means():
    assert voice.peaks(choice(VOICE), [0, 2, 0, 0, 0, 0, 0]) == voice.Peaks((10, 2.5), (1, 2.5))
    assert voice.peaks(choice(tables()), [1] * 7) == voice.Peaks()


@pytest.mark.parametrize(
    ("lines", "expected"), [(("Sales",), 2), (("none",), 5), (("main",), 2), (("x",), 0), ((), 7)]
)
def test_a_line_is_an_id_a_name_or_the_main_ones(lines, expected):
    rules = scoped(main_lines=("sales",))
    filters = Filters(lines=lines)
    assert drill_down("calls", [], View(VOICE, DAY, filters, rules)).n == expected
