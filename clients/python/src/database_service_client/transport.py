"""One request over a pool of connections that are kept open."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx

from . import exact_json
from .credential import Credential
from .errors import (
    AuthenticationFailed,
    ConnectionFailed,
    DatabaseServiceError,
    DeadlineExceeded,
    TooManyRequests,
    error_of,
)
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
    #: The lines cannot be made a second time.
    once: bool = False


class Transport:
    def __init__(
        self,
        host: str,
        *,
        credential: Credential,
        max_connections: int,
        verify: bool | ssl.SSLContext = True,
        traceparent: Traceparent = current_traceparent,
    ) -> None:
        self._credential = credential
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
            return await asyncio.wait_for(self._authorized(request, tenant), timeout)
        except (asyncio.TimeoutError, httpx.ReadTimeout) as error:
            raise DeadlineExceeded(f"no answer within {timeout:g} s") from error
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise ConnectionFailed(f"the service cannot be reached: {error}", sent=False) from error
        except httpx.TransportError as error:
            raise ConnectionFailed(f"the connection broke: {error}", sent=True) from error

    @asynccontextmanager
    async def stream(
        self, request: Request, tenant: TenantContext | None, timeout: float
    ) -> AsyncIterator[httpx.Response]:
        """An answer in lines of JSON that is read as it comes. timeout: seconds of silence. Raises DatabaseServiceError."""
        first = await self._authorization(timeout)
        try:
            response = await self._open(request, tenant, timeout, first)
        except DatabaseServiceError as error:
            if not self._may_ask_again(request, error, first):
                raise
            response = await self._open(request, tenant, timeout, await self._authorization(timeout))
        try:
            yield response
        finally:
            await response.aclose()

    async def _open(
        self, request: Request, tenant: TenantContext | None, timeout: float, authorization: str | None
    ) -> httpx.Response:
        built = self._build(request, tenant, authorization)
        built.headers["accept"] = "application/x-ndjson"
        built.extensions["timeout"] = httpx.Timeout(timeout).as_dict()
        response = await self._http.send(built, stream=True)
        if response.status_code == 200:
            return response
        try:
            await response.aread()
        finally:
            await response.aclose()
        raise error_in(response)

    async def health(self, timeout: float) -> Any:
        """Also where it says 503."""
        try:
            answer = await asyncio.wait_for(self._http.get("/health"), timeout)
        except (asyncio.TimeoutError, httpx.TransportError) as error:
            raise ConnectionFailed(f"the service cannot be reached: {error}", sent=False) from error
        return exact_json.loads(answer.content)

    async def close(self) -> None:
        await self._http.aclose()

    async def _authorized(self, request: Request, tenant: TenantContext | None) -> Any:
        """Asks once more where a token was refused and another may be had: nothing was done."""
        first = await self._credential.authorization()
        try:
            return read(await self._http.send(self._build(request, tenant, first)))
        except DatabaseServiceError as error:
            if not self._may_ask_again(request, error, first):
                raise
        second = await self._credential.authorization()
        return read(await self._http.send(self._build(request, tenant, second)))

    async def _authorization(self, timeout: float) -> str | None:
        try:
            return await asyncio.wait_for(self._credential.authorization(), timeout)
        except asyncio.TimeoutError as error:
            raise DeadlineExceeded(f"no token within {timeout:g} s") from error

    def _may_ask_again(self, request: Request, error: DatabaseServiceError, authorization: str | None) -> bool:
        # The service answers with 429 where too many were refused; a right one it takes all the same.
        of_credential = isinstance(error, AuthenticationFailed) or (
            isinstance(error, TooManyRequests) and error.code == "DBS-2103"
        )
        return of_credential and self._credential.refused(authorization) and not request.once

    def _build(self, request: Request, tenant: TenantContext | None, authorization: str | None) -> httpx.Request:
        headers = {"traceparent": request.traceparent or self.traceparent()}
        if authorization is not None:
            headers["authorization"] = authorization
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
    body = _body_of(answer)
    if answer.status_code == 200 and body is not None:
        return body
    raise error_in(answer)


def error_in(answer: httpx.Response) -> DatabaseServiceError:
    return error_of(
        answer.status_code,
        _body_of(answer),
        request_id=answer.headers.get("x-request-id"),
        retry_after=answer.headers.get("retry-after"),
    )


def _body_of(answer: httpx.Response) -> Any:
    try:
        return exact_json.loads(answer.content)
    except ValueError:
        return None
