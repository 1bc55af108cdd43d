"""What proves who asks."""

from __future__ import annotations

import asyncio
import base64
import inspect
import json
import math
import time
from collections.abc import Awaitable, Callable
from typing import Protocol

from .errors import AuthenticationFailed

#: Gives a JWT.
TokenSource = Callable[[], str | Awaitable[str]]

_renew_before = 30.0


class Credential(Protocol):
    async def authorization(self) -> str | None:
        """For the header; None where the client certificate says it. Raises AuthenticationFailed."""

    def refused(self, authorization: str | None) -> bool:
        """That this one was refused. Returns whether another may be had."""


class Fixed:
    """A key, or a certificate alone."""

    def __init__(self, authorization: str | None) -> None:
        self._authorization = authorization

    async def authorization(self) -> str | None:
        return self._authorization

    def refused(self, authorization: str | None) -> bool:
        return False


class Token:
    """
    Keeps a token until shortly before it ends: 30 s, or a quarter of what is left of it when it comes. Requests share one that is on its
    way.
    """

    def __init__(self, source: TokenSource) -> None:
        self._source = source
        self._coming = asyncio.Lock()
        self._current: str | None = None
        self._ends = self._renew = 0.0

    async def authorization(self) -> str | None:
        async with self._coming:
            if self._current is None or time.time() >= self._renew:
                await self._ask()
            return self._current

    def refused(self, authorization: str | None) -> bool:
        if authorization == self._current:
            self._current = None
        return True

    async def _ask(self) -> None:
        try:
            given = self._source()
            token = await given if inspect.isawaitable(given) else given
        except Exception as error:
            if self._current is not None and time.time() < self._ends:
                return
            raise AuthenticationFailed(f"no token could be had: {error}") from error
        self._ends = _end_of(token)
        self._renew = self._ends - min(_renew_before, (self._ends - time.time()) / 4)
        self._current = f"Bearer {token}"


def _end_of(token: str) -> float:
    """In seconds since 1970; never where it does not say. The service checks it, not the client."""
    try:
        claims = token.split(".")[1]
        ends = json.loads(base64.urlsafe_b64decode(claims + "=" * (-len(claims) % 4)))["exp"]
        return float(ends)
    except (IndexError, KeyError, TypeError, ValueError):
        return math.inf
