"""What became of the calls: outcomes, lost ones by hour, time to answer."""

from dash import html

from layouts import ids
from layouts.charts.calls import OUTCOMES, answer_times, lost_by_hour
from layouts.components.context import Context
from layouts.components.data_table import data_table
from layouts.components.graph import graph
from layouts.components.panel import figure_panel
from layouts.components.share_bars import BarLine, bar_table
from layouts.components.states import empty
from layouts.components.view_link import rows_link
from layouts.pages.telephony.data import PAGE, Telephony
from metrics.measures.telephony import LOST

MISSED, ANSWER = "calls_missed", "time_to_answer"
APART = ("out_of_hours", "break", "short_abandon", "other")


def outcomes(telephony: Telephony, context: Context) -> html.Section:
    """Answered, then why not: what counts as lost, and what does not."""
    text, formats = context.text, context.formats
    total = telephony.inbound
    passport = telephony.passports["outcomes"]
    population = text("units.n", n=formats.count(total))
    title = text("telephony.outcomes")
    if not total:
        body = empty(context, text("telephony.no_inbound"))
        return figure_panel(
            PAGE, "outcomes", title, body, None, context, population=population, passport=passport
        )

    def line(outcome: str, kind: str) -> BarLine:
        n = telephony.outcomes.get(outcome, 0)
        name = text(f"metrics.parts.{outcome}").capitalize()
        return BarLine(name, n, n / total, MISSED, (f"part:{outcome}",), kind)

    answered = BarLine(
        text("telephony.answered"),
        telephony.answered,
        telephony.answered / total,
        "calls_answered",
        (),
    )
    lost = [line(outcome, "bar-lost") for outcome in OUTCOMES]
    apart = [line(outcome, "bar-other") for outcome in APART if telephony.outcomes.get(outcome)]
    heads = [text("telephony.outcome"), "n", text("overview.part")]
    gone = sum(telephony.outcomes.get(outcome, 0) for outcome in LOST)
    parts = [bar_table(heads, [answered], context)]
    parts.append(
        html.P(text("telephony.counts_as_lost", n=formats.count(gone)), className="bars-head")
    )
    parts.append(bar_table(["", "", ""], lost, context))
    if apart:
        rest = sum(line.n for line in apart)
        parts.append(
            html.P(text("telephony.counts_apart", n=formats.count(rest)), className="bars-head")
        )
        parts.append(bar_table(["", "", ""], apart, context))
    loss = telephony.loss
    note = None
    if loss.value is not None:
        note = text("telephony.loss_of", share=formats.share(loss.value), n=formats.count(loss.n))
    return figure_panel(
        PAGE,
        "outcomes",
        title,
        html.Div(parts, className="outcomes"),
        None,
        context,
        population=population,
        footnote=note,
        passport=passport,
    )


def lost_hours(telephony: Telephony, context: Context) -> html.Section:
    """When callers do not get us."""
    text, formats = context.text, context.formats
    hours = telephony.lost_hours
    total = sum(sum(counts.values()) for counts in hours.values())
    sums = {outcome: sum(c.get(outcome, 0) for c in hours.values()) for outcome in OUTCOMES}
    key = [
        html.Span(
            [
                html.Span(className=f"dot lost-{outcome}"),
                f"{text(f'metrics.parts.{outcome}')} {formats.count(n)}",
            ],
            className="key",
        )
        for outcome, n in sums.items()
    ]
    title, passport = text("telephony.lost_hours"), telephony.passports["lost_by_hour"]
    population = text("units.n", n=formats.count(total))
    if not total:
        body, table = empty(context, text("telephony.none_lost")), None
    else:
        label = text("telephony.lost_label", n=formats.count(total))
        graph_id = ids.panel(PAGE, "lost-graph")
        body = graph(graph_id, lost_by_hour(hours, context), text, label, rows=MISSED)
        heads = [text("overview.table.hour"), *[text(f"metrics.parts.{o}") for o in OUTCOMES]]
        table = data_table(
            heads,
            [
                [
                    f"{hour}h",
                    *[
                        rows_link(str(n), context, MISSED, f"hour:{hour}", f"part:{outcome}")
                        if (n := counts.get(outcome, 0))
                        else "0"
                        for outcome in OUTCOMES
                    ],
                ]
                for hour, counts in hours.items()
            ],
        )
    return figure_panel(
        PAGE,
        "lost_by_hour",
        title,
        body,
        table,
        context,
        population=population,
        footnote=html.Div(key, className="keys") if total else None,
        passport=passport,
    )


def answers(telephony: Telephony, context: Context) -> html.Section:
    """How long callers waited until somebody answered."""
    text, formats = context.text, context.formats
    n = telephony.answer.n
    title, passport = text("telephony.answers"), telephony.passports["answers"]
    population = text("telephony.answers_n", n=formats.count(n))
    if not n:
        body, table, note = empty(context, text("telephony.no_answered")), None, None
    else:
        figure = answer_times(telephony.answers, telephony.target, context)
        label = text("telephony.answers_label", n=formats.count(n))
        graph_id = ids.panel(PAGE, "answers-graph")
        body = graph(graph_id, figure, text, label, rows=ANSWER)
        table = data_table(
            [text("telephony.answer_axis"), text("telephony.calls_axis")],
            [
                [
                    text("telephony.answer_more", low=low)
                    if high is None
                    else text("telephony.answer_between", low=low, high=high),
                    rows_link(formats.count(count), context, ANSWER, f"value:{low}..{high or ''}")
                    if count
                    else "0",
                ]
                for low, high, count in telephony.answers
            ],
        )
        note = text(
            "telephony.in_time",
            target=formats.duration(telephony.target),
            n=formats.count(telephony.in_time),
            share=formats.share(telephony.in_time / n),
        )
    return figure_panel(
        PAGE,
        "answers",
        title,
        body,
        table,
        context,
        population=population,
        footnote=note,
        passport=passport,
    )
