"""A company's own keys in DragonflyDB."""

from __future__ import annotations

from decimal import Decimal

from database_service_client import ConnectionFailed, StandardDatabaseManager
from support import COMPANY, HOST, OTHER_COMPANY, ClientTestCase
from wire import Wire


class Cache(ClientTestCase):
    async def test_keeps_values_for_their_time(self) -> None:
        value = {"price": 1.0855, "levels": ["buy", None], "digits": Decimal("0.12345678901234567890")}
        self.assertTrue(await self.client.cache.set("py:tick", value, ttl=300))
        self.assertFalse(await self.client.cache.set("py:tick", 1, only_if_absent=True))
        self.assertEqual(await self.client.cache.get("py:tick"), value)
        entry = await self.client.cache.entry("py:tick")
        assert entry is not None and entry.ttl is not None
        self.assertTrue(290 < entry.ttl <= 300)
        self.assertIsNone(await self.client.cache.get("py:none"))

    async def test_counts_in_64_bits(self) -> None:
        self.assertEqual(await self.client.cache.increment("py:orders", 2**53), 2**53)
        self.assertEqual(await self.client.cache.increment("py:orders"), 2**53 + 1)

    async def test_takes_several_keys(self) -> None:
        await self.client.cache.set("py:a", 1)
        one, none = await self.client.cache.get_many(["py:a", "py:b"])
        assert one is not None
        self.assertEqual((one.value, one.ttl, none), (1, None, None))
        self.assertEqual(await self.client.cache.delete("py:a", "py:b"), 1)

    async def test_a_counter_whose_answer_was_lost_is_not_counted_twice(self) -> None:
        async with Wire(HOST) as wire, StandardDatabaseManager(wire.host, {"company_id": COMPANY}) as manager:
            wire.lose_answers = 1
            with self.assertRaises(ConnectionFailed):
                await manager.cache.increment("py-counter")
            self.assertEqual(wire.requests, 1)


class OfOneCompany(ClientTestCase):
    async def test_is_what_a_key_is(self) -> None:
        await self.client.cache.set("py:mine", COMPANY)
        other = self.client.for_tenant({"company_id": OTHER_COMPANY})
        self.assertIsNone(await other.cache.get("py:mine"))
