import re
import subprocess
import sys

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
