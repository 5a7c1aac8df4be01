"""Lists that a vendor may refuse to a key: only what is made of them is missing then."""

from collections.abc import Iterator
from contextlib import contextmanager

from services.errors import (
    BadResponseError,
    ForbiddenError,
    NotFoundError,
    ServiceError,
    UnauthorizedError,
    UnavailableError,
)


class OptionalLists:
    """Which of them are not to be had; what was read before stays.

    Whether the vendor answers at all, and to this key, is told by what is read beside them.
    """

    def __init__(self) -> None:
        self._missing: dict[str, str] = {}

    @property
    def warning(self) -> str | None:
        missing = sorted(self._missing.items())
        return "; ".join(f"without {name}: {why}" for name, why in missing) or None

    def is_missing(self, name: str) -> bool:
        return name in self._missing

    @contextmanager
    def read(self, name: str, *, is_urgent: bool = False) -> Iterator[None]:
        """What is not urgent is read again in an hour, whatever went wrong with it."""
        try:
            yield
        except ServiceError as error:
            is_passing = isinstance(error, UnavailableError) and not error.final
            if not _is_refusal(error) and (is_urgent or not is_passing):
                raise
            self._missing[name] = str(error)
        else:
            self._missing.pop(name, None)


def _is_refusal(error: ServiceError) -> bool:
    if isinstance(error, BadResponseError):
        return error.status is not None
    return isinstance(error, ForbiddenError | NotFoundError | UnauthorizedError)
