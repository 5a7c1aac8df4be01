"""What can go wrong outside.

ServiceError
├── ConfigurationError      the settings or the environment cannot be used; the start stops
├── UnauthorizedError       the vendor refuses the credentials (401, or Aircall's 403)
├── NotOfferedError         the vendor has this, but not for this token or version
├── ForbiddenError          the credentials are good but may not read this (Intercom's 403)
├── NotFoundError           404 or 410: the thing, or the endpoint, is not there
├── RateLimitedError        429 that lasts longer than one cycle may wait
├── UnavailableError        no answer, time-out, 5xx, after the retries
└── BadResponseError        an answer that is not the documented JSON
"""


class ServiceError(Exception):
    """Something outside failed. The text is fit for a manager: no secrets, no bodies.

    Attributes:
        final: Whether asking again at once is pointless.
    """

    final = False


class ConfigurationError(ServiceError):
    """The settings or the environment cannot be used."""


class UnauthorizedError(ServiceError):
    """The vendor refuses the credentials."""


class ForbiddenError(ServiceError):
    """The credentials are good, but may not read this."""


class NotOfferedError(ServiceError):
    """A whole source that this token or this version does not have; asking often is in vain.

    Attributes:
        cause: A word for why: no_permission, no_search or no_tickets.
    """

    def __init__(self, message: str, cause: str) -> None:
        super().__init__(message)
        self.cause = cause


class NotFoundError(ServiceError):
    """The object or the endpoint is not there."""


class RateLimitedError(ServiceError):
    """The vendor asks to wait longer than a cycle may wait.

    Attributes:
        retry_after_seconds: How long the vendor wants to be left alone.
    """

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(ServiceError):
    """The vendor does not answer, or answers with a server error, after the retries."""


class BadResponseError(ServiceError):
    """The answer is not the documented JSON: broken, truncated or of another version.

    Attributes:
        status: Of an answer that was refused for what was asked (4xx); else None.
    """

    status: int | None = None
