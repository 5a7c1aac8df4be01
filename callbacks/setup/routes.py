"""`/setup`: a step an address, each with its form; what is answered holds at once and is kept."""

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from flask import Flask, Response, abort, g, jsonify, make_response, redirect, request
from flask_wtf.csrf import generate_csrf
from pydantic import SecretStr
from werkzeug.datastructures import MultiDict

from callbacks.access.routes import Route, add_route
from callbacks.access.session import choose_theme, current_context, current_viewer
from callbacks.access.sign_in import text_of_visitor
from callbacks.pages.settings.figures import explain
from callbacks.setup.numbers import MEASURES, describe, measure
from callbacks.setup.steps import SLACK_TOKENS, STEPS, TOKENS, Asked, explain_resolved, read_tokens
from layouts.access.setup_page import Action, Link, Page, Told, setup_page
from layouts.formats import Formats
from layouts.i18n import Text
from layouts.pages.settings.page import name_setting
from layouts.roles import MANAGERS
from layouts.slack.messages import Messages
from metrics.alerts.model import Message
from services.errors import ConfigurationError
from services.robot.slack import slack_client, wall_url
from services.runtime.backend import Backend
from services.runtime.check import Finding, Report, check_keys, check_slack
from services.settings.config import Environment, Settings
from services.settings.decisions import RefusedSettingsError
from services.snapshot.dataset import Snapshot

# Which steps somebody has gone through.
KEY = "setup/steps"
POST = ("POST",)
BEGIN = Route(path="/setup", endpoint="setup", roles=MANAGERS, by_hand=True)
SHOW = Route(path="/setup/<step>", endpoint="setup_step", roles=MANAGERS, by_hand=True)
SAVE = Route(
    path="/setup/<step>",
    endpoint="save_step",
    roles=MANAGERS,
    methods=POST,
    is_form=True,
    by_hand=True,
)
NUMBERS = Route(
    path="/setup/<step>/numbers",
    endpoint="setup_numbers",
    roles=MANAGERS,
    methods=POST,
    by_hand=True,
)
MARKS = {"✓": "good", "○": "optional", "✗": "wrong"}


def set_up(server: Flask, backend: Backend) -> None:
    add_route(server, BEGIN, lambda: make_response(redirect(_find_next(backend), 303)))
    add_route(server, SHOW, lambda step: _show(_known(step), backend))
    add_route(server, SAVE, lambda step: _save(_known(step), backend))
    add_route(server, NUMBERS, lambda step: _tell_numbers(_known(step), backend))


def _known(step: str) -> str:
    return step if step in STEPS else abort(404)


def _list_done(backend: Backend) -> set[str]:
    done = orjson.loads(backend.state.get(KEY) or b"[]")
    if backend.environment.intercom_token is not None:
        done.append("tokens")
    return set(done)


def _find_next(backend: Backend, after: str | None = None) -> str:
    """The first step that nobody has gone through, and behind the last one the wall."""
    names, done = [*STEPS], _list_done(backend)
    rest = names[names.index(after) + 1 :] if after else [n for n in names if n not in done]
    if rest:
        return f"/setup/{rest[0]}"
    return "/operations" if after else f"/setup/{names[0]}"


def _ask(step: str, backend: Backend, form: MultiDict[str, str]) -> Asked:
    configuration = backend.decisions.load()
    snapshot = backend.dataset.snapshot()
    return Asked(
        settings=configuration.settings,
        tables=snapshot.tables if snapshot is not None and _is_begun(snapshot) else None,
        formats=Formats(text_of_visitor(backend), configuration.settings.zone),
        form=form,
        fixed=backend.decisions.fixed,
        tokens={name: token.ending for name, token in configuration.tokens.items()},
        is_first=step not in _list_done(backend),
    )


def _is_begun(snapshot: Snapshot) -> bool:
    """Whether there are people, and rows of theirs to count."""
    tables = snapshot.tables
    return bool(len(tables.agents)) and bool(len(tables.conversations) or snapshot.history.complete)


def _read(step: str, asked: Asked) -> dict[str, Any]:
    """What a file or the environment fixes is not decided here."""
    values = STEPS[step].read(asked)
    return {path: value for path, value in values.items() if path not in asked.fixed}


def _show(
    step: str,
    backend: Backend,
    told: Sequence[Told] = (),
    status: int = 200,
    code: tuple[str, str] | None = None,
) -> Response:
    asked = _ask(step, backend, request.form)
    one = STEPS[step]
    is_waiting = one.needs_tables and asked.tables is None
    done = _list_done(backend)
    text = asked.formats.text
    numbers: list[dict[str, str]] = []
    if not is_waiting and step in MEASURES:
        now = measure(step, asked.known, asked.settings)
        numbers = describe(now, now, asked.formats)
    page = Page(
        step=step,
        title=text(f"setup.{step}.title"),
        lead=text(f"setup.{step}.lead"),
        groups=[] if is_waiting else one.draw(asked),
        links=[Link(n, text(f"setup.{n}.step"), f"/setup/{n}", n in done) for n in STEPS],
        numbers=numbers,
        told=told,
        fixed=[f"{path} ({asked.fixed[path]})" for path in one.paths if path in asked.fixed],
        actions=_list_actions(step, asked),
        code=code,
        waiting=_explain_wait(backend, text) if is_waiting else "",
        history=_tell_history(backend, text) if numbers else "",
        submit=text(f"setup.{'code' if step == 'wall' else 'next'}"),
    )
    markup = setup_page(
        text, page, theme=choose_theme(request.cookies), csrf_token=generate_csrf(), nonce=g.nonce
    )
    response = make_response(markup, status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _explain_wait(backend: Backend, text: Text) -> str:
    snapshot = backend.dataset.snapshot()
    failed = snapshot.sources.get("intercom") if snapshot else None
    if backend.environment.intercom_token is None:
        return text("setup.no_token")
    if failed is not None and failed.state == "failed":
        return text("setup.failed", cause=failed.error or "")
    return text("setup.reading")


def _tell_history(backend: Backend, text: Text) -> str:
    snapshot = backend.dataset.snapshot()
    if snapshot is None or snapshot.history.complete:
        return ""
    return text("setup.history", n=snapshot.history.loaded_days, total=snapshot.history.total_days)


def _list_actions(step: str, asked: Asked) -> list[Action]:
    if step == "slack":
        return [Action("test", asked.text("slack.test"))]
    if step == "wall":
        return [Action("end", asked.text("end"))]
    return []


def _save(step: str, backend: Backend) -> Response:
    did = request.form.get("does", "")
    try:
        told = _apply(step, did, backend)
    except RefusedSettingsError as error:
        return _show(step, backend, _explain_refusal(error, backend), 400)
    except ConfigurationError as error:
        return _show(step, backend, [Told("wrong", str(error))], 400)
    if any(one.mark == "wrong" for one in told):
        return _show(step, backend, told, 400)
    done = orjson.loads(backend.state.get(KEY) or b"[]")
    backend.state.set(KEY, orjson.dumps(sorted({*done, step})))
    if step == "wall" and did != "end":
        return _show(step, backend, code=_make_code(backend))
    if told:
        return _show(step, backend, told)
    return make_response(redirect(_find_next(backend, step), 303))


def _apply(step: str, did: str, backend: Backend) -> list[Told]:
    asked = _ask(step, backend, request.form)
    if step == "tokens":
        return _try_tokens(asked, backend)
    if STEPS[step].needs_tables and asked.tables is None:
        return [Told("wrong", asked.text("reading"))]
    values = _read(step, asked)
    tokens = read_tokens(asked, SLACK_TOKENS) if step == "slack" else {}
    told = _try_slack(asked, values, tokens, did, backend) if step == "slack" else []
    if not any(one.mark == "wrong" for one in told):
        if values:
            backend.decisions.change(values, by=current_viewer().display_name, how="setup")
            _note(backend, values)
        if tokens:
            _keep_tokens(tokens, backend)
    if step == "labels" and (choice := explain_resolved(_ask(step, backend, request.form))):
        return [Told("optional", choice)]
    return told


def _try_slack(
    asked: Asked, values: dict[str, Any], tokens: dict[str, str], did: str, backend: Backend
) -> list[Told]:
    """Before anything is kept; nothing where there is nothing to try."""
    text, settings = asked.formats.text, backend.decisions.preview(values)
    environment = _with_tokens(backend, tokens)
    if not tokens and did != "test":
        return []
    try:
        slack = slack_client(environment, settings)
    except ConfigurationError as error:
        return [Told("wrong", text("setup.slack.unfit", cause=error))]
    message = _build_test_message(environment, settings, backend.clock(), text)
    return _tell([*check_slack(slack, message if did == "test" else None, text)])


def _keep_tokens(tokens: dict[str, str], backend: Backend) -> None:
    backend.decisions.set_tokens(tokens, by=current_viewer().display_name)
    _note(backend, tokens)


def _note(backend: Backend, names: Iterable[str]) -> None:
    about = {"how": "setup", "setting": ", ".join(names)}
    backend.audit.note("setting", current_viewer().actor, **about)


def _with_tokens(backend: Backend, tokens: dict[str, str]) -> Environment:
    return backend.environment.model_copy(
        update={name: SecretStr(value) for name, value in tokens.items()}
    )


def _try_tokens(asked: Asked, backend: Backend) -> list[Told]:
    """They are kept only when the vendor takes them; which lists they may read is told."""
    given = read_tokens(asked, TOKENS)
    text, environment = asked.formats.text, _with_tokens(backend, given)
    if environment.intercom_token is None:
        return [Told("wrong", text("setup.tokens.missing"))]
    if (environment.aircall_id is None) != (environment.aircall_token is None):
        return [Told("wrong", text("setup.tokens.pair"))]
    if not given:
        return []
    report = check_keys(asked.settings, environment, text)
    if report.is_good:
        _keep_tokens(given, backend)
    return [*_tell(report.findings), *_list_readable(report, text)]


def _list_readable(report: Report, text: Text) -> list[Told]:
    found = report.directory
    counts = {
        "teams": len(found.teams),
        "labels": len(found.labels),
        "texts": len(found.texts),
        "voices": len(found.voices),
        "lines": len(found.lines),
    }
    parts = [text(f"setup.reads.{name}", n=n) for name, n in counts.items() if n]
    return [Told("good", text("setup.reads.all", what=", ".join(parts)))] if parts else []


def _tell(findings: Sequence[Finding]) -> list[Told]:
    return [Told(MARKS[one.mark], f"{one.vendor}: {one.message}") for one in findings]


def _explain_refusal(error: RefusedSettingsError, backend: Backend) -> list[Told]:
    context = current_context(backend, "/setup")
    named = [(name_setting(problem.path, context), problem) for problem in error.problems]
    return [Told("wrong", f"{name}: {explain(problem, context)}") for name, problem in named]


def _build_test_message(
    environment: Environment, settings: Settings, now: float, text: Text
) -> Any:
    write = Messages(
        text,
        settings.zone,
        mention=settings.slack.mention,
        wall_url=wall_url(environment, settings),
    )
    return write(Message((), now, is_test=True))


def _make_code(backend: Backend) -> tuple[str, str]:
    name = " ".join(request.form.get("name", "").split())[:80] or "TV"
    backend.audit.note("device", current_viewer().actor, did="made", name=name)
    code = backend.wall_codes.make(backend.sessions.add_device(name))
    origin = backend.settings.server.public_url or f"://{request.host}"
    return f"{code[:3]} {code[3:]}", f"{origin.partition('://')[2]}/tv"


def _tell_numbers(step: str, backend: Backend) -> Response:
    """What the numbers would be with what stands in the form, beside what they are."""
    asked = _ask(step, backend, request.form)
    if asked.tables is None or step not in MEASURES:
        return jsonify({"numbers": []})
    try:
        settings = backend.decisions.preview(_read(step, asked))
    except RefusedSettingsError as error:
        told = _explain_refusal(error, backend)
        return jsonify({"refused": " ".join(one.words for one in told)})
    before = measure(step, asked.tables, asked.settings)
    after = measure(step, asked.tables, settings)
    return jsonify({"numbers": describe(after, before, asked.formats)})
