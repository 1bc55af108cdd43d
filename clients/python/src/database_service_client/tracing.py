"""W3C trace context, by OpenTelemetry where it is installed and has a span, else a trace of its own for each operation."""

from __future__ import annotations

import secrets
from collections.abc import Callable

Traceparent = Callable[[], str]

try:
    from opentelemetry import propagate as _propagate
except ImportError:
    _propagate = None


def current_traceparent() -> str:
    if _propagate is not None:
        carrier: dict[str, str] = {}
        _propagate.inject(carrier)
        if "traceparent" in carrier:
            return carrier["traceparent"]
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"
