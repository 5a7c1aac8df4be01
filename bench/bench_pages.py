"""What a page costs to draw, and how long a manager waits from a click on a filter to the paint.

python -m bench.bench_pages [--conversations 200000] [--calls 100000] [--repeats 5] [--page times]

A store with that many rows of 90 days, the real web server, a headless Chromium. Before each
repetition a new version is published, so that nothing is remembered: the first reader of a minute.
"""

import argparse
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any
from unittest.mock import patch

import orjson
from playwright.sync_api import Page, sync_playwright

from bench.published import Published, served, sign_in
from callbacks.reports import filter_choices, parts
from callbacks.reports.page_query import read_choices
from callbacks.reports.report_page import ReportPage, add_filter_words
from callbacks.web.registry import REPORTS
from layouts.components.context import Context
from layouts.components.filter_bar import filter_bar
from layouts.formats import Formats
from layouts.i18n import text_for
from services.runtime.backend import Backend

# The page is painted when nothing of it has changed for so long.
QUIET_MILLISECONDS = 350
ACTIONS = ("period", "agent")
SLOWEST_MILLISECONDS = 60_000
# What drawing and writing may take of the 120 ms that a first view has on the server.
DRAWING_MILLISECONDS = 40
# An address with something to draw.
SEARCHES = {"/crosstabs": "?row=agent&column=team&show=heat"}
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
        if draw is None:
            print(f"| {path} | nothing to draw from these rows | | | | | |", flush=True)
            continue
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


def prepare_drawing(page: ReportPage, backend: Backend) -> Callable[[], Any] | None:
    """What draws the bar and the content, with all numbers at hand; None where there is none."""
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
    if given is None:
        return None
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


if __name__ == "__main__":
    main()
