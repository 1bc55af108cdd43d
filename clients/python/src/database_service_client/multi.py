"""One operation over several databases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .errors import DatabaseServiceError, error_within
from .parameters import encode_all
from .results import Column, Row, rows_of

Status = Literal["succeeded", "failed", "skipped", "pending"]


@dataclass(frozen=True)
class StoreResult:
    """What one database made of its part."""

    #: skipped: PostgreSQL's part failed, so that this one was not tried.
    status: Status
    duration_ms: float
    error: DatabaseServiceError | None
    #: Of statements.
    columns: Sequence[Column]
    rows: Sequence[Row]
    row_count: int | None
    #: All that it answered, such as stored, value, ids or results.
    answer: Mapping[str, Any]

    @classmethod
    def of(cls, part: Mapping[str, Any]) -> StoreResult:
        error = part.get("error")
        columns, rows = rows_of(part) if "columns" in part else ([], [])
        return cls(
            status=part["status"],
            duration_ms=part["duration_ms"],
            error=None if error is None else error_within(error),
            columns=columns,
            rows=rows,
            row_count=part.get("row_count"),
            answer=part,
        )


@dataclass(frozen=True)
class MultiResult:
    """By database: result["postgresql"].status."""

    results: Mapping[str, StoreResult]
    #: Whether every part succeeded.
    succeeded: bool
    #: Send the same operation again with it until it has succeeded.
    idempotency_key: str
    #: PostgreSQL had done its part before.
    replayed: bool
    request_id: str

    def __getitem__(self, database: str) -> StoreResult:
        return self.results[database]

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> MultiResult:
        return cls(
            results={name: StoreResult.of(part) for name, part in answer["results"].items()},
            succeeded=answer["succeeded"],
            idempotency_key=answer["idempotency_key"],
            replayed=answer["replayed"],
            request_id=answer["info"]["request_id"],
        )


def message_of(operation: Mapping[str, Any]) -> dict[str, Any]:
    """The operation with the parameters of its statements as the service takes them."""
    return {name: _part(name, part) for name, part in operation.items()}


def is_repeatable(operation: Mapping[str, Any]) -> bool:
    """Whether doing the parts beside PostgreSQL's again comes to the same."""
    return operation.get("dragonflydb", {}).get("operation") != "increment" and "arangodb" not in operation


def _part(name: str, part: Any) -> Any:
    if name in ("postgresql", "clickhouse") and "params" in part:
        return {**part, "params": encode_all(part["params"])}
    return part
