"""The analyst's panel for one person and period: asked of `metrics`, handed to `layouts`."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

import pandas as pd

from callbacks.pages.analyst.calls import calls
from callbacks.pages.analyst.compared import compared, own_info
from callbacks.pages.analyst.query import ROWS_MAXIMUM
from callbacks.pages.analyst.view import AgentView
from layouts.components.context import Context
from layouts.pages.analyst.data import Comment, Head, History, Panel, Pending, Quality, Row
from metrics.classification.goals import excluded, goal, goals_by_day, pace, streak, with_empty_days
from metrics.classification.suggestions import Growth, Model, catch_all_growth, suggest
from metrics.live.current import team_names
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period
from metrics.model.selection import select_rows
from metrics.model.summary import Summary
from metrics.model.values import word
from metrics.query.peers import team_number
from services.settings.links import conversation_url

TIMES = ("first_response_time", "time_to_close")
COMMENTS, COMMENTS_MAXIMUM = 3, 200
# Longer remarks are cut; the whole of it is one click away.
COMMENT_CHARACTERS = 600


def panel(
    own: AgentView,
    head: Head,
    model: Model | None,
    seen: Collection[str],
    at: datetime,
    context: Context,
) -> Panel:
    """Everything that the panel draws.

    Args:
        own: The person's question.
        head: What stands above.
        model: What the team's subjects teach; None = nothing.
        seen: Conversations that this browser was shown as pending.
        at: The present instant.
        context: The reader.
    """
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
        pending=_pending(own, model, seen),
        history=_history(own),
        window=own.window,
        quality=_quality(own, at, context),
        times=[compared(own, key, at, context, team=True) for key in TIMES],
        calls=calls(own, at, context),
        growth=growth(own) if context.role == "manager" else None,
        reason_label=own.rules.labels.reason,
        reason_missing=own.reason_missing,
        now=at,
    )


def growth(own: AgentView) -> Growth | None:
    """A catch-all reason that this person gives more often than in the window before."""
    return catch_all_growth(own.view.with_period(own.window), own.window_before)


def pending_ids(own: AgentView) -> list[str]:
    """What is pending now, for the browser to remember."""
    return [str(one) for one in own.pending()["id"].head(ROWS_MAXIMUM)]


def _pending(own: AgentView, model: Model | None, seen: Collection[str]) -> Pending:
    found = own.pending()
    suggested = suggest(model, found["subject"].fillna("").astype("str"))
    words = pd.Series([one.reason if one else "" for one in suggested], found.index, dtype="str")
    if own.query.order == "easiest":
        # A stable sort: within both halves the oldest stay first.
        order = words.eq("").sort_values(kind="stable").index
        found, words = found.loc[order], words.loc[order]
    out = own.rows[own.excluded_by.notna()].sort_values("created_at", ascending=False)
    done = own.rows[own.standing.eq("classified") & own.rows["id"].isin(list(seen))]
    return Pending(
        rows=_rows(own, found.head(own.query.more), words),
        total=len(found),
        order=own.query.order,
        sure=int(words.ne("").sum()),
        learnt=model is not None,
        done=_rows(own, done.sort_values("updated_at", ascending=False)),
        excluded=excluded(own.rows, own.rules),
        excluded_rows=_rows(own, out.head(ROWS_MAXIMUM)) if own.query.out else None,
    )


def _history(own: AgentView) -> History:
    found, query = own.history(), own.query
    return History(
        rows=_rows(own, found.head(query.lines)),
        total=len(found),
        everything=len(own.rows),
        reason=query.reason,
        standing=query.standing,
        search=query.search,
        reasons=[str(reason) for reason in own.reasons.value_counts().index],
    )


def _rows(own: AgentView, found: pd.DataFrame, suggestions: pd.Series | None = None) -> list[Row]:
    teams = team_names(own.snapshot.tables, own.rules)
    app_id = own.snapshot.meta.get("app_id")
    lines = found[["id", "subject", "team_id", "created_at", "last_close_at"]]
    return [
        Row(
            id=str(row["id"]),
            url=conversation_url(own.url_template, app_id, row["id"]) or "",
            subject=word(row["subject"]).strip(),
            team=teams.get(word(row["team_id"]), ""),
            created_at=row["created_at"].to_pydatetime(),
            closed_at=_instant(row["last_close_at"]),
            reason=word(own.reasons.loc[index]),
            standing=str(own.standing.loc[index]),
            excluded=word(own.excluded_by.loc[index]),
            suggestion="" if suggestions is None else str(suggestions.loc[index]),
        )
        for index, row in zip(found.index, lines.to_dict("records"), strict=True)
    ]


def _quality(own: AgentView, at: datetime, context: Context) -> Quality:
    metric = CATALOG["csat_score"]
    score, adjusted = (_number(own, key, own.window) for key in ("csat_score", "csat_adjusted"))
    before = own.number(metric, own.window_before)
    team = team_number(metric, own.team_view, own.agent_id)
    rated = select_rows(metric, own.view.with_period(own.window))
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
        comments=_comments(own, written.head(shown)),
        total_comments=len(written),
        infos=(
            own_info(own, "csat_score", score, before, at, context),
            own_info(own, "csat_adjusted", adjusted, adjusted_before, at, context),
        ),
    )


def _comments(own: AgentView, found: pd.DataFrame) -> list[Comment]:
    app_id = own.snapshot.meta.get("app_id")
    return [
        Comment(
            rating=int(row["rating"]),
            words=_cut(word(row["rating_remark"]).strip()),
            at=row["rating_at"].to_pydatetime(),
            url=conversation_url(own.url_template, app_id, row["id"]) or "",
        )
        for row in found[["id", "rating", "rating_remark", "rating_at"]].to_dict("records")
    ]


def _number(own: AgentView, key: str, period: Period) -> Summary:
    found = own.number(CATALOG[key], period)
    assert found is not None
    return found


def _instant(value: Any) -> datetime | None:
    found: datetime | None = None if pd.isna(value) else value.to_pydatetime()
    return found


def _cut(words: str) -> str:
    return words if len(words) <= COMMENT_CHARACTERS else words[: COMMENT_CHARACTERS - 1] + "…"
