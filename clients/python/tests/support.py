"""The service under test, as whoever started it has said in the environment."""

from __future__ import annotations

import os
from unittest import IsolatedAsyncioTestCase

from database_service_client import MultiDatabaseClient, StandardDatabaseManager, TenantContext

HOST = os.environ["DBSVC_TEST_HOST"]
COMPANY = os.environ["DBSVC_TEST_COMPANY"]
OTHER_COMPANY = os.environ["DBSVC_TEST_OTHER_COMPANY"]


class ClientTestCase(IsolatedAsyncioTestCase):
    """With a client, whose key is in DBSVC_API_KEY, and a manager."""

    client: MultiDatabaseClient
    manager: StandardDatabaseManager

    async def asyncSetUp(self) -> None:
        self.client = MultiDatabaseClient(host=HOST, tenant_context=TenantContext(COMPANY))
        self.manager = StandardDatabaseManager(host=HOST, tenant_context={"company_id": COMPANY})
        self.addAsyncCleanup(self.client.aclose)
        self.addAsyncCleanup(self.manager.aclose)
