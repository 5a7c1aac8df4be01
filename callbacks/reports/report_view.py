"""One question to one version: whatever a page of numbers shows answers it."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Generic, TypeVar

from callbacks.reports.page_query import PageQuery
from callbacks.reports.query import NoQuery
from metrics.model.catalog import Metric, Source
from metrics.model.definitions import Rules
from metrics.model.extent import Extent, Gap
from metrics.model.filters import Filters
from metrics.model.periods import Period, comparable, today
from metrics.model.summary import Summary
from metrics.model.tables import Tables
from metrics.model.view import View
from metrics.query import report
from metrics.query.decomposition import Decomposition, decompose
from metrics.query.drilldown import Cell, Drilldown, drill_down
from services.snapshot.dataset import Snapshot

A = TypeVar("A", bound=NoQuery)
Q = TypeVar("Q", bound=PageQuery)


@dataclass(frozen=True)
class VersionView(ABC, Generic[A]):
    """What an address asks of a version, as `metrics` takes it."""

    snapshot: Snapshot
    query: A
    rules: Rules

    @property
    def tables(self) -> Tables:
        return self.snapshot.tables

    @property
    @abstractmethod
    def filters(self) -> Filters: ...

    @property
    @abstractmethod
    def period(self) -> Period: ...

    @property
    def first_day(self) -> date | None:
        """From which day on every row is there; None = no day is whole yet."""
        return self.snapshot.history.first_day

    @cached_property
    def today(self) -> date:
        return today(self.snapshot.published_at, self.rules.time_zone)

    @cached_property
    def view(self) -> View:
        return View(self.tables, self.period, self.filters, self.rules)

    def compare(self, period: Period, before: Period) -> Period | None:
        """What of earlier days can stand beside the period."""
        first, now = self.first_day, self.tables.now
        return comparable(period, before, first, now, self.rules.time_zone)


@dataclass(frozen=True)
class ReportView(VersionView[Q]):
    """`rules` have the clock of the query; `filter_words` are for metric infos.

    `source` is what the page is about: without it there is nothing to show.
    """

    filter_words: Sequence[str] = ()
    source: Source = "intercom"

    @property
    def extent(self) -> Extent:
        return self.tables.extents.get(self.source, Extent())

    @property
    def first_day(self) -> date | None:
        return self.extent.first_day

    @property
    def outside(self) -> Gap | None:
        """Why the whole period is outside what is known."""
        period = self.period
        gap = self.extent.find_gap(period.first_day, period.last_day, self.today)
        return gap if gap in ("no_history", "future") else None

    @property
    def filters(self) -> Filters:
        return self.query.filters

    @cached_property
    def period(self) -> Period:
        return self.query.period(self.today)

    @cached_property
    def history(self) -> Period:
        """All days from the first that is loaded to the last that is asked for, as of one age."""
        asked = self.period.first_day
        first = self.first_day or asked
        return Period(min(first, asked), max(self.period.last_day, first), as_before=asked)

    @cached_property
    def previous(self) -> Period | None:
        """The period to compare with; None where it reaches before what is loaded."""
        before = self.query.before(self.today)
        return None if before is None else self.compare(self.period, before)

    @cached_property
    def whole_days(self) -> tuple[date, ...]:
        return list_whole_days(self.snapshot, self.rules)

    def number(self, metric: Metric, period: Period | None = None) -> Summary:
        return self.numbers([metric], period)[metric.key]

    def numbers(self, metrics: Iterable[Metric], period: Period | None = None) -> report.Summaries:
        return report.evaluate_many(metrics, self.view.with_period(period or self.period))

    def groups(self, metric: Metric, by: str, period: Period | None = None) -> dict[str, Summary]:
        return self.groups_of([metric], by, period)[metric.key]

    def groups_of(
        self, metrics: Iterable[Metric], by: str, period: Period | None = None
    ) -> dict[str, dict[str, Summary]]:
        """The number of each group for several metrics, worked out in one pass."""
        breakdowns = report.breakdowns(metrics, by, self.view.with_period(period or self.period))
        return {
            key: {group.key: group.summary for group in groups}
            for key, groups in breakdowns.items()
        }

    def explain(self, metric: Metric, ways: Iterable[str] | None = None) -> Decomposition | None:
        """What carries its change from the period before; None where that cannot be said."""
        if self.previous is None:
            return None
        return decompose(metric, self.view.with_period(self.previous), self.view, ways)

    def behind(self, key: str, *cells: Cell) -> Drilldown:
        """Raises CellError where there are no rows of that kind."""
        return drill_down(key, cells, self.view)


def list_whole_days(snapshot: Snapshot, rules: Rules) -> tuple[date, ...]:
    """Days that are loaded and over, in order, so that they say what is usual."""
    present = today(snapshot.published_at, rules.time_zone)
    first = snapshot.history.first_day or present
    return tuple(first + timedelta(days=n) for n in range((present - first).days))
