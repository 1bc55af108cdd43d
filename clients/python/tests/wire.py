"""A wire between client and service, which carries bytes and can be cut."""

from __future__ import annotations

import asyncio
import json
import re
from types import TracebackType


class Wire:
    """Passes everything on to `host`. Counts requests and connections of clients."""

    def __init__(self, host: str) -> None:
        self._service = host.removeprefix("http://")
        self._server: asyncio.Server | None = None
        self._seen = bytearray()
        self.host = ""
        self.connections = 0
        #: So many next answers do not arrive: the connection breaks instead.
        self.lose_answers = 0
        #: What the next requests are answered with, as a balancer would: they do not reach the service.
        self.instead: list[bytes] = []
        #: Nothing is answered.
        self.silent = False

    @property
    def requests(self) -> int:
        return len(re.findall(rb"(?:GET|POST|PUT|DELETE) /\S* HTTP/1\.1\r\n", self._seen))

    def headers(self, name: str) -> list[bytes]:
        return re.findall(rb"\r\n" + name.encode() + rb": ([^\r]*)", self._seen)

    async def __aenter__(self) -> Wire:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port = self._server.sockets[0].getsockname()[1]
        self.host = f"127.0.0.1:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _carry(self, client_in: asyncio.StreamReader, client_out: asyncio.StreamWriter) -> None:
        self.connections += 1
        host, port = self._service.split(":")
        service_in, service_out = await asyncio.open_connection(host, int(port))

        async def onward() -> None:
            held = b""
            while data := await client_in.read(65536):
                self._seen += data
                if not held and not self.instead:
                    service_out.write(data)
                    continue
                held += data
                if _is_whole(held):
                    client_out.write(self.instead.pop(0))
                    break
            service_out.close()

        async def back() -> None:
            while data := await service_in.read(65536):
                if self.lose_answers > 0:
                    self.lose_answers -= 1
                    break
                if not self.silent:
                    client_out.write(data)
            client_out.close()

        await asyncio.gather(onward(), back(), return_exceptions=True)


def _is_whole(request: bytes) -> bool:
    """Whether a request has come with all of its body: a connection that is closed before may lose the answer."""
    head, end, body = request.partition(b"\r\n\r\n")
    if not end:
        return False
    length = re.search(rb"\r\ncontent-length: (\d+)", head, re.IGNORECASE)
    return body.endswith(b"0\r\n\r\n") if length is None else len(body) >= int(length[1])


def answer(status: int, headers: dict[str, str] | None = None, error: dict[str, object] | None = None) -> bytes:
    """Of a balancer, or of the service where it says what is wrong."""
    body = "<html>not now</html>" if error is None else json.dumps({"error": error})
    lines = {"content-length": str(len(body)), "connection": "close", **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} -\r\n{head}\r\n{body}".encode()
