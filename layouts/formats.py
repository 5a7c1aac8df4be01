"""Numbers, durations and dates as the reader's language writes them.

Units are parted from their numbers by non-breaking spaces, so that neither stands alone at the
end of a line.
"""

from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.numbers import NumberPattern, format_decimal, parse_pattern

from layouts.i18n import Text

NBSP, MINUS = "\N{NO-BREAK SPACE}", "\N{MINUS SIGN}"
MINUTE, HOUR, DAY = 60, 3600, 86400
# (number, unit) pairs, for headlines that draw units smaller than numbers.
Measure = list[tuple[str, str]]


class Formats:
    def __init__(self, text: Text, zone: ZoneInfo) -> None:
        self.text = text
        self.zone = zone
        self._locale = "pt_BR" if text.language == "pt-BR" else "en_US"

    def count(self, value: float) -> str:
        """6.412."""
        return _write_number(round(value), 0, self._locale)

    def decimal(self, value: float, digits: int = 1) -> str:
        """4,3; nothing is -0."""
        return _write_number(value + 0, digits, self._locale)

    def share(self, value: float, digits: int = 1) -> str:
        """A share of one as a percentage: 85,7%."""
        return f"{self.decimal(value * 100, digits)}%"

    def points(self, value: float, digits: int = 1) -> str:
        """In percentage points: 1,3 p.p."""
        unit = self.text("units.points")
        return f"{self.decimal(abs(value) * 100, digits)}{NBSP}{unit}"

    def difference(self, value: float, unit: str, digits: int = 0) -> str:
        """+1,3 p.p., −4 min 05 s, +31; with so many `digits` more than usual, and none for 0."""
        size = abs(value)
        if unit == "share":
            words = self.points(size, 1 + digits)
        elif unit == "seconds":
            words = self.duration(size)
        else:
            usual = 2 if unit == "points" else 0 if size == round(size) else 1
            words = self.decimal(size, usual + digits)
        if not any(digit in words for digit in "123456789"):
            return words
        return f"{'+' if value > 0 else MINUS}{words}"

    def duration(self, seconds: float) -> str:
        """41 s, 6 min 12 s, 38 min, 3 h 48, 1 d 04 h."""
        return "".join(
            f"{NBSP if place else ''}{number}{NBSP + unit if unit else ''}"
            for place, (number, unit) in enumerate(self.duration_parts(seconds))
        )

    def rough(self, seconds: float) -> str:
        """How long ago, or for how long, something went on: 52 s, 7 min, 3 h 48."""
        return self.duration(seconds if seconds < MINUTE else round(seconds / MINUTE) * MINUTE)

    def duration_parts(self, seconds: float) -> Measure:
        """The smaller unit is left out where it is noise."""
        s = round(seconds)
        if s < MINUTE:
            return [(str(s), "s")]
        if s < 15 * MINUTE:
            minutes, rest = divmod(s, MINUTE)
            return [(str(minutes), "min"), (f"{rest:02d}", "s")][: 2 if rest else 1]
        minutes = round(s / MINUTE)
        if minutes < HOUR // MINUTE:
            return [(str(minutes), "min")]
        if minutes < DAY // MINUTE:
            hours, rest = divmod(minutes, 60)
            return [(str(hours), "h"), (f"{rest:02d}", "")][: 2 if rest else 1]
        days, rest = divmod(round(s / HOUR), 24)
        return [(self.count(days), "d"), (f"{rest:02d}", "h")][: 2 if rest else 1]

    def timer(self, seconds: float) -> str:
        """22:41, then 1 h 12, then 2 d 04 h."""
        s = max(0, int(seconds))
        if s < HOUR:
            return f"{s // MINUTE:02d}:{s % MINUTE:02d}"
        if s < DAY:
            return f"{s // HOUR}{NBSP}h{NBSP}{s % HOUR // MINUTE:02d}"
        return f"{s // DAY}{NBSP}d{NBSP}{s % DAY // HOUR:02d}{NBSP}h"

    def ago(self, seconds: float) -> str:
        """há 21 s, há 6 min, há 1 h 12."""
        return self.text("units.ago", span=self.span_of(seconds))

    def span_of(self, seconds: float) -> str:
        """In its greatest unit: 21 s, 6 min, 1 h 12."""
        s = max(0, int(seconds))
        if s < MINUTE:
            return f"{s}{NBSP}s"
        return f"{s // MINUTE}{NBSP}min" if s < HOUR else self.timer(s)

    def value(self, value: float | None, unit: str) -> str:
        """`unit` is one of the catalogue; words where there is no value."""
        if value is None:
            return self.text("states.no_data")
        if unit == "share":
            return self.share(value)
        if unit == "seconds":
            return self.duration(value)
        if unit == "points":
            return self.decimal(value, 2)
        return self.count(value)

    def day(self, day: date) -> str:
        """24/11."""
        return day.strftime("%d/%m") if self._locale == "pt_BR" else day.strftime("%m/%d")

    def long_day(self, day: date) -> str:
        """24/11/2026."""
        return day.strftime("%d/%m/%Y") if self._locale == "pt_BR" else day.strftime("%m/%d/%Y")

    def month(self, day: date) -> str:
        """nov 2026."""
        return f"{_write_day(day, 'MMM', self._locale)} {day.year}"

    def weekday(self, day: date) -> str:
        """ter 24 nov."""
        return f"{_write_day(day, 'EEE', self._locale)} {self._month_day(day)}"

    def span(self, first: date, last: date) -> str:
        """26 out a 22 nov 2026."""
        return self.text("units.span", first=self._short(first, last), last=self._with_year(last))

    def clock(self, instant: datetime) -> str:
        """14:32."""
        return instant.astimezone(self.zone).strftime("%H:%M")

    def moment(self, instant: datetime) -> str:
        """22/11 18:42."""
        local = instant.astimezone(self.zone)
        return f"{self.day(local.date())} {local:%H:%M}"

    def full_moment(self, instant: datetime) -> str:
        """22 nov. 2026 18:42:05, for titles."""
        local = instant.astimezone(self.zone)
        return str(format_datetime(local, "d MMM y HH:mm:ss", locale=self._locale))

    def _short(self, day: date, other: date) -> str:
        return self._with_year(day) if day.year != other.year else self._month_day(day)

    def _with_year(self, day: date) -> str:
        comma = "," if self._locale == "en_US" else ""
        return f"{self._month_day(day)}{comma} {day.year}"

    def _month_day(self, day: date) -> str:
        month = _write_day(day, "MMM", self._locale)
        return f"{day.day} {month}" if self._locale == "pt_BR" else f"{month} {day.day}"


# A page writes hundreds of numbers, most of them small and again; Babel takes 10 µs for each.
@lru_cache(10_000)
def _write_number(value: float, digits: int, locale: str) -> str:
    return str(format_decimal(value, format=_pattern(digits), locale=_locale(locale)))


@lru_cache(10_000)
def _write_day(day: date, pattern: str, locale: str) -> str:
    return str(format_date(day, pattern, locale=_locale(locale))).rstrip(".")


@cache
def _pattern(digits: int) -> NumberPattern:
    return parse_pattern("#,##0." + "0" * digits if digits else "#,##0")


@cache
def _locale(name: str) -> Locale:
    return Locale.parse(name)


def masked(digits: str | None) -> str | None:
    """At most the last four digits are left."""
    if digits is None:
        return None
    shown = digits[-4:] if len(digits) > 6 else ""
    return "•" * (len(digits) - len(shown)) + shown
