"""One plain format for the log lines of all processes.

Nobody logs names, bodies, tokens or numbers; what is logged is fit to be sent to a colleague.
"""

import logging
import sys
import time


class _Formatter(logging.Formatter):
    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"


def configure_logging(process: str) -> None:
    """To standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Formatter(f"%(asctime)s %(levelname)s {process} %(message)s"))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    # Its own lines about retries quote whole addresses.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
