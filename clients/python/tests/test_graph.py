"""Graphs of the company in ArangoDB."""

from __future__ import annotations

from database_service_client import Forbidden
from support import COMPANY, ClientTestCase

USER = "insert { _key: @key, company_id: @company, user_id: @key } into @@users return NEW._key"


class Graphs(ClientTestCase):
    async def test_are_asked_and_traversed(self) -> None:
        graph = self.client.graph
        for key in ("py1", "py2"):
            written = await graph.query(USER, {"key": key, "company": COMPANY, "@users": "users"})
            self.assertEqual(list(written), [key])
        await graph.query(
            "insert { _from: 'users/py1', _to: 'users/py2', company_id: @company, since: '2026-01-02T03:04:05Z' } into follows",
            {"company": COMPANY},
        )
        found = await graph.query("for u in users filter u._key like 'py%' sort u._key return u._key", read_only=True)
        self.assertEqual(list(found), ["py1", "py2"])
        self.assertEqual((found.info.database, found.info.category), ("arangodb", "D"))
        [reached] = await graph.traverse("users/py1", graph="user_network")
        self.assertEqual((reached["vertex"]["user_id"], reached["depth"]), ("py2", 1))
        self.assertEqual(len(await graph.traverse("users/py1", edge_collections=["follows"], direction="inbound")), 0)

    async def test_what_only_reads_changes_nothing(self) -> None:
        with self.assertRaises(Forbidden):
            await self.client.graph.query(USER, {"key": "py3", "company": COMPANY, "@users": "users"}, read_only=True)
