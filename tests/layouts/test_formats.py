from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from layouts.formats import NBSP, Formats
from layouts.i18n import text_for

ZONE = ZoneInfo("America/Sao_Paulo")
PORTUGUESE = Formats(text_for("pt-BR"), ZONE)
ENGLISH = Formats(text_for("en"), ZONE)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (41, "41 s"),
        (59.6, "1 min"),
        (372, "6 min 12 s"),
        (899, "14 min 59 s"),
        (900, "15 min"),
        (2280, "38 min"),
        (3599, "1 h"),
        (13680, "3 h 48"),
        (86399, "1 d"),
        (100800, "1 d 04 h"),
    ],
)
def test_durations_drop_the_unit_that_is_noise(seconds, words):
    assert PORTUGUESE.duration(seconds).replace(NBSP, " ") == words


def test_numbers_follow_the_readers_language():
    assert (PORTUGUESE.count(6412), ENGLISH.count(6412)) == ("6.412", "6,412")
    assert (PORTUGUESE.share(0.857), ENGLISH.share(0.857)) == ("85,7%", "85.7%")


def test_no_value_is_said_in_words():
    assert PORTUGUESE.value(None, "share") == "sem dados"


def test_an_instant_is_shown_in_the_operations_zone():
    instant = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
    assert PORTUGUESE.moment(instant) == "22/11 23:30"


def test_a_period_names_a_year_once_unless_it_crosses_one():
    same = PORTUGUESE.span(date(2026, 10, 26), date(2026, 11, 22))
    crossing = PORTUGUESE.span(date(2025, 12, 26), date(2026, 1, 22))
    assert (same, crossing) == ("26 out a 22 nov 2026", "26 dez 2025 a 22 jan 2026")


def test_a_running_clock_changes_its_form_after_an_hour():
    spoken = [PORTUGUESE.timer(s).replace(NBSP, " ") for s in (-3, 1361, 4320, 187200)]
    assert spoken == ["00:00", "22:41", "1 h 12", "2 d 04 h"]
