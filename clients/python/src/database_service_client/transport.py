"""One request over a pool of connections that are kept open."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any

import httpx

from . import exact_json
from .errors import ConnectionFailed, DeadlineExceeded, error_of
from .tenant import TenantContext
from .tracing import Traceparent, current_traceparent


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    message: Mapping[str, Any] | None = None
    query: Mapping[str, str] | None = None
    idempotency_key: str | None = None
    traceparent: str | None = None
    #: Lines of JSON instead of a message; made anew for each attempt.
    lines: Callable[[], AsyncIterator[bytes]] | None = None


class Transport:
    def __init__(
        self,
        host: str,
        *,
        api_key: str,
        max_connections: int,
        verify: bool | ssl.SSLContext = True,
        traceparent: Traceparent = current_traceparent,
    ) -> None:
        self._api_key = api_key
        self.traceparent = traceparent
        base_url = host if "://" in host else f"http://{host}"
        self._http = httpx.AsyncClient(
            base_url=base_url,
            limits=httpx.Limits(
                max_connections=max_connections,
                max_keepalive_connections=max_connections,
                # Below the time after which a router closes a connection that is idle.
                keepalive_expiry=30,
            ),
            # Reading the machine's authorities takes a while, and is for TLS alone.
            verify=verify if base_url.startswith("https:") else False,
            # The deadline of the whole is the caller's.
            timeout=None,
        )

    async def send(self, request: Request, tenant: TenantContext | None, timeout: float) -> Any:
        """The answer's JSON. Raises DatabaseServiceError."""
        try:
            answer = await asyncio.wait_for(self._http.send(self._build(request, tenant)), timeout)
        except (asyncio.TimeoutError, httpx.ReadTimeout) as error:
            raise DeadlineExceeded(f"no answer within {timeout:g} s") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ConnectionFailed(f"the service cannot be reached: {error}", sent=False) from error
        except httpx.TransportError as error:
            raise ConnectionFailed(f"the connection broke: {error}", sent=True) from error
        return read(answer)

    def stream(
        self, request: Request, tenant: TenantContext | None, timeout: float
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """An answer in lines of JSON that is read as it comes. timeout: seconds of silence."""
        built = self._build(request, tenant)
        return self._http.stream(
            built.method,
            built.url,
            content=built.content,
            headers={**built.headers, "accept": "application/x-ndjson"},
            timeout=timeout,
        )

    async def health(self, timeout: float) -> Any:
        """Also where it says 503."""
        try:
            answer = await asyncio.wait_for(self._http.get("/health"), timeout)
        except (asyncio.TimeoutError, httpx.TransportError) as error:
            raise ConnectionFailed(f"the service cannot be reached: {error}", sent=False) from error
        return exact_json.loads(answer.content)

    async def close(self) -> None:
        await self._http.aclose()

    def _build(self, request: Request, tenant: TenantContext | None) -> httpx.Request:
        headers = {"authorization": f"Bearer {self._api_key}", "traceparent": request.traceparent or self.traceparent()}
        if request.idempotency_key is not None:
            headers["idempotency-key"] = request.idempotency_key
        if request.lines is not None:
            headers.update({"content-type": "application/x-ndjson"} | (tenant.headers() if tenant else {}))
            content = request.lines()
            return self._http.build_request(
                request.method, request.path, params=request.query, content=content, headers=headers
            )
        if request.message is None:
            if tenant is not None:
                headers.update(tenant.headers())
            return self._http.build_request(request.method, request.path, params=request.query, headers=headers)
        # In the message an id may have any character.
        message = dict(request.message) if tenant is None else {**request.message, "tenant": tenant.message()}
        headers["content-type"] = "application/json"
        return self._http.build_request(
            request.method, request.path, content=exact_json.dumps(message).encode(), headers=headers
        )


def read(answer: httpx.Response) -> Any:
    """The JSON of an answer that has come whole. Raises DatabaseServiceError."""
    try:
        body = exact_json.loads(answer.content)
    except ValueError:
        body = None
    if answer.status_code == 200 and body is not None:
        return body
    raise error_of(
        answer.status_code,
        body,
        request_id=answer.headers.get("x-request-id"),
        retry_after=answer.headers.get("retry-after"),
    )
