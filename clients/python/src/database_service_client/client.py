"""The client: one request for each operation."""

from __future__ import annotations

import os
import ssl
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Literal, TypeVar
from urllib.parse import quote

import httpx

from .credential import Credential, Fixed, Token, TokenSource
from .ingest import Ingested, Rows, lines_of
from .multi import MultiResult, is_repeatable, message_of
from .operations import Cache, Config, Graph, Registry, Vectors
from .parameters import Parameter, encode_all
from .results import Advice, Batch, Explanation, Info, Result, VectorResult
from .stream import RowStream
from .tenant import TenantContext
from .tracing import Traceparent, current_traceparent
from .transport import Request, Transport

Database = Literal["postgresql", "clickhouse", "dragonflydb", "weaviate", "arangodb"]
Category = Literal["A", "B", "C", "D"]
Params = Sequence[Parameter] | Mapping[str, Parameter]
Statement = str | tuple[str, Sequence[Parameter]]
Self = TypeVar("Self", bound="MultiDatabaseClient")


class MultiDatabaseClient:
    """
    Asks a dbsvc router on behalf of one company. Each operation is one request; `StandardDatabaseManager` tries again.

    host: database-service:8080, or a URL. api_key: dbk_…, where nothing else is given what DBSVC_API_KEY has. token: gives a JWT
    instead, and is asked again shortly before that ends, and once for a request that was answered with 401, which is then sent again.
    cert: files of a client certificate and its key, which say who it is where there is no key and no token. timeout: seconds for one
    operation, its retries included, where a call says nothing else.
    """

    def __init__(
        self,
        host: str,
        tenant_context: TenantContext | Mapping[str, Any],
        *,
        api_key: str | None = None,
        token: TokenSource | None = None,
        cert: tuple[str, str] | None = None,
        timeout: float = 30.0,
        max_connections: int = 20,
        verify: bool | ssl.SSLContext = True,
        traceparent: Traceparent = current_traceparent,
    ) -> None:
        credential = _credential_of(api_key, token, cert)
        if cert is not None:
            verify = verify if isinstance(verify, ssl.SSLContext) else httpx.create_ssl_context(verify=verify)
            verify.load_cert_chain(*cert)
        self._tenant = TenantContext.of(tenant_context)
        self._timeout = timeout
        self._transport = Transport(
            host, credential=credential, max_connections=max_connections, verify=verify, traceparent=traceparent
        )

    def for_tenant(self: Self, tenant_context: TenantContext | Mapping[str, Any]) -> Self:
        """The same client, with the same connections, for another context."""
        other = type(self).__new__(type(self))
        other.__dict__.update(self.__dict__)
        other._tenant = TenantContext.of(tenant_context)
        return other

    async def query(
        self,
        sql: str,
        params: Params = (),
        *,
        database: Database | None = None,
        category: Category | None = None,
        cache: Literal["on", "off"] | None = None,
        max_age: float | None = None,
        timeout: float | None = None,
    ) -> Result:
        """
        Reads. cache: on takes a response that is at most max_age seconds old; left out, the service's configuration tells.
        """
        message = _statement(sql, params, database, category, timeout)
        if cache is not None or max_age is not None:
            message["cache"] = {"mode": cache or "on", "ttl_ms": _ms(max_age)}
        return _result(await self._ask("query", message, repeatable=True, timeout=timeout))

    def stream(
        self,
        sql: str,
        params: Params = (),
        *,
        database: Database | None = None,
        category: Category | None = None,
        timeout: float | None = None,
    ) -> RowStream:
        """
        Reads row by row, however many there are: `async with client.stream(sql) as rows`, `async for row in rows`.

        timeout: seconds for which the service may be silent. The statement has the time that the company's tier gives it.
        """
        request = Request("POST", "/v1/query", _statement(sql, params, database, category, None))
        return RowStream(lambda: self._transport.stream(request, self._tenant, timeout or self._timeout))

    async def execute(
        self,
        sql: str,
        params: Params = (),
        *,
        database: Database | None = None,
        category: Category | None = None,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Result:
        """Writes. idempotency_key: the same write is done once, however often it is sent."""
        message = _statement(sql, params, database, category, timeout)
        return _result(await self._write("execute", message, idempotency_key, timeout))

    async def batch(
        self,
        statements: Sequence[Statement],
        *,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Batch:
        """Statements, each SQL or SQL with its parameters, in one transaction of PostgreSQL: all or nothing."""
        pairs = [(each, ()) if isinstance(each, str) else each for each in statements]
        message: dict[str, Any] = {"statements": [{"sql": sql, "params": encode_all(params)} for sql, params in pairs]}
        if timeout is not None:
            message["timeout_ms"] = _ms(timeout)
        answer = await self._write("batch", message, idempotency_key, timeout)
        info = Info.of(answer["info"])
        return Batch([Result.of(table, info) for table in answer["results"]], info)

    async def explain(
        self,
        sql: str,
        params: Params = (),
        *,
        database: Database | None = None,
        category: Category | None = None,
        timeout: float | None = None,
    ) -> Explanation:
        """The plan of a statement that is not run, with advice."""
        message = _statement(sql, params, database, category, timeout)
        answer = await self._ask("explain", message, repeatable=True, timeout=timeout)
        return Explanation(answer["plan"], [Advice(**each) for each in answer["advice"]], Info.of(answer["info"]))

    async def ingest(
        self,
        table: str,
        columns: Sequence[str],
        rows: Rows,
        *,
        database: Literal["postgresql", "clickhouse"] = "postgresql",
        skip_duplicates: bool = False,
        idempotency_key: str | None = None,
        timeout: float | None = None,
    ) -> Ingested:
        """
        Many rows into one table, sent as fast as the database takes them; in PostgreSQL all or nothing. rows: of any number, also from an
        asynchronous generator; those of a list or tuple can be sent again. skip_duplicates: rows that are there already stay.
        """
        key = self._key_for(idempotency_key)
        once = not isinstance(rows, Sequence)
        request = Request(
            "POST",
            f"/v1/ingest/{quote(table, safe='')}",
            query={"database": database, "skip_duplicates": "true" if skip_duplicates else "false"},
            idempotency_key=key,
            lines=lambda: lines_of(columns, rows),
            once=once,
        )
        repeatable = key is not None and not once
        return Ingested.of(await self.send(request, repeatable=repeatable, timeout=timeout))

    async def execute_multi_db_operation(
        self, operation: Mapping[str, Any], *, idempotency_key: str | None = None, timeout: float | None = None
    ) -> MultiResult:
        """
        Parts for postgresql, clickhouse, dragonflydb, weaviate and arangodb, as the specification writes them. PostgreSQL's is done
        first, the others when it has committed. Each has a result of its own: look at `succeeded`.
        """
        message = message_of(operation)
        if timeout is not None:
            message["timeout_ms"] = _ms(timeout)
        key = self._key_for(idempotency_key)
        request = Request("POST", "/v1/multi", message, idempotency_key=key)
        repeatable = key is not None and is_repeatable(operation)
        return MultiResult.of(await self.send(request, repeatable=repeatable, timeout=timeout))

    async def weaviate_query(self, operation: Mapping[str, Any], *, timeout: float | None = None) -> VectorResult:
        """
        An operation by name, as the specification writes it: {"operation": "similarity_search", "class", "vector", "tenant_filter",
        "limit", "certainty"}; also insert, update and delete.
        """
        return await self.vectors.run(operation, timeout=timeout)

    @property
    def cache(self) -> Cache:
        return Cache(self)

    @property
    def config(self) -> Config:
        return Config(self)

    @property
    def registry(self) -> Registry:
        return Registry(self)

    @property
    def vectors(self) -> Vectors:
        return Vectors(self)

    @property
    def graph(self) -> Graph:
        return Graph(self)

    async def health(self, *, timeout: float | None = None) -> Mapping[str, Any]:
        """The document of /health, whatever its status says."""
        answer: Mapping[str, Any] = await self._transport.health(timeout or self._timeout)
        return answer

    async def aclose(self) -> None:
        """Closes the connections, those of `for_tenant` too."""
        await self._transport.close()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def _write(
        self, name: str, message: Mapping[str, Any], idempotency_key: str | None, timeout: float | None
    ) -> Any:
        key = self._key_for(idempotency_key)
        request = Request("POST", f"/v1/{name}", message, idempotency_key=key)
        return await self.send(request, repeatable=key is not None, timeout=timeout)

    async def _ask(self, name: str, message: Mapping[str, Any], *, repeatable: bool, timeout: float | None) -> Any:
        return await self.send(Request("POST", f"/v1/{name}", message), repeatable=repeatable, timeout=timeout)

    def _key_for(self, given: str | None) -> str | None:
        return given

    async def send(
        self, request: Request, *, repeatable: bool, timeout: float | None = None, of_company: bool = True
    ) -> Any:
        """One request of any operation, and the JSON of its answer."""
        return await self._transport.send(request, self._tenant if of_company else None, timeout or self._timeout)


def _credential_of(api_key: str | None, token: TokenSource | None, cert: tuple[str, str] | None) -> Credential:
    if api_key and token:
        raise ValueError("give api_key or token, not both")
    if token:
        return Token(token)
    # A certificate that is given says enough: a key that happens to be in the environment would be preferred by the service.
    key = api_key or (os.environ.get("DBSVC_API_KEY") if cert is None else None)
    if key:
        return Fixed(f"Bearer {key}")
    if cert is None:
        raise ValueError("give api_key, token or cert, or set DBSVC_API_KEY")
    return Fixed(None)


def _statement(
    sql: str, params: Params, database: str | None, category: str | None, timeout: float | None
) -> dict[str, Any]:
    message: dict[str, Any] = {"sql": sql, "params": encode_all(params)}
    given = {"database": database, "category": category, "timeout_ms": None if timeout is None else _ms(timeout)}
    message.update({name: value for name, value in given.items() if value is not None})
    return message


def _ms(seconds: float | None) -> int:
    return 0 if seconds is None else max(1, round(seconds * 1000))


def _result(answer: Mapping[str, Any]) -> Result:
    return Result.of(answer, Info.of(answer["info"]))
