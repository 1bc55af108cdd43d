import type pg from 'pg'
import type { ContextConnection, RunLimits } from './connection.ts'

/** A connection taken out of the pool, until `end` gives it back or, where it is no longer trusted, destroys it. */
export interface Lease {
  readonly connection: ContextConnection
  /** May be called more than once. */
  end(): void
}

export interface LeaseTerms extends Pick<RunLimits, 'cancelMs'> {
  /** Served so many companies, a connection is replaced: its cache of the catalogue grows with each. */
  readonly companiesPerConnection: number
}

export function lease(client: pg.PoolClient, connection: ContextConnection, terms: LeaseTerms): Lease {
  let ended = false
  const giveBack = (): void => {
    const worn = connection.companies.size >= terms.companiesPerConnection
    client.release(connection.distrust !== undefined || worn)
  }
  return {
    connection,
    end() {
      if (ended) return
      ended = true
      if (connection.tired) void connection.rest(terms).then(giveBack)
      else giveBack()
    },
  }
}
