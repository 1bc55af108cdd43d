"""Python's values as parameters of statements, each so that PostgreSQL reads the very same value."""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Union
from uuid import UUID

from .interval import Interval


@dataclass(frozen=True)
class Json:
    """A value for json or jsonb that is not a dict, such as Json([1, 2]): a list alone would be an array."""

    value: Any


Parameter = Union[
    None, bool, int, float, Decimal, str, bytes, bytearray, memoryview, datetime, date, time, timedelta,
    Interval, UUID, Json, Mapping[str, Any], Sequence[Any],
]  # fmt: skip

# Beyond it, whoever reads JSON's numbers as doubles loses digits.
_largest = 2**53 - 1


def encode(value: Parameter) -> Any:
    """For the message of a statement. Raises TypeError for a type that has no counterpart, ValueError for a signalling NaN."""
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value) if abs(value) <= _largest else str(int(value))
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else _special(value)
    if isinstance(value, Decimal):
        if value.is_snan():
            raise ValueError("a signalling NaN is no numeric of PostgreSQL")
        return str(value) if value.is_finite() else _special(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(Interval.of(value))
    if isinstance(value, (Interval, UUID)):
        return str(value)
    if isinstance(value, Json):
        return {"$json": value.value}
    if isinstance(value, Mapping):
        return {"$json": dict(value)}
    if isinstance(value, Sequence):
        return [encode(item) for item in value]
    raise TypeError(f"{type(value).__name__} is no type of a parameter")


def encode_all(values: Sequence[Parameter] | Mapping[str, Parameter]) -> Any:
    """A list for $1, $2 …, or an object for names."""
    if isinstance(values, Mapping):
        return {name: encode(value) for name, value in values.items()}
    return [encode(value) for value in values]


def _special(value: float | Decimal) -> str:
    if value != value:
        return "NaN"
    return "Infinity" if value > 0 else "-Infinity"
