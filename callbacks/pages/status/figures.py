"""The status page from the stores and the newest version."""

from datetime import date
from typing import Any

from flask import current_app

from layouts.pages.status.page import (
    HistoryProgress,
    Recognised,
    Screen,
    SecondLook,
    SourceRow,
    Status,
)
from metrics.alerts.rules import WALL_SILENT
from metrics.model.office_hours import is_open_at
from metrics.model.people import unmatched
from metrics.model.periods import Period, from_unix, today
from metrics.model.selection import absent_labels
from metrics.model.view import EVERYTHING, View
from metrics.query.drilldown import RECOGNISED_CALLS, drill_down
from services.accounts.heartbeats import Heartbeat
from services.archive.status import load_status
from services.robot.service import AlertOverview
from services.runtime.backend import Backend
from services.snapshot.dataset import Snapshot
from services.snapshot.manifest import VENDORS, SourceStatus
from services.storage.lease import EPOCH_KEY

BUILD = "VIGIA_BUILD"


def build_status(backend: Backend) -> Status:
    snapshot, now = backend.dataset.snapshot(), backend.clock()
    overview = backend.alerts.get_overview()
    devices, kiosks = list_screens(
        backend, now, overview.active.alerts.get_rule(WALL_SILENT).minutes * 60
    )
    voice_only, text_only = _list_unmatched(snapshot, backend)
    epoch = backend.cache.get(EPOCH_KEY)
    meta: Any = snapshot.meta if snapshot else {}
    looked = overview.state.evaluated_at
    settings = backend.settings
    return Status(
        at=from_unix(now),
        sources=_list_sources(snapshot, overview, backend),
        past=_build_past(snapshot),
        version=snapshot.version if snapshot else None,
        published_at=snapshot.published_at if snapshot else None,
        problem=getattr(backend.dataset, "problem", None),
        troubles=sorted({*backend.cache.find_troubles(), *backend.state.find_troubles()}),
        epoch=epoch.decode() if epoch else None,
        cycles={k: v for k, v in (meta.get("cycle_seconds") or {}).items() if v is not None},
        build=current_app.config.get(BUILD, ""),
        threads=settings.server.threads,
        robot_runs=overview.is_running,
        looked_at=None if looked is None else from_unix(looked),
        cache_bytes=backend.cache.size_bytes(),
        cache_limit=settings.cache.maximum_megabytes * 2**20,
        expires_hours=settings.cache.expires_hours,
        state_bytes=backend.state.size_bytes(),
        rows=_count_rows(snapshot),
        absent_labels=_list_absent_labels(snapshot, backend),
        recognised=_find_recognised(snapshot, backend),
        voice_only=voice_only,
        text_only=text_only,
        second_looks=_list_second_looks(meta.get("recheck") or {}),
        screens=devices,
        kiosks=kiosks,
        waiting=len(overview.waiting),
        deliveries=backend.events.count_today(),
        given_up=sum(
            not done.arrived for done in overview.deliveries if now - done.done_at < 86400
        ),
    )


def list_screens(backend: Backend, now: float, limit: float) -> tuple[list[Screen], list[Screen]]:
    """Device links, and kiosk browsers heard of lately; silent after `limit` seconds."""
    beats = backend.heartbeats.load_all()
    works = is_open_at(from_unix(now), backend.rules)

    def screen(id_: str, name: str, made_at: float | None, beat: Heartbeat | None) -> Screen:
        return Screen(
            id=id_,
            name=name,
            made_at=None if made_at is None else from_unix(made_at),
            seen_at=None if beat is None else from_unix(beat.seen_at),
            is_silent=works and beat is not None and beat.is_silent(now, limit),
        )

    devices = [
        screen(device.id, device.name, device.made_at, beats.get(device.id))
        for device in backend.sessions.list_device_links()
    ]
    kiosks = [
        screen("", beat.name, None, beat)
        for beat in sorted(beats.values(), key=lambda beat: (beat.name, beat.id))
        if beat.kind == "kiosk"
    ]
    return devices, kiosks


def _list_sources(
    snapshot: Snapshot | None, overview: AlertOverview, backend: Backend
) -> list[SourceRow]:
    settings = backend.settings
    meta: Any = snapshot.meta if snapshot else {}
    known = snapshot.sources if snapshot else {}
    budgets = {
        "intercom": settings.intercom.requests_per_minute,
        "aircall": settings.aircall.requests_per_minute,
    }
    rows = []
    for key in [*VENDORS, *sorted(set(known) - set(VENDORS))]:
        status = known.get(key, SourceStatus("starting"))
        rows.append(
            SourceRow(
                key=key,
                state=status.state,
                as_of=status.as_of,
                since=status.since,
                cause=(meta.get("causes") or {}).get(key),
                error=status.error,
                warning=status.warning,
                asked=settings.intercom.version if key == "intercom" else None,
                answered=status.version or (meta.get("versions") or {}).get(key),
                requests=(meta.get("requests_last_minute") or {}).get(key),
                budget=budgets.get(key),
            )
        )
    slack = overview.slack
    rows.append(
        SourceRow("slack", slack.state, as_of=slack.as_of, since=slack.since, error=slack.error)
    )
    rows.append(_build_archive_row(backend))
    return rows


def _build_archive_row(backend: Backend) -> SourceRow:
    if backend.environment.mongo_uri is None:
        return SourceRow("mongo", "off")
    told = load_status(backend.state, backend.clock())
    as_of, since = told.instant("as_of"), told.instant("since")
    return SourceRow("mongo", told.state, as_of, since, told.cause, told.error)


def _build_past(snapshot: Snapshot | None) -> HistoryProgress | None:
    if snapshot is None:
        return None
    history, cut = snapshot.history, snapshot.meta.get("history_cut_at")
    return HistoryProgress(
        loaded=history.loaded_days,
        total=history.total_days,
        complete=history.complete,
        first_day=history.first_day,
        cut_at=date.fromisoformat(cut) if cut else None,
        lost=len(snapshot.lost),
    )


def _list_second_looks(rechecks: dict[str, Any]) -> list[SecondLook]:
    return [
        SecondLook(
            key=source,
            read_at=from_unix(found["read_at"]),
            whole_since=from_unix(found["whole_since"]),
            changed=found["changed"],
            removed=found["removed"],
        )
        for source, found in rechecks.items()
        if found["read_at"] is not None
    ]


def _count_rows(snapshot: Snapshot | None) -> dict[str, int]:
    if snapshot is None:
        return {}
    tables = snapshot.tables
    names = ("conversations", "calls", "tickets")
    return {name: len(getattr(tables, name)) for name in names}


def _find_recognised(snapshot: Snapshot | None, backend: Backend) -> Recognised | None:
    if snapshot is None:
        return None
    last = today(snapshot.published_at, backend.settings.zone)
    period = Period(snapshot.history.first_day or last, last)
    view = View(snapshot.tables, period, EVERYTHING, backend.rules)
    return Recognised(drill_down(RECOGNISED_CALLS, (), view).n, period)


def _list_absent_labels(snapshot: Snapshot | None, backend: Backend) -> list[str]:
    return list(absent_labels(snapshot.tables, backend.rules).values()) if snapshot else []


def _list_unmatched(
    snapshot: Snapshot | None, backend: Backend
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    if snapshot is None:
        return [], []
    first, second = (
        [(name or agent, email or "") for agent, name, email in people.iter_rows()]
        for people in unmatched(snapshot.tables, backend.rules)
    )
    return first, second
