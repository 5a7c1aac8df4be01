"""What is worked out together, and once for a version, is what each number alone would be."""

from dataclasses import replace
from datetime import date

import pytest

from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.selection import select
from metrics.model.summary import summarise
from metrics.model.view import View
from metrics.query import report
from services.settings.config import Settings
from services.settings.sections import TeamSetting
from tests.worlds.api_world import JOAO, SUPPORT
from tests.worlds.figures_world import figures

PERIOD = Period(date(2026, 10, 26), date(2026, 11, 15))
CHOICES = [
    Filters(),
    Filters(teams=(SUPPORT,), agents=(JOAO, "none")),
    Filters(origin="customer", attributes={"Motivo de Contato": ("Nota fiscal", "")}),
    Filters(lines=("11",)),
]
RULES = Settings().rules()
SCOPED = Settings(teams=[TeamSetting(id=SUPPORT)]).rules()


@pytest.fixture(scope="module")
def tables():
    return figures().tables


@pytest.mark.parametrize("filters", CHOICES)
@pytest.mark.parametrize("rules", [RULES, SCOPED, RULES.with_clock("office")])
def test_all_at_once_is_each_alone_and_its_rows(tables, filters, rules):
    view = View(tables, PERIOD, filters, rules)
    together = report.evaluate_all(view)
    for key, metric in CATALOG.items():
        alone = report.evaluate(metric, View(replace(tables), PERIOD, filters, rules))
        assert alone == together[key]
        if alone.gap:
            assert (alone.value, alone.n) == (None, 0)
            continue
        counted = select(metric, view).counted
        again = summarise(metric, counted[key])
        assert again.n == alone.n
        for name in ("value", "mean", "p90", "low", "high"):
            number = getattr(alone, name)
            expected = number if number is None else pytest.approx(number, rel=1e-12)
            assert getattr(again, name) == expected


def test_other_tables_remember_nothing_of_these(tables):
    metric = CATALOG["conversations"]
    everything = report.evaluate(metric, View(tables, PERIOD, Filters(), RULES))
    fewer = replace(tables, conversations=tables.conversations.head(10))
    assert everything.n > 10 >= report.evaluate(metric, View(fewer, PERIOD, Filters(), RULES)).n
