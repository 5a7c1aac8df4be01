"""Vigia's command line, and the place where its parts are put together. Nobody imports it.

python app.py serve | web | collect | sandbox | check | account | backup | restore ...

What a command needs is imported once its words and the settings are known to be good: pandas and
Dash take seconds, and a mistake is told at once.
"""

import argparse
import atexit
import logging
import os
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from pydantic import SecretStr

from services import VERSION
from services.accounts.secret_key import load_secret_key
from services.errors import ConfigurationError, ServiceError
from services.runtime import demo
from services.runtime.deployment import Stores, identify_owner, open_stores
from services.runtime.editions import run_each_edition
from services.runtime.logs import configure_logging
from services.runtime.process_registry import STILL_RUNS, ProcessRegistry, open_process_registry
from services.runtime.process_report import ProcessReport
from services.runtime.processes import (
    CONFIGURATION_EXIT,
    Child,
    Supervisor,
    accepts_connections,
    end_with_parent,
    is_supervised,
    run_until_signal,
)
from services.settings.config import (
    Environment,
    InvalidFileError,
    Settings,
    find_places,
    load_environment,
    load_settings,
)
from services.settings.decisions import Configuration, Decisions, find_changed

if TYPE_CHECKING:
    from flask import Flask

    from layouts.i18n import Text
    from layouts.slack.messages import Messages
    from services.archive.writer import ArchiveWriter
    from services.collector.collector import Collector
    from services.hooks.event_queue import EventQueue
    from services.robot.robot import Robot
    from services.robot.slack import Slack
    from services.runtime.backend import Backend

log = logging.getLogger(__name__)

SETTINGS = Path(__file__).with_name("config.yaml")


class Given(NamedTuple):
    """What a process was started with; what is decided on the screen comes in its place."""

    environment: Environment
    settings: Settings
    fixed: Mapping[str, str]  # by path, the place in a file that leaves nothing to decide

    def decisions(self, stores: Stores) -> Decisions:
        key = SecretStr(_load_key(self.environment, stores))
        environment = self.environment.model_copy(update={"secret_key": key})
        return Decisions(stores.state, self.settings, environment, self.fixed)


def main(words: Sequence[str]) -> int:
    """Run one command: 0 when it went well, 1 when not, 2 when the configuration is wrong."""
    # Whatever is written belongs to the user that runs Vigia, and to nobody else.
    os.umask(0o077)
    if not words or words[0] not in COMMANDS:
        parser = argparse.ArgumentParser(
            prog="app.py",
            description="Vigia: a support operation, text and voice, in one place.",
            usage="app.py {" + ",".join(COMMANDS) + "} ...",
        )
        parser.add_argument("--version", action="version", version=f"Vigia {VERSION}")
        parser.add_argument("command", choices=COMMANDS, help="what to run; -h after it says more")
        parser.parse_args(words)
        return CONFIGURATION_EXIT
    try:
        return COMMANDS[words[0]](words[1:])
    except InvalidFileError as error:
        print(f"vigia: {_explain_file(error)}", file=sys.stderr)
        return CONFIGURATION_EXIT
    except ConfigurationError as error:
        print(f"vigia: {error}", file=sys.stderr)
        return CONFIGURATION_EXIT
    except ServiceError as error:
        print(f"vigia: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def run_all(words: Sequence[str]) -> int:
    """Web server and collector on this machine, and with --demo the invented vendors too."""
    parser = _make_parser("serve")
    parser.add_argument("--demo", action="store_true", help="on an invented operation")
    arguments, sandbox_options = parser.parse_known_args(words)
    if sandbox_options and not arguments.demo:
        parser.error(f"unknown: {' '.join(sandbox_options)}")
    environ: dict[str, str] = dict(os.environ)
    sandbox_port = demo.find_free_port() if arguments.demo else 0
    if arguments.demo:
        environ = demo.build_demo_environ(environ, load_environment(), sandbox_port)
    given = _load_given(environ)
    environment = given.environment
    configure_logging("serve", environment.log_format)

    from services.runtime import web_server

    with closing(_open_stores(environment)) as stores:
        configuration = given.decisions(stores).load()
        text = _load_text(configuration.settings)
        _check_credentials(configuration)
        try:
            listening = web_server.bind_socket(environment.host, environment.port)
        except ConfigurationError:
            if not arguments.demo or "PORT" in os.environ:
                raise
            print(text("start.other_port", port=environment.port))
            listening = web_server.bind_socket(environment.host, 0)
        address = web_server.format_address(listening)
        # The robot's messages link to it.
        environ["PORT"] = str(listening.getsockname()[1])
        children = [
            Child("collect", _command_line("collect"), environ),
            *_web_children(listening, environ),
        ]
        if arguments.demo:
            where = ("--host", demo.HOST, "--port", str(sandbox_port))
            sandbox = Child(
                "sandbox",
                _command_line("sandbox", *where, *sandbox_options),
                environ,
                is_ready=lambda: accepts_connections(demo.HOST, sandbox_port),
            )
            children.insert(0, sandbox)
            _add_demo_accounts(given.settings, stores)

        def print_ready() -> None:
            print(text("start.ready", address=address))
            if configuration.environment.intercom_token is None:
                print(text("start.setup", address=address))
            if arguments.demo:
                _print_demo_accounts(text, sandbox_port)
            print(text("start.stop"), flush=True)

        with listening:
            return _supervise(children, listening, stores, configuration, print_ready)


def run_web(words: Sequence[str]) -> int:
    """The web server alone; there may be many, on many hosts."""
    parser = _make_parser("web")
    parser.add_argument("--socket", type=int, help=argparse.SUPPRESS)
    arguments = parser.parse_args(words)
    given = _load_given()
    environment = given.environment
    configure_logging("web", environment.log_format)

    from services.runtime import web_server

    if arguments.socket is None:
        with (
            web_server.bind_socket(environment.host, environment.port) as listening,
            closing(_open_stores(environment)) as stores,
        ):
            log.info("at %s", web_server.format_address(listening))
            children = _web_children(listening, os.environ)
            return _supervise(children, listening, stores, given.decisions(stores).load())
    end_with_parent(os.environ)
    from callbacks.web.server import find_largest_body

    application = create_server(given)
    web_server.serve(
        application,
        arguments.socket,
        threads=given.settings.server.threads,
        find_largest=partial(find_largest_body, application),
    )
    return 0


def create_server(given: Given) -> "Flask":
    """The web application of this process."""
    from callbacks.web.server import create_app

    stores = _open_stores(given.environment)
    decisions = given.decisions(stores)
    _join_processes(decisions.load(), stores)
    backend = _build_backend(decisions, stores)
    backend.process_report.start()
    server: Flask = create_app(backend).server
    return server


def run_collector(words: Sequence[str]) -> int:
    """The collector alone; of many in a deployment, one works and the others wait."""
    _make_parser("collect").parse_args(words)
    given = _load_given()
    configure_logging("collect", given.environment.log_format)
    stop = threading.Event()
    end_with_parent(os.environ)
    stores = _open_stores(given.environment)
    decisions = given.decisions(stores)
    configuration = decisions.load()
    _check_credentials(configuration)
    registry = _join_processes(configuration, stores)
    ProcessReport(stores.cache, "collect").start()

    def build(configuration: Configuration, ended: threading.Event) -> "Collector":
        return _build_collector(configuration, decisions, stores, ended)

    try:
        run_until_signal(partial(run_each_edition, decisions, build), stop)
    finally:
        _leave(registry)
    return 0


def _build_collector(
    configuration: Configuration, decisions: Decisions, stores: Stores, ended: threading.Event
) -> "Collector":
    from services.collector.collector import Collector
    from services.robot.slack import slack_client
    from services.snapshot.time_totals import TimeTotals
    from services.vendors.aircall import aircall_client
    from services.vendors.intercom import intercom_client

    environment, settings = configuration.environment, configuration.settings
    robot = _build_robot(configuration, decisions, stores, slack_client(environment, settings))
    followers = [robot.process_snapshot, TimeTotals(stores.state, settings).note]
    during = [robot.running]
    if archive := _build_archive(environment, settings, stores):
        followers.append(archive.note)
        during.append(archive.running)
    return Collector(
        # Who is told to end does not sit out the wait that a vendor has asked for.
        intercom_client(environment, settings, ended.wait),
        aircall_client(environment, settings, ended.wait),
        lease=stores.lease(identify_owner(environment, settings, stores.deployment)),
        cache=stores.cache,
        state=stores.state,
        settings=settings,
        events=_build_events(environment, stores),
        after_publish=followers,
        during=during,
    )


def run_sandbox(words: Sequence[str]) -> int:
    """The invented vendors alone."""
    from services.sandbox import command

    parser = _make_parser("sandbox")
    command.add_arguments(parser)
    arguments = parser.parse_args(words)
    end_with_parent(os.environ)
    command.main(arguments)
    return 0


def check_setup(words: Sequence[str]) -> int:
    """Say whether settings and credentials are good, and what the vendors have for the settings."""
    parser = _make_parser("check")
    parser.add_argument("--slack-message", action="store_true", help="send Slack a test message")
    arguments = parser.parse_args(words)
    given = _load_given()

    from metrics.alerts.model import Message
    from services.runtime.check import check
    from services.runtime.vendor_directory import build_block, list_directory

    configuration = _try_start(given)
    environment, settings = configuration.environment, configuration.settings
    text = _load_text(settings)
    message = _build_messages(environment, settings)(Message((), time.time(), is_test=True))
    report = check(settings, environment, text, message if arguments.slack_message else None)
    for finding in report.findings:
        print(f"{finding.mark} {finding.vendor}: {finding.message}")
    if report.directory.texts:
        print("", *list_directory(report.directory, settings, text), sep="\n")
        print("", text("check.list.block"), build_block(report.directory, settings), sep="\n")
    return 0 if report.is_good else 1


def manage_accounts(words: Sequence[str]) -> int:
    """People and their passwords."""
    from services.accounts import account_command
    from services.accounts.accounts import Accounts
    from services.accounts.audit import Audit
    from services.accounts.tokens import Tokens

    parser = _make_parser("account")
    account_command.add_arguments(parser)
    arguments = parser.parse_args(words)
    given = _load_given()
    stores = _open_stores(given.environment)
    settings = given.decisions(stores).load().settings
    return account_command.main(
        arguments,
        Accounts(stores.state, settings),
        Audit(stores.state, settings.access.audit_days, time.time),
        Tokens(stores.state, time.time),
        _load_text(settings),
    )


def back_up(words: Sequence[str]) -> int:
    """Accounts, links, tokens and what people decided, into one encrypted file."""
    from services.runtime import backup

    parser = _make_parser("backup")
    parser.add_argument("file", help="a new file; - for standard output")
    arguments = parser.parse_args(words)
    environment, settings, _ = _load_given()
    text = _load_text(settings)
    passphrase = backup.read_passphrase(environment.backup_passphrase, text, again=True)
    with closing(_open_stores(environment)) as stores:
        key = _load_key(environment, stores)
        content = backup.make_backup(stores.state, key, passphrase, time.time())
    backup.write_file(arguments.file, content)
    print(text("command.backed_up", file=arguments.file, bytes=len(content)), file=sys.stderr)
    return 0


def restore(words: Sequence[str]) -> int:
    """What a backup holds, in the place of what this deployment holds; Vigia must not run."""
    from services.accounts.accounts import Accounts
    from services.accounts.secret_key import replace_secret_key
    from services.runtime import backup

    parser = _make_parser("restore")
    parser.add_argument("file", help="made by backup; - for standard input")
    parser.add_argument("--replace", action="store_true", help="although there are accounts")
    arguments = parser.parse_args(words)
    environment, settings, _ = _load_given()
    text = _load_text(settings)
    passphrase = backup.read_passphrase(environment.backup_passphrase, text)
    saved = backup.read_backup(backup.read_file(arguments.file), passphrase)
    with closing(_open_stores(environment)) as stores, _hold_alone(environment, settings, stores):
        if not arguments.replace and not Accounts(stores.state, settings).is_empty():
            raise backup.BackupError("accounts are here already; --replace puts the backup there")
        count = backup.restore_state(saved, stores.state, time.time())
        if environment.secret_key is None and stores.state_folder is not None:
            replace_secret_key(stores.state_folder, saved.secret_key)
        elif saved.secret_key != _load_key(environment, stores):
            print(text("command.other_key"), file=sys.stderr)
    made = time.strftime("%Y-%m-%d %H:%MZ", time.gmtime(saved.made_at))
    print(text("command.restored", count=count, made=made, version=saved.version))
    return 0


def manage_hooks(words: Sequence[str]) -> int:
    """Web-hooks: what to enter at the vendors, whether it works, and the last events."""
    from services.hooks import hooks_command
    from services.hooks.event_queue import EventQueue
    from services.vendors.aircall import aircall_client

    parser = _make_parser("hooks")
    hooks_command.add_arguments(parser)
    arguments = parser.parse_args(words)
    given = _load_given()
    stores = _open_stores(given.environment)
    decided = given.decisions(stores).load()
    settings, environment = decided.settings, decided.environment
    command = hooks_command.HooksCommand(
        settings,
        environment,
        aircall_client(environment, settings),
        EventQueue(stores.state, stores.cache, time.time),
        _load_text(settings),
    )
    return command.run(arguments.action)


COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "serve": run_all,
    "web": run_web,
    "collect": run_collector,
    "sandbox": run_sandbox,
    "check": check_setup,
    "account": manage_accounts,
    "hooks": manage_hooks,
    "backup": back_up,
    "restore": restore,
}


def _make_parser(command: str) -> argparse.ArgumentParser:
    return argparse.ArgumentParser(prog=f"app.py {command}", description=COMMANDS[command].__doc__)


def _command_line(*words: str) -> list[str]:
    return [sys.executable, str(Path(__file__).resolve()), *words]


def _load_given(environ: Mapping[str, str] | None = None) -> Given:
    """Of the files that come with Vigia, only what somebody changed there is fixed."""
    environment = load_environment(environ)
    path = environment.vigia_config or (SETTINGS if SETTINGS.exists() else None)
    settings = load_settings(path)
    fixed = find_places(path) if path and path != demo.SETTINGS else {}
    if path == SETTINGS:
        changed = find_changed(Settings(), settings)
        fixed = {name: place for name, place in fixed.items() if name in changed}
    return Given(environment, settings, fixed)


def _web_children(listening: socket.socket, environ: Mapping[str, str]) -> list[Child]:
    """One keeps the next waiting until it answers; the others come when it does already."""
    from services.runtime import web_server

    command = _command_line("web", "--socket", str(listening.fileno()))
    first = Child(
        "web",
        command,
        environ,
        inherited=(listening.fileno(),),
        is_ready=partial(web_server.is_healthy, web_server.format_address(listening)),
    )
    others = [replace(first, is_ready=lambda: True)] * (web_server.PROCESSES - 1)
    return [first, *others]


def _supervise(
    children: Sequence[Child],
    listening: socket.socket,
    stores: Stores,
    configuration: Configuration,
    when_ready: Callable[[], None] = lambda: None,
) -> int:
    registry = _open_registry(configuration, stores)
    registry.join()
    try:
        return Supervisor(children, when_ready=when_ready).run()
    finally:
        listening.close()
        registry.leave()


def _try_start(given: Given) -> Configuration:
    """ConfigurationError where `serve` would end with one for its place on this machine."""
    from services.runtime import web_server

    with closing(_open_stores(given.environment)) as stores:
        configuration = given.decisions(stores).load()
    host, port = given.environment.host, given.environment.port
    try:
        web_server.bind_socket(host, port).close()
    except ConfigurationError:
        # Vigia itself may be running there.
        if not web_server.is_healthy(web_server.format_url(host, port)):
            raise
    return configuration


def _check_credentials(configuration: Configuration) -> None:
    """ConfigurationError says what is wrong; what was decided on the screen is mended there."""
    from services.robot.slack import slack_client

    if not configuration.mark:
        slack_client(configuration.environment, configuration.settings)


def _explain_file(error: InvalidFileError) -> str:
    """In the language of the screens, as long as no file says another."""
    text = _load_text(Settings())

    def tell(kind: str, params: Mapping[str, Any], reason: str) -> str:
        keys = (f"check.problem.{kind}", f"settings.problem.{kind}")
        known = next((key for key in keys if text.has(key)), None)
        return text(known, **params).rstrip(".") if known else reason

    return error.explain(tell)


def _load_text(settings: Settings) -> "Text":
    from layouts.i18n import text_for

    return text_for(settings.language)


def _open_registry(configuration: Configuration, stores: Stores) -> ProcessRegistry:
    owner = identify_owner(configuration.environment, configuration.settings, stores.deployment)
    return open_process_registry(stores, owner)


def _join_processes(configuration: Configuration, stores: Stores) -> ProcessRegistry:
    registry = _open_registry(configuration, stores)
    registry.join()
    atexit.register(_leave, registry)
    return registry


@contextmanager
def _hold_alone(environment: Environment, settings: Settings, stores: Stores) -> Iterator[None]:
    """ConfigurationError where a process of this deployment runs."""
    owner = identify_owner(environment, settings, stores.deployment)
    # Containers may share the state and not the cache: the lease lies in the state.
    lock = stores.lease(owner).lock
    with open_process_registry(stores, owner).hold_alone():
        if not lock.take():
            raise ConfigurationError(STILL_RUNS)
        try:
            yield
        finally:
            lock.release()


def _leave(registry: ProcessRegistry) -> None:
    # The supervisor empties the cache itself, and not when it was killed.
    registry.leave(empty=not is_supervised(os.environ))


def _open_stores(environment: Environment) -> Stores:
    stores = open_stores(environment)
    # Who signs with it later says nothing that anybody sees.
    _load_key(environment, stores)
    return stores


def _load_key(environment: Environment, stores: Stores) -> str:
    given = environment.secret_key.get_secret_value() if environment.secret_key else None
    return load_secret_key(given, stores.state_folder)


def _build_backend(decisions: Decisions, stores: Stores) -> "Backend":
    from services.runtime.backend import Backend
    from services.snapshot.dataset import Dataset

    return Backend(
        decisions=decisions,
        cache=stores.cache,
        state=stores.state,
        dataset=Dataset(stores.cache, lambda: decisions.current.rules),
    )


def _build_events(environment: Environment, stores: Stores) -> "EventQueue | None":
    """None where no vendor could prove who it is."""
    from services.hooks.event_queue import EventQueue

    if not environment.takes_hooks:
        return None
    return EventQueue(stores.state, stores.cache, time.time)


def _build_robot(
    configuration: Configuration, decisions: Decisions, stores: Stores, slack: "Slack | None"
) -> "Robot":
    from services.robot.robot import Robot

    return Robot(
        state=stores.state,
        cache=stores.cache,
        decisions=decisions,
        slack=slack,
        draw=_build_messages(configuration.environment, configuration.settings),
        app_id=configuration.environment.intercom_app_id,
    )


def _build_archive(
    environment: Environment, settings: Settings, stores: Stores
) -> "ArchiveWriter | None":
    if environment.mongo_uri is None:
        return None
    from services.archive.mongo import WRITE_SECONDS, Mongo
    from services.archive.writer import ArchiveWriter

    mongo = Mongo(environment.mongo_uri, settings.history.mongo_database, WRITE_SECONDS)
    return ArchiveWriter(mongo, stores.state, settings)


def _build_messages(environment: Environment, settings: Settings) -> "Messages":
    from layouts.slack.messages import Messages
    from services.robot.slack import wall_url

    return Messages(
        _load_text(settings),
        settings.zone,
        mention=settings.slack.mention,
        wall_url=wall_url(environment, settings),
    )


def _add_demo_accounts(settings: Settings, stores: Stores) -> None:
    from services.accounts.accounts import Accounts

    accounts = Accounts(stores.state, settings)
    for person in demo.ACCOUNTS:
        account = accounts.find(person.email)
        # Accounts of the settings stay as they are.
        if account is None or not account.read_only:
            accounts.add(person.email, person.name, person.role, person.password, public=True)


def _print_demo_accounts(text: "Text", sandbox_port: int) -> None:
    print(text("start.accounts"))
    for person in demo.ACCOUNTS:
        role = text(f"start.role.{person.role}")
        print(text("start.account", email=person.email, password=person.password, role=role))
    print(text("start.sandbox", address=f"http://{demo.HOST}:{sandbox_port}"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
