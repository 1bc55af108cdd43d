import type { Lease } from './lease.ts'
import { Lending, type Wanted } from './lending.ts'
import { type Endpoint, openConnection, placeOf } from './open-connection.ts'

export interface ConnectionsOptions extends Endpoint {
  /** Most connections at a time. */
  readonly max: number
  /** Kept when none is used; 0. */
  readonly min?: number
  /** Most that one company uses at a time; all. */
  readonly maxPerCompany?: number
  /** So many each company may always have: those that have them leave as many free; 0. */
  readonly reservedPerCompany?: number
  /** Most requests of one company that wait; 1,000. */
  readonly waitingPerCompany?: number
  /** Longest wait for a connection, be it a free or a new one; 5,000. */
  readonly waitMs?: number
  /** An unused connection is closed after so long; 60,000. */
  readonly idleMs?: number
  /** An unused connection is tried after so long; 10,000. */
  readonly checkMs?: number
  /** How long a cancellation may take before the connection is destroyed; 2,000. */
  readonly cancelMs?: number
  /** A connection that has served so many companies is replaced; 500. */
  readonly recycleAfterCompanies?: number
}

/** Connections of the shared role, each leased to one request at a time. */
export interface Connections {
  /** host:port/database. */
  readonly place: string
  readonly cancelMs: number
  /** @throws DBS-2301, DBS-2302, DBS-1101, DBS-1102, or the signal's reason */
  take(wanted: Wanted): Promise<Lease>
  counts(): { readonly open: number; readonly idle: number; readonly waiting: number }
  close(): Promise<void>
}

export function openConnections(options: ConnectionsOptions): Connections {
  const { max, cancelMs = 2_000, waitMs = 5_000 } = options
  const place = placeOf(options)
  const lending = new Lending(() => openConnection(options, waitMs), place, {
    max,
    min: options.min ?? 0,
    maxPerCompany: options.maxPerCompany ?? max,
    reservedPerCompany: options.reservedPerCompany ?? 0,
    waitingPerCompany: options.waitingPerCompany ?? 1_000,
    waitMs,
    idleMs: options.idleMs ?? 60_000,
    checkMs: options.checkMs ?? 10_000,
    cancelMs,
    recycleAfterCompanies: options.recycleAfterCompanies ?? 500,
  })
  return {
    place,
    cancelMs,
    take: (wanted) => lending.take(wanted),
    counts: () => lending.counts(),
    close: () => lending.close(),
  }
}
