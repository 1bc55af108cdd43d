"""What can go wrong, as exceptions by what a caller can do about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class DatabaseServiceError(Exception):
    """The service refused a request, or could not be asked."""

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        hint: str | None = None,
        request_id: str | None = None,
        details: Mapping[str, Any] | None = None,
        status: int | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message if code is None else f"{code}: {message}")
        #: Such as DBS-2004; None where no answer came.
        self.code = code
        #: A next step.
        self.hint = hint
        #: Names the request in the service's log.
        self.request_id = request_id
        self.details: Mapping[str, Any] = details or {}
        #: Of HTTP; None where no answer came.
        self.status = status
        #: Seconds after which it is worth trying again.
        self.retry_after = retry_after

    @property
    def sql_state(self) -> str | None:
        """PostgreSQL's SQLSTATE, where the error is its own."""
        state = self.details.get("sqlState")
        return state if isinstance(state, str) else None


class InvalidRequest(DatabaseServiceError):
    """400: malformed, or a statement that is wrong."""


class AuthenticationFailed(DatabaseServiceError):
    """401: no key, or one that is not valid."""


class Forbidden(DatabaseServiceError):
    """403: beyond what the key, the company's state or the guard allows."""


class NotFound(DatabaseServiceError):
    """404: no such company, entry or service."""


class Conflict(DatabaseServiceError):
    """409: in conflict with other data or a concurrent transaction."""


class TooManyRequests(DatabaseServiceError):
    """429: too much of it for now; nothing was done."""


class ServiceFault(DatabaseServiceError):
    """500: a fault of the service itself."""


class Unavailable(DatabaseServiceError):
    """503: an engine cannot be reached."""


class AllDatabasesFailed(Unavailable):
    """DBS-2340: direct connection, connection pool and cached response have all failed."""


class OutcomeUnknown(Unavailable):
    """DBS-1105: it is unknown whether a write was done."""


class DeadlineExceeded(DatabaseServiceError):
    """504, or no answer in time; a write may have been done."""


class ConnectionFailed(DatabaseServiceError):
    """The service cannot be reached, or went away before it had answered."""

    def __init__(self, message: str, *, sent: bool) -> None:
        super().__init__(message)
        #: Whether anything of the request may have arrived.
        self.sent = sent


_by_code: Mapping[str, type[DatabaseServiceError]] = {
    "DBS-1105": OutcomeUnknown,
    "DBS-2340": AllDatabasesFailed,
}
_by_status: Mapping[int, type[DatabaseServiceError]] = {
    401: AuthenticationFailed,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
    500: ServiceFault,
    503: Unavailable,
    504: DeadlineExceeded,
}


def error_within(error: Mapping[str, Any]) -> DatabaseServiceError:
    """The exception for an error that came within an answer."""
    kind = _by_code.get(str(error.get("code")), DatabaseServiceError)
    return kind(
        str(error.get("message")),
        code=error.get("code"),
        hint=error.get("hint"),
        request_id=error.get("request_id"),
        details=error.get("details"),
    )


def error_of(
    status: int, body: object, *, request_id: str | None = None, retry_after: str | None = None
) -> DatabaseServiceError:
    """The exception for an answer with this status and this body, which a proxy may have written."""
    error = body.get("error") if isinstance(body, dict) else None
    known: Mapping[str, Any] = error if isinstance(error, dict) else {}
    code = known.get("code")
    fallback = InvalidRequest if status < 500 else Unavailable
    kind = _by_code.get(str(code)) or _by_status.get(status, fallback)
    return kind(
        str(known.get("message", f"the service answered with status {status}")),
        code=code,
        hint=known.get("hint"),
        request_id=known.get("request_id", request_id),
        details=known.get("details"),
        status=status,
        retry_after=float(retry_after) if retry_after is not None and retry_after.isdigit() else None,
    )
