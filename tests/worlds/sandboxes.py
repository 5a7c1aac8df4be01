"""Sandboxes for tests: small, and with a clock that stands until it is moved."""

from datetime import datetime
from zoneinfo import ZoneInfo

from requests.auth import HTTPBasicAuth

from services.sandbox.embedded import Sandbox
from services.vendors.aircall import Aircall
from services.vendors.http import AIRCALL, INTERCOM, BearerAuth, Limits, VendorSession
from services.vendors.intercom import Intercom

ZONE = ZoneInfo("America/Sao_Paulo")
TUESDAY = datetime(2026, 11, 24, 14, 10, tzinfo=ZONE).timestamp()
SMALL = {"seed": 7, "days": 14, "conversations": 800, "calls": 300, "agents": 8}


class Clock:
    """An instant that only the test moves."""

    def __init__(self, now=TUESDAY):
        self.now = now

    def __call__(self):
        return self.now

    def sleep(self, seconds):
        self.now += seconds


def small_sandbox(clock=None, **changes):
    return Sandbox(**{**SMALL, "clock": clock or Clock(), **changes})


def session(vendor, url, clock, **words):
    auth = BearerAuth("demonstration") if vendor is INTERCOM else HTTPBasicAuth("some", "key")
    words.setdefault("limits", Limits(connect=2, read=2, whole=4, attempts_seconds=4))
    return VendorSession(
        vendor, url, auth, requests_per_minute=100_000, clock=clock, sleep=clock.sleep, **words
    )


class Clients:
    """Our own clients, reading a sandbox."""

    def __init__(self, sandbox, clock, version="2.14", **words):
        headers = {"Intercom-Version": version}
        self._sessions = (
            session(INTERCOM, sandbox.url, clock, headers=headers, **words),
            session(AIRCALL, sandbox.url, clock, **words),
        )
        self.intercom = Intercom(self._sessions[0], version)
        self.aircall = Aircall(self._sessions[1])

    def __enter__(self):
        return self

    def __exit__(self, *error):
        for one in self._sessions:
            one.close()
