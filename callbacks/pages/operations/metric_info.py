"""What the wall's numbers are made of, in the reader's words."""

from datetime import datetime

from callbacks.pages.operations.view import OperationsView
from callbacks.reports.metric_info import number_info
from layouts.components.context import Context
from layouts.components.metric_info import MetricInfo
from metrics.model.catalog import CATALOG
from metrics.model.periods import Period, today
from metrics.model.summary import Summary


class Told:
    """Metric infos for one question; screens in a room have none.

    Args:
        question: One version, and what is asked of it.
        at: The server's present instant.
        context: The reader.
    """

    def __init__(self, question: OperationsView, at: datetime, context: Context) -> None:
        self._question = question
        self._at = at
        self._context = context

    def info(self, key: str, number: Summary | None = None) -> MetricInfo | None:
        """What a number is made of: of the catalogue, or one of the lists."""
        question, text = self._question, self._context.text
        if question.kiosk:
            return None
        filters = [f"{text('filters.team')}: {scope_words(question, self._context)}"]
        chosen = filters if question.query.team else []
        metric = CATALOG.get(key)
        if metric is None or number is None:
            data = (text("passport.data"), self._data())
            lines = [(text("passport.period"), self._stretch())]
            lines += [(text("passport.filters"), "; ".join(chosen) or text("passport.no_filters"))]
            return MetricInfo(key, (*lines, data))
        zone = question.rules.time_zone
        period = None
        if metric.dated_by is not None:
            period = Period(today(question.start, zone), question.today)
        made = number_info(
            metric,
            number,
            None,
            period,
            question.rules.clock,
            chosen,
            question.snapshot,
            self._at,
            self._context,
        )
        if metric.dated_by is None:
            return made
        when = text("passport.period")
        lines = [(what, self._stretch() if what == when else said) for what, said in made.lines]
        return MetricInfo(key, tuple(lines))

    def _stretch(self) -> str:
        is_long = self._question.query.period == "48h"
        return self._context.text(
            f"operations.period.{'words_48h' if is_long else 'today'}",
        )

    def _data(self) -> str:
        snapshot, formats = self._question.snapshot, self._context.formats
        age = formats.ago((self._at - snapshot.published_at).total_seconds())
        version = formats.count(snapshot.version)
        return self._context.text("passport.data_words", age=age, version=version)


def scope_words(question: OperationsView, context: Context) -> str:
    """The teams in words: the chosen ones, else those in scope."""
    text = context.text
    ids = question.query.team or tuple(question.teams)
    named = [question.teams.get(team) or text("operations.team.unknown", id=team) for team in ids]
    if not named or len(named) > 3:
        return text("operations.team.all")
    return text("operations.team.and").join([", ".join(named[:-1]), named[-1]][-len(named) :])
