"""Rows one by one."""

from __future__ import annotations

from datetime import datetime, timezone

from database_service_client import ConnectionFailed, DatabaseServiceError, InvalidRequest, MultiDatabaseClient
from support import COMPANY, HOST, ClientTestCase
from wire import Wire


class Streams(ClientTestCase):
    async def test_rows_come_with_their_types(self) -> None:
        sql = "select n::int8, '2026-01-02T03:04:05Z'::timestamptz, $1::text from generate_series(1, 3000) n"
        # What Unicode takes for the end of a line is none.
        text = "a\u2028b\x85c\nd"
        async with self.client.stream(sql, [text]) as rows:
            self.assertEqual([column.type for column in rows.columns], ["int8", "timestamptz", "text"])
            self.assertIsNone(rows.info)
            came = [row async for row in rows]
        self.assertEqual(came[-1], (3000, datetime(2026, 1, 2, 3, 4, 5, tzinfo=timezone.utc), text))
        self.assertEqual((len(came), rows.row_count), (3000, 3000))
        assert rows.info is not None
        self.assertEqual(rows.info.database, "postgresql")

    async def test_a_wrong_statement_is_refused_before_the_first_row(self) -> None:
        with self.assertRaises(InvalidRequest):
            async with self.client.stream("select no_such_column from users"):
                self.fail("it began")

    async def test_what_goes_wrong_on_the_way_is_told(self) -> None:
        with self.assertRaises(DatabaseServiceError) as caught:
            async with self.client.stream("select 1 / (n - 20000), repeat('x', 100) from generate_series(1, 30000) n") as rows:
                async for _ in rows:
                    pass
        self.assertEqual(caught.exception.sql_state, "22012")

    async def test_rows_that_are_not_all_there_are_no_result(self) -> None:
        async with Wire(HOST) as wire, MultiDatabaseClient(wire.host, {"company_id": COMPANY}) as client:
            with self.assertRaises(ConnectionFailed):
                async with client.stream("select n, repeat('x', 100) from generate_series(1, 300000) n") as rows:
                    async for _ in rows:
                        wire.lose_answers = 1

    async def test_leaving_off_leaves_the_client_usable(self) -> None:
        async with self.client.stream("select n from generate_series(1, 1000000) n") as rows:
            async for row in rows:
                self.assertEqual(row, (1,))
                break
        self.assertEqual(list(await self.client.query("select 1")), [(1,)])
