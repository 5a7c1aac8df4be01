"""A television that goes dark, from its last sign of life to the last word about it."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from layouts.i18n import text_for
from layouts.slack.messages import Messages
from metrics.alerts import evaluation
from metrics.alerts.rules import RULES
from services.accounts.heartbeats import PREFIX, Heartbeats
from services.accounts.sessions import Sessions, hash_word
from tests.worlds.watching import FakeSlack, Watch, queue


class Room:
    """A watch, and televisions with device links."""

    def __init__(self, open_store, **values):
        self.watch = Watch(open_store, **values)
        self.sessions = Sessions(self.watch.state, self.watch.settings, self.watch.clock)
        self.restart()

    def restart(self):
        self.heartbeats = Heartbeats(self.watch.state, self.watch.clock)

    def television(self, name="Sala 2", *, opened=True):
        word = self.sessions.add_device(name)
        if opened:
            self.heartbeats.note(word, "device", name)
        return word

    def minutes(self, count, *speaking, deliver=True):
        for _ in range(count):
            for word in speaking:
                self.heartbeats.note(word, "device", "TV")
            self.watch.minute(deliver=deliver)

    @property
    def said(self):
        return self.watch.slack.texts()

    def revoke(self, word):
        self.sessions.revoke_device(hash_word(word))
        self.heartbeats.forget(hash_word(word))


@pytest.fixture(autouse=True)
def only_screens(request, monkeypatch):
    """Of the rules, only those that read no vendor: the others cost a minute its time."""
    if "every_rule" not in request.fixturenames:
        read_no_vendor = {key: rule for key, rule in RULES.items() if not rule.sources}
        monkeypatch.setattr(evaluation, "RULES", read_no_vendor)


@pytest.fixture
def every_rule():
    """For a test that lays conversations before the rules."""


def key(word):
    return f"wall_silent:screen:{hash_word(word)}"


@pytest.fixture
def room(open_store):
    return Room(open_store, slack=FakeSlack())


def test_it_fires_once_is_repeated_after_its_cool_down_and_ends_when_it_speaks(room):
    word = room.television()
    room.minutes(10, word)
    assert room.said == []
    room.minutes(7)
    assert room.said == [f"fired {key(word)} 360"]
    room.minutes(10)
    assert room.said[1:] == [f"repeated {key(word)} 960"]
    room.minutes(1, word)
    assert room.said[2:] == [f"ended {key(word)} 1080 resolved peak 1080"]
    [incident] = room.watch.over
    assert (incident.ending, incident.notification_count, incident.problem.screen) == (
        "resolved",
        2,
        "Sala 2",
    )
    assert room.watch.service.hygiene()["wall_silent"].by_itself == 1


def test_a_cool_down_of_its_own(open_store):
    alerts = {"wall_silent": {"cooldown_minutes": 2}}
    room = Room(open_store, slack=FakeSlack(), alerts=alerts)
    room.television()
    room.minutes(9)
    assert [line.split()[0] for line in room.said] == ["fired", "repeated"]


def test_one_that_was_never_opened_says_nothing_and_is_not_missed(room):
    room.television(opened=False)
    room.minutes(30)
    assert (room.said, room.watch.live) == ([], {})


def test_each_television_has_a_life_of_its_own(room):
    first, second = room.television("Sala 1"), room.television("Sala 2")
    room.minutes(9, second)
    assert list(room.watch.live) == [key(first)]
    room.minutes(9, first)
    assert list(room.watch.live) == [key(second)]


def test_a_revoked_link_ends_it_without_saying_that_all_is_well(on_disk_words):
    room = on_disk_words
    word = room.television("Sala 2")
    room.minutes(7)
    room.revoke(word)
    room.minutes(1)
    fired, ended = room.said
    assert fired == "A TV «Sala 2» não dá sinal há 6\N{NO-BREAK SPACE}min"
    assert ended == "TV «Sala 2» sem sinal. Link revogado após 2\N{NO-BREAK SPACE}min"
    [incident] = room.watch.over
    assert incident.ending == "revoked"


@pytest.fixture
def on_disk_words(open_store):
    draw = Messages(text_for("pt-BR"), ZoneInfo("UTC"))
    return Room(open_store, slack=FakeSlack(), draw=draw)


def test_a_restart_does_not_call_silent_who_could_not_be_heard(room):
    word = room.television()
    room.minutes(2, word)
    room.watch.later(hours=1)
    room.watch.restart()
    room.restart()
    room.minutes(3)
    room.minutes(10, word)
    assert room.said == []
    room.watch.later(hours=1)
    room.watch.restart()
    room.minutes(7)
    assert [line.split()[0] for line in room.said] == ["fired"]


def test_a_problem_lives_through_a_restart_and_is_not_told_anew(room):
    word = room.television()
    room.minutes(7)
    room.watch.restart()
    room.minutes(5)
    assert len(room.said) == 1
    room.restart()
    room.minutes(1, word)
    assert room.said[1].startswith(f"ended {key(word)}")


def test_the_sign_of_life_that_is_not_kept_any_more_is_no_recovery(room):
    word = room.television()
    room.minutes(7)
    room.watch.state.delete(PREFIX + hash_word(word))
    room.minutes(2)
    assert list(room.watch.live) == [key(word)]


def test_after_hours_it_ends_with_them(open_store):
    hours = {"office_hours": {"tuesday": ["09:00-15:08"]}}
    room = Room(open_store, slack=FakeSlack(), **hours)
    word = room.television()
    room.minutes(9)
    assert room.said[1:] == [f"ended {key(word)} 420 hours peak 420"]


def test_on_a_holiday_no_television_is_missed(open_store):
    closed = {"office_hours": {"holidays": [date(2026, 11, 24)]}}
    room = Room(open_store, slack=FakeSlack(), **closed)
    room.television()
    room.minutes(9)
    assert room.said == []


def test_in_quiet_hours_a_warning_waits_and_a_critical_one_speaks(open_store):
    quiet = {"quiet_hours": ["15:00-15:10"]}
    room = Room(open_store, slack=FakeSlack(), alerts=quiet)
    room.television()
    room.minutes(8)
    assert room.said == []
    room.watch.service.change_rule("wall_silent", {"severity": "critical"}, by="Marina")
    room.minutes(1)
    assert len(room.said) == 1


def test_who_takes_it_on_stops_its_repetitions_and_hears_its_end(room):
    word = room.television()
    room.minutes(7)
    room.watch.service.acknowledge(room.watch.live[key(word)].id, "Marina")
    room.minutes(15)
    room.minutes(1, word)
    assert [line.split()[0] for line in room.said] == ["fired", "ended"]
    assert room.said[1].endswith("by Marina")


@pytest.mark.parametrize("given", [None, {"enabled": False}])
def test_it_is_switched_off_in_the_settings_and_on_again_by_a_person(open_store, given):
    room = Room(open_store, slack=FakeSlack(), alerts={"wall_silent": given})
    room.television()
    room.minutes(9)
    assert room.said == []
    room.watch.service.change_rule("wall_silent", {}, by="Marina", is_on=True)
    room.minutes(1)
    assert len(room.said) == 1
    room.watch.service.change_rule("wall_silent", {}, by="Marina", is_on=False)
    room.minutes(1)
    assert room.said[1].split()[3] == "off"
    assert room.watch.service.get_overview().active.edited == {}


def test_its_threshold_is_changed_by_people(room):
    room.watch.service.change_rule("wall_silent", {"minutes": 9}, by="Marina")
    room.television()
    room.minutes(8)
    assert room.said == []
    room.minutes(2)
    assert len(room.said) == 1


def test_a_bot_renews_the_message_in_its_place(open_store):
    room = Room(open_store, slack=FakeSlack(can_edit=True))
    word = room.television()
    room.minutes(7)
    room.minutes(1, word)
    assert [kind for kind, _, _ in room.watch.slack.said] == ["post", "edit"]


def test_it_does_not_wait_for_a_vendor(room, every_rule):
    room.television()
    room.watch.source("intercom", "failed")
    room.watch.service.change_rule("stale", {}, by="Marina", is_on=False)
    for _ in range(7):
        room.watch.minute(*queue(3))
    assert [line.split()[0] for line in room.said] == ["fired"]
