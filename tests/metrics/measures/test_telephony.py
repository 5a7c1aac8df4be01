from dataclasses import replace

import pytest

from metrics.measures.telephony import LOST, OUTCOMES
from metrics.model.filters import Filters
from metrics.model.lines import unknown_lines
from metrics.model.view import View
from metrics.query.drilldown import drill_down
from tests.worlds.tables import (
    DAY,
    FINANCE,
    UTC_RULES,
    agents,
    calls,
    groups,
    tables,
    told,
)

AT = "2026-11-24T10:00:00Z"  # a Tuesday, in our opening hours


def answered(wait=10, talk=120, **values):
    return {
        "answered_at": f"2026-11-24T10:00:{wait:02}Z",
        "ended_at": f"2026-11-24T10:{(wait + talk) // 60:02}:{(wait + talk) % 60:02}Z",
        **values,
    }


def missed(reason="agents_did_not_answer", seconds=30, **values):
    return {
        "missed_call_reason": reason,
        "ended_at": f"2026-11-24T10:00:{seconds:02}Z",
        **values,
    }


def number(key, *rows, rules=UTC_RULES):
    found = told(key, tables(calls_=calls(*rows)), rules=rules)
    return found.value, found.n


MIXED = [
    answered(),
    answered(),
    missed(),
    answered(direction="outbound"),
    {"direction": "outbound", "ended_at": "2026-11-24T10:00:30Z"},
    answered(status="answered"),
    {"status": "initial"},
]


def test_answered_and_missed_are_all_that_came_in():
    keys = ("calls_inbound", "calls_answered", "calls_missed")
    assert [number(key, *MIXED)[0] for key in keys] == [3, 2, 1]


def test_an_outbound_call_is_answered_when_somebody_took_it():
    assert number("calls_outbound", *MIXED) == (2, 2)
    assert number("calls_outbound_answered", *MIXED) == (1, 1)


def test_an_unanswered_outbound_call_is_not_missed():
    row = {"direction": "outbound", "missed_call_reason": "agents_did_not_answer"}
    assert number("calls_missed", row) == (0, 0)


def test_calls_that_go_on_do_not_count_yet():
    assert number("calls_inbound", {"status": "answered"}, {"status": "initial"}) == (0, 0)


@pytest.mark.parametrize(
    ("reason", "voicemail", "outcome"),
    [
        ("out_of_opening_hours", False, "break"),
        ("out_of_opening_hours", True, "break"),
        ("short_abandoned", True, "short_abandon"),
        ("abandoned_in_ivr", True, "voicemail"),
        ("agents_did_not_answer", True, "voicemail"),
        ("abandoned_in_ivr", False, "abandoned"),
        ("abandoned_in_classic", False, "abandoned"),
        ("agents_did_not_answer", False, "not_answered"),
        ("no_available_agent", None, "not_answered"),
        ("something_new", False, "other"),
        ("something_new", True, "voicemail"),
    ],
)
def test_the_first_outcome_that_fits(reason, voicemail, outcome):
    content = tables(calls_=calls(missed(reason, has_voicemail=voicemail), answered()))
    parts = told("calls_missed", content).parts
    assert list(parts) == list(OUTCOMES)
    assert {word: n for word, n in parts.items() if n} == {outcome: 1}


@pytest.mark.parametrize(
    ("started", "outcome"),
    [
        ("2026-11-24T08:59:59Z", "out_of_hours"),
        ("2026-11-24T09:00:00Z", "break"),
        ("2026-11-24T17:59:59Z", "break"),
        ("2026-11-24T18:00:00Z", "out_of_hours"),
    ],
)
def test_closed_within_our_hours_is_a_break(started, outcome):
    row = {"missed_call_reason": "out_of_opening_hours", "started_at": started}
    parts = told("calls_missed", tables(calls_=calls(row))).parts
    assert {word for word, n in parts.items() if n} == {outcome}


def test_closed_on_a_saturday_or_a_holiday_is_out_of_hours():
    row = {"missed_call_reason": "out_of_opening_hours", "started_at": AT}
    closed = replace(UTC_RULES, holidays=frozenset({DAY.first_day}))
    parts = told("calls_missed", tables(calls_=calls(row)), rules=closed).parts
    assert parts["out_of_hours"] == 1


def test_loss_leaves_out_short_abandons_and_closed_hours():
    rows = [
        answered(),
        answered(),
        missed("agents_did_not_answer"),
        missed("abandoned_in_ivr"),
        missed("short_abandoned"),
        missed("out_of_opening_hours"),
        missed("something_new"),
    ]
    assert number("loss_rate", *rows) == (0.5, 4)
    assert set(LOST) == {"voicemail", "abandoned", "not_answered"}


@pytest.mark.parametrize("line", ["Suporte", " suporte ", "+55 11 4000-0001", "551140000001"])
def test_loss_is_told_of_the_main_lines_by_name_or_digits(line):
    rows = [
        answered(line_name="Suporte", line_digits="+551140000001"),
        missed(line_name="Suporte", line_digits="+551140000001"),
        missed(line_name="Vendas", line_digits="+551140000002"),
        missed(),
    ]
    rules = replace(UTC_RULES, main_lines=(line,))
    assert number("loss_rate", *rows, rules=rules) == (0.5, 2)
    assert number("loss_rate", *rows) == (0.75, 4)


def test_the_wait_counts_from_the_start_of_the_call():
    rows = [answered(10), answered(30), missed(), answered(50, direction="outbound")]
    assert number("time_to_answer", *rows) == (20, 2)


def test_talk_leaves_ringing_out_and_directions_apart():
    rows = [answered(10, 100), answered(30, 200), answered(5, 50, direction="outbound")]
    assert number("talk_time", *rows) == (150, 2)
    assert number("talk_time_outbound", *rows, {"direction": "outbound"}) == (50, 1)


def test_neither_answered_nor_with_a_reason_is_missed_and_nobody_knows_why():
    silent = {"answered_at": None, "ended_at": AT}
    found = told("calls_missed", tables(calls_=calls(silent, missed())))
    assert (found.value, found.parts["unknown"], found.parts["other"]) == (2, 1, 0)
    assert number("calls_answered", silent) == (0, 0)
    assert number("loss_rate", silent) == (None, 0)
    assert number("calls_missed", silent | {"status": "initial"}) == (0, 0), "it rings"
    with_voicemail = told("calls_missed", tables(calls_=calls(silent | {"has_voicemail": True})))
    assert with_voicemail.parts["voicemail"] == 1


def test_answered_though_it_carries_a_reason_is_answered_and_listed():
    both = answered(5, missed_call_reason="no_available_agent")
    world = tables(calls_=calls(both, answered(5), missed()))
    assert told("calls_answered", world).value == 2
    assert told("calls_missed", world).value == 1
    listed = drill_down("call_contradictions", [], View(world, DAY, Filters(), UTC_RULES))
    assert listed.rows["id"].to_list() == ["1"]


def test_exactly_on_the_target_is_within_the_service_level():
    assert UTC_RULES.service_level_seconds == 20
    assert number("service_level", answered(20), answered(21)) == (0.5, 2)


def test_whoever_gave_up_before_the_target_counts_neither_way():
    rows = [
        answered(5),
        missed("abandoned_in_ivr", 20),
        missed("abandoned_in_ivr", 21),
        missed("agents_did_not_answer", 40),
        missed("short_abandoned", 40),
        missed("out_of_opening_hours", 40),
        missed("abandoned_in_ivr", 40, ended_at=None),
    ]
    assert number("service_level", *rows) == (pytest.approx(1 / 3), 3)


PEOPLE = agents(
    {"id": "1", "voice_email": "luana.tavares@example.com"},
    {"id": "2", "voice_email": "joao.lacerda@example.com", "team_ids": FINANCE},
)
LUANA, JOAO = (
    {"user_id": "901", "user_email": "luana.tavares@example.com"},
    {"user_id": "902", "user_email": "joao.lacerda@example.com"},
)
FROM_LUANA = {
    "transferred_by_id": "901",
    "transferred_by_email": "luana.tavares@example.com",
    "transferred_to_id": "902",
    "transferred_to_email": "joao.lacerda@example.com",
}
HANDLED = calls(
    answered(**LUANA),
    answered(**JOAO, **FROM_LUANA),  # passed on by Luana, taken over by João
    answered(user_id="903", user_email="visita@example.com"),
    answered(),
    missed(**LUANA),
)


def test_a_transferred_call_is_credited_to_each_once_and_counts_once_for_the_team():
    content = tables(calls_=HANDLED, agents_=PEOPLE)
    credits = {"1": 2, "2": 1, "voice:903": 1, "none": 1}
    assert groups("calls_answered", "agent", content) == credits
    assert told("calls_answered", content).value == 4


@pytest.mark.parametrize(
    ("filters", "total", "own"),
    [
        (Filters(agents=("1",)), 2, {"1": 2}),
        (Filters(agents=("2",)), 1, {"2": 1}),
        (Filters(agents=("1", "2")), 2, {"1": 2, "2": 1}),
        (Filters(agents=("none",)), 1, {"none": 1}),
        (Filters(teams=(FINANCE,)), 1, {"2": 1}),
        (Filters(teams=(FINANCE,), agents=("1",)), 1, {}),
    ],
)
def test_a_chosen_person_s_calls_are_those_with_any_part_in_them(filters, total, own):
    content = tables(calls_=HANDLED, agents_=PEOPLE)
    assert told("calls_answered", content, filters=filters).value == total
    assert groups("calls_answered", "agent", content, filters=filters) == own


def test_a_missed_call_is_a_person_s_only_where_the_vendor_names_one():
    content = tables(calls_=calls(missed(**LUANA), missed(), answered(**LUANA)), agents_=PEOPLE)
    assert groups("calls_rung", "agent", content) == {"1": 1, "none": 0}
    assert told("calls_missed", content).value == 2


def test_calls_by_team_count_once_for_each_team_of_those_who_took_part():
    content = tables(calls_=HANDLED, agents_=PEOPLE)
    assert groups("calls_answered", "team", content) == {FINANCE: 1, "none": 3}


def test_who_started_a_call_is_its_direction():
    content = tables(calls_=calls(answered(), {"direction": "outbound"}))
    for origin, direction in (("customer", "calls_inbound"), ("teammate", "calls_outbound")):
        found = {
            key: told(key, content, filters=Filters(origin=origin)).value
            for key in ("calls_inbound", "calls_outbound")
        }
        assert found == {"calls_inbound": 0, "calls_outbound": 0} | {direction: 1}
    machines = told("calls_inbound", content, filters=Filters(origin="automated"))
    assert (machines.value, machines.gap) == (None, "no_origin")


def test_no_call_has_an_attribute():
    chosen = Filters(attributes={"Motivo de Contato": ("Lentidão", "")})
    number = told("calls_inbound", tables(calls_=HANDLED), filters=chosen)
    assert (number.value, number.gap) == (None, "no_attributes")


OF_LINES = ("calls_inbound", "calls_missed", "loss_rate", "service_level")
LINED = replace(UTC_RULES, team_lines={"Suporte": FINANCE, "+55 11 4000-0002": "6103"})


@pytest.mark.parametrize("key", OF_LINES)
@pytest.mark.parametrize(
    ("chosen", "rules"),
    [
        (Filters(agents=("201",)), LINED),
        (Filters(teams=("6101",)), LINED),
        (Filters(teams=(FINANCE,)), UTC_RULES),
        (Filters(teams=(FINANCE,), agents=("201",)), LINED),
    ],
)
def test_what_nobody_took_is_no_smaller_number_of_people_but_none(key, chosen, rules):
    rows = calls(answered(user_email="ana@example.com", line_name="Suporte"), missed())
    found = told(key, tables(calls_=rows), rules=rules, filters=chosen)
    assert (found.value, found.n, found.gap) == (None, 0, "no_person")
    assert told(key, tables(calls_=rows)).value is not None


def test_lines_of_a_team_have_its_missed_calls_by_name_or_digits():
    rows = calls(
        answered(line_name="Suporte", line_digits="+551140000001"),
        missed(line_name="suporte ", line_digits="+551140000001"),
        missed(line_name="Vendas", line_digits="551140000002"),
        missed(),
    )

    def of(key, team):
        found = told(key, tables(calls_=rows), rules=LINED, filters=Filters(teams=(team,)))
        return found.value

    assert [of(key, FINANCE) for key in OF_LINES] == [2, 1, 0.5, 0.5]
    assert [of(key, "6103") for key in OF_LINES] == [1, 1, 1, 0]


@pytest.mark.parametrize("key", OF_LINES)
def test_calls_of_lines_are_in_no_group_of_people(key):
    rows = tables(calls_=calls(answered(), missed()), agents_=agents({"id": "201"}))
    assert groups(key, "agent", rows) == {}


def test_lines_that_the_settings_name_and_nobody_has():
    known = [("Suporte", "+551140000001"), ("Vendas", "+551140000002")]
    rules = replace(LINED, main_lines=(" suporte", "Comercial", "551140000009"))
    assert unknown_lines(known, rules) == ["Comercial", "551140000009"]
