export { type ClientOptions, MultiDatabaseClient } from './client.ts'
export type { TokenSource } from './credential.ts'
export {
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
} from './errors.ts'
export type { Tls } from './exchange.ts'
export type { GraphResult, Reached, Traversal } from './graph.ts'
export type { Ingested, IngestOptions, IngestRows } from './ingest.ts'
export { type ManagerOptions, StandardDatabaseManager } from './manager.ts'
export type { CachePart, GraphPart, MultiDbOperation, MultiResult, SqlPart, StoreResult, VectorPart } from './multi.ts'
export { type Json, json, type Parameter, type Parameters } from './parameters.ts'
export type {
  Advice,
  Batch,
  CacheEntry,
  Column,
  ConfigEntry,
  Explanation,
  FoundObject,
  Info,
  RegisteredService,
  Registration,
  Result,
  Row,
  Source,
  VectorResult,
} from './results.ts'
export type { RetryPolicy } from './retry.ts'
export type { StatementOptions, WriteOptions } from './statements.ts'
export type { StreamEnd } from './stream.ts'
export type { TenantContext } from './tenant.ts'
export type { Int64As, Value } from './values.ts'
