"""The analyst's panel for one person and period: asked of `metrics`, handed to `layouts`."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

import pandas as pd

from callbacks.pages.analyst.query import RATE, ROWS_MAXIMUM, WINDOW_DAYS, AgentView, AnalystQuery
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
from metrics.model.filters import UNASSIGNED
from metrics.model.people import members, names
from metrics.model.periods import Period, comparable, last_days, within
from metrics.model.schema import attribute
from metrics.model.selection import select
from metrics.model.summary import Summary
from metrics.model.values import instant_or_none, word
from metrics.model.view import EVERYTHING, View
from metrics.query.peers import against_own_past, team_number
from services.snapshot.dataset import Snapshot


def compare(
    own: AgentView, key: str, at: datetime, context: Context, *, team: bool = False
) -> Comparison:
    metric = CATALOG[key]
    now, before = own.number(metric, own.window), own.number(metric, own.window_before)
    assert now is not None
    everyone = None
    if team:
        everyone = team_number(metric, own.team_view, own.agent_id)
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
        own.rules.clock,
        [own.name] if own.name else [],
        own.snapshot,
        at,
        context,
    )


NUMBERS = ("calls_answered", "talk_time")
CALL_ROWS, CALLS_MAXIMUM = 5, 200


def build_calls(own: AgentView, at: datetime, context: Context) -> Calls:
    """Own calls, transferred ones included, whatever became of them."""
    aircall = own.snapshot.sources.get("aircall")
    own_calls = _select_calls(own)
    shown = own_calls.head(CALLS_MAXIMUM if own.query.calls else CALL_ROWS)
    answered = own.number(CATALOG["calls_answered"], own.period)
    return Calls(
        rows=[_build_call(own, row, own.names) for row in shown.to_dict("records")],
        total=len(own_calls),
        answered=int(answered.value or 0) if answered else 0,
        numbers=[compare(own, key, at, context) for key in NUMBERS],
        connected=aircall is not None and aircall.state != "off",
    )


def _select_calls(own: AgentView) -> pd.DataFrame:
    if own.agent_id == UNASSIGNED:
        return own.tables.calls.iloc[:0]
    own_calls = own.tables.calls
    own_calls = own_calls[within(own_calls["started_at"], own.period, own.rules.time_zone)]
    return own_calls.sort_values(["started_at", "id"], ascending=False)


def _build_call(
    own: AgentView, row: Mapping[str, Any], known: Mapping[str, tuple[str, str]]
) -> Call:
    key, other = _classify_call(own, row, known)
    answered, ended = row["answered_at"], row["ended_at"]
    talked = None
    if not pd.isna(answered) and not pd.isna(ended) and ended >= answered:
        talked = (ended - answered).total_seconds()
    return Call(
        id=str(row["id"]),
        started_at=row["started_at"].to_pydatetime(),
        answered_at=instant_or_none(answered),
        key=key,
        other=other,
        talk_seconds=talked,
        has_recording=not pd.isna(row["has_recording"]) and bool(row["has_recording"]),
    )


def _classify_call(
    own: AgentView, row: Mapping[str, Any], known: Mapping[str, tuple[str, str]]
) -> tuple[str, str]:
    """What the call was for this person (a key of the texts), and who else had a part in it."""
    if row["status"] != "done":
        return ("running_out" if row["direction"] == "outbound" else "running"), ""
    giver, taker = row["transferred_by_agent_id"], row["transferred_to_agent_id"]
    if giver == own.agent_id:
        other = known.get(word(taker), ("", ""))[0] or word(row["transferred_to_name"])
        return ("passed_to", other) if other else ("passed", "")
    if taker == own.agent_id and not pd.isna(giver):
        other = known.get(word(giver), ("", ""))[0] or word(row["transferred_by_name"])
        return ("taken_from", other) if other else ("inbound", "")
    if row["direction"] == "outbound":
        return ("outbound" if not pd.isna(row["answered_at"]) else "outbound_unanswered"), ""
    return ("inbound" if pd.isna(row["missed_call_reason"]) else "missed"), ""


def build_team(
    snapshot: Snapshot, query: AnalystQuery, period: Period, head: Head, rules: Rules
) -> Team:
    """Who misses most comes first, then by name: the table says where help is needed."""
    tables = snapshot.tables
    metric = CATALOG[RATE]
    view = View(tables, period, query.filters, rules)
    conversations = select(metric, view).rows
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
        total=goal(metric.measure(conversations, rules, tables.now), rules),
        growth=catch_all_growth(*_build_windows(snapshot, rules)),
        reason_label=rules.labels.reason,
        reason_missing=attribute(rules.labels.reason) not in tables.conversations,
    )


def list_choosable_people(
    snapshot: Snapshot, period: Period, chosen: str | None, rules: Rules
) -> list[Person]:
    """Members, whoever else has conversations in the period, and who is chosen; by name."""
    tables, known = snapshot.tables, names(snapshot.tables, rules)
    goals = team_goals(View(tables, period, EVERYTHING, rules))
    ids = {*members(tables, rules)["id"], *goals, *([chosen] if chosen else [])}
    people = [Person(str(agent), known.get(str(agent), ("", ""))[0]) for agent in ids]
    return sorted(
        people, key=lambda agent: (agent.id == UNASSIGNED, agent.name.casefold(), agent.id)
    )


def _build_line(agent: str, reached: Goal, known: dict[str, tuple[str, str]]) -> TeamLine:
    if agent == UNASSIGNED:
        return TeamLine(agent, "", "unassigned", reached)
    name, status = known.get(agent, ("", "left"))
    return TeamLine(agent, name, status, reached)


def _build_windows(snapshot: Snapshot, rules: Rules) -> tuple[View, Period | None]:
    window = last_days(WINDOW_DAYS, snapshot.published_at, rules.time_zone)
    view = View(snapshot.tables, window, EVERYTHING, rules)
    return view, comparable(window, snapshot.history.first_day)


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
    by_day = goals_by_day(own.rows, own.classified, own.rules)
    name, status = own.names.get(own.agent_id, ("", ""))
    return Panel(
        head=head,
        name=name,
        left=status == "left",
        own=context.role == "analyst",
        goal=goal(own.classified, own.rules),
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
    return [str(row_id) for row_id in own.pending()["id"].head(ROWS_MAXIMUM)]


def _build_pending(own: AgentView, model: Model | None, seen: Collection[str]) -> Pending:
    pending = own.pending()
    suggested = suggest(model, pending["subject"].fillna("").astype("str"))
    words = pd.Series(
        [suggestion.reason if suggestion else "" for suggestion in suggested],
        pending.index,
        dtype="str",
    )
    if own.query.order == "easiest":
        # A stable sort: within both halves the oldest stay first.
        order = words.eq("").sort_values(kind="stable").index
        pending, words = pending.loc[order], words.loc[order]
    out = own.rows[own.excluded_by.notna()].sort_values("created_at", ascending=False)
    done = own.rows[own.standing.eq("classified") & own.rows["id"].isin(list(seen))]
    return Pending(
        rows=_build_rows(own, pending.head(own.query.more), words),
        total=len(pending),
        order=own.query.order,
        learnt=model is not None,
        done=_build_rows(own, done.sort_values("updated_at", ascending=False)),
        excluded=excluded(own.rows, own.rules),
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
        reasons=[str(reason) for reason in own.reasons.value_counts().index],
    )


def _build_rows(
    own: AgentView, conversations: pd.DataFrame, suggestions: pd.Series | None = None
) -> list[Row]:
    teams = team_names(own.snapshot.tables, own.rules)
    lines = conversations[["id", "subject", "team_id", "created_at", "last_close_at"]]
    return [
        Row(
            id=str(row["id"]),
            url=own.links.conversation(row["id"]) or "",
            subject=word(row["subject"]).strip(),
            team=teams.get(word(row["team_id"]), ""),
            created_at=row["created_at"].to_pydatetime(),
            closed_at=instant_or_none(row["last_close_at"]),
            reason=word(own.reasons.loc[index]),
            standing=str(own.standing.loc[index]),
            excluded=word(own.excluded_by.loc[index]),
            suggestion="" if suggestions is None else str(suggestions.loc[index]),
        )
        for index, row in zip(conversations.index, lines.to_dict("records"), strict=True)
    ]


def _build_quality(own: AgentView, at: datetime, context: Context) -> Quality:
    metric = CATALOG["csat_score"]
    score, adjusted = (_evaluate(own, key, own.window) for key in ("csat_score", "csat_adjusted"))
    before = own.number(metric, own.window_before)
    team = team_number(metric, own.team_view, own.agent_id)
    rated = select(metric, own.view.with_period(own.window)).rows
    remarks = rated["rating_remark"].fillna("").astype("str").str.strip()
    written = rated[remarks.ne("") & rated["rating"].between(1, 5).fillna(False)]
    written = written.sort_values(["rating_at", "id"], ascending=False)
    shown = COMMENTS_MAXIMUM if own.query.comments else COMMENTS
    adjusted_before = own.number(CATALOG["csat_adjusted"], own.window_before)
    return Quality(
        score=score,
        adjusted=adjusted,
        before=before,
        team=team.value if team and team.n >= own.rules.csat_minimum else None,
        minimum=own.rules.csat_minimum,
        comments=_build_comments(own, written.head(shown)),
        total_comments=len(written),
        infos=(
            own_info(own, "csat_score", score, before, at, context),
            own_info(own, "csat_adjusted", adjusted, adjusted_before, at, context),
        ),
    )


def _build_comments(own: AgentView, rated: pd.DataFrame) -> list[Comment]:
    return [
        Comment(
            rating=int(row["rating"]),
            words=_cut(word(row["rating_remark"]).strip()),
            at=row["rating_at"].to_pydatetime(),
            url=own.links.conversation(row["id"]) or "",
        )
        for row in rated[["id", "rating", "rating_remark", "rating_at"]].to_dict("records")
    ]


def _evaluate(own: AgentView, key: str, period: Period) -> Summary:
    number = own.number(CATALOG[key], period)
    assert number is not None
    return number


def _cut(words: str) -> str:
    return words if len(words) <= COMMENT_CHARACTERS else words[: COMMENT_CHARACTERS - 1] + "…"
