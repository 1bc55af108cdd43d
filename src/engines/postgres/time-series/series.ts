import pg from 'pg'
import { clusterName } from '../migration/render.ts'

/** A time series, by the schema and the name of its view. */
export interface Series {
  readonly schema: string
  readonly name: string
}

/** Quoted, as no two series are named alike. */
export const placeOfSeries = ({ schema, name }: Series): string =>
  `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`

const companyOf = (schema: string): string => (schema.startsWith('tenant_') ? schema.slice('tenant_'.length) : '')

/**
 * Locks the target that the series belongs to, for the transaction: nothing else migrates or drops it meanwhile. The statement fails
 * as dbsvc.claim does where another run has it.
 */
export function renderHold({ schema }: Series): string {
  const company = companyOf(schema)
  const scope = company === '' ? 'shared' : 'tenant'
  return `select dbsvc.hold('postgres', '${clusterName}', '${scope}', ${pg.escapeLiteral(company)});`
}

/** The series as the first two arguments of dbsvc's own functions. */
export const renderArguments = ({ schema, name }: Series): string =>
  `${pg.escapeLiteral(schema)}, ${pg.escapeLiteral(name)}`
