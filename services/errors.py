"""What can go wrong outside."""


class ServiceError(Exception):
    """The text is fit for a manager: no secrets, no bodies."""

    final = False  # asking again at once is pointless


class ConfigurationError(ServiceError):
    """The settings or the environment cannot be used; the start stops."""


class MissingTokenError(ConfigurationError):
    """Nobody has given a key of Intercom yet; on the screen, somebody may at any moment."""


class UnauthorizedError(ServiceError):
    """The vendor refuses the credentials (401, or Aircall's 403)."""


class ForbiddenError(ServiceError):
    """The credentials are good, but may not read this (Intercom's 403)."""


class NotOfferedError(ServiceError):
    """A whole source that this token or this version does not have; asking often is in vain.

    `cause` is a word for why: no_permission, no_search or no_tickets.
    """

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class NotFoundError(ServiceError):
    """404 or 410: the object or the endpoint is not there."""


class RateLimitedError(ServiceError):
    """The vendor asks to be left alone for longer than a cycle may wait."""

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(ServiceError):
    """No answer, time-out or 5xx, after the retries."""


class BadResponseError(ServiceError):
    """Not the documented JSON. `status`: of an answer refused for what was asked (4xx)."""

    status: int | None = None
