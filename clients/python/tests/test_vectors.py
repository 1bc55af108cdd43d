"""Vectors, by the operation of the specification and by methods."""

from __future__ import annotations

from support import COMPANY, ClientTestCase


class Vectors(ClientTestCase):
    async def test_of_the_company_are_found_by_likeness(self) -> None:
        ids = await self.client.vectors.insert(
            "TradingPatterns",
            [
                {"properties": {"pattern_id": "flag", "confidence": 0.9}, "vector": [1.0, 0.0, 0.0]},
                {"properties": {"pattern_id": "wedge"}, "vector": [0.0, 1.0, 0.0]},
            ],
        )
        found = await self.client.weaviate_query(
            {
                "operation": "similarity_search",
                "class": "TradingPatterns",
                "vector": [0.9, 0.1, 0.0],
                "tenant_filter": COMPANY,
                "limit": 10,
                "certainty": 0.8,
            }
        )
        self.assertEqual([each.id for each in found], [ids[0]])
        self.assertEqual(found.objects[0].properties["pattern_id"], "flag")
        self.assertGreater(found.objects[0].certainty or 0, 0.9)

        await self.client.vectors.update("TradingPatterns", {"id": ids[1], "properties": {"symbol": "EURUSD"}})
        [wedge] = await self.client.vectors.similarity_search("TradingPatterns", [0, 1, 0], limit=1, include_vector=True)
        self.assertEqual((wedge.properties["pattern_id"], wedge.properties["symbol"]), ("wedge", "EURUSD"))
        self.assertEqual(wedge.vector, [0, 1, 0])
        self.assertEqual(await self.client.vectors.delete("TradingPatterns", ids[1:]), 1)

    async def test_an_operation_that_there_is_not_is_refused_here(self) -> None:
        with self.assertRaises(ValueError):
            await self.client.weaviate_query({"operation": "backup", "class": "TradingPatterns"})
