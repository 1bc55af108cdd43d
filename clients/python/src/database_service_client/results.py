"""What operations return."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .values import decoder_of

Row = tuple[Any, ...]
Source = Literal["direct_connection", "connection_pool", "cached_response"]
ServiceStatus = Literal["active", "inactive", "draining", "expired"]


@dataclass(frozen=True)
class Info:
    """Where an answer came from."""

    database: str
    category: str
    source: Source
    #: Milliseconds, of a cached response; None for others.
    age_ms: float | None
    #: What the service took, in milliseconds.
    duration_ms: float | None
    request_id: str | None
    #: It is the answer to an earlier request with the same idempotency key.
    replayed: bool = False

    @classmethod
    def of(cls, info: Mapping[str, Any]) -> Info:
        return cls(
            database=info["database"],
            category=info["category"],
            source=info["source"],
            age_ms=info.get("age_ms"),
            duration_ms=info.get("duration_ms"),
            request_id=info.get("request_id"),
            replayed=info.get("replayed", False),
        )


@dataclass(frozen=True)
class Column:
    name: str
    #: The engine's own, such as int8, timestamptz or Nullable(UInt64).
    type: str


@dataclass(frozen=True)
class Result:
    """Rows of a statement; iterating it gives them."""

    columns: Sequence[Column]
    rows: Sequence[Row]
    #: Rows returned or changed.
    row_count: int
    #: SELECT, INSERT, UPDATE, DELETE or MERGE.
    command: str
    info: Info

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def dicts(self) -> list[dict[str, Any]]:
        """Rows by names of columns; of columns with the same name the last."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row)) for row in self.rows]

    @classmethod
    def of(cls, table: Mapping[str, Any], info: Info) -> Result:
        columns, rows = rows_of(table)
        return cls(
            columns=columns,
            rows=rows,
            row_count=table["row_count"],
            command=table["command"],
            info=info,
        )


def rows_of(table: Mapping[str, Any]) -> tuple[list[Column], list[Row]]:
    columns = [Column(column["name"], column["type"]) for column in table["columns"]]
    decoders = [decoder_of(column.type) for column in columns]
    return columns, [tuple(decode(cell) for decode, cell in zip(decoders, row)) for row in table["rows"]]


@dataclass(frozen=True)
class Batch:
    """One result for each statement, in order."""

    results: Sequence[Result]
    info: Info


@dataclass(frozen=True)
class Advice:
    id: str
    message: str
    #: SQL for a migration; empty where it takes a person to tell.
    mend: str


@dataclass(frozen=True)
class Explanation:
    """As the engine writes it."""

    plan: Any
    advice: Sequence[Advice]
    info: Info


@dataclass(frozen=True)
class GraphResult:
    """Documents of ArangoDB."""

    results: Sequence[Any]
    info: Info

    def __iter__(self) -> Iterator[Any]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)


@dataclass(frozen=True)
class CacheEntry:
    value: Any
    #: Seconds that are left; None for one that stays.
    ttl: float | None


@dataclass(frozen=True)
class ConfigEntry:
    key: str
    value: Any
    updated_at: datetime

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> ConfigEntry:
        updated_at = decoder_of("timestamptz")(entry["updated_at"])
        return cls(key=entry["config_key"], value=entry["config_value"], updated_at=updated_at)


@dataclass(frozen=True)
class FoundObject:
    """An object of Weaviate, nearest first."""

    id: str
    properties: Mapping[str, Any]
    #: None for a class that does not compare by cosine.
    certainty: float | None
    distance: float | None
    #: Where it was asked for.
    vector: Sequence[float] | None = None


@dataclass(frozen=True)
class VectorResult:
    """Of an operation of Weaviate: objects of a search, ids of what was inserted, the number of those deleted."""

    objects: Sequence[FoundObject] = ()
    ids: Sequence[str] = ()
    deleted: int = 0

    def __iter__(self) -> Iterator[FoundObject]:
        return iter(self.objects)

    def __len__(self) -> int:
        return len(self.objects)

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> VectorResult:
        objects = [FoundObject(**found) for found in answer.get("objects", ())]
        return cls(objects=objects, ids=answer.get("ids", ()), deleted=answer.get("deleted", 0))


@dataclass(frozen=True)
class Registration:
    """What a service says of itself."""

    service_host: str
    service_port: int
    health_endpoint: str | None = None
    status: Literal["active", "inactive", "draining"] = "active"
    metadata: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RegisteredService:
    service_name: str
    service_host: str
    service_port: int
    health_endpoint: str | None
    #: expired: it was silent for too long.
    status: ServiceStatus
    last_heartbeat: datetime
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, service: Mapping[str, Any]) -> RegisteredService:
        seen = decoder_of("timestamptz")(service["last_heartbeat"])
        return cls(**{**service, "last_heartbeat": seen, "metadata": service["metadata"] or {}})
