# mypy: disable-error-code="no-untyped-def, no-untyped-call, var-annotated"
"""The specification's own example, with its columns filled in."""

from __future__ import annotations

from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

# fmt: off
from database_service_client import MultiDatabaseClient
from support import COMPANY, HOST, ClientTestCase

config = {"tenant_context": {"company_id": COMPANY}}


class BaseService:
    def __init__(self, config: dict[str, Any]) -> None:
        self.tenant_context = config["tenant_context"]


class TradingEngineService(BaseService):
    def __init__(self):
        super().__init__(config)
        self.db_client = MultiDatabaseClient(
            host=HOST,
            tenant_context=self.tenant_context
        )

    async def save_trading_signal(self, signal_data, tenant_context):
        # Multi-database operation via Database Service
        results = await self.db_client.execute_multi_db_operation({
            # Primary transaction in PostgreSQL
            "postgresql": {
                "query": "INSERT INTO trading_signals (signal_id, symbol, signal_type, price, created_at) VALUES (:signal_id, :symbol, :signal_type, :price, :created_at)",
                "params": signal_data,
                "company_id": tenant_context["company_id"]
            },
            # Cache update in DragonflyDB
            "dragonflydb": {
                "operation": "set",
                "key": f"signal:{tenant_context['company_id']}:{signal_data['signal_id']}",
                "value": signal_data,
                "ttl": 300  # 5 minutes cache
            },
            # Analytics insert in ClickHouse
            "clickhouse": {
                "query": "INSERT INTO signal_analytics (signal_id, symbol, signal_type, price, created_at) VALUES ({signal_id:String}, {symbol:String}, {signal_type:String}, {price:Decimal(18, 6)}, {created_at:DateTime64(3)})",
                "params": signal_data
            }
        })
        return results

    async def find_similar_patterns(self, trading_pattern, tenant_context):
        # Vector similarity search via Weaviate
        result = await self.db_client.weaviate_query({
            "operation": "similarity_search",
            "class": "TradingPatterns",
            "vector": trading_pattern["embedding"],
            "tenant_filter": tenant_context["company_id"],
            "limit": 10,
            "certainty": 0.8
        })
        return result
# fmt: on


class Specification(ClientTestCase):
    async def asyncSetUp(self) -> None:
        await super().asyncSetUp()
        self.service = TradingEngineService()
        self.addAsyncCleanup(self.service.db_client.aclose)

    async def test_a_signal_is_saved_in_three_databases(self) -> None:
        signal = {
            "signal_id": "spec-1",
            "symbol": "EURUSD",
            "signal_type": "buy",
            "price": Decimal("1.085512"),
            "created_at": datetime(2026, 1, 2, 3, 4, 5, 678000, timezone.utc),
        }
        results = await self.service.save_trading_signal(signal, {"company_id": COMPANY})
        self.assertEqual([part.error for part in results.results.values()], [None, None, None])
        self.assertTrue(results.succeeded)
        self.assertEqual(results["postgresql"].row_count, 1)
        cached = await self.client.cache.get(f"signal:{COMPANY}:spec-1")
        self.assertEqual((cached["symbol"], cached["price"]), ("EURUSD", 1.085512))
        stored = await self.client.query("select price, created_at from signal_analytics where signal_id = {p1:String}", ["spec-1"])
        self.assertEqual(stored.info.database, "clickhouse")
        self.assertEqual(list(stored), [(signal["price"], signal["created_at"])])

        again = await self.client.execute_multi_db_operation(
            {"postgresql": {"query": "insert into trading_signals (signal_id, symbol, signal_type) values ('spec-1', 'X', 'buy')"},
             "dragonflydb": {"operation": "set", "key": "spec-left", "value": 1}}
        )
        self.assertFalse(again.succeeded)
        self.assertEqual((again["postgresql"].status, again["dragonflydb"].status), ("failed", "skipped"))
        error = again["postgresql"].error
        assert error is not None
        self.assertEqual(error.sql_state, "23505")
        self.assertIsNone(await self.client.cache.get("spec-left"))

    async def test_similar_patterns_are_found(self) -> None:
        [pattern] = await self.client.vectors.insert(
            "TradingPatterns", [{"properties": {"pattern_id": "spec"}, "vector": [0.0, 0.0, 1.0]}]
        )
        found = await self.service.find_similar_patterns({"embedding": [0.0, 0.1, 0.9]}, {"company_id": COMPANY})
        self.assertEqual([each.id for each in found], [pattern])
