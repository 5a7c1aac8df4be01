"""`python app.py account`: people and their passwords, from the command line."""

import argparse
import getpass
import sys
from typing import Protocol

from services.accounts import ROLES, AccountError, Accounts


class Words(Protocol):
    """Looks words up by key."""

    def __call__(self, key: str, **values: object) -> str:
        """The words of that key."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The actions and what they take."""
    actions = parser.add_subparsers(dest="action", required=True)
    add = actions.add_parser("add", help="make an account, or replace one")
    add.add_argument("email")
    add.add_argument("--name", required=True)
    add.add_argument("--role", required=True, choices=ROLES)
    actions.add_parser("list", help="everyone")
    for action, words in (("passwd", "another password"), ("remove", "take an account away")):
        actions.add_parser(action, help=words).add_argument("email")
    actions.add_parser("hash", help="the hash of a password, for config.yaml")


def main(arguments: argparse.Namespace, accounts: Accounts, text: Words) -> int:
    """Run one action; 0 when it was done."""
    try:
        return _run(arguments, accounts, text)
    except AccountError as error:
        print(text(f"command.{error}", minimum=accounts.minimum), file=sys.stderr)
        return 1


def _run(arguments: argparse.Namespace, accounts: Accounts, text: Words) -> int:
    if arguments.action == "list":
        for account in accounts.list():
            note = f"  ({text('command.from_settings')})" if account.read_only else ""
            print(f"{account.email}  {account.role}  {account.name}{note}")
        if accounts.is_empty():
            print(text("command.nobody"))
    elif arguments.action == "hash":
        print(accounts.hashed(_password(text)))
    elif arguments.action == "remove":
        accounts.remove(arguments.email)
        print(text("command.removed", email=arguments.email))
    elif arguments.action == "passwd":
        accounts.set_password(arguments.email, _password(text))
        print(text("command.changed", email=arguments.email))
    else:
        account = accounts.add(arguments.email, arguments.name, arguments.role, _password(text))
        print(text("command.added", email=account.email, role=account.role))
    return 0


def _password(text: Words) -> str:
    """A password: asked for twice on a terminal, else one line of standard input."""
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
