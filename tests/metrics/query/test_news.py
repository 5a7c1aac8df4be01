from dataclasses import replace

import pytest

from metrics.model.filters import EMPTY, UNASSIGNED
from metrics.model.summary import Summary, wilson
from metrics.query.news import (
    News,
    choose_news,
    find_backlog,
    find_debt,
    find_missed,
    find_shifts,
    find_unusual,
    find_weak,
)
from metrics.query.reasons import ReasonRow
from metrics.query.usual import Judgement
from tests.worlds.tables import RULES

AGREED = (
    "first_response_within_target",
    "close_within_target",
    "service_level",
    "classification_rate",
)


def share(value, n):
    return Summary(value, n, "share", None, None, *wilson(value, n))


def numbers(**given):
    return {key: share(1.0, 500) for key in AGREED} | given


def count(value):
    return Summary(float(value), value, "count")


def test_those_that_concern_most_come_first_one_of_each_kind():
    found = [
        News("usual", "loss_rate", 5),
        News("usual", "dsat_score", 50),
        News("debt", "callback_debt", 7),
        News("agent", "csat_score", 3),
        News("target", "service_level", 9),
    ]
    assert [(news.kind, news.concerns) for news in choose_news(found)] == [
        ("usual", 50),
        ("target", 9),
        ("debt", 7),
    ]


def test_what_is_neither_good_nor_bad_comes_last():
    found = [News("mentions", "top_reasons", 900), News("agent", "csat_score", 3)]
    assert [news.kind for news in choose_news(found)] == ["agent", "mentions"]


def test_a_target_is_missed_where_more_than_one_in_five_is_surely_late():
    missed = numbers(first_response_within_target=share(0.525, 400))
    [news] = find_missed(missed, RULES)
    assert (news.key, news.beside) == ("first_response_within_target", RULES.first_response_seconds)
    assert (round(news.concerns), news.cells) == (190, ("value:0",))
    assert not list(find_missed(numbers(service_level=share(0.78, 100)), RULES))
    assert not list(find_missed(numbers(service_level=share(0, 9)), RULES))
    assert not list(find_missed(numbers(service_level=Summary(None, 0, "share")), RULES))


def test_the_goal_of_classification_is_the_one_that_was_agreed():
    rules = replace(RULES, goal_classification=0.9)
    [news] = find_missed(numbers(classification_rate=share(0.85, 1000)), rules)
    assert (news.kind, news.beside) == ("goal", 0.9)
    assert not list(find_missed(numbers(classification_rate=share(0.89, 1000)), rules))


@pytest.mark.parametrize(
    ("key", "verdict", "said"),
    [
        ("loss_rate", "above", True),
        ("loss_rate", "below", False),
        ("csat_score", "below", True),
        ("csat_score", "within", False),
        ("csat_score", "few_weeks", False),
        ("conversations", "above", True),
        ("talk_time", "above", False),
    ],
)
def test_what_is_worse_than_usual_is_news_and_more_arrivals_are(key, verdict, said):
    judged = {key: Judgement(verdict, 0.5 if verdict == "above" else -0.5)}
    assert bool(list(find_unusual(judged, {key: count(90)}))) == said


def test_unusual_news_concerns_what_is_over_or_missing():
    [more] = find_unusual({"conversations": Judgement("above", 0.5)}, {"conversations": count(90)})
    [fewer] = find_unusual(
        {"calls_answered": Judgement("below", -0.4)}, {"calls_answered": count(60)}
    )
    [worse] = find_unusual({"loss_rate": Judgement("above", 0.1)}, {"loss_rate": share(0.3, 200)})
    assert [round(news.concerns) for news in (more, fewer, worse)] == [30, 40, 20]


def test_the_backlog_grows_where_more_than_chance_stays():
    [news] = find_backlog(count(1000), count(900))
    assert (news.concerns, news.key) == (100, "open_now")
    assert not list(find_backlog(count(1000), count(960)))
    assert not list(find_backlog(count(100), count(90)))
    assert not list(find_backlog(count(40), count(9)))


def test_nobody_owed_is_no_news():
    assert not list(find_debt(0))
    assert next(find_debt(3)).n == 3


def test_a_person_is_named_whose_whole_interval_lies_below_all():
    scores = {"201": share(0.6, 100), "202": share(0.9, 100), UNASSIGNED: share(0.1, 100)}
    [news] = find_weak("agent", scores, share(0.85, 300), RULES)
    assert (news.group, news.cells) == ("201", ("agent:201",))
    assert round(news.concerns) == 25


def test_who_has_few_ratings_is_not_ranked():
    few = RULES.csat_minimum - 1
    scores = {"a": share(0.0, few), "b": share(0.9, 300), EMPTY: share(0.0, 300)}
    assert not list(find_weak("reason", scores, share(0.9, 900), RULES))


def test_whose_interval_reaches_everybody_is_not_named():
    score = share(0.8, 100)
    others = {"b": share(0.9, 300)}
    assert not list(find_weak("agent", {"a": score} | others, share(score.high, 400), RULES))
    assert list(find_weak("agent", {"a": score} | others, share(score.high + 0.001, 400), RULES))


def rows(*counts):
    now, before = (sum(column) for column in zip(*counts, strict=True))
    return [
        ReasonRow(f"r{place}", one, one / now, two, two / before)
        for place, (one, two) in enumerate(counts)
    ]


def test_a_reason_that_moved_by_more_than_chance_is_named():
    [news, _] = find_shifts(rows((300, 200), (1700, 1800)))
    assert (news.group, news.cells, round(news.concerns)) == ("r0", ("reason:r0",), 100)


def test_chance_moves_no_reason():
    assert not list(find_shifts(rows((110, 90), (890, 910))))
    assert not list(find_shifts(rows((9, 0), (900, 900))))
    assert not list(find_shifts([]))
