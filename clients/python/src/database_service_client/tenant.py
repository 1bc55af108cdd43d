"""For whom a request is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class TenantContext:
    company_id: str
    #: None asks for the whole company, which the key must allow.
    user_id: str | None = None
    session_id: str | None = None

    @classmethod
    def of(cls, context: TenantContext | Mapping[str, Any]) -> TenantContext:
        """From a mapping that has these names, and maybe others. Raises ValueError where it names no company."""
        if isinstance(context, TenantContext):
            return context
        company_id = context.get("company_id")
        if not isinstance(company_id, str) or company_id == "":
            raise ValueError("the tenant context names no company_id")
        return cls(company_id, context.get("user_id"), context.get("session_id"))

    def message(self) -> dict[str, str]:
        fields = {"company_id": self.company_id, "user_id": self.user_id, "session_id": self.session_id}
        return {name: value for name, value in fields.items() if value is not None}

    def headers(self) -> dict[str, str]:
        return {f"x-dbsvc-{name.removesuffix('_id')}": value for name, value in self.message().items()}
