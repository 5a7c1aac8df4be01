"""What is worked out once for a version is what each choice of rows would have said itself."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from metrics.model.catalog import CATALOG
from metrics.model.filters import Filters
from metrics.model.periods import Period
from metrics.model.selection import select
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


@pytest.mark.parametrize("key", list(CATALOG))
@pytest.mark.parametrize("filters", CHOICES)
@pytest.mark.parametrize("rules", [RULES, SCOPED, RULES.with_clock("office")])
def test_values_and_parts_are_those_of_the_chosen_rows_alone(tables, key, filters, rules):
    metric = CATALOG[key]
    selection = select(metric, View(tables, PERIOD, filters, rules))
    found, parts = selection.rows, selection.parts
    pd.testing.assert_series_equal(selection.values, metric.measure(found, rules, tables.now))
    if metric.parts is None:
        assert parts is None
    else:
        expected = metric.parts(found, rules, tables.now)
        assert parts is not None
        assert sorted(parts.dropna().astype("str")) == sorted(expected.dropna().astype("str"))


def test_other_tables_remember_nothing_of_these(tables):
    metric = CATALOG["conversations"]
    everything = report.evaluate(metric, View(tables, PERIOD, Filters(), RULES))
    fewer = replace(tables, conversations=tables.conversations.iloc[:10])
    assert everything.n > 10 >= report.evaluate(metric, View(fewer, PERIOD, Filters(), RULES)).n
