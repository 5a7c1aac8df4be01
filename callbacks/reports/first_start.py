"""Until the vendors were read once: what is awaited, and nothing else that could be mistaken."""

from layouts.components import states
from layouts.components.context import Context
from layouts.components.frame import NAMES
from layouts.elements import Element
from metrics.model.catalog import Source
from metrics.model.extent import Extent
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import SourceStatus


def describe_start(
    snapshot: Snapshot | None, context: Context, source: Source = "intercom", *, dated: bool = True
) -> Element | None:
    """What a screen shows in place of its content; None once its vendors were read.

    Who works is read from Intercom, whatever the `source` of the numbers. Those of `dated` rows
    need a whole day besides.
    """
    if snapshot is None:
        return states.starting(context)
    needed = [snapshot.tables.extents.get(name, Extent()) for name in ("intercom", source)]
    if not any(e.state == "not_read" or (dated and _has_no_day(e)) for e in needed):
        return None
    steps = [_describe_source(name, snapshot.sources.get(name), context) for name in NAMES]
    history, formats = snapshot.history, context.formats
    loaded, total = formats.count(history.loaded_days), formats.count(history.total_days)
    past = context.text("states.history_step"), context.text("states.days", n=loaded, total=total)
    known = [step for step in steps if step is not None]
    return states.starting(context, [*known, (past[0], "awaited", past[1])])


def _has_no_day(extent: Extent) -> bool:
    return extent.state == "read" and extent.first_day is None


def _describe_source(
    name: str, status: SourceStatus | None, context: Context
) -> states.Step | None:
    if status is None or status.state == "off":
        return None
    if status.as_of is not None:
        return NAMES[name], "done", context.text("states.step_read")
    is_failed = status.state in ("late", "failed")
    key = "states.step_failed" if is_failed else "states.step_awaited"
    return NAMES[name], "failed" if is_failed else "awaited", context.text(key)
