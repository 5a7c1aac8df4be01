"""The alerts page: what needs a person now, the rules, and what they have been good for."""

from typing import Any

from layouts import ids
from layouts.components.context import Context
from layouts.components.live_time import age
from layouts.components.shell import page_frame
from layouts.components.states import banner
from layouts.components.view_link import view_link
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.pages.alerts.data import PAGE, Alerts, RobotStatus
from layouts.pages.alerts.history import history, outgoing, week
from layouts.pages.alerts.live import live
from layouts.slack.delivery_errors import reason_words

# In the order of what `parts` draws.
PLACES = ("standing", "test", "notices", "live", "timeline", "history", "deliveries")


def page(context: Context) -> Element:
    text = context.text
    places = {place: html.Div(id=ids.panel(PAGE, place), className="stack") for place in PLACES[2:]}
    skeleton = [html.Div(className="skeleton skeleton-panel") for _ in range(2)]
    places["live"]["props"]["children"] = skeleton
    content = [
        dcc.Store(id=ids.panel(PAGE, "action")),
        dcc.Store(id=ids.panel(PAGE, "done")),
        dcc.Store(id=ids.panel(PAGE, "shown")),
        dcc.Interval(id=ids.panel(PAGE, "soon"), interval=1500, max_intervals=0),
        dcc.Download(id=ids.panel(PAGE, "download")),
        html.Span(id=ids.panel(PAGE, "said"), hidden=True),
        places["notices"],
        places["live"],
        places["timeline"],
        html.Div(id=ids.panel(PAGE, "rules")),
        places["history"],
        places["deliveries"],
    ]
    tools = [
        html.Div(id=ids.panel(PAGE, "standing"), className="standing"),
        html.Div(id=ids.panel(PAGE, "test"), className="test-message"),
    ]
    return page_frame(context, text("alerts.title"), content, tools=tools)


def parts(alerts: Alerts, context: Context) -> tuple[Any, ...]:
    """In the order of `PLACES`."""
    return (
        _robot_status(alerts, context),
        _test(alerts.robot, context),
        _notices(alerts.robot, context),
        live(alerts, context),
        week(alerts, context) if alerts.ever else None,
        history(alerts, context),
        outgoing(alerts, context),
    )


def unusable(reason: str, context: Context) -> Element:
    text = context.text
    link = view_link(text("alerts.clear"), "/alerts", "link")
    return banner("attention", text("alerts.unusable"), reason, link)


def _robot_status(alerts: Alerts, context: Context) -> list[Any]:
    text, robot = context.text, alerts.robot
    shown: list[Any] = []
    if robot.evaluated_at is not None:
        looked = age(robot.evaluated_at, alerts.at, context)
        gauge = html.Span(className="gauge" if robot.is_running else "gauge late")
        late = "" if robot.is_running else " late"
        shown.append(
            html.Span([gauge, text("alerts.evaluated"), looked], className=f"source-age{late}")
        )
    if robot.slack != "off":
        words = text("alerts.delivered", n=robot.delivered, of=robot.decided)
        shown.append(html.Span([icon("slack"), words], className="source-age"))
    if robot.quiet_hours:
        hours = ", ".join(robot.quiet_hours).replace("-", text("alerts.until"))
        words = text("alerts.silence", hours=hours)
        shown.append(html.Span([icon("moon"), words], className="source-age"))
    return shown


def _test(robot: RobotStatus, context: Context) -> list[Any]:
    text = context.text
    off = robot.slack == "off"
    button = html.Button(
        [icon("send"), text("alerts.test")],
        className="button",
        disabled=off or robot.test == "sending",
        title=text("alerts.reason.slack_is_off") if off else None,
        **{"data-act": f"{PAGE}.test"},
    )
    if robot.test is None:
        return [button]
    at = context.formats.clock(robot.test_at) if robot.test_at else ""
    words = text(f"alerts.test_{robot.test}", at=at)
    if robot.test_reason:
        words += f" {reason_words(robot.test_reason, context)}"
    kind = {"arrived": "check2", "given_up": "exclamation-triangle-fill"}.get(robot.test, "clock")
    colour = {"arrived": "good", "given_up": "warn"}.get(robot.test, "")
    return [html.Span([icon(kind, colour), words], className="test-result", role="status"), button]


def _notices(robot: RobotStatus, context: Context) -> list[Any]:
    text = context.text
    banners = []
    if robot.evaluated_at is None:
        banners.append(
            banner("information", text("alerts.never_looked"), text("alerts.wait_words"))
        )
    elif not robot.is_running:
        banners.append(
            banner("stale", text("alerts.not_running"), text("alerts.not_running_words"))
        )
    if not robot.enabled:
        banners.append(
            banner("information", text("alerts.disabled"), text("alerts.disabled_words"))
        )
    if robot.slack == "off":
        banners.append(
            banner("information", text("alerts.slack_off"), text("alerts.reason.slack_is_off"))
        )
    elif robot.slack in ("late", "failed"):
        words = reason_words(robot.slack_error, context)
        banners.append(banner("attention", text(f"alerts.slack_{robot.slack}"), words))
    return banners
