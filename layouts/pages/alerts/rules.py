"""The rules, with thresholds that are changed in their place."""

from typing import Any

from layouts.components.context import Context
from layouts.components.panel import panel
from layouts.components.popover import popover
from layouts.components.severity import severity_pill
from layouts.elements import Element, dcc, html
from layouts.icons import icon
from layouts.pages.alerts.data import PAGE, RuleRow
from metrics.alerts.rules import RULES

SEVERITIES = ("critical", "warning", "info")


def rules(rows: list[RuleRow], context: Context) -> Element:
    text = context.text
    export = html.Button(
        [icon("filetype-yml"), text("alerts.export")],
        className="button",
        title=text("alerts.export_words"),
        **{"data-act": f"{PAGE}.export"},
    )
    names = ("rule_name", "fires_with", "repeats", "severity", "fired", "acted", "hygiene", "on")
    numbers = ("fired", "acted", "on")
    heads = [
        html.Th(
            text(f"alerts.head.{name}"), className="" if name in numbers else "left", scope="col"
        )
        for name in names
    ]
    body = [html.Tr(_cells(row, context), className="" if row.is_on else "off") for row in rows]
    table = html.Table(
        [html.Thead(html.Tr(heads)), html.Tbody(body)], className="grid-table rules-table"
    )
    return panel(
        text("alerts.rules"),
        html.Div(table, className="table-frame"),
        population=text("alerts.rules_words"),
        tools=[export],
        footnote=text("alerts.rules_foot"),
        id=f"{PAGE}--sheet",
    )


def _cells(row: RuleRow, context: Context) -> list[Element]:
    formats, text = context.formats, context.text
    fired = formats.count(row.fired) if row.fired else "0"
    return [
        html.Td(_name(row, context), className="left"),
        html.Td(_sentence(row, context), className="left"),
        html.Td(
            _cooldown(row, context),
            className="left",
            **{"data-head": text("alerts.head.repeats")},
        ),
        html.Td(_severity(row, context), className="left"),
        html.Td(fired),
        html.Td(formats.count(row.acknowledged)),
        html.Td(_hygiene(row, context), className="left"),
        html.Td(
            html.Button(
                html.Span(className="switch-dot"),
                className="switch",
                role="switch",
                **{
                    "aria-checked": "true" if row.is_on else "false",
                    "aria-label": text("alerts.switch", rule=text(f"alerts.rule.{row.rule}")),
                    "data-act": f"{PAGE}.{'off' if row.is_on else 'on'}",
                    "data-rule": row.rule,
                },
                disabled="enabled" in row.fixed,
                title=_tell_fixed(row, "enabled", context),
            )
        ),
    ]


def _name(row: RuleRow, context: Context) -> list[Any]:
    text = context.text
    shown: list[Any] = [html.Span(text(f"alerts.rule.{row.rule}"), className="name")]
    if row.is_edited:
        by = text("alerts.edited_by", by=row.edited_by) if row.edited_by else None
        shown.append(
            html.Button(
                [icon("arrow-counterclockwise"), text("alerts.reset")],
                className="link link-button",
                title=by,
                **{"data-act": f"{PAGE}.reset", "data-rule": row.rule},
            )
        )
    return shown


def _sentence(row: RuleRow, context: Context) -> Element:
    text = context.text
    parts: list[Any] = []
    adaptive = row.settings.get("mode") == "adaptive"
    # Drawn beside the mode that needs it.
    names = [name for name in RULES[row.rule].numbers if name != "probability"]
    for name in names:
        before, after = f"alerts.before.{row.rule}.{name}", f"alerts.after.{row.rule}.{name}"
        parts += [html.Span(text(before)) if text.has(before) else None, _field(row, name, context)]
        parts.append(html.Span(text(after)) if text.has(after) else None)
    if row.rule == "spike":
        parts.append(_mode(row, context))
        if adaptive:
            parts += [
                html.Span(text("alerts.before.spike.probability")),
                _field(row, "probability", context),
                html.Span(text("alerts.after.spike.probability")),
            ]
    return html.Div([part for part in parts if part is not None], className="sentence")


def _field(row: RuleRow, name: str, context: Context) -> Element:
    value = row.settings.get(name, row.cooldown_minutes)
    label = context.text(f"alerts.setting.{name}", rule=context.text(f"alerts.rule.{row.rule}"))
    shown = value * 100 if name == "probability" else value
    return html.Label(
        [
            html.Span(label, className="unseen"),
            dcc.Input(
                id=f"{PAGE}--field-{row.rule}-{name}",
                value=_number(shown, context),
                type="text",
                inputMode="decimal",
                maxLength=8,
                autoComplete="off",
                disabled=name in row.fixed,
            ),
        ],
        title=_tell_fixed(row, name, context),
        className="setting" + (" setting-edited" if row.is_edited else ""),
        **{"data-act": f"{PAGE}.set", "data-rule": row.rule, "data-name": name},
    )


def _tell_fixed(row: RuleRow, name: str, context: Context) -> str | None:
    place = row.fixed.get(name)
    return context.text("alerts.said.fixed", place=place) if place else None


def _number(value: float, context: Context) -> str:
    plain = f"{value:g}"
    return plain.replace(".", ",") if context.text.language == "pt-BR" else plain


def _mode(row: RuleRow, context: Context) -> Element:
    text, chosen = context.text, row.settings["mode"]
    buttons = [
        html.Button(
            text(f"alerts.mode.{mode}"),
            className="segment segment-on" if mode == chosen else "segment",
            title=text(f"alerts.mode_words.{mode}"),
            **{
                "data-act": f"{PAGE}.set",
                "data-rule": row.rule,
                "data-name": "mode",
                "data-value": mode,
                "aria-pressed": "true" if mode == chosen else "false",
            },
        )
        for mode in ("fixed", "adaptive")
    ]
    return html.Span(buttons, className="segmented mode", role="group")


def _cooldown(row: RuleRow, context: Context) -> Element:
    unit = html.Span(context.text("alerts.minutes_unit"))
    return html.Div([_field(row, "cooldown_minutes", context), unit], className="sentence")


def _severity(row: RuleRow, context: Context) -> Element:
    text, chip = context.text, f"{PAGE}--severity-{row.rule}"
    if row.severity is None:
        return html.Span(text("alerts.by_wait"), className="quiet")
    choices = [
        html.Li(
            html.Button(
                severity_pill(severity, context),
                className="choice choice-on" if severity == row.severity else "choice",
                **{
                    "data-act": f"{PAGE}.set",
                    "data-rule": row.rule,
                    "data-name": "severity",
                    "data-value": severity,
                },
            )
        )
        for severity in SEVERITIES
    ]
    label = text("alerts.setting.severity", rule=text(f"alerts.rule.{row.rule}"))
    return html.Span(
        [
            html.Button(
                severity_pill(row.severity, context),
                id=chip,
                className="pill-button",
                title=label,
                **{"aria-haspopup": "dialog"},
            ),
            popover(chip, html.Ul(choices)),
        ]
    )


def _hygiene(row: RuleRow, context: Context) -> Element:
    text, formats = context.text, context.formats
    lines: list[Any] = []
    if row.proposal is not None:
        threshold, avoided, fired = row.proposal
        words = text(
            "alerts.proposal", threshold=_number(threshold, context), avoided=avoided, fired=fired
        )
        lines.append(html.Span(words, className="proposal"))
    elif row.fired >= 5 and not row.acknowledged:
        lines.append(html.Span(text("alerts.nobody_acted"), className="proposal"))
    if row.median_seconds is not None:
        median = formats.rough(row.median_seconds)
        lines.append(
            html.Small(text("alerts.hygiene", n=formats.count(row.by_itself), median=median))
        )
    if row.modes is not None:
        fixed, adaptive = (formats.count(row.modes[mode]) for mode in ("fixed", "adaptive"))
        lines.append(html.Small(text("alerts.modes", fixed=fixed, adaptive=adaptive)))
    elif row.rule == "spike":
        lines.append(html.Small(text("alerts.modes_later")))
    if not row.fired:
        lines.append(html.Small(text("alerts.quiet_rule")))
    return html.Div(lines, className="hygiene")
