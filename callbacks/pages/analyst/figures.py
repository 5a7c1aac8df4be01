"""The analyst's panel for one person and period: asked of `metrics`, handed to `layouts`."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import polars as pl

from callbacks.pages.analyst.query import ROWS_MAXIMUM, WINDOW_DAYS, AgentView, AnalystQuery
from callbacks.reports.metric_info import number_info
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from layouts.pages.analyst.data import (
    Call,
    Calls,
    Comment,
    Comparison,
    Head,
    History,
    Panel,
    Pending,
    Person,
    Quality,
    Row,
    Team,
    TeamLine,
)
from metrics.classification.goals import (
    Goal,
    excluded,
    goal,
    goals_by_day,
    pace,
    streak,
    team_goals,
    with_empty_days,
)
from metrics.classification.suggestions import Model, catch_all_growth, suggest
from metrics.live.current import team_names
from metrics.model.catalog import CATALOG
from metrics.model.definitions import Rules
from metrics.model.derived import day_of
from metrics.model.filters import UNASSIGNED
from metrics.model.people import members, names
from metrics.model.periods import Period, comparable, last_days
from metrics.model.selection import absent_labels, select
from metrics.model.summary import Summary
from metrics.model.view import EVERYTHING, View
from metrics.query.peers import against_own_past, team_number
from metrics.query.report import evaluate
from services.snapshot.dataset import Snapshot


def compare(
    own: AgentView, key: str, at: datetime, context: Context, *, team: bool = False
) -> Comparison:
    metric = CATALOG[key]
    now, before = own.number(key), own.number_before(key)
    everyone = team_number(metric, own.team_view, own.agent_id) if team else None
    first, verdict = own.snapshot.history.first_day, None
    if metric.unit != "count" and first is not None and first < own.window.first_day:
        history = Period(first, own.window.last_day)
        verdict = against_own_past(metric, own.view.with_period(own.window), history)
    return Comparison(
        key=key,
        better=metric.better,
        now=now,
        before=before,
        team=everyone.value if everyone else None,
        verdict=verdict,
        info=own_info(own, key, now, before, at, context),
    )


def own_info(
    own: AgentView, key: str, now: Summary, before: Summary | None, at: datetime, context: Context
) -> MetricInfo:
    return number_info(
        CATALOG[key],
        now,
        before,
        own.window,
        [own.name] if own.name else [],
        own.snapshot,
        own.rules,
        at,
        context,
    )


CALL_NUMBERS = ("calls_answered", "talk_time")
CALL_ROWS, CALLS_MAXIMUM = 5, 200


def build_calls(own: AgentView, at: datetime, context: Context) -> Calls:
    """Own calls, transferred ones included, whatever became of them."""
    aircall = own.snapshot.sources.get("aircall")
    every = list_calls(own)
    shown = every[: CALLS_MAXIMUM if own.query.calls else CALL_ROWS]
    answered = evaluate(CATALOG["calls_answered"], own.view)
    return Calls(
        rows=shown,
        total=len(every),
        answered=int(answered.value or 0),
        numbers=[compare(own, key, at, context) for key in CALL_NUMBERS],
        connected=aircall is not None and aircall.state != "off",
    )


def list_calls(own: AgentView) -> list[Call]:
    """The newest first."""
    return [_build_call(own, row) for row in _select_calls(own).iter_rows(named=True)]


def _select_calls(own: AgentView) -> pl.DataFrame:
    if own.agent_id == UNASSIGNED:
        return own.tables.calls.clear()
    own_calls = own.tables.derived("calls", own.rules)
    is_inside = day_of("started_at").is_between(own.period.first_day, own.period.last_day)
    return own_calls.filter(is_inside).sort("started_at", "id", descending=True)


def _build_call(own: AgentView, row: Mapping[str, Any]) -> Call:
    key, other = _classify_call(own, row)
    answered, ended = row["answered_at"], row["ended_at"]
    talked = answered is not None and ended is not None and ended >= answered
    return Call(
        id=row["id"],
        started_at=row["started_at"],
        answered_at=answered,
        key=key,
        other=other,
        talk_seconds=(ended - answered).total_seconds() if talked else None,
        has_recording=bool(row["has_recording"]),
    )


def _classify_call(own: AgentView, row: Mapping[str, Any]) -> tuple[str, str]:
    """What the call was for this person (a key of the texts), and who else had a part in it."""
    if row["status"] != "done":
        return ("running_out" if row["direction"] == "outbound" else "running"), ""

    def name(side: str) -> str:
        known = own.names.get(row[f"transferred_{side}_agent_id"], ("", ""))[0]
        return known or row[f"transferred_{side}_name"] or ""

    if row["transferred_by_agent_id"] == own.agent_id:
        other = name("to")
        return ("passed_to", other) if other else ("passed", "")
    if row["transferred_to_agent_id"] == own.agent_id and row["transferred_by_agent_id"]:
        other = name("by")
        return ("taken_from", other) if other else ("inbound", "")
    if row["direction"] == "outbound":
        return ("outbound" if row["answered_at"] else "outbound_unanswered"), ""
    return ("missed" if row["outcome"] else "inbound"), ""


def build_team(
    snapshot: Snapshot, query: AnalystQuery, period: Period, head: Head, rules: Rules
) -> Team:
    """Who misses most comes first, then by name: the table says where help is needed."""
    tables = snapshot.tables
    view = View(tables, period, query.filters, rules)
    goals = team_goals(view)
    known = names(tables, rules)
    nothing = Goal(0, 0, rules.goal_classification)
    lines = [
        _build_line(agent, goals.get(agent, nothing), known)
        for agent in {*members(tables, rules)["id"], *goals}
    ]
    lines.sort(
        key=lambda line: (line.status == "unassigned", -line.goal.missing, line.name.casefold())
    )
    return Team(
        head=head,
        lines=lines,
        total=goal(view),
        growth=catch_all_growth(*_build_windows(snapshot, rules)),
        reason_label=rules.labels.reason,
        reason_missing="reason" in absent_labels(tables, rules),
    )


def list_choosable_people(
    snapshot: Snapshot, period: Period, chosen: str | None, rules: Rules
) -> list[Person]:
    """Members, whoever else has conversations in the period, and who is chosen; by name."""
    tables, known = snapshot.tables, names(snapshot.tables, rules)
    goals = team_goals(View(tables, period, EVERYTHING, rules))
    ids = {*members(tables, rules)["id"], *goals, *([chosen] if chosen else [])}
    people = [Person(agent, known.get(agent, ("", ""))[0]) for agent in ids]
    return sorted(
        people, key=lambda agent: (agent.id == UNASSIGNED, agent.name.casefold(), agent.id)
    )


def _build_line(agent: str, reached: Goal, known: dict[str, tuple[str, str]]) -> TeamLine:
    if agent == UNASSIGNED:
        return TeamLine(agent, "", "unassigned", reached)
    name, status = known.get(agent, ("", "left"))
    return TeamLine(agent, name, status, reached)


def _build_windows(snapshot: Snapshot, rules: Rules) -> tuple[View, Period | None]:
    now, zone = snapshot.published_at, rules.time_zone
    window = last_days(WINDOW_DAYS, now, zone)
    before = comparable(window, window.previous, snapshot.history.first_day, now, zone)
    return View(snapshot.tables, window, EVERYTHING, rules), before


TIMES = ("first_response_time", "time_to_close")
COMMENTS, COMMENTS_MAXIMUM = 3, 200
# Longer remarks are cut; the whole of it is one click away.
COMMENT_CHARACTERS = 600


def build_panel(
    own: AgentView,
    head: Head,
    model: Model | None,
    seen: Collection[str],
    at: datetime,
    context: Context,
) -> Panel:
    """`seen` are the conversations that this browser was shown as pending."""
    by_day = goals_by_day(own.view)
    name, status = own.names.get(own.agent_id, ("", ""))
    return Panel(
        head=head,
        name=name,
        left=status == "left",
        own=context.role == "analyst",
        goal=goal(own.view),
        days=with_empty_days(by_day, own.period, own.rules) if own.period.days <= 31 else by_day,
        pace=pace(by_day, own.period, own.today, own.rules),
        streak=streak(own.all_days, own.today),
        pending=_build_pending(own, model, seen),
        history=_build_history(own),
        window=own.window,
        quality=_build_quality(own, at, context),
        times=[compare(own, key, at, context, team=True) for key in TIMES],
        calls=build_calls(own, at, context),
        growth=catch_all_growth(own.view.with_period(own.window), own.window_before)
        if context.role == "manager"
        else None,
        reason_label=own.rules.labels.reason,
        reason_missing=own.reason_missing,
        now=at,
    )


def list_pending_ids(own: AgentView) -> list[str]:
    return own.pending()["id"].head(ROWS_MAXIMUM).to_list()


def _build_pending(own: AgentView, model: Model | None, seen: Collection[str]) -> Pending:
    pending = own.pending()
    is_easiest_first = own.query.order == "easiest"
    shown = pending if is_easiest_first else pending.head(own.query.more)
    words = [found.reason if found else "" for found in suggest(model, shown["subject"])]
    shown = shown.with_columns(pl.Series("suggestion", words, pl.String))
    if is_easiest_first:
        # Within both halves the oldest stay first.
        shown = shown.sort(pl.col("suggestion") == "", maintain_order=True).head(own.query.more)
    standing = pl.col("standing")
    done = own.rows.filter(standing == "classified", pl.col("id").is_in(list(seen)))
    out = own.rows.filter(standing == "excluded").sort("created_at", descending=True)
    return Pending(
        rows=_build_rows(own, shown),
        total=len(pending),
        order=own.query.order,
        learnt=model is not None,
        done=_build_rows(own, done.sort("updated_at", descending=True, nulls_last=True)),
        excluded=excluded(own.rows["excluded"], own.rules),
        excluded_rows=_build_rows(own, out.head(ROWS_MAXIMUM)) if own.query.out else None,
    )


def _build_history(own: AgentView) -> History:
    history, query = own.history(), own.query
    return History(
        rows=_build_rows(own, history.head(query.lines)),
        total=len(history),
        everything=len(own.rows),
        reason=query.reason,
        standing=query.standing,
        search=query.search,
        reasons=[reason for reason, _ in Counter(own.rows["reason"].drop_nulls()).most_common()],
    )


def _build_rows(own: AgentView, conversations: pl.DataFrame) -> list[Row]:
    teams = team_names(own.snapshot.tables, own.rules)
    return [
        Row(
            id=row["id"],
            url=own.links.conversation(row["id"]) or "",
            subject=(row["subject"] or "").strip(),
            team=teams.get(row["team_id"], ""),
            created_at=row["created_at"],
            closed_at=row["last_close_at"],
            reason=row["reason"] or "",
            standing=row["standing"],
            excluded=row["excluded"] or "",
            suggestion=row.get("suggestion", ""),
        )
        for row in conversations.iter_rows(named=True)
    ]


def _build_quality(own: AgentView, at: datetime, context: Context) -> Quality:
    metric = CATALOG["csat_score"]
    score, adjusted = own.number("csat_score"), own.number("csat_adjusted")
    before, adjusted_before = own.number_before("csat_score"), own.number_before("csat_adjusted")
    team = team_number(metric, own.team_view, own.agent_id)
    remark = pl.col("rating_remark").str.strip_chars()
    written = (
        select(metric, own.view.with_period(own.window))
        .query.filter(remark != "", pl.col("rating").is_between(1, 5))
        .select("id", "rating", "rating_at", remark)
        .sort("rating_at", "id", descending=True)
        .collect()
    )
    shown = written.head(COMMENTS_MAXIMUM if own.query.comments else COMMENTS)
    return Quality(
        score=score,
        adjusted=adjusted,
        before=before,
        team=team.value if team and team.n >= own.rules.csat_minimum else None,
        minimum=own.rules.csat_minimum,
        comments=[
            Comment(rating, _cut(words), rated_at, own.links.conversation(row_id) or "")
            for row_id, rating, rated_at, words in shown.iter_rows()
        ],
        total_comments=len(written),
        infos=(
            own_info(own, "csat_score", score, before, at, context),
            own_info(own, "csat_adjusted", adjusted, adjusted_before, at, context),
        ),
    )


def _cut(words: str) -> str:
    return words if len(words) <= COMMENT_CHARACTERS else words[: COMMENT_CHARACTERS - 1] + "…"
