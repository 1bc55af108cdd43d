"""Who the client is: by a certificate, or by tokens of an issuer."""

from __future__ import annotations

import asyncio
import os
import ssl
import time
from collections.abc import AsyncIterator
from typing import Any
from unittest import IsolatedAsyncioTestCase, mock

from database_service_client import AuthenticationFailed, DeadlineExceeded, MultiDatabaseClient, TokenSource
from support import COMPANY, HOST

TOKEN = os.environ["DBSVC_TEST_TOKEN"]
SHORT = os.environ["DBSVC_TEST_SHORT_TOKEN"]
REFUSED = os.environ["DBSVC_TEST_REFUSED_TOKEN"]
COLUMNS = ["user_id", "email", "subscription_tier"]


class Tokens:
    """Gives these, the last one from then on."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = tokens
        self.calls = 0

    async def __call__(self) -> str:
        self.calls += 1
        return self._tokens[min(self.calls, len(self._tokens)) - 1]


class Credentials(IsolatedAsyncioTestCase):
    def asking(self, token: TokenSource | None = None, **options: Any) -> MultiDatabaseClient:
        known = ssl.create_default_context(cafile=os.environ["DBSVC_TEST_CA"])
        client = MultiDatabaseClient(HOST, {"company_id": COMPANY}, token=token, verify=known, **options)
        self.addAsyncCleanup(client.aclose)
        return client

    async def test_a_certificate_says_who_it_is_without_a_key(self) -> None:
        own = (os.environ["DBSVC_TEST_CERT"], os.environ["DBSVC_TEST_CERT_KEY"])
        self.assertEqual(list(await self.asking(cert=own).query("select 1")), [(1,)])
        with self.assertRaises(ValueError):
            self.asking()
        with self.assertRaises(ValueError):
            self.asking(lambda: TOKEN, api_key="dbk_")

    async def test_a_token_is_kept_until_shortly_before_it_ends(self) -> None:
        tokens = Tokens(SHORT, TOKEN)
        client = self.asking(tokens)
        await asyncio.gather(*(client.query("select 1") for _ in range(3)))
        self.assertEqual(tokens.calls, 1)
        with mock.patch("time.time", return_value=time.time() + 35):
            await client.query("select 1")
        self.assertEqual(tokens.calls, 2)

    async def test_one_that_is_refused_is_replaced_once(self) -> None:
        tokens = Tokens(REFUSED, TOKEN)
        self.assertEqual(list(await self.asking(tokens).query("select 1")), [(1,)])
        self.assertEqual(tokens.calls, 2)
        await self.asking(Tokens(REFUSED, TOKEN)).execute("delete from users where user_id = 'nobody'")
        async with self.asking(Tokens(REFUSED, TOKEN)).stream("select 1") as rows:
            self.assertEqual([row async for row in rows], [(1,)])
        tokens = Tokens(REFUSED)
        with self.assertRaises(AuthenticationFailed):
            await self.asking(tokens).query("select 1")
        with self.assertRaises(AuthenticationFailed):
            async with self.asking(Tokens(REFUSED)).stream("select 1"):
                self.fail("it was taken")
        self.assertEqual(tokens.calls, 2)

    async def test_rows_that_are_made_once_are_not_sent_again(self) -> None:
        async def users() -> AsyncIterator[list[str]]:
            yield ["py-token", "py-token@example.org", "free"]

        client = self.asking(Tokens(REFUSED, TOKEN))
        with self.assertRaises(AuthenticationFailed):
            await client.ingest("users", COLUMNS, users())
        self.assertEqual((await client.ingest("users", COLUMNS, users())).inserted, 1)

    async def test_without_a_token_nothing_is_sent(self) -> None:
        async def away() -> str:
            raise OSError("the issuer is away")

        async def silent() -> str:
            await asyncio.sleep(60)
            return TOKEN

        with self.assertRaisesRegex(AuthenticationFailed, "the issuer is away"):
            await self.asking(away).query("select 1")
        with self.assertRaises(DeadlineExceeded):
            await self.asking(silent).query("select 1", timeout=0.3)

    async def test_a_plain_function_gives_tokens_too(self) -> None:
        self.assertEqual(list(await self.asking(lambda: TOKEN).query("select 1")), [(1,)])
