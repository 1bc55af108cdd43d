"""Rows one by one, as fast as they are read."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from types import TracebackType

import httpx

from . import exact_json
from .errors import ConnectionFailed, DeadlineExceeded, error_within
from .results import Column, Info, Row
from .values import Decoder, decoder_of


class RowStream(AbstractAsyncContextManager["RowStream"]):
    """
    The rows of a statement, of any number: `async with client.stream(sql) as rows`, `async for row in rows`.

    Leaving the block before the end ends the statement. Raises ConnectionFailed where the rows are not all there.
    """

    def __init__(self, open_response: Callable[[], AbstractAsyncContextManager[httpx.Response]]) -> None:
        self._opening = open_response()
        self._lines: AsyncIterator[bytes] | None = None
        self._decoders: list[Decoder] = []
        #: Known within the block.
        self.columns: list[Column] = []
        #: Known behind the last row.
        self.info: Info | None = None
        self.row_count: int | None = None

    async def __aenter__(self) -> RowStream:
        with _Told():
            response = await self._opening.__aenter__()
        try:
            with _Told():
                self._lines = _lines(response)
                first = exact_json.loads(await self._lines.__anext__())
            self.columns = [Column(column["name"], column["type"]) for column in first["columns"]]
            self._decoders = [decoder_of(column.type) for column in self.columns]
        except BaseException:
            await self._opening.__aexit__(None, None, None)
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._opening.__aexit__(None, None, None)

    async def __aiter__(self) -> AsyncIterator[Row]:
        if self._lines is None:
            raise RuntimeError("a stream is read within `async with`")
        with _Told():
            async for line in self._lines:
                message = exact_json.loads(line)
                if isinstance(message, list):
                    yield tuple(decode(cell) for decode, cell in zip(self._decoders, message))
                elif "error" in message:
                    raise error_within(message["error"])
                else:
                    self.row_count = message["end"]["row_count"]
                    self.info = Info.of(message["end"]["info"])
        if self.info is None:
            raise ConnectionFailed("the connection broke before the last row", sent=True)


async def _lines(response: httpx.Response) -> AsyncIterator[bytes]:
    """By line feeds alone: text may hold other characters that Unicode takes for the end of a line."""
    pieces: list[bytes] = []
    async for data in response.aiter_bytes():
        *ends, rest = data.split(b"\n")
        for end in ends:
            yield b"".join([*pieces, end])
            pieces = []
        if rest:
            pieces.append(rest)


class _Told:
    """Tells errors of the connection as those of this package."""

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, httpx.TimeoutException):
            raise DeadlineExceeded("the service was silent for too long") from error
        if isinstance(error, httpx.ConnectError):
            raise ConnectionFailed(f"the service cannot be reached: {error}", sent=False) from error
        if isinstance(error, (httpx.TransportError, StopAsyncIteration)):
            raise ConnectionFailed(f"the connection broke: {error}", sent=True) from error
