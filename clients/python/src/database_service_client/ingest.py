"""Many rows at once, as lines of JSON that are made as they are sent."""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from . import exact_json
from .parameters import Parameter, encode
from .results import Info

IngestRow = Sequence[Parameter]
Rows = Union[Iterable[IngestRow], AsyncIterable[IngestRow]]

_piece = 64 * 1024


@dataclass(frozen=True)
class Ingested:
    inserted: int
    #: Those that were there already, with skip_duplicates.
    skipped: int
    info: Info

    @classmethod
    def of(cls, answer: Mapping[str, Any]) -> Ingested:
        return cls(answer["inserted"], answer["skipped"], Info.of(answer["info"]))


async def lines_of(columns: Sequence[str], rows: Rows) -> AsyncIterator[bytes]:
    """In pieces of about 64 KiB."""
    lines = [exact_json.dumps({"columns": list(columns)})]
    size = 0
    async for row in _each(rows):
        lines.append(exact_json.dumps([encode(value) for value in row]))
        size += len(lines[-1])
        if size >= _piece:
            yield _text(lines)
            lines, size = [], 0
    yield _text(lines)


def _text(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


async def _each(rows: Rows) -> AsyncIterator[IngestRow]:
    if isinstance(rows, AsyncIterable):
        async for row in rows:
            yield row
    else:
        for row in rows:
            yield row
