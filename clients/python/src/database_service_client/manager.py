"""The standard way to use the service: one object for a service's whole life."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from time import monotonic
from typing import Any
from uuid import uuid4

from .client import MultiDatabaseClient, Params
from .errors import DatabaseServiceError, DeadlineExceeded
from .results import Result
from .retry import RetryPolicy, may_retry
from .tenant import TenantContext
from .transport import Request

log = logging.getLogger("database_service_client")


class StandardDatabaseManager(MultiDatabaseClient):
    """
    The client that tries again: what cannot do a write twice, until the deadline of the operation, with growing pauses.

    Writes get an idempotency key of their own where the caller gives none, so that they can be sent again too. The service itself goes
    from direct connection to connection pool to cached response; `sources` counts which of them answered.
    """

    def __init__(
        self,
        host: str,
        tenant_context: TenantContext | Mapping[str, Any],
        *,
        retry: RetryPolicy | None = None,
        **options: Any,
    ) -> None:
        """options: those of MultiDatabaseClient; its timeout is the deadline of an operation with all of its attempts."""
        super().__init__(host, tenant_context, **options)
        self._retry = retry or RetryPolicy()
        self.sources: Counter[str] = Counter()

    async def query_with_fallback(
        self,
        query: str,
        params: Params = (),
        context: TenantContext | Mapping[str, Any] | None = None,
        *,
        max_age: float | None = None,
        timeout: float | None = None,
    ) -> Result:
        """
        Reads, for another context if one is given. Where no connection can be had, a response that the service gave before to the same
        request will do: `info.age_ms` says how old it is. Raises AllDatabasesFailed.
        """
        client = self if context is None else self.for_tenant(context)
        return await client.query(query, params, cache="on", max_age=max_age, timeout=timeout)

    async def send(
        self, request: Request, *, repeatable: bool, timeout: float | None = None, of_company: bool = True
    ) -> Any:
        deadline = monotonic() + (timeout or self._timeout)
        # All attempts are of one trace.
        request = replace(request, traceparent=self._transport.traceparent())
        attempt = 1
        while True:
            left = deadline - monotonic()
            try:
                answer = await super().send(request, repeatable=repeatable, timeout=left, of_company=of_company)
            except DatabaseServiceError as error:
                pause = self._retry.delay(attempt, error)
                last = attempt >= self._retry.attempts or request.once or isinstance(error, DeadlineExceeded)
                if last or not may_retry(error, repeatable=repeatable) or monotonic() + pause >= deadline:
                    raise
                log.warning("%s %s, attempt %d: %s", request.method, request.path, attempt, error)
                await asyncio.sleep(pause)
                attempt += 1
            else:
                self._count(request, answer)
                return answer

    def _key_for(self, given: str | None) -> str | None:
        return given or str(uuid4())

    def _count(self, request: Request, answer: Any) -> None:
        info = answer.get("info") if isinstance(answer, dict) else None
        source = info.get("source") if isinstance(info, dict) else None
        if not isinstance(source, str):
            return
        self.sources[source] += 1
        if source == "cached_response":
            log.info("%s %s was answered from the cache", request.method, request.path)
