import pytest

from metrics.measures.satisfaction import Ranking, focused, negatives, ranking
from metrics.model.filters import Filters
from metrics.model.summary import Summary
from tests.worlds.tables import UTC_RULES, agents, conversations, groups, scoped, tables, told

ASKED = "2026-11-24T09:00:00Z"


def rated(score, **values):
    return {"rating": score, "rating_at": ASKED, "state": "closed", **values}


def content(*rows, **others):
    return tables(conversations(*rows), **others)


@pytest.mark.parametrize(
    ("key", "value", "n"),
    [
        ("csat_average", 17 / 5, 5),
        ("csat_score", 3 / 5, 5),
        ("csat_adjusted", 3 / 4, 4),
        ("dsat_score", 1 / 5, 5),
    ],
)
def test_the_scores_of_five_ratings(key, value, n):
    found = told(key, content(*map(rated, (5, 4, 4, 3, 1)), {}))
    assert (found.value, found.n) == (pytest.approx(value), n)
    assert dict(found.parts) == {"positive": 3, "neutral": 1, "negative": 1}


def test_only_neutral_ratings_leave_the_adjusted_score_without_data():
    neutral = content(rated(3), rated(3))
    assert told("csat_adjusted", neutral) == Summary(
        None, 0, "share", parts={"positive": 0, "neutral": 2, "negative": 0}
    )
    assert told("csat_score", neutral).value == 0


def test_a_rating_counts_on_the_day_it_was_asked_for_whatever_happened_later():
    rows = [
        rated(5, created_at="2026-09-01T10:00:00Z"),
        rated(5, updated_at="2026-12-31T10:00:00Z"),
        rated(1, rating_at="2026-11-25T00:00:00Z"),
        rated(1, rating_at="2026-11-23T23:59:59Z"),
        rated(1, rating_at=None),
    ]
    assert told("csat_score", content(*rows)).n == 2


def test_what_is_no_rating_does_not_count():
    assert told("csat_average", content(rated(0), rated(6), rated(None), rated(2))).value == 2


PEOPLE = agents(
    {"id": "1", "name": "Luana"},
    {"id": "2", "name": "João"},
    {"id": "3", "name": "Mariana", "active": False},
    {"id": "9", "name": "Fin", "bot": True},
)


@pytest.mark.parametrize(
    ("rated_id", "assignee", "credited"),
    [
        ("1", "2", "1"),
        ("3", "2", "3"),  # people who left keep their ratings
        ("9", "2", "none"),  # the bot is nobody's agent, and it was the bot
        (None, "2", "2"),
        ("77", "2", "77"),  # nobody knows the name, and it was nobody else
        (None, None, "none"),
        (None, "9", "none"),
    ],
)
def test_a_rating_belongs_to_who_was_rated(rated_id, assignee, credited):
    found = content(rated(5, rated_agent_id=rated_id, agent_id=assignee), agents_=PEOPLE)
    assert groups("csat_score", "agent", found) == {credited: 1}
    own = told("csat_score", found, filters=Filters(agents=(credited,)))
    assert own.n == 1


def test_a_rating_lies_in_the_scope_of_its_conversation():
    rows = [rated(5, team_id="6101"), rated(1, team_id="6102"), rated(1)]
    assert told("csat_score", content(*rows), rules=scoped("6101")).n == 1
    assert told("csat_score", content(*rows)).n == 3


def score(value, n):
    return Summary(value, n, "share")


def test_under_the_agreed_number_of_ratings_nobody_is_ranked():
    assert UTC_RULES.csat_minimum == 10
    scores = {
        "one bad rating": score(0, 1),
        "nine good ones": score(1, 9),
        "ten": score(0.9, 10),
        "eleven": score(0.9, 11),
        "best": score(0.95, 40),
        "none": score(None, 0),
    }
    assert ranking(scores, UTC_RULES) == Ranking(
        ranked=("best", "eleven", "ten"), few=("nine good ones", "one bad rating")
    )


def test_the_response_rate_is_of_the_closed_conversations_of_the_period():
    rows = [rated(5), rated(1), {"state": "closed"}, {"state": "closed"}, {"state": "open"}]
    found = told("csat_response_rate", content(*rows))
    assert (found.value, found.n) == (0.5, 4)
    assert told("csat_response_rate", content({"state": "open"})).value is None


SCORES = {
    "a": Summary(0.9, 10, "share"),
    "b": Summary(0.5, 40, "share"),
    "c": Summary(0.5, 20, "share"),
    "d": Summary(0.1, 9, "share"),
}
BAD = {
    "a": Summary(0.1, 10, "share"),
    "b": Summary(0.1, 40, "share"),
    "c": Summary(0.5, 20, "share"),
    "d": Summary(0.9, 9, "share"),
}


@pytest.mark.parametrize(
    ("focus", "order"),
    [
        ("best", ("a", "b", "c")),
        ("worst", ("c", "b", "a")),
        ("negatives", ("c", "b", "a")),
        ("volume", ("b", "c", "a")),
    ],
)
def test_a_focus_orders_those_with_enough_ratings_only(focus, order):
    assert focused(SCORES, BAD, focus, UTC_RULES) == Ranking(order, ("d",))


def test_negatives_are_whole_ratings():
    assert [negatives(one) for one in (BAD["b"], BAD["d"], None)] == [4, 8, 0]
    assert negatives(Summary(None, 0, "share")) == 0
