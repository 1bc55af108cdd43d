"""JSON that loses nothing: a number that a float does not hold is a Decimal, and Decimals are written as numbers."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID


def loads(text: str | bytes) -> Any:
    return json.loads(text, parse_float=_number)


def dumps(value: object) -> str:
    """
    Times and UUIDs are written as text, bytes as base64.

    Raises TypeError for what JSON has no place for, and ValueError for numbers that it has not.
    """
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is no number of JSON")
        return str(value)
    if isinstance(value, (datetime, date, time)):
        return json.dumps(value.isoformat())
    if isinstance(value, UUID):
        return json.dumps(str(value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return json.dumps(base64.b64encode(value).decode())
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(_name(key))}:{dumps(item)}" for key, item in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(map(dumps, value)) + "]"
    return json.dumps(value, allow_nan=False)


def _number(digits: str) -> float | Decimal:
    number = float(digits)
    exact = Decimal(digits)
    return number if Decimal(repr(number)) == exact else exact


def _name(key: object) -> str:
    if isinstance(key, str):
        return key
    raise TypeError(f"{key!r} is no name of a JSON object")
