"""The collector begins anew where it has to know of a change, and nowhere else."""

import threading

import pytest

from services.errors import ConfigurationError, MissingTokenError
from services.runtime import editions
from services.settings.config import Settings, load_environment
from services.settings.decisions import Decisions


class Run:
    """One edition; `ends` is set by whoever wants it to end."""

    def __init__(self, configuration, begun):
        self.configuration, self.begun = configuration, begun

    def run(self, ended):
        self.begun.append(self.configuration)
        ended.wait(20)


@pytest.fixture
def fast(monkeypatch):
    monkeypatch.setattr(editions, "POLL_SECONDS", 0.01)


def run_until(decisions, begun, enough, build=None):
    """What was begun, once `enough` of it."""
    stop = threading.Event()
    build = build or (lambda configuration, ended: Run(configuration, begun))
    thread = threading.Thread(
        target=editions.run_each_edition, args=(decisions, build, stop), daemon=True
    )
    thread.start()
    for act in enough:
        act()
    stop.set()
    thread.join(20)
    assert not thread.is_alive()
    return begun


def wait_for(condition):
    for _ in range(2000):
        if condition():
            return
        threading.Event().wait(0.01)
    raise AssertionError("it did not happen")


def test_a_change_of_what_is_collected_begins_anew_and_a_threshold_does_not(store, fast):
    decisions, begun = Decisions(store, Settings()), []
    run_until(
        decisions,
        begun,
        [
            lambda: wait_for(lambda: len(begun) == 1),
            lambda: decisions.change({"alerts.overload.open": 3, "goals.online_text": 9}, by="M"),
            lambda: decisions.change({"sync.history_days": 30}, by="M"),
            lambda: wait_for(lambda: len(begun) == 2),
        ],
    )
    assert [one.settings.sync.history_days for one in begun] == [90, 30]


def test_what_was_decided_badly_waits_for_a_better_decision(store, fast):
    decisions, begun = Decisions(store, Settings()), []
    decisions.change({"slack.channel": "bad"}, by="M")

    def build(configuration, ended):
        if configuration.settings.slack.channel == "bad":
            raise ConfigurationError("no such channel")
        return Run(configuration, begun)

    run_until(
        decisions,
        begun,
        [
            lambda: decisions.change({"slack.channel": "good"}, by="M"),
            lambda: wait_for(lambda: len(begun) == 1),
        ],
        build,
    )
    assert begun[0].settings.slack.channel == "good"


def test_what_was_given_badly_ends_the_start(store):
    def build(configuration, ended):
        raise ConfigurationError("slack.channel is missing")

    with pytest.raises(ConfigurationError):
        editions.run_each_edition(Decisions(store, Settings()), build, threading.Event())


def test_a_key_that_nobody_has_given_yet_is_waited_for(store, fast):
    environment = load_environment({"SECRET_KEY": "k" * 48})
    decisions, begun = Decisions(store, Settings(), environment), []

    def build(configuration, ended):
        if configuration.environment.intercom_token is None:
            raise MissingTokenError("INTERCOM_TOKEN is missing")
        return Run(configuration, begun)

    run_until(
        decisions,
        begun,
        [
            lambda: decisions.set_tokens({"intercom_token": "hush-hush"}, by="M"),
            lambda: wait_for(lambda: len(begun) == 1),
        ],
        build,
    )
