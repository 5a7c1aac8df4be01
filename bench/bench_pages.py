"""What a page costs to draw, and how long a manager waits from a click on a filter to the paint.

python -m bench.bench_pages [--conversations 200000] [--calls 100000] [--repeats 5] [--page times]

A store with that many rows of 90 days, the real web server, a headless Chromium. Before each
repetition a new version is published, so that nothing is remembered: the first reader of a minute.
"""

import argparse
import secrets
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import orjson
import pandas as pd
from playwright.sync_api import Page, sync_playwright

from bench import bench_metrics
from bench.soak_wall import answers, prepared, running, wait_for
from callbacks.reports import filter_choices, parts
from callbacks.reports.page_query import read_choices
from callbacks.reports.report_page import ReportPage, add_filter_words
from callbacks.web.registry import REPORTS
from layouts.components.context import Context
from layouts.components.filter_bar import filter_bar
from layouts.formats import Formats
from layouts.i18n import text_for
from metrics.model import schema
from metrics.model.tables import Tables
from services.accounts.accounts import Accounts
from services.runtime.backend import Backend
from services.runtime.deployment import claim_cache, identify_owner, open_stores
from services.settings.config import Settings, load_environment, load_settings
from services.snapshot.dataset import Dataset
from services.snapshot.manifest import WHOLE, History, PartitionId, SourceStatus
from services.snapshot.snapshot import SnapshotWriter
from services.storage.lease import raise_epoch

EMAIL, PASSWORD = "gestora@example.com", secrets.token_urlsafe(16)
EXPIRE_SECONDS = 86_400
# The page is painted when nothing of it has changed for so long.
QUIET_MILLISECONDS = 350
ACTIONS = ("period", "agent")
SLOWEST_MILLISECONDS = 60_000
# What drawing and writing may take of the 120 ms that a first view has on the server.
DRAWING_MILLISECONDS = 40
# An address with something to draw.
SEARCHES = {"/crosstabs": "?row=agent&column=team&show=heat"}
NOW = bench_metrics.NOW
VALUES = {"kind": 6, "expansion": 3, "system_category": 25, "registrations": 12, "area": 8}
# Clicks and waits: resolves with the milliseconds to the last paint of bar, content and charts.
CLICK = """async ([page, chip, choice, quiet]) => {
  const told = () => (document.querySelector(chip + " .chip-value") || {}).textContent;
  const button = document.querySelector(chip);
  button.click();
  const find = () => document.querySelector(choice);
  while (!find()) await new Promise(requestAnimationFrame);
  const before = told();
  const content = document.getElementById(page + "--content");
  let painted = 0;
  const ticking = (target) => target.closest && target.closest(".tick");
  const watch = new MutationObserver((changes) => {
    if (changes.every((change) => ticking(change.target))) return;
    requestAnimationFrame(() => requestAnimationFrame(() => { painted = performance.now(); }));
  });
  const start = performance.now();
  watch.observe(content, { childList: true, subtree: true, attributes: true });
  find().click();
  while (told() === before || !painted || performance.now() - painted < quiet) {
    if (performance.now() - start > 60000) return null;
    await new Promise((done) => setTimeout(done, 15));
  }
  watch.disconnect();
  return painted - start;
}"""
CHOICES = {
    "period": ("#filters--filter-period", ".chooser .choice[href*='period=90d']"),
    "agent": ("#filters--filter-agent", ".chooser .checklist input"),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--calls", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--page", nargs="*", default=[], help="names of pages; all when absent")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "chromium")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, served(Path(folder), arguments) as (store, url):
        tell_drawings(store.backend, arguments)
        print("| page | click | median ms | worst ms |\n|---|---|---|---|", flush=True)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=arguments.chromium, args=["--headless=new", "--no-sandbox"]
            )
            page = browser.new_page(base_url=url, viewport={"width": 1366, "height": 768})
            page.set_default_timeout(SLOWEST_MILLISECONDS)
            sign_in(page)
            for path in sorted(REPORTS):
                if not arguments.page or path.strip("/") in arguments.page:
                    measure(page, path.strip("/"), store, arguments.repeats)
            browser.close()


def tell_drawings(backend: Backend, arguments: argparse.Namespace) -> None:
    print("| page | nodes | kB of JSON | drawing ms | writing ms | target | |", flush=True)
    print("|---|---|---|---|---|---|---|", flush=True)
    for path, page in sorted(REPORTS.items()):
        if arguments.page and page.name not in arguments.page:
            continue
        draw = prepare_drawing(page, backend)
        places = (("bar", "children"), ("content", "children"))
        drawing, drawn = measure_cpu(draw, arguments.repeats)
        trees = dict(zip(places, drawn, strict=True))
        writing, written = measure_cpu(lambda trees=trees: parts.draw(trees), arguments.repeats)
        size = sum(len(orjson.dumps(part.content)) for part in written) / 1000
        met = "met" if drawing + writing <= DRAWING_MILLISECONDS else "not met"
        print(
            f"| {path} | {count_nodes(drawn)} | {size:.0f} | {drawing:.1f} | {writing:.1f} "
            f"| ≤ {DRAWING_MILLISECONDS} ms | {met} |",
            flush=True,
        )


def prepare_drawing(page: ReportPage, backend: Backend) -> Callable[[], Any]:
    """What draws the bar and the content, with all numbers at hand."""
    search = SEARCHES.get(page.path, "?period=28d")
    text = text_for("pt-BR")
    formats = Formats(text, backend.settings.zone)
    choices = read_choices(search)
    context = Context(
        text, formats, "dark", "manager", "Gestora", page.path, choices=choices, lists_rows=True
    )
    question = page.question(search, backend)
    assert question is not None
    question = add_filter_words(question, context)
    bar = filter_choices.build_bar(question, context)
    layout = import_module(f"layouts.pages.{page.name}.page")
    name = "cross" if hasattr(layout, "cross") else "content"
    content = getattr(layout, name)
    with patch.object(layout, name, wraps=content) as asked:
        page.content(question, context, backend)
    given = asked.call_args
    return lambda: (filter_bar(bar, context), content(*given.args, **given.kwargs))


def measure_cpu(act: Callable[[], Any], repeats: int) -> tuple[float, Any]:
    """Milliseconds of CPU, the median, and the result; what is remembered is remembered."""
    act()
    taken = []
    for _ in range(repeats):
        start = time.process_time()
        result = act()
        taken.append((time.process_time() - start) * 1000)
    return statistics.median(taken), result


def count_nodes(tree: Any) -> int:
    if isinstance(tree, dict):
        return ("namespace" in tree) + sum(map(count_nodes, tree.values()))
    return sum(map(count_nodes, tree)) if isinstance(tree, list | tuple) else 0


def measure(page: Page, name: str, store: "Published", repeats: int) -> None:
    for action in ACTIONS:
        taken = []
        for _ in range(repeats):
            store.publish()
            # The server asks for a new version once a second.
            time.sleep(1.2)
            page.goto(f"/{name}?period=7d")
            page.wait_for_selector(f"#{name}--content > :not(.skeleton)")
            page.wait_for_selector("#filters--filter-period")
            page.wait_for_load_state("networkidle")
            taken.append(page.evaluate(CLICK, [name, *CHOICES[action], QUIET_MILLISECONDS]))
        shown = [SLOWEST_MILLISECONDS if one is None else one for one in taken]
        middle, worst = statistics.median(shown), max(shown)
        print(f"| /{name} | {action} | {middle:.0f} | {worst:.0f} |", flush=True)


def sign_in(page: Page) -> None:
    page.goto("/login")
    page.fill("input[name=email]", EMAIL)
    page.fill("input[name=password]", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_timeout(4000)


class Published:
    """What a collector would have published, and a `backend` that reads it in this process."""

    def __init__(self, writer: SnapshotWriter, tables: Tables, backend: Backend) -> None:
        self._writer = writer
        self.backend = backend
        self._history = History(
            bench_metrics.HISTORY_DAYS,
            bench_metrics.HISTORY_DAYS,
            complete=True,
            first_day=(NOW - pd.Timedelta(days=bench_metrics.HISTORY_DAYS - 1)).date(),
        )
        self._sources = {
            name: SourceStatus("ok", NOW.to_pydatetime()) for name in ("intercom", "aircall")
        }
        self.publish(partitions(tables))

    def publish(self, changed: dict[PartitionId, pd.DataFrame] | None = None) -> None:
        """A new version, of the same rows unless others are given."""
        self._writer.publish(changed or {}, self._sources, self._history)


@contextmanager
def served(folder: Path, arguments: argparse.Namespace) -> Iterator[tuple[Published, str]]:
    """The store, and the address of the server that reads it."""
    environ, url = prepared(folder, bench_metrics.HISTORY_DAYS)
    environment = load_environment(environ)
    stores = open_stores(environment)
    try:
        settings = load_settings(environment.vigia_config)
        Accounts(stores.state, settings).add(EMAIL, "Gestora", "manager", PASSWORD)
        claim_cache(stores.cache, identify_owner(environment, settings, stores.state))
        writer = SnapshotWriter(
            stores.cache,
            epoch=raise_epoch(stores.cache, time.time),
            expire_seconds=EXPIRE_SECONDS,
            clock=NOW.timestamp,
        )
        backend = Backend(
            settings=settings,
            environment=environment,
            cache=stores.cache,
            state=stores.state,
            dataset=Dataset(stores.cache),
        )
        store = Published(writer, dressed(arguments.conversations, arguments.calls), backend)
        with running(folder, environ, "web"):
            wait_for(lambda: answers(f"{url}/readyz"))
            yield store, url
    finally:
        stores.close()


def dressed(conversations: int, calls: int) -> Tables:
    """The operation of `bench_metrics`, with the words and attributes that pages read too."""
    tables = bench_metrics.world(conversations, calls)
    chance = np.random.default_rng(21)
    frame = tables.conversations
    labels = vars(Settings().rules().labels)
    added = {
        schema.attribute(labels[name]): chance.choice(
            [f"{name} {n}" for n in range(count)], len(frame)
        )
        for name, count in VALUES.items()
    }
    words = {
        "subject": chance.choice([f"Dúvida {n} sobre o boleto" for n in range(5000)], len(frame)),
        "contact_name": chance.choice([f"Cliente {n}" for n in range(20_000)], len(frame)),
        "rating_remark": pd.Series(
            chance.choice([f"Comentário {n}" for n in range(900)], len(frame))
        ).where(frame["rating"].notna()),
    }
    whole = schema.conform(frame.assign(**added, **words), "conversations")
    return replace(tables, conversations=whole)


def partitions(tables: Tables) -> dict[PartitionId, pd.DataFrame]:
    """The tables cut as the collector cuts them."""
    calls = tables.calls.drop(columns=list(schema.CALL_AGENTS))
    found: dict[PartitionId, pd.DataFrame] = {
        ("agents", WHOLE): tables.agents,
        ("teams", WHOLE): tables.teams,
    }
    for table, frame, date in (
        ("conversations", tables.conversations, "created_at"),
        ("calls", calls, "started_at"),
    ):
        for day, rows in frame.groupby(frame[date].dt.strftime("%Y-%m-%d")):
            found[(table, str(day))] = schema.conform(rows, table)
    return found


if __name__ == "__main__":
    main()
