"""`/metrics`: who may read it, what it tells, and that two processes do not undo each other."""

import re
from pathlib import Path

import orjson
import pytest

from callbacks.web.prometheus import Family, Sample, write
from services.runtime.process_report import BOUNDS, ProcessReport, load_reports
from services.settings.config import Settings
from tests.worlds.api_world import AS_OF_TEXT, FakeStore
from tests.worlds.web_world import ANALYST, MANAGER, NAVIGATION, PEOPLE, TOKEN

ROOT = Path(__file__).parents[3]
LINE = re.compile(r'(vigia_[a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\]|\\.)*",?)+)\})? (\S+)')
PERSONAL = re.compile(r"@|[0-9]{9}|Marina|Lacerda|Financeiro|Suporte")


def ask(world, token=TOKEN, **headers):
    return world.browser().get("/metrics", headers={"Authorization": f"Bearer {token}", **headers})


def read(text):
    """Values by name and labels, as the format has it."""
    found = {}
    for line in text.splitlines():
        if not line.startswith("#"):
            name, labels, value = LINE.fullmatch(line).groups()
            words = tuple(sorted(re.findall(r'([a-z_]+)="([^"]*)"', labels or "")))
            assert (name, words) not in found
            found[name, words] = float(value)
    return found


def test_the_tokens_that_reach_it_read_it_and_nobody_else_gets_a_page(fresh):
    world = fresh()
    own = world.backend.tokens.add("prometheus", "metrics", MANAGER)
    for token in (TOKEN, own):
        answer = ask(world, token)
        assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert world.browser(MANAGER).get("/metrics").status_code == 200
    narrow = world.backend.tokens.add("sheet", "aggregates", MANAGER)
    refused = {
        401: [world.browser().get("/metrics", headers=NAVIGATION), ask(world, "guessed")],
        403: [
            world.browser(ANALYST).get("/metrics"),
            world.screen().get("/metrics"),
            ask(world, narrow),
        ],
    }
    for status, answers in refused.items():
        for answer in answers:
            assert (answer.status_code, answer.mimetype) == (status, "application/json")
    assert ask(world, own).status_code == 200
    bearer = {"Authorization": f"Bearer {own}"}
    assert world.browser().get("/api/v1/status", headers=bearer).status_code == 403


def test_it_tells_what_the_status_page_tells(fresh):
    told = read(ask(fresh()).text)
    assert told["vigia_snapshot_rows", (("table", "conversations"),)] > 0
    assert told["vigia_source_state", (("source", "intercom"), ("state", "ok"))] == 1
    assert told["vigia_source_state", (("source", "intercom"), ("state", "failed"))] == 0
    at = told["vigia_source_as_of_timestamp_seconds", (("source", "intercom"),)]
    assert at == AS_OF_TEXT.timestamp()
    assert told["vigia_vendor_requests_last_minute", (("vendor", "intercom"),)] == 3
    assert told["vigia_robot_open_problems", (("rule", "queue"), ("severity", "critical"))] == 0


@pytest.mark.parametrize("options", [{}, {"starting": True}])
def test_nothing_personal_is_in_it(fresh, options):
    text = ask(fresh(people=PEOPLE, **options)).text
    assert read(text)
    words = re.sub(r"[0-9.]+(e\+[0-9]+)?$", "", text, flags=re.MULTILINE)
    assert not PERSONAL.search(words)


def test_each_process_is_told_apart_and_its_counters_only_rise(fresh):
    world = fresh()
    other = ProcessReport(world.backend.cache, "web")
    other.count("page 2xx", 0.3)
    other.tell()
    for _ in range(2):
        world.browser(MANAGER).get("/overview")
    told = read(ask(world).text)
    pages = {
        labels: value
        for (name, labels), value in told.items()
        if name.endswith("duration_seconds_count") and ("group", "page") in labels
    }
    assert sorted(pages.values())[0] == 1
    assert len({dict(labels)["id"] for labels in pages}) == 2
    assert sum(read(ask(world).text).values()) > 0
    resident = [v for (name, _), v in told.items() if name == "vigia_process_resident_bytes"]
    assert len(resident) == 2
    assert min(resident) > 2**20


def test_bands_are_cumulative_and_their_ends_belong_to_them():
    store = FakeStore()
    report = ProcessReport(store, "web")
    for seconds in (0.0, BOUNDS[0], 0.006, 99.0):
        report.count("api 2xx", seconds)
    report.tell()
    [found] = load_reports(store).values()
    assert found["durations"]["api 2xx"][:2] == [2, 1]
    assert found["durations"]["api 2xx"][-2] == 1
    assert found["durations"]["api 2xx"][-1] == pytest.approx(99.011)
    assert orjson.dumps(found)


def test_what_stands_in_a_label_cannot_end_it():
    text = write([Family("x", "gauge", "X.", [Sample({"a": 'b"} 1\nc\\'}, 2)])])
    assert text.splitlines()[2] == 'vigia_x{a="b\\"} 1\\nc\\\\"} 2.0'


def test_a_request_has_an_id_which_only_a_known_proxy_may_give(fresh):
    given = {"X-Request-ID": "from-the-proxy"}
    plain = fresh().browser().get("/healthz", headers=given).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{16}", plain)
    proxied = fresh(settings=Settings(server={"trusted_proxies": 1})).browser()
    assert proxied.get("/healthz", headers=given).headers["X-Request-ID"] == "from-the-proxy"
    forged = proxied.get("/healthz", headers={"X-Request-ID": 'x"} injected line'})
    assert re.fullmatch("[0-9a-f]{16}", forged.headers["X-Request-ID"])


def test_the_dashboard_asks_for_what_is_told(fresh):
    asked = set(re.findall(r"vigia_[a-z_]+", (ROOT / "deploy/grafana-dashboard.json").read_text()))
    told = set(re.findall(r"# TYPE (vigia_[a-z_]+) ", ask(fresh()).text))
    assert {re.sub("_(bucket|count)$", "", name) for name in asked} <= told
