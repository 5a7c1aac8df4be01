"""`python app.py account`: people and their passwords, from the command line."""

import argparse
import getpass
import sys
import time
from typing import Protocol

from services.accounts.accounts import ROLES, AccountError, Accounts
from services.accounts.audit import Audit
from services.accounts.tokens import REACHES, TokenError, Tokens

# In the place of a person, in the audit.
ACTOR = "command"


class Words(Protocol):
    """Looks words up by key."""

    def __call__(self, key: str, **values: object) -> str: ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make an account, or replace one")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, choices=ROLES)
    actions.add_parser("list", help="everyone")
    for action, words in (("passwd", "another password"), ("remove", "take an account away")):
        actions.add_parser(action, help=words).add_argument("email")
    actions.add_parser("hash", help="the hash of a password, for config.yaml")
    token = actions.add_parser("token", help="access of machines").add_subparsers(
        dest="machine", required=True
    )
    made = token.add_parser("add", help="make a token; it is printed once")
    made.add_argument("name")
    made.add_argument("--reach", choices=REACHES, default="aggregates")
    token.add_parser("list", help="all of them")
    token.add_parser("remove", help="take one back").add_argument("name", help="its name or id")


def main(
    arguments: argparse.Namespace, accounts: Accounts, audit: Audit, tokens: Tokens, text: Words
) -> int:
    try:
        if arguments.action == "token":
            return _run_token(arguments, tokens, audit, text)
        return _run(arguments, accounts, audit, text)
    except (AccountError, TokenError) as error:
        print(text(f"command.{error}", minimum=accounts.minimum), file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace, accounts: Accounts, audit: Audit, text: Words) -> int:
    if arguments.action == "list":
        for account in accounts.list():
            note = f"  ({text('command.from_settings')})" if account.read_only else ""
            print(f"{account.email}  {account.role}  {account.name}{note}")
        if accounts.is_empty():
            print(text("command.nobody"))
    elif arguments.action == "hash":
        print(accounts.hash_password(_read_password(text)))
    elif arguments.action == "remove":
        accounts.remove(arguments.email)
        audit.note("account", ACTOR, did="removed", account=arguments.email.strip().lower())
        print(text("command.removed", email=arguments.email))
    elif arguments.action == "passwd":
        changed = accounts.set_password(arguments.email, _read_password(text))
        audit.note("account", ACTOR, did="password", account=changed.email)
        print(text("command.changed", email=arguments.email))
    else:
        account = accounts.add(
            arguments.email, arguments.name, arguments.role, _read_password(text)
        )
        audit.note("account", ACTOR, did="added", account=account.email, role=account.role)
        print(text("command.added", email=account.email, role=account.role))
    return 0


def _run_token(arguments: argparse.Namespace, tokens: Tokens, audit: Audit, text: Words) -> int:
    if arguments.machine == "add":
        word = tokens.add(arguments.name, arguments.reach, ACTOR)
        audit.note("token", ACTOR, did="made", name=arguments.name, reach=arguments.reach)
        print(
            text("command.token_made", name=arguments.name, reach=arguments.reach), file=sys.stderr
        )
        print(word)
        return 0
    known = tokens.list()
    if arguments.machine == "remove":
        wanted = [t for t in known if arguments.name in (t.name, t.id, t.id[:12])]
        if not wanted:
            raise TokenError("unknown_token")
        for token in wanted:
            tokens.revoke(token.id)
            audit.note("token", ACTOR, did="revoked", name=token.name)
            print(text("command.token_revoked", name=token.name))
        return 0
    for token in known:
        used = (
            time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(token.used_at)) if token.used_at else "-"
        )
        print(f"{token.id[:12]}  {token.reach}  {used}  {token.name}")
    if not known:
        print(text("command.no_tokens"))
    return 0


def _read_password(text: Words) -> str:
    """Asked for twice on a terminal, else one line of standard input."""
    if sys.stdin.isatty():
        password = getpass.getpass(text("command.ask"))
        if getpass.getpass(text("command.ask_again")) != password:
            raise AccountError("not_the_same")
        return password
    try:
        password = sys.stdin.readline().rstrip("\r\n")
        # Bytes that are not text come in as lone surrogates where the locale is C.
        password.encode()
    except UnicodeError as error:
        raise AccountError("not_text") from error
    return password
