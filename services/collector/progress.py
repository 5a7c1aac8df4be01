"""How much of the wanted history is there, told in local days."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from metrics.model.periods import midnight, today
from services.collector.worker import Worker
from services.snapshot.manifest import History


def history(
    workers: Iterable[Worker], wanted: date, now: datetime, total_days: int, zone: ZoneInfo
) -> History:
    """Whole days that every vendor has delivered, counted back from today.

    A vendor that has failed from the start holds up nobody: what is missing from it is said where
    its own figures would be.

    Args:
        workers: The vendors.
        wanted: The first day that is asked for.
        now: The present instant.
        total_days: How many days the settings want.
        zone: Where days begin.
    """
    counted = [worker for worker in workers if not worker.is_out]
    boundaries = [worker.source.history.boundary for worker in counted]
    known = [boundary for boundary in boundaries if boundary is not None]
    if not known or len(known) < len(boundaries):
        return History(0, total_days, complete=False)
    first = max(_first_whole_day(max(known), zone), wanted)
    loaded = max(0, (today(now, zone) - first).days + 1)
    complete = loaded >= total_days and all(worker.is_complete for worker in counted)
    return History(loaded, total_days, complete, first if loaded else None)


def _first_whole_day(boundary: int, zone: ZoneInfo) -> date:
    instant = datetime.fromtimestamp(boundary, UTC)
    day = today(instant, zone)
    return day if midnight(day, zone) >= instant else day + timedelta(days=1)
