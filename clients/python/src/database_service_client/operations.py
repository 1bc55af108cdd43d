"""Operations beside statements, by what they work on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, Protocol
from urllib.parse import quote

from .results import (
    CacheEntry,
    ConfigEntry,
    FoundObject,
    GraphResult,
    Info,
    RegisteredService,
    Registration,
    VectorResult,
)
from .transport import Request


class Sender(Protocol):
    async def send(
        self, request: Request, *, repeatable: bool, timeout: float | None = None, of_company: bool = True
    ) -> Any: ...


class Cache:
    """The company's own keys in DragonflyDB. Values are any JSON; times to live are seconds, and None keeps a key."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def get(self, key: str) -> Any:
        """None where there is nothing; `entry` tells that from a null."""
        found = await self.entry(key)
        return None if found is None else found.value

    async def entry(self, key: str) -> CacheEntry | None:
        return _entry(await self._ask("get", {"key": key}, repeatable=True))

    async def get_many(self, keys: Sequence[str]) -> list[CacheEntry | None]:
        """In the order of the keys."""
        answer = await self._ask("get_many", {"keys": list(keys)}, repeatable=True)
        return [_entry(entry) for entry in answer["entries"]]

    async def set(self, key: str, value: Any, *, ttl: float | None = None, only_if_absent: bool = False) -> bool:
        """Whether it was stored."""
        message = {"key": key, "value": value, "ttl_ms": _ttl_ms(ttl), "only_if_absent": only_if_absent}
        answer = await self._ask("set", message, repeatable=False)
        return bool(answer["stored"])

    async def delete(self, *keys: str) -> int:
        """How many there were."""
        answer = await self._ask("delete", {"keys": list(keys)}, repeatable=False)
        return int(answer["deleted"])

    async def increment(self, key: str, by: int = 1, *, ttl: float | None = None) -> int:
        """The new value, of 64 bits. ttl: for a key that this makes."""
        answer = await self._ask("increment", {"key": key, "by": str(by), "ttl_ms": _ttl_ms(ttl)}, repeatable=False)
        return int(answer["value"])

    async def _ask(self, name: str, message: Mapping[str, Any], *, repeatable: bool) -> Any:
        return await self._sender.send(Request("POST", f"/v1/cache/{name}", message), repeatable=repeatable)


class Config:
    """What the company has in tenant_configurations."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def get(self, key: str) -> ConfigEntry:
        """Raises NotFound."""
        return ConfigEntry.of((await self._ask("GET", key))["entry"])

    async def list(self, prefix: str = "") -> list[ConfigEntry]:
        """By key."""
        request = Request("GET", "/v1/config", query={"prefix": prefix})
        answer = await self._sender.send(request, repeatable=True)
        return [ConfigEntry.of(entry) for entry in answer["entries"]]

    async def set(self, key: str, value: Any) -> ConfigEntry:
        return ConfigEntry.of((await self._ask("PUT", key, {"config_value": value}))["entry"])

    async def unset(self, key: str) -> bool:
        """Whether there was one."""
        return bool((await self._ask("DELETE", key))["removed"])

    async def _ask(self, method: str, key: str, message: Mapping[str, Any] | None = None) -> Any:
        request = Request(method, f"/v1/config/{quote(key, safe='')}", message)
        return await self._sender.send(request, repeatable=method != "DELETE")


class Registry:
    """Which services are where, for all companies. A service speaks for itself alone."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def register(self, registration: Registration) -> tuple[RegisteredService, float]:
        """What is registered, and within how many seconds to give a sign of life."""
        answer = await self._ask("POST", "", {"service": asdict(registration)})
        return RegisteredService.of(answer["service"]), answer["heartbeat_within_ms"] / 1000

    async def heartbeat(self, name: str) -> float:
        """Within how many seconds the next one is due. Raises NotFound."""
        answer = await self._ask("POST", f"/{quote(name, safe='')}/heartbeat")
        return float(answer["heartbeat_within_ms"]) / 1000

    async def lookup(self, name: str, *, include_expired: bool = False) -> RegisteredService:
        """Raises NotFound."""
        [service] = await self._list(f"/{quote(name, safe='')}", include_expired)
        return service

    async def services(self, *, include_expired: bool = False) -> list[RegisteredService]:
        return await self._list("", include_expired)

    async def deregister(self, name: str) -> bool:
        """Whether it was registered."""
        answer = await self._ask("DELETE", f"/{quote(name, safe='')}")
        return bool(answer["removed"])

    async def _list(self, path: str, include_expired: bool) -> list[RegisteredService]:
        query = {"include_expired": "true"} if include_expired else None
        answer = await self._ask("GET", path, query=query)
        return [RegisteredService.of(service) for service in answer["services"]]

    async def _ask(
        self,
        method: str,
        path: str,
        message: Mapping[str, Any] | None = None,
        query: Mapping[str, str] | None = None,
    ) -> Any:
        request = Request(method, f"/v1/registry/services{path}", message, query)
        return await self._sender.send(request, repeatable=method != "DELETE", of_company=False)


class Vectors:
    """Objects in the company's tenant of a class of Weaviate."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def similarity_search(
        self,
        class_name: str,
        vector: Sequence[float],
        *,
        limit: int = 10,
        certainty: float | None = None,
        properties: Sequence[str] | None = None,
        include_vector: bool = False,
    ) -> Sequence[FoundObject]:
        """The nearest first. certainty: 0 to 1, for classes that compare by cosine."""
        message: dict[str, Any] = {
            "class": class_name,
            "vector": list(vector),
            "limit": limit,
            "include_vector": include_vector,
        }
        if certainty is not None:
            message["certainty"] = certainty
        if properties is not None:
            message["properties"] = list(properties)
        return (await self._ask("similarity_search", message)).objects

    async def insert(self, class_name: str, objects: Sequence[Mapping[str, Any]]) -> Sequence[str]:
        """Each has properties, and may have a vector and an id; without one it gets the same id whenever it is sent. Returns ids."""
        return (await self._ask("insert", {"class": class_name, "objects": list(objects)})).ids

    async def update(self, class_name: str, changed: Mapping[str, Any]) -> None:
        """By its id; properties that are left out stay."""
        await self._ask("update", {"class": class_name, "object": changed})

    async def delete(self, class_name: str, ids: Sequence[str]) -> int:
        """How many there were."""
        return (await self._ask("delete", {"class": class_name, "ids": list(ids)})).deleted

    async def run(self, operation: Mapping[str, Any], *, timeout: float | None = None) -> VectorResult:
        """An operation that says its own name in `operation`. Raises ValueError for one that there is not."""
        return await self._ask(str(operation.get("operation")), operation, timeout)

    async def _ask(self, name: str, message: Mapping[str, Any], timeout: float | None = None) -> VectorResult:
        if name not in _vector_operations:
            raise ValueError(f"{name!r} is none of {', '.join(_vector_operations)}")
        request = Request("POST", f"/v1/vector/{name}", message)
        # An object has the same id whenever it is sent.
        return VectorResult.of(await self._sender.send(request, repeatable=name != "delete", timeout=timeout))


class Graph:
    """The company's database in ArangoDB."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender

    async def query(
        self,
        query: str,
        bind_vars: Mapping[str, Any] | None = None,
        *,
        read_only: bool = False,
        timeout: float | None = None,
    ) -> GraphResult:
        """AQL. bind_vars: a name that begins with @ binds a collection. read_only: refused if it would change anything."""
        message = {"query": query, "bind_vars": dict(bind_vars or {}), "read_only": read_only}
        return await self._ask("query", message, repeatable=read_only, timeout=timeout)

    async def traverse(
        self,
        start_vertex: str,
        *,
        graph: str | None = None,
        edge_collections: Sequence[str] = (),
        direction: Literal["outbound", "inbound", "any"] = "outbound",
        min_depth: int = 1,
        max_depth: int = 1,
        limit: int = 100,
        timeout: float | None = None,
    ) -> GraphResult:
        """What can be reached from a document over a graph or over edge collections: vertex, edge and depth, the near first."""
        over: dict[str, Any] = {"edge_collections": list(edge_collections)} if graph is None else {"graph": graph}
        message = {
            **over,
            "start_vertex": start_vertex,
            "direction": direction,
            "min_depth": min_depth,
            "max_depth": max_depth,
            "limit": limit,
        }
        return await self._ask("traverse", message, repeatable=True, timeout=timeout)

    async def _ask(self, name: str, message: dict[str, Any], *, repeatable: bool, timeout: float | None) -> GraphResult:
        if timeout is not None:
            message["timeout_ms"] = max(1, round(timeout * 1000))
        request = Request("POST", f"/v1/graph/{name}", message)
        answer = await self._sender.send(request, repeatable=repeatable, timeout=timeout)
        return GraphResult(answer["results"], Info.of(answer["info"]))


_vector_operations = ("similarity_search", "insert", "update", "delete")


def _entry(entry: Mapping[str, Any]) -> CacheEntry | None:
    if not entry["found"]:
        return None
    return CacheEntry(entry["value"], entry["ttl_ms"] / 1000 if entry["ttl_ms"] else None)


def _ttl_ms(seconds: float | None) -> int:
    return 0 if seconds is None else max(1, round(seconds * 1000))
