"""What a balancer answers in the service's place, and when it is sent again."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from typing import Any

from database_service_client import (
    DeadlineExceeded,
    MultiDatabaseClient,
    RetryPolicy,
    StandardDatabaseManager,
    TooManyRequests,
    Unavailable,
)
from support import COMPANY, HOST, ClientTestCase
from wire import Wire, answer

INSERT = "insert into trading_signals (signal_id, symbol, signal_type, price) values ($1, $2, $3, $4)"
COLUMNS = ["signal_id", "symbol", "signal_type", "price"]


def signal(name: str) -> list[Any]:
    return [name, "EURUSD", "buy", None]


class Resilience(ClientTestCase):
    wire: Wire
    over: StandardDatabaseManager

    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        self.wire = await Wire(HOST).__aenter__()
        self.addAsyncCleanup(self.wire.__aexit__, None, None, None)
        self.over = StandardDatabaseManager(self.wire.host, {"company_id": COMPANY}, retry=RetryPolicy(first_delay=0.01))
        self.addAsyncCleanup(self.over.aclose)

    def keys(self) -> int:
        return len(set(self.wire.headers("idempotency-key")))

    async def test_after_429_it_waits_as_long_as_it_was_told(self) -> None:
        self.wire.instead.append(answer(429, {"retry-after": "1"}))
        began = time.monotonic()
        written = await self.over.execute(INSERT, signal("py-told"))
        self.assertGreater(time.monotonic() - began, 0.99)
        self.assertEqual((written.row_count, written.info.replayed), (1, False))
        self.assertEqual((self.wire.requests, self.keys()), (2, 1))

    async def test_it_does_not_wait_for_what_comes_after_its_deadline_or_does_not_pass(self) -> None:
        self.wire.instead.append(answer(429, {"retry-after": "60"}))
        with self.assertRaises(TooManyRequests) as late:
            await self.over.query("select 1", timeout=20)
        self.assertEqual(late.exception.retry_after, 60)
        self.wire.instead.append(answer(429, error={"code": "DBS-2407", "message": "full", "details": {"budget": 3}}))
        with self.assertRaises(TooManyRequests) as full:
            await self.over.cache.set("a", 1)
        self.assertEqual((full.exception.code, full.exception.details), ("DBS-2407", {"budget": 3}))
        self.assertEqual(self.wire.requests, 2)
        self.wire.instead.append(answer(429))
        self.assertEqual(list(await self.over.query("select 1")), [(1,)])
        self.assertEqual(self.wire.requests, 4)

    async def test_after_503_it_sends_reads_and_writes_with_a_key_again(self) -> None:
        self.wire.instead += [answer(503), answer(502)]
        self.assertEqual(list(await self.over.query("select 1")), [(1,)])
        self.assertEqual(self.wire.requests, 3)
        # Refused, then done with its answer lost, then told.
        self.wire.instead.append(answer(503))
        self.wire.lose_answers = 1
        batch = await self.over.batch([(INSERT, signal("py-both"))])
        self.assertTrue(batch.info.replayed)
        self.assertEqual((self.wire.requests, self.keys()), (6, 1))
        self.wire.instead.append(answer(503))
        self.assertEqual((await self.over.ingest("trading_signals", COLUMNS, [signal("py-load")])).inserted, 1)

    async def test_the_plain_client_does_not(self) -> None:
        async with MultiDatabaseClient(self.wire.host, {"company_id": COMPANY}) as plain:
            self.wire.instead.append(answer(503))
            with self.assertRaises(Unavailable):
                await plain.execute(INSERT, signal("py-plain"))
        self.assertEqual(self.wire.requests, 1)

    async def test_it_never_sends_again_what_might_be_done_twice(self) -> None:
        self.wire.instead.append(answer(503))
        with self.assertRaises(Unavailable):
            await self.over.cache.increment("count")
        self.wire.instead.append(answer(504))
        with self.assertRaises(DeadlineExceeded):
            await self.over.execute(INSERT, signal("py-late"))

        async def once() -> AsyncIterator[list[Any]]:
            yield signal("py-once-only")

        self.wire.instead.append(answer(503))
        with self.assertRaises(Unavailable):
            await self.over.ingest("trading_signals", COLUMNS, once())
        self.assertEqual(self.wire.requests, 3)

    async def test_it_gives_up_after_its_attempts(self) -> None:
        self.wire.instead += [answer(503)] * 3 + [answer(429, {"retry-after": "0"})]
        with self.assertRaises(TooManyRequests):
            await self.over.execute(INSERT, signal("py-none"))
        self.assertEqual((self.wire.requests, self.keys()), (4, 1))
