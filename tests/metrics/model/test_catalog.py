import subprocess
import sys

import polars as pl
import pytest

from layouts.i18n import LANGUAGES, text_for
from metrics.model.catalog import CATALOG, Metric, build, metric
from metrics.model.selection import select
from metrics.model.view import View
from metrics.query import report
from tests.worlds.tables import (
    DAY,
    EVERYTHING,
    NOW,
    RULES,
    UTC_RULES,
    agents,
    calls,
    conversations,
    tables,
    tickets,
)

KEYS = {
    # text
    "conversations",
    "conversations_closed",
    "closes",
    "conversations_resolved",
    "first_response_time",
    "time_to_close",
    "time_to_first_close",
    "first_response_within_target",
    "close_within_target",
    "reopen_rate",
    "reopen_price",
    "first_contact_resolution",
    "classification_rate",
    "sla_hit_rate",
    "complex_conversations",
    "conversations_merged",
    "arrivals_recent",
    # ratings
    "csat_average",
    "csat_score",
    "csat_adjusted",
    "dsat_score",
    "csat_response_rate",
    # AI agent
    "ai_involved",
    "ai_resolved",
    "ai_handed_over",
    "ai_csat_score",
    "ai_csat_average",
    "response_after_handover",
    "with_ai_now",
    # now
    "queue",
    "longest_wait",
    "unrouted",
    "open_now",
    "snoozed_now",
    "online_text",
    "online_voice",
    "backlog_age",
    "awaiting_first_response",
    # tickets
    "tickets_created",
    "tickets_resolved",
    "ticket_completion",
    "ticket_resolution_time",
    "tickets_open",
    "tickets_overdue",
    # voice
    "calls_inbound",
    "calls_answered",
    "calls_missed",
    "calls_rung",
    "loss_rate",
    "calls_outbound",
    "calls_outbound_answered",
    "time_to_answer",
    "talk_time",
    "talk_time_outbound",
    "service_level",
}
LISTS = {
    "presence",
    "load",
    "next_hands",
    "last_assignments",
    "callback_debt",
    "top_reasons",
    "calls_per_agent",
    "agents_table",
    "efficiency",
    "arrivals",
    "daily",
    "recognised_calls",
}
UNITS = {"count": {"count"}, "share": {"share"}, "mean": {"points"}, "duration": {"seconds"}}
BY_KEY = pytest.mark.parametrize("found", CATALOG.values(), ids=CATALOG)


def test_the_catalogue_is_complete():
    assert set(CATALOG) == KEYS


@BY_KEY
def test_a_metric_is_called_by_its_name_in_its_theme(found: Metric):
    assert any(getattr(theme, found.key, None) is found for theme in report.THEMES)


@BY_KEY
def test_a_metric_is_documented(found: Metric):
    assert found.definition
    assert found.sources


@BY_KEY
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("part", ["label", "short", "definition"])
def test_a_metric_has_words(found: Metric, language, part):
    assert text_for(language)(f"metrics.{found.key}.{part}")


@pytest.mark.parametrize("key", sorted(LISTS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_list_has_words(key, language):
    for part in ("label", "short", "definition"):
        assert text_for(language)(f"metrics.{key}.{part}")


@BY_KEY
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_known_part_has_words(found: Metric, language):
    for name in found.part_names:
        assert text_for(language)(f"metrics.parts.{name}")


@BY_KEY
def test_the_unit_fits_the_kind(found: Metric):
    assert found.unit in UNITS.get(found.kind, {"count", "seconds"})


@BY_KEY
def test_only_stocks_are_without_a_date(found: Metric):
    assert (found.dated_by is None) == (found.kind == "stock")


@BY_KEY
def test_a_measure_gives_one_value_for_each_row(found: Metric):
    rows = {"conversations": conversations, "calls": calls, "agents": agents, "tickets": tickets}[
        found.table
    ]
    content = tables(**{f"{found.table}_": rows({}, {}, {})})
    frame = select(found, View(content, DAY, EVERYTHING, RULES)).table
    values = frame.select(build(found.value, RULES, NOW)).to_series()
    assert (len(values), values.dtype) == (3, pl.Float64)


@BY_KEY
def test_nothing_is_no_data_and_only_counts_are_zero(found: Metric):
    summary = report.evaluate(found, View(tables(), DAY, EVERYTHING, UTC_RULES))
    assert summary.n == 0
    assert summary.value == (0 if found.unit == "count" else None)
    assert set(summary.parts.values()) <= {0}


def test_a_name_is_taken_once():
    with pytest.raises(ValueError, match="conversations"):
        metric("conversations", "count", "calls", pl.lit(1.0), "a slip")


def test_the_order_of_the_catalogue_is_that_of_its_themes_whoever_is_imported_first():
    script = "from metrics.measures import telephony; "
    script += "from metrics.model.catalog import CATALOG; print(*CATALOG)"
    keys = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert keys.stdout.split() == list(CATALOG)
    tables = [metric.table for metric in CATALOG.values()]
    assert tables[0] == "tickets"
    assert tables[-1] == "calls"
