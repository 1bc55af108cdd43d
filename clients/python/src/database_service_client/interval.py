"""PostgreSQL's interval: months, days and time are kept apart, because neither has a fixed number of the next."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

_duration = re.compile(
    r"P(?:(?P<years>-?\d+)Y)?(?:(?P<months>-?\d+)M)?(?:(?P<days>-?\d+)D)?"
    r"(?:T(?:(?P<hours>-?\d+)H)?(?:(?P<minutes>-?\d+)M)?(?:(?P<seconds>-?\d+(?:\.\d{1,6})?)S)?)?"
)


@dataclass(frozen=True)
class Interval:
    months: int = 0
    days: int = 0
    microseconds: int = 0

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Of an ISO 8601 duration such as P1Y2M-3DT4H5.5S. Raises ValueError for what is none."""
        found = _duration.fullmatch(text)
        if found is None or text == "P":
            raise ValueError(f"{text!r} is no ISO 8601 duration")
        whole = {name: int(found[name] or 0) for name in ("years", "months", "days", "hours", "minutes")}
        return cls(
            months=12 * whole["years"] + whole["months"],
            days=whole["days"],
            microseconds=(3600 * whole["hours"] + 60 * whole["minutes"]) * 1_000_000
            + _microseconds_of(found["seconds"] or "0"),
        )

    @classmethod
    def of(cls, delta: timedelta) -> Interval:
        """Of a timedelta, whose days have 24 hours: they stay days, as they do in PostgreSQL's drivers."""
        return cls(days=delta.days, microseconds=delta.seconds * 1_000_000 + delta.microseconds)

    def timedelta(self) -> timedelta:
        """With days of 24 hours. Raises ValueError where there are months."""
        if self.months:
            raise ValueError(f"{self} has months, which a timedelta has not")
        return timedelta(days=self.days, microseconds=self.microseconds)

    def __str__(self) -> str:
        sign = "-" if self.microseconds < 0 else ""
        seconds, fraction = divmod(abs(self.microseconds), 1_000_000)
        return f"P{self.months}M{self.days}DT{sign}{seconds}.{fraction:06}S"


def _microseconds_of(seconds: str) -> int:
    sign = -1 if seconds.startswith("-") else 1
    whole, _, fraction = seconds.lstrip("-").partition(".")
    return sign * (int(whole) * 1_000_000 + int(fraction.ljust(6, "0") or 0))
