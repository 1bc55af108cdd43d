"""Configuration and registry."""

from __future__ import annotations

from decimal import Decimal

from database_service_client import NotFound, Registration
from support import ClientTestCase


class Configuration(ClientTestCase):
    async def test_is_kept_to_the_last_digit(self) -> None:
        value = {"lots": Decimal("12345678901234567890.5"), "pairs": ["EURUSD"], "on": True}
        entry = await self.client.config.set("py.risk/limit", value)
        self.assertEqual((entry.key, entry.value), ("py.risk/limit", value))
        self.assertEqual((await self.client.config.get("py.risk/limit")).value, value)
        self.assertEqual([entry.key for entry in await self.client.config.list("py.")], ["py.risk/limit"])

    async def test_is_removed(self) -> None:
        await self.client.config.set("gone", None)
        self.assertTrue(await self.client.config.unset("gone"))
        self.assertFalse(await self.client.config.unset("gone"))
        with self.assertRaises(NotFound):
            await self.client.config.get("gone")


class Services(ClientTestCase):
    async def test_register_and_give_signs_of_life(self) -> None:
        registered, within = await self.client.registry.register(
            Registration("10.0.0.5", 9000, health_endpoint="/health", metadata={"zone": "a"})
        )
        self.assertEqual((registered.service_host, registered.status), ("10.0.0.5", "active"))
        self.assertEqual(registered.metadata, {"zone": "a"})
        name = registered.service_name
        self.assertEqual(await self.client.registry.heartbeat(name), within)
        found = await self.client.registry.lookup(name)
        self.assertGreaterEqual(found.last_heartbeat, registered.last_heartbeat)
        self.assertIn(name, [service.service_name for service in await self.client.registry.services()])
        self.assertTrue(await self.client.registry.deregister(name))
        with self.assertRaises(NotFound):
            await self.client.registry.lookup(name)
