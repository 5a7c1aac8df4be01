"""A running time is written by the server first and by the browser after: both in one way."""

from pathlib import Path
from zoneinfo import ZoneInfo

from layouts.formats import Formats
from layouts.i18n import text_for

SCRIPT = Path(__file__).parents[2] / "assets" / "live-time.js"
SECONDS = (0, 1, 59, 60, 61, 599, 3599, 3600, 3661, 35999, 36000, 86399, 86400, 93784, 999_999)


def test_browser_and_server_write_a_duration_in_one_way(chromium):
    page = chromium.new_context().new_page()
    page.add_script_tag(path=SCRIPT)
    formats = Formats(text_for("pt-BR"), ZoneInfo("America/Sao_Paulo"))
    for name, write in (("timer", formats.timer), ("span", formats.span_of)):
        drawn = page.evaluate(f"all => all.map(window.vigia.{name})", list(SECONDS))
        assert drawn == [write(seconds) for seconds in SECONDS], name
