"""Patience at the door: attempts are counted per person and per address, and failures noted."""

from flask import request

from services.accounts.sessions import hash_word
from services.accounts.throttle import Throttle
from services.runtime.backend import Backend

FAILURES_PER_PERSON, FAILURES_PER_ADDRESS, FAILURE_SECONDS = 5, 30, 300.0
KNOWN, KNOWN_SECONDS = "known-address/", 90 * 86400.0


def is_address_blocked(backend: Backend) -> bool:
    """Whether there were too many failures from the visitor's address."""
    return _patience(backend)[1].is_blocked(f"address/{_address()}")


def throttled(backend: Backend, person: str) -> bool:
    """Count an attempt against a person and an address; whether there were too many."""
    of_person, of_address = _patience(backend)
    # Hashed: the state store keeps no e-mails of strangers. Checked before the costly hash.
    address = f"address/{_address()}"
    return of_address.is_blocked(address) or not of_person.attempt(_counted(backend, person))


def succeeded(backend: Backend, person: str) -> None:
    """Forget the attempts."""
    _patience(backend)[0].succeeded(_counted(backend, person))


def remember_address(backend: Backend, email: str) -> None:
    """Somebody was let in here: what fails elsewhere no longer counts against them here."""
    backend.state.set(f"{KNOWN}{hash_word(email)}/{_address()}", b"", KNOWN_SECONDS)


def failed(backend: Backend) -> None:
    """Count a failure against the address."""
    _patience(backend)[1].failed(f"address/{_address()}")


def _counted(backend: Backend, person: str) -> str:
    """Under which name attempts are counted.

    All places where somebody never was share one count, however many they are; a place where they
    were has its own. Else whoever knows an e-mail could lock its owner out for ever.
    """
    address = _address()
    known = backend.state.get(f"{KNOWN}{person.rpartition('/')[2]}/{address}") is not None
    return f"{person}/{address}" if known else person


def _address() -> str:
    return hash_word(request.remote_addr or "")


def _patience(backend: Backend) -> tuple[Throttle, Throttle]:
    return (
        Throttle(backend.state, limit=FAILURES_PER_PERSON, seconds=FAILURE_SECONDS),
        Throttle(backend.state, limit=FAILURES_PER_ADDRESS, seconds=FAILURE_SECONDS),
    )


def note_failure(backend: Backend, email: str, how: str) -> None:
    """Note who did not get in: an e-mail only where it is somebody's."""
    known = backend.accounts.find(email) is not None
    about = {} if known else {"typed": backend.audit.mark(email)}
    who = email if known else ""
    address = request.remote_addr
    backend.audit.note("failed_sign_in", who, how=how, address=address, **about)
