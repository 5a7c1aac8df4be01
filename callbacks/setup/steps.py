"""What each step of the set-up asks, and what its form says: settings by their path."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from werkzeug.datastructures import MultiDict

from layouts.access.setup_page import Control, Group, Row
from layouts.formats import Formats
from metrics.model.letters import fold_letters
from metrics.model.lines import line_names, line_of
from metrics.model.schema import ATTRIBUTE_PREFIX, SEPARATOR, fold_label
from metrics.model.tables import Tables
from metrics.model.values import is_true
from services.settings.config import Settings
from services.settings.holidays import list_holidays
from services.settings.proposals import Person, propose_labels, propose_people, propose_team
from services.settings.sections import DAYS

LABELS = ("reason", "second_reason", "kind", "status", "category")
EXAMPLES = 3
MOST_EXAMPLE = 24
# A day may have a break.
OPENINGS = 2
YEARS = 2
RESOLVED_WORDS = ("resolv", "solved", "conclu", "solucion")
TOKENS = ("intercom_token", "aircall_id", "aircall_token")
SLACK_TOKENS = ("slack_webhook", "slack_bot_token")


@dataclass(frozen=True)
class Asked:
    """What a step is drawn from; without tables nothing has been read of the vendors yet."""

    settings: Settings
    tables: Tables | None
    formats: Formats
    form: MultiDict[str, str]
    fixed: Mapping[str, str]
    tokens: Mapping[str, str]  # those that are kept, each with its ending
    is_first: bool  # nobody has gone through this step: what seems right is filled in

    def text(self, key: str, **values: Any) -> str:
        return self.formats.text(f"setup.{key}", **values)

    @property
    def known(self) -> Tables:
        assert self.tables is not None
        return self.tables


Values = dict[str, Any]


@dataclass(frozen=True)
class Step:
    """`paths` are the settings it decides; `needs_tables`: it shows what the vendors have."""

    draw: Callable[[Asked], list[Group]]
    read: Callable[[Asked], Values]
    paths: Sequence[str] = ()
    needs_tables: bool = False


def _draw_tokens(asked: Asked) -> list[Group]:
    return [
        Group(asked.text("tokens.intercom"), [_token(asked, TOKENS[0])]),
        Group(
            asked.text("tokens.aircall"),
            [_token(asked, name) for name in TOKENS[1:]],
            asked.text("tokens.aircall_words"),
        ),
    ]


def _token(asked: Asked, name: str) -> Row:
    """Never shown again; of one that is kept its end is told."""
    label, hint = asked.text(f"token.{name}"), asked.text(f"token.{name}_words")
    if name in asked.fixed:
        return Row(label, meta=asked.text("from", place=asked.fixed[name]))
    kept = asked.tokens.get(name)
    shown = "" if kept is None else asked.text("kept_end" if kept else "kept", ending=kept)
    return Row(label, [Control("password", name, label, placeholder=shown)], hint=hint)


def read_tokens(asked: Asked, names: Sequence[str]) -> dict[str, str]:
    """Those that were typed; an empty field leaves what is kept."""
    typed = {name: asked.form.get(name, "").strip() for name in names if name not in asked.fixed}
    return {name: token for name, token in typed.items() if token}


def _draw_teams(asked: Asked) -> list[Group]:
    chosen = {team.id: team for team in asked.settings.teams}
    counts = _count(asked.known.conversations, "team_id")
    rows = []
    for key, name in _teams(asked.known).items():
        goal = chosen[key].online_text if key in chosen else None
        label = asked.text("teams.goal", name=name)
        controls = [
            Control("checkbox", "team", name, key, checked=not chosen or key in chosen),
            Control(
                "number",
                f"goal:{key}",
                label,
                "" if goal is None else str(goal),
                placeholder=asked.text("teams.goal_short"),
            ),
        ]
        n = asked.formats.count(counts.get(key, 0))
        rows.append(Row(name, controls, asked.text("conversations", n=n)))
    return [Group(asked.text("teams.which"), rows, asked.text("teams.words"), is_list=True)]


def _read_teams(asked: Asked) -> Values:
    """All of them is no restriction: conversations in no team count, and those of later teams."""
    form, names = asked.form, _teams(asked.known)
    goals = {key: form.get(f"goal:{key}", "").strip() for key in names}
    ticked = [key for key in form.getlist("team") if key in names]
    if set(ticked) == set(names) and not any(goals.values()):
        return {"teams": []}
    return {
        "teams": [
            {"id": key, "name": names[key], "online_text": _whole(goals[key])} for key in ticked
        ]
    }


def _draw_labels(asked: Asked) -> list[Group]:
    found = _list_attributes(asked.known)
    proposed = propose_labels([*found]) if asked.is_first else {}
    rows = []
    for key in LABELS:
        current = getattr(asked.settings.attributes, key)
        known = {fold_label(label): label for label in found}
        value = known.get(fold_label(current)) or proposed.get(key, "")
        options = [("", asked.text("labels.none")), *(_describe(asked, *a) for a in found.items())]
        label = asked.text(f"labels.{key}")
        control = Control("select", key, label, value, options=options)
        rows.append(Row(label, [control], hint=asked.text(f"labels.{key}_words")))
    status = _draw_resolved(asked, rows)
    return [Group(asked.text("labels.which"), rows), Group(asked.text("labels.end"), [status])]


def _draw_resolved(asked: Asked, rows: Sequence[Row]) -> Row:
    """Which value of the status is the end: those that conversations have of it."""
    label = asked.text("labels.resolved_value")
    chosen = next(row.controls[0].value for row in rows if row.controls[0].name == "status")
    resolved = asked.settings.attributes.resolved_value
    values = [value for value, _ in _values(asked.known, chosen)] if chosen else []
    if resolved not in values:
        values.append(resolved)
        likely = [v for v in values if any(w in fold_letters(v) for w in RESOLVED_WORDS)]
        resolved = next(iter(likely), resolved)
    options = [(value, value) for value in values]
    control = Control("select", "resolved_value", label, resolved, options=options)
    return Row(label, [control], hint=asked.text("labels.resolved_words"))


def _read_labels(asked: Asked) -> Values:
    """Where the workspace has none, the name of before stays, and what rests on it empty."""
    typed = {key: asked.form.get(key, "").strip() for key in (*LABELS, "resolved_value")}
    return {f"attributes.{key}": value for key, value in typed.items() if value}


def explain_resolved(asked: Asked) -> str:
    """What is still to be chosen where the status has not the value that means resolved."""
    labels = asked.settings.attributes
    values = [value for value, _ in _values(asked.known, labels.status)]
    if not values or labels.resolved_value in values:
        return ""
    return asked.text("labels.choose", label=labels.status)


def _describe(asked: Asked, label: str, share: float) -> tuple[str, str]:
    examples = ", ".join(
        value[:MOST_EXAMPLE] for value, _ in _values(asked.known, label)[:EXAMPLES]
    )
    return label, asked.text(
        "labels.option", label=label, share=asked.formats.share(share, 0), examples=examples
    )


def _list_attributes(tables: Tables) -> dict[str, float]:
    """Label -> share of the conversations that have a value, most first."""
    frame = tables.conversations
    columns = [c for c in frame.columns if c.startswith(ATTRIBUTE_PREFIX)]
    filled = {
        column.removeprefix(ATTRIBUTE_PREFIX): 1 - frame[column].null_count() / max(1, len(frame))
        for column in columns
    }
    ordered = sorted(filled.items(), key=lambda item: (-item[1], item[0]))
    return {label: share for label, share in ordered if share}


def _values(tables: Tables, label: str) -> list[tuple[str, int]]:
    """Most first, with how many conversations have each."""
    column = ATTRIBUTE_PREFIX + label
    if column not in tables.conversations:
        return []
    counted = tables.conversations[column].drop_nulls().value_counts(sort=True).head(30)
    return [(str(v), n) for v, n in counted.iter_rows() if SEPARATOR not in str(v)]


def _draw_people(asked: Asked) -> list[Group]:
    texts, voices = _unmatched(asked)
    given = [(pair.intercom, pair.aircall) for pair in asked.settings.people]
    proposed = [(text.email, voice.email) for text, voice in propose_people(texts, voices)]
    names = _names_by_email(asked.known)
    taken = {email for pair in (*given, *proposed) for email in pair}
    rows = [
        Row(
            names.get(pair[0], pair[0]),
            [
                Control(
                    "checkbox",
                    "pair",
                    " = ".join(pair),
                    " ".join(pair),
                    pair in given or asked.is_first,
                )
            ],
            meta=asked.text("people.pair", intercom=pair[0], aircall=pair[1]),
        )
        for pair in (*given, *proposed)
    ]
    free = [person for person in texts if person.email not in taken]
    options = [("", asked.text("people.nobody"))]
    options += [(person.email, f"{person.name}, {person.email}") for person in free]
    others = [
        Row(
            person.name,
            [Control("select", f"match:{person.email}", person.name, options=options)],
            person.email,
        )
        for person in voices
        if person.email not in taken
    ]
    groups = [Group(asked.text("people.pairs"), rows, is_list=True)] if rows else []
    if others:
        words = asked.text("people.others_words")
        groups.append(Group(asked.text("people.others"), others, words, is_list=True))
    return groups or [Group(asked.text("people.all"), [], asked.text("people.all_words"))]


def _read_people(asked: Asked) -> Values:
    pairs = [pair.split(" ") for pair in asked.form.getlist("pair")]
    pairs += [
        [email, name.removeprefix("match:")]
        for name, email in asked.form.items()
        if name.startswith("match:") and email
    ]
    return {"people": [{"intercom": p[0], "aircall": p[1]} for p in pairs if len(p) == 2]}


def _names_by_email(tables: Tables) -> dict[str, str]:
    return dict(tables.agents.select("email", "name").drop_nulls().iter_rows())


def _unmatched(asked: Asked) -> tuple[list[Person], list[Person]]:
    """People in Intercom without a telephone, and people whom only Aircall knows."""
    agents = asked.known.agents.filter(is_true("active") & ~is_true("bot"))
    agents = agents.filter(pl.col("email").is_not_null())
    is_voice_only = pl.col("id").str.starts_with("voice:")
    sides = (
        agents.filter(~is_voice_only & pl.col("voice_id").is_null()),
        agents.filter(is_voice_only),
    )
    ours, theirs = (
        [Person(name or email, email) for name, email in side.select("name", "email").iter_rows()]
        for side in sides
    )
    return ours, theirs


def _draw_lines(asked: Asked) -> list[Group]:
    teams, telephony = _teams(asked.known), asked.settings.telephony
    calls = asked.known.calls
    counts = _count(calls.with_columns(line=line_of()), "line")
    rows = []
    for key, name in line_names(calls).items():
        team = telephony.lines.get(name) or (propose_team(name, teams) if asked.is_first else None)
        options = [("", asked.text("lines.no_team")), *teams.items()]
        controls = [
            Control("checkbox", "main", name, name, name in telephony.main_lines),
            Control("select", f"line:{name}", name, team or "", options=options),
        ]
        rows.append(Row(name, controls, asked.text("calls", n=asked.formats.count(counts[key]))))
    return [Group(asked.text("lines.which"), rows, asked.text("lines.words"), is_list=True)]


def _read_lines(asked: Asked) -> Values:
    form = asked.form
    lines = {k.removeprefix("line:"): v for k, v in form.items() if k.startswith("line:") and v}
    return {"telephony.lines": lines, "telephony.main_lines": form.getlist("main")}


def _draw_hours(asked: Asked) -> list[Group]:
    hours = asked.settings.office_hours
    rows = []
    for day in DAYS:
        name = asked.formats.text(f"setup.day.{day}")
        openings = [*getattr(hours, day), *[""] * OPENINGS][:OPENINGS]
        controls = [
            Control("time", f"{day}:{place}:{side}", f"{name} {asked.text(f'hours.{side}')}", part)
            for place, opening in enumerate(openings)
            for side, part in zip(("from", "to"), _split_opening(opening), strict=True)
        ]
        rows.append(Row(name, controls))
    offered = {h.day: h for h in _offer_holidays(asked)}
    holidays = [
        Row(
            asked.text(f"holiday.{h.key}"),
            [
                Control(
                    "checkbox",
                    "holiday",
                    asked.text(f"holiday.{h.key}"),
                    day.isoformat(),
                    day in hours.holidays or (asked.is_first and not h.is_optional),
                )
            ],
            f"{asked.formats.weekday(day)} {day.year}",
        )
        for day, h in offered.items()
    ]
    own = ", ".join(day.isoformat() for day in hours.holidays if day not in offered)
    label = asked.text("hours.own")
    others = Row(label, [Control("text", "others", label, own, placeholder="2026-07-09")])
    return [
        Group(asked.text("hours.week"), rows, asked.text("hours.week_words"), is_list=True),
        Group(
            asked.text("hours.holidays"),
            [*holidays, others],
            asked.text("hours.holidays_words"),
            is_list=True,
        ),
    ]


def _offer_holidays(asked: Asked) -> Iterator[Any]:
    """Those to come, of this year and the next."""
    now = asked.known.now.astimezone(asked.settings.zone).date()
    for year in range(now.year, now.year + YEARS):
        yield from (holiday for holiday in list_holidays(year) if holiday.day >= now)


def _read_hours(asked: Asked) -> Values:
    form = asked.form
    values: Values = {
        f"office_hours.{day}": [
            f"{start}-{end}"
            for place in range(OPENINGS)
            for start in [form.get(f"{day}:{place}:from", "")]
            for end in [form.get(f"{day}:{place}:to", "").replace("23:59", "24:00")]
            if start or end
        ]
        for day in DAYS
    }
    typed = re.findall(r"[^\s,;]+", form.get("others", ""))
    values["office_hours.holidays"] = sorted({*form.getlist("holiday"), *typed})
    return values


def _split_opening(opening: str) -> tuple[str, str]:
    start, _, end = opening.partition("-")
    return start, "23:59" if end == "24:00" else end


def _draw_goals(asked: Asked) -> list[Group]:
    settings = asked.settings
    values = {
        "goals.online_text": settings.goals.online_text,
        "goals.online_voice": settings.goals.online_voice,
        "goals.classification": round(settings.goals.classification * 100, 2),
        "targets.first_response_seconds": settings.targets.first_response_seconds / 60,
        "targets.close_seconds": settings.targets.close_seconds / 3600,
        "targets.service_level_seconds": settings.targets.service_level_seconds,
        "alerts.queue.limit_minutes": settings.alerts.queue.limit_minutes,  # type: ignore[attr-defined]
    }
    rows = [
        Row(
            asked.text(f"goal.{path.replace('.', '_')}"),
            [Control("number", path, asked.text(f"goal.{path.replace('.', '_')}"), f"{value:g}")],
            asked.text(f"goal.unit.{path.replace('.', '_')}"),
        )
        for path, value in values.items()
    ]
    return [Group(asked.text("goals.which"), rows, is_list=True)]


FACTORS = {
    "goals.classification": 1 / 100,
    "targets.first_response_seconds": 60,
    "targets.close_seconds": 3600,
}
GOALS = (
    "goals.online_text",
    "goals.online_voice",
    "goals.classification",
    "targets.first_response_seconds",
    "targets.close_seconds",
    "targets.service_level_seconds",
    "alerts.queue.limit_minutes",
)


def _read_goals(asked: Asked) -> Values:
    """What is no number is left to the settings to refuse, in the reader's words."""
    values: Values = {}
    for path in GOALS:
        typed = asked.form.get(path, "").strip().replace(",", ".")
        number = _whole(typed) if path.startswith("goals.online") else _number(typed)
        factor = FACTORS.get(path)
        scaled = isinstance(number, int | float) and factor is not None
        values[path] = round(number * factor, 6) if scaled else number
    return values


def _draw_slack(asked: Asked) -> list[Group]:
    slack = asked.settings.slack
    rows = [
        Row(
            asked.text(f"slack.{name}"),
            [
                Control(
                    "text", f"slack.{name}", asked.text(f"slack.{name}"), getattr(slack, name) or ""
                )
            ],
            hint=asked.text(f"slack.{name}_words"),
        )
        for name in ("channel", "mention")
    ]
    return [
        Group(asked.text("slack.webhook"), [_token(asked, SLACK_TOKENS[0])]),
        Group(asked.text("slack.bot"), [_token(asked, SLACK_TOKENS[1]), *rows]),
    ]


def _read_slack(asked: Asked) -> Values:
    return {
        f"slack.{name}": asked.form.get(f"slack.{name}", "").strip() or None
        for name in ("channel", "mention")
    }


def _draw_wall(asked: Asked) -> list[Group]:
    label = asked.text("wall.name")
    control = Control("text", "name", label, placeholder=asked.text("wall.example"))
    return [Group(asked.text("wall.which"), [Row(label, [control])], asked.text("wall.words"))]


def _teams(tables: Tables) -> dict[str, str]:
    present = tables.teams.filter(pl.col("active").fill_null(value=True)).sort("name")
    return dict(present.select("id", "name").iter_rows())


def _count(frame: pl.DataFrame, column: str) -> dict[str, int]:
    counted = frame.group_by(pl.col(column).cast(pl.String)).len().drop_nulls()
    return dict(counted.iter_rows())


def _whole(text: str) -> Any:
    return int(text) if re.fullmatch(r"\d{1,9}", text) else text or None


def _number(text: str) -> Any:
    return float(text) if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text) else text or None


STEPS: Mapping[str, Step] = {
    "tokens": Step(_draw_tokens, lambda asked: {}, TOKENS),
    "teams": Step(_draw_teams, _read_teams, ("teams",), needs_tables=True),
    "labels": Step(
        _draw_labels,
        _read_labels,
        tuple(f"attributes.{key}" for key in (*LABELS, "resolved_value")),
        needs_tables=True,
    ),
    "people": Step(_draw_people, _read_people, ("people",), needs_tables=True),
    "lines": Step(
        _draw_lines, _read_lines, ("telephony.lines", "telephony.main_lines"), needs_tables=True
    ),
    "hours": Step(
        _draw_hours,
        _read_hours,
        (*(f"office_hours.{day}" for day in DAYS), "office_hours.holidays"),
        needs_tables=True,
    ),
    "goals": Step(_draw_goals, _read_goals, GOALS, needs_tables=True),
    "slack": Step(_draw_slack, _read_slack, ("slack.channel", "slack.mention", *SLACK_TOKENS)),
    "wall": Step(_draw_wall, lambda asked: {}),
}
