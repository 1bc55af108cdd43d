"""Values of results as Python's own, by the type that the engine gives their column."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID

from .interval import Interval

Decoder = Callable[[Any], Any]


def decoder_of(type_name: str) -> Decoder:
    """Turns a value of JSON into Python's. NULL is None; a list is decoded item by item."""
    if type_name.endswith("[]"):
        item = decoder_of(type_name[:-2])
        # Every dimension is a list in a list.
        return lambda value: _items(item, value)
    array = _array.fullmatch(type_name)
    if array is not None:
        element = decoder_of(array[1])
        return lambda value: None if value is None else [element(item) for item in value]
    wrapped = _wrapper.fullmatch(type_name)
    if wrapped is not None:
        return decoder_of(wrapped[1])
    decode = _postgres.get(type_name)
    if decode is None:
        decode = next((found for shape, found in _clickhouse if shape.match(type_name)), None)
    if decode is None:
        return lambda value: value
    known = decode
    return lambda value: None if value is None else known(value)


def _items(decode: Decoder, value: Any) -> Any:
    return [_items(decode, item) for item in value] if isinstance(value, list) else decode(value)


def _moment(text: str) -> datetime | str:
    """As text where Python has no such moment: infinity, years before 1 or after 9999, more digits than microseconds."""
    found = _moments.fullmatch(text)
    if found is None or not _is_microseconds(found["fraction"]):
        return text
    whole = datetime.strptime(f"{found['date']} {found['time']}", "%Y-%m-%d %H:%M:%S")
    return whole.replace(microsecond=_fraction(found["fraction"]), tzinfo=_zone(found["zone"]))


def _day(text: str) -> date | str:
    return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else text


def _time(text: str) -> time | str:
    found = re.fullmatch(rf"{_clock}{_offset}", text)
    # 24:00:00 is one of PostgreSQL's.
    if found is None or found["time"].startswith("24"):
        return text
    hour, minute, second = map(int, found["time"].split(":"))
    return time(hour, minute, second, _fraction(found["fraction"]), _zone(found["zone"]))


def _span(text: str) -> Interval | str:
    return text if text.endswith("infinity") else Interval.parse(text)


_clock = r"(?P<time>\d\d:\d\d:\d\d)(?:\.(?P<fraction>\d+))?"
_offset = r"(?P<zone>Z|[+-]\d\d(?::\d\d){0,2})?"
_moments = re.compile(rf"(?P<date>\d{{4}}-\d\d-\d\d)[T ]{_clock}{_offset}")


def _is_microseconds(fraction: str | None) -> bool:
    return fraction is None or not fraction[6:].strip("0")


def _fraction(digits: str | None) -> int:
    return int((digits or "")[:6].ljust(6, "0"))


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return timezone.utc
    hours, minutes, seconds = ([int(part) for part in text[1:].split(":")] + [0, 0])[:3]
    offset = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    return timezone(-offset if text.startswith("-") else offset)


_postgres: dict[str, Decoder] = {
    "int2": int,
    "int4": int,
    "int8": int,
    "oid": int,
    "float4": float,
    "float8": float,
    "numeric": Decimal,
    "bytea": base64.b64decode,
    "timestamptz": _moment,
    "timestamp": _moment,
    "date": _day,
    "time": _time,
    "timetz": _time,
    "interval": _span,
    "uuid": UUID,
}

_array = re.compile(r"Array\((.*)\)", re.DOTALL)
_wrapper = re.compile(r"(?:Nullable|LowCardinality)\((.*)\)", re.DOTALL)

_clickhouse: list[tuple[re.Pattern[str], Decoder]] = [
    (re.compile(r"U?Int\d+$"), int),
    (re.compile(r"B?Float\d+$"), float),
    (re.compile(r"Decimal"), Decimal),
    (re.compile(r"DateTime"), _moment),
    (re.compile(r"Date(32)?$"), _day),
    (re.compile(r"UUID$"), UUID),
]
