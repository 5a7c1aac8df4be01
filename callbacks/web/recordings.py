"""The way to a recording: checked, noted, and on to the vendor's own page."""

import polars as pl
from flask import Flask, Response, make_response, redirect

from callbacks.access.refusals import json_error
from callbacks.access.routes import Route, add_route
from callbacks.access.session import current_viewer
from layouts.roles import MANAGER, PEOPLE
from metrics.model.schema import CALL_AGENTS
from services.runtime.backend import Backend

RECORDING = Route(
    path="/calls/<call_id>/recording", endpoint="recording", roles=PEOPLE, by_hand=True
)


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, RECORDING, lambda call_id: _recording(call_id, backend))


def _recording(call_id: str, backend: Backend) -> Response:
    viewer = current_viewer(backend)
    snapshot = backend.dataset.snapshot()
    if snapshot is None:
        return json_error(404, "not_found", "no recording of such a call")
    calls = snapshot.tables.calls.select("id", "has_recording", *CALL_AGENTS)
    found = calls.filter(pl.col("id") == call_id).rows(named=True)
    people = {call[column] for call in found for column in CALL_AGENTS} - {None}
    # Asked first: which calls of other people exist, and which were recorded, is not told either.
    if viewer.role != MANAGER and viewer.agent_id not in people:
        return json_error(403, "forbidden", "an analyst hears own calls only")
    if not found or not found[0]["has_recording"]:
        return json_error(404, "not_found", "no recording of such a call")
    backend.audit.note("recording", viewer.actor, call=call_id)
    target = backend.settings.aircall.recording_url.replace("{id}", call_id)
    return make_response(redirect(target, 302))
