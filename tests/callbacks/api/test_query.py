from datetime import date

import pytest

from callbacks.reports.query import (
    BreakdownQuery,
    CallsQuery,
    ConversationsQuery,
    NoQuery,
    ParameterError,
    Position,
    Query,
    SummaryQuery,
    read,
)
from metrics.model.filters import Filters
from metrics.model.periods import Period

TODAY = date(2026, 11, 24)


def period(**given):
    arguments = [(name.rstrip("_"), [value]) for name, value in given.items()]
    return read(SummaryQuery, arguments).period(TODAY)


def test_the_last_28_days_are_meant_when_no_day_is_named():
    assert period() == Period(date(2026, 10, 28), TODAY)


def test_one_named_end_is_completed_by_the_other():
    assert period(from_="2026-11-20") == Period(date(2026, 11, 20), TODAY)
    assert period(to="2026-11-10") == Period(date(2026, 10, 14), date(2026, 11, 10))


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "20261120", "2026-W47-5", "2026-11-31", "2026-1-2", "1999-12-31",
     "9999-12-31", "２０２６-11-20", "2026-11-20\n", "2026-11-20T00:00:00Z", "2026-11-20' or 1=1"],
)  # fmt: skip
@pytest.mark.parametrize("name", ["from", "to"])
def test_a_day_that_cannot_be_read_is_refused_by_name(name, text):
    with pytest.raises(ParameterError, match=f"^{name}: "):
        read(SummaryQuery, [(name, [text])])


def test_days_in_the_wrong_order_are_refused():
    with pytest.raises(ParameterError, match=r"^from: lies after to"):
        period(from_="2026-11-21", to="2026-11-20")
    with pytest.raises(ParameterError, match=r"^from: lies after today"):
        period(from_="2026-11-25")


def test_more_than_ten_years_are_refused():
    with pytest.raises(ParameterError, match=r"^from: at most"):
        period(from_="2000-01-01")


@pytest.mark.parametrize(
    ("model", "name", "value"),
    [
        (SummaryQuery, "clock", "calendar"),
        (SummaryQuery, "origin", "bot"),
        (SummaryQuery, "team", ""),
        (SummaryQuery, "agent", "9" * 201),
        (SummaryQuery, "metric", "csat_score"),
        (SummaryQuery, "first_day", "2026-11-20"),
        (SummaryQuery, "attributes", "x"),
        (SummaryQuery, "attr.", "x"),
        (Query, "agent", "201"),
        (Query, "from", "2026-11-20"),
        (NoQuery, "team", "1"),
        (NoQuery, "attr.Equipe", "1"),
        (ConversationsQuery, "metric", "calls_inbound"),
        (ConversationsQuery, "metric", "top_reasons"),
        (CallsQuery, "metric", "conversations"),
        (CallsQuery, "metric", ""),
        (CallsQuery, "cursor", ""),
        (CallsQuery, "cursor", "!!!"),
        (CallsQuery, "cursor", "bm9uc2Vuc2U"),
        (CallsQuery, "cursor", "é"),
        *(
            (CallsQuery, "limit", value)
            for value in ["0", "1001", "-1", "ten", "", "1e2", "٣", "5 "]
        ),
    ],
)
def test_a_parameter_that_cannot_be_used_is_refused_by_name(model, name, value):
    with pytest.raises(ParameterError, match=f"^{name}: "):
        read(model, [(name, [value])])


@pytest.mark.parametrize("name", ["from", "clock", "origin", "limit", "cursor", "metric"])
def test_only_lists_may_be_repeated(name):
    with pytest.raises(ParameterError, match=f"^{name}: given more than once"):
        read(CallsQuery, [(name, ["a", "b"])])


def test_a_breakdown_needs_its_metric_and_its_group():
    with pytest.raises(ParameterError, match=r"^metric: required"):
        read(BreakdownQuery, [("by", ["day"])])
    with pytest.raises(ParameterError, match=r"^by: required"):
        read(BreakdownQuery, [("metric", ["conversations"])])


def test_a_group_is_a_plain_one_or_a_known_label_with_or_without_the_prefix():
    def group(by):
        query = read(BreakdownQuery, [("metric", ["conversations"]), ("by", [by])])
        return query.group({"Equipe", "Tipo de Atendimento"})

    assert group("weekday_hour") == "weekday_hour"
    assert group("Equipe") == group("attr.Equipe") == "attr.Equipe"
    with pytest.raises(ParameterError, match=r"^by: "):
        group("Cor")


def test_repeated_values_become_one_filter_whatever_their_order():
    arguments = [("team", ["2", "1", "2"]), ("agent", ["none"]), ("attr.Equipe", ["", "N1"])]
    query = read(SummaryQuery, arguments)
    assert query.filters == Filters(("1", "2"), ("none",), None, {"Equipe": ("", "N1")})
    assert query.key == read(SummaryQuery, [("team", ["1", "2"]), *arguments[1:]]).key
    assert query.key != read(SummaryQuery, arguments[:2]).key
    hash(query.key)


def test_too_many_or_too_long_values_are_refused():
    with pytest.raises(ParameterError, match=r"^team: "):
        read(SummaryQuery, [("team", [str(number) for number in range(201)])])
    with pytest.raises(ParameterError, match=r"^attr\.Equipe: "):
        read(SummaryQuery, [("attr.Equipe", ["x" * 1001])])


def test_a_long_unknown_name_is_not_echoed_whole():
    with pytest.raises(ParameterError) as refused:
        read(SummaryQuery, [("x" * 5000, ["1"])])
    assert len(str(refused.value)) < 300


@pytest.mark.parametrize("row_id", ["1", "215474207061545", "voice:9", "é"])
def test_a_cursor_is_read_back_as_it_was_given(row_id):
    position = Position(1795000000, row_id)
    assert read(CallsQuery, [("cursor", [position.encode()])]).cursor == position
