"""The national holidays of Brazil, those that move with Easter too."""

from datetime import date, timedelta
from typing import NamedTuple

FIXED = {
    "new_year": (1, 1),
    "tiradentes": (4, 21),
    "labour": (5, 1),
    "independence": (9, 7),
    "aparecida": (10, 12),
    "all_souls": (11, 2),
    "republic": (11, 15),
    "black_consciousness": (11, 20),  # national since 2024, by law 14.759
    "christmas": (12, 25),
}
# Days from Easter. Law makes none but Good Friday; the others are for each office to decide.
MOVING = {"carnival_monday": -48, "carnival": -47, "good_friday": -2, "corpus_christi": 60}
OPTIONAL = frozenset({"carnival_monday", "carnival", "corpus_christi"})


class Holiday(NamedTuple):
    day: date
    key: str
    is_optional: bool


def list_holidays(year: int) -> list[Holiday]:
    sunday = find_easter(year)
    days = {key: date(year, month, day) for key, (month, day) in FIXED.items()}
    days |= {key: sunday + timedelta(offset) for key, offset in MOVING.items()}
    return sorted(Holiday(day, key, key in OPTIONAL) for key, day in days.items())


def find_easter(year: int) -> date:
    """By the anonymous Gregorian computus (Meeus, Astronomical Algorithms, chapter 8)."""
    golden, century, rest = year % 19, *divmod(year, 100)
    leaps, odd = divmod(century, 4)
    skipped = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leaps - skipped + 15) % 30
    weekday = (32 + 2 * odd + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)
