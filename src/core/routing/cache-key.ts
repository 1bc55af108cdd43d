import { hash } from 'node:crypto'
import type { EngineName } from '../engine.ts'

/** Everything a response depends on beside the rows. */
export interface CacheIdentity {
  readonly company: string
  /** Null for the whole company, which is nobody's user id. */
  readonly user: string | null
  readonly service: string
  readonly schemaVersion: string
  readonly engine: EngineName
}

/** Names one response: equal where identity, text and parameters all are, and only there. SHA-256 in base64url. */
export function cacheKeyOf(
  identity: CacheIdentity,
  text: string,
  values: readonly (string | Uint8Array | null)[],
): string {
  const { company, user, service, schemaVersion, engine } = identity
  // JSON keeps apart what a joined text would run together; bytes become something that no string is.
  const sent = values.map((value) => (value instanceof Uint8Array ? [Buffer.from(value).toString('base64')] : value))
  return hash('sha256', JSON.stringify([company, user, service, schemaVersion, engine, text, sent]), 'base64url')
}

/** Marks responses that a write of this company to this table changes. Schemas are left out: too much is dropped rather than too little. */
export const tableTag = (company: string, relation: string): string =>
  `${company}/${relation.slice(relation.lastIndexOf('.') + 1)}`

/** Marks every response of the company. */
export const companyTag = (company: string): string => `${company}/*`
