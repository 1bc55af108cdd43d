"""Values go in and come out again as the very same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from database_service_client import Interval, Json
from support import ClientTestCase

UTC = timezone.utc
JAKARTA = timezone(timedelta(hours=7))

# What is sent, the type it is sent as, and what comes back where that is not what was sent.
VALUES: Sequence[tuple[Any, ...]] = [
    (True, "bool"),
    (-32768, "int2"),
    (2**63 - 1, "int8"),
    (-(2**63), "int8"),
    (0.1, "float8"),
    (-math.inf, "float8"),
    (Decimal("12345678901234567890.12345678901234567890"), "numeric"),
    (Decimal("1.10"), "numeric"),
    (Decimal("1E+3"), "numeric", Decimal(1000)),
    (Decimal("-Infinity"), "numeric"),
    ('a\tb\n"\\€😀', "text"),
    ("", "text"),
    (b"\x00\xff\x10", "bytea"),
    (bytearray(b""), "bytea", b""),
    (datetime(2026, 1, 2, 3, 4, 5, 678901, UTC), "timestamptz"),
    (datetime(2026, 1, 2, 10, 4, 5, tzinfo=JAKARTA), "timestamptz", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
    (datetime(2026, 1, 2, 3, 4, 5, 1), "timestamp"),
    ("infinity", "timestamptz"),
    (date(2026, 1, 2), "date"),
    (time(23, 59, 59, 999999), "time"),
    (time(23, 59, 59, tzinfo=JAKARTA), "timetz"),
    (Interval(months=14, days=-3, microseconds=14706789001), "interval"),
    (timedelta(days=-1, microseconds=-1), "interval", Interval.of(timedelta(days=-1, microseconds=-1))),
    (UUID("0b6e3c8e-5f0a-4f7e-9a55-0d7f2c1f8a10"), "uuid"),
    ([1, None, -3], "int4[]"),
    ([2**63 - 1], "int8[]"),
    ([["a,b", "NULL"], ["", '"']], "text[]"),
    ([Decimal("1.0"), Decimal("2")], "numeric[]"),
    ([b"\x00\xff", None], "bytea[]"),
    ([datetime(2026, 1, 2, tzinfo=UTC)], "timestamptz[]"),
    ({"b": Decimal("12345678901234567890.5"), "a": [1.5, 2**70, None]}, "jsonb"),
    ({"$bytes": "no bytes"}, "jsonb"),
    (Json([1, "two", {"three": 3}]), "jsonb", [1, "two", {"three": 3}]),
    (Json("text"), "json", "text"),
    (None, "int4"),
]


class Values(ClientTestCase):
    async def test_come_back_as_they_were_sent(self) -> None:
        casts = ", ".join(f"${at}::{value[1]}" for at, value in enumerate(VALUES, 1))
        result = await self.client.query(f"select {casts}", [value[0] for value in VALUES])
        for (sent, kind, *other), came in zip(VALUES, result.rows[0]):
            with self.subTest(type=kind, sent=sent):
                expected = other[0] if other else sent
                self.assertEqual(came, expected)
                self.assertIs(type(came), type(expected))

    async def test_not_a_number_stays_none(self) -> None:
        result = await self.client.query("select $1::float8, $2::numeric", [math.nan, Decimal("NaN")])
        double, numeric = result.rows[0]
        self.assertTrue(math.isnan(double))
        self.assertTrue(numeric.is_nan())

    async def test_what_python_has_not_stays_text(self) -> None:
        result = await self.client.query(
            "select '12026-01-02 00:00:00+00'::timestamptz, '0044-03-15 BC'::date, '24:00:00'::time, 'infinity'::interval"
        )
        self.assertEqual(result.rows[0], ("12026-01-02T00:00:00Z", "0044-03-15 BC", "24:00:00", "infinity"))

    def test_an_interval_with_months_is_no_timedelta(self) -> None:
        with self.assertRaises(ValueError):
            Interval(months=1).timedelta()
        self.assertEqual(Interval(days=1, microseconds=1).timedelta(), timedelta(days=1, microseconds=1))
