"""Over TLS."""

from __future__ import annotations

import os
import ssl
from unittest import IsolatedAsyncioTestCase

from database_service_client import ConnectionFailed, MultiDatabaseClient
from support import COMPANY, HOST


class Tls(IsolatedAsyncioTestCase):
    async def test_a_service_of_a_known_authority_answers(self) -> None:
        known = ssl.create_default_context(cafile=os.environ["DBSVC_TEST_CA"])
        async with MultiDatabaseClient(HOST, {"company_id": COMPANY}, verify=known) as client:
            self.assertEqual(list(await client.query("select 1")), [(1,)])

    async def test_another_one_gets_nothing(self) -> None:
        async with MultiDatabaseClient(HOST, {"company_id": COMPANY}) as client:
            with self.assertRaises(ConnectionFailed) as caught:
                await client.query("select 1")
            self.assertFalse(caught.exception.sent)
