import threading
import time
from datetime import UTC, date, datetime

import pytest

from metrics.alerts.evaluation import Situation
from services.collector.collector import Collector
from services.errors import ConfigurationError, RateLimitedError, UnavailableError
from services.robot.alert_settings import is_quiet
from services.robot.robot import Robot
from services.robot.slack import AnswerLostError, RefusedError
from services.robot.store import FENCE_KEY, STATE_KEY
from services.settings.decisions import Decisions
from services.snapshot.snapshot import FencedError
from services.storage.disk_store import DiskStore
from services.storage.lease import Lease, raise_epoch
from services.storage.locks import FileLock
from services.storage.store import StorageFullError
from tests.worlds.api_world import FINANCE, JOAO, SUPPORT
from tests.worlds.collecting import Rig
from tests.worlds.watching import NOW, FakeSlack, Watch, held, plainly, queue, waiting


@pytest.fixture(autouse=True)
def no_helpers(monkeypatch):
    """Who could help is not told here, and takes most of the time of an evaluation."""
    monkeypatch.setattr(Situation, "next_agents", lambda *_: ())


@pytest.fixture
def on_disk(tmp_path):
    opened = [DiskStore(tmp_path / name) for name in ("cache", "state")]
    yield dict(zip(("cache", "state"), opened, strict=True)).__getitem__
    for store in opened:
        store.close()


@pytest.fixture
def watch(on_disk):
    return Watch(on_disk, FakeSlack())


@pytest.fixture
def anywhere(open_store):
    """Once on disk, once on Redis."""
    return Watch(open_store, FakeSlack())


@pytest.fixture
def editing(on_disk):
    return Watch(on_disk, FakeSlack(can_edit=True))


def test_a_webhook_hears_of_a_queue_and_of_its_end(watch):
    watch.minute(*queue(2))
    watch.minute(*queue(6))
    watch.minute(*queue(1))
    watch.minute()
    assert watch.slack.texts() == [
        "fired queue:team:6101 2",
        "ended queue:team:6101 1 resolved peak 6",
    ]
    (incident,) = watch.over
    assert (incident.peak, incident.duration_seconds(0), incident.notification_count) == (6, 180, 1)
    watch.minute()
    assert watch.service.get_overview().state.incidents == ()
    assert watch.over == [incident]


def test_a_bots_message_is_renewed_in_place_until_it_is_over(editing):
    editing.minute(*queue(2), *queue(1, FINANCE))
    editing.minute(*queue(6), *queue(1, FINANCE))
    editing.minute(*queue(6))
    editing.minute()
    assert [(kind, where) for kind, where, _ in editing.slack.said] == [
        ("post", None),
        ("edit", "1"),
        ("edit", "1"),
        ("edit", "1"),
    ]
    editing.minute()
    last = editing.slack.texts()[-1]
    assert "queue:team:6101 6 resolved peak 6" in last
    assert "queue:team:6102 1 resolved peak 1" in last
    assert editing.service.get_overview().state.slack_messages == ()


def test_a_repetition_goes_below_the_message_that_told_it_first(editing):
    editing.minute(*queue(2))
    editing.later(minutes=9)
    editing.minute(*queue(2))
    editing.minute()
    said = [(kind, where) for kind, where, _ in editing.slack.said]
    assert said == [("post", None), ("post", "1"), ("edit", "1"), ("edit", "2")]


def test_an_unchanged_problem_costs_slack_nothing(editing):
    for _ in range(3):
        editing.minute(*queue(2))
    assert editing.slack.attempts == 1


def test_without_slack_everything_is_watched_and_nothing_is_said(on_disk):
    watch = Watch(on_disk)
    watch.minute(*queue(2))
    assert watch.live["queue:team:6101"].notification_count == 0
    watch.minute()
    assert [incident.ending for incident in watch.over] == ["resolved"]
    assert watch.service.get_overview().slack.state == "off"
    assert watch.service.get_overview().is_running


def test_what_waits_is_given_up_when_slack_is_taken_away(watch):
    watch.minute(*queue(2), deliver=False)
    watch.slack = None
    watch.restart()
    watch.minute()
    overview = watch.service.get_overview()
    assert (overview.waiting, overview.slack.state) == ((), "off")
    assert [one.reason for one in overview.deliveries] == ["slack_is_off"]
    assert [incident.ending for incident in watch.over] == ["resolved"]


def test_alerts_that_are_disabled_are_watched_and_not_told(on_disk):
    watch = Watch(on_disk, FakeSlack(), alerts={"enabled": False})
    watch.minute(*queue(2))
    watch.minute()
    assert watch.slack.attempts == 0
    assert len(watch.over) == 1


def test_a_life_outlives_its_collector(anywhere):
    anywhere.minute(*queue(2))
    anywhere.restart()
    anywhere.minute(*queue(3))
    assert anywhere.slack.texts() == ["fired queue:team:6101 2"]
    anywhere.restart()
    anywhere.minute()
    assert anywhere.slack.texts()[1:] == ["ended queue:team:6101 3 resolved peak 3"]


def test_a_change_from_webhook_to_bot_still_tells_the_end(watch):
    watch.minute(*queue(2))
    watch.restart(FakeSlack(can_edit=True))
    watch.minute()
    assert watch.slack.texts() == ["ended queue:team:6101 2 resolved peak 2"]


def test_a_change_from_bot_to_webhook_tells_the_end_of_what_was_to_be_renewed(editing):
    editing.minute(*queue(2))
    editing.minute(deliver=False)
    editing.restart(FakeSlack())
    editing.minute()
    assert editing.slack.texts() == ["ended queue:team:6101 2 resolved peak 2"]


def test_a_collector_that_was_paused_decides_and_delivers_nothing(anywhere):
    old = anywhere.robot
    anywhere.minute(*queue(2), deliver=False)
    raise_epoch(anywhere.cache, anywhere.clock)
    paused = anywhere.snapshot(*queue(9, FINANCE))
    anywhere.restart()
    anywhere.minute(*queue(2), deliver=False)
    anywhere.later(minutes=1)
    with pytest.raises(FencedError):
        old.process_snapshot(paused)
    assert set(anywhere.live) == {"queue:team:6101"}
    anywhere.deliver()
    assert anywhere.slack.texts() == ["fired queue:team:6101 2"]


def test_a_paused_delivery_is_fenced_before_it_sends(anywhere):
    anywhere.minute(*queue(2), deliver=False)
    old = anywhere.robot
    anywhere.restart()
    anywhere.minute(*queue(2), deliver=False)
    with pytest.raises(FencedError):
        old.deliver()
    assert anywhere.slack.attempts == 0


def test_a_fence_that_was_lost_is_put_up_again_while_the_lease_is_ours(anywhere):
    anywhere.minute(*queue(2))
    anywhere.state.delete(FENCE_KEY)
    with pytest.raises(FencedError):
        anywhere.minute(*queue(3), deliver=False)
    anywhere.minute(*queue(4))
    assert anywhere.live["queue:team:6101"].peak == 4


def test_a_book_that_nobody_can_read_begins_anew(watch):
    watch.state.set(STATE_KEY, b"\xff{")
    watch.minute(*queue(2))
    assert watch.slack.texts() == ["fired queue:team:6101 2"]


def test_late_data_neither_end_nor_repeat_and_are_told_themselves(watch):
    watch.minute(*queue(2))
    watch.source("intercom", "failed")
    watch.later(minutes=4)
    watch.minute()
    assert watch.slack.texts() == ["fired queue:team:6101 2"]
    # From failed to late is no recovery: the five minutes run on.
    watch.source("intercom", "late")
    watch.minute()
    assert watch.slack.texts()[1:] == ["fired stale:source:intercom 360"]
    watch.source("intercom", "ok")
    watch.minute(*queue(2))
    assert watch.slack.texts()[2:] == ["ended stale:source:intercom 360 resolved peak 360"]
    assert set(watch.live) == {"queue:team:6101"}


def test_publications_without_an_answer_of_a_vendor_are_no_evaluations(watch):
    watch.minute(*held(10))
    watch.is_silent = True
    for seconds in (2, 2, 2, 70, 70):
        watch.later(seconds=seconds)
        watch.robot.process_snapshot(watch.snapshot())
    assert set(watch.live) == {f"overload:agent:{JOAO}"}
    watch.is_silent = False
    watch.minute()
    watch.minute()
    assert watch.live == {}


def test_an_acknowledgement_from_the_inbox_silences_and_the_end_is_told(editing):
    editing.minute(*queue(2))
    editing.service.acknowledge(editing.live["queue:team:6101"].id, "Marina Falcão")
    editing.robot.process_commands()
    editing.deliver()
    assert editing.slack.texts()[-1] == "fired queue:team:6101 2 by Marina Falcão"
    assert editing.state.keys("inbox/") == []
    editing.later(hours=3)
    editing.minute(*queue(2))
    assert len(editing.slack.said) == 2
    editing.minute()
    assert "resolved" in editing.slack.texts()[-1]
    assert editing.service.hygiene()["queue"].acknowledged == 1


def test_what_nobody_can_do_is_dropped_from_the_inbox(watch):
    watch.minute()
    watch.service.acknowledge("unknown", "Marina")
    watch.state.set("inbox/9", b'{"kind": "mute", "minutes": "many"}')
    watch.robot.process_commands()
    assert watch.state.keys("inbox/") == []


def test_a_test_message_arrives_once(anywhere):
    anywhere.minute()
    anywhere.service.send_test("Marina")
    anywhere.robot.process_commands()
    anywhere.robot.process_commands()
    anywhere.deliver()
    assert anywhere.slack.texts() == ["test by Marina"]


def test_thresholds_that_people_change_hold_from_the_next_evaluation_on(anywhere):
    view = anywhere.service.change_rule("queue", {"minimum": 3}, by="Marina")
    assert (view.settings["minimum"], view.edited, view.edited_by) == (3, {"minimum": 3}, "Marina")
    anywhere.minute(*queue(2))
    assert anywhere.slack.texts() == []
    anywhere.service.change_rule("queue", {"minimum": None}, by="Marina")
    anywhere.minute(*queue(2))
    assert anywhere.slack.texts() == ["fired queue:team:6101 2"]
    anywhere.service.change_rule("queue", {}, by="Marina", is_on=False)
    anywhere.minute(*queue(2))
    assert anywhere.slack.texts()[1:] == ["ended queue:team:6101 2 off peak 2"]


def test_the_goals_are_changed_with_their_rules(watch):
    watch.service.change_rule("staffing_voice", {"goal": 2, "severity": "info"}, by="Marina")
    watch.minute()
    assert watch.live["staffing_voice:all"].problem.severity == "info"
    assert "online_voice: 2" in watch.service.export_yaml()


@pytest.mark.parametrize(
    ("rule", "values", "words"),
    [
        ("queue", {"minimum": 0}, "queue.minimum = 0"),
        ("overload", {"open": "ten"}, "overload.open = 'ten'"),
        ("spike", {"unheard_of": 1}, "spike.unheard_of"),
        ("staffing_text", {"goal": -1}, "online_text = -1"),
    ],
)
def test_a_threshold_that_cannot_be_used_is_refused(watch, rule, values, words):
    with pytest.raises(ConfigurationError, match=words):
        watch.service.change_rule(rule, values, by="Marina")
    assert watch.service.get_overview().active.edited == {}


def test_what_is_exported_can_be_read_as_settings(watch):
    import yaml

    from services.settings.config import Settings

    watch.service.change_rule("overload", {"open": 12}, by="Marina")
    settings = Settings.model_validate(yaml.safe_load(watch.service.export_yaml()))
    assert settings.alerts.overload.open == 12
    assert settings.alerts.queue == watch.settings.alerts.queue


def test_the_history_tells_each_life_once_the_newest_first(anywhere):
    for _ in range(3):
        anywhere.minute(*queue(1))
        anywhere.minute()
    anywhere.minute(*queue(1))
    incidents = anywhere.service.list_incidents()
    assert [incident.is_live for incident in incidents] == [True, False, False, False]
    assert anywhere.service.hygiene()["queue"].median_seconds == 60
    assert anywhere.service.count_remaining("queue", 2) == 0
    anywhere.later(days=91)
    anywhere.source("intercom", "ok")
    anywhere.minute()
    assert len(anywhere.state.keys("robot/history/")) == 1
    assert [incident.fired_at for incident in anywhere.service.list_incidents()] == []


def test_the_wall_clock_decides_about_quiet_hours_on_the_night_of_a_change():
    from zoneinfo import ZoneInfo

    zone = ZoneInfo("America/New_York")
    quiet = ["22:00-07:00"]
    # On 1 November 2026 half past one happens twice; the morning comes an hour later in UTC.
    for text, expected in [
        ("2026-11-01T01:59:00Z", False),
        ("2026-11-01T02:00:00Z", True),
        ("2026-11-01T05:30:00Z", True),
        ("2026-11-01T06:30:00Z", True),
        ("2026-11-01T11:59:00Z", True),
        ("2026-11-01T12:00:00Z", False),
    ]:
        instant = datetime.fromisoformat(text).timestamp()
        assert is_quiet(quiet, instant, zone) is expected, text
    assert is_quiet(["09:00-12:00", "13:00-24:00"], NOW, ZoneInfo("UTC"))
    assert not is_quiet(["09:00-12:00"], NOW, ZoneInfo("UTC"))


def test_holidays_are_no_working_hours(on_disk):
    goals = {"goals": {"online_text": 9, "online_voice": 0}}
    watch = Watch(on_disk, FakeSlack(), **goals)
    watch.minute()
    assert "staffing_text:all" in watch.live
    closed = {"office_hours": {"holidays": [date(2026, 11, 24)]}}
    watch = Watch(on_disk, FakeSlack(), **goals, **closed)
    watch.minute()
    assert watch.live == {}


def test_a_store_that_fails_loses_no_decision(watch, monkeypatch):
    watch.minute()
    real = watch.state.set_fenced

    def fails_after_writing(*args, **kwargs):
        real(*args, **kwargs)
        raise UnavailableError("no answer")

    monkeypatch.setattr(watch.state, "set_fenced", fails_after_writing)
    with pytest.raises(UnavailableError):
        watch.minute(*queue(2), deliver=False)
    monkeypatch.undo()
    watch.minute(*queue(2))
    assert watch.slack.texts() == ["fired queue:team:6101 2"]


@pytest.mark.parametrize("restarts", [False, True])
def test_without_room_it_goes_on_from_memory_and_writes_it_when_there_is_some(
    watch, monkeypatch, restarts
):
    def fail(*args, **values):
        raise StorageFullError("no room")

    watch.minute(*queue(1))
    watch.service.send_test("ana")
    with monkeypatch.context() as patch:
        for write in ("set", "add", "set_fenced", "delete", "increment"):
            patch.setattr(watch.state, write, fail)
        if restarts:
            watch.restart()
        watch.minute(*queue(2))
        watch.minute()
        watch.later(seconds=30)
        watch.deliver()
        watch.minute(*queue(3))
        known = watch.live
    said = watch.slack.texts()
    assert [text for text in said if text.startswith("test")] == ["test by ana"]
    assert "fired queue:team:6101 1" in said
    assert any(text.startswith("ended queue") for text in said)
    watch.minute(*queue(3))
    assert known != watch.live, "while there was no room nothing was written"
    watch.minute()
    watch.minute()
    assert len(watch.slack.texts()) == len(set(watch.slack.texts())), "nothing is told twice"
    assert watch.live == {}
    assert watch.state.keys("inbox/") == []


def test_without_room_another_collectors_epoch_still_stops_it(watch, monkeypatch):
    def fail(*args, **values):
        raise StorageFullError("no room")

    watch.minute(*queue(1))
    monkeypatch.setattr(watch.state, "set_fenced", fail)
    raise_epoch(watch.cache, watch.clock)
    with pytest.raises(FencedError):
        watch.minute()


def test_an_answer_that_cannot_be_noted_is_noted_before_anything_else_is_sent(watch, monkeypatch):
    real = watch.state.set_fenced

    def fails_once_slack_has_it(*args, **kwargs):
        if watch.slack.said:
            raise UnavailableError("no answer")
        return real(*args, **kwargs)

    monkeypatch.setattr(watch.state, "set_fenced", fails_once_slack_has_it)
    watch.minute(*queue(2), deliver=False)
    for _ in range(3):
        with pytest.raises(UnavailableError):
            watch.robot.deliver()
    monkeypatch.undo()
    watch.deliver()
    assert watch.slack.texts() == ["fired queue:team:6101 2"]
    assert [one.doubtful for one in watch.service.get_overview().deliveries] == [0]


def test_a_slack_that_hangs_does_not_hold_up_the_collector(tmp_path):
    rig = Rig(tmp_path, goals={"online_text": 0, "online_voice": 0})
    rig.intercom.put(1, rig.clock.now - 600, state="open", admin_assignee_id=None)
    hanging, asked = threading.Event(), threading.Event()

    class Hanging(FakeSlack):
        def post(self, message, thread=None):
            asked.set()
            hanging.wait(120)
            return super().post(message, thread)

    slack = Hanging()
    robot = Robot(
        state=rig.state,
        cache=rig.cache,
        decisions=Decisions(rig.state, rig.settings),
        slack=slack,
        draw=plainly,
        clock=rig.clock,
    )
    seen = []
    collector = Collector(
        rig.intercom,
        None,
        lease=Lease(FileLock(tmp_path / "lock"), rig.cache),
        cache=rig.cache,
        state=rig.state,
        settings=rig.settings,
        clock=rig.clock,
        after_publish=[robot.process_snapshot, seen.append],
        during=[robot.running],
    )
    stop = threading.Event()
    thread = threading.Thread(target=collector.run, args=(stop,))
    thread.start()
    try:
        assert asked.wait(60)
        published = len(seen)
        rig.clock.now += 61
        end = time.monotonic() + 60
        while len(seen) == published and time.monotonic() < end:
            stop.wait(0.02)
        assert len(seen) > published
        assert slack.said == []
    finally:
        stop.set()
        hanging.set()
        thread.join(60)
    assert not thread.is_alive()


def test_messages_of_an_hour_without_slack_are_told_in_one(watch):
    down = UnavailableError("Slack answered 503")
    watch.slack.failures = [down] * 10_000
    watch.minute(*queue(3))
    watch.minute()
    for _ in range(3):
        watch.minute(*queue(1, FINANCE))
        watch.minute()
    for _ in range(5):
        watch.later(minutes=9)
        watch.minute(*queue(4))
    waited = watch.service.get_overview()
    assert waited.slack.state == "late"
    assert len(waited.waiting) == 1
    watch.slack.failures = []
    watch.minute(*queue(4))
    watch.later(minutes=5)
    watch.deliver()
    (text,) = watch.slack.texts()
    assert text.endswith("after silence")
    # What came and went, each once, and what still goes on.
    assert text.count("queue:team:6102 1 resolved peak 1") == 3
    assert text.count("queue:team:6101") == 2
    assert text.startswith("fired queue:team:6101 4")
    delivery = watch.service.get_overview().deliveries[0]
    assert (delivery.arrived, delivery.doubtful) == (True, 0)
    assert delivery.covers >= 8


def test_order_is_kept_and_slack_is_left_alone_for_as_long_as_it_asks(watch):
    watch.slack.failures = [RateLimitedError("Slack asks to wait", 45)]
    watch.minute(*queue(2), deliver=False)
    assert watch.robot.deliver() == pytest.approx(45)
    watch.later(seconds=44)
    assert watch.robot.deliver() == pytest.approx(1)
    watch.later(seconds=0.5)
    watch.robot.process_snapshot(watch.snapshot(*queue(2), *queue(1, FINANCE)))
    watch.robot.deliver()
    assert watch.slack.attempts == 1
    watch.later(seconds=0.5)
    watch.deliver()
    assert watch.slack.texts() == ["fired queue:team:6101 2", "fired queue:team:6102 1"]


def test_messages_leave_more_than_a_second_apart(watch):
    watch.minute(*queue(2), deliver=False)
    watch.minute(*queue(2), *queue(1, FINANCE), deliver=False)
    assert watch.robot.deliver() == pytest.approx(1.1)


def test_a_wait_survives_a_restart_and_a_clock_that_is_set_back_ends_it(watch):
    watch.slack.failures = [RateLimitedError("Slack asks to wait", 600)]
    watch.minute(*queue(2))
    watch.restart()
    watch.minute(*queue(2))
    assert watch.slack.attempts == 1
    watch.later(hours=-1)
    watch.minute(*queue(2))
    assert watch.slack.texts() == ["fired queue:team:6101 2"]


def test_a_lost_answer_is_repeated_and_said_to_be_doubtful(watch):
    watch.slack.lost = [AnswerLostError("Slack did not answer in time")]
    watch.minute(*queue(2))
    watch.minute(*queue(2))
    assert watch.slack.texts() == ["fired queue:team:6101 2"] * 2
    (delivery,) = watch.service.get_overview().deliveries
    assert (delivery.attempts, delivery.doubtful, delivery.arrived) == (2, 1, True)


def test_a_refusal_is_given_up_for_all_to_see_and_the_next_message_is_tried(watch):
    watch.slack.failures = [RefusedError("channel_not_found")]
    watch.minute(*queue(2))
    overview = watch.service.get_overview()
    assert (overview.slack.state, overview.slack.error) == ("failed", "channel_not_found")
    assert [(d.arrived, d.reason) for d in overview.deliveries] == [(False, "channel_not_found")]
    assert watch.service.delivered_today() == (0, 1)
    watch.minute()
    assert watch.slack.texts() == ["ended queue:team:6101 2 resolved peak 2"]
    assert watch.service.get_overview().slack.state == "ok"
    assert watch.service.delivered_today() == (1, 2)


def test_blocks_that_slack_refuses_go_as_text(on_disk):
    def drawn(message):
        return {**plainly(message), "blocks": [{"type": "section"}]}

    watch = Watch(on_disk, FakeSlack(), draw=drawn)
    watch.slack.failures = [RefusedError("invalid_blocks")]
    watch.minute(*queue(2))
    assert [message for _, _, message in watch.slack.said] == [{"text": "fired queue:team:6101 2"}]


def test_a_message_that_cannot_be_drawn_holds_up_no_other(on_disk):
    def drawn(message):
        if message.notices[0].problem.team_id == SUPPORT:
            raise KeyError("robot.unheard_of")
        return plainly(message)

    watch = Watch(on_disk, FakeSlack(), draw=drawn)
    watch.minute(*queue(2))
    watch.minute(*queue(2), *queue(1, FINANCE))
    assert watch.slack.texts() == ["fired queue:team:6102 1"]
    assert watch.service.get_overview().deliveries[1].reason == "cannot_be_drawn_KeyError"


def test_a_message_that_cannot_be_renewed_any_more_has_its_end_told_anew(editing):
    editing.minute(*queue(2))
    editing.slack.failures = [RefusedError("message_not_found")]
    editing.minute()
    assert editing.slack.texts()[-1] == "ended queue:team:6101 2 resolved peak 2"


def test_nothing_of_customers_lies_in_the_state_store(watch):
    watch.minute(*(waiting("c9", subject="Segredo", contact_name="Cliente Exemplo"), *held(10)))
    watch.minute()
    everything = b"".join(watch.state.get(key) or b"" for key in watch.state.keys(""))
    assert b"c9" in everything
    for word in ("Segredo", "Cliente", "João", "Suporte"):
        assert word.encode() not in everything


def test_a_store_full_of_storms_stays_small(watch):
    from services.robot.history import History
    from services.robot.state import Incident

    watch.minute(*queue(1))
    (incident,) = watch.service.get_overview().live
    day = 86400
    storm = [
        Incident(
            f"{n:05}", incident.problem, NOW - (n % 30) * day, 1, ended_at=NOW, ending="resolved"
        )
        for n in range(6000)
    ]
    history = History(watch.state)
    history.add(storm, NOW)
    history.add([Incident("new", incident.problem, NOW + day, 1, ended_at=NOW + day)], NOW + day)
    kept = history.list_incidents()
    assert len(kept) == 2000
    assert kept[0].id == "new"
    assert datetime.fromtimestamp(kept[-1].fired_at, UTC) > datetime(2026, 11, 10, tzinfo=UTC)


def test_a_slack_that_is_back_is_found_within_a_minute(watch):
    watch.slack.failures = [UnavailableError("Slack answered 500")] * 12
    watch.minute(*queue(1), deliver=False)
    for _ in range(12):
        watch.deliver(within=0)
        before = watch.slack.attempts
        watch.later(seconds=60)
        watch.deliver(within=0)
        assert watch.slack.attempts > before
        if watch.slack.said:
            break
    assert watch.slack.texts() == ["fired queue:team:6101 1"]


@pytest.mark.parametrize("can_edit", [False, True])
def test_after_an_outage_the_cool_down_begins_when_the_message_arrives(on_disk, can_edit):
    watch = Watch(on_disk, FakeSlack(can_edit))
    watch.slack.failures = [RateLimitedError("Slack asks to wait", 8 * 60)]
    for _ in range(9):
        watch.minute(*queue(1))
    assert watch.slack.texts() == ["fired queue:team:6101 1"]
    for _ in range(9):
        watch.minute(*queue(1))
    assert len(watch.slack.texts()) == 1
    for _ in range(2):
        watch.minute(*queue(1))
    assert watch.slack.texts()[1:] == ["repeated queue:team:6101 1"]


def severities(watch):
    """As the book says, and as whoever asks is told."""
    key = "queue:team:6101"
    written = {i.problem.key: i.problem.severity for i in watch.robot._store.load().incidents}
    return written[key], watch.live[key].problem.severity


@pytest.mark.parametrize("can_edit", [False, True])
def test_between_two_versions_a_wait_goes_on_and_what_becomes_critical_is_told_at_once(
    on_disk, can_edit
):
    limit = {"queue": {"limit_minutes": 20, "cooldown_minutes": 60}}
    watch = Watch(on_disk, FakeSlack(can_edit), alerts=limit)
    row = waiting("w", waiting_since="2026-11-24T14:52:00Z")
    watch.minute(row)
    assert severities(watch) == ("info", "info")
    seen = {}
    for _ in range(20 * 60):
        watch.later(seconds=1)
        watch.robot.deliver()
        told = severities(watch)
        assert told[0] == told[1]
        seen.setdefault(told[0], watch.clock.now - NOW)
    assert seen == {"info": 61, "warning": 2 * 60, "critical": 12 * 60}
    kinds = [kind for kind, _, _ in watch.slack.said]
    assert kinds == (["post", "edit", "post", "edit"] if can_edit else ["post", "post"])
    assert watch.slack.texts()[kinds.index("post", 1)] == "repeated queue:team:6101 1"


def test_a_wait_of_which_nothing_is_known_does_not_become_worse(on_disk):
    watch = Watch(on_disk, FakeSlack(), alerts={"queue": {"limit_minutes": 20}})
    watch.minute(waiting("w"))
    watch.source("intercom", "late")
    watch.minute(waiting("w"))
    watch.later(minutes=30)
    watch.deliver()
    assert severities(watch) == ("warning", "warning")


def test_what_becomes_critical_speaks_in_quiet_hours(on_disk):
    rules = {"quiet_hours": ["00:00-24:00"], "queue": {"limit_minutes": 12}}
    watch = Watch(on_disk, FakeSlack(), alerts=rules)
    watch.minute(waiting("w"))
    assert watch.slack.texts() == []
    watch.later(minutes=1)
    watch.deliver()
    watch.deliver()
    assert watch.slack.texts() == ["fired queue:team:6101 1"]
