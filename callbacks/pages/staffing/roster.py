"""The people of the schedule's grid, and what its cells say."""

from collections.abc import Mapping
from datetime import UTC, datetime

from callbacks.reports.filter_choices import person_word
from layouts.components.context import Context
from layouts.pages.staffing.data import Roster, ScheduleRow
from metrics.model import people
from metrics.model.tables import Tables
from metrics.planning.schedule import WEEKDAYS, Week, weekly_minutes, written
from services.files.schedule import OFF, Kept, kept
from services.files.schedule_sheet import Known
from services.runtime.backend import Backend


def known(backend: Backend) -> list[Known]:
    """Everybody whom a schedule may name: present people and those who left, but no bot."""
    tables = _tables(backend)
    if tables is None:
        return []
    agents = tables.agents[~tables.agents["bot"].fillna(False).astype(bool)]
    lines = agents[["id", "name", "email"]].astype("str").fillna("")
    return [Known(row.id, row.name, row.email) for row in lines.itertuples(index=False)]


def roster(
    backend: Backend,
    context: Context,
    draft: Mapping[str, Week] | None = None,
    file: str = "",
) -> Roster:
    """The grid: members, then whoever else has a shift; drafts are shown and not saved.

    Args:
        backend: Holds the schedule and the people.
        context: The reader.
        draft: Weeks that were read and are not saved yet.
        file: Where they came from.
    """
    found, tables = kept(backend.state), _tables(backend)
    weeks = found.schedule.weeks
    names = people.names(tables, backend.rules) if tables else {}
    members = set(people.members(tables, backend.rules)["id"]) if tables else set()
    scheduled = {agent for agent, week in weeks.items() if any(week)}
    shown = members | scheduled | set(draft or {})
    rows = [_row(agent, weeks, draft or {}, names, context) for agent in shown]
    rows.sort(key=lambda row: (row.agent_id not in members, row.name.casefold(), row.agent_id))
    return Roster(tuple(rows), found.schedule.version, found.by, _moment(found), file)


def _row(
    agent: str,
    weeks: Mapping[str, Week],
    draft: Mapping[str, Week],
    names: Mapping[str, tuple[str, str]],
    context: Context,
) -> ScheduleRow:
    week = weeks.get(agent, OFF)
    saved = [written(week[day]) for day in range(WEEKDAYS)]
    wanted = draft.get(agent, week)
    return ScheduleRow(
        agent_id=agent,
        name=person_word(agent, names, context),
        status=names.get(agent, ("", "left"))[1],
        saved=saved,
        shown=[written(day) for day in wanted],
        minutes=weekly_minutes(wanted),
    )


def _moment(found: Kept) -> datetime | None:
    return datetime.fromtimestamp(found.at, UTC) if found.at else None


def _tables(backend: Backend) -> Tables | None:
    snapshot = backend.dataset.snapshot()
    return snapshot.tables if snapshot is not None else None
