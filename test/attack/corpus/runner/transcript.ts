import type { DatabaseError, QueryResult } from 'pg'

/** What an attacker was told by one step. */
export interface Told {
  /** `ok`, or an error's code and message. */
  readonly verdict: string
  /** Every byte of it. */
  readonly bytes: string
  readonly rowCount: number
}

export const toldRows = (results: QueryResult | readonly QueryResult[]): Told => {
  const all = [results].flat() as QueryResult[]
  return {
    verdict: 'ok',
    bytes: JSON.stringify(all.map(({ command, rows, rowCount }) => [command, rowCount, rows])),
    rowCount: all.at(-1)?.rows.length ?? 0,
  }
}

export const toldError = (thrown: unknown): Told => {
  const { code = '', message, detail, hint, where, table, schema, constraint, column } = thrown as DatabaseError
  return {
    verdict: `${code} ${message}`,
    bytes: JSON.stringify([code, message, detail, hint, where, table, schema, constraint, column]),
    rowCount: 0,
  }
}

// Digits that might be taken for a count of the victim's rows.
export const isTelling = ([name]: readonly [string, string]): boolean => name !== 'content-length' && name !== 'date'
export const withoutDuration = (text: string): string => text.replace(/"duration_ms":[\d.]+/, '"duration_ms":0')
