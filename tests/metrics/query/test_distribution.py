import polars as pl

from metrics.query.distribution import EDGES, Bucket, buckets


def spans(*seconds):
    return pl.Series(list(seconds), dtype=pl.Float64)


def test_rows_fall_between_the_edges_and_an_edge_belongs_to_what_follows():
    found = buckets(spans(59, 60, 299, 300, None))
    assert found == [Bucket(0, 60, 1), Bucket(60, 300, 2), Bucket(300, 900, 1)]


def test_empty_buckets_stay_between_full_ones_and_go_at_the_ends():
    found = buckets(spans(70, 2000))
    assert [(b.low, b.high, b.count) for b in found] == [
        (60, 300, 1),
        (300, 900, 0),
        (900, 1800, 0),
        (1800, 3600, 1),
    ]


def test_the_last_bucket_has_no_end():
    [last] = buckets(spans(EDGES[-1], 10 * EDGES[-1]))
    assert (last.key, last.count) == ("604800..", 2)


def test_without_a_duration_there_is_no_bucket():
    assert buckets(spans()) == []
    assert buckets(spans(None, None)) == []


def test_every_known_row_is_in_exactly_one_bucket():
    seconds = spans(*range(0, 700_000, 977))
    assert sum(b.count for b in buckets(seconds)) == len(seconds)
