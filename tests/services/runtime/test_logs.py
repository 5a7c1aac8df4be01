import json
import re
import subprocess
import sys

JSON = """
import logging
from services.runtime.logs import begin_request, configure_logging
configure_logging("web", "json")
log = logging.getLogger("callbacks.web.errors")
log.info('of "nobody"')
begin_request("abc12345")
try:
    1 / 0
except ZeroDivisionError as error:
    log.error("failed", exc_info=error)
"""
LOGGING = """
import logging
from services.runtime.logs import configure_logging
configure_logging("collect")
logging.getLogger("services.collector.collector").info("cycle took %d ms", 12)
logging.getLogger("urllib3.connectionpool").warning("/calls?phone=secret")
"""


def test_every_line_has_the_same_plain_form_in_utc_and_addresses_are_left_out():
    done = subprocess.run(
        [sys.executable, "-c", LOGGING], capture_output=True, text=True, check=True
    )
    assert done.stdout == ""
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO collect cycle took 12 ms\n", done.stderr
    )


def test_json_is_one_object_a_line_with_the_request_that_it_belongs_to():
    done = subprocess.run([sys.executable, "-c", JSON], capture_output=True, text=True, check=True)
    first, second = map(json.loads, done.stderr.splitlines())
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "level": "INFO",
        "process": "web",
        "logger": "callbacks.web.errors",
        "message": 'of "nobody"',
    }
    assert (second["request"], second["message"]) == ("abc12345", "failed")
    assert second["traceback"].endswith("ZeroDivisionError: division by zero")
