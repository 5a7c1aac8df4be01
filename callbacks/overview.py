"""The overview: filled when its address changes, and when a new version arrives."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from dash import ClientsideFunction, Dash, Input, Output, State, no_update
from dash.development.base_component import Component

from callbacks import overview_figures as figures
from callbacks.api_query import ParameterError
from callbacks.overview_query import OverviewQuery, read_overview
from callbacks.roles import role_callback
from callbacks.session import current_context
from layouts import ids, overview
from layouts.components import states
from layouts.components.filter_bar import Bar, Option
from layouts.context import Context
from layouts.shell import MANAGER
from metrics import people, telephony
from metrics.now import team_names
from services.backend import Backend
from services.dataset import Snapshot

PATH = "/overview"
PAGE = overview.PAGE


def register(app: Dash, backend: Backend) -> None:
    """Attach the page's callbacks."""

    @role_callback(app, roles={MANAGER})(
        Output(ids.panel(PAGE, "content"), "children"),
        Output(ids.panel(PAGE, "version"), "data"),
        Input(ids.URL, "search"),
        Input(ids.REFRESH, "n_intervals"),
        State(ids.URL, "pathname"),
        State(ids.panel(PAGE, "version"), "data"),
    )
    def show_overview(
        search: str | None, _: int | None, path: str | None, shown: str | None
    ) -> tuple[Any, Any]:
        snapshot = backend.dataset.snapshot()
        marker = f"{snapshot.version if snapshot else 0} {search or ''}"
        if path != PATH or marker == shown:
            return no_update, no_update
        context = current_context(backend, PATH)
        if snapshot is None:
            return states.starting(context), marker
        key = ("overview", context.theme, context.text.language, search)
        content = backend.dataset.cached(key, lambda: _content(backend, snapshot, search, context))
        return content, marker

    app.clientside_callback(
        ClientsideFunction("filters", "choose"),
        Output(ids.URL, "search", allow_duplicate=True),
        Input(ids.panel(PAGE, "choose-team"), "value"),
        Input(ids.panel(PAGE, "choose-agent"), "value"),
        Input(ids.panel(PAGE, "apply-dates"), "n_clicks"),
        State(ids.panel(PAGE, "date-from"), "value"),
        State(ids.panel(PAGE, "date-to"), "value"),
        State(ids.URL, "search"),
        prevent_initial_call=True,
    )


def render(context: Context, search: str) -> Component:
    """The page's frame."""
    return overview.page(context)


def _content(
    backend: Backend, snapshot: Snapshot, search: str | None, context: Context
) -> list[Component]:
    query, notice = _query(search, snapshot, backend, context)
    rules = backend.rules.with_clock(query.clock)
    words = _filter_words(query, snapshot, backend, context)
    question = figures.Question(snapshot, query, rules, words)
    if notice is None and not snapshot.history.complete:
        history = snapshot.history
        notice = overview.partial(history.loaded_days, history.total_days, context)
    at = datetime.now(UTC)
    sheet = figures.kpis(question, at, context)
    reasons, mentions = figures.reasons(question)
    agents, total = figures.agents(question, context)
    credits = telephony.calls_per_agent(snapshot.tables, question.period, query.filters, rules)
    label = rules.labels.reason
    return overview.content(
        overview.Overview(
            bar=_bar(query, search, question, backend, context),
            notice=notice,
            kpis=sheet,
            news=figures.news(sheet, reasons, context),
            reasons=reasons,
            mentions=mentions,
            reason_label=label,
            reason_missing=f"attr.{label}" not in snapshot.tables.conversations,
            days=figures.days(question),
            hours=figures.hours(question),
            points=figures.points(question),
            by_reason=query.matrix == "reason",
            origins=figures.origins(question),
            agents=agents,
            total=total,
            csat_minimum=rules.csat_minimum,
            goal=rules.goal_classification,
            participations=int(credits.loc[credits["agent_id"].notna(), "calls"].sum()),
        ),
        context,
    )


def _query(
    search: str | None, snapshot: Snapshot, backend: Backend, context: Context
) -> tuple[OverviewQuery, Component | None]:
    """What the address asks for; where it cannot be used, the default and a banner that says so."""
    try:
        query = read_overview(search)
        figures.Question(snapshot, query, backend.rules).period  # noqa: B018
    except ParameterError as error:
        reason = None if "lies after" in str(error) else str(error)
        return OverviewQuery(), overview.unusable(reason, context)
    return query, None


def _bar(
    query: OverviewQuery,
    search: str | None,
    question: figures.Question,
    backend: Backend,
    context: Context,
) -> Bar:
    tables, rules = question.snapshot.tables, question.rules
    names = people.names(tables)
    teams = team_names(tables, rules)
    scope = {team: teams.get(team, team) for team in rules.team_ids} or teams
    members = set(people.members(tables, rules)["id"]) | set(query.agent)
    agents = {
        a: names.get(a, ("", ""))[0] or context.text("overview.unknown_agent", id=a)
        for a in members
    }
    return Bar(
        path=PATH,
        choices=_choices(search),
        period=question.period,
        preset=query.name,
        today=question.today,
        teams=_options(scope, query.team),
        agents=_options(agents, query.agent),
        origin=query.origin,
        clock=query.clock,
    )


def _options(names: Mapping[str, str], chosen: Sequence[str]) -> list[Option]:
    ordered = sorted(names.items(), key=lambda item: item[1].casefold())
    return [Option(value, words, value in chosen) for value, words in ordered]


def _choices(search: str | None) -> dict[str, list[str]]:
    return parse_qs((search or "").removeprefix("?"), max_num_fields=400)


def _filter_words(
    query: OverviewQuery, snapshot: Snapshot, backend: Backend, context: Context
) -> list[str]:
    """The filters as a passport says them."""
    text = context.text
    names = people.names(snapshot.tables)
    teams = team_names(snapshot.tables, backend.rules)
    words = []
    if query.team:
        chosen = ", ".join(teams.get(team, team) for team in query.team)
        words.append(f"{text('filters.team')}: {chosen}")
    if query.agent:
        chosen = ", ".join(names.get(agent, (agent, ""))[0] or agent for agent in query.agent)
        words.append(f"{text('filters.agent')}: {chosen}")
    if query.origin:
        words.append(f"{text('filters.origin.label')}: {text(f'filters.origin.{query.origin}')}")
    words += [f"{label}: {', '.join(values)}" for label, values in query.attributes.items()]
    return words
