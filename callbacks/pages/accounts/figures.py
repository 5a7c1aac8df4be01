"""What the accounts page shows, out of the stores and the newest snapshot."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice

import polars as pl

from callbacks.reports.query import parse_search
from layouts.components.context import Context
from layouts.pages.accounts.page import AuditLine, AuditTrail, Person, TokenRow
from metrics.model.values import is_true
from services.accounts.audit import KINDS
from services.runtime.backend import Backend

LINES = 50
# Further back than that nobody turns pages: the audit keeps less.
PAGES = 1200


def list_people(backend: Backend, own: str) -> list[Person]:
    admins = dict(_list_admins(backend))
    return [
        Person(
            account.email,
            account.name,
            account.role,
            admins.get(account.email),
            account.read_only,
            account.disabled,
            account.temporary,
            backend.second_factor.is_on(account.email),
            _instant(backend.accounts.get_last_sign_in(account.email)),
            account.email == own,
        )
        for account in backend.accounts.list()
    ]


def list_unmatched_admins(backend: Backend) -> list[tuple[str, str]]:
    """Name and e-mail of the admins of Intercom who have no account."""
    known = {account.email for account in backend.accounts.list()}
    return sorted((name, email) for email, name in _list_admins(backend) if email not in known)


def list_tokens(backend: Backend) -> list[TokenRow]:
    return [
        TokenRow(
            token.id,
            token.name,
            token.reach,
            datetime.fromtimestamp(token.made_at, UTC),
            token.made_by,
            _instant(token.used_at),
        )
        for token in backend.tokens.list()
    ]


def read_trail(
    backend: Backend, search: str | None, context: Context
) -> tuple[AuditTrail, Context]:
    fields = parse_search(search)
    what = next((kind for kind in fields.get("what", []) if kind in KINDS), "")
    people = [account.email for account in backend.accounts.list()]
    who = next((person for person in fields.get("who", []) if person in people), "")
    page = _parse_page(fields.get("page", [""])[0])
    entries = backend.audit.list_entries({what} if what else KINDS, who or None, page * LINES)
    read = list(islice(entries, LINES + 1))
    lines = [
        AuditLine(datetime.fromtimestamp(e.at, UTC), e.what, e.who, e.about)
        for e in read[:LINES]
        if e.what in KINDS
    ]
    days = backend.settings.access.audit_days
    more = len(read) > LINES
    shown = AuditTrail(lines, page, page * LINES + 1, more, what, who, KINDS, people, days)
    choices = {name: [value] for name, value in (("what", what), ("who", who)) if value}
    return shown, replace(context, choices=choices)


def _parse_page(typed: str) -> int:
    """Which page is asked for, from 0; nonsense is the first."""
    number = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else 1
    return min(max(number, 1), PAGES) - 1


def _list_admins(backend: Backend) -> Sequence[tuple[str, str]]:
    """E-mail and name of the people who work in Intercom."""
    snapshot = backend.dataset.snapshot()
    if snapshot is None:
        return []
    works = is_true("active") & ~is_true("bot") & ~pl.col("id").str.starts_with("voice:")
    admins = snapshot.tables.agents.filter(works).select("email", "name").drop_nulls("email")
    return [(email.lower(), name or "") for email, name in admins.iter_rows()]


def _instant(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)
