"""What the settings page shows: each setting with where it comes from, and what would fit."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from layouts.components.context import Context
from layouts.pages.settings.data import (
    GROUPS,
    SCALES,
    TOKEN_FORMS,
    ChangeRow,
    Choice,
    Field,
    Kind,
    TokenField,
    Wrong,
)
from layouts.pages.settings.page import spell_number
from metrics.model.schema import ATTRIBUTE_PREFIX
from metrics.model.values import is_true
from services.runtime.backend import Backend
from services.settings.decisions import FIELDS, Problem
from services.snapshot.dataset import Snapshot

SHOWN_CHANGES = 100
# Where people are who use Vigia; any other one is typed.
ZONES = (
    "America/Sao_Paulo", "America/Bahia", "America/Fortaleza", "America/Recife", "America/Belem",
    "America/Cuiaba", "America/Manaus", "America/Rio_Branco", "America/Noronha", "Europe/Lisbon",
)  # fmt: skip
Choices = Mapping[str, Sequence[Choice]]


def list_fields(backend: Backend, group: str, wrong: Wrong | None, context: Context) -> list[Field]:
    decisions = backend.decisions
    configuration = decisions.load()
    snapshot = backend.dataset.snapshot()
    first, second = _list_choices(snapshot, context, configuration.settings.attributes.status)
    shown = []
    paths = [path for path in FIELDS if _belongs(path, group)]
    for path in sorted(paths, key=lambda path: GROUPS[group].index(path.partition(".")[0])):
        decision = configuration.decisions.get(path)
        kind = find_kind(path)
        choices = first.get(path, ())
        shown.append(
            Field(
                path=path,
                kind=kind,
                value=configuration.get(path),
                choices=choices or _list_words(path, context),
                others=second.get(path, ()),
                is_closed=bool(choices) and path in CLOSED,
                fixed=decisions.fixed.get(path, ""),
                by=decision.by if decision else "",
                at=_instant(decision.at) if decision else None,
                is_decided=decision is not None,
                wrong=wrong.words if wrong and wrong.path == path else "",
            )
        )
    return shown


# Chosen from what the vendors have, and never typed.
CLOSED = {"teams", "telephony.main_lines", "telephony.lines"}


def find_group(path: str) -> str | None:
    return next((group for group in GROUPS if _belongs(path, group)), None)


def _belongs(path: str, group: str) -> bool:
    sections = path.split(".")
    # The rules have a page of their own.
    return sections[0] in GROUPS[group] and not (sections[0] == "alerts" and len(sections) > 2)


def list_tokens(backend: Backend) -> list[list[TokenField]]:
    configuration, fixed = backend.decisions.load(), backend.decisions.fixed
    forms = []
    for names in TOKEN_FORMS:
        form = []
        for name in names:
            token = configuration.tokens.get(name)
            if token is None:
                form.append(TokenField(name, fixed.get(name, "")))
            else:
                at = _instant(token.at)
                form.append(
                    TokenField(name, "", True, token.ending, token.by, at, token.is_readable)
                )
        forms.append(form)
    return forms


def list_changes(backend: Backend) -> list[ChangeRow]:
    rows = []
    for change in islice(backend.decisions.list_changes(), SHOWN_CHANGES):
        at = datetime.fromtimestamp(change.at, UTC)
        rows.append(ChangeRow(change.id, at, change.by, change.how, change.values))
    return rows


def explain(problem: Problem, context: Context) -> str:
    """Why a value cannot be used, in the reader's language."""
    text = context.text
    key = f"settings.problem.{problem.kind}"
    params = {
        name: spell_number(problem.path, value, context)
        if isinstance(value, int | float)
        else value
        for name, value in problem.params.items()
    }
    words = text(
        key if text.has(key) else "settings.problem.other", **{"reason": problem.reason, **params}
    )
    typed = problem.value
    if isinstance(typed, int | float) and not isinstance(typed, bool):
        return f"«{spell_number(problem.path, typed, context)}»: {words}"
    return f"«{typed[:60]}»: {words}" if isinstance(typed, str) and typed else words


def find_kind(path: str) -> Kind:
    annotation = FIELDS[path].annotation
    if path in ("teams", "people"):
        return "teams" if path == "teams" else "people"
    options = [a for a in _unfold(annotation) if a is not type(None)]
    kind = options[0]
    if get_origin(kind) is Literal:
        return "choice"
    if get_origin(kind) in (list, dict):
        return "list" if get_origin(kind) is list else "pairs"
    return {bool: "switch", int: "number", float: "number"}.get(kind, "text")  # type: ignore[return-value]


def is_optional(path: str) -> bool:
    return type(None) in _unfold(FIELDS[path].annotation)


def _unfold(annotation: Any) -> list[Any]:
    """The members of a union, without what is annotated to them."""
    if get_origin(annotation) is Annotated:
        return _unfold(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return [one for member in get_args(annotation) for one in _unfold(member)]
    return [annotation]


def _list_words(path: str, context: Context) -> list[Choice]:
    """Of a closed list of words, as the settings have it."""
    annotation = FIELDS[path].annotation
    if get_origin(annotation) is not Literal:
        return []
    return [(word, context.text(f"settings.choice.{path}.{word}")) for word in get_args(annotation)]


def _list_choices(
    snapshot: Snapshot | None, context: Context, status: str
) -> tuple[Choices, Choices]:
    """What the vendors have, by path; of pairs the first and the second."""
    zones = [(zone, zone) for zone in ZONES]
    if snapshot is None:
        return {"time_zone": zones}, {}
    tables, meta = snapshot.tables, snapshot.meta
    present = tables.teams.filter(is_true("active")).sort("name")
    teams = list(present.select("id", "name").iter_rows())
    columns = [c for c in tables.conversations.columns if c.startswith(ATTRIBUTE_PREFIX)]
    held = {column.removeprefix(ATTRIBUTE_PREFIX) for column in columns}
    labels = [(label, label) for label in sorted({*held, *(meta.get("attributes") or ())})]
    lines = sorted(str(line["name"]) for line in meta.get("lines") or () if line.get("name"))
    named = [(line, line) for line in lines]
    agents = tables.agents.filter(is_true("active")).sort("name")
    people = list(
        agents.drop_nulls("email").select("email", "name", "id", "voice_email").iter_rows()
    )
    texts = [(e, f"{n} ({e})") for e, n, key, _ in people if not key.startswith("voice:")]
    voices = [
        (v or e, f"{n} ({v or e})") for e, n, key, v in people if key.startswith("voice:") or v
    ]
    values = []
    if f"{ATTRIBUTE_PREFIX}{status}" in columns:
        column = tables.conversations[f"{ATTRIBUTE_PREFIX}{status}"].cast(str)
        values = [(value, value) for value in column.drop_nulls().unique().sort().head(50)]
    first = {
        "time_zone": zones,
        "teams": teams,
        "people": texts,
        "telephony.main_lines": named,
        "telephony.lines": named,
        "classification.exclude": labels,
        "merged.attribute": labels,
        "merged.destination": labels,
        **{path: labels for path in FIELDS if path.startswith("attributes.")},
        "attributes.resolved_value": values,
    }
    return first, {"people": voices, "telephony.lines": teams}


def unscale(path: str, number: float) -> float | int:
    value = round(number * SCALES.get(path, 1), 9)
    return int(value) if float(value).is_integer() else value


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
