import polars as pl

from metrics.model.values import flags, ones, seconds_between
from tests.worlds.tables import instants


def rows(expression, **columns):
    return pl.DataFrame(columns).select(expression).to_series().to_list()


def test_what_does_not_count_is_out_of_the_population():
    assert rows(ones(pl.col("mask")), mask=[True, False, None]) == [1, None, None]


def test_a_flag_needs_its_population():
    good, population = [True, False, None, True], [True, True, True, None]
    found = rows(flags(pl.col("good"), pl.col("all")), good=good, all=population)
    assert found == [1, 0, 0, None]


SPAN = seconds_between(pl.col("start"), pl.col("end"))


def test_an_end_before_its_beginning_is_no_duration():
    start = instants(["2026-11-24T10:00:00Z"] * 4)
    end = instants(["2026-11-24T10:01:40Z", "2026-11-24T10:00:00Z", "2026-11-24T09:59:59Z", None])
    assert rows(SPAN, start=start, end=end) == [100, 0, None, None]


def test_a_change_of_the_clock_takes_no_time():
    start, end = (
        instants([at]).dt.convert_time_zone("Europe/Berlin")
        for at in ("2026-10-25T00:30Z", "2026-10-25T01:30Z")
    )
    assert rows(SPAN, start=start, end=end) == [3600]
