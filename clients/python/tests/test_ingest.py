"""Many rows at once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

from database_service_client import Conflict, StandardDatabaseManager
from support import COMPANY, HOST, ClientTestCase
from wire import Wire

COLUMNS = ["time", "user_id", "symbol", "bid", "ask", "volume"]
START = datetime(2026, 1, 2, 3, 4, 5, 678901, timezone.utc)
COUNT = "select count(*) from trading_ticks where symbol = $1"


def tick(symbol: str, second: int) -> list[Any]:
    return [START + timedelta(seconds=second), "py", symbol, Decimal("1.08551"), Decimal("1.0856"), second]


class Ingest(ClientTestCase):
    async def test_rows_go_in_as_they_are(self) -> None:
        done = await self.client.ingest("trading_ticks", COLUMNS, [tick("PYLIST", second) for second in range(3)])
        self.assertEqual((done.inserted, done.skipped, done.info.database), (3, 0, "postgresql"))
        sql = "select time, bid, volume from trading_ticks where symbol = 'PYLIST' order by time limit 1"
        self.assertEqual(list(await self.client.query(sql)), [(START, Decimal("1.08551"), 0)])

    async def test_rows_are_made_as_they_are_sent(self) -> None:
        async def ticks() -> AsyncIterator[list[Any]]:
            for second in range(20000):
                yield tick("PYMADE", second)

        self.assertEqual((await self.client.ingest("trading_ticks", COLUMNS, ticks())).inserted, 20000)
        self.assertEqual(list(await self.client.query(COUNT, ["PYMADE"])), [(20000,)])

    async def test_it_is_all_or_nothing(self) -> None:
        users = [["py-in-1", "py-in@example.org", "free"], ["py-in-2", "py-in@example.org", "free"]]
        with self.assertRaises(Conflict):
            await self.client.ingest("users", ["user_id", "email", "subscription_tier"], users)
        self.assertEqual(len(await self.client.query("select 1 from users where user_id like 'py-in-%'")), 0)

    async def test_a_lost_answer_does_not_double_rows(self) -> None:
        async with Wire(HOST) as wire, StandardDatabaseManager(wire.host, {"company_id": COMPANY}) as manager:
            wire.lose_answers = 1
            done = await manager.ingest("trading_ticks", COLUMNS, [tick("PYONCE", 1)])
            self.assertEqual((done.inserted, done.info.replayed), (1, True))
        self.assertEqual(list(await self.client.query(COUNT, ["PYONCE"])), [(1,)])
