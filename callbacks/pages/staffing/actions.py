"""What a manager does with the schedule; every word of it comes from outside and is checked."""

import base64
import binascii
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from callbacks.access.session import current_viewer
from callbacks.reports.filter_choices import name_person
from layouts.components.context import Context
from layouts.pages.staffing import roster as layout
from layouts.pages.staffing.data import Roster, ScheduleRow
from metrics.model import people
from metrics.model.tables import Tables
from metrics.model.values import is_true
from metrics.planning.schedule import (
    LONGEST_CELL,
    WEEKDAYS,
    ShiftError,
    Week,
    read_day,
    weekly_minutes,
    written,
)
from services.files.schedule import (
    OFF,
    Change,
    SavedSchedule,
    TakenError,
    change_schedule,
    load_schedule,
)
from services.files.schedule_sheet import CellFault, KnownPerson, SheetError, read_sheet
from services.files.workbook import Column, Sheet, write_workbook
from services.runtime.backend import Backend


def list_known_people(backend: Backend) -> list[KnownPerson]:
    """Everybody whom a schedule may name: present people and those who left, but no bot."""
    tables = _find_tables(backend)
    if tables is None:
        return []
    lines = tables.agents.filter(~is_true("bot")).select("id", "name", "email").fill_null("")
    return [KnownPerson(*line) for line in lines.iter_rows()]


def build_roster(
    backend: Backend,
    context: Context,
    draft: Mapping[str, Week] | None = None,
    file: str = "",
) -> Roster:
    """`draft` are weeks that were read from `file`: they are shown and not saved."""
    saved, tables = load_schedule(backend.state), _find_tables(backend)
    weeks = saved.schedule.weeks
    names = people.names(tables, backend.rules) if tables else {}
    members = set(people.members(tables, backend.rules)["id"]) if tables else set()
    scheduled = {agent for agent, week in weeks.items() if any(week)}
    shown = members | scheduled | set(draft or {})
    rows = [_build_row(agent, weeks, draft or {}, names, context) for agent in shown]
    rows.sort(key=lambda row: (row.agent_id not in members, row.name.casefold(), row.agent_id))
    return Roster(tuple(rows), saved.schedule.version, saved.by, _moment(saved), file)


def _build_row(
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
        name=name_person(agent, names, context),
        status=names.get(agent, ("", "left"))[1],
        saved=saved,
        shown=[written(day) for day in wanted],
        minutes=weekly_minutes(wanted),
    )


def _moment(saved: SavedSchedule) -> datetime | None:
    return datetime.fromtimestamp(saved.at, UTC) if saved.at else None


def _find_tables(backend: Backend) -> Tables | None:
    snapshot = backend.dataset.snapshot()
    return snapshot.tables if snapshot is not None else None


MOST_CELLS = 7 * 2000
LINES_SHOWN = 12
LONGEST_NAME = 100
LONGEST_FILE = 1_000_000


@dataclass(frozen=True)
class Answer:
    """`grid` None leaves it as it is, typed words included; `done` is for the page's own script."""

    grid: Any = None
    said: Any = None
    done: Any = None
    file: Any = None


@dataclass(frozen=True)
class _Wrong(Exception):
    """Cells that cannot be saved: (person, weekday, what is wrong)."""

    cells: Sequence[tuple[str, int, str]]


def act(data: Any, context: Context, backend: Backend) -> Answer:
    """Do it; anything that is none of the page's draws the grid as it is kept."""
    action = ACTIONS.get(str(data.get("act"))) if isinstance(data, dict) else None
    if action is None:
        return _draw_grid(context, backend)
    return action(data, context, backend)


def _draw_grid(context: Context, backend: Backend, message: Any = None, **done: Any) -> Answer:
    at = int(backend.clock() * 1000)
    version = load_schedule(backend.state).schedule.version
    grid = layout.grid(build_roster(backend, context), f"{at}-{version}", context)
    return Answer(grid, message, {"at": at, "drawn": True, **done})


def _cancel(data: Mapping[str, Any], context: Context, backend: Backend) -> Answer:
    return _draw_grid(context, backend, cancelled=True)


def _save(data: Mapping[str, Any], context: Context, backend: Backend) -> Answer:
    text, viewer = context.text, current_viewer()
    at = int(backend.clock() * 1000)
    try:
        changes = _read_changes(data.get("cells"), context, backend)
        if not changes:
            return Answer(done={"at": at}, said=layout.saved(text("staffing.nothing_changed")))
        who = viewer.display_name
        change_schedule(backend.state, changes, by=who, at=backend.clock())
        backend.audit.note("schedule", viewer.actor, cells=len(changes))
    except _Wrong as wrong:
        message = _explain_refusal(
            "staffing.not_saved", "staffing.not_saved_words", wrong.cells, context, backend
        )
        return Answer(said=message, done={"at": at, "bad": [list(cell) for cell in wrong.cells]})
    except TakenError as taken:
        return _explain_taken(taken, context, backend)
    count = context.formats.count(len(changes))
    message = layout.saved(text.plural("staffing.saved", len(changes), n=count))
    return _draw_grid(context, backend, message, saved=True)


def _explain_taken(taken: TakenError, context: Context, backend: Backend) -> Answer:
    text = context.text
    now = [(agent, day, written(shifts)) for agent, day, shifts in taken.cells]
    cells = [
        (agent, day, text("staffing.now_is", shifts=shifts or text("staffing.off")))
        for agent, day, shifts in now
    ]
    by = taken.saved.by or text("rows.unassigned")
    message = _explain_refusal(
        "staffing.taken", "staffing.taken_words", cells, context, backend, by=by
    )
    at = int(backend.clock() * 1000)
    return Answer(said=message, done={"at": at, "taken": [list(cell) for cell in now]})


def _read_changes(cells: Any, context: Context, backend: Backend) -> list[Change]:
    """Raises _Wrong where some of them cannot be."""
    if not isinstance(cells, list) or len(cells) > MOST_CELLS:
        raise _Wrong([])
    may_be = {person.id for person in list_known_people(backend)} | set(
        load_schedule(backend.state).schedule.weeks
    )
    changes, wrong = [], []
    for cell in cells:
        agent, day = _read_word(cell, "agent"), _read_word(cell, "day")
        if agent not in may_be or day not in set(map(str, range(WEEKDAYS))):
            wrong.append((agent[:LONGEST_NAME], 0, context.text("staffing.fault.unknown_person")))
            continue
        try:
            now = read_day(_read_word(cell, "now"))
            was = read_day(_read_word(cell, "was"))
        except ShiftError as error:
            words = context.text(f"staffing.fault.{error.problem}", value=error.piece)
            wrong.append((agent, int(day), words))
            continue
        changes.append(Change(agent, int(day), was, now))
    if wrong:
        raise _Wrong(wrong)
    return changes


def _explain_refusal(
    title: str,
    words: str,
    cells: Sequence[tuple[str, int, str]],
    context: Context,
    backend: Backend,
    **values: Any,
) -> Any:
    text = context.text
    names = {person.id: person.name for person in list_known_people(backend)}
    lines = []
    for agent, day, what in cells[:LINES_SHOWN]:
        who = names.get(agent) or text("rows.unknown_person", id=agent)
        lines.append(f"{who}, {text(f'rows.weekday.{day}')}: {what}")
    title, words = text(title, **values), text(words)
    return layout.refused(title, words, lines, len(cells) - len(lines), context)


def _import(data: Mapping[str, Any], context: Context, backend: Backend) -> Answer:
    text = context.text
    at = int(backend.clock() * 1000)
    name = _read_word(data, "name")[:LONGEST_NAME]
    try:
        weeks = read_sheet(_decode_file(data.get("file")), list_known_people(backend))
    except SheetError as error:
        lines = [_describe_fault(fault, context) for fault in error.faults]
        message = layout.refused(
            text("staffing.not_read", file=name or text("staffing.the_file")),
            text("staffing.not_read_words"),
            lines[:LINES_SHOWN],
            len(lines) - LINES_SHOWN,
            context,
        )
        return Answer(said=message, done={"at": at})
    shown = build_roster(backend, context, weeks, name or text("staffing.the_file"))
    return Answer(layout.grid(shown, f"{at}-import", context), None, {"at": at, "read": True})


def _describe_fault(fault: CellFault, context: Context) -> str:
    text = context.text
    value = fault.value
    if fault.fault == "no_weekday":
        value = text(f"rows.weekday.{value}")
    words = text(f"staffing.fault.{fault.fault}", value=value)
    if not fault.place:
        return words
    column = fault.place.rstrip("0123456789")
    row = fault.place[len(column) :]
    if not column:
        return f"{text('staffing.at_row', row=row)}: {words}"
    return f"{text('staffing.at_cell', row=row, column=column)}: {words}"


def _export(data: Mapping[str, Any], context: Context, backend: Backend) -> Answer:
    text, viewer = context.text, current_viewer()
    emails = {person.id: person.email for person in list_known_people(backend)}
    shown = build_roster(backend, context).rows
    columns = [
        Column(text("staffing.sheet.email"), "text", 34),
        Column(text("staffing.sheet.name"), "text", 30),
        *[Column(text(f"rows.weekday.{day}"), "text", 24) for day in range(WEEKDAYS)],
    ]
    rows = [(emails.get(row.agent_id, ""), row.name, *row.saved) for row in shown]
    content = write_workbook([Sheet(text("staffing.schedule"), columns, rows)])
    who = viewer.actor
    backend.audit.note("export", who, page="staffing", kind="xlsx", rows=len(rows))
    file = {
        "content": base64.b64encode(content).decode(),
        "filename": text("staffing.file"),
        "base64": True,
        "type": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
    return Answer(done={"at": int(backend.clock() * 1000)}, file=file)


def _decode_file(content: Any) -> bytes:
    if not isinstance(content, str) or len(content) > LONGEST_FILE:
        raise SheetError([CellFault("too_large")])
    try:
        return base64.b64decode(content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise SheetError([CellFault("no_workbook")]) from error


def _read_word(data: Any, name: str) -> str:
    value = data.get(name) if isinstance(data, dict) else None
    # One more than is allowed, so that what is too long is told and not cut.
    return value[: LONGEST_CELL + 1] if isinstance(value, str) else ""


ACTIONS: Mapping[str, Callable[[Mapping[str, Any], Context, Backend], Answer]] = {
    "save": _save,
    "cancel": _cancel,
    "import": _import,
    "export": _export,
}
