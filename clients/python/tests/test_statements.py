"""Statements, errors, deadlines and what is tried again."""

from __future__ import annotations

import asyncio
import os
import time
from decimal import Decimal

from database_service_client import (
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DeadlineExceeded,
    Forbidden,
    InvalidRequest,
    MultiDatabaseClient,
    NotFound,
    RetryPolicy,
    StandardDatabaseManager,
)
from support import COMPANY, HOST, ClientTestCase
from wire import Wire

INSERT = "insert into trading_signals (signal_id, symbol, signal_type, price) values ($1, $2, $3, $4)"


class Statements(ClientTestCase):
    async def test_writes_and_reads(self) -> None:
        written = await self.client.execute(INSERT, ["py-1", "EURUSD", "buy", Decimal("1.085512")])
        self.assertEqual((written.row_count, written.command), (1, "INSERT"))
        result = await self.client.query("select symbol, price from trading_signals where signal_id = $1", ["py-1"])
        self.assertEqual(result.dicts(), [{"symbol": "EURUSD", "price": Decimal("1.085512")}])
        self.assertEqual([(column.name, column.type) for column in result.columns][1], ("price", "numeric"))
        self.assertEqual((result.info.database, result.info.category), ("postgresql", "A"))
        self.assertIsNone(result.info.age_ms)

    async def test_batch_is_all_or_nothing(self) -> None:
        batch = await self.client.batch(
            [(INSERT, ["py-2", "EURUSD", "sell", None]), "select count(*) from trading_signals where signal_id = 'py-2'"]
        )
        self.assertEqual([result.command for result in batch.results], ["INSERT", "SELECT"])
        self.assertEqual(list(batch.results[1]), [(1,)])
        with self.assertRaises(Conflict) as caught:
            await self.client.batch([(INSERT, ["py-3", "EURUSD", "sell", None]), (INSERT, ["py-2", "EURUSD", "sell", None])])
        self.assertEqual(caught.exception.sql_state, "23505")
        self.assertEqual(len(await self.client.query("select 1 from trading_signals where signal_id = 'py-3'")), 0)

    async def test_explains_without_running(self) -> None:
        explanation = await self.client.explain("delete from trading_signals where symbol = $1", ["EURUSD"])
        self.assertIn("Node Type", explanation.plan)
        self.assertEqual(explanation.info.database, "postgresql")

    async def test_the_cache_of_responses_says_how_old_one_is(self) -> None:
        sql = "select now(), $1::text"
        fresh = await self.client.query("select count(*) from users", cache="on", max_age=60)
        again = await self.client.query("select count(*) from users", cache="on", max_age=60)
        self.assertEqual(fresh.rows, again.rows)
        self.assertEqual(again.info.source, "cached_response")
        self.assertIsNotNone(again.info.age_ms)
        self.assertIsNone((await self.client.query(sql, ["x"], cache="off")).info.age_ms)

    async def test_a_user_sees_no_rows_of_another(self) -> None:
        for user in ("py-ada", "py-bob"):
            await self.client.execute(
                "insert into users (user_id, email, subscription_tier) values ($1, $2, 'free')", [user, f"{user}@example.org"]
            )
            await self.client.execute(
                "insert into trading_signals (signal_id, user_id, symbol, signal_type) values ($1, $2, 'GBPUSD', 'buy')",
                [f"py-of-{user}", user],
            )
        ada = self.client.for_tenant({"company_id": COMPANY, "user_id": "py-ada", "session_id": "grün"})
        seen = await ada.query("select signal_id from trading_signals where symbol = 'GBPUSD'")
        self.assertEqual(list(seen), [("py-of-py-ada",)])

    async def test_health_needs_no_key(self) -> None:
        self.assertEqual((await self.client.health())["service_name"], "database-service")


class Errors(ClientTestCase):
    async def test_are_told_apart(self) -> None:
        with self.assertRaises(InvalidRequest) as wrong:
            await self.client.query("select no_such_column from users")
        self.assertEqual((wrong.exception.code, wrong.exception.status), ("DBS-2004", 400))
        self.assertIsNotNone(wrong.exception.request_id)
        with self.assertRaises(Forbidden):
            await self.client.query("select pg_sleep(1)")
        with self.assertRaises(NotFound):
            await self.client.for_tenant({"company_id": "no_such_company"}).query("select 1")
        async with MultiDatabaseClient(HOST, {"company_id": COMPANY}, api_key="dbk_" + "A" * 43) as stranger:
            with self.assertRaises(AuthenticationFailed):
                await stranger.query("select 1")

    async def test_without_a_company_or_key_there_is_no_client(self) -> None:
        with self.assertRaises(ValueError):
            MultiDatabaseClient(HOST, {"user_id": "ada"})
        key = os.environ.pop("DBSVC_API_KEY")
        try:
            with self.assertRaises(ValueError):
                MultiDatabaseClient(HOST, {"company_id": COMPANY})
        finally:
            os.environ["DBSVC_API_KEY"] = key

    async def test_where_nobody_listens(self) -> None:
        async with MultiDatabaseClient("127.0.0.1:1", {"company_id": COMPANY}) as client:
            with self.assertRaises(ConnectionFailed) as caught:
                await client.query("select 1")
            self.assertFalse(caught.exception.sent)


class Manager(ClientTestCase):
    """Over a wire that can be cut on either side of the service's answer."""

    async def test_a_write_whose_answer_was_lost_is_done_once(self) -> None:
        async with Wire(HOST) as wire, self._over(wire) as manager:
            wire.lose_answers = 1
            written = await manager.execute(INSERT, ["py-once", "EURUSD", "buy", None])
            self.assertEqual((written.row_count, written.info.replayed), (1, True))
            self.assertEqual(wire.requests, 2)
        result = await self.client.query("select count(*) from trading_signals where signal_id = 'py-once'")
        self.assertEqual(list(result), [(1,)])

    async def test_a_key_is_of_one_write(self) -> None:
        await self.client.execute(INSERT, ["py-key", "EURUSD", "buy", None], idempotency_key="k1")
        again = await self.client.execute(INSERT, ["py-key", "EURUSD", "buy", None], idempotency_key="k1")
        self.assertTrue(again.info.replayed)
        with self.assertRaises(InvalidRequest) as caught:
            await self.client.execute(INSERT, ["py-other", "EURUSD", "buy", None], idempotency_key="k1")
        self.assertEqual(caught.exception.code, "DBS-2410")

    async def test_the_plain_client_leaves_such_a_write_to_its_caller(self) -> None:
        async with Wire(HOST) as wire, MultiDatabaseClient(wire.host, {"company_id": COMPANY}) as client:
            wire.lose_answers = 1
            with self.assertRaises(ConnectionFailed) as caught:
                await client.execute(INSERT, ["py-lost", "EURUSD", "buy", None])
            self.assertTrue(caught.exception.sent)
            self.assertEqual(wire.requests, 1)

    async def test_all_attempts_are_of_one_trace(self) -> None:
        async with Wire(HOST) as wire, self._over(wire) as manager:
            wire.lose_answers = 2
            await manager.query("select 1")
            self.assertEqual(wire.requests, 3)
            self.assertEqual(len(set(wire.headers("traceparent"))), 1)

    async def test_gives_up_at_its_deadline(self) -> None:
        async with Wire(HOST) as wire, self._over(wire) as manager:
            wire.silent = True
            began = time.monotonic()
            with self.assertRaises(DeadlineExceeded):
                await manager.query("select 1", timeout=0.3)
            self.assertLess(time.monotonic() - began, 2)

    async def test_a_statement_is_given_up_by_the_service_too(self) -> None:
        slow = "select count(*) from generate_series(1, 100000000) a"
        with self.assertRaises(DeadlineExceeded):
            await self.manager.query(slow, timeout=0.5)

    async def test_connections_are_kept_and_bounded(self) -> None:
        async with Wire(HOST) as wire, self._over(wire, max_connections=3) as manager:
            await asyncio.gather(*(manager.query("select $1::int", [at]) for at in range(30)))
            self.assertEqual(wire.requests, 30)
            self.assertLessEqual(wire.connections, 3)

    async def test_tells_where_answers_came_from(self) -> None:
        for _ in range(2):
            await self.manager.query_with_fallback("select count(*) from mt5_accounts", context={"company_id": COMPANY})
        self.assertEqual(self.manager.sources["cached_response"], 1)
        self.assertEqual(self.manager.sources.total(), 2)

    def _over(self, wire: Wire, max_connections: int = 20) -> StandardDatabaseManager:
        return StandardDatabaseManager(
            wire.host, {"company_id": COMPANY}, retry=RetryPolicy(first_delay=0.01), max_connections=max_connections
        )
