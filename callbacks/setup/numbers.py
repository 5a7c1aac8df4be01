"""The numbers that a choice of the set-up changes: those of the screens, under other rules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from layouts.formats import Formats
from metrics.measures.responsiveness import first_response_within_target
from metrics.measures.stocks import online_text, online_voice, open_now
from metrics.measures.telephony import calls_inbound, loss_rate
from metrics.measures.workload import (
    classification_rate,
    conversations,
    conversations_closed,
    conversations_resolved,
)
from metrics.model import people
from metrics.model.catalog import Metric
from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.lines import on_lines_of
from metrics.model.office_hours import is_open
from metrics.model.periods import last_days
from metrics.model.tables import Tables
from metrics.model.view import EVERYTHING, View
from metrics.query.report import breakdown, evaluate_many
from services.settings.config import Settings

DAYS = 28


@dataclass(frozen=True)
class Number:
    """`key` is of the words: of the catalogue's metrics, or `setup.number.<key>`."""

    key: str
    value: float | None
    unit: str
    n: int


Measure = Callable[[View, Settings], Iterable[Number]]


def measure(step: str, tables: Tables, settings: Settings) -> list[Number]:
    # A copy: what is worked out for one choice of many is not kept with the version.
    fresh = replace(tables)
    rules = settings.rules()
    period = last_days(DAYS, tables.now, rules.time_zone)
    return [*MEASURES[step](View(fresh, period, EVERYTHING, rules), settings)]


def _ask(view: View, *metrics: Metric) -> list[Number]:
    found = evaluate_many(metrics, view)
    return [Number(m.key, found[m.key].value, m.unit, found[m.key].n) for m in metrics]


def _of_teams(view: View, settings: Settings) -> Iterable[Number]:
    yield from _ask(view, conversations, open_now)
    there = len(people.members(view.tables, view.rules))
    yield Number("members", there, "count", there)


def _of_labels(view: View, settings: Settings) -> Iterable[Number]:
    yield from _ask(view, classification_rate)
    reasons = breakdown(conversations, "reason", view)
    named = [one for one in reasons if one.summary.value and one.key not in (EMPTY, UNASSIGNED)]
    yield Number("reasons", len(named), "count", len(named))
    closed, resolved = _ask(view, conversations_closed, conversations_resolved)
    yield _share("resolved", resolved.value or 0, closed.value or 0)


def _of_people(view: View, settings: Settings) -> Iterable[Number]:
    """As if the pairs of the settings were applied already."""
    tables = view.tables
    agents = tables.agents
    aliases = {pair.aircall.lower(): pair.intercom.lower() for pair in settings.people}
    ours = dict(agents.filter(~_is_voice_only()).select("email", "id").drop_nulls().iter_rows())
    voices = agents.filter(_is_voice_only() & pl.col("active").fill_null(value=False))
    joined = {
        voice: ours[aliases[email]]
        for voice, email in voices.select("id", "email").iter_rows()
        if aliases.get(email or "") in ours
    }
    known = agents.filter(~_is_voice_only() & pl.col("voice_id").is_not_null()).height
    yield Number("joined", known + len(joined), "count", known + len(joined))
    owner = pl.col("agent_id").cast(pl.String)
    answered = tables.calls.filter(owner.is_not_null())
    owned = answered.filter(~owner.str.starts_with("voice:") | owner.is_in([*joined]))
    yield _share("owned_calls", owned.height, answered.height)


def _is_voice_only() -> pl.Expr:
    return pl.col("id").str.starts_with("voice:")


def _of_lines(view: View, settings: Settings) -> Iterable[Number]:
    yield from _ask(view, calls_inbound, loss_rate)
    calls = view.tables.calls
    on_some = on_lines_of(calls, [*view.rules.team_lines.values()], view.rules)
    with_team = calls.filter(on_some).height if on_some is not None else 0
    yield _share("team_calls", with_team, calls.height)


def _of_hours(view: View, settings: Settings) -> Iterable[Number]:
    for key, frame, instant in (
        ("open_conversations", view.tables.conversations, "created_at"),
        ("open_calls", view.tables.calls, "started_at"),
    ):
        inside = frame.select(is_open(pl.col(instant), view.rules).sum()).item() or 0
        yield _share(key, inside, frame.height)


def _of_goals(view: View, settings: Settings) -> Iterable[Number]:
    yield from _ask(
        view, online_text, online_voice, first_response_within_target, classification_rate
    )


def _share(key: str, part: float, whole: float) -> Number:
    return Number(key, part / whole if whole else None, "share", int(whole))


MEASURES: Mapping[str, Measure] = {
    "teams": _of_teams,
    "labels": _of_labels,
    "people": _of_people,
    "lines": _of_lines,
    "hours": _of_hours,
    "goals": _of_goals,
}


def describe(numbers: list[Number], before: list[Number], formats: Formats) -> list[dict[str, str]]:
    """As the screen shows them: label, value, what it rests on, and what it was if it moves."""
    text = formats.text
    shown = []
    for number, old in zip(numbers, before, strict=True):
        own = f"setup.number.{number.key}"
        n = text("units.n", n=formats.count(number.n))
        was, value = (formats.value(one.value, one.unit) for one in (old, number))
        shown.append(
            {
                "label": text(own) if text.has(own) else text(f"metrics.{number.key}.label"),
                "value": value,
                "meta": "" if number.unit == "count" else n,
                "was": "" if was == value else text("setup.was", value=was),
            }
        )
    return shown
