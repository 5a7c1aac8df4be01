"""How often one may try to sign in: failures are counted per person and per address, and noted.

A browser in which somebody was let in is known by its signed cookie: what others fail at, here or
elsewhere, does not count against them there.
"""

import secrets
import threading
from collections.abc import Callable
from typing import Any, TypeVar

from flask import request, session

from services.accounts.sessions import hash_word
from services.accounts.throttle import Throttle
from services.runtime.backend import Backend

T = TypeVar("T")
FAILURES_PER_PERSON, FAILURE_SECONDS = 5, 300.0
# Whole offices and companies are behind one address, with all who try to get in there.
FAILURES_PER_ADDRESS = 300
# So many that nobody at their own browser gets there, and too few to guess a password.
FAILURES_PER_BROWSER = 50
KNOWN, KNOWN_SECONDS = "known-address/", 90 * 86400.0
# In the cookie: a mark of the e-mail -> [the browser's word, until when]; so many people.
BROWSER, PEOPLE_PER_BROWSER = "known", 5
# Of one person's attempts a process makes one after the other: failures can be counted afterwards,
# and right passwords that come together are all right.
_LOCKS = tuple(threading.Lock() for _ in range(64))


class ThrottledError(Exception):
    """Too many failures lately; nothing was looked at."""


def is_address_blocked(backend: Backend) -> bool:
    return _throttle(backend, FAILURES_PER_ADDRESS).is_blocked(f"address/{_address()}")


def attempt(
    backend: Backend, person: str, check: Callable[[], T | None], *, email: str | None = None
) -> T | None:
    """What `check` finds; None is a failure, and counts. Raises ThrottledError.

    With the `email` a browser that is known to be that person's has a count of its own.
    """
    browser = None if email is None else _find_browser(backend, email)
    if browser is None:
        counts = {
            _person_key(backend, person): FAILURES_PER_PERSON,
            f"address/{_address()}": FAILURES_PER_ADDRESS,
        }
    else:
        counts = {f"{person}/{browser}": FAILURES_PER_BROWSER}
    with _LOCKS[hash(person) % len(_LOCKS)]:
        # Before the costly hash of a password.
        if any(_throttle(backend, limit).is_blocked(key) for key, limit in counts.items()):
            raise ThrottledError
        found = check()
        if found is None:
            for key, limit in counts.items():
                _throttle(backend, limit).count_failure(key)
            return None
    own = next(iter(counts))
    _throttle(backend, counts[own]).forget(own)
    return found


def remember(backend: Backend, email: str) -> None:
    """Somebody was let in: what fails elsewhere does not count against them here any more."""
    backend.state.set(f"{KNOWN}{hash_word(email)}/{_address()}", b"", KNOWN_SECONDS)
    known = _known_browsers()
    word, _ = known.pop(backend.audit.mark(email), None) or (secrets.token_hex(8), 0)
    known[backend.audit.mark(email)] = [word, int(backend.clock() + KNOWN_SECONDS)]
    session[BROWSER] = dict(list(known.items())[-PEOPLE_PER_BROWSER:])


def clear_session() -> None:
    """Nothing of the cookie stays but whose browser it is."""
    known = _known_browsers()
    session.clear()
    if known:
        session[BROWSER] = known


def count_failure(backend: Backend) -> None:
    _throttle(backend, FAILURES_PER_ADDRESS).count_failure(f"address/{_address()}")


def audit_failure(backend: Backend, email: str, how: str) -> None:
    """Note who did not get in: an e-mail only where it is somebody's."""
    known = backend.accounts.find(email) is not None
    about = {} if known else {"typed": backend.audit.mark(email)}
    who = email if known else ""
    address = request.remote_addr
    backend.audit.note("failed_sign_in", who, how=how, address=address, **about)


def _known_browsers() -> dict[str, Any]:
    known = session.get(BROWSER)
    return dict(known) if isinstance(known, dict) else {}


def _find_browser(backend: Backend, email: str) -> str | None:
    word, until = _known_browsers().get(backend.audit.mark(email)) or ("", 0)
    return word if until > backend.clock() else None


def _person_key(backend: Backend, person: str) -> str:
    """All places where somebody never was share one count, however many they are; a place where
    they were has its own. Else whoever knows an e-mail could lock its owner out for ever.
    """
    address = _address()
    known = backend.state.get(f"{KNOWN}{person.rpartition('/')[2]}/{address}") is not None
    return f"{person}/{address}" if known else person


def _address() -> str:
    # Hashed: the state store keeps no addresses and no e-mails of strangers.
    return hash_word(request.remote_addr or "")


def _throttle(backend: Backend, limit: int) -> Throttle:
    return Throttle(backend.state, limit=limit, seconds=FAILURE_SECONDS)
