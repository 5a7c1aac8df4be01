from metrics.model.filters import Filters
from tests.worlds.tables import (
    FINANCE,
    SUPPORT,
    agents,
    conversations,
    day,
    groups,
    scoped,
    tables,
    teams,
    told,
)

PEOPLE = agents(
    {"id": "1", "name": "Luana", "team_ids": SUPPORT},
    {"id": "2", "name": "Felipe", "team_ids": FINANCE},
    {"id": "9", "name": "Fin", "bot": True},
)
TEAMS = teams({"id": SUPPORT, "name": "Suporte N1"}, {"id": FINANCE, "name": "Financeiro"})


def content(*rows, **others):
    return tables(conversations(*rows), agents_=PEOPLE, teams_=TEAMS, **others)


def test_the_queue_is_what_is_open_and_nobody_s():
    rows = [
        {"team_id": SUPPORT, **values}
        for values in ({"agent_id": "1"}, {}, {"state": "snoozed"}, {"state": "closed"})
    ]
    rows += [{"team_id": FINANCE}, {}]
    assert told("queue", content(*rows)).value == 2
    assert told("queue", content(*rows), rules=scoped(SUPPORT)).value == 1
    assert told("queue", content(*rows), filters=Filters(agents=("none",))).value == 2


def test_the_limbo_has_no_team_and_so_no_scope():
    rows = [{}, {"team_id": SUPPORT}, {"agent_id": "1"}]
    assert told("unrouted", content(*rows)).value == 1
    assert told("unrouted", content(*rows), rules=scoped(SUPPORT)).value == 1


def test_the_longest_wait_is_that_of_the_queue():
    rows = [
        {"waiting_since": "2026-11-24T11:59:00Z"},
        {"waiting_since": "2026-11-24T11:50:00Z"},
        {"waiting_since": "2026-11-24T09:00:00Z", "agent_id": "1"},
        {"waiting_since": "2026-11-24T09:00:00Z", "state": "closed"},
        {},
    ]
    limbo = {"waiting_since": "2026-11-24T11:00:00Z"}
    found = told("longest_wait", content(limbo, *({"team_id": SUPPORT, **row} for row in rows)))
    assert (found.value, found.n) == (600, 2)


def test_nobody_waits_for_us_after_our_own_reply():
    assert told("longest_wait", content({}, {"agent_id": "1"})).value is None


def test_a_wait_is_never_below_zero():
    row = {"waiting_since": "2026-11-24T12:00:03Z", "team_id": SUPPORT}
    assert told("longest_wait", content(row)).value == 0


def test_what_is_open_counts_whatever_its_age_and_the_period():
    rows = [{"created_at": "2025-01-01T00:00:00Z"}, {"state": "snoozed"}, {"state": "closed"}]
    for period in (day("2026-11-24"), day("2020-01-01")):
        assert told("open_now", content(*rows), period=period).value == 1
        assert told("snoozed_now", content(*rows), period=period).value == 1


def test_what_a_person_holds_counts_over_all_teams():
    rows = [
        {"agent_id": "1", "team_id": SUPPORT},
        {"agent_id": "1", "team_id": FINANCE},
        {"agent_id": "1"},
        {"agent_id": "2", "team_id": FINANCE},
        {"team_id": SUPPORT},
    ]
    rules = scoped(SUPPORT)
    assert told("open_now", content(*rows), rules=rules).value == 2
    own = Filters(agents=("1",))
    assert told("open_now", content(*rows), rules=rules, filters=own).value == 3
    assert groups("open_now", "agent", content(*rows), rules=rules) == {"1": 3, "none": 1}
    assert groups("conversations", "agent", content(*rows), rules=rules) == {"1": 1, "none": 1}


def test_the_bot_holds_nothing():
    assert groups("open_now", "agent", content({"agent_id": "9"})) == {"none": 1}


def test_ages_begin_at_their_edge():
    rows = [
        {"created_at": at}
        for at in (
            "2026-11-24T11:00:01Z",
            "2026-11-24T11:00:00Z",
            "2026-11-24T08:00:00Z",
            "2026-11-23T12:00:00Z",
            "2026-11-21T12:00:00Z",
            "2026-11-17T12:00:01Z",
            "2026-11-17T12:00:00Z",
        )
    ]
    found = told("backlog_age", content(*rows, {"state": "closed"}, {"state": "snoozed"}))
    bands = {"<1h": 1, "1-4h": 1, "4-24h": 1, "1-3d": 1, "3-7d": 2, ">7d": 1}
    assert found.value == 7
    assert list(found.parts.items()) == list(bands.items())


def test_the_last_thirty_minutes_reach_across_midnight():
    rows = [
        {"created_at": f"2026-11-{at}Z"}
        for at in ("23T23:39:59", "23T23:40:00", "23T23:40:01", "24T00:05:00")
    ]
    found = told("arrivals_recent", content(*rows, now="2026-11-24T00:10:00Z"))
    assert found.value == 2


STATES = agents(
    {"id": "1", "away": False, "voice_status": "available", "team_ids": SUPPORT},
    {"id": "2", "away": True, "voice_status": "in_call", "team_ids": SUPPORT},
    {"id": "3", "voice_status": "after_call_work", "team_ids": SUPPORT},
    {"id": "4", "away": False, "voice_status": "do_not_disturb", "team_ids": f"{FINANCE},7"},
    {"id": "5", "away": False, "voice_status": "on_mobile", "team_ids": ""},
    {"id": "6", "away": False, "active": False, "team_ids": SUPPORT},
    {"id": "9", "away": False, "bot": True, "team_ids": SUPPORT},
    {"id": "voice:7", "voice_status": "available", "seated": False},
)


def test_online_are_members_whose_state_says_so():
    found = tables(agents_=STATES, teams_=TEAMS)
    assert told("online_text", found).value == 2
    assert told("online_voice", found).value == 3
    assert told("online_text", found, rules=scoped(SUPPORT)).value == 1
    assert told("online_text", found, filters=Filters(teams=(FINANCE,))).value == 1
    assert told("online_text", found, filters=Filters(agents=("1", "2"))).value == 1
    assert groups("online_text", "team", found) == {SUPPORT: 1, FINANCE: 1, "7": 1}
    assert groups("online_text", "team", found, rules=scoped(FINANCE)) == {FINANCE: 1}
    assert groups("online_text", "agent", found) == {"1": 1, "4": 1, "2": 0, "3": 0}
