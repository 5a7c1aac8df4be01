"""How often one may try to sign in: counted per person and per address; failures are noted."""

from flask import request

from services.accounts.sessions import hash_word
from services.accounts.throttle import Throttle
from services.runtime.backend import Backend

FAILURES_PER_PERSON, FAILURES_PER_ADDRESS, FAILURE_SECONDS = 5, 30, 300.0
KNOWN, KNOWN_SECONDS = "known-address/", 90 * 86400.0


def is_address_blocked(backend: Backend) -> bool:
    return _by_address(backend).is_blocked(f"address/{_address()}")


def count_attempt(backend: Backend, person: str) -> bool:
    """Count an attempt against a person; whether it may be made, from this address too."""
    # Checked before the costly hash of a password.
    if is_address_blocked(backend):
        return False
    return _by_person(backend).count_attempt(_person_key(backend, person))


def forget_attempts(backend: Backend, person: str) -> None:
    _by_person(backend).forget(_person_key(backend, person))


def remember_address(backend: Backend, email: str) -> None:
    """Somebody was let in here: what fails elsewhere no longer counts against them here."""
    backend.state.set(f"{KNOWN}{hash_word(email)}/{_address()}", b"", KNOWN_SECONDS)


def count_failure(backend: Backend) -> None:
    _by_address(backend).count_failure(f"address/{_address()}")


def audit_failure(backend: Backend, email: str, how: str) -> None:
    """Note who did not get in: an e-mail only where it is somebody's."""
    known = backend.accounts.find(email) is not None
    about = {} if known else {"typed": backend.audit.mark(email)}
    who = email if known else ""
    address = request.remote_addr
    backend.audit.note("failed_sign_in", who, how=how, address=address, **about)


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


def _by_person(backend: Backend) -> Throttle:
    return Throttle(backend.state, limit=FAILURES_PER_PERSON, seconds=FAILURE_SECONDS)


def _by_address(backend: Backend) -> Throttle:
    return Throttle(backend.state, limit=FAILURES_PER_ADDRESS, seconds=FAILURE_SECONDS)
