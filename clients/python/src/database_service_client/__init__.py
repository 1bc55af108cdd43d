"""Asynchronous client of dbsvc, the multi-tenant database service."""

from .client import MultiDatabaseClient
from .credential import TokenSource
from .errors import (
    AllDatabasesFailed,
    AuthenticationFailed,
    Conflict,
    ConnectionFailed,
    DatabaseServiceError,
    DeadlineExceeded,
    Forbidden,
    InvalidRequest,
    NotFound,
    OutcomeUnknown,
    ServiceFault,
    TooManyRequests,
    Unavailable,
)
from .ingest import Ingested
from .interval import Interval
from .manager import StandardDatabaseManager
from .multi import MultiResult, StoreResult
from .parameters import Json, Parameter
from .results import (
    Batch,
    CacheEntry,
    Column,
    ConfigEntry,
    Explanation,
    FoundObject,
    GraphResult,
    Info,
    RegisteredService,
    Registration,
    Result,
    VectorResult,
)
from .retry import RetryPolicy
from .stream import RowStream
from .tenant import TenantContext

__all__ = [
    "AllDatabasesFailed",
    "AuthenticationFailed",
    "Batch",
    "CacheEntry",
    "Column",
    "ConfigEntry",
    "Conflict",
    "ConnectionFailed",
    "DatabaseServiceError",
    "DeadlineExceeded",
    "Explanation",
    "Forbidden",
    "FoundObject",
    "GraphResult",
    "Info",
    "Ingested",
    "Interval",
    "InvalidRequest",
    "Json",
    "MultiDatabaseClient",
    "MultiResult",
    "NotFound",
    "OutcomeUnknown",
    "Parameter",
    "RegisteredService",
    "Registration",
    "Result",
    "RetryPolicy",
    "RowStream",
    "ServiceFault",
    "StandardDatabaseManager",
    "StoreResult",
    "TenantContext",
    "TokenSource",
    "TooManyRequests",
    "Unavailable",
    "VectorResult",
]
