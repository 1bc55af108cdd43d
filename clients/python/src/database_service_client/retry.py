"""When a request may be sent again, and after how long."""

from __future__ import annotations

import random
from dataclasses import dataclass

from .errors import (
    AllDatabasesFailed,
    Conflict,
    ConnectionFailed,
    DatabaseServiceError,
    TooManyRequests,
    Unavailable,
)

# serialization_failure, deadlock_detected, lock_not_available: the transaction was undone as a whole.
_undone = {"40001", "40P01", "55P03"}


@dataclass(frozen=True)
class RetryPolicy:
    #: Requests in all.
    attempts: int = 4
    #: Seconds before the second one; doubled for each further one, and drawn from 0 to that.
    first_delay: float = 0.05
    longest_delay: float = 2.0

    def delay(self, attempt: int, error: DatabaseServiceError) -> float:
        """Seconds to wait after this attempt, the first being 1."""
        if error.retry_after is not None:
            return error.retry_after
        return random.uniform(0, min(self.longest_delay, self.first_delay * 2.0 ** (attempt - 1)))


def may_retry(error: DatabaseServiceError, *, repeatable: bool) -> bool:
    """
    Whether sending it again can neither do a write twice nor be in vain.

    repeatable: a read, a write with an idempotency key, or one that does the same however often it is done.
    """
    if isinstance(error, ConnectionFailed):
        return repeatable or not error.sent
    # Each says that nothing was done. What the service gives no time for, such as a budget of objects, does not pass.
    if isinstance(error, TooManyRequests):
        return error.retry_after is not None or error.code is None
    if isinstance(error, AllDatabasesFailed) or error.sql_state in _undone:
        return True
    if isinstance(error, Conflict) and error.retry_after is not None:
        return repeatable
    return isinstance(error, Unavailable) and repeatable
