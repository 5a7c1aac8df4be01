"""Vigia's command line, and the place where its parts are put together. Nobody imports it.

python app.py serve | web | collect | sandbox | check | account ...
gunicorn "app:create_server()"
"""

import argparse
import atexit
import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import SecretStr

from services.accounts.secret_key import secret_key
from services.errors import ConfigurationError, ServiceError
from services.runtime import demo
from services.runtime.deployment import Stores, open_stores, owner
from services.runtime.logs import set_up
from services.runtime.process_registry import Membership, membership
from services.runtime.processes import (
    CONFIGURATION_EXIT,
    Child,
    Supervisor,
    answers,
    end_with_parent,
    is_supervised,
    run_until_told,
)
from services.settings.config import Environment, Settings, load_environment, load_settings

if TYPE_CHECKING:
    from flask import Flask

    from layouts.i18n import Text
    from layouts.slack.messages import Messages
    from services.robot.robot import Robot
    from services.robot.slack import Slack
    from services.runtime.backend import Backend

log = logging.getLogger(__name__)

SETTINGS = Path(__file__).with_name("config.yaml")
# gunicorn stops, instead of trying again, when a worker cannot load the application.
GUNICORN_APP_LOAD_EXIT = 4


def main(words: Sequence[str]) -> int:
    """Run one command; its exit code: 0 well, 1 not well, 2 wrong configuration."""
    # Whatever is written belongs to the user that runs Vigia, and to nobody else.
    os.umask(0o077)
    if not words or words[0] not in COMMANDS:
        parser = argparse.ArgumentParser(
            prog="app.py",
            description="Vigia: a support operation, text and voice, in one place.",
            usage="app.py {" + ",".join(COMMANDS) + "} ...",
        )
        parser.add_argument("command", choices=COMMANDS, help="what to run; -h after it says more")
        parser.parse_args(words)
        return CONFIGURATION_EXIT
    try:
        return COMMANDS[words[0]](words[1:])
    except ConfigurationError as error:
        print(f"vigia: {error}", file=sys.stderr)
        return CONFIGURATION_EXIT
    except ServiceError as error:
        print(f"vigia: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def create_server() -> "Flask":
    """The web application of this process: `gunicorn "app:create_server()"`."""
    from callbacks.web.server import create_app

    os.umask(0o077)
    if not logging.getLogger().handlers:
        set_up("web")
    try:
        environment, settings = _configuration()
        stores = open_stores(environment)
        _joined(environment, settings, stores)
        backend = _backend(environment, settings, stores)
    except ConfigurationError as error:
        log.error("%s", error)
        sys.exit(GUNICORN_APP_LOAD_EXIT)
    except ServiceError as error:
        # It may heal: gunicorn starts this worker again.
        log.error("%s", error)
        sys.exit(1)
    server: Flask = create_app(backend).server
    return server


def serve(words: Sequence[str]) -> int:
    """Web server and collector on this machine, and with --demo the invented vendors too."""
    from services.robot.slack import slack_client
    from services.runtime import web_server
    from services.vendors.intercom import intercom_client

    parser = _parser("serve", serve)
    parser.add_argument("--demo", action="store_true", help="on an invented operation")
    arguments, for_sandbox = parser.parse_known_args(words)
    if for_sandbox and not arguments.demo:
        parser.error(f"unknown: {' '.join(for_sandbox)}")
    set_up("serve")
    environ: dict[str, str] = dict(os.environ)
    sandbox_port = demo.free_port() if arguments.demo else 0
    if arguments.demo:
        environ = demo.demo_environ(environ, load_environment(), sandbox_port)
    environment, settings = _configuration(environ)
    text = _text(settings)
    intercom_client(environment, settings)
    slack_client(environment, settings)
    try:
        listening = web_server.bound_socket(environment.host, environment.port)
    except ConfigurationError:
        if not arguments.demo or "PORT" in os.environ:
            raise
        print(text("start.other_port", port=environment.port))
        listening = web_server.bound_socket(environment.host, 0)
    stores = open_stores(environment)
    address = web_server.address(listening)
    # The robot's messages link to it.
    environ["PORT"] = str(listening.getsockname()[1])
    children = [
        Child("collect", _command("collect"), environ),
        Child(
            "web",
            _command("web", "--socket", str(listening.fileno())),
            environ,
            inherited=(listening.fileno(),),
            is_ready=lambda: web_server.is_healthy(address),
        ),
    ]
    if arguments.demo:
        _add_demo_accounts(settings, stores)
        invented = Child(
            "sandbox",
            _command("sandbox", "--host", demo.HOST, "--port", str(sandbox_port), *for_sandbox),
            environ,
            is_ready=lambda: answers(demo.HOST, sandbox_port),
        )
        children.insert(0, invented)

    def tell() -> None:
        print(text("start.ready", address=address))
        if arguments.demo:
            _tell_about_demo(text, sandbox_port)
        print(text("start.stop"), flush=True)

    member = membership(stores, owner(environment, settings, stores.state))
    member.enter()
    try:
        return Supervisor(children, when_ready=tell).run()
    finally:
        listening.close()
        member.leave()
        stores.close()


def web(words: Sequence[str]) -> int:
    """The web server alone; there may be many, on many hosts."""
    from services.runtime import web_server

    parser = _parser("web", web)
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    set_up("web")
    environment, settings = _configuration()
    number = arguments.socket
    if number is None:
        listening = web_server.bound_socket(environment.host, environment.port)
        log.info("at %s", web_server.address(listening))
        number = listening.detach()
    end_with_parent(os.environ)
    web_server.serve(create_server, number, threads=settings.server.threads)
    return 0


def collect(words: Sequence[str]) -> int:
    """The collector alone; of many in a deployment, one works and the others wait."""
    from services.collector.collector import Collector
    from services.robot.slack import slack_client
    from services.vendors.aircall import aircall_client
    from services.vendors.intercom import intercom_client

    _parser("collect", collect).parse_args(words)
    set_up("collect")
    environment, settings = _configuration()
    stop = threading.Event()
    # Who is told to end does not sit out the wait that a vendor has asked for.
    vendors = (
        intercom_client(environment, settings, stop.wait),
        aircall_client(environment, settings, stop.wait),
    )
    slack = slack_client(environment, settings)
    end_with_parent(os.environ)
    stores = open_stores(environment)
    member = _joined(environment, settings, stores)
    robot = _robot(environment, settings, stores, slack)
    collector = Collector(
        *vendors,
        lease=stores.lease(owner(environment, settings, stores.state)),
        cache=stores.cache,
        state=stores.state,
        settings=settings,
        after_publish=[robot.process_snapshot],
        during=robot.running,
    )
    run_until_told(collector.run, stop)
    _leave(member)
    return 0


def sandbox(words: Sequence[str]) -> int:
    """The invented vendors alone."""
    from services.sandbox import command

    parser = _parser("sandbox", globals()["sandbox"])
    command.add_arguments(parser)
    arguments = parser.parse_args(words)
    end_with_parent(os.environ)
    command.main(arguments)
    return 0


def check(words: Sequence[str]) -> int:
    """Say whether settings and credentials are good."""
    from metrics.alerts.model import Message
    from services.runtime.check import check as findings_of

    parser = _parser("check", check)
    parser.add_argument("--slack-message", action="store_true", help="send Slack a test message")
    arguments = parser.parse_args(words)
    environment, settings = _configuration()
    text = _text(settings)
    message = _messages(environment, settings)(Message((), time.time(), is_test=True))
    findings = findings_of(
        settings, environment, text, message if arguments.slack_message else None
    )
    for finding in findings:
        print(f"{'✓' if finding.ok else '✗'} {finding.vendor}: {finding.message}")
    return 0 if all(finding.ok for finding in findings) else 1


def account(words: Sequence[str]) -> int:
    """People and their passwords."""
    from services.accounts import account_command
    from services.accounts.accounts import Accounts
    from services.accounts.audit import Audit
    from services.accounts.tokens import Tokens

    parser = _parser("account", account)
    account_command.add_arguments(parser)
    arguments = parser.parse_args(words)
    environment, settings = _configuration()
    stores = open_stores(environment)
    return account_command.main(
        arguments,
        Accounts(stores.state, settings),
        Audit(stores.state, settings.access.audit_days, time.time),
        Tokens(stores.state, time.time),
        _text(settings),
    )


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "serve": serve,
    "web": web,
    "collect": collect,
    "sandbox": sandbox,
    "check": check,
    "account": account,
}


def _parser(name: str, command: Callable[[Sequence[str]], int]) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"app.py {name}", description=command.__doc__)


def _command(*words: str) -> list[str]:
    return [sys.executable, str(Path(__file__).resolve()), *words]


def _configuration(environ: Mapping[str, str] | None = None) -> tuple[Environment, Settings]:
    environment = load_environment(environ)
    path = environment.vigia_config or (SETTINGS if SETTINGS.exists() else None)
    return environment, load_settings(path)


def _text(settings: Settings) -> "Text":
    from layouts.i18n import text_for

    return text_for(settings.language)


def _joined(environment: Environment, settings: Settings, stores: Stores) -> Membership:
    member = membership(stores, owner(environment, settings, stores.state))
    member.enter()
    atexit.register(_leave, member)
    return member


def _leave(member: Membership) -> None:
    # The supervisor empties the cache itself, and not when it was killed.
    member.leave(empty=not is_supervised(os.environ))


def _backend(environment: Environment, settings: Settings, stores: Stores) -> "Backend":
    from services.runtime.backend import Backend
    from services.snapshot.dataset import Dataset

    given = environment.secret_key.get_secret_value() if environment.secret_key else None
    key = SecretStr(secret_key(given, stores.state_folder))
    return Backend(
        settings=settings,
        environment=environment.model_copy(update={"secret_key": key}),
        cache=stores.cache,
        state=stores.state,
        dataset=Dataset(stores.cache),
    )


def _robot(
    environment: Environment, settings: Settings, stores: Stores, slack: "Slack | None"
) -> "Robot":
    from services.robot.robot import Robot

    return Robot(
        state=stores.state,
        cache=stores.cache,
        settings=settings,
        slack=slack,
        draw=_messages(environment, settings),
        app_id=environment.intercom_app_id,
    )


def _messages(environment: Environment, settings: Settings) -> "Messages":
    from layouts.slack.messages import Messages
    from services.robot.slack import wall_url

    return Messages(
        _text(settings),
        settings.zone,
        settings.intercom.conversation_url,
        mention=settings.slack.mention,
        wall_url=wall_url(environment, settings),
    )


def _add_demo_accounts(settings: Settings, stores: Stores) -> None:
    from services.accounts.accounts import Accounts

    accounts = Accounts(stores.state, settings)
    for person in demo.ACCOUNTS:
        found = accounts.find(person.email)
        # Accounts of the settings stay as they are.
        if found is None or not found.read_only:
            accounts.add(person.email, person.name, person.role, person.password, public=True)


def _tell_about_demo(text: "Text", sandbox_port: int) -> None:
    print(text("start.accounts"))
    for person in demo.ACCOUNTS:
        role = text(f"start.role.{person.role}")
        print(text("start.account", email=person.email, password=person.password, role=role))
    print(text("start.sandbox", address=f"http://{demo.HOST}:{sandbox_port}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
