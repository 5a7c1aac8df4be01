"""The overview's numbers for one choice of rows: asked of `metrics`, handed to `layouts`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

import pandas as pd

from callbacks.overview_query import OverviewQuery
from callbacks.passports import is_late, passport
from layouts.charts.matrix import Point
from layouts.charts.volume import Bar as VolumeBar
from layouts.components.kpi import Kpi, change_words
from layouts.context import Context
from layouts.overview import KEYS, AgentRow, Reason
from metrics import people, report, workload
from metrics.catalog import CATALOG, Metric
from metrics.filters import EMPTY, UNASSIGNED
from metrics.periods import Period, today
from metrics.rules import Rules
from metrics.selection import rows as selected
from metrics.summary import Summary
from metrics.usual import (
    Range,
    Verdict,
    counts_by_day_and_hour,
    usual_range,
    weekday_band,
)
from services.dataset import Snapshot

REASONS_SHOWN = 10
# A reason's share of all mentions must move by this much, over this many mentions, to be news.
NEWS_SHARE, NEWS_MENTIONS = 0.01, 30
# Points of a share, or a part of anything else: less is not worth a line at the top.
NEWS_MOVED = 0.02
AGENT_KEYS = (
    "conversations",
    "conversations_closed",
    "first_response_time",
    "time_to_close",
    "csat_score",
    "classification_rate",
    "calls_answered",
    "talk_time",
)


@dataclass(frozen=True)
class Question:
    """One choice of rows of one version; everything the page shows answers it.

    Attributes:
        snapshot: The version.
        query: What the address asks for.
        rules: The agreements, with the clock of the query.
        filter_words: The filters in words, for passports.
    """

    snapshot: Snapshot
    query: OverviewQuery
    rules: Rules
    filter_words: Sequence[str] = ()

    @cached_property
    def today(self) -> date:
        """The local day of the version."""
        return today(self.snapshot.published_at, self.rules.time_zone)

    @cached_property
    def period(self) -> Period:
        """The days asked for."""
        return self.query.period(self.today)

    @cached_property
    def history(self) -> Period:
        """All days from the first that is loaded to the last that is asked for."""
        first = self.snapshot.history.first_day or self.period.first_day
        return Period(min(first, self.period.first_day), max(self.period.last_day, first))

    @cached_property
    def previous(self) -> Period | None:
        """The period before; None where it reaches before what is loaded."""
        first = self.snapshot.history.first_day
        before = self.period.previous
        return None if first is None or before.first_day < first else before

    def number(self, metric: Metric, period: Period) -> Summary:
        """The metric's number of a period under the page's filters."""
        return report.evaluate(metric, self.snapshot.tables, period, self.query.filters, self.rules)

    def groups(self, metric: Metric, by: str, period: Period) -> dict[str, Summary]:
        """The metric's number of each group."""
        tables, filters = self.snapshot.tables, self.query.filters
        found = report.breakdown(metric, by, tables, period, filters, self.rules)
        return {group.key: group.summary for group in found}

    @cached_property
    def volume(self) -> pd.DataFrame:
        """Conversations per day and hour over the whole history, under the page's filters."""
        metric, filters = CATALOG["conversations"], self.query.filters
        rows = selected(metric, self.snapshot.tables, self.history, filters, self.rules)
        return counts_by_day_and_hour(rows["created_at"], self.history, self.rules.time_zone)

    @cached_property
    def whole_days(self) -> pd.DatetimeIndex:
        """Days that are loaded and over, so that they say what is usual."""
        first = self.snapshot.history.first_day or self.today
        return pd.date_range(first, self.today - timedelta(days=1), freq="D", unit="s")


def kpis(question: Question, at: datetime, context: Context) -> list[Kpi]:
    """The sheet of numbers."""
    return [_kpi(question, CATALOG[key], at, context) for key in KEYS]


def _kpi(question: Question, metric: Metric, at: datetime, context: Context) -> Kpi:
    period, previous = question.period, question.previous
    now = question.number(metric, period)
    before = question.number(metric, previous) if previous else None
    daily = question.groups(metric, "day", question.history)
    days = pd.DatetimeIndex([pd.Timestamp(day) for day in daily])
    values = pd.Series([s.value for s in daily.values()], index=days, dtype="Float64")
    weights = pd.Series([float(s.n) for s in daily.values()], index=days)
    if metric.kind == "count":
        weights = pd.Series(1.0, index=days)
    band = weekday_band(values, question.whole_days)
    shown = slice(pd.Timestamp(period.first_day), pd.Timestamp(period.last_day))
    earlier = days[(days < pd.Timestamp(period.first_day)) & days.isin(question.whole_days)]
    usual = usual_range(values[earlier], weights[earlier], period.days)
    return Kpi(
        metric=metric,
        now=now,
        before=before,
        daily=_plain(values.loc[shown]),
        low=_plain(band["low"].loc[shown]),
        high=_plain(band["high"].loc[shown]),
        verdict=_verdict(usual, values.loc[shown], weights.loc[shown]),
        passport=passport(
            metric,
            now,
            before,
            period,
            question.rules.clock,
            question.filter_words,
            question.snapshot,
            at,
            context,
        ),
        late=is_late(metric, question.snapshot),
    )


def _verdict(usual: Range | None, values: pd.Series, weights: pd.Series) -> Verdict | None:
    known = values.notna()
    weight = weights.where(known, 0)
    if usual is None or not weight.sum():
        return None
    mean = float((values.fillna(0).astype("float64") * weight).sum() / weight.sum())
    return usual.verdict(mean)


def _plain(values: pd.Series) -> list[float | None]:
    return [None if pd.isna(value) else float(value) for value in values]


def reasons(question: Question) -> tuple[list[Reason], int]:
    """The most mentioned reasons with their change, the rest as one line, and all mentions."""
    table = workload.top_reasons(
        question.snapshot.tables, question.period, question.query.filters, question.rules
    )
    compared = question.previous is not None
    total = int(table["mentions"].sum())

    def line(name: str | None, rows: pd.DataFrame, others: int = 0) -> Reason:
        before = int(rows["previous_mentions"].fillna(0).sum())
        return Reason(
            name,
            int(rows["mentions"].sum()),
            float(rows["share"].sum()),
            before if compared else None,
            float(rows["previous_share"].fillna(0).sum()) if compared else None,
            others,
        )

    present = table[table["mentions"] > 0]
    top = [
        line(str(row["reason"]), row.to_frame().T)
        for _, row in present.head(REASONS_SHOWN).iterrows()
    ]
    rest = present.iloc[REASONS_SHOWN:]
    return [*top, *([line(None, rest, len(rest))] if len(rest) else [])], total


def days(question: Question) -> list[VolumeBar]:
    """Volume per day with the usual band of its weekday."""
    daily = question.volume.sum(axis=1)
    band = weekday_band(daily, question.whole_days)
    shown = [
        d for d in daily.index if question.period.first_day <= d.date() <= question.period.last_day
    ]
    return [
        VolumeBar(
            at=day.date(),
            count=float(daily[day]),
            low=_known(band.at[day, "low"]),
            usual=_known(band.at[day, "usual"]),
            high=_known(band.at[day, "high"]),
            partial=day.date() >= question.today,
        )
        for day in shown
        if day.date() <= question.today
    ]


def hours(question: Question) -> list[VolumeBar]:
    """Volume per hour of the day, against the usual of as many days; hours without any are cut."""
    volume, period = question.volume, question.period
    inside = volume.loc[pd.Timestamp(period.first_day) : pd.Timestamp(period.last_day)]
    earlier = volume[
        (volume.index < pd.Timestamp(period.first_day)) & volume.index.isin(question.whole_days)
    ]
    counts = inside.sum()
    used = [hour for hour in range(24) if volume[hour].sum() > 0]
    if not used:
        return []
    ones = pd.Series(1.0, index=earlier.index)
    bars = []
    for hour in range(min(used), max(used) + 1):
        usual = usual_range(earlier[hour], ones, period.days)
        low, high = (usual.low * period.days, usual.high * period.days) if usual else (None, None)
        bars.append(VolumeBar(hour, float(counts[hour]), low, None, high))
    return bars


def _known(value: float) -> float | None:
    return None if pd.isna(value) else float(value)


def points(question: Question) -> list[Point]:
    """The matrix: people who closed something, or reasons."""
    by = "reason" if question.query.matrix else "agent"
    period = question.period
    volumes = question.groups(CATALOG["conversations"], by, period)
    times = question.groups(CATALOG["time_to_close"], by, period)
    ratings = question.groups(CATALOG["csat_score"], by, period)
    names = _names(question) if by == "agent" else {}
    nobody = UNASSIGNED if by == "agent" else EMPTY
    found = []
    for key, volume in volumes.items():
        seconds = times[key].value if key in times else None
        if seconds is None or not volume.value or key == nobody:
            continue
        rating = ratings.get(key)
        rated = rating.n if rating else 0
        csat = rating.value if rating and rated >= question.rules.csat_minimum else None
        name = names[key][0] if key in names else key
        found.append(Point(name, int(volume.value), seconds, rated, csat))
    found.sort(key=lambda point: -point.volume)
    return found[:REASONS_SHOWN] if by == "reason" else found


def agents(question: Question, context: Context) -> tuple[list[AgentRow], AgentRow]:
    """The table of agents in alphabetical order, and its total."""
    numbers = {key: question.groups(CATALOG[key], "agent", question.period) for key in AGENT_KEYS}
    held = question.groups(CATALOG["open_now"], "agent", question.period)
    names = _names(question)
    members = set(people.members(question.snapshot.tables, question.rules)["id"])
    with_rows = {agent for groups in numbers.values() for agent, s in groups.items() if s.n}
    slow = _slow(numbers["first_response_time"])
    lines = []
    for agent in members | with_rows:
        name, status = names.get(agent, ("", "left"))
        gone = status in ("left", "voice") or agent == UNASSIGNED
        held_now = int(held[agent].value or 0) if agent in held else 0
        lines.append(
            AgentRow(
                id=agent,
                name=_shown_name(agent, name, context),
                status="unassigned" if agent == UNASSIGNED else status,
                metrics={key: groups[agent] for key, groups in numbers.items() if agent in groups},
                open=None if gone else held_now,
                overloaded=not gone and held_now >= question.rules.overload_open,
                slow=agent in slow,
            )
        )
    lines.sort(key=lambda row: (row.id == UNASSIGNED, row.status == "left", row.name.casefold()))
    total = AgentRow(
        id="",
        name=context.text("overview.total"),
        status="total",
        metrics={key: question.number(CATALOG[key], question.period) for key in AGENT_KEYS},
        open=int(question.number(CATALOG["open_now"], question.period).value or 0),
    )
    return lines, total


def _slow(times: Mapping[str, Summary]) -> set[str]:
    """People whose median first response is at least half again that of their colleagues."""
    known = {agent: s.value for agent, s in times.items() if s.value is not None and s.n >= 20}
    if len(known) < 4:
        return set()
    middle = float(pd.Series(known).median())
    return {agent for agent, seconds in known.items() if seconds >= 1.5 * middle}


def _names(question: Question) -> Mapping[str, tuple[str, str]]:
    return people.names(question.snapshot.tables)


def _shown_name(agent: str, name: str, context: Context) -> str:
    if agent == UNASSIGNED:
        return context.text("overview.unassigned")
    return name or context.text("overview.unknown_agent", id=agent)


def origins(question: Question) -> dict[str, int]:
    """Conversations by who started them."""
    metric, filters = CATALOG["conversations"], question.query.filters
    rows = selected(metric, question.snapshot.tables, question.period, filters, question.rules)
    counts = rows["origin"].astype("str").value_counts()
    known = {key: int(counts.get(key, 0)) for key in ("customer", "teammate")}
    return known | {"unknown": len(rows) - sum(known.values())}


def news(
    sheet: Sequence[Kpi], top: Sequence[Reason], context: Context
) -> list[tuple[str, str, str]]:
    """What is worth a word: the reason that moved most, and numbers outside their usual range."""
    text, formats = context.text, context.formats
    found = []
    moved = [
        r for r in top if r.name and r.previous_share is not None and r.mentions >= NEWS_MENTIONS
    ]
    if moved:
        most = max(moved, key=lambda reason: abs(reason.share - (reason.previous_share or 0)))
        difference = most.share - (most.previous_share or 0)
        if abs(difference) >= NEWS_SHARE:
            key = "reason_up" if difference > 0 else "reason_down"
            words = text(f"overview.news.{key}", points=formats.decimal(abs(difference) * 100))
            arrow = "arrow-up-right" if difference > 0 else "arrow-down"
            found.append((arrow, most.name or "", words))
    for kpi in sheet:
        line = _kpi_news(kpi, context)
        if line:
            found.append(line)
    return found[:3]


def _kpi_news(kpi: Kpi, context: Context) -> tuple[str, str, str] | None:
    now, before = kpi.now.value, kpi.before.value if kpi.before else None
    if now is None or before is None or now == before:
        return None
    side = "above" if now > before else "below"
    worse = kpi.metric.better == ("lower" if side == "above" else "higher")
    change = change_words(kpi.metric.unit, now, before, context)
    moved = (
        abs(now - before) if kpi.metric.unit == "share" else abs(now / before - 1) if before else 1
    )
    if kpi.verdict != side or not worse or change is None or moved < NEWS_MOVED:
        return None
    label = context.text(f"metrics.{kpi.metric.key}.label")
    return "exclamation-triangle-fill", label, context.text(f"overview.news.{side}", change=change)
