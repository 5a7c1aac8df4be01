"""The wall's numbers for one choice of rows: asked of `metrics`, handed to `layouts`."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta

from callbacks.pages.operations.agents import Choices, build_agents_panel, build_timeline
from callbacks.pages.operations.query import OperationsView
from callbacks.reports.first_start import describe_start
from callbacks.reports.metric_info import number_info
from layouts.components.context import Context
from layouts.components.live_time import data_age
from layouts.components.metric_info import MetricInfo
from layouts.elements import Element
from layouts.pages.operations.calls_strip import Calls
from layouts.pages.operations.day_curve import Curve, Slot, Tick
from layouts.pages.operations.line import Line, Waiting
from layouts.pages.operations.page import Debt, Figure, Rotation, Wall
from layouts.pages.operations.queue_panel import Assignment, QueuePanel
from metrics.live import current as now
from metrics.live import today as watch
from metrics.live import trends
from metrics.live.current import QueueRow
from metrics.live.projection import Projection, queue_at_closing
from metrics.live.running_calls import on_call_now, ringing_now
from metrics.model.catalog import CATALOG
from metrics.model.office_hours import is_open_at
from metrics.model.periods import Period, today
from metrics.model.summary import Summary


class WallMetricInfo:
    """Screens in a room have none."""

    def __init__(self, question: OperationsView, at: datetime, context: Context) -> None:
        self._question = question
        self._at = at
        self._context = context

    def info(self, key: str, number: Summary | None = None) -> MetricInfo | None:
        question, text = self._question, self._context.text
        if question.kiosk:
            return None
        filters = [f"{text('filters.team')}: {name_scope(question, self._context)}"]
        chosen = filters if question.query.team else []
        metric = CATALOG.get(key)
        if metric is None or number is None:
            data = (text("passport.data"), self._data())
            lines = [(text("passport.period"), self._stretch())]
            lines += [(text("passport.filters"), "; ".join(chosen) or text("passport.no_filters"))]
            return MetricInfo(key, (*lines, data))
        zone = question.rules.time_zone
        period = None
        if metric.dated_by is not None:
            period = Period(today(question.start, zone), question.today)
        made = number_info(
            metric,
            number,
            None,
            period,
            chosen,
            question.snapshot,
            question.rules,
            self._at,
            self._context,
        )
        if metric.dated_by is None:
            return made
        when = text("passport.period")
        return MetricInfo(
            key,
            [(what, self._stretch() if what == when else words) for what, words in made.lines],
        )

    def _stretch(self) -> str:
        is_long = self._question.query.period == "48h"
        return self._context.text(
            f"operations.period.{'words_48h' if is_long else 'today'}",
        )

    def _data(self) -> Element:
        snapshot = self._question.snapshot
        published = snapshot.published_at
        return data_age(["published"], published, snapshot.version, self._at, self._context)


def name_scope(question: OperationsView, context: Context) -> str:
    text = context.text
    ids = question.query.team or tuple(question.teams)
    named = [question.teams.get(team) or text("operations.team.unknown", id=team) for team in ids]
    if not named or len(named) > 3:
        return text("operations.team.all")
    return text("operations.team.and").join([", ".join(named[:-1]), named[-1]][-len(named) :])


# Hours that are drawn where nothing has arrived and nothing is usual.
FIRST_HOUR, LAST_HOUR = 8, 18
# Shorter than this, every second hour has its tick.
FEW_HOURS = 13


def build_curve(
    question: OperationsView,
    info: Callable[[str], MetricInfo | None],
    context: Context,
) -> Curve:
    """Arrivals of the stretch per half hour, with the usual band once the history is whole."""
    slots = _build_slots(question)
    usual = None
    if question.query.period == "today":
        usual = trends.usual_until(
            question.view, question.today, first_day=_find_history_start(question)
        )
    banded = any(slot.high is not None for slot in slots)
    return Curve(
        slots=slots,
        ticks=_build_ticks(slots, question, context),
        now=_count_hours_now(question),
        total=int(question.numbers["conversations"].value or 0),
        usual=usual,
        note="" if banded else _build_note(question, context),
        table=[_build_table_row(slot, context) for slot in slots],
        info=info("arrivals"),
        late=question.late_at("intercom") is not None,
        closing=_project_closing(question),
        closing_info=info("queue_at_closing"),
    )


def _project_closing(question: OperationsView) -> Projection | None:
    """Where the queue is heading; of fresh numbers of today only."""
    if question.query.period != "today" or question.late_at("intercom") is not None:
        return None
    return queue_at_closing(question.view, first_day=_find_history_start(question))


def _find_history_start(question: OperationsView) -> date | None:
    """The first loaded day; None while history arrives: part of it says nothing about usual."""
    history = question.snapshot.history
    return history.first_day if history.complete else None


def _find_first_day(question: OperationsView) -> date:
    return today(question.start, question.rules.time_zone)


def _build_slots(question: OperationsView) -> list[Slot]:
    """The half hours of the stretch; the one that runs now has no count yet."""
    first = _find_first_day(question)
    now = _count_hours_now(question)
    slots = []
    for number in range((question.today - first).days + 1):
        arrivals = trends.arrivals(
            question.view, first + timedelta(days=number), first_day=_find_history_start(question)
        )
        for place, half in enumerate(arrivals):
            hour = number * 24 + place / 2
            count = half.count if hour + 0.5 <= now else None
            band = (half.band.low, half.band.usual, half.band.high) if half.band else ()
            slots.append(Slot(hour, count, *band))
    return _trim_slots(slots, question)


def _trim_slots(slots: list[Slot], question: OperationsView) -> list[Slot]:
    """Without the empty hours at either end; of 48 hours, from their first instant on."""
    if question.query.period == "48h":
        start = _count_hours(question.start, question)
        return [slot for slot in slots if slot.hour + 0.5 > start]
    busy_hours = [slot.hour for slot in slots if slot.count or (slot.high or 0) >= 1]
    first = min([*busy_hours, FIRST_HOUR])
    last = max([*busy_hours, LAST_HOUR, _count_hours_now(question)])
    return [slot for slot in slots if first <= slot.hour <= last]


def _count_hours(instant: datetime, question: OperationsView) -> float:
    local = instant.astimezone(question.rules.time_zone)
    days = (local.date() - _find_first_day(question)).days
    return float(days * 24 + local.hour + local.minute / 60)


def _count_hours_now(question: OperationsView) -> float:
    return _count_hours(question.tables.now, question)


def _build_ticks(slots: list[Slot], question: OperationsView, context: Context) -> list[Tick]:
    first, last = slots[0].hour, slots[-1].hour + 0.5
    if question.query.period == "48h":
        return [
            Tick(hour, _label_tick(hour, question, context))
            for hour in range(0, 97, 12)
            if first <= hour < last
        ]
    step = 2 if last - first <= FEW_HOURS + 5 else 3
    hours = [hour for hour in range(25) if first < hour <= last and hour % step == 0]
    return [Tick(hour, f"{hour}h") for hour in hours]


def _label_tick(hour: int, question: OperationsView, context: Context) -> str:
    if hour % 24:
        return f"{hour % 24}h"
    day = _find_first_day(question) + timedelta(days=hour // 24)
    return context.formats.weekday(day)


def _build_note(question: OperationsView, context: Context) -> str:
    history, formats = question.snapshot.history, context.formats
    if not history.complete:
        return context.text(
            "operations.curve.history",
            loaded=formats.count(history.loaded_days),
            total=formats.count(history.total_days),
        )
    return context.text("operations.curve.no_usual")


def _build_table_row(slot: Slot, context: Context) -> tuple[str, str, str]:
    formats = context.formats
    minutes = round(slot.hour * 60) % 1440
    count = context.text("states.no_data") if slot.count is None else formats.count(slot.count)
    usual = ""
    if slot.low is not None and slot.high is not None:
        usual = context.text(
            "charts.usual", low=formats.count(slot.low), high=formats.count(slot.high)
        )
    return f"{minutes // 60:02d}:{minutes % 60:02d}", count, usual


ASSIGNMENTS = 10


def build_wall(question: OperationsView, choices: Choices, at: datetime, context: Context) -> Wall:
    """`choices` are the address's parameters, for the links."""
    infos = WallMetricInfo(question, at, context)
    latest = _list_latest(question)
    return Wall(
        kiosk=question.kiosk,
        at=at,
        teams=name_scope(question, context),
        rotation=build_rotation(question),
        sound=question.query.sound is not None,
        period=question.query.period,
        sources=question.snapshot.sources,
        late=question.late,
        notice=None,
        start=describe_start(question.snapshot, context, dated=False),
        queue_panel=_build_queue_panel(question, infos),
        agents_panel=build_agents_panel(question, choices),
        curve=build_curve(question, infos.info, context),
        figures=_build_figures(question, infos, context),
        debt=_build_debt(question, infos),
        calls=_build_calls(question),
        latest=latest,
        timeline=build_timeline(question, infos.info),
        choices=choices,
        subjects=any(assignment.subject is not None for assignment in latest),
    )


def build_rotation(question: OperationsView) -> Rotation | None:
    """The teams that a wall in a room goes round; nothing where there is one at most."""
    seconds = question.query.rotate
    if seconds is None or len(question.teams) < 2:
        return None
    return Rotation(seconds, tuple(question.teams))


def _build_queue_panel(question: OperationsView, infos: WallMetricInfo) -> QueuePanel:
    work = question.work
    numbers = {key: question.numbers[key] for key in ("queue", "longest_wait")}
    shown_infos = [infos.info(key, number) for key, number in numbers.items()]
    longest = watch.longest_wait_of(question.today, question.view)
    return QueuePanel(
        work=work,
        line=_build_line(question),
        by_team=_count_by_team(work.untaken),
        quiet_since=None if work.longest_since else watch.quiet_since(question.view),
        longest_today=None if longest is None else (longest.seconds, longest.since),
        infos=[entry for entry in shown_infos if entry is not None],
    )


def _build_line(question: OperationsView) -> Line:
    # Nobody's conversation yet: only who may see everybody's may open it, and read of whom it is.
    may_see, links = question.may_see(None), question.links
    addresses = {"ticket": links.ticket, "ringing": None, "callback": None}
    rows = []
    for row in question.line:
        address = addresses.get(row.kind, links.conversation)
        about = ", ".join(filter(None, (row.contact_name or row.digits, row.subject)))
        rows.append(
            Waiting(row, address(row.id) if may_see and address else None, about or None)
            if may_see
            else Waiting(row)
        )
    return Line(
        rows=rows,
        late_at=question.late_at("intercom"),
        with_calls=question.with_calls or not question.has_voice,
        chosen=question.query.kind,
    )


def _count_by_team(queue: Sequence[QueueRow]) -> list[tuple[str | None, int]]:
    counts = Counter(row.team or None for row in queue)
    return sorted(counts.items(), key=lambda item: (item[0] is not None, -item[1], item[0] or ""))


def _build_figures(
    question: OperationsView, infos: WallMetricInfo, context: Context
) -> list[Figure]:
    shown = [_build_conversations_figure(question, infos, context)]
    if question.has_voice:
        shown.append(_build_calls_figure(question, infos, context))
    shown.append(_build_online_figure("online_text", question, infos, context))
    if question.has_voice:
        shown.append(_build_online_figure("online_voice", question, infos, context))
    return shown


def _build_conversations_figure(
    question: OperationsView, infos: WallMetricInfo, context: Context
) -> Figure:
    number = question.numbers["conversations"]
    recent = int(question.numbers["arrivals_recent"].value or 0)
    note = context.text.plural("operations.figures.recent", recent, n=context.formats.count(recent))
    return Figure(
        "conversations",
        None if number.value is None else int(number.value),
        context.text(f"gaps.{number.gap}") if number.gap else note,
        info=infos.info("conversations", number),
        late_at=question.late_at("intercom"),
    )


def _build_calls_figure(
    question: OperationsView, infos: WallMetricInfo, context: Context
) -> Figure:
    number = question.numbers["calls_answered"]
    missed = question.numbers["calls_missed"].value
    note = context.text("operations.figures.missed_unknown")
    if missed is not None:
        n = context.formats.count(missed)
        note = context.text.plural("operations.figures.missed", int(missed), n=n)
    return Figure(
        "calls_answered",
        None if number.value is None else int(number.value),
        context.text(f"gaps.{number.gap}") if number.gap else note,
        info=infos.info("calls_answered", number),
        late_at=question.late_at("aircall"),
    )


def _build_online_figure(
    key: str, question: OperationsView, infos: WallMetricInfo, context: Context
) -> Figure:
    text, formats = context.text, context.formats
    number = question.numbers[key]
    known = key == "online_text" or question.voice_read
    value = int(number.value or 0)
    goal = _find_goal(key, question)
    works = is_open_at(question.tables.now, question.rules)
    missing = goal - value
    note = text("operations.figures.goal", n=formats.count(goal))
    if missing > 0 and works:
        note = text.plural(
            "operations.figures.short",
            missing,
            n=formats.count(missing),
            goal=formats.count(goal),
        )
    elif missing > 0:
        note = text("operations.figures.closed", n=formats.count(goal))
    verdict = "reached" if missing <= 0 else "short" if works else ""
    return Figure(
        key,
        value if known else None,
        note if known else "",
        verdict if known else "",  # type: ignore[arg-type]
        infos.info(key, number),
        question.late_at("intercom" if key == "online_text" else "aircall"),
    )


def _find_goal(key: str, question: OperationsView) -> int:
    """The common goal; of chosen teams their own, if each of them has one."""
    rules = question.rules
    if key == "online_voice":
        return rules.goal_online_voice
    own = {team.id: team.online_text for team in rules.teams if team.online_text is not None}
    chosen = question.query.team
    if chosen and all(team in own for team in chosen):
        return sum(own[team] for team in chosen)
    return rules.goal_online_text


def _build_calls(question: OperationsView) -> Calls | None:
    """Of this moment: old ones are nobody's any more."""
    if not question.with_calls:
        return None
    return Calls(ringing_now(question.view), on_call_now(question.view))


def _build_debt(question: OperationsView, infos: WallMetricInfo) -> Debt | None:
    if not question.voice_read or question.numbers["calls_missed"].gap:
        return None
    teams = question.query.team
    owed = now.callback_debt(question.tables, question.rules, question.start, teams)
    oldest = owed[0].since if owed else None
    late = question.late_at("aircall")
    return Debt(len(owed), oldest, infos.info("callback_debt"), late)


def _list_latest(question: OperationsView) -> Sequence[Assignment]:
    """The latest assignments; a subject only where the reader may see that person's rows."""
    on_device = question.viewer.role == "wall" and question.settings.wall.customer_data
    assignments = []
    for row in now.last_assignments(question.view, ASSIGNMENTS):
        may_see = question.may_see(row.agent_id)
        assignments.append(
            Assignment(
                at=row.at,
                agent=row.agent or row.agent_id,
                team=row.team or None,
                state=row.state,
                subject=(row.subject or "") if may_see or on_device else None,
                url=question.links.conversation(row.id) if may_see else None,
            )
        )
    return assignments
