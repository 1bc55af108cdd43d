"""Sends attempts, one a line of JSON, by the client for Python, and prints what it is told of each."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

from database_service_client import DatabaseServiceError, MultiDatabaseClient, TenantContext


async def told(client: MultiDatabaseClient, attempt: dict[str, Any]) -> list[dict[str, Any]]:
    texts = attempt["texts"]
    if attempt["entry"] == "batch":
        return [await one(lambda: batch(client, texts))]
    ask = client.query if attempt["entry"] == "query" else client.execute
    return [await one(lambda: single(ask, text)) for text in texts]


async def batch(client: MultiDatabaseClient, texts: list[str]) -> tuple[str, int]:
    results = (await client.batch(texts)).results
    return repr([(result.columns, list(result)) for result in results]), len(results[-1])


async def single(ask: Any, text: str) -> tuple[str, int]:
    result = await ask(text)
    return repr((result.command, result.columns, list(result))), len(result)


async def one(ask: Any) -> dict[str, Any]:
    try:
        written, count = await ask()
        return {"verdict": "ok", "bytes": written, "rowCount": count}
    except DatabaseServiceError as error:
        verdict = str(error).replace(": ", " ", 1)
        return {"verdict": verdict, "bytes": repr((error, error.hint, error.details)), "rowCount": 0}


async def main() -> None:
    client = MultiDatabaseClient(os.environ["DBSVC_TEST_HOST"], {"company_id": "company_abc"})
    for line in sys.stdin:
        attempt = json.loads(line)
        asked = client.for_tenant(TenantContext("company_abc", attempt.get("user")))
        print(json.dumps(await told(asked, attempt)), flush=True)
    await client.aclose()


asyncio.run(main())
