"""Two small pages for people: what this is, and what the robot said. All text is escaped."""

import html
import json
from typing import Any

from services.sandbox.answer import Answer
from services.sandbox.hours import local
from services.sandbox.slack_api import Message

Payload = dict[str, Any]
STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 46rem; margin: 2.5rem auto; padding: 0 1rem; }
article { border: 1px solid #8886; border-radius: .5rem; padding: .75rem 1rem; margin: 1rem 0; }
time { opacity: .7; font-size: .85rem; }
p { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0; }
table { border-collapse: collapse; } td, th { padding: .2rem .9rem .2rem 0; text-align: left; }
td { font-variant-numeric: tabular-nums; } code { font-size: .9em; }
"""
HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def index(counts: Payload) -> Answer:
    """What answers here."""
    rows = "".join(
        f"<tr><th>{_safe(label)}</th><td>{_safe(number)}</td></tr>"
        for label, number in (
            ("Conversas", counts["conversations"]),
            ("Abertas agora", counts["open"]),
            ("Pausadas", counts["snoozed"]),
            ("Sem responsável", counts["unassigned"]),
            ("Ligações", counts["calls"]),
        )
    )
    return _page(
        "Operação inventada",
        "<p>Este servidor imita as APIs do Intercom, do Aircall e do Slack para a demonstração e "
        "os testes do Vigia. Nenhuma pessoa, conversa ou ligação daqui existe.</p>"
        f"<table>{rows}</table>"
        '<p><a href="/slack">O que o robô disse no Slack</a></p>'
        "<p>Para clientes de API: <code>/conversations/search</code>, <code>/v1/calls</code> e os "
        "demais endereços publicados pelos fornecedores.</p>",
    )


def slack(messages: list[Message]) -> Answer:
    """What was said, newest first."""
    shown = "".join(_message(message) for message in reversed(messages))
    return _page("Slack de mentira", shown or "<p>O robô ainda não disse nada.</p>")


def _message(message: Message) -> str:
    said_at = local(message.at).strftime("%d/%m %H:%M:%S")
    edited = " (editada)" if message.edited_at is not None else ""
    lines = "".join(f"<p>{_safe(line)}</p>" for line in _lines(message.body))
    return f"<article><time>{said_at}{edited}</time>{lines}</article>"


def _lines(body: Payload) -> list[str]:
    """The words of its blocks; where there are none, its text."""
    found: list[str] = []
    for block in body.get("blocks") or []:
        if not isinstance(block, dict):
            continue
        pieces = [block.get("text"), *(block.get("fields") or []), *(block.get("elements") or [])]
        for piece in pieces:
            inner = piece.get("text") if isinstance(piece, dict) else None
            found.append(str(inner.get("text") if isinstance(inner, dict) else inner or ""))
    found = [line for line in found if line]
    return found or [str(body.get("text") or json.dumps(body, ensure_ascii=False))]


def _page(title: str, content: str) -> Answer:
    document = (
        '<!doctype html><html lang="pt-BR"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_safe(title)} · Vigia</title><style>{STYLE}</style>"
        f"<body><h1>{_safe(title)}</h1>{content}</body></html>"
    )
    return Answer(200, document.encode(), HEADERS, "text/html; charset=utf-8")


def _safe(value: Any) -> str:
    return html.escape(str(value))
