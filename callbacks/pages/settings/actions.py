"""What a manager does on the settings page; every word of it comes from outside and is checked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from callbacks.access.session import current_viewer
from callbacks.pages.settings.figures import explain, find_kind, is_optional, unscale
from layouts.components.context import Context
from layouts.pages.settings.data import TOKEN_FORMS, Preview, Wrong
from layouts.pages.settings.page import name_setting
from services.errors import ConfigurationError
from services.runtime.backend import Backend
from services.settings.decisions import FIELDS, RefusedSettingsError
from services.settings.documents import read_settings, write_settings

LONGEST = 2**20
Data = Mapping[str, Any]


@dataclass(frozen=True)
class Done:
    """`draft` are the values of a file that is looked at; None = there is no such file any more."""

    said: str = ""
    wrong: Wrong | None = None
    preview: Preview | None = None
    draft: Mapping[str, Any] | None = None
    file: Mapping[str, str] | None = None


def act(data: Any, draft: Any, context: Context, backend: Backend) -> Done | None:
    """Do it; None: it was nothing of this page."""
    action = ACTIONS.get(str(data.get("act"))) if isinstance(data, dict) else None
    if action is None:
        return None
    try:
        return action({**data, "draft": draft}, context, backend)
    except RefusedSettingsError as error:
        problem = error.problems[0]
        words = explain(problem, context)
        name = name_setting(problem.path, context)
        return Done(f"{name}: {words}", wrong=Wrong(problem.path, words))
    except ConfigurationError:
        return Done(context.text("settings.said.busy"))


def _change(path: str, value: Any, context: Context, backend: Backend) -> Done:
    backend.decisions.change({path: value}, by=current_viewer().display_name)
    _note(backend, setting=path)
    return Done(context.text("settings.said.set", setting=name_setting(path, context)))


def _set(data: Data, context: Context, backend: Backend) -> Done | None:
    path, words = _path(data), _word(data, "value")
    if path is None:
        return None
    kind = find_kind(path)
    value: Any = words
    if kind == "switch":
        value = words == "true"
    elif words == "" and is_optional(path):
        value = None
    elif kind == "number":
        value = _read_number(path, words)
    elif kind not in ("text", "choice"):
        return None
    return _change(path, value, context, backend)


def _add(data: Data, context: Context, backend: Backend) -> Done | None:
    path, words = _path(data), _words(data)
    if path is None or not words or not all(words):
        return None
    kind, held = find_kind(path), backend.decisions.load().get(path)
    first, second = words[0], words[-1]
    if kind == "list":
        value: Any = [*held, first]
    elif kind == "teams":
        value = [*held, {"id": first}]
    elif kind == "people":
        value = [*held, {"intercom": first, "aircall": second}]
    elif kind == "pairs" and path == "classification.exclude":
        value = {**held, first: [*held.get(first, ()), _read_flag(second)]}
    elif kind == "pairs":
        value = {**held, first: second}
    else:
        return None
    return _change(path, value, context, backend)


def _drop(data: Data, context: Context, backend: Backend) -> Done | None:
    path, key = _path(data), _word(data, "value")
    if path is None:
        return None
    held = backend.decisions.load().get(path)
    if isinstance(held, dict):
        value: Any = {name: one for name, one in held.items() if name != key}
    elif isinstance(held, list):
        value = [one for place, one in enumerate(held) if str(place) != key]
    else:
        return None
    return _change(path, value, context, backend)


def _set_goal(data: Data, context: Context, backend: Backend) -> Done | None:
    place, words = _word(data, "life"), _word(data, "value")
    teams = backend.decisions.load().get("teams")
    if not place.isdecimal() or int(place) >= len(teams):
        return None
    goal = _read_number("teams", words) if words else None
    teams[int(place)]["online_text"] = goal
    return _change("teams", teams, context, backend)


def _reset(data: Data, context: Context, backend: Backend) -> Done | None:
    path = _path(data)
    if path is None:
        return None
    backend.decisions.change({}, reset=(path,), by=current_viewer().display_name)
    _note(backend, setting=path)
    return Done(context.text("settings.said.reset", setting=name_setting(path, context)))


def _undo(data: Data, context: Context, backend: Backend) -> Done:
    try:
        backend.decisions.undo(_word(data, "name"), by=current_viewer().display_name)
    except KeyError:
        return Done(context.text("settings.said.gone"))
    _note(backend, how="undo")
    return Done(context.text("settings.said.undone"))


def _set_tokens(data: Data, context: Context, backend: Backend) -> Done | None:
    names, words = _token_names(data), _words(data)
    if names is None or len(words) != len(names):
        return None
    missing = [name for name, word in zip(names, words, strict=True) if not word]
    if missing:
        label = context.text(f"settings.token.{missing[0]}")
        return Done(context.text("settings.said.token_missing", token=label))
    given = dict(zip(names, words, strict=True))
    backend.decisions.set_tokens(given, by=current_viewer().display_name)
    _note(backend, setting=", ".join(names))
    return Done(context.text("settings.said.token"))


def _forget_tokens(data: Data, context: Context, backend: Backend) -> Done | None:
    names = _token_names(data)
    if names is None:
        return None
    backend.decisions.set_tokens(dict.fromkeys(names), by=current_viewer().display_name)
    _note(backend, setting=", ".join(names))
    return Done(context.text("settings.said.forgotten"))


def _export(_: Data, __: Context, backend: Backend) -> Done:
    content = write_settings(backend.decisions.load())
    return Done(file={"content": content, "filename": "vigia-settings.yaml"})


def _preview(data: Data, context: Context, backend: Backend) -> Done | None:
    given = data.get("value")
    if not isinstance(given, str) or len(given) > LONGEST:
        return None
    try:
        found = read_settings(given, backend.decisions)
    except RefusedSettingsError as error:
        problems = [
            f"{name_setting(one.path, context)}: {explain(one, context)}"
            if one.path
            else explain(one, context)
            for one in error.problems[:8]
        ]
        return Done(preview=Preview(problems=problems))
    kept = {
        path: context.text("settings.fixed", place=where) for path, where in found.fixed.items()
    }
    kept |= dict.fromkeys(found.others, context.text("settings.import.other"))
    draft = {path: after for path, (_, after) in found.changes.items()}
    return Done(preview=Preview(found.changes, kept), draft=draft)


def _import(data: Data, context: Context, backend: Backend) -> Done | None:
    draft = data["draft"]
    if not isinstance(draft, dict) or not all(path in FIELDS for path in draft):
        return None
    backend.decisions.change(draft, by=current_viewer().display_name, how="import")
    _note(backend, how="import")
    text = context.text
    return Done(text.plural("settings.said.imported", len(draft), n=len(draft)))


def _cancel(_: Data, __: Context, ___: Backend) -> Done:
    return Done()


def _note(backend: Backend, **about: str) -> None:
    backend.audit.note("setting", current_viewer().actor, **about)


def _read_number(path: str, words: str) -> float | int | str:
    """The words themselves where they are no number: the settings say what is wrong with them."""
    plain = words.replace(" ", "").rstrip("%").replace(",", ".")
    try:
        return unscale(path, float(plain))
    except (ValueError, OverflowError):
        return words


def _read_flag(words: str) -> str | bool:
    return {"true": True, "false": False}.get(words.lower(), words)


def _path(data: Data) -> str | None:
    name = _word(data, "name")
    return name if name in FIELDS else None


def _token_names(data: Data) -> tuple[str, ...] | None:
    names = tuple(_word(data, "name").split(","))
    return names if names in TOKEN_FORMS else None


def _word(data: Data, name: str) -> str:
    value = data.get(name)
    return value.strip() if isinstance(value, str) and len(value) <= LONGEST else ""


def _words(data: Data) -> list[str]:
    try:
        words = orjson.loads(_word(data, "value"))
    except orjson.JSONDecodeError:
        return []
    is_good = isinstance(words, list) and all(isinstance(word, str) for word in words)
    return [word.strip() for word in words] if is_good else []


ACTIONS: Mapping[str, Callable[[Data, Context, Backend], Done | None]] = {
    "set": _set,
    "add": _add,
    "drop": _drop,
    "goal": _set_goal,
    "reset": _reset,
    "undo": _undo,
    "token": _set_tokens,
    "forget": _forget_tokens,
    "export": _export,
    "preview": _preview,
    "import": _import,
    "cancel": _cancel,
}
