"""Patience at the door: attempts are counted per person and per address, and failures noted."""

from flask import request

from services.backend import Backend
from services.sessions import hashed
from services.throttle import Throttle

FAILURES_PER_PERSON, FAILURES_PER_ADDRESS, FAILURE_SECONDS = 5, 30, 300.0


def is_address_blocked(backend: Backend) -> bool:
    """Whether there were too many failures from the visitor's address."""
    return _patience(backend)[1].is_blocked(f"address/{hashed(request.remote_addr or '')}")


def throttled(backend: Backend, person: str) -> bool:
    """Count an attempt against a person and an address; whether there were too many."""
    of_person, of_address = _patience(backend)
    # Hashed: the state store keeps no e-mails of strangers. Checked before the costly hash.
    address = f"address/{hashed(request.remote_addr or '')}"
    return of_address.is_blocked(address) or not of_person.attempt(person)


def succeeded(backend: Backend, person: str) -> None:
    """Forget the attempts."""
    _patience(backend)[0].succeeded(person)


def failed(backend: Backend) -> None:
    """Count a failure against the address."""
    _patience(backend)[1].failed(f"address/{hashed(request.remote_addr or '')}")


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
