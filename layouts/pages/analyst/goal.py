"""The goal of the analyst's panel: how many are missing, and a bar that fills as they are done."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.states import message
from layouts.elements import Element, html
from layouts.icons import icon
from layouts.pages.analyst.data import PAGE, Panel
from metrics.classification.goals import Goal

# Above this many conversations, blocks would be too thin to count.
BLOCKS_MAXIMUM = 120
# More days than this have no room beside the bar.
DAYS_MAXIMUM = 7


def hero(own: Panel, context: Context) -> Element:
    if own.reason_missing:
        return _no_reason(own, context)
    headline, words = _headline(own, context)
    attributes: dict[str, Any] = {}
    if own.goal.reached and own.own:
        # The browser celebrates each of these once (`assets/analyst.js`).
        period = own.head.period
        key = f"{own.head.agent_id} {period.first_day} {period.last_day}"
        attributes = {"data-reached": key, "data-reached-words": _celebrated(own, context)}
    parts = [
        html.P(headline, className="goal-headline"),
        html.P(words, className="goal-aim quiet"),
        _outlook(own, context),
        goal_bar(own.goal, context),
        _about(own, context),
        _days(own, context),
    ]
    state = " goal-done" if own.goal.reached else "" if own.goal.eligible else " goal-empty"
    return html.Section(
        [part for part in parts if part is not None],
        id=ids.panel(PAGE, "goal"),
        className=f"panel goal-hero{state}",
        **attributes,
    )


def _no_reason(own: Panel, context: Context) -> Element:
    text = context.text
    label = text(f"analyst.no_reason.{context.role}")
    drawn = message(
        "empty", context, text("analyst.no_reason.title", label=own.reason_label), label
    )
    return html.Section(drawn, id=ids.panel(PAGE, "goal"), className="panel")


def _headline(own: Panel, context: Context) -> tuple[str, str]:
    text, formats, goal = context.text, context.formats, own.goal
    share, when = formats.share(goal.share, 0), _when(own, context)
    if not goal.eligible:
        return text("analyst.goal.nothing"), text("analyst.goal.nothing_words")
    if goal.reached and not goal.pending:
        return text("analyst.goal.reached"), text("analyst.goal.all_words", when=when)
    if goal.reached:
        rest = text.plural("analyst.goal.rest", goal.pending, n=formats.count(goal.pending))
        return text("analyst.goal.reached"), text("analyst.goal.reached_words", rest=rest)
    headline = text.plural("analyst.goal.missing", goal.missing, n=formats.count(goal.missing))
    return headline, text("analyst.goal.missing_words", share=share, when=when)


def _celebrated(own: Panel, context: Context) -> str:
    share = context.formats.share(own.goal.rate or 0, 0)
    return context.text("analyst.goal.celebrated", share=share, when=_when(own, context))


def _when(own: Panel, context: Context) -> str:
    known = own.head.preset in ("today", "week", "month")
    return context.text(f"analyst.goal.when.{own.head.preset if known else 'other'}")


def _outlook(own: Panel, context: Context) -> Element | None:
    text, formats = context.text, context.formats
    parts = []
    if own.pace is not None:
        days = (own.pace.last_day - own.head.today).days
        day = own.pace.last_day
        near = text(f"analyst.weekday.{day.weekday()}") if days < 7 else formats.day(day)
        rate = formats.share(own.pace.rate, 0)
        known = text("analyst.goal.pace_known", n=formats.count(own.pace.n))
        parts.append(html.Span(text("analyst.goal.pace", rate=rate, day=near), title=known))
    # A row of days that ended weeks ago is no news.
    if own.streak > 1 and own.goal.eligible:
        label = text("analyst.goal.streak", n=formats.count(own.streak))
        parts.append(html.Span([icon("check2", "good"), label], className="goal-streak"))
    return html.P(parts, className="goal-outlook quiet") if parts else None


def goal_bar(goal: Goal, context: Context) -> Element:
    """One block per conversation up to 120, then continuous; missing ones are outlined."""
    if not goal.eligible:
        return html.Div(
            html.Div(html.Div(className="goal-continuous"), className="goal-track"),
            className="goal-bar",
            style={"--goal": "0%", "--blocks": "0"},
            **{"aria-hidden": "true"},
        )
    text, formats = context.text, context.formats
    at = goal.needed / goal.eligible * 100
    done, target = (
        text.plural("analyst.goal.classified", goal.classified, n=formats.count(goal.classified)),
        text("analyst.goal.target", n=formats.count(goal.needed)),
    )
    parts = [
        html.Span(done, className="quieter"),
        html.Span(html.Span(target), className="goal-at-words"),
    ]
    track = [_blocks(goal, at), html.Span(className="goal-at")]
    return html.Div(
        [html.Div(track, className="goal-track"), html.Div(parts, className="goal-words")],
        className="goal-bar",
        style={"--goal": f"{at:.2f}%", "--blocks": str(goal.eligible)},
        role="img",
        **{"aria-label": f"{done}, {target}"},
    )


def _blocks(goal: Goal, at: float) -> Element:
    if goal.eligible > BLOCKS_MAXIMUM:
        style = {"--share": f"{goal.classified / goal.eligible * 100:.2f}%", "--goal": f"{at:.2f}%"}
        parts = [html.Span(className="goal-done-part"), html.Span(className="goal-missing-part")]
        return html.Div(parts, className="goal-continuous", style=style)
    kinds = ["block-done"] * goal.classified + ["block-missing"] * goal.missing
    kinds += ["block-rest"] * (goal.eligible - len(kinds))
    return html.Div([html.Span(className=kind) for kind in kinds], className="goal-blocks")


def _about(own: Panel, context: Context) -> Element | None:
    goal, out = own.goal, own.pending.excluded
    if not goal.eligible and not out:
        return None
    text, formats = context.text, context.formats
    parts: list[Any] = []
    words = text.plural("analyst.goal.closed", goal.eligible, n=formats.count(goal.eligible))
    if goal.rate is not None:
        parts += [html.B(formats.share(goal.rate)), " "]
    parts.append(html.Span(words, className="quieter"))
    if out:
        words = "; " + text("analyst.goal.excluded", kinds=excluded_words(out, context))
        # A phone has no room for it here; the list below says it again.
        parts.append(html.Span(words, className="quieter desk-only"))
    return html.P(parts, className="goal-about")


def excluded_words(out: Mapping[str, int], context: Context) -> str:
    """4 de back-office e 1 duplicada."""
    text = context.text
    kinds = [
        text.plural(
            f"analyst.excluded.{excluded_kind(label)}",
            n,
            n=context.formats.count(n),
            label=label,
        )
        for label, n in out.items()
    ]
    if len(kinds) < 2:
        return "".join(kinds)
    return text("analyst.excluded.and", first=", ".join(kinds[:-1]), last=kinds[-1])


def excluded_kind(label: str) -> str:
    known = {"ticket category": "backoffice", "merged": "merged"}
    return known.get(label.strip().casefold(), "other")


def _days(own: Panel, context: Context) -> Element | None:
    if not 2 <= len(own.days) <= DAYS_MAXIMUM:
        return None
    return html.Div(
        [_day(day, goal, own.head.today, context) for day, goal in own.days], className="goal-days"
    )


def _day(day: date, goal: Goal, today: date, context: Context) -> Element:
    text, formats = context.text, context.formats
    words = formats.weekday(day).split()
    name = f"{words[0]} {day.day}"
    parts: list[Any] = [html.Span(name)]
    if goal.rate is not None:
        done = [" ", icon("check-lg", "good", text("analyst.goal.reached"))] if goal.reached else []
        parts.append(html.B([formats.share(goal.rate, 0), *done]))
        count = text(
            "analyst.goal.of", n=formats.count(goal.classified), total=formats.count(goal.eligible)
        )
        parts.append(html.Small(count))
    elif day < today:
        parts.append(html.Small(text("analyst.goal.no_day")))
    return html.Div(parts, className="goal-day goal-today" if day == today else "goal-day")
