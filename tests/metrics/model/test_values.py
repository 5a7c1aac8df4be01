import pandas as pd

from metrics.model.values import flags, ones, seconds_between
from tests.worlds.tables import instants


def test_what_does_not_count_is_out_of_the_population():
    mask = pd.Series([True, False, None], dtype="boolean")
    assert ones(mask).tolist() == [1, pd.NA, pd.NA]


def test_a_flag_needs_its_population():
    good = pd.Series([True, False, None, True], dtype="boolean")
    population = pd.Series([True, True, True, None], dtype="boolean")
    assert flags(good, population).tolist() == [1, 0, 0, pd.NA]


def test_an_end_before_its_beginning_is_no_duration():
    start = instants(["2026-11-24T10:00:00Z"] * 4)
    end = instants(["2026-11-24T10:01:40Z", "2026-11-24T10:00:00Z", "2026-11-24T09:59:59Z", None])
    assert seconds_between(start, end).tolist() == [100, 0, pd.NA, pd.NA]


def test_a_change_of_the_clock_takes_no_time():
    start, end = instants(["2026-10-25T00:30Z"]), instants(["2026-10-25T01:30Z"])
    local = [moment.dt.tz_convert("Europe/Berlin") for moment in (start, end)]
    assert seconds_between(*local).tolist() == [3600]
